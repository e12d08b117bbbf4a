//! Who a subject is, across verifications and across a change of keys.

use super::facts::{Canonical, V1};
use super::paths;
use super::{Deps, Error};
use crate::ids::{SubjectHash, VerificationId};
use crate::seal;

impl Deps {
    /// The hash under which a subject is known. A subject that was first seen under the previous key keeps that hash, so
    /// that its `sub` and its earlier verifications stay the same.
    pub(super) async fn subject(&self, scope: &str, subject: &str) -> Result<SubjectHash, Error> {
        let (current, previous) = self.seal.hash_subject(scope, subject);
        let path = paths::canonical(current);
        if let Some(known) = self.read::<Canonical>(&path).await? {
            return Ok(known.subject);
        }
        let first = match previous {
            Some(previous) => self.read::<Canonical>(&paths::canonical(previous)).await?,
            None => None,
        };
        let subject = first.map_or(current, |known| known.subject);
        Ok(self
            .settle_on(&path, Canonical { version: V1, subject })
            .await?
            .subject)
    }

    /// The id of what a subject registers under a correlation id: always the same one. Without a correlation id, a new one.
    pub(super) fn id_of(&self, subject: SubjectHash, correlation_id: Option<&str>) -> VerificationId {
        match correlation_id {
            Some(correlation_id) => VerificationId(lead(&seal::digest(&[
                "verification",
                &subject.to_string(),
                correlation_id,
            ]))),
            None => VerificationId(self.random.bytes()),
        }
    }

    /// Keyed hash of a browser's cookie value, under the current key.
    pub(super) fn browser_hash(&self, browser: &str) -> SubjectHash {
        SubjectHash(self.seal.keyed("browser", &[browser]))
    }

    /// Whether a browser's cookie value is the one behind a hash, made with either key.
    pub(super) fn is_browser(&self, browser: &str, hash: &SubjectHash) -> bool {
        let is = |other: [u8; 32]| seal::same(&other, &hash.0);
        is(self.seal.keyed("browser", &[browser]))
            || self.seal.keyed_previous("browser", &[browser]).is_some_and(is)
    }
}

/// The leading bytes of a hash.
pub(super) fn lead(hash: &[u8; 32]) -> [u8; 16] {
    let mut lead = [0; 16];
    lead.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    lead
}
