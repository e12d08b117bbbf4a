//! A person's browser that has a window: Chromium, steered by `tests/peers/oidc-client-ts/window.js` over loopback.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use loopback::browser::http_client;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::Command;
use url::Url;

use crate::azurite::free_port;
use crate::node;
use crate::package::workspace;
use crate::process::Group;

/// How long Chromium may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Chromium. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Window {
    address: Url,
    http: reqwest::Client,
    _group: Group,
}

/// Where a walk ended, and what the page told.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    /// Address of the last page.
    pub(super) address: String,
    /// What the application told, or all that the page says.
    pub(super) told: String,
}

impl Window {
    /// Starts it.
    ///
    /// # Errors
    /// npm, Node.js or Chromium fail.
    pub(super) async fn open() -> Result<Self> {
        node::install().await?;
        let port = free_port()?;
        let script = workspace().join("tests/peers/oidc-client-ts/window.js");
        let mut command = Command::new("node");
        command
            .arg(script)
            .env("PORT", port.to_string())
            .stdout(Stdio::null());
        let mut group = Group::spawn(&mut command).context("cannot start Node.js")?;
        let listens = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = listens => {}
            status = group.wait() => bail!("window.js ended with {}", status?),
            () = tokio::time::sleep(PATIENCE) => bail!("Chromium does not start"),
        }
        Ok(Self {
            address: Url::parse(&format!("http://127.0.0.1:{port}/"))?,
            http: http_client(None)?.timeout(2 * PATIENCE).build()?,
            _group: group,
        })
    }

    /// Walks from `begin` until the application tells something, in the browser profile of this name.
    ///
    /// # Errors
    /// The driver fails.
    pub(super) async fn walk(&self, profile: &str, begin: &Url, scenario: &str) -> Result<Told> {
        let ask = json!({ "profile": profile, "begin": begin, "scenario": scenario });
        let answer = self.http.post(self.address.clone()).json(&ask).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "window.js: {body}");
        Ok(serde_json::from_str(&body)?)
    }
}
