// People whom nobody has named: who goes on, who signs out, who began a check, and what is said when no check can be begun.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { entrance, told, wayBack } from './client.js';
import {
  atJumio, control, giveVerdicts, holdVerdicts, person, refusal, show, sound, state, transactions,
} from './people.js';
import { LANGUAGES, speaks, texts } from './said.js';
import { browser, rig, stage, test } from './stage.js';

// Where the client wants people after they have signed out.
const farewell = createServer((_, answer) => { answer.setHeader('content-type', 'text/html').end('<!doctype html><title>Bye</title>'); });
await new Promise((listens) => { farewell.listen(0, '127.0.0.1', listens); });
farewell.unref();
const goodbye = `http://127.0.0.1:${farewell.address().port}/signed-out`;

const SETTINGS = ['Spend:MaxStartsPerBrowserPerDay=1', 'Spend:MaxStartsPerMinute=1000', 'Clients:3:Name=Contoso Bank',
  'Clients:3:Release=name age_over_18', `Clients:3:PostLogoutRedirectUris=${goodbye}`,
  'Verification:HelpUrl=https://help.example/', 'Verification:AlternativeUrl=https://other.example/'];

stage(undefined, ...SETTINGS.flatMap((setting) => ['--set', setting]));

/** A request of a client that names nobody. */
async function walkIn(page, more = '', locale = 'en') {
  return `${await entrance(page, rig, { client: 'rig-plain', entry: 'plain', locale })}${more}`;
}

/** Somebody who has shown a document in this browser, and whom the handler knows from now on. */
async function known(options) {
  const page = await person(browser, options);
  await page.goto(await walkIn(page));
  await atJumio(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  return page;
}

/** Whoever the browser is remembered as, they are not asked for anything. */
async function silently(page) {
  await page.goto(await walkIn(page, '&prompt=none'));
  await page.waitForSelector('#status, #failure');
  return (await page.locator('#status').count()) === 1;
}

/** With the client's name in it. */
const naming = ({ title, text }) => ({ title, text: text.replace('{client}', 'Contoso Bank') });

/** The foot of a last page: help, another way, and this number, called what it is. */
async function hasFoot(page, locale, number) {
  const said = texts[locale];
  assert.deepEqual(await page.locator('main p.soft a').allTextContents(), [said.help, said.alternative]);
  const [label] = said[number].split('{number}');
  const text = (await page.textContent('.reference')).trim();
  assert.ok(text.startsWith(label), `${text} does not begin with ${label}`);
}

const logout = (fields) => `${rig.app}/api/verify/logout?${new URLSearchParams({ client_id: 'rig-plain', ...fields })}`;

/** Presses what has this label, by the keyboard alone. */
async function pressByKey(page, label) {
  for (let steps = 0; steps < 9; steps += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.textContent) === label) return page.keyboard.press('Enter');
  }
  throw new Error(`no key leads to "${label}"`);
}

test('whoever comes again is asked whether they are who they were', async () => {
  const page = await known();
  for (const locale of LANGUAGES) {
    const said = texts[locale].account;
    await page.goto(await walkIn(page, '&prompt=select_account', locale));
    await speaks(page, locale, said, [said.first, said.second], 'account');
  }
});

test('who goes on as before is told of at once, and somebody else is checked', async () => {
  const page = await known();
  const before = await transactions(rig);
  await page.goto(await walkIn(page, '&prompt=select_account'));
  await pressByKey(page, texts.en.account.first);
  assert.equal(await told(page), 'approved');
  assert.equal(await transactions(rig), before);
  await page.goto(await walkIn(page, '&prompt=select_account'));
  await pressByKey(page, texts.en.account.second);
  await atJumio(page);
  assert.equal(await transactions(rig), before + 1);
  assert.deepEqual(page.faults, []);
});

test('who is to sign out is asked, and stays signed in if they say so', async () => {
  const page = await known();
  for (const locale of LANGUAGES) {
    const { sign_out: asked, still_signed_in: stayed } = texts[locale];
    await page.goto(logout({ ui_locales: locale }));
    await speaks(page, locale, asked, [asked.first, asked.second], 'sign-out');
    await pressByKey(page, asked.second);
    await page.waitForFunction((title) => document.querySelector('h1').textContent !== title, asked.title);
    await speaks(page, locale, stayed, [], 'still-signed-in');
  }
  assert.ok(await silently(page), 'still known');
  assert.deepEqual(page.faults, []);
});

