//! Which versions of the signing certificate there were: for an identity that may read each by its id, and not list them.
//!
//! One fact a version, `signing-versions/<certificate>/<created>-<id>.json`, by the second since 1970 at which the vault
//! made it. It is there before anything is signed with that version, so a process that starts in the middle of a rotation
//! finds the one before. Ids are neither secret nor personal.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use super::stores::Stores;
use crate::fact_store::{FactStore, StoreError};
use crate::secrets::{Notes, Version};
use crate::settings::Settings;

/// Notes everything that is not noted yet.
///
/// # Errors
/// The store could not be reached.
pub(super) async fn note(
    store: &dyn FactStore,
    certificate: &str,
    versions: &[Version],
) -> Result<(), StoreError> {
    let folder = folder(certificate);
    for version in versions.iter().filter(|version| is_id(&version.id)) {
        let (created, id) = (version.created.unix_timestamp(), &version.id);
        let path = format!("{folder}/{created}-{id}.json");
        store
            .create(&path, Bytes::from_static(br#"{"version":1}"#))
            .await?;
    }
    Ok(())
}

/// What was noted of a certificate.
///
/// # Errors
/// The store could not be reached.
pub(super) async fn noted(store: &dyn FactStore, certificate: &str) -> Result<Vec<Version>, StoreError> {
    let names = store.list(&folder(certificate)).await?;
    Ok(names.iter().filter_map(|name| version(name)).collect())
}

#[async_trait]
impl Notes for Stores {
    async fn versions(
        &self,
        settings: &Settings,
        http: &reqwest::Client,
        certificate: &str,
    ) -> Result<Vec<Version>, String> {
        let noted = async {
            let store: Arc<dyn FactStore> = self.open(settings, http).await?;
            noted(store.as_ref(), certificate).await
        };
        noted.await.map_err(|error| error.to_string())
    }
}

/// Key Vault does not tell capitals apart.
fn folder(certificate: &str) -> String {
    format!("signing-versions/{}", certificate.to_ascii_lowercase())
}

/// The version of a fact's name. What is no name of ours is none: its parts come to stand in an address.
fn version(name: &str) -> Option<Version> {
    let (created, id) = name.strip_suffix(".json")?.split_once('-')?;
    let created = OffsetDateTime::from_unix_timestamp(created.parse().ok()?).ok()?;
    let id = id.to_owned();
    is_id(&id).then_some(Version { id, created })
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::fact_store::{self, Place};

    fn version(id: &str, created: OffsetDateTime) -> Version {
        let id = id.to_owned();
        Version { id, created }
    }

    #[tokio::test]
    async fn what_was_noted_is_found_by_its_certificate_in_any_case() {
        let store = fact_store::open(&Place::Memory).unwrap();
        let old = version("00aa", datetime!(2025-11-20 08:00 UTC));
        let new = version("11bb", datetime!(2026-11-20 08:00 UTC));
        for versions in [vec![old.clone()], vec![new.clone(), old.clone()]] {
            note(store.as_ref(), "idv-signing", &versions).await.unwrap();
        }
        note(store.as_ref(), "another", &[version("22cc", new.created)])
            .await
            .unwrap();
        assert_eq!(noted(store.as_ref(), "IDV-Signing").await.unwrap(), [old, new]);
        assert!(noted(store.as_ref(), "none").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_no_name_of_ours_is_passed_over() {
        let store = fact_store::open(&Place::Memory).unwrap();
        for name in [
            "1-.json",
            "x-00aa.json",
            "1-00aa",
            "1-a.b.json",
            "99999999999999999999-00aa.json",
            "-1-00aa.json",
        ] {
            let path = format!("signing-versions/idv-signing/{name}");
            store.create(&path, Bytes::new()).await.unwrap();
        }
        let strange = version("../keys", OffsetDateTime::UNIX_EPOCH);
        note(store.as_ref(), "idv-signing", &[strange]).await.unwrap();
        assert_eq!(noted(store.as_ref(), "idv-signing").await.unwrap(), []);
    }
}
