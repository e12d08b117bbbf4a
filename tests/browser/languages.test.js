// Every page of the policies in every language, on a phone and in the dark.

import assert from 'node:assert/strict';
import {
  PASSWORD, atJumio, atPage, begin, enterDetails, giveVerdicts, holdVerdicts, newAddress, oldAccount, person, press, ready, show, signIn,
  signUpTo, sound, soundIn, state,
} from './people.js';
import { browser, rig, stage, test } from './stage.js';

const SIGN_IN = { en: 'Sign in', de: 'Anmelden', fr: 'Se connecter', es: 'Iniciar sesión', ar: 'تسجيل الدخول' };
const PHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' };

stage();

/** The page says which language it is in, runs in its direction, and shows no text of another. */
async function speaks(page, locale, name) {
  const html = page.locator('html');
  assert.match(await html.getAttribute('lang'), new RegExp(`^${locale}\\b`), name);
  assert.equal((await html.getAttribute('dir')) || 'ltr', locale === 'ar' ? 'rtl' : 'ltr', name);
  const foreign = await page.evaluate((own) => [...document.querySelectorAll('[data-l]')]
    .filter((node) => node.getAttribute('data-l') !== own && node.checkVisibility()).map((node) => node.textContent), locale);
  assert.deepEqual(foreign, [], name);
  assert.ok((await page.title()).trim().length > 0, name);
  await soundIn(page, locale, `${name}-${locale}-phone-dark`);
}

for (const locale of Object.keys(SIGN_IN)) {
  test(`sign-in, sign-up and the blocking page speak ${locale} on a phone in the dark`, async () => {
    const page = await person(browser, PHONE);
    await begin(page, rig, { locale });
    await atPage(page, 'signin');
    assert.equal((await page.textContent('#next')).trim(), SIGN_IN[locale]);
    await speaks(page, locale, 'b2c-signin');
    await page.click('#createAccount');
    await page.waitForSelector('#givenName');
    await ready(page);
    await speaks(page, locale, 'b2c-signup');
    await page.click('#continue');
    assert.equal(await page.locator('.summary a').count(), 6);
    assert.doesNotMatch(await page.textContent('.summary'), locale === 'en' ? /^$/ : /required|entries/);
    await speaks(page, locale, 'b2c-signup-mistakes');
    await enterDetails(page, rig, newAddress());
    await atJumio(page);
    await show(page, 'other-face');
    await state(page, 'rejected');
    await press(page, 'leave');
    await atPage(page, 'blocked');
    assert.ok((await page.textContent('#idvReasonText')).trim().length > 10, 'the reason is a sentence');
    await speaks(page, locale, 'b2c-blocked');
  });

  test(`a check that is not finished, and one that is not decided, speak ${locale} on a phone in the dark`, async () => {
    const page = await person(browser, PHONE);
    await signUpTo(page, rig, newAddress(), { locale });
    await page.click('button[value=error]');
    await page.waitForSelector('main[data-state]');
    await press(page, 'cancel');
    await state(page, 'cancelled');
    await press(page, 'leave');
    await atPage(page, 'unfinished');
    await speaks(page, locale, 'b2c-unfinished');
    await page.click('#continue');
    await atJumio(page);
    await holdVerdicts(rig);
    await show(page, 'slow');
    await state(page, 'checking');
    await page.click('.actions a.button[href*=continue]:not([href*=vendor])');
    await atPage(page, 'pending');
    assert.ok((await page.textContent('#idvForText')).trim().length > 40, 'how to come back');
    await speaks(page, locale, 'b2c-pending');
    await giveVerdicts(rig);
  });

  test(`consent, reset and profile speak ${locale} on a phone in the dark`, async () => {
    const address = newAddress();
    await oldAccount(rig, address);
    const page = await person(browser, PHONE);
    await begin(page, rig, { locale });
    await signIn(page, address, PASSWORD);
    await atPage(page, 'consent');
    await page.click('#continue');
    await speaks(page, locale, 'b2c-consent-mistakes');
    await page.selectOption('#idvCountry', 'DEU');
    await page.check('#idvConsent_agreed');
    await page.click('#continue');
    await atJumio(page);
    await show(page, 'pass');
    await page.waitForSelector('#claims');
    await begin(page, rig, { offer: 'profile', locale });
    await atPage(page, 'profile');
    await speaks(page, locale, 'b2c-profile');
    await begin(page, rig, { offer: 'reset', locale });
    await atPage(page, 'reset');
    await speaks(page, locale, 'b2c-reset');
  });
}

test('what the server refuses is said in the language of the page', async () => {
  const page = await person(browser);
  await begin(page, rig, { offer: 'reset', locale: 'de' });
  await page.fill('#email', newAddress());
  await page.click('#continue');
  await page.waitForSelector('#claimVerificationServerError:visible');
  assert.match(await page.textContent('#claimVerificationServerError'), /Bitte bestätigen Sie zuerst/);
  await page.click('#email_ver_but_send');
  await page.waitForSelector('#email_ver_input:visible');
  await page.fill('#email_ver_input', '000000');
  await page.click('#email_ver_but_verify');
  await page.waitForSelector('#email_fail_retry:visible');
  assert.match(await page.textContent('#email_fail_retry'), /Code/);
  assert.doesNotMatch(await page.textContent('#email_fail_retry'), /incorrect|expired/);
  await sound(page, 'b2c-reset-wrong-code-de');
});

test('a language that nobody translated gets English', async () => {
  const page = await person(browser);
  await begin(page, rig, { locale: 'fi' });
  await atPage(page, 'signin');
  assert.equal((await page.textContent('#next')).trim(), SIGN_IN.en);
});

test('without script the page says that it needs it', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(`${rig.client}/signin`);
  assert.match(await page.textContent('noscript, body'), /JavaScript/);
});
