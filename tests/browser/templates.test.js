// What every page must keep, read from the files: needs no rig and no browser.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { UNICODE, pattern } from './names.js';

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
const LAST = ['unfinished', 'blocked', 'exhausted', 'trouble', 'pending', 'review', 'exception'];
const SCRIPTS = ['page', 'form', 'faults', 'last'].map((name) => `ui/b2c/${name}.js`);
const localization = read('policies/TrustFrameworkLocalization.xml');

/** Runs a check on every template and tells which one failed. */
function each(check) {
  assert.ok(templates.length > 5);
  for (const { name, text } of templates) check(text, name);
}

const all = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);
const part = (text, tag) => text.match(new RegExp(`<${tag}[ >][\\s\\S]*?</${tag}>`))?.[0];
const size = (text) => Buffer.byteLength(text);
const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&shy;', '')
  .replaceAll(/&nbsp;|&#160;/g, '\u00a0');

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

test('every link leads to a notice, to help or to another way, in a tab of its own, and says so', () => each((text, name) => {
  const known = [NOTICE, '{Settings:PrivacyUrl}', '{Settings:AlternativeUrl}', '{Settings:HelpUrl}'];
  for (const [, tag, to, words] of text.matchAll(/(<a href="([^"]*)"[^>]*>)([^<]*)</g)) {
    assert.ok(known.includes(to), `${name}: ${to}`);
    assert.equal(tag, `<a href="${to}" target="_blank" rel="noopener noreferrer">`, name);
    assert.match(words, /\([^)]+\)$/, `${name}: ${words}`);
  }
  assert.equal(text.split('<a ').length, text.split('<a href').length, name);
}));

test('the consent notice says who, how long, and where to read on, in every language', () => {
  const notice = part(read('ui/b2c/consent.html'), 'aside');
  const sections = notice.match(/<section [\s\S]*?<\/section>/g);
  assert.equal(sections.length, LANGUAGES.length);
  for (const section of sections) {
    for (const named of ['Controller', 'RetentionDays', 'PrivacyUrl', 'AlternativeUrl']) assert.ok(section.includes(`{Settings:${named}}`), section);
    assert.ok(section.includes(NOTICE));
    assert.equal(section.split('<dt>').length - 1, 8, 'who, what, why, basis, how long, where, rights, another way');
  }
  const known = JSON.parse(read('policies/appsettings.json')).Environments[0].PolicySettings;
  for (const address of [known.PrivacyUrl, known.AlternativeUrl]) assert.match(address, /^https:/);
});

// ---------------------------------------------------------------- one voice

/** Words of the familiar voice; every text of ours is in the formal one. */
const FAMILIAR = {
  de: /(?<!\p{L})(du|dich|dir|dein\p{L}*|euch|euer|eure\p{L}*)(?!\p{L})/iu,
  fr: /(?<!\p{L})(tu|toi|ton|ta|tes|te|t’\p{L}+)(?!\p{L})/iu,
  es: new RegExp('(?<!\\p{L})(tú|tu|tus|te|ti|contigo|tuy[oa]s?|puedes|tienes|quieres|necesitas|vienes|vuelves|eres|estás|has|debes|dices'
    + '|aceptes|empezaste|fuiste)(?!\\p{L})|(^|[.:;,?!¿¡«] ?| [ey] )(Escribe|Elige|Crea|Usa|Revisa|Completa|Espera|Pide|Mira|Vuelve|Inicia|Inténtalo'
    + '|Contacta|Ten|Busca|Empieza|Confirma|Repite|Dinos|Permite|Lee|Corrígela|Avísales|Termínala|Escríbelo)(?!\\p{L})', 'iu'),
};

