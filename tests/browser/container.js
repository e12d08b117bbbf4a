// The CORS rules of a storage account in the real Azurite, as `az storage cors` sets them.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const ACCOUNT = 'devstoreaccount1';
/** The account's key, published by Microsoft and worth nothing. */
const KEY = Buffer.from('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==', 'base64');

/** The rule of step 5 of docs/tutorial.md, for this origin. */
export function ruleOfTutorial(origin) {
  const page = readFileSync(new URL('../../docs/tutorial.md', import.meta.url), 'utf8');
  const [command] = page.match(/^az storage cors add (?:.*\\\n)*.*$/m);
  const option = (name) => command.match(new RegExp(`--${name} ((?:(?!--)[^\\s\\\\]+ ?)+)`))[1].trim().replaceAll("'", '').split(' ').join();
  return { AllowedOrigins: origin, AllowedMethods: option('methods'), AllowedHeaders: option('allowed-headers'),
    ExposedHeaders: option('exposed-headers'), MaxAgeInSeconds: option('max-age') };
}

/** The only rule of the account at `origin` from now on; without one there is none. */
export async function allow(origin, rule) {
  const members = Object.entries(rule ?? {}).map(([name, value]) => `<${name}>${value}</${name}>`);
  const rules = rule ? `<CorsRule>${members.join('')}</CorsRule>` : '';
  const body = `<?xml version="1.0" encoding="utf-8"?><StorageServiceProperties><Cors>${rules}</Cors></StorageServiceProperties>`;
  // Authorize with Shared Key.
  const ours = [['x-ms-date', new Date().toUTCString()], ['x-ms-version', '2021-08-06']];
  const signed = `PUT\n\n\n${Buffer.byteLength(body)}\n\napplication/xml\n\n\n\n\n\n\n${ours.map((pair) => `${pair.join(':')}\n`).join('')}`
    + `/${ACCOUNT}/${ACCOUNT}/\ncomp:properties\nrestype:service`;
  const signature = createHmac('sha256', KEY).update(signed, 'utf8').digest('base64');
  const answer = await fetch(`${origin}/${ACCOUNT}/?restype=service&comp=properties`, { method: 'PUT', body,
    headers: { ...Object.fromEntries(ours), 'content-type': 'application/xml', authorization: `SharedKey ${ACCOUNT}:${signature}` } });
  if (!answer.ok) throw new Error(`the CORS rules: ${answer.status} ${await answer.text()}`);
}
