// The same flow where the platform answers browsers of other origins: no preflight reaches the handler, and it adds no header.

import assert from 'node:assert/strict';
import { walksThrough } from './sample.js';
import { browser, rig, stage, test } from './stage.js';

stage(undefined, '--front', 'sample', '--cors', 'platform');

test('a person is checked, comes back, and is verified', async () => {
  await walksThrough(browser, rig);
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
