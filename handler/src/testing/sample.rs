//! The sample front's readers of foreign bytes, for the fuzz targets.

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use crate::sample::{token, wire};

/// What a call of the sample's policies or page says: names of members, and their texts.
pub type Texts = Vec<(&'static str, String)>;

/// A reader of such a call. Nothing where the body is refused.
pub type Call = fn(&[u8]) -> Option<Texts>;

/// The four calls.
pub const CALLS: [Call; 4] = [
    initialize_transaction,
    initialize_verification,
    verify_transaction_status,
    validate_verification_token,
];

fn initialize_transaction(body: &[u8]) -> Option<Texts> {
    let read = wire::InitializeTransaction::parse(body).ok()?;
    let mut texts = vec![
        ("ObjectId", read.object_id),
        ("CorrelationId", read.correlation_id),
        ("ClientId", read.client_id),
        ("RedirectUri", read.redirect_uri),
        ("Scope", read.scope),
        ("Policy", read.policy),
    ];
    let person = [
        ("GivenName", read.person.given_name),
        ("Surname", read.person.family_name),
        ("Birthdate", read.person.birthdate),
    ];
    let told = person
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.expose().to_owned())));
    texts.extend(told);
    texts.extend(read.locale.map(|locale| ("UiLocales", locale)));
    Some(texts)
}

fn initialize_verification(body: &[u8]) -> Option<Texts> {
    let read = wire::InitializeVerification::parse(body).ok()?;
    Some(vec![
        ("ObjectId", read.object_id),
        ("TransactionReference", read.transaction_reference),
    ])
}

fn verify_transaction_status(body: &[u8]) -> Option<Texts> {
    let read = wire::VerifyTransactionStatus::parse(body).ok()?;
    Some(vec![("VerificationToken", exposed(&read.verification_token))])
}

fn validate_verification_token(body: &[u8]) -> Option<Texts> {
    let read = wire::ValidateVerificationToken::parse(body).ok()?;
    Some(vec![
        ("ObjectId", read.object_id),
        ("TransactionReference", read.transaction_reference),
        ("VerificationToken", exposed(&read.verification_token)),
    ])
}

fn exposed(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

/// A reader and maker of verification tokens of the sample front.
#[derive(Debug)]
pub struct Tokens(token::Keys);

/// What such a token says.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as the claims are named")]
pub struct Claims {
    pub object_id: String,
    pub transaction_reference: String,
    pub is_verified: bool,
    pub message: String,
}

/// Whose account it is belongs in no output.
impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claims")
    }
}

impl Tokens {
    /// With the texts of the settings. Nothing where they are refused.
    #[must_use]
    pub fn new(signing: &str, encryption: &str, issuer: &str, audience: &str) -> Option<Self> {
        let (signing, encryption) = (signing.into(), encryption.into());
        let keys = token::Keys::new(&signing, &encryption, issuer.to_owned(), audience.to_owned());
        keys.map(Self).ok()
    }

    /// What a token says; nothing where it is not believed.
    #[must_use]
    pub fn believe(&self, text: &str, now: OffsetDateTime) -> Option<Claims> {
        let read = token::read(&self.0, text, now).ok()?;
        Some(Claims {
            object_id: read.object_id,
            transaction_reference: read.transaction_reference,
            is_verified: read.is_verified,
            message: read.message,
        })
    }

    /// A token that says so. Nothing where it would be too long.
    #[must_use]
    pub fn issue(&self, claims: &Claims, now: OffsetDateTime, iv: [u8; 16]) -> Option<String> {
        let says = token::VerificationToken {
            object_id: claims.object_id.clone(),
            transaction_reference: claims.transaction_reference.clone(),
            is_verified: claims.is_verified,
            message: claims.message.clone(),
        };
        token::issue(&self.0, &says, now, iv).ok()
    }
}
