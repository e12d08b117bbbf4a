//! Client assertions serve once (RFC 7523 §3, `jti`). A redemption whose answer was lost may be repeated with the same one, so
//! what is remembered says which request it was used for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::checks::fact_store::{Created, FactStore, StoreError};
use crate::checks::facts::names::assertion;
use crate::digest::digest;
use crate::seal;
use crate::tokens::client_assertion::AssertionId;

/// `assertions/<hash>.json`: what is remembered of an assertion.
#[derive(Serialize, Deserialize)]
struct Remembered {
    client_id: String,
    /// Not needed any more: the assertion has ended.
    forget_after: String,
    /// When it was first used.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// SHA-256 of the request that it was used for, base64url.
    request: String,
}

/// What an assertion is worth that has been verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It is new.
    New,
    /// It was used before, for this very request, at this time.
    Repeated(OffsetDateTime),
    /// It was used before, for another request.
    Used,
}

/// The assertions that were used.
pub(crate) struct Assertions(Arc<dyn FactStore>);

impl Assertions {
    /// Remembered in this store.
    pub(crate) fn new(store: Arc<dyn FactStore>) -> Self {
        Self(store)
    }

    /// Remembers an assertion. `request` is a hash of the request that it came with. Its name is made without any key: a
    /// process whose keys have just changed must find what the one before remembered.
    ///
    /// # Errors
    /// The store: whether it is new is not known.
    pub(crate) async fn use_up(
        &self,
        client: &str,
        used: &AssertionId,
        request: &str,
        now: OffsetDateTime,
    ) -> Result<Worth, StoreError> {
        let name = digest(&["client assertion", client, &used.jti]);
        let path = assertion(&URL_SAFE_NO_PAD.encode(name));
        let ours = Remembered {
            client_id: client.to_owned(),
            forget_after: used.exp.format(&Rfc3339).unwrap_or_default(),
            at: now,
            request: request.to_owned(),
        };
        let document = serde_json::to_vec(&ours).unwrap_or_default();
        if self.0.create(&path, Bytes::from(document)).await? == Created::New {
            return Ok(Worth::New);
        }
        let first = self.0.read(&path).await?;
        let first: Option<Remembered> = first.and_then(|first| serde_json::from_slice(&first).ok());
        let is_same = |first: &Remembered| seal::same(first.request.as_bytes(), request.as_bytes());
        Ok(first
            .filter(is_same)
            .map_or(Worth::Used, |first| Worth::Repeated(first.at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact_store::{Place, open};

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn used() -> AssertionId {
        AssertionId {
            jti: "j".into(),
            exp: NOW,
        }
    }

    #[tokio::test]
    async fn an_assertion_serves_once() {
        let assertions = Assertions::new(open(&Place::Memory).unwrap());
        for (client, request, worth) in [
            ("c", "first", Worth::New),
            ("c", "second", Worth::Used),
            ("another", "first", Worth::New),
        ] {
            let found = assertions.use_up(client, &used(), request, NOW).await;
            assert_eq!(found.unwrap(), worth, "{client} {request}");
        }
    }

    #[tokio::test]
    async fn one_that_comes_again_with_the_same_request_says_when_it_was_first_used() {
        let assertions = Assertions::new(open(&Place::Memory).unwrap());
        assertions.use_up("c", &used(), "first", NOW).await.unwrap();
        let later = NOW + std::time::Duration::from_secs(5);
        let again = assertions.use_up("c", &used(), "first", later).await.unwrap();
        assert_eq!(again, Worth::Repeated(NOW));
    }
}