test('what was answered first is what counts: nothing else can be pressed meanwhile', async () => {
  const page = await known();
  await page.goto(logout({ ui_locales: 'en' }));
  const disabled = await page.evaluate(() => new Promise((answered) => {
    const buttons = [...document.querySelectorAll('main button')];
    document.addEventListener('submit', (event) => {
      event.preventDefault();
      setTimeout(() => answered(buttons.map((button) => button.disabled)), 0);
    });
    buttons.at(-1).click();
  }));
  assert.deepEqual(disabled, [true, true]);
});

test('who signs out is known no more, and is told so', async () => {
  const page = await known();
  const { sign_out: asked } = texts.ar;
  await page.goto(logout({ ui_locales: 'ar' }));
  await pressByKey(page, asked.first);
  await page.waitForFunction((title) => document.querySelector('h1').textContent !== title, asked.title);
  for (const locale of ['ar', ...LANGUAGES]) {
    await speaks(page, locale, texts[locale].signed_out, [], 'signed-out');
    await page.goto(logout({ ui_locales: LANGUAGES[LANGUAGES.indexOf(locale) + 1] ?? 'en' }));
  }
  assert.ok(!await silently(page), 'known no more');
});

test('who signs out goes back to the client that wants them back', async () => {
  const page = await known();
  await page.goto(logout({ post_logout_redirect_uri: goodbye, state: 'of the client' }));
  await pressByKey(page, texts.en.sign_out.first);
  await page.waitForURL((url) => url.href.startsWith(goodbye));
  assert.equal(new URL(page.url()).searchParams.get('state'), 'of the client');
  assert.deepEqual(page.faults, []);
  assert.ok(!await silently(page), 'known no more');
});

test('a browser that has had its checks of the day is told so, and may leave', async () => {
  const page = await known();
  const before = await transactions(rig);
  for (const locale of LANGUAGES) {
    const { states, actions } = texts[locale];
    await page.goto(await walkIn(page, '&prompt=login', locale));
    await state(page, 'full');
    await speaks(page, locale, states.full, [actions.retry, actions.leave], 'full');
  }
  await pressByKey(page, texts.ar.actions.retry);
  await page.waitForURL(/continue/);
  await state(page, 'full');
  await pressByKey(page, texts.ar.actions.leave);
  assert.match(await refusal(page), /./);
  assert.equal(await transactions(rig), before);
  assert.deepEqual(page.faults, []);
});

/** A request for values of the document. */
const forValues = async (page, locale) => (await walkIn(page, '', locale)).replace('scope=openid', 'scope=openid+profile');

test('who is asked for values of their document sees which, and goes on or back', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  for (const locale of LANGUAGES) {
    const { release } = texts[locale];
    await page.goto(await forValues(page, locale));
    await page.waitForURL(/release/);
    assert.deepEqual(await page.locator('.notice li').allTextContents(), [release.values.name]);
    await speaks(page, locale, naming(release), [release.agree, release.refuse], 'release');
  }
  assert.equal(await transactions(rig), before);
  await pressByKey(page, texts.ar.release.refuse);
  assert.match(await refusal(page), /access_denied/);
  await page.goto(await forValues(page));
  await pressByKey(page, texts.en.release.agree);
  await atJumio(page);
  assert.deepEqual(page.faults, []);
});

test('a browser that keeps no cookie is told so, and where help is', async () => {
  const page = await person(browser);
  for (const locale of LANGUAGES) {
    const address = await walkIn(page, '', locale);
    const without = await person(browser);
    // As if the cookie that it was handed there had not been kept.
    const answer = await without.goto(address.replace('/authorize?', '/authorize/back?'));
    assert.equal(answer.status(), 403);
    await speaks(without, locale, texts[locale].messages.no_cookies, [texts[locale].actions.retry], 'no-cookies');
    await hasFoot(without, locale, 'error_number');
  }
});

