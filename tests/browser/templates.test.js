// What every page must keep, read from the files: needs no rig and no browser.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'];
const LIMIT = 50_000;
const PAGES = '{Settings:PagesUrl}/';
const NOTICE = 'https://www.jumio.com/legal-information/privacy-notices/';

const templates = readdirSync(join(root, 'ui/b2c')).filter((name) => name.endsWith('.html'))
  .map((name) => ({ name, text: read(`ui/b2c/${name}`) }));
const theme = read('ui/b2c/theme.css');
const system = read('ui/b2c/system.css');
const SCRIPTS = ['page', 'form', 'faults'].map((name) => `ui/b2c/${name}.js`);
const localization = read('policies/TrustFrameworkLocalization.xml');

/** Runs a check on every template and tells which one failed. */
function each(check) {
  assert.ok(templates.length > 5);
  for (const { name, text } of templates) check(text, name);
}

const all = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);
const part = (text, tag) => text.match(new RegExp(`<${tag}[ >][\\s\\S]*?</${tag}>`))?.[0];
const size = (text) => Buffer.byteLength(text);
const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&shy;', '');

test('every template has one empty place for B2C', () => each((text, name) => {
  assert.equal(text.split('id="api"').length, 2, name);
  assert.match(text, /<div id="api" role="presentation"><\/div>/, name);
}));

test('every template loads only from where the pages are hosted', () => each((text, name) => {
  const loaded = [...all(text, /\ssrc="([^"]*)"/g), ...all(text, /<link[^>]*\shref="([^"]*)"/g)];
  assert.ok(loaded.length >= 4, name);
  for (const address of loaded) assert.ok(address.startsWith(PAGES), `${name}: ${address}`);
}));

test('every placeholder is a setting that appsettings.json names', () => each((text, name) => {
  for (const { PolicySettings } of JSON.parse(read('policies/appsettings.json')).Environments) {
    for (const setting of all(text, /\{Settings:(\w+)\}/g)) assert.ok(PolicySettings[setting], `${name}: ${setting}`);
  }
}));

test('the only link leads to the privacy notice, in a tab of its own', () => each((text, name) => {
  for (const link of text.match(/<a [^>]*>/g) ?? []) {
    assert.equal(link, `<a href="${NOTICE}" target="_blank" rel="noopener noreferrer">`, name);
  }
}));

test('no style sheet or script reaches for another address', () => {
  for (const path of ['ui/b2c/theme.css', 'ui/b2c/system.css', ...SCRIPTS, 'ui/handler/page.js']) {
    assert.doesNotMatch(read(path), /@import|url\(|https?:|\/\/[a-z]+\.[a-z]/, path);
  }
});

test('the scripts of the B2C pages send nothing and keep nothing', () => {
  for (const path of SCRIPTS) assert.doesNotMatch(read(path), /fetch|XMLHttp|sendBeacon|Storage|cookie|eval|innerHTML|jQuery|\$\(/);
});

test('no template holds script or style of its own', () => each((text, name) => {
  assert.doesNotMatch(text, /<style|\sstyle=|\son[a-z]+=|javascript:/i, name);
  assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)/, name);
}));

test('no template holds a form, a frame or another jQuery', () => each((text, name) => {
  assert.doesNotMatch(text, /<(form|iframe|input|object|embed|base)\b|jquery/i, name);
}));

test('every page with all it loads weighs less than 50 kB', () => {
  each((text, name) => {
    const files = new Set(all(text, /\{Settings:PagesUrl\}\/([\w.]+)/g));
    const weight = [...files].reduce((sum, file) => sum + size(read(`ui/b2c/${file}`)), size(text));
    assert.ok(weight < LIMIT, `${name}: ${weight} bytes`);
  });
  const shared = ['b2c/theme.css', 'b2c/system.css', 'b2c/logo.svg', 'handler/page.js'].reduce((sum, file) => sum + size(read(`ui/${file}`)), 0);
  assert.ok(shared + 10_000 < LIMIT, `the handler's pages: ${shared} bytes and the HTML`);
});

test('head, header and footer are the same everywhere', () => {
  const frame = (text) => [part(text, 'head').replace(/<title>.*<\/title>/, ''), part(text, 'header'), part(text, 'footer')];
  each((text, name) => assert.deepEqual(frame(text), frame(templates[0].text), name));
});

