//! RSA keys whose signatures anybody can forge.

use openssl::bn::{BigNum, BigNumRef};
use openssl::pkey::{HasPublic, Id, PKeyRef};

/// Smallest RSA key, in bits (RFC 7518 section 3.3).
const MIN_RSA_BITS: i32 = 2048;

/// Generator of the residues that vulnerable chips choose their primes from.
const ROCA_GENERATOR: u32 = 65537;

/// The odd primes up to 167: every vulnerable key of 512 bits or more shows in the residues modulo each of these, and of
/// other keys about one in 2^30 does. Nemec, Sys, Svenda, Klinec and Matyas, "The Return of Coppersmith's Attack", CCS
/// 2017, section 2 (CVE-2017-15361).
const ROCA_PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Why an RSA key must not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Its modulus is too small.
    #[error("RSA with fewer than 2048 bits")]
    Short,
    /// With an exponent of 1 everybody can sign; an even one cannot be one of RSA at all.
    #[error("RSA with a public exponent that is even or below 3")]
    Exponent,
    /// Its primes can be computed from its modulus.
    #[error("RSA made by a chip whose keys can be broken (ROCA, CVE-2017-15361)")]
    Roca,
    /// OpenSSL cannot say.
    #[error("a key that OpenSSL does not read")]
    Unreadable,
}

/// Finds what is weak about a key, if it is one of RSA. Other kinds pass.
///
/// # Errors
/// See [`Weakness`].
pub(super) fn check<T: HasPublic>(key: &PKeyRef<T>) -> Result<(), Weakness> {
    if !matches!(key.id(), Id::RSA | Id::RSA_PSS) {
        return Ok(());
    }
    let rsa = key.rsa().map_err(|_| Weakness::Unreadable)?;
    if rsa.n().num_bits() < MIN_RSA_BITS {
        return Err(Weakness::Short);
    }
    let three = BigNum::from_u32(3).map_err(|_| Weakness::Unreadable)?;
    if !rsa.e().is_bit_set(0) || rsa.e() < &*three {
        return Err(Weakness::Exponent);
    }
    if is_roca(rsa.n()).ok_or(Weakness::Unreadable)? {
        return Err(Weakness::Roca);
    }
    Ok(())
}

/// Whether a modulus is, modulo every one of the primes, a power of the generator.
fn is_roca(modulus: &BigNumRef) -> Option<bool> {
    for prime in ROCA_PRIMES {
        let residue = modulus.mod_word(prime).ok()?;
        if !powers(prime).any(|power| u64::from(power) == residue) {
            return Some(false);
        }
    }
    Some(true)
}

/// All powers of the generator modulo a prime.
fn powers(prime: u32) -> impl Iterator<Item = u32> {
    let next = move |power: &u32| {
        let next = power * (ROCA_GENERATOR % prime) % prime;
        (next != 1).then_some(next)
    };
    std::iter::successors(Some(1), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::test_keys::{OTHER_RSA, RSA, roca};

    #[test]
    fn keys_made_by_openssl_are_strong() {
        for key in [&*RSA, &*OTHER_RSA] {
            assert_eq!(check(key), Ok(()));
        }
    }

    #[test]
    fn a_key_with_the_structure_of_the_chip_is_found() {
        assert_eq!(check(&roca()), Err(Weakness::Roca));
    }

    #[test]
    fn powers_are_those_of_the_generator() {
        assert_eq!(powers(3).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(powers(11).collect::<Vec<_>>(), [1, 10]);
        assert_eq!(powers(13).collect::<Vec<_>>(), [1, 4, 3, 12, 9, 10]);
        assert_eq!(powers(17).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 15, 13, 9]);
    }
}
