//! The clients this handler serves, as the settings name them.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::ids;
use crate::person::release::Release;
use crate::tokens::{SigningAlg, client_assertion};

/// How the redirect addresses of Azure AD B2C end.
pub(crate) const OF_B2C: &str = "/oauth2/authresp";

/// A secret, in the `Authorization` header or in the form.
pub(crate) const SECRET: &str = "client_secret";
/// An assertion signed with the client's key.
pub(crate) const PRIVATE_KEY_JWT: &str = "private_key_jwt";
/// Nothing but its name.
pub(crate) const NONE: &str = "none";

/// How a client proves itself at the token and pushed-authorization routes. Exactly one way is registered.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A secret: `client_secret_basic` and `client_secret_post` alike, since libraries choose for themselves which of the two
    /// they send (RFC 6749 §2.3.1).
    Secret(Secrets),
    /// `private_key_jwt` (RFC 7523).
    PrivateKeyJwt(client_assertion::ClientKeys),
    /// A public client has nothing to prove itself with: it runs where its user can read everything (RFC 6749 §2.1). PKCE
    /// ties its code to the browser that asked for it.
    None,
    /// What it proves itself with is wrong or cannot be read, so it cannot.
    Unreadable,
}

impl Proof {
    /// What the log calls the method; none while it is not known what it is.
    #[must_use]
    pub fn method(&self) -> Option<&'static str> {
        match self {
            Self::Secret(_) => Some(SECRET),
            Self::PrivateKeyJwt(_) => Some(PRIVATE_KEY_JWT),
            Self::None => Some(NONE),
            Self::Unreadable => None,
        }
    }
}

/// A client's secret, and the one before it while the client changes over.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The secret in force.
    pub current: SecretString,
    /// The previous one, still accepted.
    pub previous: Option<SecretString>,
}

/// How a client is told what became of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcomes {
    /// Only an approval gives a code; every other outcome is an error, which no client takes for a sign-in.
    #[default]
    Errors,
    /// Every outcome gives a code, and the claims `idv_*` say which it is: the client has to look at them.
    Claims,
}

/// From an authorize request until its person is led back without an outcome: before ASP.NET Core and `OpenIddict` forget
/// a sign-in, which is after 15 minutes.
const RETURN_WITHIN: Duration = Duration::from_secs(840);

/// One client.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Where its answers may go, compared character by character; of a public client's loopback addresses the port is not
    /// compared.
    pub redirect_uris: Vec<String>,
    /// How it proves itself.
    pub proof: Proof,
    /// Whether it must use PKCE. One that may do without is bound by its proof and nonce; a public client always must.
    pub require_pkce: bool,
    /// Whether it may send people whom it does not name: the verification is born when they come.
    pub walk_in: bool,
    /// Whether a person whom it did not name is told by the document that was approved; else by their browser.
    pub by_document: bool,
    /// How old the approval of a browser may be that answers a person whom it did not name; none where none answers.
    pub session_life: Option<Duration>,
    /// The one `acr` that it is promised, and that an approval is told with.
    pub acr: Option<String>,
    /// Where people may go after they have signed out, compared character by character.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it is told what became of a check.
    pub outcomes: Outcomes,
    /// Whose subjects it shares; without one, it shares them with nobody.
    pub sector: Option<String>,
    /// Whether errors name our issuer, as every other answer does (RFC 9207 §2).
    pub iss_in_errors: bool,
    /// How long after its authorize request a waiting person is led back without an outcome; none for never.
    pub return_within: Option<Duration>,
    /// What its ID tokens are signed with.
    pub signing_alg: SigningAlg,
    /// What it is told as `email`.
    pub email: EmailClaim,
    /// Whether it may have an ID token as the answer itself (`response_type=id_token`).
    pub id_token_response: bool,
    /// How long its ID tokens are valid; nothing where it is as long as everybody's.
    pub id_token_life: Option<Duration>,
    /// What of the document it may be told, where it asks.
    pub release: Release,
    /// What people are told it is called; without one, its id.
    pub name: Option<String>,
}

/// How old the approval of a browser may be that answers again, unless a client says otherwise.
const SESSION_LIFE: Duration = Duration::from_secs(28_800);

impl Client {
    /// A client of which nothing else is said: it may do without PKCE, unless it is public, and names everybody whom it sends.
    #[must_use]
    pub fn new(id: &str, redirect_uris: Vec<String>, proof: Proof) -> Self {
        Self {
            id: id.to_owned(),
            redirect_uris,
            require_pkce: matches!(proof, Proof::None),
            proof,
            walk_in: false,
            by_document: true,
            session_life: Some(SESSION_LIFE),
            acr: None,
            post_logout_redirect_uris: Vec::new(),
            outcomes: Outcomes::default(),
            sector: None,
            iss_in_errors: true,
            return_within: Some(RETURN_WITHIN),
            signing_alg: SigningAlg::default(),
            email: EmailClaim::default(),
            id_token_response: false,
            id_token_life: None,
            release: Release::default(),
            name: None,
        }
    }

    /// What people are told it is called.
    #[must_use]
    pub(crate) fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// The name under which it and those of its sector know people whom they do not name.
    #[must_use]
    pub fn sector_name(&self) -> String {
        ids::sector_name(&self.id, self.sector.as_deref())
    }