test('every text stands in all five languages, in the same order', () => each((text, name) => {
  const marked = [...text.matchAll(/<\w+ [^>]*data-l="(\w+)"[^>]*>/g)];
  assert.equal(marked.length % LANGUAGES.length, 0, name);
  marked.forEach(([tag, language], at) => {
    assert.equal(language, LANGUAGES[at % LANGUAGES.length], `${name}: ${tag}`);
    assert.ok(tag.includes(` lang="${language}"`), `${name}: ${tag}`);
    assert.equal(tag.includes(' dir="rtl"'), language === 'ar', `${name}: ${tag}`);
  });
}));

test('no two languages share a sentence', () => each((text, name) => {
  const said = [...text.matchAll(/<p [^>]*data-l="\w+"[^>]*>([^<]+)</g)].map((found) => found[1]);
  assert.equal(new Set(said).size, said.length, name);
}));

test('every page has a title of its own, one h1 and its landmarks', () => {
  each((text, name) => {
    assert.equal(text.split('<h1').length, 2, name);
    for (const tag of ['header', 'main', 'footer']) assert.equal(text.split(`<${tag} `).length, 2, `${name}: ${tag}`);
    assert.match(text, /^<!DOCTYPE html>\n<html lang="en">/, name);
    assert.doesNotMatch(part(text, 'title'), /sign up/i, name);
    assert.equal(part(text, 'title'), `<title>${text.match(/<h1>\s*<span [^>]*>([^<]*)/)[1]}</title>`, name);
  });
  const titles = templates.map(({ text }) => part(text, 'title'));
  assert.equal(new Set(titles).size, titles.length);
});

test('the notice above the agreement is the same at sign-up and afterwards', () => {
  const notices = ['signup', 'consent'].map((name) => part(read(`ui/b2c/${name}.html`), 'aside'));
  assert.ok(notices[0].includes('id="notice"') && notices[0].includes(NOTICE));
  assert.equal(notices[0], notices[1]);
});

test('only the theme names colours', () => {
  const colour = /#[0-9a-f]{3,8}\b(?=[\s;,)])|\b(rgba?|hsla?|hwb|oklch|oklab|lab|lch|color|color-mix)\(|:\s*(white|black|red|green|blue|gr[ae]y)\b/i;
  assert.doesNotMatch(system.replace(/\/\*[\s\S]*?\*\//g, ''), colour);
  each((text, name) => assert.doesNotMatch(text, /\s(fill|stroke|color)="(?!none|currentColor)/i, name));
});

// ---------------------------------------------------------------- the theme

const declared = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((found) => [found[1], found[2]]));
const [, light, dark] = theme.match(/^([\s\S]*?)@media \(prefers-color-scheme: dark\)([\s\S]*)$/);
const schemes = { light: declared(light), dark: { ...declared(light), ...declared(dark) } };

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = [
  ['ink', ['ground', 'surface', 'note']], ['ink-soft', ['ground', 'surface', 'note']],
  ['accent', ['ground', 'surface', 'note']], ['accent-strong', ['surface', 'note']], ['on-accent', ['accent', 'accent-strong']],
  ['good', ['surface', 'note', 'good-ground']], ['bad', ['surface', 'note', 'bad-ground']], ['wait', ['surface', 'wait-ground']],
];

for (const [scheme, colours] of Object.entries(schemes)) {
  test(`every text has a contrast of 4.5:1 or more in the ${scheme} scheme, and every field 3:1`, () => {
    const pairs = TEXTS.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground, 4.5]));
    for (const [one, other, least] of [...pairs, ['field-line', 'surface', 3], ['field-line', 'note', 3]]) {
      const ratio = contrast(colours[one], colours[other]);
      assert.ok(ratio >= least, `${one} on ${other}: ${ratio.toFixed(2)}`);
    }
  });
}

test('the dark scheme has every colour of the light one', () => {
  const colours = (block) => Object.keys(declared(block)).filter((name) => declared(block)[name].startsWith('#'));
  assert.deepEqual(colours(dark), colours(light));
});

test('every value the pages use is in the theme, and every value of the theme is used', () => {
  const used = new Set(all(system, /var\(--([\w-]+)\)/g));
  assert.deepEqual([...used].sort(), Object.keys(schemes.light).sort());
});

// ---------------------------------------------------------------- texts of the policies

