//! Who may register verifications: server-to-server callers such as B2C's `RestfulProvider`. With nothing configured,
//! nobody may.

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use crate::openid::proof::client_auth::pair;
use crate::seal;
use crate::tokens::caller_certificate::{self, CallerCertificateError};
use crate::tokens::entra::{EntraError, Verifier};

/// One user name and password.
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// The ways a caller may prove itself; those that are absent are refused.
#[derive(Default)]
pub(crate) struct Callers {
    /// SHA-256 thumbprints of certificates that may call. Empty unless the settings say that the
    /// front end can be trusted to set `X-ARR-ClientCert`.
    pub thumbprints: Vec<[u8; 32]>,
    /// The Basic pair in force and the previous one.
    pub logins: Vec<Login>,
    /// Bearer tokens of Microsoft Entra.
    pub entra: Option<Verifier>,
}

/// What a caller presents: header values as they came.
#[derive(Clone, Copy, Default)]
pub(crate) struct Presented<'a> {
    /// Every `Authorization` header.
    pub authorization: &'a [&'a str],
    /// Every `X-ARR-ClientCert` header.
    pub certificate: &'a [&'a str],
}

/// Why a caller is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallerError {
    /// Nothing was presented, or nothing that is accepted here.
    #[error("no accepted credentials were presented")]
    Missing,
    /// No setting lets anybody in.
    #[error("nobody may call: no VerifyAuth setting is given")]
    NotConfigured,
    /// A certificate and nothing else was presented, and no setting says that its header may be believed.
    #[error("only a client certificate was presented, and VerifyAuth:TrustClientCertHeader is not true")]
    NotTrusted,
    /// Two proofs of one kind.
    #[error("more than one credential of a kind was presented")]
    Ambiguous,
    /// The certificate is not good.
    #[error("client certificate: {0}")]
    Certificate(#[from] CallerCertificateError),
    /// The certificate is good, but not on the list. Its SHA-256 thumbprint, for whoever has to complete the list.
    #[error("client certificate: not on the list: {0}")]
    Unlisted(String),
    /// User name or password is wrong.
    #[error("user name or password is wrong")]
    Password,
    /// The bearer token is not good, or its issuer cannot be asked.
    #[error("bearer token: {0}")]
    Bearer(#[from] EntraError),
}

impl Callers {
    /// The name of the caller: stable for each way of proof, since it is the scope of the subjects it registers.
    ///
    /// # Errors
    /// See [`CallerError`]. Whatever is presented has to be good: a wrong password is not made up for by a certificate.
    pub(crate) async fn check(
        &self,
        presented: Presented<'_>,
        now: OffsetDateTime,
    ) -> Result<String, CallerError> {
        let by_header = match presented.authorization {
            [] => None,
            [header] => Some(self.by_header(header).await?),
            _ => return Err(CallerError::Ambiguous),
        };
        // Without a list the header may come from anybody, and says nothing.
        let by_certificate = match presented.certificate {
            _ if self.thumbprints.is_empty() => None,
            [] => None,
            [certificate] => Some(self.by_certificate(certificate, now)?),
            _ => return Err(CallerError::Ambiguous),
        };
        by_header
            .or(by_certificate)
            .ok_or_else(|| self.why_not(presented))
    }

    /// Why nothing that was presented counts.
    fn why_not(&self, presented: Presented<'_>) -> CallerError {
        let nobody = self.thumbprints.is_empty() && self.logins.is_empty() && self.entra.is_none();
        if nobody {
            CallerError::NotConfigured
        } else if self.thumbprints.is_empty() && !presented.certificate.is_empty() {
            CallerError::NotTrusted
        } else {
            CallerError::Missing
        }
    }

    async fn by_header(&self, header: &str) -> Result<String, CallerError> {
        let scheme = header.split(' ').next().unwrap_or_default();
        if scheme.eq_ignore_ascii_case("basic") && !self.logins.is_empty() {
            let (user, password) = pair(header).ok_or(CallerError::Password)?;
            return self.by_login(&user, &password);
        }
        match &self.entra {
            Some(entra) if scheme.eq_ignore_ascii_case("bearer") => {
                let token = header.split_once(' ').map_or("", |(_, token)| token.trim());
                let caller = entra.verify(token).await?;
                Ok(format!("entra:{}", caller.app_id))
            }
            _ => Err(self.why_not(Presented::default())),
        }
    }

    fn by_login(&self, user: &str, password: &str) -> Result<String, CallerError> {
        let matches = |login: &Login| {
            let known = login.password.expose_secret();
            let same_user = seal::same(login.user.as_bytes(), user.as_bytes());
            same_user & seal::same(known.as_bytes(), password.as_bytes()) & !known.is_empty()
        };
        // Every pair is compared, so that the time taken tells nothing about which one it was.
        let found = self.logins.iter().filter(|login| matches(login)).count();
        if found == 0 {
            return Err(CallerError::Password);
        }
        // One name for both pairs: a changed password must not make the same subject a stranger.
        Ok("basic".to_owned())
    }

    fn by_certificate(&self, header: &str, now: OffsetDateTime) -> Result<String, CallerError> {
        let thumbprint = caller_certificate::thumbprint(header, now)?;
        // One name for all, for the same reason.
        if self.thumbprints.contains(&thumbprint) {
            return Ok("certificate".to_owned());
        }
        let digits = thumbprint.map(|byte| format!("{byte:02X}"));
        Err(CallerError::Unlisted(digits.concat()))
    }

    /// The `WWW-Authenticate` header of a refusal (RFC 9110 §11.6.1); certificates have no scheme there.
    #[must_use]
    pub(crate) fn challenge(&self) -> &'static str {
        match (self.logins.is_empty(), self.entra.is_none()) {
            (false, false) => r#"Basic realm="verify", charset="UTF-8", Bearer realm="verify""#,
            (true, false) => r#"Bearer realm="verify""#,
            (_, true) => r#"Basic realm="verify", charset="UTF-8""#,
        }
    }
}

#[cfg(test)]
mod tests;
