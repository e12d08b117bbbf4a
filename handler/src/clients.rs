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

    /// The client of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Client> {
        self.0.iter().find(|client| client.id == id)
    }
}