/** Per page and language: the keys of its texts, and the texts. */
function texts() {
  const found = {};
  for (const [, page, language, body] of localization.matchAll(/<LocalizedResources Id="([\w.]+)\.(\w\w)">([\s\S]*?)<\/LocalizedResources>/g)) {
    const strings = [...body.matchAll(/<LocalizedString ElementType="(\w+)"(?: ElementId="([\w.]+)")? StringId="(\w+)">([^<]*)</g)]
      .map(([, type, element, string, text]) => [`${type} ${element ?? ''} ${string}`, unescaped(text)]);
    const items = [...body.matchAll(/<LocalizedCollection [^>]*ElementId="(\w+)"[^>]*>([\s\S]*?)<\/LocalizedCollection>/g)]
      .flatMap(([, element, list]) => [...list.matchAll(/<Item Text="([^"]*)" Value="([^"]*)"/g)]
        // A reason is looked up by its text and answers its value; of a choice the text shows.
        .map(([, text, value]) => (element === 'idvReasonText' ? [`${element} ${text}`, value] : [`${element} ${value}`, text])));
    (found[page] ??= {})[language] = Object.fromEntries([...strings, ...items]);
  }
  return found;
}

test('every page of the policies has the same texts in all five languages', () => {
  for (const [page, languages] of Object.entries(texts())) {
    assert.deepEqual(Object.keys(languages), LANGUAGES, page);
    const keys = Object.keys(languages.en).sort();
    for (const language of LANGUAGES) {
      assert.deepEqual(Object.keys(languages[language]).sort(), keys, `${page}.${language}`);
      for (const [key, text] of Object.entries(languages[language])) assert.ok(text.trim(), `${page}.${language} ${key}`);
    }
  }
});

test('no text of the policies is left in English', () => {
  for (const [page, languages] of Object.entries(texts())) {
    for (const language of LANGUAGES.slice(1)) {
      for (const [key, text] of Object.entries(languages[language])) {
        if (key.startsWith('idvCountry')) continue; // some countries have one name in many languages
        assert.notEqual(text, languages.en[key], `${page}.${language} ${key}`);
      }
    }
  }
});

test('the heading that B2C knows is the heading that the page shows', () => {
  const shown = { 'api.signuporsignin': 'signin', 'api.localaccountsignin': 'signin', 'api.localaccountsignup': 'signup',
    'api.localaccountpassword': 'newpassword', 'api.idv.password': 'password', 'api.localaccountpasswordreset': 'reset', 'api.selfasserted.profileupdate': 'profile',
    'api.idpselections': 'choose', 'api.idv.consent': 'consent', 'api.idv.blocked': 'blocked', 'api.idv.pending': 'pending', 'api.idv.review': 'review' };
  const known = texts();
  assert.deepEqual(Object.keys(known).sort(), Object.keys(shown).sort());
  for (const [page, name] of Object.entries(shown)) {
    const heading = part(read(`ui/b2c/${name}.html`), 'h1');
    for (const language of LANGUAGES) {
      const [, text] = heading.match(new RegExp(`data-l="${language}"[^>]*>([^<]*)<`));
      assert.equal(text, known[page][language]['UxElement  heading'], `${name} ${language}`);
    }
  }
});

test('the script finds a password weak for the same reasons as the policy', () => {
  const base = read('policies/TrustFrameworkBase.xml');
  const script = read('ui/b2c/faults.js');
  const predicate = (id, parameter) => unescaped(base.match(new RegExp(`<Predicate Id="${id}"[\\s\\S]*?Id="${parameter}">([^<]*)<`))[1]);
  assert.ok(script.includes(`length >= ${predicate('Length', 'Minimum')} && text.length <= ${predicate('Length', 'Maximum')}`));
  const [, kinds] = base.match(/PredicateGroup Id="PasswordKinds"[\s\S]*?MatchAtLeast="(\d)"/);
  assert.ok(script.includes(`.length >= ${kinds};`));
  const [, symbols] = script.match(/\/\[(@.*)\]\/\];/);
  const bare = (set) => set.replaceAll('\\', '');
  assert.equal(bare(symbols), bare(predicate('Symbol', 'CharacterSet')));
});

test('no text puts the name of a field behind a colon', () => {
  for (const [page, languages] of Object.entries(texts())) {
    for (const [language, all] of Object.entries(languages)) {
      for (const [key, text] of Object.entries(all)) assert.doesNotMatch(text, /:\s*\{0\}/, `${page}.${language} ${key}`);
    }
  }
});

test('the steps of a sign-up are the same on its first and its last page', () => {
  const [first, last] = ['signup', 'password'].map((name) => part(read(`ui/b2c/${name}.html`), 'ol').replace(/<li[^>]*>/g, '<li>'));
  assert.equal(first, last);
});

test('every month has a name in every language', () => {
  const months = texts()['api.localaccountsignup'];
  for (const language of LANGUAGES) assert.equal(months[language]['UxElement  months'].split(', ').length, 12, language);
});
