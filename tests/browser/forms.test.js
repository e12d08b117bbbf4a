// Forms that say what they want and what is wrong: before anything is sent, at once, and where it is to be mended.

import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atPage, begin, choosePassword, claims, enterDetails, newAddress, person, proveAddress, ready, show, signUpTo, sound } from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

const PAGES = join(dirname(fileURLToPath(import.meta.url)), '../../ui/b2c');

/** Somebody at the first page of a sign-up, and how often the page has sent something since. */
async function signingUp(options = {}, details = {}) {
  const page = await person(browser, options);
  await begin(page, rig, details);
  await page.click('#createAccount');
  await atPage(page, 'signup');
  page.sent = 0;
  page.on('request', (request) => { page.sent += request.method() === 'POST' ? 1 : 0; });
  return page;
}

const born = async (page, year, month, day) => {
  for (const [part, value] of Object.entries({ year, month, day })) await page.selectOption(`#birthDate_${part}`, value);
};
const lines = (page) => page.locator('#api .summary a').allTextContents();
const focused = (page) => page.evaluate(() => document.activeElement.id);

test('an e-mail field is one for the keyboard, the browser and B2C', async () => {
  const page = await person(browser);
  await begin(page, rig);
  for (const field of ['#signInName', '#email']) {
    const is = (name) => page.getAttribute(field, name);
    assert.deepEqual([await is('type'), await is('inputmode'), await is('autocapitalize')], ['email', 'email', 'none']);
    assert.equal(await is('autocomplete'), field === '#email' ? 'email' : 'username');
    if (field === '#email') break;
    await page.click('#createAccount');
    await atPage(page, 'signup');
  }
});

test('an e-mail field is one without our scripts too', async () => {
  const page = await person(browser);
  await page.route(/\/(page|form|faults)\.js/, (route) => route.abort());
  await begin(page, rig);
  assert.equal(await page.getAttribute('#signInName', 'type'), 'email');
  await page.click('#next');
  await page.waitForSelector('#signInName_error:visible');
  await page.click('#createAccount');
  await atPage(page, 'signup');
  await proveAddress(page, rig, newAddress());
  await page.fill('#givenName', 'M1ra');
  await page.click('#continue');
  await page.waitForSelector('#givenName_error:visible');
  assert.match(await page.textContent('#givenName_error'), /letters/);
});

