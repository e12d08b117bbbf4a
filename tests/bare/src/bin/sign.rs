//! `bare-sign MILLISECONDS`: prints how many RS256 signatures a second OpenSSL makes here with a key of 2048 bits, over as
//! many bytes as an ID token of the app has. No token can be issued faster.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use bare::Signing;

fn main() -> io::Result<()> {
    let time = std::env::args().nth(1).and_then(|time| time.parse().ok());
    let time = Duration::from_millis(time.ok_or_else(|| io::Error::other("bare-sign MILLISECONDS"))?);
    let signing = Signing::new()?;
    let (mut signatures, begin) = (0_u32, Instant::now());
    while begin.elapsed() < time {
        signing.sign()?;
        signatures += 1;
    }
    writeln!(
        io::stdout(),
        "{}",
        f64::from(signatures) / begin.elapsed().as_secs_f64()
    )
}
