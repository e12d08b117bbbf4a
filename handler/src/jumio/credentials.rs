//! What the handler proves itself to Jumio with.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

/// API token and secret (portal: Settings, API credentials): of an OAuth 2.0 client for KYX, for Basic authentication at
/// Netverify.
#[derive(Clone, Debug)]
pub(crate) struct ClientCredentials {
    /// API token.
    pub id: String,
    /// API secret.
    pub secret: SecretString,
}

impl PartialEq for ClientCredentials {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.secret.expose_secret() == other.secret.expose_secret()
    }
}

/// Gives the present credentials. Asked before every request that proves itself, so that a rotated secret is used at once.
#[async_trait]
pub(crate) trait Credentials: Send + Sync {
    /// The credentials to use now.
    fn current(&self) -> ClientCredentials;

    /// Looks for others, now that Jumio has refused these. True if there are.
    async fn renewed(&self, refused: &ClientCredentials) -> bool {
        self.current() != *refused
    }
}

/// Credentials that never change.
impl Credentials for ClientCredentials {
    fn current(&self) -> ClientCredentials {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let credentials = ClientCredentials {
            id: "id".into(),
            secret: "s3cret".to_owned().into(),
        };
        assert!(!format!("{credentials:?}").contains("s3cret"));
    }
}
