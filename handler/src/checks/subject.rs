//! Who a subject is, across verifications. The hashes outlive a change of state keys.

use super::Deps;
use crate::ids::{SubjectHash, VerificationId};
use crate::seal;

impl Deps {
    /// The hash under which a subject is known.
    pub(super) fn subject(&self, scope: &str, subject: &str) -> SubjectHash {
        self.seal.hash_subject(scope, subject)
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

    /// Keyed hash of a browser's cookie value.
    pub(super) fn browser_hash(&self, browser: &str) -> SubjectHash {
        SubjectHash(self.seal.keyed("browser", &[browser]))
    }

    /// Whether a browser's cookie value is the one behind a hash.
    pub(super) fn is_browser(&self, browser: &str, hash: &SubjectHash) -> bool {
        seal::same(&self.browser_hash(browser).0, &hash.0)
    }
}

/// The leading bytes of a hash.
pub(super) fn lead(hash: &[u8; 32]) -> [u8; 16] {
    let mut lead = [0; 16];
    lead.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    lead
}
