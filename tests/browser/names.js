// The pattern of a name in policies/TrustFrameworkBase.xml, made of the handler's own rule (handler/src/openid/request/personal.rs).
// `node tests/browser/names.js` prints it, to be copied there when the rule or Unicode has changed.
//
// .NET and the script of B2C's page read it by code units and without a flag: it can neither name letters (\p{L}) nor characters
// beyond U+FFFF. So of the first plane those are listed that no name has, and of the others those that names have.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Version of Unicode from which the pattern in the policy was made. */
export const UNICODE = '17.0';
const LONGEST = 200;
/** Of the scripts that cannot be written without joiners: their letters and marks. U+060C is punctuation. */
const JOINING = '\\u0600-\\u060B\\u060D-\\u0DFF\\u1000-\\u109F\\u1780-\\u17FF';
const JOINERS = '\\u200C\\u200D';

/** What the handler's rule names one by one: punctuation that names have, and letters that cannot be seen. */
function rule() {
  const text = readFileSync(join(root, 'handler/src/openid/request/personal.rs'), 'utf8');
  const [, punctuation] = text.match(/const PUNCTUATION: &str = "([^"]*)";/);
  const [, unseen] = text.match(/const UNSEEN: \[char; \d+\] = \[([^\]]*)\]/);
  return { punctuation, unseen: [...unseen.matchAll(/\\u\{(\w+)\}/g)].map(([, code]) => parseInt(code, 16)) };
}

/** The runs of code points from `first` to `last` that are `meant`; what nobody has assigned may fall on either side. */
function runs(first, last, meant) {
  const found = [];
  let run = null;
  for (let code = first; code <= last; code += 1) {
    if (/[\p{Cn}\p{Co}\p{Cs}]/u.test(String.fromCodePoint(code))) continue;
    if (!meant(code)) run = null;
    else if (run) run[1] = code;
    else found.push(run = [code, code]);
  }
  return found;
}

const unit = (code) => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
const span = ([from, to]) => (from === to ? unit(from) : `${unit(from)}${to === from + 1 ? '' : '-'}${unit(to)}`);
const set = (list) => (list.length === 1 && list[0][0] === list[0][1] ? span(list[0]) : `[${list.map(span).join('')}]`);

/** Characters beyond U+FFFF, as pairs of code units: `first[seconds]`, firsts with the same seconds together. */
function pairs(isOfNames) {
  const groups = [];
  for (let high = 0xd800; high < 0xdc00; high += 1) {
    const base = 0x10000 + ((high - 0xd800) << 10);
    const last = base + 0x3ff;
    const list = runs(base, last, isOfNames);
    if (!list.length) continue;
    const whole = runs(base, last, (code) => !isOfNames(code)).length === 0;
    const seconds = set(whole ? [[0xdc00, 0xdfff]] : list.map((run) => run.map((code) => code - base + 0xdc00)));
    const before = groups.at(-1);
    if (before?.seconds === seconds && before.firsts[1] === high - 1) before.firsts[1] = high;
    else groups.push({ firsts: [high, high], seconds });
  }
  return groups.map(({ firsts, seconds }) => set([firsts]) + seconds).join('|');
}

/** The pattern: how long, not blank, joiners only within words, and nothing but what names have. */
export function pattern() {
  const { punctuation, unseen } = rule();
  const isOfNames = (code) => {
    const letter = String.fromCodePoint(code);
    return (/[\p{Alphabetic}\p{M}\p{Zs}]/u.test(letter) || punctuation.includes(letter)) && !unseen.includes(code);
  };
  const isJoiner = (code) => code === 0x200c || code === 0x200d;
  const refused = runs(0, 0xffff, (code) => !isOfNames(code) && !isJoiner(code)).map(span).join('');
  return `^(?=(?:[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]|[^\\uD800-\\uDFFF]){1,${LONGEST}}$)(?=.*\\S)`
    + `(?!.*(?:^|[^${JOINING}])[${JOINERS}])(?!.*[${JOINERS}](?:[^${JOINING}]|$))`
    + `(?:[^${refused}\\uD800-\\uDFFF\\uE000-\\uF8FF]|${pairs(isOfNames)})+$`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(pattern());
