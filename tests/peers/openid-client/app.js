// openid-client 6 in an Express application, as its README has the code flow: discovery, PKCE, state where the server cannot do
// PKCE, the callback's address handed to the grant. `allowInsecureRequests` is its switch for plain HTTP, which only the rig needs.

import express from 'express';
import session from 'express-session';
import * as client from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT, PORT } = process.env;
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined,
  { execute: [client.allowInsecureRequests] });
const app = express();
app.use(session({ secret: 'only for the rig', resave: false, saveUninitialized: false }));

app.get('/login', async (request, response) => {
  const verifier = client.randomPKCECodeVerifier();
  const parameters = {
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  if (!config.serverMetadata().supportsPKCE()) parameters.state = client.randomState();
  request.session.begun = { verifier, state: parameters.state };
  response.redirect(client.buildAuthorizationUrl(config, parameters).href);
});

app.get('/callback', async (request, response) => {
  const { verifier, state } = request.session.begun ?? {};
  const tokens = await client.authorizationCodeGrant(config, new URL(request.originalUrl, ORIGIN),
    { pkceCodeVerifier: verifier, expectedState: state });
  const { sub } = tokens.claims();
  await client.fetchUserInfo(config, tokens.access_token, sub);
  request.session.sub = sub;
  response.redirect('/');
});

app.get('/', (_, response) => { response.send('home'); });
app.get('/me', (request, response) => {
  response.status(request.session.sub ? 200 : 401).json({ sub: request.session.sub ?? null });
});
app.use((error, _request, response, _next) => {
  const { message, code, error: word, error_description: description } = error;
  response.status(401).json({ message, code, error: word, error_description: description });
});
app.listen(PORT, '127.0.0.1');
