//! Against a Key Vault over TLS and a managed identity endpoint on this machine, with the unmodified Azure crates.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use azure_core::credentials::{AccessToken, TokenRequestOptions};
use azure_core::error::ErrorKind;
use secrecy::ExposeSecret as _;
use serde_json::json;
use time::OffsetDateTime;
use url::Url;

use super::*;
use crate::http_client;
use crate::http_client::loopback::{Answer, Asked, Authority, Server};

const HOST: &str = "kv1.vault.azure.net";
const CHALLENGE: &str =
    "Bearer authorization=\"https://login.microsoftonline.com/t\", resource=\"https://vault.azure.net\"";

/// A managed identity whose token costs a moment, to see that it is asked for once.
#[derive(Debug, Default)]
struct Identity {
    tokens: AtomicUsize,
    down: AtomicBool,
    cached: tokio::sync::Mutex<Option<AccessToken>>,
}

#[async_trait]
impl TokenCredential for Identity {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://vault.azure.net/.default"]);
        let mut cached = self.cached.lock().await;
        if let Some(token) = &*cached {
            return Ok(token.clone());
        }
        self.tokens.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(20)).await;
        if self.down.load(Ordering::SeqCst) {
            return Err(azure_core::Error::with_message(
                ErrorKind::Credential,
                "no identity here",
            ));
        }
        let far = OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap();
        let token = AccessToken::new("the-token", far);
        *cached = Some(token.clone());
        Ok(token)
    }
}

fn secret(name: &str, value: &str) -> Answer {
    let id = format!("https://{HOST}/secrets/{name}/1");
    Answer::new(
        200,
        json!({ "value": value, "id": id, "attributes": { "enabled": true, "created": 1_700_000_000 } }),
    )
}

/// Asks for a token first, as Key Vault does.
fn guarded(asked: &Asked, answer: impl Fn(&str) -> Answer) -> Answer {
    match asked.header("authorization") {
        Some("Bearer the-token") => answer(&asked.target),
        Some(_) => Answer::new(401, "").with("www-authenticate", "Bearer error=\"invalid_token\""),
        None => Answer::new(401, "").with("www-authenticate", CHALLENGE),
    }
}

async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (Server, Arc<Identity>, Vault) {
    let authority = Authority::new();
    let server = Server::tls(&authority, HOST, move |asked| guarded(asked, &answer)).await;
    let identity = Arc::new(Identity::default());
    let vault = vault_at(&authority, server.address.port(), identity.clone());
    (server, identity, vault)
}

fn vault_at(authority: &Authority, port: u16, credential: Arc<dyn TokenCredential>) -> Vault {
    let settings = settings_at(port);
    let tokens = Tokens::new(move || Ok(Arc::clone(&credential)));
    Vault::with_tokens(
        &settings,
        way(&settings, &authority.pem()),
        tokens,
        Arc::default(),
    )
    .unwrap()
}

fn settings_at(port: u16) -> settings::Vault {
    settings::Vault {
        url: Url::parse(&format!("https://{HOST}:{port}")).unwrap(),
        identity: None,
    }
}

fn way(settings: &settings::Vault, ca: &[u8]) -> Way {
    Way::new(
        settings,
        http_client::build_ahead(Some(ca), "test/1", &here()).unwrap(),
    )
}

fn here() -> [(String, std::net::SocketAddr); 1] {
    [(HOST.to_owned(), "127.0.0.1:0".parse().unwrap())]
}

#[track_caller]
fn unavailable(error: Error, why: &str) {
    match error {
        Error::Unavailable { why: text, .. } => assert!(text.contains(why), "{text}"),
        other => panic!("{other:?} instead of: {why}"),
    }
}

