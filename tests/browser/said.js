// What a page of the handler says in one language, and what every such page keeps: on a phone in the dark and on a desk by day,
// read in its direction, and worked by keyboard alone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JUDGED, sound, soundIn } from './people.js';

const locales = join(dirname(fileURLToPath(import.meta.url)), '../../ui/handler/locales');
/** Languages of the pages. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'];
/** All sentences of each language, as pages say them: no line of French begins with a mark. */
export const texts = Object.fromEntries(LANGUAGES.map((language) => {
  const source = readFileSync(join(locales, `${language}.json`), 'utf8');
  return [language, JSON.parse(language === 'fr' ? source.replaceAll(/(?<=«) | (?=[?!;:»])/g, '\u00a0') : source)];
}));

const PHONE = { width: 320, height: 640 };
const DESK = { width: 1200, height: 900 };

/** The page says this in this language, offers these ways on in this order, and keeps what every page keeps. */
export async function speaks(page, language, { title, text }, ways, name) {
  const what = `${name} in ${language}`;
  const html = page.locator('html');
  assert.equal(await html.getAttribute('lang'), language, what);
  assert.equal(await html.getAttribute('dir'), language === 'ar' ? 'rtl' : 'ltr', what);
  assert.equal(await page.textContent('h1'), title, what);
  assert.equal(await page.locator('main p').first().textContent(), text, what);
  assert.ok((await page.title()).startsWith(`${title} – `), what);
  assert.deepEqual(await page.locator('main .button').allTextContents(), ways, what);
  await reaches(page, ways, what);
  await fits(page, language, name);
}

/** Every way on is reached by the keyboard, in the order in which it is seen, and shows that it has the focus. */
async function reaches(page, ways, what) {
  const reached = [];
  for (const _ of ways) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => {
      const { activeElement: it } = document;
      return `${it.textContent}${getComputedStyle(it).outlineStyle === 'none' ? ' (without a frame)' : ''}`;
    }));
  }
  assert.deepEqual(reached, ways, what);
}

/** Buttons that touch each other: whoever means one presses the other. */
const crowded = (page) => page.evaluate(() => {
  const places = [...document.querySelectorAll('main .button')].map((it) => [it.textContent, it.getBoundingClientRect()]);
  return places.slice(1).filter(([, place], at) => place.top - places[at][1].bottom < 8).map(([text]) => text);
});

/** Nothing is too wide, nothing too pale, whatever the device. */
async function fits(page, language, name) {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.setViewportSize(PHONE);
  assert.deepEqual(await crowded(page), [], name);
  await soundIn(page, language, `${name}-${language}-phone-dark`);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(DESK);
  // Seen by day as well: one language of each direction.
  if (JUDGED.includes(language)) await sound(page, `${name}-${language}`);
}
