// The rig and the browser of one test file. Each file runs in a process of its own.

import { after, before, test as plain } from 'node:test';
import { closeAll, explained } from './failure.js';
import { giveVerdicts } from './people.js';
import { startBrowser, startRig } from './rig.js';

/** Addresses of the running rig. */
export let rig;
/** The running browser. */
export let browser;

/** Ends what hangs, in ms. Nobody is judged by it: far longer than the slowest machine needs. */
const LIMIT = 900_000;

/** Starts both before the first test of the file, then prepares what it needs; ends both after the last. */
export function stage(prepare, ...options) {
  before(async () => {
    rig = await startRig(...options);
    browser = await startBrowser();
    await told('preparing', prepare);
  }, { timeout: LIMIT });
  after(async () => {
    await browser?.close();
    await rig?.end();
  });
}

/** A test. What its pages show when it fails is told with the failure; afterwards they are closed. */
export function test(name, work) {
  plain(name, { timeout: LIMIT }, () => told(name, work));
}

async function told(name, work) {
  const said = rig.log();
  try {
    await work?.();
  } catch (error) {
    const failure = await explained(error, name, said());
    await giveVerdicts(rig).catch(() => undefined); // the next test finds Jumio as it was
    throw failure;
  } finally {
    await closeAll();
  }
}
