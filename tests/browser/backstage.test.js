// The pages beside the stage: the application, the tenant's own pages, and one journey's trace.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { explained } from './failure.js';
import { choosePassword, claims, newAddress, newestTrace, person, show, signUpTo, sound } from './people.js';
import { browser, rig, stage, test } from './stage.js';


stage(async () => {
  const page = await person(browser);
  await signUpTo(page, rig, newAddress());
  await show(page, 'pass');
  await choosePassword(page);
  await claims(page);
  await sound(page, 'application-signed-in');
});

const PLACES = {
  'application-home': () => rig.client,
  'client-direct': () => `${rig.client}/direct`,
  'tenant-home': () => rig.tenant,
  'tenant-mailbox': () => `${rig.tenant}/runner/mailbox`,
  'tenant-directory': () => `${rig.tenant}/runner/directory`,
  'tenant-traces': () => `${rig.tenant}/runner/traces`,
  'control-home': () => rig.control,
  'control-transaction': () => `${rig.control}/jumio/transactions/latest`,
};

for (const [name, address] of Object.entries(PLACES)) {
  test(`${name} is sound on a desk and on a phone`, async () => {
    const page = await person(browser);
    await page.goto(address());
    await sound(page, name);
    const phone = await person(browser, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await phone.goto(address());
    await sound(phone, `${name}-phone-dark`);
  });
}

test('the first page links everything that is behind the stage', async () => {
  const page = await person(browser);
  await page.goto(rig.client);
  const links = await page.locator('nav a').evaluateAll((all) => all.map((one) => one.href));
  for (const place of ['/runner/mailbox', '/runner/directory', '/runner/traces', '/jumio/transactions', '/direct']) {
    assert.ok(links.some((link) => link.endsWith(place)), place);
  }
  for (const link of links) assert.equal((await fetch(link)).status, 200, link);
});

test('the control port is a page: the next scenario is chosen, a callback is played, a slip is told', async () => {
  const page = await person(browser);
  await page.goto(rig.control);
  await page.selectOption('[name=scenario]', 'fraud');
  await page.click('form[action="/page/next"] button');
  assert.equal(await page.textContent('#now'), 'fraud');
  await page.selectOption('[name=scenario]', 'pass');
  await page.click('form[action="/page/next"] button');
  await page.click('tbody a >> nth=0');
  const callbacks = () => page.locator('ol li').count();
  const before = await callbacks();
  await page.click('button:has-text("Send a callback now")');
  await page.waitForFunction((many) => document.querySelectorAll('ol li').length > many, before);
  await page.fill('[name=dateOfBirth]', '12.04.1988');
  await page.click('form[action$="/finish"] button');
  assert.match(await page.textContent('[role=alert]'), /no birth date/);
  await sound(page, 'control-refusal');
});

test('the trace of a journey is a page with a diagram and a timeline', async () => {
  const trace = await newestTrace(rig);
  const page = await person(browser);
  await page.goto(`${rig.tenant}/runner/traces/${trace.id}`);
  await sound(page, 'tenant-trace');
  const text = await page.textContent('main');
  for (const word of ['EnsureVerified', 'Idv-Register-SignUp', 'idv_status', 'skipped']) assert.ok(text.includes(word), word);
});

test('somebody who cancels is told so by the application', async () => {
  const page = await person(browser);
  await page.goto(`${rig.client}/signin`);
  await page.waitForSelector('#createAccount');
  await page.click('#createAccount');
  await page.waitForSelector('#cancel');
  await page.click('#cancel');
  assert.match(await page.textContent('#failure'), /AADB2C90091/);
  assert.match(await page.textContent('#ending'), /sign in again later/);
  await sound(page, 'application-not-signed-in');
  await page.click('button.primary');
  await page.waitForSelector('#createAccount');
});

test('a failure tells where each page is, how it came there and what the rig said, and leaves a picture', async () => {
  const page = await person(browser);
  await page.goto(`${rig.client}/direct`);
  await page.goto(`${rig.app}/api/verify/wait/nothing`);
  const other = await person(browser);
  await other.goto(rig.client);
  const failure = await explained(new Error('it broke'), 'on purpose', '{"level":"WARN","code":"a.code"}\n{"level":"INFO"}\n');
  assert.match(failure.message, /^it broke\n/);
  for (const { url, trail } of [page, other].map((one) => ({ url: one.url(), trail: one.trail }))) {
    assert.ok(failure.message.includes(`page ${url}\n`), url);
    for (const step of trail) assert.ok(failure.message.includes(`came by ${step}`), step);
  }
  assert.equal(page.trail.length, 2);
  const pictures = [...failure.message.matchAll(/picture (.*\.png)/g)].map((found) => found[1]);
  assert.equal(pictures.length, 2);
  assert.ok(pictures.every(existsSync), pictures.join());
  assert.match(failure.message, /a\.code/);
  assert.doesNotMatch(failure.message, /INFO/);
});
