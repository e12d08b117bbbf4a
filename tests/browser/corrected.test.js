// A name that was mistyped at the sign-up: corrected in the same journey, once, and compared with the check that was made.

import assert from 'node:assert/strict';
import {
  MIRA, account, atPage, begin, choosePassword, claims, enterDetails, newAddress, person, press, ready, show, signUpTo, sound, state,
  transactions,
} from './people.js';
import { browser, rig, stage, test } from './stage.js';

const PHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' };

stage();

/** Somebody whose name was mistyped, at the page that asks for it again. */
async function mistyped(page, address) {
  await signUpTo(page, rig, address, { who: { ...MIRA, givenName: 'Mirra' } });
  await show(page, 'pass', { firstName: 'MIRA', lastName: 'TALVIK' });
  await state(page, 'rejected');
  await sound(page, 'handler-rejected-for-details');
  assert.match(await page.textContent('main'), /may be asked there to check your details/);
  await press(page, 'leave');
  await atPage(page, 'correct');
}

test('a mistyped name is corrected in the same journey, and nothing is photographed or paid for again', async () => {
  const page = await person(browser);
  const address = newAddress();
  const before = await transactions(rig);
  await mistyped(page, address);
  await sound(page, 'b2c-correct');
  const typed = ['#givenName', '#surname', '#birthDate_year', '#birthDate_month', '#birthDate_day'];
  assert.deepEqual(await Promise.all(typed.map((field) => page.inputValue(field).then((text) => text.replace(/^0/, '')))),
    ['Mirra', 'Talvik', '1988', '4', '12'], 'what was typed stands there');
  assert.match(await page.textContent('#idvPersonReference'), /^\s*[0-9A-Z]{4}-[0-9A-Z]{4}\s*$/);
  assert.doesNotMatch(await page.textContent('main'), /MIRA|TALVIK/, 'what was read does not');
  await page.reload();
  await atPage(page, 'correct');
  await page.fill('#givenName', 'Mira');
  await page.click('#continue');
  await choosePassword(page);
  const told = await claims(page);
  const { attributes } = await account(rig, address);
  assert.equal(told.idv_status, 'approved');
  assert.equal(told.idv_reference, attributes.extension_idvReference);
  assert.deepEqual([told.name, told.given_name], ['Mira Talvik', 'Mira']);
  assert.deepEqual([attributes.givenName, attributes.surname, attributes.displayName], ['Mira', 'Talvik', 'Mira Talvik']);
  assert.equal(await transactions(rig), before + 1, 'one check');
});

test('what does not match then either is a rejection, and no second check', async () => {
  const page = await person(browser);
  const address = newAddress();
  const before = await transactions(rig);
  await mistyped(page, address);
  await page.fill('#givenName', 'Mirko');
  await page.click('#continue');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
  await sound(page, 'b2c-blocked-other-person');
  assert.equal(await account(rig, address), undefined);
  assert.equal(await transactions(rig), before + 1, 'one check');
});

for (const locale of ['en', 'ar']) {
  test(`the page of details to correct speaks ${locale} on a phone in the dark`, async () => {
    const page = await person(browser, PHONE);
    const address = newAddress();
    await begin(page, rig, { locale });
    await page.click('#createAccount');
    await page.waitForSelector('#givenName');
    await ready(page);
    await enterDetails(page, rig, address, { who: { ...MIRA, givenName: 'Misspelt' } });
    await state(page, 'rejected');
    await press(page, 'leave');
    await atPage(page, 'correct');
    const html = page.locator('html');
    assert.match(await html.getAttribute('lang'), new RegExp(`^${locale}\\b`));
    assert.equal(await html.getAttribute('dir'), locale === 'ar' ? 'rtl' : 'ltr');
    await sound(page, `b2c-correct-${locale}-phone-dark`);
    await page.fill('#givenName', 'M1ra');
    await page.fill('#surname', '');
    await page.click('#continue');
    assert.equal(await page.locator('.summary a').count(), 2);
    await sound(page, `b2c-correct-mistakes-${locale}-phone-dark`);
    await page.fill('#givenName', 'Mira');
    await page.fill('#surname', MIRA.surname);
    await page.click('#continue');
    await choosePassword(page);
    assert.equal((await claims(page)).idv_status, 'approved');
    assert.equal((await account(rig, address)).attributes.givenName, 'Mira');
  });
}
