// People on the pages of Microsoft's sample, as its policies lead them: sign-up, the page that sends to the check, ours, the page
// that polls. Ids and texts are those of the sample's contract, so that its own pages and ours of the same contract are walked.

import assert from 'node:assert/strict';
import { PASSWORD, account, atJumio, begin, claims, newAddress, person, press, proveAddress } from './people.js';

/** What B2C writes into an account. */
export const VERIFIED = 'extension_accountVerified';
export const UPLOADED = 'extension_transactionUploadCompleted';
export const REFERENCE = 'extension_transactionReference';

/** Style sheets and scripts that the sample takes from strangers, who are not asked here. */
const STRANGERS = /^https:\/\/(ajax\.aspnetcdn\.com|code\.jquery\.com)\//;

/** Somebody in a fresh browser that reaches no stranger. `ways` collects the addresses that lead back to B2C. */
export async function visitor(browser) {
  const page = await person(browser);
  await page.context().route(STRANGERS, (route) => route.abort());
  page.ways = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().includes('id_token_hint=')) page.ways.push(request.url());
  });
  return page;
}

/** One of B2C's pages, by its content definition. */
export const at = (page, definition) => page.waitForFunction(
  (wanted) => document.documentElement.dataset.runner === 'ready' && window.SETTINGS?.contentDefinition === wanted, definition);

/** Makes an account, as far as the page that sends to the check. */
export async function signUp(page, rig, address, { givenName = 'Mira', surname = 'Talvik' } = {}) {
  await begin(page, rig);
  await page.click('#createAccount');
  await at(page, 'api.localaccountsignup');
  await proveAddress(page, rig, address);
  await page.fill('#newPassword', PASSWORD);
  await page.fill('#reenterPassword', PASSWORD);
  await page.fill('#displayName', `${givenName} ${surname}`);
  await page.fill('#givenName', givenName);
  await page.fill('#surname', surname);
  await page.click('#continue');
}

/** Signs in with an account; where that leads depends on the account. */
export async function signIn(page, rig, address) {
  await begin(page, rig);
  await at(page, 'api.signuporsignin');
  await page.fill('#signInName', address);
  await page.fill('#password', PASSWORD);
  await page.click('#next');
}

/** Our notice, to which the page of the policy leads by itself. */
export const atNotice = (page) => page.waitForURL(/\/api\/verify\/wait\/[^/]+\/consent/);

/** Agrees to it, and is at Jumio. */
export async function agree(page) {
  await atNotice(page);
  await page.click('form[action$="/consent"] button');
  await atJumio(page);
}

/** Another attempt, and another agreement where one is asked for. */
export async function retry(page) {
  await press(page, 'retry');
  await page.waitForURL(/authorizationToken=|\/consent/);
  if (page.url().includes('/consent')) await agree(page);
  await atJumio(page);
}

/** From nothing to Jumio's page. `asked` is what its pages will ask. */
export async function newcomer(browser, rig, who) {
  const address = newAddress();
  const page = await visitor(browser);
  const asked = questions(page);
  await signUp(page, rig, address, who);
  await agree(page);
  return { address, page, asked };
}

/** The browser's questions across origins so far: method, status and who may read the answer. */
export function questions(page) {
  const seen = [];
  page.on('response', (answer) => {
    if (!answer.url().endsWith('/api/Jumio/VerifyTransactionStatus')) return;
    seen.push({ method: answer.request().method(), status: answer.status(), origin: answer.headers()['access-control-allow-origin'] });
  });
  return seen;
}

/** The page has asked across origins, and could read every answer. */
export function readable(rig, asked) {
  assert.notEqual(new URL(rig.app).origin, rig.tenant);
  const posts = asked.filter((one) => one.method === 'POST');
  assert.ok(posts.length >= 1, 'the page has asked');
  for (const one of posts) assert.deepEqual([one.status, one.origin], [200, rig.tenant]);
}

/** The application's page says who signed in. */
export async function signedInAs(page, rig, address) {
  const told = await claims(page);
  assert.equal(told.sub, (await account(rig, address)).objectId);
  return told;
}

/** The account is marked so; everything else of it is told when it is not. */
export async function marked(rig, address, expected) {
  const { attributes } = await account(rig, address);
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(String(attributes[name] ?? ''), String(value), `${name}: ${JSON.stringify(attributes)}`);
  }
}

/** Posts a page by hand, as somebody does whose page has no button, and follows. */
export function force(page, fields = {}) {
  return page.evaluate(async (more) => {
    const { hosts, transId, csrf, api } = window.SETTINGS;
    const query = new URLSearchParams({ tx: transId, p: hosts.policy });
    const answer = await fetch(`${hosts.tenant}/SelfAsserted?${query}`, {
      method: 'POST',
      headers: { 'X-CSRF-TOKEN': csrf, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ request_type: 'RESPONSE', ...more }),
    });
    return answer.json();
  }, fields);
}

/** The address of a page's Continue: what a reload of a page without fields comes to. */
export const onward = (page) => page.evaluate(() => {
  const { hosts, transId, csrf, api } = window.SETTINGS;
  const query = new URLSearchParams({ csrf_token: csrf, tx: transId, p: hosts.policy });
  return new URL(`${hosts.tenant}/api/${api}/confirmed?${query}`, location.href).href;
});
