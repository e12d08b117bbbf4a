// The rig and the browser of one test file. Each file runs in a process of its own.

import { after, before } from 'node:test';
import { startBrowser, startRig } from './rig.js';

/** Addresses of the running rig. */
export let rig;
/** The running browser. */
export let browser;

/** Starts both before the first test of the file, then prepares what it needs; ends both after the last. */
export function stage(prepare, ...options) {
  before(async () => {
    rig = await startRig(...options);
    browser = await startBrowser();
    await prepare?.();
  }, { timeout: 120_000 });
  after(async () => {
    await browser?.close();
    await rig?.end();
  });
}
