// A real Chromium that the rig steers: each POST names a browser profile, where to begin, and what happens at Jumio; the answer is the
// last page's address and what it tells. Ends with the rig.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBrowser } from '../../browser/rig.js';

/** What a page is waited for, in ms. */
const PATIENCE = 60_000;
/** What the handler's pages may offer to press, in the order in which a person tries it. */
const OFFERS = ['begin', 'leave'];

const browser = await startBrowser();
const profiles = new Map();

/** The page of a profile; a new one has no cookies. */
async function pageOf(profile) {
  if (!profiles.has(profile)) {
    const context = await browser.newContext();
    profiles.set(profile, await context.newPage());
  }
  return profiles.get(profile);
}

/** Walks until the application's page tells something. */
async function walk({ profile, begin, scenario }) {
  const page = await pageOf(profile);
  await page.goto(begin);
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const told = await act(page, scenario).catch(() => undefined); // it went elsewhere meanwhile
    if (told) return { address: page.url(), told };
    await sleep(100);
  }
  return { address: page.url(), told: await page.innerText('body') };
}

/** What a person does on the page that is there; what it tells, when it is the application's. */
async function act(page, scenario) {
  const told = page.locator('#told');
  if (await told.count()) return told.innerText();
  const submit = page.locator('button[value=submit]');
  if (await submit.count()) {
    await page.selectOption('[name=scenario]', scenario);
    await submit.click();
    return undefined;
  }
  for (const offer of OFFERS) {
    const button = page.locator(`form:has(input[name=action][value=${offer}]) button, button[name=action][value=${offer}]`);
    if (await button.count()) {
      await button.first().click();
      return undefined;
    }
  }
  const onward = page.locator('main:not([data-state=checking]) a[href$="/continue"]');
  if (await onward.count()) await onward.first().click();
  return undefined;
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    response.end(JSON.stringify(await walk(JSON.parse(Buffer.concat(chunks)))));
  } catch (error) {
    response.writeHead(500).end(JSON.stringify({ address: '', told: String(error) }));
  }
}).listen(process.env.PORT, '127.0.0.1');
