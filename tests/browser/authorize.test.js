// The way from the client to Jumio in a real browser: double clicks, reloads, the back button, tabs, lost answers.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { entrance, told } from './client.js';
import { atJumio, person, show, sound, tab, transactions } from './people.js';
import { browser, rig, stage, test } from './stage.js';

stage();

/** A link to the address to which the client would send the browser, as an application has one. */
async function linked(page, address) {
  await page.goto(`${rig.client}/direct`);
  await page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { id: 'go', href: to, textContent: 'Go' });
    document.body.prepend(link);
  }, address);
}

/** One more transaction than before, whose person is told that they are approved. */
async function endsWell(page, before) {
  await atJumio(page);
  assert.equal(await transactions(rig), before + 1);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
}

for (const entry of ['ticket', 'par']) {
  test(`a double click leads to one check and back (${entry})`, async () => {
    const page = await person(browser);
    const before = await transactions(rig);
    await linked(page, await entrance(page, rig, { entry }));
    await page.dblclick('#go');
    await endsWell(page, before);
  });

  test(`a first answer that is lost does not matter (${entry})`, async () => {
    const page = await person(browser);
    const before = await transactions(rig);
    const address = await entrance(page, rig, { entry });
    await fetch(address, { redirect: 'manual' });
    await page.goto(address);
    await endsWell(page, before);
  });
}

test('a reload while the first answer is on its way leads to one check and back', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  const address = await entrance(page, rig);
  // The second request leaves before the first one is answered.
  await page.evaluate((to) => { location.assign(to); setTimeout(() => location.assign(to), 0); }, address);
  await endsWell(page, before);
});

test('the back button and the same link again lead to the same check', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  await linked(page, await entrance(page, rig));
  const address = await page.getAttribute('#go', 'href');
  await page.click('#go');
  await atJumio(page);
  await page.goBack();
  await page.goForward();
  await atJumio(page);
  await page.goBack();
  await page.goto(address);
  await endsWell(page, before);
});

test('two tabs that open the same link at once both arrive, and either may finish', async () => {
  const page = await person(browser);
  const other = await tab(page);
  const before = await transactions(rig);
  const address = await entrance(page, rig);
  await Promise.all([page.goto(address), other.goto(address)]);
  await atJumio(page);
  await atJumio(other);
  await endsWell(other, before);
});

test('a browser whose cookie does not come back is told so, and may try again', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  const address = await entrance(page, rig);
  const answer = await page.goto(address.replace('/authorize?', '/authorize/back?'));
  assert.equal(answer.status(), 403);
  assert.equal(await transactions(rig), before);
  await sound(page, 'no-cookies');
  await page.click('.actions a.button');
  await endsWell(page, before);
});

for (const locale of ['en', 'de', 'fr', 'es', 'ar']) {
  test(`the page about cookies speaks ${locale}, also on a phone and in the dark`, async () => {
    const page = await person(browser, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    const address = await entrance(page, rig, { locale });
    await page.goto(address.replace('/authorize?', '/authorize/back?'));
    assert.equal(await page.locator('html').getAttribute('lang'), locale);
    await sound(page, `no-cookies-${locale}-phone-dark`);
  });
}

test('somebody who was approved before is not sent round for a cookie', async () => {
  const page = await person(browser);
  await page.goto(`${rig.client}/direct`);
  const subject = await page.inputValue('[name=subject]');
  await page.click('button.primary');
  await atJumio(page);
  await show(page, 'pass');
  assert.equal(await told(page), 'approved');
  const before = await transactions(rig);
  const later = await person(browser);
  await later.goto(`${rig.client}/direct`);
  await later.fill('[name=subject]', subject);
  await later.click('button.primary');
  assert.equal(await told(later), 'approved');
  assert.equal(await transactions(rig), before);
  assert.deepEqual(await later.context().cookies(rig.app), []);
});

test('state and nonce survive a request by POST', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  const address = new URL(await entrance(page, rig));
  await page.goto(`${rig.client}/direct`);
  await page.evaluate(([action, fields]) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action });
    for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { name, value }));
    document.body.append(form);
    form.submit();
  }, [address.origin + address.pathname, [...address.searchParams]]);
  await endsWell(page, before);
});

/** A page of another site, which loads these addresses and has a form that posts to one. */
const second = ([loaded, action, fields]) => `<!doctype html><title>Second</title>
  <link rel="prefetch" href="${loaded}"><img src="${loaded}" alt=""><iframe src="${loaded}" title="Frame"></iframe>
  <form method="post" action="${action}">${fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('')}
  <button>Go</button></form>`;

test('what a page of another site merely loads begins nothing, and its form begins one check', async () => {
  const page = await person(browser);
  const before = await transactions(rig);
  const address = new URL(await entrance(page, rig));
  const escaped = address.href.replaceAll('&', '&amp;');
  const parts = [escaped, address.origin + address.pathname, [...address.searchParams]];
  const asked = [];
  page.on('response', (answer) => { if (answer.url().startsWith(address.origin)) asked.push(answer.status()); });
  const site = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(second(parts)));
  await new Promise((listens) => site.listen(0, '127.0.0.1', listens));
  // Another site than localhost, on the same machine: a page of the network may not ask this machine at all.
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await page.waitForLoadState('networkidle');
  assert.ok(asked.length >= 2, `${asked}`);
  assert.ok(asked.every((status) => status === 403 || status === 503), `${asked}`);
  assert.equal(await transactions(rig), before);
  assert.deepEqual(await page.context().cookies(rig.app), []);
  await page.click('button');
  await endsWell(page, before);
  site.close();
});
