//! Azurite's blob service with Microsoft's well-known test account, in memory.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;

use crate::certs::install_tls;
use crate::node;
use crate::process::Group;

/// The account's key, published by Microsoft and worth nothing.
pub const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const ACCOUNT: &str = "devstoreaccount1";
/// Azurite compares no times.
const DATE: &str = "Tue, 03 Feb 2026 10:00:00 GMT";
const VERSION: &str = "2021-08-06";

/// A running Azurite. Dropping it ends it.
#[derive(Debug)]
pub struct Azurite {
    _group: Group,
    /// Address of the account, without a final slash.
    pub url: String,
}

impl Azurite {
    /// Starts it on a free port of loopback and waits until it listens.
    ///
    /// # Errors
    /// It does not start within 30 s.
    pub async fn start() -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("node");
        command
            .arg(node::folder().join("node_modules/azurite/dist/src/blob/main.js"))
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
            .args([
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--silent",
                "--skipApiVersionCheck",
            ])
            .stdout(Stdio::null());
        let mut group = Group::spawn(&mut command).context("cannot start Azurite")?;
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = listening => {}
            status = group.wait() => bail!("Azurite ended with {}", status?),
            () = tokio::time::sleep(Duration::from_secs(30)) => bail!("Azurite does not listen after 30 s"),
        }
        Ok(Self {
            _group: group,
            url: format!("http://127.0.0.1:{port}/{ACCOUNT}"),
        })
    }

    /// Makes a container, as whoever deploys does: the handler makes none. Its address.
    ///
    /// # Errors
    /// There is one of that name, or no answer.
    pub async fn container(&self, name: &str) -> Result<String> {
        install_tls();
        let address = format!("{}/{name}", self.url);
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client
            .put(format!("{address}?restype=container"))
            .header("x-ms-date", DATE)
            .header("x-ms-version", VERSION)
            .header(
                "authorization",
                format!("SharedKey {ACCOUNT}:{}", signature(name)?),
            )
            .send()
            .await?;
        let status = answer.status();
        ensure!(
            status == 201,
            "the container {name}: {status} {}",
            answer.text().await?
        );
        Ok(address)
    }
}

/// Signature of the request that makes a container (*Authorize with Shared Key*).
fn signature(name: &str) -> Result<String> {
    let to_sign = format!(
        "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{DATE}\nx-ms-version:{VERSION}\n/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    );
    let key = PKey::hmac(&STANDARD.decode(KEY)?)?;
    let signature = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(to_sign.as_bytes())?;
    Ok(STANDARD.encode(signature))
}

fn free_port() -> Result<u16> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    Ok(socket.local_addr()?.port())
}
