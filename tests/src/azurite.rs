//! Azurite's blob service with Microsoft's well-known test account, in memory.

use std::path::Path;
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
use crate::fill::input;
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
        self.make(name, &[]).await
    }

    /// Makes a container of pages that everybody may read, puts a folder into it, and lets pages of one origin load them, as the
    /// tutorial does. Its address.
    ///
    /// # Errors
    /// There is one of that name, a file cannot be read, or no answer.
    pub async fn pages(&self, name: &str, folder: &Path, origin: &str) -> Result<String> {
        let address = self.make(name, &[("x-ms-blob-public-access", "blob")]).await?;
        let rules = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties><Cors><CorsRule>\
             <AllowedOrigins>{origin}</AllowedOrigins><AllowedMethods>GET,OPTIONS</AllowedMethods>\
             <AllowedHeaders>*</AllowedHeaders><ExposedHeaders>*</ExposedHeaders>\
             <MaxAgeInSeconds>200</MaxAgeInSeconds></CorsRule></Cors></StorageServiceProperties>"
        );
        let query = [("comp", "properties"), ("restype", "service")];
        self.put("", &query, &[], "application/xml", rules.into_bytes())
            .await?;
        for file in input::pages(folder)? {
            let path = format!("{name}/{}", file.name);
            let headers = [("x-ms-blob-type", "BlockBlob")];
            self.put(&path, &[], &headers, content_type(&file.name), file.bytes)
                .await?;
        }
        Ok(address)
    }

    async fn make(&self, name: &str, headers: &[(&str, &str)]) -> Result<String> {
        self.put(name, &[("restype", "container")], headers, "", Vec::new())
            .await?;
        Ok(format!("{}/{name}", self.url))
    }

    /// A signed request. Query and headers are in the order of their names.
    async fn put(
        &self,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<()> {
        install_tls();
        let dated = [("x-ms-date", DATE), ("x-ms-version", VERSION)];
        let headers = [headers, dated.as_slice()].concat();
        let signature = signature(path, query, &headers, content_type, body.len())?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut request = client
            .put(format!("{}/{path}", self.url))
            .query(query)
            .header("authorization", format!("SharedKey {ACCOUNT}:{signature}"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let answer = request.body(body).send().await?;
        let status = answer.status();
        ensure!(
            status.is_success(),
            "PUT {path}: {status} {}",
            answer.text().await?
        );
        Ok(())
    }
}

/// Signature of a request (*Authorize with Shared Key*).
fn signature(
    path: &str,
    query: &[(&str, &str)],
    headers: &[(&str, &str)],
    content_type: &str,
    length: usize,
) -> Result<String> {
    let length = if length == 0 {
        String::new()
    } else {
        length.to_string()
    };
    let lines = |pairs: &[(&str, &str)]| -> Vec<String> {
        pairs
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect()
    };
    let resource = [vec![format!("/{ACCOUNT}/{ACCOUNT}/{path}")], lines(query)].concat();
    let to_sign = format!(
        "PUT\n\n\n{length}\n\n{content_type}\n\n\n\n\n\n\n{}\n{}",
        lines(headers).join("\n"),
        resource.join("\n")
    );
    let key = PKey::hmac(&STANDARD.decode(KEY)?)?;
    let signature = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(to_sign.as_bytes())?;
    Ok(STANDARD.encode(signature))
}

/// What a browser must be told of a file of pages.
fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "html" => "text/html",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff" => "font/woff",
        _ => "application/octet-stream",
    }
}

/// A port of loopback that nobody listens to at this moment.
pub(crate) fn free_port() -> Result<u16> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    Ok(socket.local_addr()?.port())
}