/** Every text of one language that a person reads on B2C's pages. */
function said(language) {
  const policies = Object.values(texts()).flatMap((languages) => Object.values(languages[language]));
  const shown = templates.flatMap(({ text }) => all(text, new RegExp(`<(?:span|p|section) data-l="${language}"[^>]*>([\\s\\S]*?)</(?:span|p|section)>`, 'g')));
  const scripts = SCRIPTS.flatMap((path) => all(read(path), new RegExp(`\\b${language}: \\{(.*)\\}`, 'g')));
  return [...policies, ...shown.map((text) => text.replace(/<[^>]*>/g, ' ')), ...scripts.flatMap((line) => all(line, /"([^"]*)"/g))];
}

test('each language has one voice, the formal one', () => {
  for (const familiar of ['Dein Konto', 'Wählst du?']) assert.match(familiar, FAMILIAR.de);
  for (const familiar of ['Tes données', 'As-tu']) assert.match(familiar, FAMILIAR.fr);
  for (const familiar of ['Tu cuenta', 'Escribe un correo', 'Espera e inténtalo', '¿Has olvidado?']) assert.match(familiar, FAMILIAR.es);
  for (const [language, familiar] of Object.entries(FAMILIAR)) {
    const every = said(language);
    assert.ok(every.length > 300, language);
    for (const text of every) assert.doesNotMatch(text, familiar, text);
  }
});

test('no line of French begins with a mark', () => {
  const broken = / [?!;:»]|« /;
  assert.match('Besoin d’aide ?', broken);
  for (const text of said('fr')) assert.doesNotMatch(unescaped(text).replaceAll('\\u00a0', '\u00a0'), broken, text);
});

test('Spanish has one word for the check', () => {
  const texts = said('es');
  assert.ok(texts.some((text) => /verificación/.test(text)));
  for (const text of texts) assert.doesNotMatch(text, /comprobaci/i, text);
});

test('whoever signs up is never told to sign in', () => {
  const signIn = { en: /sign in/i, de: /anmelde|Melden Sie sich/, fr: /connecte/i, es: /sesión/i, ar: /سجّل الدخول/ };
  for (const [page, languages] of Object.entries(texts()).filter(([name]) => name.startsWith('api.idv.'))) {
    for (const language of LANGUAGES) {
      const own = languages[language];
      const both = ['UxElement  initial_intro', 'ErrorMessage  UserMessageIfClaimsTransformationBooleanValueIsNotEqual', 'idvForText signup'];
      for (const key of both) assert.doesNotMatch(own[key] ?? '', signIn[language], `${page} ${language} ${key}`);
    }
  }
  assert.match(texts()['api.idv.pending'].de['idvForText account'], signIn.de);
});

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
  const frame = (text) => [part(text, 'head').replace(/<title>.*<\/title>|<script.*<\/script>\s*/g, ''), part(text, 'header'), part(text, 'footer')];
  each((text, name) => assert.deepEqual(frame(text), frame(templates[0].text), name));
  each((text, name) => {
    const own = LAST.includes(name.replace('.html', '')) ? ['page', 'last'] : ['page', 'form', 'faults', ...(name === 'correct.html' ? ['last'] : [])];
    assert.deepEqual(all(text, /<script src="\{Settings:PagesUrl\}\/(\w+)\.js" defer><\/script>/g), own, name);
  });
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

test('one and the same time is told on B2C\'s pages and on the handler\'s', () => {
  const time = { en: /about (\w+) minutes/, de: /etwa (\w+) Minuten/, fr: /environ (\w+) minutes/, es: /unos (\w+) minutos/, ar: /نحو (\S+)\./ };
  for (const language of LANGUAGES) {
    const own = JSON.parse(read(`ui/handler/locales/${language}.json`)).states.ready.text.match(time[language])[1];
    for (const name of ['signup', 'consent']) {
      const [, tip] = read(`ui/b2c/${name}.html`).match(new RegExp(`<p data-l="${language}"[^>]*class="tip">([^<]*)<`));
      assert.equal(tip.match(time[language])?.[1], own, `${name} ${language}`);
    }
  }
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

test('the demonstration has the colours of the theme', () => {
  const style = read('tests/src/application/style.css');
  const [, own, ownDark] = style.match(/^([\s\S]*?)@media \(prefers-color-scheme: dark\)([\s\S]*?\n\})/);
  for (const [scheme, block] of [['light', own], ['dark', ownDark]]) {
    const colours = declared(block);
    assert.ok(Object.keys(colours).length >= 9, scheme);
    for (const [name, colour] of Object.entries(colours)) assert.equal(colour, schemes[scheme][name], `${scheme} ${name}`);
  }
  const used = all(style, /var\(--([\w-]+)\)/g);
  assert.deepEqual([...new Set(used)].sort(), Object.keys(declared(own)).sort());
  assert.doesNotMatch(style.slice(style.indexOf('* {')), /#[0-9a-f]{3,8}\b(?=[\s;,)])/i);
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
        // What is to be explained is looked up by its text and answers its value; of a choice the text shows.
        .map(([, text, value]) => (/^idv\w+Text$/.test(element) ? [`${element} ${text}`, unescaped(value)] : [`${element} ${value}`, unescaped(text)])));
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

test('every pattern is anchored, since browsers take it for the whole value', () => {
  const patterns = ['Base', 'Extensions'].flatMap((name) => all(read(`policies/TrustFramework${name}.xml`), /<Pattern RegularExpression="([^"]*)"/g)).map(unescaped);
  assert.ok(patterns.length >= 5);
  for (const pattern of patterns) assert.match(pattern, /^\^.*\$$/, pattern);
  for (const pattern of patterns) for (const flag of ['', 'u']) assert.ok(new RegExp(pattern, flag));
});

/** The patterns of both names. */
const namePatterns = () => ['givenName', 'surname'].map((claim) => unescaped(read('policies/TrustFrameworkBase.xml')
  .match(new RegExp(`<ClaimType Id="${claim}">[\\s\\S]*?<Pattern RegularExpression="([^"]*)"`))[1]));

test('the script of the page takes the names that the handler takes, and no other', () => {
  const [given, surname] = namePatterns();
  assert.equal(given, surname);
  const table = JSON.parse(read('policies/tests/names.json'));
  for (const { name, times = 1, fits } of table) {
    const typed = name.repeat(times);
    assert.equal(new RegExp(given).test(typed), fits, `${name} ${times}`);
    // With a flag a browser sees whole characters; of those beyond U+FFFF it may let too much through, and B2C's server does not.
    if (!/[\ud800-\udfff]/.test(name)) for (const flag of ['u', 'v']) assert.equal(new RegExp(given, flag).test(typed), fits, `${name} ${times} ${flag}`);
    else if (fits) for (const flag of ['u', 'v']) assert.ok(new RegExp(given, flag).test(typed), `${name} ${times} ${flag}`);
  }
});

test('the pattern of a name is made of the handler\'s own rule', (t) => {
  if (process.versions.unicode !== UNICODE) return t.skip(`made of Unicode ${UNICODE}`);
  for (const known of namePatterns()) assert.equal(known, pattern(), 'node tests/browser/names.js prints what it has to be');
});

const handler = Object.fromEntries(LANGUAGES.map((language) => [language, JSON.parse(read(`ui/handler/locales/${language}.json`))]));
const plain = (text) => text.replaceAll('\u00a0', ' ');

test('of a rejection the same is said on B2C\'s page and on the handler\'s, and all of it in five languages', () => {
  for (const language of LANGUAGES) {
    const told = texts()['api.idv.blocked'][language];
    const { rejections, states } = handler[language];
    for (const family of ['photo', 'copy', 'face', 'document', 'expired', 'details', 'address', 'unexplained', 'other']) {
      for (const who of ['account', 'signup']) {
        const own = family === 'other' ? states.rejected.text : rejections[family];
        // Details that differ at a sign-up come here when they were corrected in vain: there is nothing to go back for.
        if (family === 'details' && who === 'signup') continue;
        const text = plain(`${told[`idvReasonText ${family} ${who}`]} ${told[`idvAdviceText ${family} ${who}`]}`);
        assert.ok(text.startsWith(own), `${language} ${family} ${who}: ${text}`);
      }
    }
  }
});

test('whoever has corrected their details in vain is told why, and not to go back and correct them', () => {
  const back = { en: /go back/i, de: /zurück/i, fr: /reven/i, es: /vuelva/i, ar: /ارجع/ };
  for (const language of LANGUAGES) {
    const told = texts()['api.idv.blocked'][language];
    const sure = plain(handler[language].rejections.details_to_correct);
    assert.match(sure, back[language]);
    assert.ok(sure.startsWith(plain(told['idvReasonText details signup'])), language);
    assert.doesNotMatch(told['idvAdviceText details signup'], back[language], language);
  }
});

test('what another try would not change is no reason to be told to try again', () => {
  const again = { en: /again/i, de: /noch einmal|erneut/, fr: /recommence|réessay/i, es: /de nuevo|otra vez/i, ar: /من جديد/ };
  for (const language of LANGUAGES) {
    const told = texts()['api.idv.blocked'][language];
    // At a sign-up another document, one's own, may change it.
    for (const cause of ['details account', 'unexplained account', 'unexplained signup']) {
      assert.doesNotMatch(told[`idvAdviceText ${cause}`], again[language], `${language} ${cause}`);
    }
    assert.match(told['idvAdviceText photo signup'], again[language]);
  }
});

test('an account whose details differ is told of, and a sign-up is not told of an account', () => {
  const account = { en: /account/i, de: /Konto/, fr: /compte/i, es: /cuenta/i, ar: /حساب/ };
  for (const page of ['api.idv.blocked', 'api.idv.exhausted']) {
    for (const language of LANGUAGES) {
      for (const [key, text] of Object.entries(texts()[page][language])) {
        if (!/^idv(Reason|Advice)Text /.test(key)) continue;
        if (key === 'idvReasonText details account') assert.match(text, account[language], `${language} ${key}`);
        else if (!key.includes('details account')) assert.doesNotMatch(text, account[language], `${language} ${key}`);
      }
    }
  }
});

test('a family of reasons has one reason text and one advice for whoever has an account, and one for who signs up', () => {
  const claim = read('policies/TrustFrameworkExtensions.xml').match(/<ClaimType Id="idvFamily">[\s\S]*?<\/ClaimType>/)[0];
  const families = [...new Set(all(claim, /<Enumeration Text="\w+" Value="(\w+)"/g))].sort();
  const causes = families.flatMap((family) => [`${family} account`, `${family} signup`]);
  const rows = (page, element) => Object.keys(texts()[page].en).filter((key) => key.startsWith(`${element} `)).map((key) => key.slice(element.length + 1)).sort();
  for (const page of ['api.idv.blocked', 'api.idv.exhausted']) assert.deepEqual(rows(page, 'idvReasonText'), causes, page);
  assert.deepEqual(rows('api.idv.blocked', 'idvAdviceText'), causes.filter((cause) => !cause.startsWith('none_left')));
});

test('whoever has no attempts left is not told that they were refused, unless they were', () => {
  for (const language of LANGUAGES) {
    const own = texts()['api.idv.exhausted'][language];
    assert.equal(own['UxElement  initial_intro'], texts()['api.idv.blocked'][language]['UxElement  initial_intro'], language);
    const refused = { en: /confirm|accept/i, de: /bestätig|angenommen/, fr: /confirm|accept/i, es: /confirm|acept/i, ar: /تأكيد|قُبل|تُقبل/ };
    for (const cause of ['unfinished', 'cancelled', 'none_left', 'trouble']) {
      for (const who of ['account', 'signup']) assert.doesNotMatch(own[`idvReasonText ${cause} ${who}`], refused[language], `${language} ${cause}`);
    }
    assert.doesNotMatch(own['UxElement  initial_intro'], refused[language], language);
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
    'api.idpselections': 'choose', 'api.idv.consent': 'consent', 'api.idv.blocked': 'blocked', 'api.idv.pending': 'pending', 'api.idv.review': 'review',
    'api.idv.unfinished': 'unfinished', 'api.idv.correct': 'correct', 'api.idv.stopped': 'unfinished', 'api.idv.exhausted': 'exhausted', 'api.idv.trouble': 'trouble' };
  const known = texts();
  assert.deepEqual(Object.keys(known).sort(), Object.keys(shown).sort());
  for (const [page, name] of Object.entries(shown)) {
    const heading = part(read(`ui/b2c/${name}.html`), 'h1');
    for (const language of LANGUAGES) {
      const [, text] = heading.match(new RegExp(`data-l="${language}"[^>]*>([^<]*)<`));
      assert.equal(unescaped(text), known[page][language]['UxElement  heading'], `${name} ${language}`);
    }
  }
});

test('only a person who has an account is told of it, and only one who has attempts is told to start again', () => {
  const account = { en: /account/i, de: /Konto/, fr: /compte/i, es: /cuenta/i, ar: /حساب/ };
  const again = { en: /again/i, de: /noch einmal/, fr: /recommence/i, es: /de nuevo|otra vez/i, ar: /من جديد/ };
  const known = texts();
  for (const [page, name] of [['blocked', 'blocked'], ['unfinished', 'unfinished'], ['stopped', 'unfinished'], ['exhausted', 'exhausted'],
    ['trouble', 'trouble'], ['pending', 'pending'], ['review', 'review']]) {
    const main = part(read(`ui/b2c/${name}.html`), 'main');
    for (const language of LANGUAGES) {
      const own = known[`api.idv.${page}`][language];
      // Who signs up is told there is none; whoever signs in, of theirs.
      assert.match(own['idvForText signup'], account[language]);
      const others = [...all(main, new RegExp(`data-l="${language}"[^>]*>([\\s\\S]*?)</(?:span|p|section)>`, 'g')), own['UxElement  initial_intro']];
      for (const text of others) assert.doesNotMatch(text, account[language], `${page} ${language}: ${text}`);
      if (page === 'exhausted') for (const [key, text] of [...others.map((text) => ['idv', text]), ...Object.entries(own)].filter(([key]) => key.includes('idv'))) assert.doesNotMatch(text, again[language], `${page} ${language} ${key}: ${text}`);
    }
  }
});

test('every last page leads to help and to another way, and shows the reference that helpers ask for', () => {
  const extensions = read('policies/TrustFrameworkExtensions.xml');
  for (const name of LAST) {
    const text = read(`ui/b2c/${name}.html`);
    assert.equal(text.split('{Settings:HelpUrl}').length - 1, LANGUAGES.length, name);
    assert.equal(text.split('{Settings:AlternativeUrl}').length - 1, LANGUAGES.length, name);
  }
  for (const page of ['Unfinished', 'Stopped', 'Blocked', 'Exhausted', 'Trouble', 'Pending', 'Review']) {
    const [profile] = extensions.match(new RegExp(`<TechnicalProfile Id="SelfAsserted-${page}">[\\s\\S]*?</TechnicalProfile>`));
    assert.equal(profile.split('"idvPersonReference"').length - 1, 2, page);
  }
});

test('the page of details to correct says nothing of the document, leads to help, and has the steps of a sign-up', () => {
  const [page, first] = ['correct', 'signup'].map((name) => read(`ui/b2c/${name}.html`));
  assert.equal(page.split('{Settings:HelpUrl}').length - 1, LANGUAGES.length);
  assert.equal(part(page, 'ol'), part(first, 'ol'));
  const extensions = read('policies/TrustFrameworkExtensions.xml');
  const [profile] = extensions.match(/<TechnicalProfile Id="SelfAsserted-Correct">[\s\S]*?<\/TechnicalProfile>/);
  const shown = all(profile, /<InputClaim ClaimTypeReferenceId="(\w+)"/g);
  assert.deepEqual(shown, ['givenName', 'surname', 'birthDate', 'idvPersonReference'], 'what was typed, and nothing that was read');
});

test('what is typed anew is asked for in the same words as at first', () => {
  const known = texts();
  for (const language of LANGUAGES) {
    const [first, again] = ['api.localaccountsignup', 'api.idv.correct'].map((page) => known[page][language]);
    const same = Object.keys(again).filter((key) => !/heading|initial_intro|idvPersonReference/.test(key));
    assert.ok(same.filter((key) => /givenName|surname|birthDate|PlausibleBirth|BirthRange/.test(key)).length >= 7, language);
    for (const key of same) assert.equal(again[key], first[key], `${language} ${key}`);
  }
});

test('the reasons that can be mended by typing are the handler\'s two', () => {
  const [, list] = read('handler/src/checks/outcome.rs').match(/const MISMATCHES: \[Reason; \d\] = \[([^\]]*)\]/);
  const extensions = read('policies/TrustFrameworkExtensions.xml');
  const compared = all(extensions, /<InputClaim ClaimTypeReferenceId="idvReason" TransformationClaimType="inputClaim1" \/>[\s\S]*?Id="compareTo" DataType="string" Value="(\w+)"/g);
  assert.deepEqual(compared, all(list, /"(\w+)"/g));
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