#[tokio::test]
async fn reads_at_once_share_one_token() {
    let (server, identity, vault) = start(|target| secret("x", target)).await;
    let names = ["a", "b", "c", "d"];
    let reads = futures::future::join_all(names.map(|name| vault.get(name, None)));
    let (prepared, read) = futures::join!(vault.prepare(names.len()), reads);
    prepared.unwrap();
    for (name, secret) in names.iter().zip(read) {
        let secret = secret.unwrap();
        assert!(
            secret
                .value
                .expose_secret()
                .starts_with(&format!("/secrets/{name}/?api-version="))
        );
        assert_eq!(secret.created.unwrap().unix_timestamp(), 1_700_000_000);
    }
    assert_eq!(identity.tokens.load(Ordering::SeqCst), 1);
    assert_eq!(
        server.asked().len(),
        names.len(),
        "each asks once, with the token"
    );
    assert_eq!(server.accepted(), names.len());
}

#[tokio::test]
async fn connections_are_opened_while_the_token_is_got() {
    let (server, identity, vault) = start(|_| secret("x", "value")).await;
    let token = identity.cached.lock().await;
    let names = ["a", "b"];
    let reads = async {
        let reads = futures::future::join_all(names.map(|name| vault.get(name, None)));
        futures::join!(reads, vault.prepare(names.len()))
    };
    let opened = async {
        while server.accepted() < names.len() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(server.asked().is_empty());
        drop(token);
    };
    let ((read, prepared), ()) = futures::join!(reads, opened);
    prepared.unwrap();
    assert!(read.iter().all(Result::is_ok));
    assert_eq!((server.asked().len(), server.accepted()), (2, 2));
}