    /// Whether it cannot prove itself: what it says may be anybody's word.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.proof, Proof::None)
    }

    /// Whether its answers may go to this address: one of the registered ones, character by character (RFC 6749 §3.1.2.3). A
    /// program on the person's machine takes whatever port it gets, so of a public client's loopback address the port does
    /// not count (RFC 8252 §7.3).
    #[must_use]
    pub fn may_return_to(&self, address: &str) -> bool {
        let is_same_but_for_port = |registered: &String| {
            let (registered, address) = (loopback(registered), loopback(address));
            self.is_public() && registered.is_some() && registered == address
        };
        let mut registered = self.redirect_uris.iter();
        registered.any(|registered| registered == address || is_same_but_for_port(registered))
    }
}

/// What an address on this machine's own loopback interface has beside its port. `localhost` is no such address: it may
/// lead elsewhere (RFC 8252 §8.3).
fn loopback(address: &str) -> Option<(&'static str, &str)> {
    let (host, rest) = LOOPBACK
        .into_iter()
        .find_map(|host| Some((host, address.strip_prefix(host)?)))?;
    let Some(port) = rest.strip_prefix(':') else {
        return is_path(rest).then_some((host, rest));
    };
    let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let (port, rest) = port.split_at_checked(end)?;
    (port.parse::<u16>().is_ok() && is_path(rest)).then_some((host, rest))
}

const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Whether this is what may follow a host and its port.
fn is_path(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', '?'])
}

/// What a client is told as the person's `email` when it asks for the scope of that name. Nobody here has verified an address,
/// so `email_verified` is never said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailClaim {
    /// Nothing.
    #[default]
    None,
    /// One made of the `sub`, for clients that know people by nothing else. No mail arrives there (RFC 2606 §2).
    Subject,
    /// The address that the client itself has given, by a ticket or a pushed request.
    Given,
}

/// All clients.
#[derive(Debug, Default)]
pub struct Clients(Vec<Client>);

impl Clients {
    /// The clients of the settings.
    #[must_use]
    pub fn new(clients: Vec<Client>) -> Self {
        Self(clients)
    }

    /// How a client is told what became of a check. One that the settings do not name any more is told no more than others.
    #[must_use]
    pub(crate) fn outcomes(&self, id: &str) -> Outcomes {
        self.get(id).map(|client| client.outcomes).unwrap_or_default()
    }

    /// The only client, where there is but one.
    #[must_use]
    pub(crate) fn only(&self) -> Option<&Client> {
        match self.0.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether there is none at all.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Client> {
        self.0.iter()
    }

    /// Whether a page of this origin (RFC 6454 §6.2) may read what clients are told: it is one where a public client takes its
    /// answers. Of an address on this machine's loopback interface the port does not count.
    #[must_use]
    pub fn may_read(&self, origin: &str) -> bool {
        let is_of = |address: &String| {
            let url = Url::parse(address).ok();
            let url = url.filter(|url| matches!(url.scheme(), "https" | "http"));
            let is_same = url.is_some_and(|url| url.origin().ascii_serialization() == origin);
            let host = |address| loopback(address).map(|(host, _)| host);
            is_same || host(address).is_some() && host(address) == host(origin)
        };
        let public = self.0.iter().filter(|client| client.is_public());
        public.flat_map(|client| &client.redirect_uris).any(is_of)
    }

    /// The client of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Client> {
        self.0.iter().find(|client| client.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(registered: &str) -> Client {
        Client::new("app", vec![registered.to_owned()], Proof::None)
    }

    #[test]
    fn a_program_on_the_persons_machine_takes_any_port() {
        for (registered, address) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
            ("http://127.0.0.1:8080/cb?x=1", "http://127.0.0.1:1/cb?x=1"),
            ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb"),
            ("http://[::1]/", "http://[::1]:65535/"),
        ] {
            assert!(
                public(registered).may_return_to(address),
                "{registered} {address}"
            );
        }
    }

    #[test]
    fn everything_but_the_port_of_a_loopback_address_is_compared() {
        for (registered, address) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb/"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:8080/CB"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:8080@evil.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:80801/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
            ("http://127.0.0.1/cb", "http://[::1]:8080/cb"),
            ("http://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
            ("https://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
            ("http://localhost/cb", "http://localhost:8080/cb"),
            ("https://c.example/cb", "https://c.example:8443/cb"),
        ] {
            assert!(
                !public(registered).may_return_to(address),
                "{registered} {address}"
            );
        }
    }

    #[test]
    fn a_client_with_a_secret_names_its_port() {
        let client = Client::new("web", vec!["http://127.0.0.1/cb".to_owned()], Proof::Unreadable);
        assert!(client.may_return_to("http://127.0.0.1/cb"));
        assert!(!client.may_return_to("http://127.0.0.1:8080/cb"));
    }

    #[test]
    fn pages_of_public_clients_alone_may_read() {
        let secret = Client::new(
            "web",
            vec!["https://web.example/cb".to_owned()],
            Proof::Unreadable,
        );
        let addresses = [
            "https://App.example:443/cb",
            "http://127.0.0.1/cb",
            "com.example.app:/cb",
        ];
        let public = Client::new("app", addresses.map(str::to_owned).to_vec(), Proof::None);
        let clients = Clients::new(vec![secret, public]);
        for (origin, may) in [
            ("https://app.example", true),
            ("http://127.0.0.1:5173", true),
            ("http://127.0.0.1", true),
            ("http://app.example", false),
            ("https://app.example:8443", false),
            ("https://app.example.evil.example", false),
            ("https://web.example", false),
            ("http://[::1]:5173", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(clients.may_read(origin), may, "{origin}");
        }
    }

    #[test]
    fn a_public_client_always_uses_pkce() {
        assert!(public("http://127.0.0.1/cb").require_pkce);
    }
}
