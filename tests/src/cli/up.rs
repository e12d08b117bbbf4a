//! `cargo rig`: everything up, until Ctrl-C.

mod browse;
mod diary;
mod known;
mod places;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};

use super::say;
use crate::host::Mode;
use crate::interrupt::interrupted;
use crate::package::{Plan, Profile, build, workspace};
use crate::rig::endpoints::Endpoints;
use crate::rig::{CorsBy, Options, Ports, Rig, func};
use crate::tenant::published;
use diary::Diary;
use places::Block;

#[derive(Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of a command line"
)]
pub(super) struct Up {
    /// Forwards requests instead of proxying them.
    #[arg(long)]
    forwarding: bool,
    /// Handlers beside each other on one store.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    instances: u8,
    /// First port of the block that everything listens on, or `random` for free ones.
    #[arg(long, value_name = "FIRST|random", default_value_t = Block::default())]
    ports: Block,
    /// Port of the app, instead of the block's; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    app_port: Option<u16>,
    /// Port of the first page, instead of the block's; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    client_port: Option<u16>,
    /// Port of the local B2C tenant, instead of the block's; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    tenant_port: Option<u16>,
    /// Port that drives the simulators, instead of the block's; 0 takes a free one.
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,
    /// Opens the first page in the browser.
    #[arg(long)]
    open: bool,
    /// For `func start` in target/app: everything is where local.settings.json says.
    #[arg(long, conflicts_with_all = ["app_port", "client_port", "tenant_port", "settings"])]
    func: bool,
    /// Which front of the handler the tenant asks: our own, or the one for Microsoft's sample.
    #[arg(long, value_enum, default_value_t = Front::Openid, conflicts_with = "func")]
    front: Front,
    /// Who answers the browsers of the sample's page, as the plan has it.
    #[arg(long, value_enum, default_value_t = CorsBy::Handler)]
    cors: CorsBy,
    /// Policies and pages of this folder (`Policies`, `UI`) for the sample's front, instead of `tests/contract`: Microsoft's
    /// `samples/Jumio`, or what was made of it. `JUMIO_SAMPLE` names it as well.
    #[arg(long, value_name = "FOLDER")]
    sample: Option<PathBuf>,
    /// Has browsers load the pages of the sample's front from blob storage (Azurite), as in Azure, and not from the runner.
    #[arg(long)]
    blob_pages: bool,
    /// A setting of the handler, `Section:Key=value`; may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Further certificate authorities, PEM: who stands before an app whose `AppSettings:PublicUrl` is https.
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
    /// The folder with the packaged app, instead of building one.
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
    /// Where to write the addresses; the log of the handler goes beside them, into handler.log.
    #[arg(long, value_name = "FILE")]
    endpoints: Option<PathBuf>,
}

/// The fronts of the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Front {
    /// An OpenID provider, with our own policies.
    Openid,
    /// The API of Microsoft's sample, with policies that make the same calls.
    Sample,
}

impl Up {
    pub(super) async fn run(self) -> Result<ExitCode> {
        // From here on a signal ends the rig in good order, also while it is still starting.
        tokio::select! {
            result = self.stay_up() => result,
            stopped = interrupted() => {
                stopped?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn stay_up(self) -> Result<ExitCode> {
        let given = self.given()?;
        // Before anything is built or removed: another rig may run.
        places::check(&self.places())?;
        let file = self.endpoints.clone().unwrap_or_else(Endpoints::file);
        let _gone_already = std::fs::remove_file(&file);
        let app = match self.app.clone() {
            Some(folder) => folder,
            None => tokio::task::spawn_blocking(move || packaged(self.func)).await??,
        };
        let folder = app.display().to_string();
        let mut options = self.options(app)?;
        let (diary, log) = Diary::begin(file.parent().unwrap_or(Path::new(".")), given.clone())?;
        options.log = log;
        let rig = Rig::start(options).await?;
        if self.func {
            say(&format!("waiting for the app: run func start in {folder}"));
        }
        self.opened(&rig, &given, &diary).await?;
        diary.is_up();
        rig.endpoints.write(&file)?;
        let _removed_at_the_end = Removed(file);
        self.tell(&rig, &diary).await?;
        std::future::pending().await
    }

    /// Waits until the app serves; what it says against its settings ends the wait.
    async fn opened(&self, rig: &Rig, given: &[String], diary: &Diary) -> Result<()> {
        let mut words = tokio::select! {
            opened = rig.open() => {
                opened?;
                // What was not given cannot be wrong, and nobody waits for it.
                if given.is_empty() { Vec::new() } else { rig.refusal(given).await }
            }
            words = rig.refused(given) => vec![words],
        };
        if words.is_empty() {
            words = known::strangers(given);
        }
        let log = diary.file.display();
        ensure!(
            words.is_empty(),
            "the app cannot be served; it says\n\n{}\n\nEverything it said is in {log}.",
            words.join("\n")
        );
        Ok(())
    }

    /// The addresses, last and once.
    async fn tell(&self, rig: &Rig, diary: &Diary) -> Result<()> {
        let at = &rig.endpoints;
        if let Some(why) = rig.unreached().await? {
            let (app, address) = (&at.app, &at.app_address);
            say(&format!(
                "{app} is not reached from here ({why}): let your proxy or tunnel lead to {address}."
            ));
        }
        if let Some(why) = self.open.then(|| browse::open(&at.client)).flatten() {
            say(&why);
        }
        let log = diary.file.display();
        say(&format!(
            "\n{}\nlog      {log}\n\nCtrl-C ends everything.",
            at.text()
        ));
        Ok(())
    }

    /// The ports that were asked for.
    fn places(&self) -> Ports {
        let block = self.ports.ports();
        let chosen = Ports {
            app: self.app_port.unwrap_or(block.app),
            client: self.client_port.unwrap_or(block.client),
            tenant: self.tenant_port.unwrap_or(block.tenant),
            control: self.control_port.unwrap_or(block.control),
            ..block
        };
        if self.func { func::ports(chosen) } else { chosen }
    }

    /// Names of the settings that were asked for, `Section:Key`.
    fn given(&self) -> Result<Vec<String>> {
        let pairs = self.pairs();
        pairs
            .map(|pair| pair.map(|(name, _)| name.replace("__", ":")))
            .collect()
    }

    fn pairs(&self) -> impl Iterator<Item = Result<(&str, &str)>> {
        self.settings.iter().map(|setting| {
            let pair = setting.split_once('=');
            pair.with_context(|| format!("--set {setting}: it is not NAME=VALUE"))
        })
    }

    fn options(&self, app: PathBuf) -> Result<Options> {
        let mut options = Options::new(app).rude()?.with_tenant();
        options.authority.clone_from(&self.authority);
        options.instances = usize::from(self.instances);
        options.mode = self.forwarding.then_some(Mode::Forwarding);
        if self.front == Front::Sample {
            options = match self.sample.clone().or_else(published::named) {
                Some(folder) => options.with_published(self.cors, folder),
                None => options.with_sample(self.cors),
            };
            options.published_in_storage = self.blob_pages;
        }
        options.ports = self.places();
        if self.func {
            options = options.for_func();
        }
        for pair in self.pairs() {
            let (name, value) = pair?;
            options = options.with(name, value);
        }
        Ok(options)
    }
}

/// The folder that is run; with local.settings.json when Core Tools will run it.
fn packaged(local: bool) -> Result<PathBuf> {
    let app = workspace().join("target/app");
    Plan::of_this_repository(build(Profile::chosen()?)?, local).assemble(&app)?;
    Ok(app)
}

/// A file that says "running" must not outlive what it speaks of.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}
