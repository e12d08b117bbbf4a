// Policies and pages of Microsoft's sample, unmodified but for their placeholders, before our handler; browsers load the pages from
// blob storage, as the tutorial has it. `JUMIO_SAMPLE` names the folder
// of `samples/Jumio`; without it the policies and pages of the same contract in `tests/contract` are walked.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { account, atJumio, claims, control, giveVerdicts, holdVerdicts, newAddress, press, refusal, show, state, transactions, until }
  from './people.js';
import {
  REFERENCE, UPLOADED, VERIFIED, agree, at, atNotice, force, marked, newcomer, onward, questions, readable, retry, signIn, signUp,
  signedInAs, visitor,
} from './published.js';
import { browser, rig, stage, test } from './stage.js';

const folder = process.env.JUMIO_SAMPLE ?? fileURLToPath(new URL('../contract', import.meta.url));
if (!process.env.JUMIO_SAMPLE) {
  console.log('SKIPPED: JUMIO_SAMPLE names no folder with Microsoft\'s samples/Jumio; policies of the same contract are walked');
}
// Whoever is undecided is sent back after this: the sample waits on its own page as well.
stage(undefined, '--front', 'sample', '--sample', folder, '--blob-pages', '--set', 'Sample:ReturnWithinSeconds=60');

test('somebody signs up, is checked, comes back and is verified', async () => {
  const before = await transactions(rig);
  const page = await visitor(browser);
  let loaded = '';
  page.on('response', (answer) => { if (answer.url().includes('urlRedirector.html')) loaded = answer.url(); });
  const address = newAddress();
  const asked = questions(page);
  await signUp(page, rig, address);
  await agree(page);
  await marked(rig, address, { [VERIFIED]: false, [UPLOADED]: false });
  await show(page, 'pass');
  await signedInAs(page, rig, address);
  readable(rig, asked);
  await marked(rig, address, { [VERIFIED]: true, [UPLOADED]: true });
  assert.equal(await transactions(rig), before + 1);
  assert.match(loaded, /^http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1\/pages\/ocean_blue\/urlRedirector\.html/);
  const [way] = page.ways;
  const { attributes } = await account(rig, address);
  assert.equal(new URL(way).searchParams.get('transactionReference'), attributes[REFERENCE]);
  // The contract lies on our own base, whose pages are not in its folder.
  const own = /\/pages\/(signin|signup)\.html.*HTTP 404/;
  assert.deepEqual(page.faults.filter((fault) => process.env.JUMIO_SAMPLE || !own.test(fault)), []);
});

test('who is verified signs in without another check', async () => {
  const { address, page } = await newcomer(browser, rig);
  await show(page, 'pass');
  await signedInAs(page, rig, address);
  const before = await transactions(rig);
  const again = await visitor(browser);
  await signIn(again, rig, address);
  await signedInAs(again, rig, address);
  assert.deepEqual(again.ways, []);
  assert.equal(await transactions(rig), before);
});

test('nothing is asked of Jumio before the person agrees, and who declines may begin again', async () => {
  const before = await transactions(rig);
  const page = await visitor(browser);
  await signUp(page, rig, newAddress());
  await atNotice(page);
  assert.equal(await transactions(rig), before);
  await press(page, 'cancel');
  await state(page, 'cancelled');
  assert.equal(await transactions(rig), before);
  await retry(page);
  await show(page, 'pass');
  await claims(page);
  assert.equal(await transactions(rig), before + 1);
});

test('somebody who is refused tries again and is verified', async () => {
  const { address, page } = await newcomer(browser, rig);
  await show(page, 'fraud');
  await state(page, 'rejected');
  assert.deepEqual(page.ways, [], 'nobody goes back while there are attempts');
  await marked(rig, address, { [VERIFIED]: false, [UPLOADED]: false });
  await retry(page);
  await show(page, 'pass');
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: true });
});

test('somebody who gives up at Jumio comes back and tries again', async () => {
  const { address, page } = await newcomer(browser, rig);
  await page.click('button[value=error]');
  await page.waitForSelector('main[data-state]');
  assert.deepEqual(page.ways, []);
  await press(page, 'cancel');
  await state(page, 'cancelled');
  await retry(page);
  await show(page, 'pass');
  await signedInAs(page, rig, address);
});

/** Somebody who has used up all attempts, on the way back to B2C. */
async function exhausted({ prepare } = {}) {
  const { address, page } = await newcomer(browser, rig);
  await prepare?.(page);
  for (;;) {
    await show(page, 'fraud');
    await state(page, 'rejected');
    if (!await page.locator('form:has(input[name=action][value=retry]) button').count()) break;
    await retry(page);
  }
  await page.click('.actions a.button[href$="/continue"]');
  return { address, page };
}

/** The same at the page that is to block. */
async function refused() {
  const { address, page } = await exhausted();
  await at(page, 'api.selfasserted');
  return { address, page };
}

test('who has no attempts left goes back, and stands at the block page', async () => {
  const { address, page } = await refused();
  await marked(rig, address, { [VERIFIED]: false, [UPLOADED]: true });
  assert.equal(page.ways.length, 1);
  assert.match(await page.textContent('#userMessage'), /could not confirm/);
});

