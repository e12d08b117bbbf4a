//! The whole handler on a port of its own.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;
use crate::clock::SystemClock;
use crate::owners::Machine;
use crate::random::OsRandom;
use crate::settings::source::Map;
use crate::tokens::test_keys;

/// Enough settings to be ready without Key Vault.
fn settings() -> Map {
    let pem = String::from_utf8(test_keys::pem(&test_keys::RSA)).unwrap();
    Map::from_iter([
        ("AppSettings:PublicUrl", "https://idv.example"),
        ("AppSettings:SigningCert", pem.as_str()),
        ("AppSettings:StateKey", STANDARD.encode([7; 32]).as_str()),
        ("JumioSettings:AuthUsername", "a-token"),
        ("JumioSettings:AuthPassword", "a-secret"),
        ("JumioSettings:Region", "emea-1"),
        ("JumioSettings:WorkflowKey", "10011"),
        ("JumioSettings:UserAgent", "Example-Bank idv/1.0"),
        ("FactStore:Location", "memory:"),
        ("VerifyAuth:BasicUsername", "b2c"),
        ("VerifyAuth:BasicPassword", "password-of-the-caller"),
    ])
}

struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

async fn start(settings: Map) -> Running {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let deps = Deps {
        source: Arc::new(settings),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        owners: Arc::new(Machine::look()),
    };
    let (end, ended) = oneshot::channel();
    let served = tokio::spawn(App::build(&deps).serve(listener, async move {
        let _ = ended.await;
    }));
    Running {
        address,
        end: Some(end),
        served,
    }
}

impl Running {
    async fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Tells it to end and waits until it has.
    async fn end(mut self) -> Duration {
        let began = std::time::Instant::now();
        self.end.take().unwrap().send(()).unwrap();
        self.served.await.unwrap();
        began.elapsed()
    }
}

#[tokio::test]
async fn it_becomes_ready_by_itself() {
    let running = start(settings()).await;
    let answer = running.ask("GET /.well-known/openid-configuration").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"issuer\":\"https://idv.example\""), "{answer}");
    assert!(running.ask("GET /").await.starts_with("HTTP/1.1 200"));
}

/// A vault that takes the connection and says nothing: who starts meanwhile reads the same as everybody does later.
#[tokio::test]
async fn the_discovery_document_waits_for_no_vault_and_is_the_same_with_it() {
    const DISCOVERY: &str = "GET /.well-known/openid-configuration";
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = silent.local_addr().unwrap();
    let waiting = settings()
        .without("AppSettings:StateKey")
        .with("AppSettings:KeyVaultUrl", &format!("https://{address}"))
        .with("IDENTITY_ENDPOINT", &format!("http://{address}/msi/token"))
        .with("IDENTITY_HEADER", "x");
    let waiting = start(waiting).await;
    let before = waiting.ask(DISCOVERY).await;
    let after = start(settings()).await.ask(DISCOVERY).await;
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert!(before.starts_with("HTTP/1.1 200"), "{before}");
    assert!(body(&before).starts_with('{'), "{before}");
    assert_eq!(body(&before), body(&after));
    let head = waiting.ask("HEAD /.well-known/openid-configuration").await;
    assert!(
        head.starts_with("HTTP/1.1 200") && body(&head).is_empty(),
        "{head}"
    );
    let length = format!("content-length: {}", body(&before).len());
    assert!(head.contains(&length), "{head}");
    let options = waiting.ask("OPTIONS /.well-known/openid-configuration").await;
    assert!(options.starts_with("HTTP/1.1 204"), "{options}");
}

/// Other settings do not change the document, so it is told although nothing else is.
#[tokio::test]
async fn a_wrong_setting_leaves_the_document_and_a_wrong_address_does_not() {
    for (setting, document) in [("JumioSettings:Region", "200"), ("AppSettings:PublicUrl", "503")] {
        let running = start(settings().with(setting, "nowhere")).await;
        let answer = running.ask("GET /.well-known/openid-configuration").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {document}")), "{answer}");
        assert!(
            !answer.contains("nowhere") && !answer.contains("PublicUrl"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn wrong_settings_do_not_end_it() {
    let running = start(settings().without("AppSettings:PublicUrl")).await;
    assert!(running.ask("GET /").await.starts_with("HTTP/1.1 200"));
    let answer = running.ask("GET /api/token/keys").await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 2"),
        "{answer}"
    );
    assert!(running.ask("GET /").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_does_not_end_it() {
    let running = start(settings().with("FactStore:Location", "file:/dev/null/facts")).await;
    assert!(
        running
            .ask("GET /api/token/keys")
            .await
            .starts_with("HTTP/1.1 503")
    );
    assert!(running.ask("GET /").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn it_ends_promptly_when_told_to() {
    let running = start(settings()).await;
    running.ask("GET /").await;
    // Connections that are kept alive and idle must not hold it up.
    let idle = TcpStream::connect(running.address).await.unwrap();
    let took = running.end().await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(idle);
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_it_ends() {
    let running = start(settings().without("AppSettings:PublicUrl")).await;
    let address = running.address;
    let mut waiting = TcpStream::connect(address).await.unwrap();
    let request = "GET /api/token/keys HTTP/1.1\r\nHost: x\r\n\r\n";
    waiting.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (took, answer) = tokio::join!(running.end(), async {
        let mut answer = [0; 12];
        waiting.read_exact(&mut answer).await.unwrap();
        answer
    });
    assert_eq!(&answer, b"HTTP/1.1 503");
    assert!(took < GRACE, "{took:?}");
}
