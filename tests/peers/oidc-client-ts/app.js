// Serves the page, and the library as npm has it. What happens, happens in the browser.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

const { ISSUER, CLIENT_ID, REDIRECT, PORT } = process.env;
const settings = JSON.stringify({ authority: ISSUER, client_id: CLIENT_ID, redirect_uri: REDIRECT });
const page = readFileSync(new URL('page.html', import.meta.url), 'utf8').replace('{{settings}}', settings);
const library = readFileSync(new URL('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url));

createServer((request, response) => {
  if (request.url === '/oidc-client-ts.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(library);
  } else {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  }
}).listen(PORT, '127.0.0.1');