// What docs/migrating.md says of these policies, whatever the API does.
test('the block page is passed by a reload, and the account stays unverified', async () => {
  const { address, page } = await refused();
  await page.goto(await onward(page));
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: false });
});

test('the block page is passed by a direct POST, and the account stays unverified', async () => {
  const { address, page } = await refused();
  assert.equal((await force(page, { extension_accountVerified: 'true', userMessage: 'x' })).status, '200');
  await page.goto(await onward(page));
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: false });
});

test('a browser that was closed at Jumio loses nothing: the next sign-in verifies', async () => {
  const { address, page } = await newcomer(browser, rig);
  const before = await transactions(rig);
  await control(rig, 'POST', '/jumio/transactions/latest/finish', { scenario: 'pass' });
  await page.context().close();
  const later = await visitor(browser);
  await signIn(later, rig, address);
  await signedInAs(later, rig, address);
  await marked(rig, address, { [VERIFIED]: true });
  assert.equal(await transactions(rig), before);
});

test('who signs in again in mid-check goes on with the same transaction', async () => {
  const { address } = await newcomer(browser, rig);
  const before = await transactions(rig);
  const { attributes } = await account(rig, address);
  const other = await visitor(browser);
  await signIn(other, rig, address);
  await atJumio(other);
  assert.equal(await transactions(rig), before);
  await marked(rig, address, { [REFERENCE]: attributes[REFERENCE] });
});

test('somebody undecided goes back, waits on the page that polls, and is verified there', async () => {
  const { address, page } = await newcomer(browser, rig);
  await holdVerdicts(rig);
  await show(page, 'slow');
  await at(page, 'api.pollingpage');
  await marked(rig, address, { [VERIFIED]: false, [UPLOADED]: true });
  await giveVerdicts(rig);
  await signedInAs(page, rig, address);
  await marked(rig, address, { [VERIFIED]: true });
});

test('a link of another transaction is broken, and its page holds', async () => {
  const { page } = await newcomer(browser, rig);
  await show(page, 'pass');
  await claims(page);
  const changed = new URL(page.ways[0]);
  changed.searchParams.set('transactionReference', 'another');
  const thief = await visitor(browser);
  await thief.goto(changed.href);
  await at(thief, 'api.localaccountsignup');
  assert.match(await thief.textContent('#userMessage'), /Broken|broken/);
  for (let times = 0; times < 2; times += 1) {
    await thief.goto(await onward(thief));
    await at(thief, 'api.localaccountsignup');
    assert.equal((await force(thief, { userMessage: 'x' })).status, '400');
  }
});

test('a forged hint signs nobody in', async () => {
  const { page } = await newcomer(browser, rig);
  await show(page, 'pass');
  await claims(page);
  const way = new URL(page.ways[0]);
  const [head, body] = way.searchParams.get('id_token_hint').split('.');
  way.searchParams.set('id_token_hint', `${head}.${body}.${'A'.repeat(342)}`);
  const thief = await visitor(browser);
  await thief.goto(way.href);
  assert.match(await refusal(thief), /AADB2C90233/);
});

/** The page that polls gets no answer, so that its field can be changed. */
const stall = (page) => page.context().route(/VerifyTransactionStatus/, () => undefined);

/** Puts a token into the page's hidden field, and goes on. */
async function type(page, token) {
  await at(page, 'api.pollingpage');
  await page.evaluate((value) => {
    document.querySelector('#uiResponseToken').value = value;
    document.querySelector('button#continue').click();
  }, token);
}

test('a token that somebody typed into the page verifies nobody', async () => {
  const { address, page } = await newcomer(browser, rig);
  await stall(page);
  await show(page, 'pass');
  await type(page, 'typed');
  assert.match(await refusal(page), /AADB2C90075/);
  await marked(rig, address, { [VERIFIED]: false });
});

test('the token of somebody who is verified verifies nobody else', async () => {
  const helper = await newcomer(browser, rig);
  let token;
  helper.page.on('request', (request) => {
    const sent = new URLSearchParams(request.postData() ?? '').get('uiResponseToken');
    if (request.url().includes('/SelfAsserted') && sent) token = sent;
  });
  await show(helper.page, 'pass');
  await claims(helper.page);
  await until(() => token);
  const { address, page } = await exhausted({ prepare: stall });
  await type(page, token);
  assert.match(await refusal(page), /AADB2C90075/);
  await marked(rig, address, { [VERIFIED]: false });
});

// The last one: the tenant's clock stays where it is.
test('the link back is dead when its five minutes are over', async () => {
  const { page } = await newcomer(browser, rig);
  await show(page, 'pass');
  await claims(page);
  const [way] = page.ways;
  // B2C allows for clocks that differ by five minutes.
  const moved = await fetch(`${rig.tenant}/runner/clock`, { method: 'POST', body: new URLSearchParams({ seconds: '700' }) });
  assert.ok(moved.ok);
  const thief = await visitor(browser);
  await thief.goto(way);
  assert.match(await refusal(thief), /AADB2C90208/);
});
