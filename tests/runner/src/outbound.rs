//! Calls to REST services and outside providers: one TLS stack, no redirects, host names sent where the configuration says.

use crate::config;
use crate::jose::rsa::RsaKey;
use anyhow::{Context as _, Result};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// Bodies longer than this are refused; policies exchange small objects.
const BODY_LIMIT: usize = 1 << 20;

/// Why a call brought no answer.
#[derive(Debug, Error)]
pub enum CallError {
    /// It took too long.
    #[error("no answer within {0} ms")]
    TimedOut(u64),
    /// The host name has no address.
    #[error("the host name cannot be resolved: {0}")]
    NoSuchHost(String),
    /// Refused, broken off, TLS failed.
    #[error("{0}")]
    Failed(String),
    /// The answer is longer than 1 MiB.
    #[error("the answer is longer than {BODY_LIMIT} bytes")]
    TooLong,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Reason phrase.
    pub reason: String,
    /// Body as text.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Errors
    /// Why it is none.
    pub fn json(&self) -> Result<Json, serde_json::Error> {
        serde_json::from_str(&self.body)
    }
}

/// Makes calls.
#[derive(Debug)]
pub struct Outbound {
    roots: Arc<RootCertStore>,
    settings: config::Outbound,
    plain: Client,
    certified: Mutex<HashMap<String, Client>>,
}

impl Outbound {
    /// Prepares TLS and name resolution.
    ///
    /// # Errors
    /// When the extra certificate authority cannot be read.
    pub fn new(settings: &config::Outbound) -> Result<Self> {
        let roots = Arc::new(roots(settings)?);
        let plain = builder(tls(&roots)?.with_no_client_auth(), settings).build()?;
        Ok(Self {
            roots,
            settings: settings.clone(),
            plain,
            certified: Mutex::default(),
        })
    }

    /// What a client of its own is made by: the same TLS and name resolution.
    ///
    /// # Errors
    /// As [`Outbound::new`].
    pub fn builder(settings: &config::Outbound) -> Result<ClientBuilder> {
        let roots = Arc::new(roots(settings)?);
        Ok(builder(tls(&roots)?.with_no_client_auth(), settings))
    }

    /// The client for calls without a certificate.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.plain
    }

    /// The client that shows this certificate in the TLS handshake.
    ///
    /// # Errors
    /// When the key has no certificate.
    pub fn client_with(&self, key: &RsaKey) -> Result<Client> {
        let mut certified = self.certified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = certified.get(key.kid()) {
            return Ok(known.clone());
        }
        let pem = key.to_pem()?;
        let chain = vec![CertificateDer::from(key.certificate_der()?)];
        let private = PrivateKeyDer::from_pem_slice(&pem).context("the client certificate's key")?;
        let tls = tls(&self.roots)?.with_client_auth_cert(chain, private)?;
        let made = builder(tls, &self.settings).build()?;
        certified.insert(key.kid().to_owned(), made.clone());
        Ok(made)
    }

    /// Whether calls to this host carry the certificate as `X-ARR-ClientCert`, as App Service forwards it.
    #[must_use]
    pub fn forwards_certificate_to(&self, host: &str) -> bool {
        self.settings.forward_certificate_to.contains(host)
    }

    /// The address to call for one a policy names.
    #[must_use]
    pub fn address(&self, written: &str) -> String {
        let replaced = self.settings.replace.iter().find_map(|(prefix, instead)| {
            Some(format!("{instead}{}", written.strip_prefix(prefix.as_str())?))
        });
        replaced.unwrap_or_else(|| written.to_owned())
    }

    /// Milliseconds a REST call may take.
    #[must_use]
    pub fn timeout_ms(&self) -> u64 {
        self.settings.timeout_ms
    }

    /// How often a REST call that brought no answer is repeated.
    #[must_use]
    pub fn repeats(&self) -> u32 {
        self.settings.repeats
    }

    /// Sends a request once and reads the answer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, CallError> {
        let limit = self.settings.timeout_ms;
        let failed = |fault: reqwest::Error| sort(&fault, limit);
        let mut response = request
            .timeout(Duration::from_millis(limit))
            .send()
            .await
            .map_err(failed)?;
        let status = response.status();
        let mut body = vec![];
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(CallError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: status.as_u16(),
            reason: status.canonical_reason().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

fn sort(fault: &reqwest::Error, limit: u64) -> CallError {
    if fault.is_timeout() {
        return CallError::TimedOut(limit);
    }
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    if text.contains("dns error") {
        CallError::NoSuchHost(text)
    } else {
        CallError::Failed(text)
    }
}

fn roots(settings: &config::Outbound) -> Result<RootCertStore> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = &settings.ca {
        let pem = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            roots.add(certificate.with_context(|| format!("in {}", path.display()))?)?;
        }
    }
    Ok(roots)
}

fn tls(
    roots: &Arc<RootCertStore>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>> {
    let provider = Arc::new(rustls_openssl::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(Arc::clone(roots)))
}

fn builder(tls: ClientConfig, settings: &config::Outbound) -> ClientBuilder {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .user_agent("runner")
        .redirect(Policy::none())
        .referer(false)
        .no_proxy();
    for (host, address) in &settings.resolve {
        builder = builder.resolve(host, *address);
    }
    builder
}
