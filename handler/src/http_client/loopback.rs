//! A server on this machine for tests, with or without TLS, that can be slow and can break off in mid-body.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) head: String,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut lines = lines.filter(|(given, _)| given.eq_ignore_ascii_case(name));
        lines.next().map(|(_, value)| value.trim())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: String,
    body: String,
    delay: Duration,
    cut: bool,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl std::fmt::Display) -> Self {
        Self {
            status,
            headers: String::new(),
            body: format!("{body}"),
            delay: Duration::ZERO,
            cut: false,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Half of the body, then the end.
    pub(crate) fn cut_off(mut self) -> Self {
        self.cut = true;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let (headers, length) = (&self.headers, self.body.len());
        let head = format!(
            "HTTP/1.1 {} X\r\ncontent-length: {length}\r\n{headers}\r\n",
            self.status
        );
        let body = self.body.get(..if self.cut { length / 2 } else { length });
        [head.as_bytes(), body.unwrap().as_bytes()].concat()
    }
}

/// A running server; ends with the runtime.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    /// Listens without TLS.
    pub(crate) async fn plain(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::listen(None, answer).await
    }

    /// Listens with TLS, with a certificate of `authority` for `host`.
    pub(crate) async fn tls(
        authority: &Authority,
        host: &str,
        answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(authority.acceptor(host)), answer).await
    }

    async fn listen(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            accepted: Arc::default(),
        };
        let (answer, asked) = (Arc::new(answer), Arc::clone(&server.asked));
        let accepted = Arc::clone(&server.accepted);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::Relaxed);
                let (answer, asked, tls) = (Arc::clone(&answer), Arc::clone(&asked), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &*answer, &asked).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &*answer, &asked).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        server
    }

    /// Everything asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many connections there were.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How many requests began with this target.
    pub(crate) fn count(&self, target: &str) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.target.starts_with(target))
            .count()
    }
}

/// Serves one connection until it ends; requests have no body here.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    answer: &(dyn Fn(&Asked) -> Answer + Send + Sync),
    asked: &Mutex<Vec<Asked>>,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        while !buffer.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut chunk = [0; 4096];
            let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
            buffer.extend_from_slice(&chunk[..read]);
        }
        let head = String::from_utf8(std::mem::take(&mut buffer)).ok()?;
        let target = head.split(' ').nth(1)?.to_owned();
        let request = Asked { target, head };
        asked.lock().unwrap().push(request.clone());
        let answer = answer(&request);
        tokio::time::sleep(answer.delay).await;
        stream.write_all(&answer.bytes()).await.ok()?;
        stream.flush().await.ok()?;
        if answer.cut {
            let _ = stream.shutdown().await;
            return None;
        }
    }
}

/// A certificate authority made on the spot.
pub(crate) struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = fresh_key();
        let certificate = certificate("authority", &key, None);
        Self { key, certificate }
    }

    /// Its certificate.
    pub(crate) fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    fn acceptor(&self, host: &str) -> TlsAcceptor {
        let key = fresh_key();
        let certificate = certificate(host, &key, Some(self));
        let provider = Arc::new(rustls_openssl::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(certificate.to_der().unwrap())],
                PrivateKeyDer::Pkcs8(key.private_key_to_pkcs8().unwrap().into()),
            );
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}

/// On P-256: RSA keys would take most of a test's time.
fn fresh_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn certificate(name: &str, key: &PKey<Private>, issuer: Option<&Authority>) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(u32::from(issuer.is_some()) + 1).unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder
        .set_not_before(&Asn1Time::from_unix(1_600_000_000).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap())
        .unwrap();
    builder.set_pubkey(key).unwrap();
    match issuer {
        None => {
            builder.set_issuer_name(&subject).unwrap();
            builder
                .append_extension(BasicConstraints::new().critical().ca().build().unwrap())
                .unwrap();
        }
        Some(issuer) => {
            builder
                .set_issuer_name(issuer.certificate.subject_name())
                .unwrap();
            let names = SubjectAlternativeName::new()
                .dns(name)
                .build(&builder.x509v3_context(None, None));
            builder.append_extension(names.unwrap()).unwrap();
        }
    }
    builder
        .sign(issuer.map_or(key, |issuer| &issuer.key), MessageDigest::sha256())
        .unwrap();
    builder.build()
}
