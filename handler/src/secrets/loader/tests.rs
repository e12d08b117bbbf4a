use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use openssl::pkey::{PKey, Private};
use secrecy::ExposeSecret as _;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::clients::Proof;
use crate::clock::MockClock;
use crate::http_client;
use crate::random::OsRandom;
use crate::secrets::{Error, Notes, Secret, SecretStore, Version};
use crate::settings::Early;
use crate::settings::source::Map;
use crate::telemetry;
use crate::tokens::Certificate;
use crate::tokens::test_keys::{OTHER_RSA, RSA, pem, rsa_jwk, x509};

mod each_alone;
mod partly;
mod previous;
mod refused;
mod rotation;
mod unlisted;

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const CLIENT_SECRET: &str = "a-long-enough-client-secret";

/// What is logged from here on, on this thread.
fn log() -> (impl Fn() -> String, tracing::subscriber::DefaultGuard) {
    let text: Arc<Mutex<Vec<u8>>> = Arc::default();
    let copy = Arc::clone(&text);
    let sink = telemetry::Sink::new(move |line| copy.lock().unwrap().extend_from_slice(line));
    let subscriber = telemetry::subscriber(tracing::Level::INFO, Arc::new(MockClock::at(NOW)), sink);
    let read = move || String::from_utf8(text.lock().unwrap().clone()).unwrap();
    (read, telemetry::listening::listen(subscriber))
}

/// Whether one record has all these words.
fn has(log: &str, words: &[&str]) -> bool {
    log.lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

/// A vault in memory whose content can change and that can be down.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Content>>);

#[derive(Default)]
struct Content {
    secrets: BTreeMap<String, String>,
    versions: Vec<Version>,
    /// When the latest version of each was made, where the answer tells.
    created: Option<OffsetDateTime>,
    /// The same of one secret.
    created_of: Option<(&'static str, OffsetDateTime)>,
    /// What goes wrong, by what is asked: `names`, `secret`, `secret/versions`, `secret/version`.
    faults: BTreeMap<String, Error>,
    asked: Vec<String>,
    down: bool,
    rounds: usize,
}

impl Shelf {
    fn full() -> Self {
        let shelf = Self::default();
        shelf.put("AppSettings--StateKey", KEY);
        shelf.put("JumioSettings--AuthUsername", "u");
        shelf.put("JumioSettings--AuthPassword", "p");
        shelf.put("client-b2c", CLIENT_SECRET);
        shelf.put("idv-signing", &text(&RSA));
        shelf
    }

    fn put(&self, name: &str, value: &str) {
        self.0
            .lock()
            .unwrap()
            .secrets
            .insert(name.to_owned(), value.to_owned());
    }

    fn take(&self, name: &str) {
        self.0.lock().unwrap().secrets.remove(name);
    }

    /// From now on this is refused to the identity.
    fn deny(&self, what: &str) {
        let (place, why) = (what.to_owned(), "403 Forbidden".to_owned());
        self.fail(what, Error::Denied { what: place, why });
    }

    /// From now on this cannot be asked for.
    fn cut(&self, what: &str) {
        let (place, why) = (what.to_owned(), "503".to_owned());
        self.fail(what, Error::Unavailable { what: place, why });
    }

    fn fail(&self, what: &str, error: Error) {
        self.0.lock().unwrap().faults.insert(what.to_owned(), error);
    }

    /// Nothing goes wrong any more.
    fn heal(&self) {
        self.0.lock().unwrap().faults.clear();
    }

    /// What was asked for since the last call, in order of names.
    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut self.0.lock().unwrap().asked);
        asked.sort();
        asked
    }

    fn set_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    fn rounds(&self) -> usize {
        self.0.lock().unwrap().rounds
    }

    fn ask<T>(&self, what: &str, answer: impl FnOnce(&mut Content) -> Result<T, Error>) -> Result<T, Error> {
        let mut content = self.0.lock().unwrap();
        content.asked.push(what.to_owned());
        if let Some(error) = content.faults.get(what) {
            return Err(error.clone());
        }
        if content.down {
            let (what, why) = (what.to_owned(), "down".to_owned());
            return Err(Error::Unavailable { what, why });
        }
        answer(&mut content)
    }
}

#[async_trait]
impl SecretStore for Shelf {
    async fn prepare(&self, _reads: usize) -> Result<(), Error> {
        self.0.lock().unwrap().rounds += 1;
        Ok(())
    }

