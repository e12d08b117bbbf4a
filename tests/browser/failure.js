// What a test that fails leaves behind: where each of its pages is, how it came there, a picture, and what the rig said.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictures } from './rig.js';

/** Pages of the test that runs now. */
const open = new Set();
/** So many navigations of a page are told, the latest last. */
const TRAIL = 12;

/** Follows a page to the end of its test. */
export function followed(page) {
  open.add(page);
  page.faults = [];
  page.trail = [];
  const came = (what, request) => {
    if (!request.isNavigationRequest() || request.frame().parentFrame()) return;
    page.trail = [...page.trail, `${what} ${request.method()} ${short(request.url())}`].slice(-TRAIL);
  };
  page.on('response', (response) => came(response.status(), response.request()));
  page.on('requestfailed', (request) => came(request.failure()?.errorText, request));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  return page;
}

/** The test is over: its pages must not go on beside the next one. */
export async function closeAll() {
  const contexts = new Set([...open].map((page) => page.context()));
  open.clear();
  for (const context of contexts) await context.close().catch(() => undefined);
}

/** The failure together with all that was to be seen. `log` is what the rig has printed since the test began. */
export async function explained(error, name, log) {
  const folder = join(pictures, 'failed');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name.replaceAll(/[^a-zA-Z0-9]+/g, '-').slice(0, 80));
  writeFileSync(`${file}.log`, log);
  const lines = [];
  for (const page of open) lines.push(...await seen(page, `${file}-${lines.length}.png`));
  const told = [...lines, `the rig said (${file}.log):`, ...warnings(log)];
  return new Error(`${error?.message ?? error}\n${told.join('\n')}`, { cause: error });
}

async function seen(page, picture) {
  const state = await ask(page.evaluate(() => {
    const main = document.querySelector('main') ?? document.body;
    return `"${document.title}" ${main?.dataset.state ?? ''}: ${main?.innerText.replaceAll(/\s+/g, ' ').slice(0, 160)}`;
  }));
  const taken = await ask(page.screenshot({ path: picture, timeout: 10_000 }).then(() => picture));
  return [`page ${page.url()}`, `  shows ${state}`, `  picture ${taken}`,
    ...page.trail.map((step) => `  came by ${step}`), ...page.faults.map((fault) => `  fault ${fault}`)];
}

/** The answer of a page, which may be in no state to give one. */
function ask(answer) {
  const late = new Promise((resolve) => { setTimeout(() => resolve('(no answer)'), 15_000).unref(); });
  return Promise.race([answer.catch((error) => `(${error.message})`), late]);
}

/** Records of the handler that report something. */
function warnings(log) {
  const records = log.split('\n').filter((line) => /"level":"(WARN|ERROR)"/.test(line));
  return records.slice(-TRAIL).map((record) => `  ${record}`);
}

const short = (address) => (address.length > 160 ? `${address.slice(0, 160)}…` : address);
