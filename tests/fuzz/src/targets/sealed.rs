//! Our own values as they come back: tickets, handles, codes. And names of facts, as they lie in the store.

use handler::testing::parsers::{self, PURPOSES};

use super::text;
use crate::corpus::{self, NOW};

/// Whatever opens is what we have made: written again from what is in it, it is the same text.
pub(super) fn sealed(bytes: &[u8]) {
    let Some(value) = text(bytes) else { return };
    let seal = corpus::seal();
    let mut opened = 0;
    for purpose in PURPOSES {
        let Ok(genuine) = seal.open(purpose, value, NOW) else {
            continue;
        };
        opened += 1;
        assert!(genuine.expires_at > NOW, "nothing opens that is over");
        let again = seal.seal(purpose, genuine.id, genuine.expires_at, genuine.extra);
        assert_eq!(again, value, "a value has one form");
        assert!(corpus::is_ours(value), "nobody but us makes values");
    }
    assert!(opened <= 1, "a value is for one purpose");
}

/// A name that is read lies where it was found.
pub(super) fn fact_name(bytes: &[u8]) {
    let Some(file) = text(bytes) else { return };
    if let Some(path) = parsers::fact_path(file) {
        assert_eq!(path.rsplit('/').next(), Some(file));
    }
}
