// The OpenID client without B2C: how a browser gets from it to the handler, and what it is told.

import { control } from './people.js';

/** The address to which the client would send the browser. */
export async function entrance(page, rig, fields = {}) {
  await page.goto(`${rig.client}/direct`);
  for (const [name, value] of Object.entries(fields)) await page.selectOption(`[name=${name}]`, value);
  const [action, form] = await page.evaluate(() => {
    const { form } = document.querySelector('button.primary');
    return [form.action, Object.fromEntries(new FormData(form))];
  });
  const answer = await page.request.post(action, { form, maxRedirects: 0 });
  return answer.headers().location;
}

/** Where Jumio sends the person back to, seen from its page: only the simulator's own record knows it before it is used. */
export async function wayBack(page, rig) {
  const reference = await page.locator('.facts code').first().textContent();
  const transactions = await control(rig, 'GET', '/jumio/transactions');
  return transactions.find((one) => one.customerInternalReference === reference).errorUrl;
}

/** The status that the client was told. */
export const told = async (page) => (await page.waitForSelector('#status')).textContent();
