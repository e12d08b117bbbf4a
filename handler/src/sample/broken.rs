//! Why a verification token is not believed.

/// The rule that a token breaks. Carries names of claims, never anything of the token: fit for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    /// More than [`crate::tokens::MAX_TOKEN`] bytes.
    #[error("longer than 16 KiB")]
    TooLong,
    /// Not five parts with a dot between them (RFC 7516 section 7.1).
    #[error("not five parts")]
    Parts,
    /// A second part, which `dir` leaves empty (RFC 7518 section 4.5).
    #[error("has an encrypted key")]
    EncryptedKey,
    /// A part that is not base64url without padding, or not the only way to write its bytes.
    #[error("a part is not canonical base64url")]
    Base64,
    /// An initialization vector of other than 16 bytes.
    #[error("initialization vector is not 16 bytes")]
    Iv,
    /// A ciphertext that is empty or not whole blocks.
    #[error("ciphertext is not whole blocks")]
    Blocks,
    /// A tag of other than 32 bytes.
    #[error("tag is not 32 bytes")]
    TagLength,
    /// A tag that does not belong to these bytes and our key.
    #[error("tag does not match")]
    Tag,
    /// A header that is no JSON object of `alg`, `enc`, `typ` and `cty`, each a text that stands once; `zip` and `crit` fall
    /// under it.
    #[error("header has other members than alg, enc, typ and cty")]
    Header,
    /// An `alg` other than `dir`.
    #[error("alg is not dir")]
    Algorithm,
    /// An `enc` other than `A256CBC-HS512`.
    #[error("enc is not A256CBC-HS512")]
    Encryption,
    /// A `typ` or `cty` other than `JWT`.
    #[error("typ or cty is not JWT")]
    Kind,
    /// A plaintext without PKCS#7 padding.
    #[error("padding is not PKCS#7")]
    Padding,
    /// A plaintext that is no token of three parts of canonical base64url.
    #[error("does not hold a signed token")]
    Inner,
    /// A signature inside that does not belong to these words and our key, or is not one of HMAC-SHA-256.
    #[error("inner signature does not match")]
    Signature,
    /// A header inside that is no JSON object of `alg` and `typ`, each a text that stands once.
    #[error("inner header has other members than alg and typ")]
    InnerHeader,
    /// An `alg` inside other than `HS256`.
    #[error("inner alg is not HS256")]
    InnerAlgorithm,
    /// A `typ` inside other than `JWT`.
    #[error("inner typ is not JWT")]
    InnerKind,
    /// Claims that are no JSON object, or one of which is of another type or stands twice.
    #[error("claims are malformed")]
    Claims,
    /// A required claim is not there.
    #[error("claim {0} is missing")]
    Missing(&'static str),
    /// A claim says something else than is expected here.
    #[error("claim {0} is not as expected")]
    Unexpected(&'static str),
    /// `exp` is past.
    #[error("expired")]
    Expired,
    /// `nbf` or `iat` is in the future.
    #[error("not valid yet")]
    NotYet,
    /// OpenSSL failed: the token was not checked, and nothing is known of it.
    #[error("could not be checked")]
    Unchecked,
}
