// @openid/appauth for Node: an installed application (RFC 8252) without a secret. It waits for its browser on a port of loopback that
// nobody registered. The two pages around it are what a person sees.

import { createServer } from 'node:http';
import { register } from 'node:module';

register('./resolve.js', import.meta.url);
const appauth = await import('@openid/appauth/built/src/index.js');
const { NodeBasedHandler, NodeCrypto, NodeRequestor } = await import('@openid/appauth/built/src/node_support/index.js');

const { ISSUER, CLIENT_ID, ORIGIN, REDIRECT, PORT } = process.env;
const requestor = new NodeRequestor();
const tokens = new appauth.BaseTokenRequestHandler(requestor);
const provider = await appauth.AuthorizationServiceConfiguration.fetchFromIssuer(ISSUER, requestor);
let begun;
let sub = null;

async function login() {
  begun = new appauth.AuthorizationRequest({
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT,
    scope: 'openid',
    response_type: appauth.AuthorizationRequest.RESPONSE_TYPE_CODE,
  }, new NodeCrypto());
  await begun.setupCodeVerifier();
  return new NodeBasedHandler().buildRequestUrl(provider, begun);
}

async function callback(query) {
  if (query.get('state') !== begun?.state) throw new Error('another state');
  if (query.has('error')) throw new Error(`${query.get('error')}: ${query.get('error_description')}`);
  const answer = await tokens.performTokenRequest(provider, new appauth.TokenRequest({
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT,
    grant_type: appauth.GRANT_TYPE_AUTHORIZATION_CODE,
    code: query.get('code'),
    extras: { code_verifier: begun.internal.code_verifier },
  }));
  const userinfo = await fetch(provider.userInfoEndpoint, { headers: { authorization: `Bearer ${answer.accessToken}` } });
  ({ sub } = await userinfo.json());
}

createServer(async (request, response) => {
  const address = new URL(request.url, ORIGIN);
  try {
    if (address.pathname === '/login') {
      sub = null;
      response.writeHead(302, { location: await login() }).end();
    } else if (address.pathname === '/callback') {
      await callback(address.searchParams);
      response.end('signed in');
    } else {
      response.writeHead(sub ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify({ sub }));
    }
  } catch (error) {
    response.writeHead(401, { 'content-type': 'text/plain' }).end(error.message);
  }
}).listen(PORT, '127.0.0.1');
