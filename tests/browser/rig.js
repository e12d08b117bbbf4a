// Starts a rig and a browser for one test file, and takes screenshots that are kept in target/rig/screenshots.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Where screenshots are kept. */
export const pictures = join(root, 'target/rig/screenshots');
// Chromium must not look for Google's hosts, and root has no sandbox.
const QUIET = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** The whole stack with the packaged app. `end()` leaves nothing running. */
export async function startRig(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const file = join(folder, 'endpoints.json');
  // What a rig runs is what its test file says, whatever the environment names.
  const { JUMIO_SAMPLE: _named, ...env } = process.env;
  // Files run beside each other: every port is a free one.
  const child = spawn(process.env.RIG_BINARY,
    ['--ports', 'random', '--app', process.env.RIG_APP, '--endpoints', file, ...options],
    { stdio: ['ignore', 'pipe', 'pipe'], env });
  let said = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (data) => { said += data; });
  for (let waited = 0; !existsSync(file); waited += 1) {
    if (waited > 6000 || child.exitCode !== null) throw new Error(`the rig did not start:\n${said}`);
    await sleep(100);
  }
  const endpoints = JSON.parse(readFileSync(file, 'utf8'));
  const end = async () => {
    if (child.exitCode === null) {
      const gone = new Promise((resolve) => { child.once('exit', resolve); });
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  // What it says from now on: records in whole, and whatever else it prints.
  const log = () => {
    const record = () => readFileSync(join(folder, 'handler.log'), 'utf8');
    const [from, recorded] = [said.length, record().length];
    return () => said.slice(from) + record().slice(recorded);
  };
  return { ...endpoints, end, log };
}

/** The one without windows draws the same for half of what the whole one computes. */
const CHROMIUM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** A headless Chromium: the one that `RIG_CHROMIUM` names, or the lightest that is there. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.RIG_CHROMIUM ?? CHROMIUM.find(existsSync), args: QUIET });
}

/** Keeps a picture of the whole page. */
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const axe = readFileSync(join(root, 'tests/browser/node_modules/axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong in the page, as `rule: target` lines; empty when nothing is. */
export async function violations(page) {
  // Run through the driver, because the page's own policy rightly forbids foreign script.
  if (await page.evaluate(() => !globalThis.axe)) await page.evaluate(axe);
  // Every rule is run; only what it approves of is not described.
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target}`));
}
