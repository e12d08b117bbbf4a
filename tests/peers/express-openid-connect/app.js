// express-openid-connect. As its README has it, it asks for an ID token alone, by form_post and without a secret; with `FLOW=code` it
// uses the code flow, which the same README shows for an API.

import express from 'express';
import eoc from 'express-openid-connect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT, FLOW } = process.env;
const code = { clientSecret: CLIENT_SECRET, authorizationParams: { response_type: 'code' } };
const app = express();
app.use(eoc.auth({
  issuerBaseURL: ISSUER,
  baseURL: ORIGIN,
  clientID: CLIENT_ID,
  secret: 'only for the rig, thirty-two letters and more',
  ...(FLOW === 'code' ? code : {}),
}));
app.get('/', (_, response) => { response.send('home'); });
app.get('/me', (request, response) => { response.json({ sub: request.oidc.user?.sub ?? null }); });
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ name: error.name, error: error.error, message: error.message });
});
app.listen(PORT, '127.0.0.1');
