// What a person does in a tenant that runs the sample's contract: sign up, leave for the check, come back by the other policy.

import assert from 'node:assert/strict';
import {
  PASSWORD, account, atJumio, begin, newAddress, person, press, proveAddress, ready, show, signIn, state,
} from './people.js';

/** The policy's own page of this name. */
export const atPage = (page, name) => page.waitForSelector(`html[data-runner=ready] body.page-${name}`);

/** From the application to the handler's consent notice, as somebody who has no account. */
export async function signUp(page, rig, address) {
  await begin(page, rig);
  await page.click('#createAccount');
  await atPage(page, 'signup');
  await ready(page);
  await proveAddress(page, rig, address);
  await page.fill('#newPassword', PASSWORD);
  await page.fill('#reenterPassword', PASSWORD);
  await page.click('#continue');
  await page.waitForURL(/\/api\/verify\/wait\/[^/]+\/consent/);
}

/** Agrees, and is at Jumio. */
export async function agree(page) {
  await press(page, 'begin');
  await atJumio(page);
}

/** Another attempt, with another agreement where that is asked for. */
export async function tryAgain(page) {
  await press(page, 'retry');
  await page.waitForURL(/authorizationToken=|\/consent/);
  if (page.url().includes('/consent')) await press(page, 'begin');
  await atJumio(page);
}

/** The token that the application was given, once the second policy has ended. */
export async function told(page) {
  await page.waitForSelector('#claims');
  return JSON.parse(await page.textContent('#claims'));
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

/** The whole flow, and what must be true after it. */
export async function walksThrough(browser, rig) {
  const page = await person(browser);
  const asked = questions(page);
  const address = newAddress();
  await signUp(page, rig, address);
  const before = (await account(rig, address)).attributes;
  assert.ok(before.extension_contractReference, 'the first policy has written the reference');
  assert.equal(before.extension_contractVerified, undefined);
  await agree(page);
  await show(page, 'pass');
  const claims = await told(page);
  assert.equal(claims.verified, true);
  assert.equal(claims.email, address);
  const { attributes } = await account(rig, address);
  assert.equal(String(attributes.extension_contractVerified).toLowerCase(), 'true');
  assert.equal(String(attributes.extension_contractUploaded).toLowerCase(), 'true');
  assert.equal(attributes.extension_contractReference, before.extension_contractReference);
  const posts = asked.filter((one) => one.method === 'POST');
  assert.ok(posts.length >= 1, 'the page has asked');
  for (const one of posts) assert.deepEqual([one.status, one.origin], [200, rig.tenant]);
  assert.notEqual(new URL(rig.app).origin, rig.tenant, 'it has asked across origins');
  assert.deepEqual(page.faults, []);

  // A verified account signs in without any of it.
  const again = await person(browser);
  const askedAgain = questions(again);
  await begin(again, rig);
  await signIn(again, address);
  assert.equal((await told(again)).verified, true);
  assert.deepEqual(askedAgain, []);
  return address;
}

/** A rejection and another attempt, both on the handler's page: the account is not stuck. */
export async function triesAgain(browser, rig) {
  const page = await person(browser);
  await signUp(page, rig, newAddress());
  await agree(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await tryAgain(page);
  await show(page, 'pass');
  assert.equal((await told(page)).verified, true);
}
