//! The `id_token_hint` that takes a person from Jumio to the second policy of the sample, without a password. So it lives
//! for minutes, is made only for the browser that began, and is never handed to the vendor: the sample gives it seven days.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;

use crate::tokens::{SignError, SigningKeys};

/// How long a hint is valid.
pub(crate) const LIFE: Duration = Duration::from_secs(5 * 60);

/// Makes the hint of an account, valid from now on for [`LIFE`]; `issuer` and `audience` are what the policy expects.
///
/// # Errors
/// OpenSSL failed.
pub(crate) fn issue(
    keys: &SigningKeys,
    object_id: &str,
    issuer: &str,
    audience: &str,
    now: OffsetDateTime,
) -> Result<String, SignError> {
    keys.sign_by_thumbprint(&Claims {
        object_id,
        nbf: now.unix_timestamp(),
        exp: (now + LIFE).unix_timestamp(),
        iss: issuer,
        aud: audience,
    })
}

/// In the sample's order, and no others.
#[derive(Serialize)]
struct Claims<'a> {
    #[serde(rename = "ObjectId")]
    object_id: &'a str,
    nbf: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
}