test('birth date and agreement say that they are required, and what is wrong with them', async () => {
  const page = await signingUp();
  const parts = ['#birthDate_day', '#birthDate_month', '#birthDate_year', '#idvConsent_agreed'];
  const seen = () => Promise.all(parts.map((part) => page.$eval(part, (one) => {
    const by = (one.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    return [one.required, one.getAttribute('aria-invalid'), by.join(' ').trim()];
  })));
  for (const [required, invalid] of await seen()) assert.deepEqual([required, invalid], [true, null]);
  await page.click('#continue');
  for (const [required, invalid, by] of await seen()) {
    assert.deepEqual([required, invalid], [true, 'true']);
    assert.match(by, /required/);
  }
});

test('one summary names what is wrong, leads there, and goes when it is mended', async () => {
  const page = await signingUp();
  await page.click('#continue');
  assert.equal((await lines(page)).length, 6);
  assert.equal(await page.locator('[role=alert]:visible').count(), 1, 'one alert');
  assert.ok(await page.evaluate(() => document.activeElement.matches('.summary')), 'several mistakes are read first');
  await sound(page, 'b2c-signup-mistakes');
  await page.click('.summary a:has-text("Family name")');
  assert.equal(await focused(page), 'surname');
  await page.keyboard.type('Talvik');
  assert.deepEqual((await lines(page)).filter((line) => /Family/.test(line)), []);
  await page.fill('#email', newAddress());
  await page.fill('#givenName', 'Mira');
  await born(page, '1988', '04', '12');
  await page.selectOption('#idvCountry', 'DEU');
  await page.check('#idvConsent_agreed');
  assert.equal(await page.locator('.summary:visible').count(), 0);
  assert.equal(await page.locator('[aria-invalid]').count(), 0);
  assert.equal(page.sent, 0);
});

test('names and dates that cannot be are told before anything is sent', async () => {
  const page = await signingUp();
  await proveAddress(page, rig, newAddress());
  page.sent = 0;
  await page.fill('#givenName', 'M1ra');
  await page.fill('#surname', '   ');
  await page.selectOption('#idvCountry', 'DEU');
  await page.check('#idvConsent_agreed');
  const year = new Date().getFullYear();
  const cases = [[year, '12', '31', /future/], [year - 121, '01', '01', /120/], [1990, '02', '30', /exist/]];
  for (const [y, month, day, said] of cases) {
    if (!await page.locator(`#birthDate_year option[value="${y}"]`).count()) {
      await page.$eval('#birthDate_year', (list, value) => list.append(new Option(value, value)), String(y));
    }
    await born(page, String(y), month, day);
    await page.click('#continue');
    const told = await lines(page);
    assert.equal(told.length, 3, told.join('\n'));
    assert.match(told[0], /letters/);
    assert.match(told[1], /required/);
    assert.match(told[2], said);
  }
  await sound(page, 'b2c-signup-implausible');
  assert.equal(page.sent, 0);
});

test('nothing is chosen before the person chooses', async () => {
  const page = await signingUp();
  assert.equal(await page.inputValue('#idvCountry'), '');
  assert.equal(await page.$eval('#idvCountry', (list) => list.selectedOptions[0].textContent), 'Please choose');
});

test('a password can be looked at, and both of its mistakes are told at once', async () => {
  const page = await person(browser);
  await signUpTo(page, rig, newAddress());
  await show(page, 'pass');
  await atPage(page, 'password');
  await page.fill('#newPassword', 'short');
  await page.fill('#reenterPassword', 'other');
  await page.click('button.reveal >> nth=0');
  assert.equal(await page.getAttribute('#newPassword', 'type'), 'text');
  await page.click('#continue');
  const told = await lines(page);
  assert.equal(told.length, 2, told.join('\n'));
  assert.match(told[0], /weak/);
  assert.match(told[1], /not the same/);
  await sound(page, 'b2c-password-mistakes');
  await page.click('button.reveal >> nth=0');
  assert.equal(await page.getAttribute('#newPassword', 'type'), 'password');
  await choosePassword(page);
  await claims(page);
});

test('the language is switched where the page is the first of its request', async () => {
  const page = await person(browser);
  await begin(page, rig);
  await page.click('.languages a[lang=ar]');
  await ready(page);
  await page.waitForSelector('html[lang^=ar][dir=rtl]');
  assert.equal(await page.getAttribute('.languages a[aria-current]', 'lang'), 'ar');
  await sound(page, 'b2c-signin-ar');
  await page.click('.languages a[lang=en]');
  await page.waitForSelector('html[lang^=en]');
  await page.click('#createAccount');
  await atPage(page, 'signup');
  assert.equal(await page.locator('.languages').count(), 0, 'what was typed would be lost');
  await enterDetails(page, rig, newAddress());
  await page.waitForURL(/authorizationToken=/);
});

/** What other versions of B2C's pages may draw: no type, no empty choice, errors without an id, one that is an alert itself. */
const DRAWN = `<form id="attributeVerification"><div class="error pageLevel" id="requiredFieldMissing" role="alert" aria-hidden="true">Missing.</div>
  <div id="attributeList"><ul><li><div class="attrEntry"><label for="email">Email</label>
    <div class="error itemLevel" role="alert" aria-hidden="true" style="display:none"></div><input id="email" type="text"></div></li>
  <li><div class="attrEntry"><label for="idvCountry">Country</label><div class="error itemLevel" aria-hidden="true" style="display:none"><p role="alert"></p></div>
    <select id="idvCountry"><option value="AUT">Austria</option><option value="DEU">Germany</option></select></div></li></ul></div>
  <div class="buttons"><button id="continue" type="button">Continue</button></div></form>`;

test('what B2C draws otherwise is told and helped all the same', async () => {
  const page = await person(browser);
  await page.setContent(`<html lang="en"><body><div id="api">${DRAWN}</div></body></html>`);
  await page.evaluate(() => {
    const field = (ID, more) => ({ ID, DN: ID, IS_REQ: true, ...more });
    window.SA_FIELDS = { AttributeFields: [field('email', {}), field('idvCountry', { IS_DROP: true })] };
    window.CONTENT = { required_field: 'This is required.', error_fieldIncorrect: 'Please check this.' };
    window.pressed = 0;
    document.getElementById('continue').addEventListener('click', () => { window.pressed += 1; });
  });
  for (const name of ['form', 'faults']) await page.addScriptTag({ path: join(PAGES, `${name}.js`) });
  assert.equal(await page.getAttribute('#email', 'type'), 'email');
  assert.equal(await page.inputValue('#idvCountry'), '', 'B2C chose, not the person');
  await page.click('#continue');
  assert.deepEqual(await lines(page), ['email: This is required.', 'idvCountry: This is required.']);
  assert.equal(await page.locator('[role=alert]:visible').count(), 1);
  await page.fill('#email', 'nobody');
  assert.deepEqual(await lines(page), ['email: Please check this.', 'idvCountry: This is required.']);
  await page.fill('#email', 'mira@example.com');
  await page.selectOption('#idvCountry', 'DEU');
  assert.deepEqual(await lines(page), []);
  assert.equal(await page.evaluate(() => window.pressed), 0);
  await page.click('#continue');
  assert.equal(await page.evaluate(() => window.pressed), 1);
});

test('the reference on a last page is copied with one press, where there is one', async () => {
  const page = await person(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  for (const reference of ['7KQ4-X2MA', '']) {
    await page.goto(rig.client);
    await page.setContent(`<html lang="de"><body><div id="api"><div class="attrEntry"><p id="idvPersonReference">${reference}</p></div></div></body></html>`);
    await page.addScriptTag({ path: join(PAGES, 'last.js') });
    assert.equal(await page.locator('button').count(), reference ? 1 : 0);
    if (!reference) return;
    await page.click('button:has-text("Kopieren")');
    await page.waitForSelector('[role=status]:has-text("Kopiert")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), reference);
  }
});