test('a ticket that another browser has brought opens nothing, and says so', async () => {
  const page = await person(browser);
  const address = await entrance(page, rig);
  await page.goto(address);
  await atJumio(page);
  const stranger = await person(browser);
  for (const locale of LANGUAGES) {
    const answer = await stranger.goto(address.replace(/ui_locales=\w+/, `ui_locales=${locale}`));
    assert.equal(answer.status(), 410);
    await speaks(stranger, locale, texts[locale].messages.taken, [], 'taken');
    await hasFoot(stranger, locale, 'error_number');
  }
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
});

/** A check that was begun in this browser and is finished where nobody sees it; where Jumio sends whoever finished it. */
async function finishedElsewhere(page) {
  await page.goto(await walkIn(page));
  await atJumio(page);
  const back = await wayBack(page, rig);
  await control(rig, 'POST', '/jumio/transactions/latest/finish', { scenario: 'pass' });
  return back;
}

const waiting = (back) => back.replace('/callback/return/', '/verify/wait/');
/** Whoever sits in front of another browser, which asks for pages in this language. */
const stranger = (locale) => person(browser, { locale });

test('whoever comes back in a browser that did not begin is asked in its language whether they did', async () => {
  const page = await person(browser);
  const back = await finishedElsewhere(page);
  for (const locale of LANGUAGES) {
    const other = await stranger(locale);
    await other.goto(back);
    await state(other, 'unconfirmed');
    const { elsewhere, actions } = texts[locale];
    await speaks(other, locale, naming(elsewhere.asked), [actions.own, actions.not_own], 'elsewhere');
  }
  await page.goto(waiting(back));
  await state(page, 'checking');
});

test('who says yes there is sent back to where they began, and it goes on there', async () => {
  const page = await person(browser);
  const back = await finishedElsewhere(page);
  for (const locale of LANGUAGES) {
    const other = await stranger(locale);
    await other.goto(back);
    await pressByKey(other, texts[locale].actions.own);
    await other.waitForSelector('main:not([data-state])');
    await speaks(other, locale, texts[locale].messages.wrong_browser, [], 'elsewhere-own');
  }
  await page.goto(waiting(back));
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('who says no there stops the check for good', async () => {
  const page = await person(browser);
  const back = await finishedElsewhere(page);
  for (const locale of LANGUAGES) {
    const other = await stranger(locale);
    await other.goto(back);
    await pressByKey(other, texts[locale].actions.not_own);
    await state(other, 'cancelled');
    await speaks(other, locale, texts[locale].elsewhere.stopped, [], 'elsewhere-stopped');
    await hasFoot(other, locale, 'reference');
  }
  await page.goto(waiting(back));
  await state(page, 'cancelled');
  await page.goto(`${waiting(back)}/continue`);
  assert.match(await refusal(page), /cancelled/);
});

test('who began is asked as well where no browser came back', async () => {
  const page = await person(browser);
  const back = await finishedElsewhere(page);
  await page.goto(waiting(back));
  for (const locale of LANGUAGES) {
    await state(page, 'unconfirmed');
    const { states, actions } = texts[locale];
    await speaks(page, locale, naming(states.unconfirmed), [actions.own, actions.not_own], 'unconfirmed');
    await page.goto(await walkIn(page, '', LANGUAGES[LANGUAGES.indexOf(locale) + 1] ?? 'en'));
  }
  await pressByKey(page, texts.en.actions.own);
  assert.equal(await told(page), 'approved');
  assert.deepEqual(page.faults, []);
});

test('who began and says no has stopped it', async () => {
  const page = await person(browser);
  const back = await finishedElsewhere(page);
  await page.goto(waiting(back));
  await state(page, 'unconfirmed');
  await pressByKey(page, texts.en.actions.not_own);
  await state(page, 'cancelled');
  await sound(page, 'unconfirmed-not-own');
  await page.click('.actions a.button');
  assert.match(await refusal(page), /cancelled/);
});

test('who waits is told to come again later, where the client hears nothing later', async () => {
  const page = await person(browser);
  await page.goto(await walkIn(page));
  await atJumio(page);
  await holdVerdicts(rig);
  await show(page, 'slow');
  await state(page, 'checking');
  assert.ok((await page.textContent('main')).includes(texts.en.sign_in_later));
  await sound(page, 'checking-walk-in');
  await giveVerdicts(rig);
  assert.equal(await told(page), 'approved');
});
