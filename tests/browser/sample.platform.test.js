// The sample's flow where the platform answers browsers of other origins: no preflight reaches the handler, and it adds no header.
// Always by our own policies and pages of the same contract, which is what a rig runs that is given no folder.

import assert from 'node:assert/strict';
import { show } from './people.js';
import { UPLOADED, VERIFIED, marked, newcomer, readable, signedInAs } from './published.js';
import { browser, rig, stage, test } from './stage.js';

stage(undefined, '--front', 'sample', '--cors', 'platform');

test('a person is checked, comes back, and is verified', async () => {
  const { address, page, asked } = await newcomer(browser, rig);
  await show(page, 'pass');
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: true, [UPLOADED]: true });
  readable(rig, asked);
  assert.deepEqual(page.faults, []);
});

test('a page of another origin may not ask', async () => {
  const page = await browser.newPage();
  await page.goto(rig.client);
  const read = await page.evaluate(async (app) => {
    try {
      await fetch(`${app}/api/Jumio/VerifyTransactionStatus`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
      return 'read';
    } catch {
      return 'refused';
    }
  }, rig.app);
  assert.equal(read, 'refused');
  await page.close();
});