    async fn get(&self, name: &str, version: Option<&str>) -> Result<Secret, Error> {
        let place = version.map_or_else(|| name.to_owned(), |version| format!("{name}/{version}"));
        self.ask(&place, |content| {
            let value = content
                .secrets
                .get(&place)
                .ok_or_else(|| Error::Missing(name.to_owned()))?;
            let value = value.as_str().into();
            let own = content.created_of.filter(|(of, _)| *of == name);
            let created = own.map(|(_, created)| created).or(content.created);
            Ok(Secret {
                value,
                version: None,
                created: created.filter(|_| version.is_none()),
            })
        })
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        self.ask("names", |content| {
            let names = content.secrets.keys().filter(|name| !name.contains('/'));
            Ok(names.cloned().collect())
        })
    }

    async fn versions(&self, name: &str) -> Result<Vec<Version>, Error> {
        self.ask(&format!("{name}/versions"), |content| {
            Ok(content.versions.clone())
        })
    }
}

fn text(key: &PKey<Private>) -> String {
    String::from_utf8(pem(key)).unwrap()
}

fn key_id(key: &PKey<Private>) -> String {
    Certificate::from_pem(&pem(key)).unwrap().key_id()
}

fn direct() -> Map {
    Map::from_iter([
        ("AppSettings:PublicUrl", "https://idv.example.com"),
        ("AppSettings:KeyVaultUrl", "https://kv1.vault.azure.net"),
        ("AppSettings:SigningCertName", "idv-signing"),
        ("JumioSettings:Region", "emea-1"),
        ("JumioSettings:WorkflowKey", "10011"),
        ("JumioSettings:UserAgent", "Example-Bank idv/1.0"),
        ("Clients:0:Id", "b2c"),
        ("Clients:0:RedirectUris", "https://b2c.example.com/cb"),
        ("Clients:0:AuthMethod", "client_secret_post"),
        ("Clients:0:SecretName", "client-b2c"),
    ])
}

/// Everything given directly: no vault at all.
fn alone() -> Map {
    direct()
        .without("AppSettings:KeyVaultUrl")
        .without("AppSettings:SigningCertName")
        .without("Clients:0:SecretName")
        .with("AppSettings:SigningCert", &text(&RSA))
        .with("AppSettings:StateKey", KEY)
        .with("JumioSettings:AuthUsername", "u")
        .with("JumioSettings:AuthPassword", "p")
        .with("Clients:0:Secret", CLIENT_SECRET)
}

fn start(source: Map, shelf: &Shelf) -> (Loader, MockClock) {
    let clock = MockClock::at(NOW);
    (start_at(source, shelf, clock.clone()), clock)
}

/// What was noted of the signing certificate; none if that cannot be read.
#[derive(Clone)]
struct Noted(Arc<Mutex<Option<Vec<Version>>>>);

impl Default for Noted {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }
}

#[async_trait]
impl Notes for Noted {
    async fn versions(
        &self,
        _: &crate::settings::Settings,
        _: &reqwest::Client,
        certificate: &str,
    ) -> Result<Vec<Version>, String> {
        assert_eq!(certificate, "idv-signing");
        self.0.lock().unwrap().clone().ok_or_else(|| "down".to_owned())
    }
}

fn start_at(source: Map, shelf: &Shelf, clock: MockClock) -> Loader {
    start_noted(source, shelf, clock, Noted::default())
}

fn start_noted(source: Map, shelf: &Shelf, clock: MockClock, noted: Noted) -> Loader {
    let early = Early::load(&source).unwrap();
    let job = Job {
        http: http_client::build(None, "test/1", &[]).unwrap(),
        store: early
            .vault
            .as_ref()
            .map(|_| Box::new(shelf.clone()) as Box<dyn SecretStore>),
        early,
        source: Arc::new(source),
        clock: Arc::new(clock),
        random: Arc::new(OsRandom),
        notes: Arc::new(noted),
        telling: Telling::Log,
    };
    Loader::spawn(move |state, wake| async move { job.run(&state, &wake).await })
}

fn started(source: Arc<dyn Source>) -> Loader {
    let (clock, random) = (Arc::new(MockClock::at(NOW)), Arc::new(OsRandom));
    Loader::start(source, clock, random, Arc::new(Noted::default()), Telling::Log)
}

