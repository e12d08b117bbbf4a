// Sign-in, password reset, profile edit and refresh: every token is for a verified person.

import assert from 'node:assert/strict';
import {
  PASSWORD, account, administer, atJumio, atPage, begin, claims, newAddress, oldAccount, person, press, proveAddress, refusal,
  show, signIn, sound, state, transactions, verifiedAccount,
} from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

/** Somebody in a fresh browser who has typed this address and the password. */
async function entered(address, offer = 'signin') {
  const page = await person(browser);
  await begin(page, rig, { offer });
  await signIn(page, address);
  return page;
}

/** Agrees to the check on the page for people who have an account. */
async function agree(page) {
  await atPage(page, 'consent');
  await page.selectOption('#idvCountry', 'DEU');
  await page.check('#idvConsent_agreed');
  await page.click('#continue');
  await atJumio(page);
}

/** The approval of an account was written this many days ago. */
async function age(id, days) {
  const value = new Date(Date.now() - days * 86_400_000).toISOString();
  await administer(rig, `/${id}`, { name: 'extension_idvOn', value });
}

test('a verified account signs in without another check', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const before = await transactions(rig);
  const page = await person(browser);
  await begin(page, rig);
  await atPage(page, 'signin');
  await sound(page, 'b2c-signin');
  await signIn(page, address);
  const told = await claims(page);
  assert.equal(told.idv_status, 'approved');
  assert.equal(told.idv_reference, (await account(rig, address)).attributes.extension_idvReference);
  assert.equal(await transactions(rig), before);
});

test('a wrong password says so and nothing more', async () => {
  const address = newAddress();
  await oldAccount(rig, address);
  const page = await person(browser);
  await begin(page, rig);
  await signIn(page, address, 'wrong');
  await page.waitForSelector('.error.pageLevel:visible');
  await sound(page, 'b2c-signin-wrong-password');
});

test('an account without a check is checked before it gets a token', async () => {
  const address = newAddress();
  await oldAccount(rig, address);
  const page = await entered(address);
  await atPage(page, 'consent');
  await sound(page, 'b2c-consent');
  await agree(page);
  await show(page, 'pass');
  assert.equal((await claims(page)).idv_status, 'approved');
  const { attributes } = await account(rig, address);
  assert.equal(attributes.extension_idvStatus, 'approved');
});

test('an account whose holder is rejected gets no token and keeps no approval', async () => {
  const address = newAddress();
  await oldAccount(rig, address);
  const page = await entered(address);
  await agree(page);
  await show(page, 'fraud');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
  assert.match(await page.textContent('#idvForText'), /Nothing was changed in your account/);
  await page.click('#cancel');
  assert.match(await refusal(page), /AADB2C90091/);
  assert.notEqual((await account(rig, address)).attributes.extension_idvStatus, 'approved');
});

test('an account is not opened by the document of somebody else', async () => {
  const address = newAddress();
  await oldAccount(rig, address, { givenName: 'Jörn', surname: 'Grünspan' });
  const page = await entered(address);
  await agree(page);
  await page.check('[name=person][value="0"]'); // the person's own is preselected
  await show(page, 'pass');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
});

test('an approval that has aged out is checked again', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const { objectId } = await account(rig, address);
  await age(objectId, 400);
  const began = Date.now();
  const page = await entered(address);
  await agree(page);
  await show(page, 'pass');
  assert.equal((await claims(page)).idv_status, 'approved');
  const { attributes } = await account(rig, address);
  assert.ok(Date.parse(attributes.extension_idvOn) >= began - 1000, attributes.extension_idvOn);
});

test('a session does not outlive the approval', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await entered(address);
  await claims(page);
  await page.goto(`${rig.client}/signin`);
  assert.equal((await claims(page)).idv_status, 'approved', 'single sign-on');
  const { objectId } = await account(rig, address);
  await administer(rig, `/${objectId}`, { name: 'extension_idvStatus', value: 'rejected' });
  await page.goto(`${rig.client}/signin`);
  await atPage(page, 'consent');
});

test('a password reset opens no unverified account', async () => {
  const address = newAddress();
  await oldAccount(rig, address);
  const page = await person(browser);
  await begin(page, rig, { offer: 'reset' });
  await sound(page, 'b2c-reset');
  await proveAddress(page, rig, address);
  await page.click('#continue');
  await agree(page);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
  const other = await person(browser);
  await begin(other, rig);
  await signIn(other, address, PASSWORD);
  await atPage(other, 'consent');
});

test('a verified person resets the password and signs in with the new one', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await person(browser);
  await begin(page, rig, { offer: 'reset' });
  await proveAddress(page, rig, address);
  await page.click('#continue');
  await page.waitForSelector('#newPassword');
  await page.fill('#newPassword', 'An0ther&passphrase');
  await page.fill('#reenterPassword', 'An0ther&passphrase');
  await page.click('#continue');
  assert.equal((await claims(page)).idv_status, 'approved');
  const again = await person(browser);
  await begin(again, rig);
  await signIn(again, address, 'An0ther&passphrase');
  await claims(again);
});

test('the link below the password field leads to a new password in the same sign-in', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await person(browser);
  await begin(page, rig);
  await page.click('#forgotPassword');
  await atPage(page, 'reset');
  await proveAddress(page, rig, address);
  await page.click('#continue');
  await page.waitForSelector('#newPassword');
  await sound(page, 'b2c-new-password');
  await page.fill('#newPassword', 'An0ther&passphrase');
  await page.fill('#reenterPassword', 'An0ther&passphrase');
  await page.click('#continue');
  assert.equal((await claims(page)).idv_status, 'approved');
});

test('a reset for an address without account reveals nothing but that it cannot go on', async () => {
  const page = await person(browser);
  await begin(page, rig, { offer: 'reset' });
  await proveAddress(page, rig, newAddress());
  await page.click('#continue');
  await page.waitForSelector('#claimVerificationServerError:visible');
  await sound(page, 'b2c-reset-no-account');
});

test('a profile edit changes the shown name and is gated too', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await entered(address, 'profile');
  await atPage(page, 'profile');
  await sound(page, 'b2c-profile');
  assert.equal(await page.locator('#givenName:not([readonly])').count(), 0, 'checked names cannot be changed');
  await page.fill('#displayName', 'M. Talvik');
  await page.click('#continue');
  assert.equal((await claims(page)).name, 'M. Talvik');

  const old = newAddress();
  await oldAccount(rig, old);
  const other = await entered(old, 'profile');
  await atPage(other, 'consent');
});

test('a token is renewed while the approval holds, and refused afterwards', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await entered(address);
  await claims(page);
  await page.click('button:has-text("Renew")');
  assert.equal((await claims(page)).idv_status, 'approved');
  const { objectId } = await account(rig, address);
  await age(objectId, 400);
  await page.click('button:has-text("Renew")');
  assert.match(await refusal(page), /refuses/);
});

test('after signing out the password is asked for again', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await entered(address);
  await claims(page);
  await page.click('button:has-text("Sign out")');
  await page.waitForURL(`${rig.client}/`);
  await begin(page, rig);
  await atPage(page, 'signin');
});

test('signing in needs no mouse', async () => {
  const address = newAddress();
  await verifiedAccount(browser, rig, address);
  const page = await person(browser);
  await begin(page, rig);
  await atPage(page, 'signin');
  await page.focus('#signInName');
  await page.keyboard.type(address);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  assert.equal((await claims(page)).idv_status, 'approved');
});
