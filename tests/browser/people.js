// People in a real browser, and what they do on the pages of the application, of B2C, of Jumio and of the handler.

import assert from 'node:assert/strict';
import { followed } from './failure.js';
import { picture, violations } from './rig.js';

/** What a page is waited for, in ms. Only what never comes is told by it: it is no measure of speed. */
const PATIENCE = 180_000;

/** A page in a fresh browser profile that collects what must not happen. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  return watched(await context.newPage());
}

/** Another tab of the same person. */
export const tab = async (page) => watched(await page.context().newPage());

function watched(page) {
  followed(page);
  page.on('console', (line) => {
    if (/Content Security Policy|Refused to|AADB2C90047/.test(line.text())) page.faults.push(line.text());
  });
  return page;
}

/** Nothing was blocked, thrown, or drawn wider than the window, and axe has no complaint. */
export async function sound(page, name) {
  await whole(page, name);
  assert.deepEqual(await violations(page), [], name);
  assert.deepEqual(page.faults, [], name);
}

/** Nothing was blocked, thrown, or drawn wider than the window. */
async function whole(page, name) {
  await picture(page, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  assert.deepEqual(page.faults, [], name);
}

/** Languages in which axe judges a page: one of each direction, since it reads what a page is made of; or all, before an issue is resolved. */
export const JUDGED = process.env.RIG_AXE === 'all' ? ['en', 'de', 'fr', 'es', 'ar'] : ['en', 'ar'];

/** Sound in this language: judged by axe in one of each direction, else only looked at. */
export const soundIn = (page, language, name) => (JUDGED.includes(language) ? sound : whole)(page, name);

export const PASSWORD = 'Tr0ub4dor&3x';
/** The simulator's first document; every person here is invented. */
export const MIRA = { givenName: 'Mira', surname: 'Talvik', born: ['1988', '04', '12'] };

let number = 0;
/** An address nobody has used in this run. */
export const newAddress = () => `person${process.pid}.${number += 1}@example.com`;

/** From the application's first page to the tenant. */
export async function begin(page, rig, { offer = 'signin', locale = 'en' } = {}) {
  await page.goto(`${rig.client}/${offer}?ui_locales=${locale}`);
  await ready(page);
}

/** B2C's page is complete: the template has come and the fields are built. */
export const ready = (page) => page.waitForSelector('html[data-runner=ready]');

/** Reads the newest code that was mailed to an address. */
export async function mailedCode(rig, address) {
  const messages = await (await fetch(`${rig.tenant}/runner/mailbox.json?to=${encodeURIComponent(address)}`)).json();
  return messages[0].code;
}

/** Proves an address with the mailed code, on any page that asks for it. */
export async function proveAddress(page, rig, address) {
  await page.fill('#email', address);
  await page.click('#email_ver_but_send');
  await page.waitForSelector('#email_ver_input:visible');
  await page.fill('#email_ver_input', await mailedCode(rig, address));
  await page.click('#email_ver_but_verify');
  await page.waitForSelector('#email_success:visible');
}

/** Fills the first page of a sign-up and goes on; `agree: false` leaves the agreement out. */
export async function enterDetails(page, rig, address, { who = MIRA, agree = true } = {}) {
  await proveAddress(page, rig, address);
  await page.fill('#givenName', who.givenName);
  await page.fill('#surname', who.surname);
  for (const [at, part] of ['year', 'month', 'day'].entries()) await page.selectOption(`#birthDate_${part}`, who.born[at]);
  await page.selectOption('#idvCountry', 'DEU');
  if (agree) await page.check('#idvConsent_agreed');
  await page.click('#continue');
}

/** From the application to Jumio's page, as somebody who has no account. */
export async function signUpTo(page, rig, address, details = {}) {
  await begin(page, rig, details);
  await page.click('#createAccount');
  await page.waitForSelector('#givenName');
  await ready(page);
  await enterDetails(page, rig, address, details);
  await atJumio(page);
}

export const atJumio = (page) => page.waitForURL(/authorizationToken=/);

/** Shows a document at Jumio; `fields` change what it says. */
export async function show(page, scenario, fields = {}) {
  if (Object.keys(fields).length) await page.click('summary:has-text("Change what")');
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
  await page.selectOption('[name=scenario]', scenario);
  await page.click('button[value=submit]');
}

/** Jumio is told to take its time: it judges nothing until it is told to go on. */
export const holdVerdicts = (rig) => processing(rig, 3_600_000);

/** What it had on its table is judged now. */
export const giveVerdicts = (rig) => processing(rig, 200);

const processing = (rig, ms) => control(rig, 'PUT', '/jumio/settings', { timers: { processing_ms: ms } });

/** The person leaves Jumio's page, and a quarter of an hour passes. */
export async function abandon(page) {
  await page.check('[name=at_once]');
  await page.click('button[value=abandon]');
  await page.waitForSelector('text=the session has expired');
}

/** One of the buttons of the handler's pages. */
export const press = (page, action) => page.click(`form:has(input[name=action][value=${action}]) button`);

/** The handler's page says this. */
export const state = (page, name) => page.waitForSelector(`main[data-state=${name}]`);

/** One of B2C's pages: the body's class is the template's. */
export async function atPage(page, name) {
  await page.waitForSelector(`html[data-runner=ready] body.page-${name}`);
}

/** The last page of a sign-up. */
export async function choosePassword(page, password = PASSWORD) {
  await atPage(page, 'password');
  await page.fill('#newPassword', password);
  await page.fill('#reenterPassword', password);
  await page.click('#continue');
}

/** Signs in with an account. */
export async function signIn(page, address, password = PASSWORD) {
  await atPage(page, 'signin');
  await page.fill('#signInName', address);
  await page.fill('#password', password);
  // The combined page says Sign in, a page with nothing but the sign-in says Continue.
  await page.click('#next, #continue');
}

/** What the application was told. */
export async function claims(page) {
  await page.waitForSelector('#claims');
  return JSON.parse(await page.textContent('#claims'));
}

/** What went wrong, as the application was told it. */
export const refusal = async (page) => (await page.waitForSelector('#failure')).textContent();

/** The account of an address, or nothing. */
export async function account(rig, address) {
  const accounts = await (await fetch(`${rig.tenant}/runner/directory.json`)).json();
  return accounts.find((one) => one.attributes['signInNames.emailAddress'] === address.toLowerCase());
}

/** Changes the directory as an administrator would; an empty value takes an attribute away. */
export async function administer(rig, path, fields) {
  const answer = await fetch(`${rig.tenant}/runner/directory${path}`, {
    method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  assert.ok(answer.status === 302 || answer.status === 303, `the directory answered ${answer.status}`);
}

/** An account that was made before anybody was checked. */
export async function oldAccount(rig, address, { givenName = 'Mira', surname = 'Talvik' } = {}) {
  await administer(rig, '', { email: address, displayName: `${givenName} ${surname}`, password: PASSWORD });
  const { objectId } = await account(rig, address);
  await administer(rig, `/${objectId}`, { name: 'givenName', value: givenName });
  await administer(rig, `/${objectId}`, { name: 'surname', value: surname });
  return objectId;
}

/** The newest trace of the tenant. */
export async function newestTrace(rig) {
  return (await (await fetch(`${rig.tenant}/runner/traces.json`)).json())[0];
}

/** Asks the rig's control port for something. */
export async function control(rig, method, path, body) {
  const answer = await fetch(`${rig.control}${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** How many transactions Jumio was asked for. */
export const transactions = async (rig) => (await control(rig, 'GET', '/jumio/transactions')).length;

/** Waits until something is so. */
export async function until(holds) {
  while (!await holds()) await new Promise((resolve) => { setTimeout(resolve, 100); });
}

/** Makes a verified account in a browser of its own. */
export async function verifiedAccount(browser, rig, address) {
  const page = await person(browser);
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await choosePassword(page);
  await claims(page);
  await page.context().close();
}
