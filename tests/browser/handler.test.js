// A person in a real browser: from the client's page through Jumio's (simulated) page and the handler's pages, and back.

import assert from 'node:assert/strict';
import { told, wayBack } from './client.js';
import { abandon, atJumio, giveVerdicts, holdVerdicts, person, press, show, sound, state } from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

/** From the client's page to Jumio's. */
async function depart(page, { locale = 'en', mode = 'query' } = {}) {
  await page.goto(`${rig.client}/direct`);
  await page.selectOption('[name=locale]', locale);
  await page.selectOption('[name=response_mode]', mode);
  await page.click('button.primary');
  await atJumio(page);
}

test('an approved person comes back with a verified token', async () => {
  const page = await person(browser);
  await depart(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('a slow check is waited for, and the page moves on by itself', async () => {
  const page = await person(browser);
  await depart(page);
  await holdVerdicts(rig);
  await show(page, 'slow');
  await state(page, 'checking');
  await sound(page, 'checking');
  await giveVerdicts(rig);
  assert.equal(await told(page), 'approved');
});

test('the answer may come by form_post', async () => {
  const page = await person(browser);
  await depart(page, { mode: 'form_post' });
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('a rejected person may try again, and succeed', async () => {
  const page = await person(browser);
  await depart(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await sound(page, 'rejected');
  await press(page, 'retry');
  await atJumio(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('after the last attempt only the way back is left', async () => {
  const page = await person(browser);
  await depart(page);
  for (let left = 2; left > 0; left -= 1) {
    await show(page, 'other-face');
    await state(page, 'rejected');
    await press(page, 'retry');
    await atJumio(page);
  }
  await show(page, 'other-face');
  await page.waitForSelector('main[data-state=rejected], main[data-state=exhausted]');
  assert.equal(await page.locator('input[value=retry]').count(), 0);
  await sound(page, 'exhausted');
  await page.click('.actions a.button');
  assert.equal(await told(page), 'rejected');
});

test('a rejected person may leave with the rejection', async () => {
  const page = await person(browser);
  await depart(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await press(page, 'leave');
  assert.equal(await told(page), 'rejected');
});

test('an abandoned check expires, is no rejection, and may be begun again', async () => {
  const page = await person(browser);
  await depart(page);
  const back = await wayBack(page, rig);
  await abandon(page);
  await page.goto(back);
  await state(page, 'expired');
  await sound(page, 'expired');
  await press(page, 'retry');
  await atJumio(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('somebody who stops at Jumio comes back to a page that goes on', async () => {
  const page = await person(browser);
  await depart(page);
  await page.click('button[value=error]');
  await page.waitForURL(/verify\/wait/);
  await page.waitForSelector('main[data-state]');
  await sound(page, 'came-back-early');
});

test('another browser gets nowhere with the link', async () => {
  const page = await person(browser);
  await depart(page);
  const stranger = await person(browser);
  const answer = await stranger.goto(await wayBack(page, rig));
  assert.equal(answer.status(), 403);
  await sound(stranger, 'wrong-browser');
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('everything works without script', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await depart(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

for (const locale of ['en', 'de', 'fr', 'es', 'ar']) {
  test(`the pages speak ${locale}, also on a phone and in the dark`, async () => {
    const page = await person(browser, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await depart(page, { locale });
    await show(page, 'other-face');
    await state(page, 'rejected');
    const html = page.locator('html');
    assert.equal(await html.getAttribute('lang'), locale);
    assert.equal((await html.getAttribute('dir')) ?? 'ltr', locale === 'ar' ? 'rtl' : 'ltr');
    await sound(page, `rejected-${locale}-phone-dark`);
  });
}

test('what a person reads out does not turn round among Arabic words', async () => {
  const page = await person(browser, { locale: 'ar' });
  await page.goto(`${rig.app}/api/verify/wait/${'A'.repeat(90)}`);
  const [first, last] = await page.evaluate(() => {
    const code = document.querySelector('.reference code');
    code.textContent = '1234-QX4M';
    return [0, 8].map((at) => {
      const range = document.createRange();
      range.setStart(code.firstChild, at);
      range.setEnd(code.firstChild, at + 1);
      return range.getBoundingClientRect().left;
    });
  });
  assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
  assert.ok(first < last, `the first sign at ${first}, the last at ${last}`);
});

test('a link that was changed says so, kindly', async () => {
  const page = await person(browser);
  const answer = await page.goto(`${rig.app}/api/verify/wait/${'A'.repeat(90)}`);
  assert.ok(answer.status() >= 400 && answer.status() < 500);
  await sound(page, 'invalid-link');
});
