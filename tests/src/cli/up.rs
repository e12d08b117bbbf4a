//! `cargo rig`: everything up, until Ctrl-C.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::say;
use crate::host::{Log, Mode};
use crate::interrupt::interrupted;
use crate::package::{Plan, Profile, build, workspace};
use crate::rig::endpoints::Endpoints;
use crate::rig::{CorsBy, Options, Ports, Rig};
use crate::tenant::published;

#[derive(Args, Debug)]
pub(super) struct Up {
    /// Forwards requests instead of proxying them.
    #[arg(long)]
    forwarding: bool,
    /// Handlers beside each other on one store.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    instances: u8,
    /// Port of the app; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    app_port: u16,
    /// Port of the first page.
    #[arg(long, default_value_t = 0)]
    client_port: u16,
    /// Port of the local B2C tenant.
    #[arg(long, default_value_t = 0)]
    tenant_port: u16,
    /// Port that drives the simulators.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
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
    sample: Option<std::path::PathBuf>,
    /// Has browsers load the pages of the sample's front from blob storage (Azurite), as in Azure, and not from the runner.
    #[arg(long)]
    blob_pages: bool,
    /// A setting of the handler, `Section:Key=value`; may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Further certificate authorities, PEM: who stands before an app whose `AppSettings:PublicUrl` is https.
    #[arg(long, value_name = "FILE")]
    authority: Option<std::path::PathBuf>,
    /// The folder with the packaged app, instead of building one.
    #[arg(long, value_name = "FOLDER")]
    app: Option<std::path::PathBuf>,
    /// Where to write the addresses.
    #[arg(long, value_name = "FILE")]
    endpoints: Option<std::path::PathBuf>,
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
        let file = self.endpoints.clone().unwrap_or_else(Endpoints::file);
        let _gone_already = std::fs::remove_file(&file);
        let app = match self.app.clone() {
            Some(folder) => folder,
            None => tokio::task::spawn_blocking(move || packaged(self.func)).await??,
        };
        let folder = app.display().to_string();
        let rig = Rig::start(self.options(app)?).await?;
        if self.func {
            say(&format!("waiting for the app: run func start in {folder}"));
        }
        tokio::select! {
            opened = rig.open() => opened?,
            words = rig.refused() => bail!("the app cannot be served; it says\n\n{words}"),
        }
        rig.endpoints.write(&file)?;
        let _removed_at_the_end = Removed(file);
        say(&rig.endpoints.text());
        if let Some(why) = rig.unreached().await? {
            let (app, address) = (&rig.endpoints.app, &rig.endpoints.app_address);
            say(&format!(
                "{app} is not reached from here ({why}): let your proxy or tunnel lead to {address}."
            ));
        }
        say("Ctrl-C ends everything.");
        std::future::pending().await
    }

    fn options(&self, app: std::path::PathBuf) -> Result<Options> {
        let mut options = Options::new(app).rude()?.with_tenant();
        options.log = Log::echoing();
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
        options.ports = Ports {
            app: self.app_port,
            client: self.client_port,
            tenant: self.tenant_port,
            control: self.control_port,
            ..Ports::default()
        };
        if self.func {
            options = options.for_func();
        }
        for setting in &self.settings {
            let pair = setting.split_once('=');
            let (name, value) = pair.ok_or_else(|| anyhow::anyhow!("{setting} is not NAME=VALUE"))?;
            options = options.with(name, value);
        }
        Ok(options)
    }
}

/// The folder that is run; with local.settings.json when Core Tools will run it.
fn packaged(local: bool) -> Result<std::path::PathBuf> {
    let app = workspace().join("target/app");
    Plan::of_this_repository(build(Profile::chosen()?)?, local).assemble(&app)?;
    Ok(app)
}

/// A file that says "running" must not outlive what it speaks of.
struct Removed(std::path::PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}
