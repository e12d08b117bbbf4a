// Sign-up through the local B2C tenant, the handler and Jumio: no account before the person is verified.

import assert from 'node:assert/strict';
import { picture } from './rig.js';
import {
  abandon, account, atJumio, atPage, begin, choosePassword, claims, control, enterDetails, giveVerdicts, holdVerdicts,
  newAddress, newestTrace, person, press, proveAddress, ready, refusal, show, signUpTo, sound, state, tab, transactions,
  until,
} from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

test('an approved person gets an account, and only then', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  assert.equal(await account(rig, address), undefined);
  await show(page, 'pass');
  await atPage(page, 'password');
  await sound(page, 'b2c-password');
  assert.equal(await account(rig, address), undefined);
  await choosePassword(page);
  const told = await claims(page);
  const { attributes } = await account(rig, address);
  assert.equal(told.idv_status, 'approved');
  assert.equal(told.idv_reference, attributes.extension_idvReference);
  assert.equal(told.idv_time, attributes.extension_idvTime);
  assert.equal(attributes.extension_idvStatus, 'approved');
  assert.equal(told.name, 'Mira Talvik');
  assert.deepEqual(page.faults, []);
});

test('the agreement is recorded and sent to Jumio', async () => {
  const page = await person(browser);
  await control(rig, 'DELETE', '/history');
  const began = Date.now();
  await signUpTo(page, rig, newAddress());
  const [asked] = await control(rig, 'GET', '/history?of=jumio&operation=create');
  const { userConsent } = JSON.parse(asked.body);
  assert.equal(userConsent.userLocation.country, 'DEU');
  assert.equal(userConsent.consent.obtained, 'yes');
  const obtained = Date.parse(userConsent.consent.obtainedAt);
  assert.ok(obtained >= began - 1000 && obtained <= Date.now(), userConsent.consent.obtainedAt);
});

test('without agreement nobody goes on, and nothing reaches Jumio', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  await begin(page, rig);
  await page.click('#createAccount');
  await page.waitForSelector('#givenName');
  await ready(page);
  await enterDetails(page, rig, newAddress(), { agree: false });
  await page.waitForSelector('#idvConsent_error:visible');
  await sound(page, 'b2c-signup-without-agreement');
  assert.equal(await transactions(rig), before);
});

test('a rejected person may try again to the limit, and is then blocked with the reason', async () => {
  const page = await person(browser);
  const address = newAddress();
  const before = await transactions(rig);
  await signUpTo(page, rig, address);
  for (let left = 2; left > 0; left -= 1) {
    await show(page, 'other-face');
    await state(page, 'rejected');
    await press(page, 'retry');
    await atJumio(page);
  }
  await show(page, 'other-face');
  await state(page, 'rejected');
  await page.click('.actions a.button');
  await atPage(page, 'exhausted');
  await sound(page, 'b2c-exhausted');
  assert.match(await page.textContent('#idvReasonText'), /face/i);
  assert.doesNotMatch(await page.textContent('main'), /start again|try again/i);
  assert.equal(await account(rig, address), undefined);
  assert.equal(await transactions(rig), before + 3);

  await begin(page, rig);
  await page.click('#createAccount');
  await page.waitForSelector('#givenName');
  await ready(page);
  await enterDetails(page, rig, address);
  await state(page, 'exhausted');
  await press(page, 'leave');
  await atPage(page, 'exhausted');
  assert.equal(await transactions(rig), before + 3, 'no attempt beyond the limit is paid for');
});

test('the document of another person is no pass', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await show(page, 'pass', { firstName: 'ANAIS', lastName: 'DE LA BRUYERE' });
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'correct');
  assert.doesNotMatch(await page.textContent('main'), /anais|bruyere/i);
  assert.equal(await account(rig, address), undefined);
  await page.click('#cancel');
  assert.match(await refusal(page), /access_denied.*AADB2C90091/s);
});

test('an expired check is no rejection, costs no attempt, and is begun again with one press', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  const { errorUrl } = await control(rig, 'GET', '/jumio/transactions/latest');
  await abandon(page);
  await page.goto(errorUrl);
  await state(page, 'expired');
  await press(page, 'leave');
  await atPage(page, 'unfinished');
  assert.match(await page.textContent('#idvEndText'), /time ran out/);
  assert.match(await page.textContent('#idvForText'), /No account/);
  await sound(page, 'b2c-unfinished-expired');
  const before = await transactions(rig);
  await page.click('#continue');
  await atJumio(page);
  assert.equal(await transactions(rig), before + 1);
  await show(page, 'other-face');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
  assert.equal((await page.textContent('#idvAttemptsLeft')).trim(), '2', 'the expired one is not counted');
  assert.match(await page.textContent('#idvForText'), /No account/);
});

test('a person who cancels is told so by B2C, and begins again there, once', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await page.click('button[value=error]');
  await page.waitForSelector('main[data-state]');
  await press(page, 'cancel');
  await state(page, 'cancelled');
  await sound(page, 'handler-cancelled');
  await press(page, 'leave');
  await atPage(page, 'unfinished');
  assert.match(await page.textContent('#idvEndText'), /You stopped/);
  assert.equal(await page.locator('main.rejected').count(), 0, 'no red cross');
  await sound(page, 'b2c-unfinished-cancelled');
  await page.click('#continue');
  await atJumio(page);
  await page.click('button[value=error]');
  await page.waitForSelector('main[data-state]');
  await press(page, 'cancel');
  await state(page, 'cancelled');
  await press(page, 'leave');
  await page.waitForFunction(() => window.SETTINGS?.contentDefinition === 'api.idv.stopped');
  await atPage(page, 'unfinished');
  assert.equal(await page.locator('#continue').count(), 0);
  await sound(page, 'b2c-stopped');
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await choosePassword(page);
  assert.equal((await claims(page)).idv_status, 'approved');
});