async fn ready(states: &mut watch::Receiver<State>) -> Arc<Loaded> {
    match &*states
        .wait_for(|state| matches!(state, State::Ready(_)))
        .await
        .unwrap()
    {
        State::Ready(loaded) => Arc::clone(loaded),
        other => panic!("{other:?}"),
    }
}

async fn faults(source: Map, shelf: &Shelf) -> Vec<String> {
    let (loader, _) = start(source, shelf);
    let mut states = loader.states();
    match &*states
        .wait_for(|state| !matches!(state, State::Loading))
        .await
        .unwrap()
    {
        State::Faulty(faults) => faults.0.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_full_vault_makes_everything_ready() {
    let (loader, _) = start(direct(), &Shelf::full());
    let found = ready(&mut loader.states()).await;
    assert_eq!(found.settings.jumio.password.expose_secret(), "p");
    assert_eq!(found.signing.key_id(), key_id(&RSA));
    let Proof::Secret(secrets) = &found.clients[0].proof else {
        panic!("{:?}", found.clients)
    };
    assert_eq!(secrets.current.expose_secret(), CLIENT_SECRET);
    assert!(!format!("{found:?}").contains(CLIENT_SECRET));
}

#[tokio::test(start_paused = true)]
async fn no_vault_is_needed_when_everything_is_given() {
    let shelf = Shelf::default();
    let (loader, _) = start(alone(), &shelf);
    assert_eq!(ready(&mut loader.states()).await.signing.key_id(), key_id(&RSA));
    assert_eq!(shelf.rounds(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_is_down_is_tried_for_ever_with_growing_pauses() {
    let shelf = Shelf::full();
    shelf.set_down(true);
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    pause(10).await;
    let first = shelf.rounds();
    assert!((4..=12).contains(&first), "{first} in the first 10 s");
    pause(3600).await;
    let later = shelf.rounds() - first;
    assert!((240..=500).contains(&later), "{later} in the next hour");
    assert!(matches!(*states.borrow(), State::Loading));
    shelf.set_down(false);
    ready(&mut states).await;
}

#[tokio::test(start_paused = true)]
async fn missing_secrets_are_told_together_and_may_be_added_without_a_restart() {
    let shelf = Shelf::full();
    for name in ["AppSettings--StateKey", "JumioSettings--AuthPassword"] {
        shelf.take(name);
    }
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    match &*states
        .wait_for(|state| !matches!(state, State::Loading))
        .await
        .unwrap()
    {
        State::Faulty(faults) => assert_eq!(faults.0.len(), 2, "{faults}"),
        other => panic!("{other:?}"),
    }
    shelf.put("AppSettings--StateKey", KEY);
    shelf.put("JumioSettings--AuthPassword", "p");
    ready(&mut states).await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_secret_takes_effect_and_an_unchanged_one_tells_nobody() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    states.mark_unchanged();
    pause(1300).await;
    assert_eq!(shelf.rounds(), 3, "read again every ten minutes");
    assert!(!states.has_changed().unwrap());
    shelf.put("JumioSettings--AuthPassword", "new");
    states.changed().await.unwrap();
    assert_eq!(
        ready(&mut states).await.settings.jumio.password.expose_secret(),
        "new"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reading_can_be_asked_for_but_not_every_moment() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    ready(&mut loader.states()).await;
    let refresher = loader.refresher();
    for _ in 0..60 {
        let _ = futures::FutureExt::now_or_never(refresher.refresh());
        pause(1).await;
    }
    assert!((8..=14).contains(&shelf.rounds()), "{}", shelf.rounds());
}

#[tokio::test(start_paused = true)]
async fn what_was_good_stays_in_force_while_the_vault_is_down_or_emptied() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    let first = ready(&mut states).await;
    shelf.set_down(true);
    pause(3600).await;
    shelf.set_down(false);
    shelf.take("AppSettings--StateKey");
    pause(3600).await;
    assert!(Arc::ptr_eq(&first, &ready(&mut states).await));
}

/// The signing certificate got a new version a moment ago; the one before is still there.
fn rotate(shelf: &Shelf, old: &PKey<Private>, new: &PKey<Private>) {
    shelf.put("idv-signing", &text(new));
    shelf.put("idv-signing/old", &text(old));
    let version = |id: &str, created| Version {
        id: id.to_owned(),
        created,
    };
    shelf.0.lock().unwrap().versions = vec![
        version("new", NOW - Duration::from_secs(60)),
        version("old", datetime!(2025-11-20 08:00 UTC)),
    ];
}

#[tokio::test(start_paused = true)]
async fn a_new_version_of_the_certificate_is_published_a_day_before_it_signs() {
    let shelf = Shelf::full();
    shelf.put("idv-signing/old", &text(&OTHER_RSA));
    let version = |id: &str, created| Version {
        id: id.to_owned(),
        created,
    };
    let yesterday = datetime!(2026-11-19 08:00:30 UTC);
    shelf.0.lock().unwrap().versions = vec![
        version("new", yesterday),
        version("old", datetime!(2025-11-20 08:00 UTC)),
    ];
    let (loader, clock) = start(direct(), &shelf);
    let mut states = loader.states();
    let found = ready(&mut states).await;
    assert_eq!(
        found.signing.key_id(),
        key_id(&OTHER_RSA),
        "the old one still signs"
    );
    assert_eq!(found.signing.jwks()["keys"][1]["kid"], key_id(&RSA));
    states.mark_unchanged();
    clock.advance(Duration::from_secs(30));
    states.changed().await.unwrap();
    let found = ready(&mut states).await;
    assert_eq!(found.signing.key_id(), key_id(&RSA), "the new one signs");
    assert_eq!(found.signing.jwks()["keys"][1]["kid"], key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn a_named_previous_certificate_is_published_too() {
    let shelf = Shelf::full();
    shelf.put("old-signing", &text(&OTHER_RSA));
    let (loader, _) = start(
        direct().with("AppSettings:PreviousSigningCertName", "old-signing"),
        &shelf,
    );
    let found = ready(&mut loader.states()).await;
    assert_eq!(found.signing.jwks()["keys"][1]["kid"], key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_loaded_by_app_service_signs() {
    let folder = tempfile::tempdir().unwrap();
    let thumbprint = "00112233445566778899AABBCCDDEEFF00112233";
    let mut builder = openssl::pkcs12::Pkcs12::builder();
    builder.name("test").pkey(&RSA).cert(&x509(&RSA));
    let file = builder.build2("").unwrap().to_der().unwrap();
    std::fs::write(folder.path().join(format!("{thumbprint}.p12")), file).unwrap();
    let source = alone()
        .without("AppSettings:SigningCert")
        .with("AppSettings:SigningCertThumbprint", &thumbprint.to_lowercase())
        .with("AppSettings:CertificateFolder", folder.path().to_str().unwrap())
        .with("WEBSITE_LOAD_CERTIFICATES", "*");
    let (loader, _) = start(source.clone(), &Shelf::default());
    assert_eq!(ready(&mut loader.states()).await.signing.key_id(), key_id(&RSA));
    let other = source.with(
        "AppSettings:SigningCertThumbprint",
        &thumbprint.replace("00", "11"),
    );
    let faults = faults(other, &Shelf::default()).await;
    assert!(faults[0].starts_with("AppSettings:SigningCertThumbprint") && faults[0].contains("not loaded"));
}

#[tokio::test(start_paused = true)]
async fn secrets_that_are_named_and_missing_short_or_nonsense_are_told_together() {
    let shelf = Shelf::full();
    shelf.put("client-b2c", "short");
    shelf.put("idv-signing", "noise");
    let source = direct()
        .with("Clients:1:Id", "okta")
        .with("Clients:1:RedirectUris", "https://okta.example.com/cb")
        .with("Clients:1:AuthMethod", "private_key_jwt")
        .with("Clients:1:Jwks", "{}");
    let faults = faults(source, &shelf).await;
    let names = [
        "AppSettings:SigningCertName",
        "Clients:0:SecretName",
        "Clients:1:Jwks",
    ];
    assert_eq!(faults.len(), names.len(), "{faults:?}");
    for name in names {
        assert!(
            faults.iter().any(|fault| fault.starts_with(name)),
            "{name}: {faults:?}"
        );
    }
    assert!(!faults.concat().contains("noise"));
}

#[tokio::test(start_paused = true)]
async fn a_named_secret_without_a_vault_is_a_fault() {
    let source = alone()
        .without("Clients:0:Secret")
        .with("Clients:0:SecretName", "client-b2c");
    let faults = faults(source, &Shelf::default()).await;
    assert!(
        faults[0].starts_with("Clients:0:SecretName") && faults[0].contains("KeyVaultUrl"),
        "{faults:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn keys_of_clients_come_from_the_setting_or_the_vault() {
    let shelf = Shelf::full();
    shelf.put(
        "okta-certificate",
        std::str::from_utf8(&x509(&OTHER_RSA).to_pem().unwrap()).unwrap(),
    );
    let keys = serde_json::json!({ "keys": [rsa_jwk(&RSA, "r")] }).to_string();
    let client = |map: Map, n: u8, name: &str, value: &str| {
        map.with(&format!("Clients:{n}:Id"), &format!("client-{n}"))
            .with(
                &format!("Clients:{n}:RedirectUris"),
                "https://okta.example.com/cb",
            )
            .with(&format!("Clients:{n}:AuthMethod"), "private_key_jwt")
            .with(&format!("Clients:{n}:{name}"), value)
    };
    let source = client(
        client(direct(), 1, "Jwks", &keys),
        2,
        "CertificateName",
        "okta-certificate",
    );
    let (loader, _) = start(source, &shelf);
    let found = ready(&mut loader.states()).await;
    assert!(
        found.clients[1..]
            .iter()
            .all(|client| matches!(client.proof, Proof::PrivateKeyJwt(_)))
    );
}

/// What is told anybody before the vault is read would be another thing afterwards.
#[tokio::test(start_paused = true)]
async fn what_is_told_before_the_vault_is_read_is_refused_from_there() {
    for (setting, secret) in [
        ("AppSettings:PublicUrl", "AppSettings--PublicUrl"),
        ("AppSettings:SecurityContact", "appsettings--securitycontact"),
        ("AppSettings:Cors", "AppSettings--Cors"),
    ] {
        let shelf = Shelf::full();
        shelf.put(secret, "https://from-the-vault.example");
        let faults = faults(direct().without(setting), &shelf).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].starts_with(&format!("{setting} is given by a secret that is never read")),
            "{faults:?}"
        );
        assert!(!faults[0].contains("from-the-vault"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_beside_a_setting_that_may_not_come_from_the_vault_is_a_warning() {
    let shelf = Shelf::full();
    shelf.put("AppSettings--PublicUrl", "https://from-the-vault.example");
    let (loader, _) = start(direct(), &shelf);
    let found = ready(&mut loader.states()).await;
    assert_eq!(found.settings.public_url.as_str(), "https://idv.example.com/");
    let remarks = found.settings.remarks.join("\n");
    assert!(
        remarks.contains("AppSettings--PublicUrl is never read"),
        "{remarks}"
    );
    assert!(!shelf.asked().iter().any(|asked| asked.contains("PublicUrl")));
}

#[tokio::test]
async fn early_settings_that_are_wrong_are_told_and_nothing_is_tried() {
    for (name, value) in [
        ("AppSettings:ExtraCaFile", "/nonexistent/ca"),
        ("AppSettings:ExtraCaFile", "/dev/null"),
        ("AppSettings:KeyVaultUrl", "http://kv1.vault.azure.net"),
    ] {
        let source = Arc::new(direct().with(name, value));
        let loader = started(source);
        let mut states = loader.states();
        match &*states
            .wait_for(|state| !matches!(state, State::Loading))
            .await
            .unwrap()
        {
            State::Faulty(faults) => assert_eq!(faults.0[0].setting, name),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn dropping_the_loader_ends_it() {
    let loader = started(Arc::new(alone()));
    let mut states = loader.states();
    ready(&mut states).await;
    drop(loader);
    assert!(states.changed().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_ends_soon_is_remarked_on_and_still_signs() {
    let (loader, _) = start(direct(), &Shelf::full());
    let found = ready(&mut loader.states()).await;
    assert!(!found.settings.remarks.concat().contains("expires"));
    let end = OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap();
    let later = MockClock::at(end - Duration::from_secs(29 * 24 * 3600));
    let loader = start_at(direct(), &Shelf::full(), later);
    let found = ready(&mut loader.states()).await;
    assert!(
        found
            .settings
            .remarks
            .concat()
            .contains("AppSettings:SigningCertName gives a certificate that expires")
    );
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_is_not_valid_yet_is_remarked_on_and_still_signs() {
    let begin = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    for (earlier, is_told) in [(Duration::from_secs(60), true), (Duration::ZERO, false)] {
        let loader = start_at(direct(), &Shelf::full(), MockClock::at(begin - earlier));
        let found = ready(&mut loader.states()).await;
        let remarks = found.settings.remarks.concat();
        let words = "AppSettings:SigningCertName gives a certificate that is not valid yet";
        assert_eq!(remarks.contains(words), is_told, "{remarks}");
    }
}
