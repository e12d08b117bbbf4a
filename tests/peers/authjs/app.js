// @auth/core, which next-auth 5, @auth/express and @auth/sveltekit share: a provider of type `oidc` with issuer, id and secret.

import { createServer } from 'node:http';
import { Auth } from '@auth/core';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT } = process.env;
const config = {
  basePath: '/auth',
  trustHost: true,
  secret: 'only for the rig, thirty-two letters and more',
  providers: [{ id: 'idv', name: 'Identity check', type: 'oidc', issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }],
  callbacks: { session: ({ session, token }) => ({ ...session, sub: token.sub, account: token.account }),
    jwt: ({ token, account }) => (account ? { ...token, account: account.providerAccountId } : token) },
};

/** A request of Node's as one of the platform's, which the library takes. */
async function ask(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = request.method === 'POST' ? Buffer.concat(chunks) : undefined;
  return Auth(new Request(new URL(request.url, ORIGIN), { method: request.method, headers: request.headers, body }), config);
}

/** Who is signed in, by the library's own session. */
async function me(request) {
  const answer = await Auth(new Request(`${ORIGIN}/auth/session`, { headers: { cookie: request.headers.cookie ?? '' } }), config);
  const session = await answer.json();
  return session?.account ?? null;
}

createServer(async (request, response) => {
  if (request.url === '/me') {
    const sub = await me(request);
    response.writeHead(sub ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify({ sub }));
    return;
  }
  if (!request.url.startsWith('/auth')) {
    response.end('home');
    return;
  }
  const answer = await ask(request);
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  response.setHeader('set-cookie', answer.headers.getSetCookie());
  response.statusCode = answer.status;
  response.end(Buffer.from(await answer.arrayBuffer()));
}).listen(PORT, '127.0.0.1');
