// A person in a real browser: from the client's page through Jumio's (simulated) page and the handler's pages, and back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { picture, startBrowser, startRig, violations } from './rig.js';

let rig;
let browser;

before(async () => {
  rig = await startRig();
  browser = await startBrowser();
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await rig?.end();
});

/** A page in a fresh browser profile that collects what must not happen. */
async function person(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (line) => {
    if (/Content Security Policy|Refused to/.test(line.text())) page.faults.push(line.text());
  });
  return page;
}

/** From the client's page to Jumio's. */
async function depart(page, { locale = 'en', mode = 'query' } = {}) {
  await page.goto(`${rig.client}/direct`);
  await page.selectOption('[name=locale]', locale);
  await page.selectOption('[name=response_mode]', mode);
  await page.click('button.primary');
  await page.waitForURL(/authorizationToken=/);
}

/** Shows a document and ends the capture. */
async function show(page, scenario) {
  await page.selectOption('[name=scenario]', scenario);
  await page.click('button[value=submit]');
}

/** Where Jumio sends the person back to: only the simulator's own record knows it before it is used. */
async function wayBack(page) {
  const reference = await page.locator('.facts code').first().textContent();
  const transactions = await (await fetch(`${rig.control}/jumio/transactions`)).json();
  return transactions.find((one) => one.customerInternalReference === reference).errorUrl;
}

/** One of the buttons of the handler's pages. */
const press = (page, action) => page.click(`form:has(input[name=action][value=${action}]) button`);

const state = (page, name) => page.waitForSelector(`main[data-state=${name}]`, { timeout: 30_000 });
const told = async (page) => (await page.waitForSelector('#status', { timeout: 30_000 })).textContent();

/** Nothing was blocked, thrown, or drawn wider than the window, and axe has no complaint. */
async function sound(page, name) {
  await picture(page, name);
  assert.deepEqual(await violations(page), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  assert.deepEqual(page.faults, []);
}

test('an approved person comes back with a verified token', { timeout: 60_000 }, async () => {
  const page = await person();
  await depart(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('a slow check is waited for, and the page moves on by itself', { timeout: 90_000 }, async () => {
  const page = await person();
  await depart(page);
  await show(page, 'slow');
  await state(page, 'checking');
  await sound(page, 'checking');
  assert.equal(await told(page), 'approved');
});

test('the answer may come by form_post', { timeout: 60_000 }, async () => {
  const page = await person();
  await depart(page, { mode: 'form_post' });
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('a rejected person may try again, and succeed', { timeout: 90_000 }, async () => {
  const page = await person();
  await depart(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await sound(page, 'rejected');
  await press(page, 'retry');
  await page.waitForURL(/authorizationToken=/);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('after the last attempt only the way back is left', { timeout: 120_000 }, async () => {
  const page = await person();
  await depart(page);
  for (let left = 2; left > 0; left -= 1) {
    await show(page, 'other-face');
    await state(page, 'rejected');
    await press(page, 'retry');
    await page.waitForURL(/authorizationToken=/);
  }
  await show(page, 'other-face');
  await page.waitForSelector('main[data-state=rejected], main[data-state=exhausted]');
  assert.equal(await page.locator('input[value=retry]').count(), 0);
  await sound(page, 'exhausted');
  await page.click('.actions a.button');
  assert.equal(await told(page), 'rejected');
});

test('a rejected person may leave with the rejection', { timeout: 60_000 }, async () => {
  const page = await person();
  await depart(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await press(page, 'leave');
  assert.equal(await told(page), 'rejected');
});

test('an abandoned check expires, is no rejection, and may be begun again', { timeout: 90_000 }, async () => {
  const page = await person();
  await depart(page);
  const back = await wayBack(page);
  await page.check('[name=at_once]');
  await page.click('button[value=abandon]');
  await page.goto(back);
  await state(page, 'expired');
  await sound(page, 'expired');
  await press(page, 'retry');
  await page.waitForURL(/authorizationToken=/);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('somebody who stops at Jumio comes back to a page that goes on', { timeout: 60_000 }, async () => {
  const page = await person();
  await depart(page);
  await page.click('button[value=error]');
  await page.waitForURL(/verify\/wait/);
  await page.waitForSelector('main[data-state]');
  await sound(page, 'came-back-early');
});

test('another browser gets nowhere with the link', { timeout: 60_000 }, async () => {
  const page = await person();
  await depart(page);
  const stranger = await person();
  const answer = await stranger.goto(await wayBack(page));
  assert.equal(answer.status(), 403);
  await sound(stranger, 'wrong-browser');
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('everything works without script', { timeout: 60_000 }, async () => {
  const page = await person({ javaScriptEnabled: false });
  await depart(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

for (const locale of ['en', 'de', 'fr', 'es', 'ar']) {
  test(`the pages speak ${locale}, also on a phone and in the dark`, { timeout: 60_000 }, async () => {
    const page = await person({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await depart(page, { locale });
    await show(page, 'other-face');
    await state(page, 'rejected');
    const html = page.locator('html');
    assert.equal(await html.getAttribute('lang'), locale);
    assert.equal((await html.getAttribute('dir')) ?? 'ltr', locale === 'ar' ? 'rtl' : 'ltr');
    await sound(page, `rejected-${locale}-phone-dark`);
  });
}

test('a link that was changed says so, kindly', { timeout: 30_000 }, async () => {
  const page = await person();
  const answer = await page.goto(`${rig.app}/api/verify/wait/${'A'.repeat(90)}`);
  assert.ok(answer.status() >= 400 && answer.status() < 500);
  await sound(page, 'invalid-link');
});
