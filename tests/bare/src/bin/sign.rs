//! `bare-sign MILLISECONDS`: prints how many RS256 signatures a second OpenSSL makes here with a key of 2048 bits, over as
//! many bytes as an ID token of the app has. No token can be issued faster.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;

/// Header and claims of an ID token, encoded, have about this many bytes.
const MESSAGE: [u8; 800] = [b'x'; 800];
/// Signatures that are not counted: the first ones fill caches and make blinding values.
const WARM_UP: u32 = 20;

fn main() -> io::Result<()> {
    let time = std::env::args().nth(1).and_then(|time| time.parse().ok());
    let time = Duration::from_millis(time.ok_or_else(|| io::Error::other("bare-sign MILLISECONDS"))?);
    let key = PKey::from_rsa(Rsa::generate(2048)?)?;
    for _ in 0..WARM_UP {
        sign(&key)?;
    }
    let (mut signatures, begin) = (0_u32, Instant::now());
    while begin.elapsed() < time {
        sign(&key)?;
        signatures += 1;
    }
    writeln!(
        io::stdout(),
        "{}",
        f64::from(signatures) / begin.elapsed().as_secs_f64()
    )
}

fn sign(key: &PKey<Private>) -> io::Result<()> {
    let mut signer = Signer::new(MessageDigest::sha256(), key)?;
    signer.sign_oneshot_to_vec(&MESSAGE)?;
    Ok(())
}
