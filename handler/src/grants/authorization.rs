//! What a client asks for, once it was found good.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{SubjectHash, sector_name};
use crate::person::release::Released;

/// An authorization request whose client, redirect address and parameters have been found good. Stored as a fact, so it
/// must hold nothing personal: values inside `claims` are taken out first.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a wish or a trait of the request, independent of the others"
)]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// The client.
    pub client_id: String,
    /// Where the answer goes, exactly as requested.
    pub redirect_uri: String,
    /// The client's opaque value, returned with the answer.
    pub state: Option<String>,
    /// The client's opaque value, returned in the `id_token`.
    pub nonce: Option<String>,
    /// PKCE challenge, method S256.
    pub code_challenge: Option<String>,
    /// How the answer is sent.
    pub response_mode: ResponseMode,
    /// The requested scopes, separated by spaces.
    pub scope: String,
    /// Language of the person (BCP 47), from `ui_locales`.
    pub locale: Option<String>,
    /// `max_age` in seconds: an older approval is not good enough.
    pub max_age_s: Option<u64>,
    /// `prompt=login`: only a check made for this request is good enough.
    pub fresh: bool,
    /// `prompt=consent`: the person is shown what the client is told, even where they were shown it before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asks_anew: bool,
    /// The requested claims as validated by the OpenID front; not looked into here.
    pub claims: Value,
    /// Nobody whom we know answers for it: a browser came with it by itself, or a public client has pushed it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stranger: bool,
    /// How the person goes back.
    #[serde(default, skip_serializing_if = "WayBack::is_usual")]
    pub way_back: WayBack,
    /// What holds for a person whom nobody has named; nothing where somebody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk_in: Option<WalkIn>,
    /// The sector that the client shares, where nobody has named the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// The `acr` that an approval is told with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The client may be told values of the document, by this request or another: whose browser it was has to be known of each of
    /// its checks, since a later request may ask of one that was begun without.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) may_release: bool,
    /// Values of the document that the client is told, once the person was shown that it is.
    #[serde(default, skip_serializing_if = "Released::is_empty")]
    pub(crate) released: Released,
}

impl Authorization {
    /// Values of the document are told of its check, now or later.
    #[must_use]
    pub(crate) fn tells_values(&self) -> bool {
        self.may_release || !self.released.is_empty()
    }

    /// The name under which the person is known whom nobody has named.
    #[must_use]
    pub(crate) fn sector_name(&self) -> String {
        sector_name(&self.client_id, self.sector.as_deref())
    }
}

/// A request that names nobody: it is about whoever sits in front of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkIn {
    /// An approved person is told by the document; else, as everybody else, by the browser.
    pub by_document: bool,
    /// `prompt=none`: nobody is asked anything.
    pub silent: bool,
    /// `prompt=select_account`: the person may say that they are somebody else.
    pub select: bool,
    /// `sub` of a genuine `id_token_hint`: nobody else is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hinted: Option<SubjectHash>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Authorization {
    /// Whether this scope was asked for, and granted.
    #[must_use]
    pub fn has_scope(&self, name: &str) -> bool {
        self.scope.split(' ').any(|scope| scope == name)
    }
}

/// How the person goes back to the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayBack {
    /// With a code (RFC 6749 section 4.1).
    #[default]
    Code,
    /// With an ID token (OpenID Connect Core section 3.2).
    IdToken,
    /// By a new sign-in under a policy of the client's tenant, with a hint of who they are: the sample front.
    Policy(PolicyLink),
}

impl WayBack {
    /// The usual way.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        matches!(self, Self::Code)
    }

    /// To the client itself, with a code or with what a code would be exchanged for.
    #[must_use]
    pub fn is_code(&self) -> bool {
        matches!(self, Self::Code | Self::IdToken)
    }
}

/// A sign-in under a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLink {
    /// Name of the policy.
    pub policy: String,
    /// The caller's id of its own request.
    pub correlation_id: String,
    /// The caller's reference of its user, encrypted: see [`Grants::subject_named`](super::Grants::subject_named).
    pub subject: String,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authorization")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// How the answer of an authorization request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect address.
    Query,
    /// In a form that the browser posts.
    FormPost,
    /// Not at all: the person goes back by a policy ([`WayBack::Policy`]). A release that does not know that way refuses
    /// such a request, instead of answering it by a code.
    Policy,
}
