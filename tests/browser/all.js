// Runs test files, each in a process of its own, and reports as `node --test` does: `node all.js [--name=PATTERN] FILE …`

import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** What takes longest begins first: begun last, it would go on alone in the end. `node --test` goes by the alphabet. */
const LONGEST = ['published', 'languages', 'signup', 'signin', 'walkin', 'country', 'handler', 'authorize', 'blocked', 'backstage'];

const rank = (file) => {
  const place = LONGEST.indexOf(basename(file, '.test.js'));
  return place < 0 ? LONGEST.length : place;
};

const given = process.argv.slice(2);
const names = given.filter((one) => one.startsWith('--name=')).map((one) => one.slice('--name='.length));
const files = given.filter((one) => !one.startsWith('--name=')).sort((one, other) => rank(one) - rank(other));

run({
  files,
  // They wait for pages more than they compute.
  concurrency: 2 * availableParallelism(),
  ...(names.length ? { testNamePatterns: names } : {}),
}).on('test:fail', () => { process.exitCode = 1; }).compose(new spec()).pipe(process.stdout);
