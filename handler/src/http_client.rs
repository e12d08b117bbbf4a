//! The one HTTP client of the process: every outgoing call (Jumio, Entra, Key Vault, managed identity, Blob Storage)
//! shares its connections, its trusted roots and its limits.
//!
//! HTTP/1.1 only, TLS 1.2 or 1.3 by rustls with OpenSSL's cryptography, roots compiled in, no redirects (an address is
//! ours or it is refused), no proxy from the environment, no cookies, no decompression.
//!
//! # Layout
//! - `names`: looks host names up; `ahead`: connections before there is a request

mod ahead;
mod names;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::telemetry;
pub(crate) use ahead::Ahead;
use names::Names;

/// Timeout for connecting, TLS included.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Timeout for a whole exchange, body included; callers set shorter ones per request.
pub(crate) const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an unused connection is kept; Azure's front ends drop theirs after about four minutes.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Who is called. Each has a number of exchanges at once, and so of connections, for itself: one that hangs keeps nobody
/// else waiting. App Service promises an instance no more than 128 outbound ports; what these leave is Key Vault's, whose
/// readings are few and one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// Jumio.
    Vendor,
    /// Blob Storage, with the tokens for it.
    Store,
    /// Who issues the tokens of callers (Entra), and clients that publish their keys.
    Issuer,
}

const OF_VENDOR: usize = 40;
const OF_STORE: usize = 64;
const OF_ISSUER: usize = 8;
const _: () = assert!(OF_VENDOR + OF_STORE + OF_ISSUER <= 128 - 16);

static VENDOR: Semaphore = Semaphore::const_new(OF_VENDOR);
static STORE: Semaphore = Semaphore::const_new(OF_STORE);
static ISSUER: Semaphore = Semaphore::const_new(OF_ISSUER);

impl Party {
    fn exchanges(self) -> &'static Semaphore {
        match self {
            Self::Vendor => &VENDOR,
            Self::Store => &STORE,
            Self::Issuer => &ISSUER,
        }
    }
}

/// One of a party's exchanges at once, held until the answer is read.
///
/// Waits for as long as it takes: whoever asks has a time limit of its own, and leaves the queue when that is over.
pub(crate) async fn place(with: Party) -> Option<SemaphorePermit<'static>> {
    // Never closed, so there is always a place in the end.
    with.exchanges().acquire().await.ok()
}

/// The client cannot be built. Every cause is a wrong setting.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// The extra authority holds no certificate, or one that cannot be read.
    #[error("the extra certificate authority is not PEM with at least one certificate")]
    ExtraCa,
    /// TLS has no usable cipher suite; the OpenSSL that is linked is not fit for use.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The user agent is not a header value, or the client refuses the rest.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

/// A body that could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// More than the caller is ready to hold.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// Cut off, slow or malformed on the wire.
    #[error("the body broke off")]
    Broken(#[source] reqwest::Error),
}

/// Builds the client.
///
/// `extra_ca` is PEM with further trusted authorities (the rig's, or a company's inspecting proxy). `resolve` sends a host
/// name to a fixed IP address, so that a test can stand in for `kv1.vault.azure.net` without weakening any check; ports
/// given there do not count.
///
/// # Errors
/// See [`BuildError`].
pub(crate) fn build(
    extra_ca: Option<&[u8]>,
    user_agent: &str,
    resolve: &[(String, SocketAddr)],
) -> Result<Client, BuildError> {
    Ok(builder(extra_ca, user_agent, resolve)?.build()?)
}

/// The same for one host alone, with connections that can be opened before there is a request.
///
/// # Errors
/// See [`BuildError`].
pub(crate) fn build_ahead(
    extra_ca: Option<&[u8]>,
    user_agent: &str,
    resolve: &[(String, SocketAddr)],
) -> Result<(Client, Ahead), BuildError> {
    let ahead = Ahead::default();
    let builder = builder(extra_ca, user_agent, resolve)?.connector_layer(ahead.clone());
    Ok((builder.build()?, ahead))
}

fn builder(
    extra_ca: Option<&[u8]>,
    user_agent: &str,
    resolve: &[(String, SocketAddr)],
) -> Result<ClientBuilder, BuildError> {
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(extra_ca)?)
        .http1_only()
        .user_agent(user_agent)
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(Names)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT);
    for (host, address) in resolve {
        builder = builder.resolve(host, *address);
    }
    Ok(builder)
}

/// TLS with our roots. No ALPN is offered: some Azure fronts negotiate HTTP/2 and then fail.
fn tls(extra_ca: Option<&[u8]>) -> Result<ClientConfig, BuildError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(pem) = extra_ca {
        trust(&mut roots, pem)?;
    }
    let provider = Arc::new(rustls_openssl::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn trust(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), BuildError> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| BuildError::ExtraCa)?;
        roots.add(certificate).map_err(|_| BuildError::ExtraCa)?;
    }
    if roots.len() == before {
        return Err(BuildError::ExtraCa);
    }
    Ok(())
}

/// Sends a request to a party as part of the current trace: adds `traceparent` (W3C Trace Context) when a request of ours is
/// being served. `tracestate` is not passed on: it may tell one party about another. Of the exchange only measures and the host
/// are logged: paths hold ids, queries and headers credentials, bodies people. The answer holds its place among the exchanges
/// until it is dropped: its body may take as long as its head.
///
/// # Errors
/// Connection, TLS or protocol failed, or a time limit ran out. The address is taken off the error: it may hold ids.
pub(crate) async fn send(to: Party, request: RequestBuilder) -> Result<Response, reqwest::Error> {
    let request = match telemetry::current_trace() {
        Some(trace) => request.header("traceparent", trace.to_string()),
        None => request,
    };
    let place = place(to).await;
    let began = Instant::now();
    let mut answer = request.send().await.map_err(reqwest::Error::without_url);
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &mut answer {
        Ok(answer) => {
            answer.extensions_mut().insert(Arc::new(place));
            let (host, status) = (answer.url().host_str(), answer.status().as_u16());
            tracing::debug!(
                server.address = host,
                server.status = status,
                body.bytes = answer.content_length(),
                duration_ms,
                "outbound request completed"
            );
        }
        Err(error) => tracing::debug!(
            is_timeout = error.is_timeout(),
            duration_ms,
            "outbound request failed"
        ),
    }
    answer
}

/// Reads a body of at most `max` bytes.
///
/// # Errors
/// Longer, or cut off; what was read is dropped.
pub(crate) async fn read_capped(mut response: Response, max: usize) -> Result<Bytes, ReadError> {
    if response.content_length().is_some_and(|len| len > max as u64) {
        return Err(ReadError::TooLong(max));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > max {
            return Err(ReadError::TooLong(max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn broken(error: reqwest::Error) -> ReadError {
    ReadError::Broken(error.without_url())
}

#[cfg(test)]
pub(crate) mod loopback;
#[cfg(test)]
mod tests;
