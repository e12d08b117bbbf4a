//! Hashes of several texts in which none can run into the next.

/// Each part is preceded by its length.
pub(crate) fn framed(parts: &[&str]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in parts {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend(part.as_bytes());
    }
    message
}

/// SHA-256 over the framed parts: the same for ever, and no secret.
#[must_use]
pub(crate) fn digest(parts: &[&str]) -> [u8; 32] {
    openssl::sha::sha256(&framed(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_part_ends_counts() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["ab"]), digest(&["ab", ""]));
    }
}
