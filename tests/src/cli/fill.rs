//! `cargo rig ui` and `cargo rig policies`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use super::say;
use crate::fill;
use crate::fill::values::Values;

/// What pages and policies have in common.
#[derive(Args, Debug)]
struct Common {
    /// The folder with the files as they were published.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// The folder to make, for the upload.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Public origin of the handler, such as `https://idv.contoso.example`: without a path, never with the base secret.
    #[arg(long, value_name = "ORIGIN")]
    api: Option<String>,
    /// Address of the container with the pages, such as `https://contoso.blob.core.windows.net/pages`.
    #[arg(long, value_name = "ADDRESS")]
    ui: Option<String>,
    /// An appsettings.json for `{Settings:…}`, as our own policies have one.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Environment in it; the first without.
    #[arg(long, value_name = "NAME", requires = "settings")]
    environment: Option<String>,
    /// One setting for `{Settings:NAME}`; may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl Common {
    fn values(&self) -> Result<Values> {
        let mut values = Values::default();
        if let Some(file) = &self.settings {
            values = values.with_settings(file, self.environment.as_deref())?;
        }
        for pair in &self.set {
            let (name, value) = pair
                .split_once('=')
                .with_context(|| format!("{pair} is not NAME=VALUE"))?;
            values = values.with_setting(name, value);
        }
        if let Some(api) = &self.api {
            values = values.with_api(api)?;
        }
        if let Some(ui) = &self.ui {
            values = values.with_ui(ui)?;
        }
        Ok(values)
    }
}

#[derive(Args, Debug)]
pub(super) struct Ui {
    #[command(flatten)]
    common: Common,
}

impl Ui {
    pub(super) fn run(self) -> Result<ExitCode> {
        let common = self.common;
        let count = fill::ui(&common.from, &common.out, &common.values()?)?;
        say(&format!(
            "{count} files in {}, without a secret: for a container that everybody may read",
            common.out.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args, Debug)]
pub(super) struct Policies {
    #[command(flatten)]
    common: Common,
    /// The tenant, such as contoso or contoso.onmicrosoft.com.
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// `AppSettings:IdTokenIssuer`: what signs the hint says so of itself.
    #[arg(long, value_name = "TEXT")]
    issuer: Option<String>,
    /// `AppSettings:IdTokenAudience`.
    #[arg(long, value_name = "TEXT")]
    audience: Option<String>,
    /// Application id of `IdentityExperienceFramework`.
    #[arg(long, value_name = "GUID")]
    ief_app: Option<String>,
    /// Application id of `ProxyIdentityExperienceFramework`.
    #[arg(long, value_name = "GUID")]
    proxy_ief_app: Option<String>,
    /// Application id of `b2c-extensions-app`.
    #[arg(long, value_name = "GUID")]
    extensions_app: Option<String>,
    /// Object id of `b2c-extensions-app`.
    #[arg(long, value_name = "GUID")]
    extensions_app_object: Option<String>,
    /// Instrumentation key of Application Insights.
    #[arg(long, value_name = "GUID")]
    insights: Option<String>,
    /// The file that `cargo rig keys` named Sample--BaseSecret. The policies then hold it: keep them to yourself.
    #[arg(long, value_name = "FILE", conflicts_with = "anonymous")]
    base_secret: Option<PathBuf>,
    /// No base secret: anybody may call the API (`Sample:AllowAnonymous`), or the policies prove themselves otherwise.
    #[arg(long)]
    anonymous: bool,
    /// What `{Settings:Release.ReleaseName}` of the sample is; its tokens say so as `buildId`.
    #[arg(long, value_name = "NAME", default_value = "1")]
    release: String,
}

impl Policies {
    pub(super) fn run(self) -> Result<ExitCode> {
        let values = self.values()?;
        let files = fill::policies(&self.common.from, &self.common.out, &values)?;
        say("Upload in this order:");
        for file in files {
            say(&file.display().to_string());
        }
        if values.has_secret() {
            say("They hold the base secret: whoever reads them can call the API as B2C does.");
        }
        Ok(ExitCode::SUCCESS)
    }

    fn values(&self) -> Result<Values> {
        let mut values = self
            .common
            .values()?
            .with_default("Release.ReleaseName", &self.release);
        if let Some(tenant) = &self.tenant {
            values = values.with_tenant(tenant)?;
        }
        for (option, value) in self.words() {
            if let Some(value) = value {
                values = values.with_word(option, value)?;
            }
        }
        if let Some(file) = &self.base_secret {
            values = values.with_base_secret(file)?;
        }
        Ok(if self.anonymous {
            values.anonymous()
        } else {
            values
        })
    }

    fn words(&self) -> [(&'static str, &Option<String>); 7] {
        [
            ("--issuer", &self.issuer),
            ("--audience", &self.audience),
            ("--ief-app", &self.ief_app),
            ("--proxy-ief-app", &self.proxy_ief_app),
            ("--extensions-app", &self.extensions_app),
            ("--extensions-app-object", &self.extensions_app_object),
            ("--insights", &self.insights),
        ]
    }
}
