// A rejection on B2C's page: each cause in its own words, as the handler's page has them, on a desk and on a phone in the dark.

import assert from 'node:assert/strict';
import {
  atJumio, atPage, begin, giveVerdicts, holdVerdicts, newAddress, oldAccount, person, press, show, signIn, signUpTo, sound, state,
} from './people.js';
import { texts } from './said.js';
import { browser, rig, stage, test } from './stage.js';

stage();

const PHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' };
const OTHER = { firstName: 'ANAIS', lastName: 'DE LA BRUYERE' };
/** What happens at Jumio, by family. */
const CAUSES = {
  photo: ['usability/GLARE'],
  copy: ['usability/PHOTOCOPY'],
  face: ['other-face'],
  document: ['usability/DOCUMENT_CONTENT_NOT_SUPPORTED'],
  expired: ['imageChecks/PUNCHED'],
  unexplained: ['imageChecks/FAKE'],
  other: ['imageChecks/OTHER_REJECTION'],
};
/** Where nothing but another document or other details would end otherwise, nobody is sent round once more. */
const AGAIN = { en: /Start again/, ar: /ابدأ من جديد/ };

/** Shows a document that is not accepted, and goes back to B2C. */
async function refused(page, scenario, fields) {
  await atJumio(page);
  await show(page, scenario, fields);
  await state(page, 'rejected');
  await press(page, 'leave');
  await atPage(page, 'blocked');
}

/** What stands on B2C's page of reason and advice, as the handler says it in one. */
async function told(page) {
  const [reason, advice] = [await page.textContent('#idvReasonText'), await page.textContent('#idvAdviceText')];
  return `${reason} ${advice}`;
}

for (const [locale, device, name] of [['en', {}, 'desk'], ['ar', PHONE, 'phone-dark']]) {
  test(`each family of reasons has its own words and advice in ${locale}`, async () => {
    const { rejections, states } = texts[locale];
    for (const [family, [scenario]] of Object.entries(CAUSES)) {
      const page = await person(browser, device);
      await signUpTo(page, rig, newAddress(), { locale });
      await refused(page, scenario);
      const own = family === 'other' ? states.rejected.text : rejections[family];
      const text = await told(page);
      assert.ok(text.startsWith(own), `${family}: ${text}`);
      assert.equal(AGAIN[locale].test(text), family !== 'unexplained', text);
      await sound(page, `b2c-blocked-${family}-${locale}-${name}`);
      await page.context().close();
    }
  });

  test(`details that differ are corrected and not tried again, in ${locale}`, async () => {
    const { rejections } = texts[locale];
    const address = newAddress();
    await oldAccount(rig, address);
    const page = await person(browser, device);
    await begin(page, rig, { locale });
    await signIn(page, address);
    await atPage(page, 'consent');
    await page.selectOption('#idvCountry', 'DEU');
    await page.check('#idvConsent_agreed');
    await page.click('#continue');
    await refused(page, 'pass', OTHER);
    const text = await told(page);
    assert.ok(text.startsWith(rejections.details), text);
    assert.doesNotMatch(text, AGAIN[locale]);
    await sound(page, `b2c-blocked-details-${locale}-${name}`);
  });
}

/** Somebody whose check is not decided; `change` is made to the template of the page that says so. */
async function waiting(change) {
  const page = await person(browser);
  await page.route(/\/pending\.html/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
  await signUpTo(page, rig, newAddress());
  await holdVerdicts(rig);
  await show(page, 'slow');
  await state(page, 'checking');
  await page.click('.actions a.button[href*=continue]:not([href*=vendor])');
  await atPage(page, 'pending');
  await giveVerdicts(rig);
  return page;
}

test('another way is offered where there is one, and not where its setting is empty', async () => {
  const links = (page) => page.locator('.ways a:visible').allTextContents();
  const page = await waiting((template) => template);
  assert.deepEqual((await links(page)).map((text) => text.split(' ')[0]), ['Help', 'Another']);
  await sound(page, 'b2c-pending-with-another-way');
  const without = await waiting((template) => template.replaceAll(/href="[^"]*\/identify"/g, 'href=""'));
  assert.deepEqual((await links(without)).map((text) => text.split(' ')[0]), ['Help']);
  await sound(without, 'b2c-pending-without-another-way');
});
