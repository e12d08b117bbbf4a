//! Randomness of the operating system, in the forms that tests and the tenant need.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt::Write as _;

/// `N` bytes nobody can guess.
///
/// # Panics
/// When the operating system has no randomness to give.
#[expect(
    clippy::expect_used,
    reason = "without randomness ids would come twice, and no key, code or session would be safe"
)]
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0; N];
    getrandom::fill(&mut buffer).expect("the operating system gives randomness");
    buffer
}

/// 32 random bytes as base64url: 43 characters that nobody guesses.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// Lower-case hexadecimal of `N` random bytes.
#[must_use]
pub fn hex<const N: usize>() -> String {
    to_hex(&bytes::<N>())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

/// A random UUID (RFC 9562 §5.4), as Jumio names accounts, executions and credentials, and B2C objects and correlations.
#[must_use]
pub fn uuid() -> String {
    let mut raw = bytes::<16>();
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    uuid_of(&raw)
}

/// Sixteen bytes in the 8-4-4-4-12 form.
#[must_use]
pub fn uuid_of(raw: &[u8; 16]) -> String {
    let hex = to_hex(raw);
    let parts =
        [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default().to_owned());
    parts.join("-")
}

/// A decimal code of `length` digits (1 to 19), each value as likely as any other.
#[must_use]
pub fn digits(length: u32) -> String {
    let length = length.clamp(1, 19);
    let (value, width) = (below(10_u64.pow(length)), length as usize);
    format!("{value:0width$}")
}

/// A number below `limit` (1 at least), each as likely as any other.
#[must_use]
pub fn below(limit: u64) -> u64 {
    below_of(limit, || u64::from_be_bytes(bytes::<8>()))
}

fn below_of(limit: u64, mut draw: impl FnMut() -> u64) -> u64 {
    let limit = limit.max(1);
    loop {
        let value = draw();
        // Values in the incomplete last block would make small numbers likelier.
        if value < u64::MAX - (u64::MAX % limit) {
            return value % limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        let id = uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(uuid(), uuid());
        assert_ne!(token(), token());
    }

    #[test]
    fn digits_keep_leading_zeros() {
        for _ in 0..200 {
            assert_eq!(digits(6).len(), 6);
        }
    }

    #[test]
    fn a_draw_that_would_favour_small_numbers_is_repeated() {
        let mut draws = [u64::MAX, u64::MAX - 1, 12].into_iter();
        // The last whole block of ten ends before 2^64 - 6.
        assert_eq!(below_of(10, || draws.next().unwrap()), 2);
        assert_eq!(draws.next(), None);
        assert_eq!(below(0), 0);
    }
}
