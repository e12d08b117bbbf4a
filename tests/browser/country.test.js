// The country, where neither client nor settings name one: asked by a page of the handler before Jumio is.

import assert from 'node:assert/strict';
import { told } from './client.js';
import { atJumio, person, press, show, sound, state, transactions } from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage(undefined, '--set', 'JumioSettings:DefaultCountry=');

/** From the client's page to the question. */
async function depart(page, fields = {}) {
  await page.goto(`${rig.client}/direct`);
  for (const [name, value] of Object.entries(fields)) await page.selectOption(`[name=${name}]`, value);
  await page.click('button.primary');
  await page.waitForURL(/\/country/);
}

async function choose(page, code) {
  await page.selectOption('#place', code);
  await page.click('#continue');
}

for (const entry of ['ticket', 'par']) {
  for (const javaScriptEnabled of [true, false]) {
    const how = `${entry}, ${javaScriptEnabled ? 'with' : 'without'} script`;
    test(`a person says where they are, once (${how})`, async () => {
      const page = await person(browser, { javaScriptEnabled });
      const before = await transactions(rig);
      await depart(page, { entry });
      assert.equal(await transactions(rig), before);
      await choose(page, 'AUT');
      await atJumio(page);
      await show(page, 'other-face');
      await state(page, 'rejected');
      await press(page, 'retry');
      await atJumio(page);
      await show(page, 'pass');
      assert.equal(await told(page), 'approved');
      assert.deepEqual(page.faults, []);
    });
  }
}

test('in the United States the state is asked for as well', async () => {
  const page = await person(browser);
  await depart(page);
  await sound(page, 'country');
  await choose(page, 'USA');
  await page.waitForSelector('#place option[value=IL]', { state: 'attached' });
  await sound(page, 'country-state');
  await choose(page, 'IL');
  await atJumio(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

test('an answer left out is asked for again, and the field has the focus', async () => {
  const page = await person(browser);
  await depart(page);
  await page.evaluate(() => document.querySelector('#place').removeAttribute('required'));
  await page.click('#continue');
  await page.waitForSelector('#mistake');
  await page.waitForFunction(() => document.activeElement.id === 'place');
  await sound(page, 'country-mistake');
  await choose(page, 'USA');
  await page.waitForSelector('#place option[value=IL]', { state: 'attached' });
  await page.evaluate(() => document.querySelector('#place').removeAttribute('required'));
  await page.click('#continue');
  await page.waitForSelector('#mistake');
  await sound(page, 'country-state-mistake');
});

test('somebody who does not want to say may leave', async () => {
  const page = await person(browser);
  await depart(page);
  await press(page, 'leave');
  assert.equal(await told(page), 'cancelled');
});

for (const locale of ['en', 'de', 'fr', 'es', 'ar']) {
  test(`the question speaks ${locale}, also on a phone and in the dark`, async () => {
    const page = await person(browser, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await depart(page, { locale });
    const html = page.locator('html');
    assert.equal(await html.getAttribute('lang'), locale);
    assert.equal(await html.getAttribute('dir'), locale === 'ar' ? 'rtl' : 'ltr');
    await sound(page, `country-${locale}-phone-dark`);
    await choose(page, 'USA');
    await page.waitForSelector('#place option[value=IL]', { state: 'attached' });
    await sound(page, `country-state-${locale}-phone-dark`);
  });
}