#[tokio::test]
async fn without_a_token_the_challenge_tells_why() {
    let (server, identity, vault) = start(|_| secret("x", "value")).await;
    identity.down.store(true, Ordering::SeqCst);
    assert!(matches!(
        vault.get("x", None).await.unwrap_err(),
        Error::Identity { .. }
    ));
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.asked()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_version_is_read_by_its_id() {
    let (server, _, vault) = start(|target| secret("x", target)).await;
    vault.get("cert", Some("v2")).await.unwrap();
    assert!(
        server
            .asked()
            .last()
            .unwrap()
            .target
            .starts_with("/secrets/cert/v2?")
    );
}

#[tokio::test]
async fn a_secret_does_not_show_in_debug() {
    let (_, _, vault) = start(|_| secret("x", "hunter2")).await;
    assert!(!format!("{:?}", vault.get("x", None).await.unwrap()).contains("hunter2"));
}

#[tokio::test]
async fn names_and_versions_are_listed_over_all_pages_versions_without_those_disabled() {
    let (_, _, vault) = start(|target| {
        let item = |path: &str, enabled: bool, created: i64| {
            json!({ "id": format!("https://{HOST}/secrets/{path}"),
                    "attributes": { "enabled": enabled, "created": created } })
        };
        Answer::new(
            200,
            match target {
                target if target.contains("/versions") => {
                    json!({ "value": [item("a/old", true, 1), item("a/off", false, 2), item("a/new", true, 3)] })
                }
                target if target.contains("page=2") => json!({ "value": [item("c", true, 1)], "nextLink": null }),
                _ => json!({ "value": [item("a", true, 1), item("b", false, 1)], "nextLink": "/secrets?page=2" }),
            },
        )
    })
    .await;
    assert_eq!(vault.names().await.unwrap(), ["a", "b", "c"]);
    let versions = vault.versions("a").await.unwrap();
    assert_eq!(
        versions
            .iter()
            .map(|version| version.id.as_str())
            .collect::<Vec<_>>(),
        ["new", "old"]
    );
}

fn page(names: impl IntoIterator<Item = String>, next: Option<&str>) -> Answer {
    let item =
        |name| json!({ "id": format!("https://{HOST}/secrets/{name}"), "attributes": { "enabled": true } });
    let items: Vec<_> = names.into_iter().map(item).collect();
    Answer::new(200, json!({ "value": items, "nextLink": next }))
}

#[tokio::test]
async fn a_list_does_not_end_without_a_word() {
    let (_, _, vault) = start(|target| {
        let from: usize = target
            .rsplit_once("from=")
            .map_or(0, |(_, from)| from.split('&').next().unwrap().parse().unwrap());
        let next = (from < 1250).then(|| format!("/secrets?from={}", from + 25));
        page(
            (from..from + 25).map(|number| format!("name-{number}")),
            next.as_deref(),
        )
    })
    .await;
    assert_eq!(vault.names().await.unwrap().len(), 1275);
}

#[tokio::test]
async fn a_list_with_a_page_that_fails_is_no_list() {
    let (_, _, vault) = start(|target| {
        if target.contains("page=2") {
            return Answer::new(404, json!({ "error": { "code": "NotFound", "message": "…" } }));
        }
        page(["a".to_owned()], Some("/secrets?page=2"))
    })
    .await;
    assert!(vault.names().await.is_err());
}

#[tokio::test]
async fn a_list_that_goes_on_at_another_host_is_refused_and_that_host_gets_no_token() {
    let authority = Authority::new();
    let other = Server::tls(&authority, "localhost", |_| page(["b".to_owned()], None)).await;
    let next = format!("https://localhost:{}/secrets", other.address.port());
    let server = Server::tls(&authority, HOST, move |asked| {
        guarded(asked, |_| page(["a".to_owned()], Some(&next)))
    })
    .await;
    let vault = vault_at(&authority, server.address.port(), Arc::new(Identity::default()));
    let listed = vault.names().await;
    assert_eq!(
        other.asked().len(),
        0,
        "the token was shown to another host: {listed:?}"
    );
    assert!(listed.is_err());
}

#[tokio::test]
async fn a_vault_that_asks_for_a_pause_gets_it() {
    let (server, _, vault) = start(|_| Answer::new(429, "").with("retry-after", "30")).await;
    let within = |read| tokio::time::timeout(Duration::from_secs(5), read);
    let first = within(vault.get("x", None)).await;
    assert!(first.is_ok_and(|read| read.is_err()), "waits instead of telling");
    let asked = server.asked().len();
    assert!(vault.pause().is_some_and(|pause| pause > Duration::from_secs(20)));
    assert!(within(vault.get("y", None)).await.is_ok_and(|read| read.is_err()));
    assert_eq!(server.asked().len(), asked, "asked in the pause");
}

#[tokio::test]
async fn an_absent_secret_is_missing() {
    let body = json!({ "error": { "code": "SecretNotFound", "message": "…" } });
    let (server, _, vault) = start(move |_| Answer::new(404, &body)).await;
    assert_eq!(
        vault.get("nope", None).await.unwrap_err(),
        Error::Missing("nope".to_owned())
    );
    assert_eq!(server.asked().len(), 1, "nothing repeated");
}

#[tokio::test]
async fn a_missing_role_is_denied_and_says_why() {
    let body = json!({ "error": { "code": "Forbidden", "message": "lacks secrets/getSecret" } });
    let (server, _, vault) = start(move |_| Answer::new(403, &body)).await;
    let error = vault.get("x", None).await.unwrap_err();
    assert!(
        matches!(&error, Error::Denied { what, why } if what == "x" && why.contains("Forbidden")),
        "{error}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_disabled_secret_is_told_from_a_missing_role() {
    let body = json!({ "error": { "code": "Forbidden", "message": "…", "innererror": { "code": "SecretDisabled" } } });
    let (_, _, vault) = start(move |_| Answer::new(403, &body)).await;
    let error = vault.get("x", None).await.unwrap_err();
    assert_eq!(error, Error::Disabled("x".to_owned()));
}

#[tokio::test]
async fn a_list_that_is_not_there_is_refused() {
    let body = json!({ "error": { "code": "NotFound", "message": "…" } });
    let (_, _, vault) = start(move |_| Answer::new(404, &body)).await;
    let error = vault.names().await.unwrap_err();
    assert!(
        matches!(&error, Error::Denied { why, .. } if why.contains("NotFound")),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_told_as_that() {
    let authority = Authority::new();
    let server = Server::tls(&authority, HOST, |_| {
        Answer::new(401, "").with("www-authenticate", CHALLENGE)
    })
    .await;
    let vault = vault_at(&authority, server.address.port(), Arc::new(Identity::default()));
    let error = vault.get("x", None).await.unwrap_err();
    assert!(
        matches!(&error, Error::Identity { why } if why.contains("refused the token")),
        "{error}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_challenge_for_another_resource_gets_no_token_for_it() {
    let authority = Authority::new();
    let server = Server::tls(&authority, HOST, |_| {
        Answer::new(401, "").with(
            "www-authenticate",
            &CHALLENGE.replace("vault.azure.net", "evil.example.com"),
        )
    })
    .await;
    // The identity is asked for no other resource than that of the vault's own host.
    let vault = vault_at(&authority, server.address.port(), Arc::new(Identity::default()));
    unavailable(
        vault.get("x", None).await.unwrap_err(),
        "doesn't match the requested domain",
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_vault_that_fails_is_asked_three_times_in_a_moment() {
    let (server, _, vault) = start(|_| Answer::new(503, "")).await;
    let begin = Instant::now();
    unavailable(vault.get("x", None).await.unwrap_err(), "503");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert!(
        (2..=6).contains(&server.asked().len()),
        "{}",
        server.asked().len()
    );
}

#[tokio::test]
async fn a_vault_that_recovers_within_the_repeats_is_read() {
    let turn = AtomicUsize::new(0);
    let (_, _, vault) = start(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::new(503, ""),
        _ => secret("x", "value"),
    })
    .await;
    assert_eq!(vault.get("x", None).await.unwrap().value.expose_secret(), "value");
}

#[tokio::test]
async fn a_vault_that_is_not_there_is_given_up_in_a_moment() {
    let vault = vault_at(&Authority::new(), 1, Arc::new(Identity::default()));
    let begin = Instant::now();
    unavailable(vault.get("x", None).await.unwrap_err(), "tcp connect error");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_vault_of_another_authority_is_given_no_token() {
    let server = Server::tls(&Authority::new(), HOST, |_| secret("x", "value")).await;
    let vault = vault_at(
        &Authority::new(),
        server.address.port(),
        Arc::new(Identity::default()),
    );
    unavailable(vault.get("x", None).await.unwrap_err(), "certificate");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_nonsense_is_no_secret() {
    let (_, _, vault) = start(|_| secret("x", "value").cut_off()).await;
    assert!(matches!(
        vault.get("x", None).await.unwrap_err(),
        Error::Unavailable { .. }
    ));
    let (_, _, vault) = start(|_| Answer::new(200, "<html>")).await;
    assert!(matches!(
        vault.get("x", None).await.unwrap_err(),
        Error::Unavailable { .. }
    ));
    let (_, _, vault) = start(|_| Answer::new(200, json!({ "id": "x" }))).await;
    unavailable(vault.get("x", None).await.unwrap_err(), "no value");
}

#[tokio::test]
async fn an_identity_that_cannot_be_asked_is_no_refusal_of_the_vault() {
    let (_, identity, vault) = start(|_| secret("x", "value")).await;
    identity.down.store(true, Ordering::SeqCst);
    for error in [
        vault.prepare(1).await.unwrap_err(),
        vault.get("x", None).await.unwrap_err(),
    ] {
        assert!(
            matches!(&error, Error::Identity { why } if why.contains("no identity here")),
            "{error}"
        );
    }
    identity.down.store(false, Ordering::SeqCst);
    assert!(vault.get("x", None).await.is_ok());
}

/// Runs an ignored test of this binary as a child, whose identity is `identity` and whose vault is `server`.
async fn child(test: &str, authority: &Authority, identity: &Server, server: &Server) {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca");
    std::fs::write(&ca, authority.pem()).unwrap();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "--ignored", &format!("secrets::vault::tests::{test}")])
        .env("IDENTITY_ENDPOINT", format!("http://{}/token", identity.address))
        .env("IDENTITY_HEADER", "the-header")
        .env("TEST_VAULT_PORT", server.address.port().to_string())
        .env("TEST_CA_FILE", &ca);
    let done = tokio::task::spawn_blocking(move || child.output().unwrap());
    let output = done.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// What the child reads its vault with.
fn child_vault() -> Vault {
    use crate::settings::{ProcessEnv, Source as _};
    let get = |name| ProcessEnv.get(name).unwrap();
    let ca = std::fs::read(get("TEST_CA_FILE")).unwrap();
    let http = http_client::build(Some(&ca), "test/1", &here()).unwrap();
    let mut settings = settings_at(get("TEST_VAULT_PORT").parse().unwrap());
    settings.identity = Some("11111111-2222-4333-8444-555555555555".to_owned());
    let way = way(&settings, &ca);
    Vault::new(&settings, &http, way).unwrap()
}

/// An identity that gives another token each time it is asked.
async fn counting_identity() -> Server {
    let given = AtomicUsize::new(0);
    Server::plain(move |_| {
        let token = format!("token-{}", given.fetch_add(1, Ordering::SeqCst));
        let far = json!({ "access_token": token, "expires_on": "4000000000", "token_type": "Bearer",
                          "resource": "https://vault.azure.net" });
        Answer::new(200, &far)
    })
    .await
}

/// Takes the first token for the first secret only, then `next`; says so in `words`.
fn fussy(asked: &Asked, next: &str, words: &str) -> Answer {
    match asked.header("authorization") {
        None => Answer::new(401, "").with("www-authenticate", CHALLENGE),
        Some("Bearer token-0") if asked.target.contains("/first/") => secret("x", "value"),
        Some(token) if token.strip_prefix("Bearer ") == Some(next) => secret("x", "value"),
        Some(_) => Answer::new(401, "").with("www-authenticate", words),
    }
}

#[tokio::test]
async fn a_cached_token_that_is_refused_is_replaced_at_once() {
    for words in [CHALLENGE, "Bearer error=\"invalid_token\""] {
        let authority = Authority::new();
        let identity = counting_identity().await;
        let server = Server::tls(&authority, HOST, move |asked| fussy(asked, "token-1", words)).await;
        child("child_that_reads_two_secrets", &authority, &identity, &server).await;
        assert_eq!(identity.asked().len(), 2);
    }
}

#[tokio::test]
async fn tokens_that_are_all_refused_are_not_asked_for_again_and_again() {
    let authority = Authority::new();
    let identity = counting_identity().await;
    let server = Server::tls(&authority, HOST, |asked| fussy(asked, "none", CHALLENGE)).await;
    child("child_that_reads_in_vain", &authority, &identity, &server).await;
    assert_eq!(identity.asked().len(), 2, "one new token");
}

#[tokio::test]
#[ignore = "run as a child by the test above"]
async fn child_that_reads_two_secrets() {
    let vault = child_vault();
    vault.get("first", None).await.unwrap();
    vault.get("second", None).await.unwrap();
    vault.get("third", None).await.unwrap();
}

#[tokio::test]
#[ignore = "run as a child by the test above"]
async fn child_that_reads_in_vain() {
    let vault = child_vault();
    vault.get("first", None).await.unwrap();
    for _ in 0..5 {
        vault.get("second", None).await.unwrap_err();
    }
}

/// The real managed identity of the SDK reads its address from the process environment, which a test must not change:
/// so the test runs itself again as a child, with that environment.
#[tokio::test]
async fn a_real_managed_identity_is_asked_once_with_its_header() {
    let authority = Authority::new();
    let far = json!({ "access_token": "the-token", "expires_on": "4000000000", "token_type": "Bearer",
                      "resource": "https://vault.azure.net" });
    let identity = Server::plain(move |_| Answer::new(200, &far)).await;
    let server = Server::tls(&authority, HOST, |asked| guarded(asked, |_| secret("x", "value"))).await;
    child("child_that_reads_a_secret", &authority, &identity, &server).await;
    let asked = identity.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("x-identity-header"), Some("the-header"));
    assert!(
        asked[0].target.contains("resource=https%3A%2F%2Fvault.azure.net"),
        "{}",
        asked[0].target
    );
    assert!(
        asked[0]
            .target
            .contains("client_id=11111111-2222-4333-8444-555555555555")
    );
    assert_eq!(server.count("/secrets/x/"), 1);
}

#[tokio::test]
#[ignore = "run as a child by the test above"]
async fn child_that_reads_a_secret() {
    let vault = child_vault();
    let (prepared, secret) = futures::join!(vault.prepare(1), vault.get("x", None));
    prepared.unwrap();
    assert_eq!(secret.unwrap().value.expose_secret(), "value");
}
