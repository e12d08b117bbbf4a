//! For property tests: a good document with a few bytes changed, put in, taken out or cut off. Random bytes alone never get
//! past the first check of a parser; these do.

use proptest::prelude::*;
use proptest::sample::Index;

/// One to four changes of a sample.
pub(crate) fn mutated(sample: impl Into<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let sample: Vec<u8> = sample.into();
    prop::collection::vec((any::<Index>(), 0..5_u8, any::<u8>()), 1..5)
        .prop_map(move |changes| changes.into_iter().fold(sample.clone(), change))
}

/// The same of a text; what is no UTF-8 any more is replaced.
pub(crate) fn mutated_text(sample: &str) -> impl Strategy<Value = String> + use<> {
    mutated(sample.as_bytes().to_vec()).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn change(mut bytes: Vec<u8>, (at, kind, byte): (Index, u8, u8)) -> Vec<u8> {
    let at = at.index(bytes.len() + 1);
    match kind {
        0 => bytes.insert(at, byte),
        1 => bytes.truncate(at),
        2 if at < bytes.len() => drop(bytes.remove(at)),
        // Bytes that mean something to most parsers.
        3 if at < bytes.len() => bytes[at] = b"\"{}[]:,.&=%+ \0\n-0"[usize::from(byte) % 17],
        _ if at < bytes.len() => bytes[at] = byte,
        _ => {}
    }
    bytes
}
