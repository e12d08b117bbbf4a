// Pages in real blob storage (Azurite), filled and uploaded as step 5 of docs/tutorial.md has it: B2C's page fetches them across
// origins, so that they come only with the CORS rule of that step.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { allow, ruleOfTutorial } from './container.js';
import { newAddress, show } from './people.js';
import { UPLOADED, VERIFIED, agree, at, atNotice, marked, signUp, signedInAs, visitor } from './published.js';
import { browser, rig, stage, test } from './stage.js';

const source = process.env.JUMIO_SAMPLE ?? fileURLToPath(new URL('../contract', import.meta.url));
/** The pages of the sample's contract. */
const PAGE = /^(http:\/\/127\.0\.0\.1:\d+)\/devstoreaccount1\/pages\/ocean_blue\/(urlRedirector|jsPoller)\.html/;

/** Where the storage account is. */
let account;
stage(findAccount, '--front', 'sample', '--sample', source, '--blob-pages');

/** Notes what the browser gets of these pages. */
function fetched(page) {
  const seen = [];
  page.on('response', (answer) => {
    const [address, origin, name] = answer.url().match(PAGE) ?? [];
    if (address) seen.push({ origin, name, address: answer.url(), status: answer.status(), for: answer.headers()['access-control-allow-origin'] });
  });
  return seen;
}

async function findAccount() {
  const page = await visitor(browser);
  const seen = fetched(page);
  await signUp(page, rig, newAddress());
  await atNotice(page);
  account = seen[0].origin;
}

/** Everybody may have the page, and the browser does not let B2C's have it: the person gets no further. */
async function isNotLoaded() {
  const page = await visitor(browser);
  await signUp(page, rig, newAddress());
  await at(page, 'api.redirectto');
  const [, address] = (await page.locator('body > p[role=alert]').textContent()).match(/could not be loaded from (\S+) /);
  assert.match(address, PAGE);
  assert.ok(page.faults.some((fault) => fault.includes('AADB2C90047')), page.faults.join());
  assert.equal(await page.locator('#manualRedirect').count(), 0, 'nothing of the page is there');
  assert.equal((await fetch(address)).status, 200, 'it is not the container that refuses');
}

test('without a CORS rule the page is not loaded', async () => {
  await allow(account);
  await isNotLoaded();
});

test('with a rule for another origin it is not loaded either', async () => {
  await allow(account, ruleOfTutorial('https://contoso.b2clogin.com'));
  await isNotLoaded();
});

test('with the rule of the tutorial the pages come from the container, and somebody is verified', async () => {
  await allow(account, ruleOfTutorial(rig.tenant));
  const page = await visitor(browser);
  const seen = fetched(page);
  const address = newAddress();
  await signUp(page, rig, address);
  await agree(page);
  await show(page, 'pass');
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: true, [UPLOADED]: true });
  assert.deepEqual(new Set(seen.map((one) => one.name)), new Set(['urlRedirector', 'jsPoller']));
  for (const one of seen) assert.deepEqual([one.status, one.for], [200, rig.tenant], one.address);
});
