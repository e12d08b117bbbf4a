//! Journeys over real sockets while the handler is killed at random moments: what was acknowledged must still be true.
//!
//! The Functions host ends a handler with SIGKILL and no warning, so a kill may strike between any two system calls.
//! Each journey is one person of one subject; the person and the client do what people and clients do: reload, press
//! what a page offers, send a request again.
//!
//! # Layout
//! - `person`: a browser that does not give up
//! - `ending`: how checks end, and what may be told of it
//! - `journey`: one person from registration to token
//! - `sample`: one person of the sample front, from its first call to its last
//! - `repeat`: a caller that repeats what was not answered
//! - `killer`: when the handler dies
//! - `report`: what broke, counted

mod ending;
mod journey;
mod killer;
mod person;
mod repeat;
mod report;
mod sample;

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use loopback::dice::Dice;

use crate::azurite::{self, Azurite};
use crate::rig::{CorsBy, Options, Rig};
pub use report::Report;

/// Longest time a person spends on one journey, however often the handler dies, in seconds. Beyond it the page is dead.
const PATIENCE_S: u64 = 45;

/// Where facts lie while the handler dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A folder.
    Files,
    /// A blob container of an Azurite of our own.
    Azurite,
}

/// Which front of the handler is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Front {
    /// The OpenID provider.
    Openid,
    /// The API of Microsoft's sample.
    Sample,
}

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Journeys at least.
    pub journeys: u32,
    /// Kills at least.
    pub kills: u32,
    /// Decides when the handler dies and how checks end; the machine's own timing remains.
    pub seed: u64,
}

impl Store {
    /// As the report names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "file:",
            Self::Azurite => "Azurite:",
        }
    }
}

/// Walks journeys until there were enough of them and of kills; `tell` hears at once of what must not happen.
///
/// # Errors
/// The rig or Azurite does not start, or the simulator cannot be asked.
pub async fn run(
    app: &Path,
    front: Front,
    store: Store,
    size: Size,
    mut tell: impl FnMut(&str),
) -> Result<Report> {
    let azurite = match store {
        Store::Files => None,
        Store::Azurite => Some(Azurite::start().await?),
    };
    let mut options = Options::new(app.to_owned())
        .rude()?
        .with("AppSettings:LogLevel", "info")
        .with("Verification:PollMarksSeconds", "1 2 3 5 8");
    if let Some(azurite) = &azurite {
        options = options
            .with(
                "FactStore:Location",
                &format!("az:{}", azurite.container("facts").await?),
            )
            .with("FactStore:AccountKey", azurite::KEY);
    }
    if front == Front::Sample {
        options = options.with_sample(CorsBy::Handler);
    }
    let rig = Rig::start(options).await?;
    rig.open().await?;
    let (dice, began) = (Dice::of(size.seed), Instant::now());
    let mut report = Report::new(store);
    while report.journeys < size.journeys || report.kills < size.kills {
        let walked = journey::walk(&rig, front, &dice).await?;
        report.add(walked, &mut tell);
    }
    report.elapsed = began.elapsed();
    Ok(report)
}
