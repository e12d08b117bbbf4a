//! The crate `openidconnect` as its documentation has the code flow: discovery, PKCE, nonce, verifier, userinfo. From the environment:
//! ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT, PORT. One person at a time.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    TokenResponse as _,
};
use url::Url;

type Outcome<T> = Result<T, Box<dyn Error>>;
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What was begun.
struct Begun {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// The application and its one person.
struct Application {
    http: reqwest::blocking::Client,
    begun: Option<Begun>,
    sub: Option<String>,
}

fn main() -> Outcome<()> {
    let http = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut application = Application { http, begun: None, sub: None };
    let listener = TcpListener::bind(format!("127.0.0.1:{}", given("PORT")?))?;
    for stream in listener.incoming() {
        // Whoever hangs up, such as the rig when it looks whether anybody listens, ends nothing.
        if let Err(failure) = application.serve(stream?) {
            eprintln!("{failure}");
        }
    }
    Ok(())
}

fn given(name: &str) -> Outcome<String> {
    std::env::var(name).map_err(|_| format!("{name} is not given").into())
}

impl Application {
    fn serve(&mut self, mut stream: TcpStream) -> Outcome<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let path = first.split(' ').nth(1).unwrap_or("/");
        let address = Url::parse(&given("ORIGIN")?)?.join(path)?;
        let (status, text) =
            self.answer(&address).unwrap_or_else(|failure| ("401 Unauthorized", chain(failure.as_ref())));
        let location = if status.starts_with("302") { format!("location: {text}\r\n") } else { String::new() };
        write!(
            stream,
            "HTTP/1.1 {status}\r\n{location}content-length: {}\r\nconnection: close\r\n\r\n{text}",
            text.len()
        )?;
        Ok(())
    }

    fn answer(&mut self, address: &Url) -> Outcome<(&'static str, String)> {
        match address.path() {
            "/login" => self.login().map(|address| ("302 Found", address)),
            "/callback" => self.callback(address).map(|()| ("302 Found", "/me".to_owned())),
            "/me" => Ok(match &self.sub {
                Some(sub) => ("200 OK", format!("{{\"sub\":\"{sub}\"}}")),
                None => ("401 Unauthorized", "{\"sub\":null}".to_owned()),
            }),
            _ => Ok(("200 OK", "home".to_owned())),
        }
    }

    /// Discovered at each sign-in, as the documentation's example runs once; the key set comes along.
    fn client(&self) -> Outcome<Client> {
        let provider = CoreProviderMetadata::discover(&IssuerUrl::new(given("ISSUER")?)?, &self.http)?;
        let secret = ClientSecret::new(given("CLIENT_SECRET")?);
        let client = CoreClient::from_provider_metadata(provider, ClientId::new(given("CLIENT_ID")?), Some(secret));
        Ok(client.set_redirect_uri(RedirectUrl::new(given("REDIRECT")?)?))
    }

    fn login(&mut self) -> Outcome<String> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client()?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge)
            .url();
        self.begun = Some(Begun { state, nonce, verifier });
        self.sub = None;
        Ok(address.into())
    }

    fn callback(&mut self, address: &Url) -> Outcome<()> {
        let value = |name: &str| address.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value);
        let begun = self.begun.take().ok_or("nothing was begun")?;
        if value("state").as_deref() != Some(begun.state.secret()) {
            return Err("another state".into());
        }
        if let Some(error) = value("error") {
            return Err(format!("{error}: {}", value("error_description").unwrap_or_default()).into());
        }
        let client = self.client()?;
        let code = AuthorizationCode::new(value("code").ok_or("no code")?.into_owned());
        let tokens = client.exchange_code(code)?.set_pkce_verifier(begun.verifier).request(&self.http)?;
        let id = tokens.id_token().ok_or("no ID token")?;
        let claims = id.claims(&client.id_token_verifier(), &begun.nonce)?;
        let subject = claims.subject().clone();
        let _checked: CoreUserInfoClaims =
            client.user_info(tokens.access_token().clone(), Some(subject.clone()))?.request(&self.http)?;
        self.sub = Some(subject.to_string());
        Ok(())
    }
}

/// An error with what caused it.
fn chain(failure: &dyn Error) -> String {
    let (mut text, mut cause) = (failure.to_string(), failure.source());
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
