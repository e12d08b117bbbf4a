//! The packaged app between simulators, started as the Functions host starts it but asked directly: what the host adds to
//! a request is not ours.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::server::Program;
use crate::host::Launch;
use crate::rig::{Options, Rig};

/// Facts in memory.
pub const IN_MEMORY: (&str, &str) = ("FactStore:Location", "memory:");

/// Simulators, and how to start the app beside them.
#[derive(Debug)]
pub struct App {
    /// The simulators; its own handler is stopped.
    pub rig: Rig,
    launch: Launch,
}

impl App {
    /// Starts the simulators, and sees the app get ready once behind the host.
    ///
    /// # Errors
    /// The host would not load the app, or the app does not get ready.
    pub async fn start(folder: &Path) -> Result<Self> {
        let mut options = Options::new(folder.to_owned())
            .with("AppSettings:LogLevel", "info")
            .with("Verification:CodeLifeSeconds", "600");
        options.jumio.callbacks.send = false;
        options.jumio.timers.processing_ms = 0;
        let rig = Rig::start(options).await?;
        rig.open().await?;
        rig.stop().await;
        let launch = Launch::of(folder, &rig.settings)?;
        Ok(Self { rig, launch })
    }

    /// With facts in files, written through to the disk. They outlive the process.
    #[must_use]
    pub fn on_files(&self) -> Program {
        self.with(&[])
    }

    /// With facts in memory, so that no disk is measured.
    #[must_use]
    pub fn in_memory(&self) -> Program {
        self.with(&[IN_MEMORY])
    }

    /// With these settings changed.
    #[must_use]
    pub fn with(&self, settings: &[(&str, &str)]) -> Program {
        let mut launch = self.launch.clone();
        let changed = settings
            .iter()
            .map(|(name, value)| (name.replace(':', "__"), (*value).to_owned()));
        launch.settings.extend(changed);
        Arc::new(move |port| launch.command(port))
    }

    /// Lets vault and managed identity answer after a simulated round trip.
    pub fn set_round_trip(&self, milliseconds: u64) {
        let mut settings = self.rig.simulators.vault.vault.settings();
        settings.round_trip_ms = milliseconds;
        settings.identity_round_trip_ms = milliseconds;
        self.rig.simulators.vault.vault.set(settings);
    }
}
