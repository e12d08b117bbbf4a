// The sample's flow by the contract's policies and pages, where the handler answers browsers of other origins itself.

import assert from 'node:assert/strict';
import { giveVerdicts, holdVerdicts, newAddress, person, show, state } from './people.js';
import { agree, atPage, questions, signUp, told, triesAgain, tryAgain, walksThrough } from './sample.js';
import { browser, rig, stage, test } from './stage.js';

stage(undefined, '--front', 'sample', '--cors', 'handler', '--set', 'Sample:ReturnWithinSeconds=60');

test('a person is checked, comes back, and is verified', async () => {
  await walksThrough(browser, rig);
});

test('who is rejected tries again, and is verified', async () => {
  await triesAgain(browser, rig);
});

test('who comes back before Jumio has judged waits on the page that polls', async () => {
  const page = await person(browser);
  const asked = questions(page);
  await signUp(page, rig, newAddress());
  await agree(page);
  await holdVerdicts(rig);
  await show(page, 'pass');
  await atPage(page, 'poll');
  await page.waitForSelector('#progress[data-told=RETRY]');
  await giveVerdicts(rig);
  assert.equal((await told(page)).verified, true);
  assert.ok(asked.filter((one) => one.method === 'POST').length >= 2);
});

test('who has no attempt left is stopped, also by a reload', async () => {
  const page = await person(browser);
  await signUp(page, rig, newAddress());
  await agree(page);
  for (let left = 2; left > 0; left -= 1) {
    await show(page, 'other-face');
    await state(page, 'rejected');
    await tryAgain(page);
  }
  await show(page, 'other-face');
  await state(page, 'rejected');
  await page.click('.actions a.button');
  await atPage(page, 'stop');
  await page.reload();
  await atPage(page, 'stop');
  assert.equal(await page.$('#claims'), null);
});
