// Pages that block must hold against whoever has the browser's tools: reloads, direct requests, other people's tickets.

import assert from 'node:assert/strict';
import {
  account, atJumio, atPage, begin, claims, giveVerdicts, holdVerdicts, newAddress, oldAccount, person, press, show, signIn,
  signUpTo, state, until,
} from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

/** Somebody who was rejected, at the page that blocks. */
async function blocked(address = newAddress()) {
  const page = await person(browser);
  await signUpTo(page, rig, address);
  await show(page, 'fraud');
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
  return { page, address };
}

/** Somebody whose check is not decided yet, at the page that says so. */
async function pending(address = newAddress()) {
  const page = await person(browser);
  await signUpTo(page, rig, address);
  await holdVerdicts(rig);
  await show(page, 'slow');
  await state(page, 'checking');
  await page.click('.actions a.button[href*=continue]:not([href*=vendor])');
  await atPage(page, 'pending');
  return { page, address };
}

/** Somebody with an account that was never checked, at the page that asks for the agreement. */
async function asked(address = newAddress()) {
  await oldAccount(rig, address);
  const page = await person(browser);
  await begin(page, rig);
  await signIn(page, address);
  await atPage(page, 'consent');
  return page;
}

/** Does by hand what a Continue button would do: posts, then follows. */
function forceOn(page, fields = {}) {
  return page.evaluate(async (more) => {
    const { hosts, transId, csrf, api } = window.SETTINGS;
    const query = new URLSearchParams({ tx: transId, p: hosts.policy });
    const posted = await fetch(`${hosts.tenant}/SelfAsserted?${query}`, {
      method: 'POST',
      headers: { 'X-CSRF-TOKEN': csrf, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ request_type: 'RESPONSE', ...more }),
    });
    const answer = await posted.json();
    const confirm = new URLSearchParams({ csrf_token: csrf, tx: transId, p: hosts.policy });
    const followed = await fetch(`${hosts.tenant}/api/${api}/confirmed?${confirm}`, { redirect: 'manual' });
    return { answer, type: followed.type, text: followed.type === 'basic' ? await followed.text() : '' };
  }, fields);
}

/** Reloading, following the address of Continue, and going there directly. */
async function holdsAgainstReload(page, name) {
  for (let at = 0; at < 3; at += 1) {
    await page.reload();
    await atPage(page, name);
  }
  const address = await page.evaluate(() => {
    const { hosts, transId, csrf, api } = window.SETTINGS;
    return `${hosts.tenant}/api/${api}/confirmed?${new URLSearchParams({ csrf_token: csrf, tx: transId, p: hosts.policy })}`;
  });
  await page.goto(new URL(address, page.url()).href);
  await atPage(page, name);
}

test('the blocked page holds against reload and against the address of Continue', async () => {
  const { page, address } = await blocked();
  await holdsAgainstReload(page, 'blocked');
  assert.equal(await account(rig, address), undefined);
});

test('the blocked page holds against a direct POST, whatever is posted', async () => {
  const { page, address } = await blocked();
  for (const fields of [{}, { idvVerified: 'true', never: 'true', idvStatus: 'approved' }, { newPassword: 'x', reenterPassword: 'x' }]) {
    const { answer, type, text } = await forceOn(page, fields);
    assert.equal(answer.status, '400');
    assert.equal(type, 'basic', 'nobody is sent to the application');
    assert.ok(text.includes('"contentDefinition":"api.idv.blocked"') || /AADB2C90255/.test(text), text.slice(0, 300));
  }
  assert.equal(await account(rig, address), undefined);
});

test('the pending page holds against reload and against a direct POST', async () => {
  const { page, address } = await pending();
  await holdsAgainstReload(page, 'pending');
  const { answer, type } = await forceOn(page, { idvVerified: 'true' });
  assert.equal(answer.status, '400');
  assert.equal(type, 'basic');
  assert.equal(await account(rig, address), undefined);
  await giveVerdicts(rig);
});

test('the consent page is not passed by a direct POST without agreement', async () => {
  const page = await asked();
  const { answer, type } = await forceOn(page, { idvCountry: 'DEU' });
  assert.equal(answer.status, '400');
  assert.equal(type, 'basic');
});

test('a choice that the page does not offer is no agreement', async () => {
  const page = await asked();
  const { answer } = await forceOn(page, { idvCountry: 'DEU', idvConsent: 'yes' });
  assert.equal(answer.status, '400');
});

/** Stands between B2C and the handler in one's own browser: sees, and may change, where B2C sends it. */
async function tamper(page, change) {
  await page.route(/api\/SelfAsserted\/confirmed/, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const location = response.headers().location;
    if (!location?.includes('/api/verify/authorize')) return route.fulfill({ response });
    const changed = change(new URL(location));
    if (!changed) return route.abort();
    return route.fulfill({ status: 302, headers: { ...response.headers(), location: changed.href } });
  });
}

test('the ticket of another verification opens nothing', async () => {
  let ticket;
  const accomplice = await person(browser);
  await tamper(accomplice, (location) => { ticket = location.searchParams.get('login_hint'); });
  await signUpTo(accomplice, rig, newAddress()).catch(() => undefined);
  assert.ok(ticket, 'the accomplice sees the ticket in the address');

  const address = newAddress();
  const page = await person(browser);
  await tamper(page, (location) => {
    location.searchParams.set('login_hint', ticket);
    return location;
  });
  await signUpTo(page, rig, address);
  await show(page, 'pass');
  await atPage(page, 'blocked');
  assert.equal(await account(rig, address), undefined);
});

test('the answer of another journey opens nothing', async () => {
  const address = newAddress();
  const page = await person(browser);
  await signUpTo(page, rig, address);
  let stolen;
  await page.route(/oauth2\/authresp/, (route) => {
    stolen = route.request().postData();
    return route.abort();
  });
  await show(page, 'pass');
  await until(() => stolen);
  const code = new URLSearchParams(stolen).get('code');
  assert.ok(code);

  const thief = await person(browser);
  await signUpTo(thief, rig, newAddress());
  let own;
  await thief.route(/oauth2\/authresp/, (route) => {
    const fields = new URLSearchParams(route.request().postData());
    own = fields.get('code');
    fields.set('code', code);
    return route.continue({ postData: fields.toString() });
  });
  await show(thief, 'pass');
  await thief.waitForURL(new RegExp(`^${rig.client}|authresp`));
  assert.ok(own && own !== code);
  assert.equal(await thief.locator('#newPassword').count(), 0);
  assert.equal(await thief.locator('#claims').count(), 0);
});

test('a browser without the cookies of the journey cannot go on with it', async () => {
  const { page } = await blocked();
  const stranger = await person(browser);
  const address = await page.evaluate(() => {
    const { hosts, transId, csrf, api } = window.SETTINGS;
    return `${hosts.tenant}/api/${api}/confirmed?${new URLSearchParams({ csrf_token: csrf, tx: transId, p: hosts.policy })}`;
  });
  const answer = await stranger.goto(new URL(address, page.url()).href);
  assert.ok(answer.status() >= 400, `answered ${answer.status()}`);
  assert.equal(await stranger.locator('#claims').count(), 0);
});

test('an honest person is still let through after all of that', async () => {
  const page = await asked();
  await page.selectOption('#idvCountry', 'DEU');
  await page.check('#idvConsent_agreed');
  await page.click('#continue');
  await atJumio(page);
  await show(page, 'pass');
  assert.equal((await claims(page)).idv_status, 'approved');
});
