//! The clients this handler serves, as the settings name them.

use std::time::Duration;

use secrecy::SecretString;

use crate::tokens::client_assertion;

/// The secret stands in the `Authorization` header.
pub(crate) const SECRET_BASIC: &str = "client_secret_basic";
/// The secret stands in the form.
pub(crate) const SECRET_POST: &str = "client_secret_post";
/// An assertion signed with the client's key.
pub(crate) const PRIVATE_KEY_JWT: &str = "private_key_jwt";

/// How a client proves itself at the token and pushed-authorization routes. Exactly one way is registered.
#[derive(Clone, Debug)]
pub enum Proof {
    /// `client_secret_basic` (RFC 6749 §2.3.1).
    SecretBasic(Secrets),
    /// `client_secret_post` (RFC 6749 §2.3.1).
    SecretPost(Secrets),
    /// `private_key_jwt` (RFC 7523).
    PrivateKeyJwt(client_assertion::ClientKeys),
    /// What it proves itself with is wrong or cannot be read, so it cannot.
    Unreadable,
}

impl Proof {
    /// The name of the method in OpenID Connect (Core §9); none while it is not known what it is.
    #[must_use]
    pub fn method(&self) -> Option<&'static str> {
        match self {
            Self::SecretBasic(_) => Some(SECRET_BASIC),
            Self::SecretPost(_) => Some(SECRET_POST),
            Self::PrivateKeyJwt(_) => Some(PRIVATE_KEY_JWT),
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
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// Where its answers may go, compared character by character.
    pub redirect_uris: Vec<String>,
    /// How it proves itself.
    pub proof: Proof,
    /// Whether it must use PKCE. One that may do without is bound by its proof and nonce.
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
}

/// How old the approval of a browser may be that answers again, unless a client says otherwise.
const SESSION_LIFE: Duration = Duration::from_secs(28_800);

impl Client {
    /// A client of which nothing else is said: it may do without PKCE, and names everybody whom it sends.
    #[must_use]
    pub fn new(id: &str, redirect_uris: Vec<String>, proof: Proof) -> Self {
        Self {
            id: id.to_owned(),
            redirect_uris,
            proof,
            require_pkce: false,
            walk_in: false,
            by_document: true,
            session_life: Some(SESSION_LIFE),
            acr: None,
            post_logout_redirect_uris: Vec::new(),
            outcomes: Outcomes::default(),
            sector: None,
            iss_in_errors: true,
            return_within: Some(RETURN_WITHIN),
        }
    }

    /// Whether it has nothing by which it could prove itself, so that anybody may speak for it (RFC 6749 section 2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.proof.method() == Some("none")
    }
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

    /// The client of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Client> {
        self.0.iter().find(|client| client.id == id)
    }
}
