// No new checks are started, whoever asks (`Verification:Closed`): what people are told, and what still goes on.

import assert from 'node:assert/strict';
import { entrance, told } from './client.js';
import { person, press, refusal, state, transactions } from './people.js';
import { LANGUAGES, speaks, texts } from './said.js';
import { browser, rig, stage, test } from './stage.js';

stage(undefined, '--set', 'Verification:Closed=true');

const WALK_IN = { client: 'rig-plain', entry: 'plain' };

test('who walks in is told that no checks are started, and may try again or leave', async () => {
  const page = await person(browser);
  for (const locale of LANGUAGES) {
    const { states, actions } = texts[locale];
    await page.goto(await entrance(page, rig, { ...WALK_IN, locale }));
    await state(page, 'closed');
    await speaks(page, locale, states.closed, [actions.retry, actions.leave], 'closed');
  }
  await press(page, 'begin');
  await page.waitForURL(/continue/);
  await state(page, 'closed');
  await page.reload();
  await state(page, 'closed');
  await press(page, 'leave');
  assert.match(await refusal(page), /./);
  assert.equal(await transactions(rig), 0);
  assert.deepEqual(page.faults, []);
});

for (const entry of ['ticket', 'par']) {
  test(`whoever is named is told the same (${entry})`, async () => {
    const page = await person(browser);
    await page.goto(await entrance(page, rig, { entry }));
    await state(page, 'closed');
    await press(page, 'leave');
    assert.match(await told(page), /./);
    assert.equal(await transactions(rig), 0);
    assert.deepEqual(page.faults, []);
  });
}