test('a person may leave while Jumio checks, and finds the verdict when they come back', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await holdVerdicts(rig);
  await show(page, 'slow');
  await state(page, 'checking');
  await page.click('.actions a.button[href*=continue]:not([href*=vendor])');
  await atPage(page, 'pending');
  const back = await page.textContent('#idvForText');
  for (const said of [/no account yet/, /Create an account/, /email address, names and date of birth/]) assert.match(back, said);
  await sound(page, 'b2c-pending');
  await page.click('#cancel');
  await refusal(page);
  await giveVerdicts(rig);
  await until(async () => (await control(rig, 'GET', '/jumio/transactions/latest')).status === 'PROCESSED');
  const before = await transactions(rig);

  await begin(page, rig);
  await page.click('#createAccount');
  await page.waitForSelector('#givenName');
  await ready(page);
  await enterDetails(page, rig, address);
  await choosePassword(page);
  assert.equal((await claims(page)).idv_status, 'approved');
  assert.equal(await transactions(rig), before, 'the verdict that came while they were away is used');
});

test('a double click starts one transaction', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  await begin(page, rig);
  await page.click('#createAccount');
  await page.waitForSelector('#givenName');
  await ready(page);
  await proveAddress(page, rig, newAddress());
  await page.fill('#givenName', 'Mira');
  await page.fill('#surname', 'Talvik');
  for (const [part, value] of [['year', '1988'], ['month', '04'], ['day', '12']]) await page.selectOption(`#birthDate_${part}`, value);
  await page.selectOption('#idvCountry', 'DEU');
  await page.check('#idvConsent_agreed');
  await page.dblclick('#continue');
  await atJumio(page);
  assert.equal(await transactions(rig), before + 1);
});

test('the back button from Jumio leads to a page that goes on, at no further cost', async () => {
  const page = await person(browser);
  await signUpTo(page, rig, newAddress());
  const before = await transactions(rig);
  await page.goBack();
  await page.goForward();
  await atJumio(page);
  await show(page, 'pass');
  await choosePassword(page);
  assert.equal((await claims(page)).idv_status, 'approved');
  assert.equal(await transactions(rig), before);
});

test('the back button from the password page leads nowhere new', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await atPage(page, 'password');
  const before = await transactions(rig);
  await page.goBack().catch(() => undefined);
  assert.equal(await account(rig, address), undefined);
  assert.equal(await transactions(rig), before);
});

test('two tabs sign up with one address: one transaction, one account, and the other tab is told', async () => {
  const first = await person(browser);
  const second = await tab(first);
  const address = newAddress();
  const before = await transactions(rig);
  await signUpTo(first, rig, address);
  await signUpTo(second, rig, address);
  assert.equal(await transactions(rig), before + 1, 'the same person is not paid for twice');
  await show(first, 'pass');
  await show(second, 'pass');
  const outcomes = await Promise.all([first, second].map(async (page) => {
    await page.waitForSelector('body.page-password, h1:has-text("This is done")');
    return (await page.locator('body.page-password').count()) > 0;
  }));
  assert.ok(outcomes.includes(true), 'one of them goes on');
  const [goesOn, other] = outcomes[0] ? [first, second] : [second, first];
  await choosePassword(goesOn);
  assert.equal((await claims(goesOn)).idv_status, 'approved');
  await picture(other, 'two-tabs-the-other');
  const accounts = await (await fetch(`${rig.tenant}/runner/directory.json`)).json();
  assert.equal(accounts.filter((one) => one.attributes['signInNames.emailAddress'] === address).length, 1);
});

test('another browser gets nowhere with the way back', async () => {
  const page = await person(browser);
  await signUpTo(page, rig, newAddress());
  const { successUrl } = await control(rig, 'GET', '/jumio/transactions/latest');
  const stranger = await person(browser);
  assert.equal((await stranger.goto(successUrl)).status(), 403);
  await sound(stranger, 'handler-wrong-browser');
  await show(page, 'pass');
  await choosePassword(page);
  assert.equal((await claims(page)).idv_status, 'approved');
});

test('from Jumio back to B2C no script is needed', async () => {
  const page = await person(browser);
  await signUpTo(page, rig, newAddress());
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: true });
  await show(page, 'pass');
  await page.waitForSelector('form[data-send] button');
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: false });
  await page.click('form[data-send] button');
  await choosePassword(page);
  assert.equal((await claims(page)).idv_status, 'approved');
});

test('an address that has an account is told to sign in', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await choosePassword(page);
  await claims(page);
  const again = await person(browser);
  await begin(again, rig);
  await again.click('#createAccount');
  await again.waitForSelector('#givenName');
  await ready(again);
  await enterDetails(again, rig, address);
  await again.waitForSelector('#claimVerificationServerError:visible');
  await sound(again, 'b2c-signup-address-taken');
});

test('the trace tells the whole journey and no secret', async () => {
  const page = await person(browser);
  const address = newAddress();
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await choosePassword(page);
  await claims(page);
  const trace = JSON.stringify(await newestTrace(rig));
  for (const step of ['Idv-Register-SignUp', 'Idv-Verify', 'SelfAsserted-SignUp-Password', 'AAD-UserWriteUsingLogonEmail']) {
    assert.ok(trace.includes(step), step);
  }
  for (const secret of ['Tr0ub4dor', 'Authorization: Basic']) assert.ok(!trace.includes(secret), secret);
});
