// passport-openidconnect as its README has it: no discovery, so the addresses are given; the rig reads them from the document.

import express from 'express';
import session from 'express-session';
import passport from 'passport';
import Strategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, PORT } = process.env;
const provider = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
passport.use(new Strategy({
  issuer: ISSUER,
  authorizationURL: provider.authorization_endpoint,
  tokenURL: provider.token_endpoint,
  userInfoURL: provider.userinfo_endpoint,
  clientID: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  callbackURL: REDIRECT,
}, (issuer, profile, done) => done(null, { issuer, id: profile.id })));
passport.serializeUser((user, done) => { done(null, user); });
passport.deserializeUser((user, done) => { done(null, user); });

const app = express();
app.use(session({ secret: 'only for the rig', resave: false, saveUninitialized: false }));
app.use(passport.session());
app.get('/login', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect', { failureRedirect: '/refused', failureMessage: true }),
  (_, response) => { response.redirect('/'); });
app.get('/refused', (request, response) => { response.status(401).json({ messages: request.session.messages }); });
app.get('/', (_, response) => { response.send('home'); });
app.get('/me', (request, response) => {
  response.status(request.user ? 200 : 401).json({ sub: request.user?.id ?? null });
});
app.use((error, _request, response, _next) => {
  response.status(500).json({ name: error.name, code: error.code, message: error.message });
});
app.listen(PORT, '127.0.0.1');
