//! `bare-create FOLDER COUNT`: creates files there, one after the other, and prints how many a second: first each written and
//! flushed; then each in a folder of its own, with whose name it survives a power cut, as the first fact of a person does.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

/// A registration has about this many bytes.
const DOCUMENT: [u8; 400] = [b'x'; 400];

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1);
    let given = words
        .next()
        .zip(words.next().and_then(|count| count.parse().ok()));
    let (folder, count): (String, u32) = given.ok_or_else(|| io::Error::other("bare-create FOLDER COUNT"))?;
    let folder = Path::new(&folder).join(format!("bare-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let flushed = rate(count, |number| create(&folder.join(format!("{number}.json"))))?;
    let durable = rate(count, |number| create_durably(&folder, number))?;
    fs::remove_dir_all(&folder)?;
    writeln!(io::stdout(), "{flushed} {durable}")
}

fn rate(count: u32, create: impl Fn(u32) -> io::Result<()>) -> io::Result<f64> {
    let begin = Instant::now();
    (0..count).try_for_each(create)?;
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

fn create(file: &Path) -> io::Result<()> {
    let mut file = File::create_new(file)?;
    file.write_all(&DOCUMENT)?;
    file.sync_all()
}

fn create_durably(folder: &Path, number: u32) -> io::Result<()> {
    let own = folder.join(number.to_string());
    fs::create_dir(&own)?;
    create(&own.join("request.json"))?;
    File::open(own)?.sync_all()?;
    File::open(folder)?.sync_all()
}
