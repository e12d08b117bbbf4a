//! Where each target begins. Everybody and everything in it is invented.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handler::testing::parsers::{
    self, ClientKeys, EntraTokens, KeyMaterial, PURPOSES, Purpose, Seal, StateKeys, SubjectKey,
    VerificationId,
};
use handler::testing::sample::CALLS;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::Value;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::sample;

/// When everything happens: the tokens are valid then.
pub const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
/// When the certificate of the corpus is valid.
pub const LATER: OffsetDateTime = datetime!(2026-12-01 08:00 UTC);
/// Whose assertions are believed.
pub const CLIENT: &str = "okta";
/// Whom assertions are for.
pub const AUDIENCE: &str = "https://idv.example.com/api/token";
/// Which application may call.
pub const APPLICATION: &str = "99045fe1-7639-4a75-9d4a-577b6ca3810f";
const ISSUER: &str = "https://login.example/11111111-2222-4333-8444-555555555555/v2.0";
const ENTRA_AUDIENCE: &str = "api://idv.example";

/// Samples of a target with where they come from, always in the same order.
#[must_use]
pub fn of(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut samples = files(&folder(target), "");
    match target {
        "retrieval" => samples.extend(files(&vectors(), "kyx_")),
        "scan" => samples.extend(files(&vectors(), "netverify_")),
        "callback" => samples.extend(callbacks()),
        "policy" => samples.extend(policies()),
        _ => samples.extend(made(target)),
    }
    samples
}

/// Writes the samples of a target where libFuzzer reads them.
///
/// # Errors
/// A file or folder that cannot be written.
pub fn write(target: &str, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for (number, (_, bytes)) in of(target).into_iter().enumerate() {
        fs::write(to.join(format!("sample-{number}")), bytes)?;
    }
    Ok(())
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(target: &str) -> PathBuf {
    here().join("corpus").join(target)
}

fn vectors() -> PathBuf {
    here().join("../vectors")
}

/// Files whose name begins so, by name.
fn files(folder: &Path, beginning: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let bytes = name
                .starts_with(beginning)
                .then(|| fs::read(entry.path()).ok())??;
            Some((name, bytes))
        })
        .collect();
    files.sort();
    files
}

/// With the content type on the first line.
fn callbacks() -> Vec<(String, Vec<u8>)> {
    let typed = |(name, body): (String, Vec<u8>)| {
        let kind: &[u8] = match Path::new(&name).extension().and_then(|ending| ending.to_str()) {
            Some("json") => b"application/json\n",
            Some("form") => b"application/x-www-form-urlencoded; charset=utf-8\n",
            _ => return None,
        };
        Some((name, [kind, &body].concat()))
    };
    let all = files(&vectors(), "")
        .into_iter()
        .filter(|(name, _)| name.contains("callback"));
    all.filter_map(typed).collect()
}

/// Our own policies, those that are short.
fn policies() -> Vec<(String, Vec<u8>)> {
    let all = files(&here().join("../../policies"), "").into_iter();
    all.filter(|(name, text)| {
        Path::new(name).extension().is_some_and(|ending| ending == "xml") && text.len() < 4096
    })
    .collect()
}

fn made(target: &str) -> Vec<(String, Vec<u8>)> {
    let texts = match target {
        "sealed" => SEALED.clone(),
        "sample_token" => sample::made(),
        "sample_claims" => sample::written(),
        "client_assertion" | "entra_token" => signed(target),
        "jwk_set" => vec![key("jwks").to_string()],
        "caller_certificate" => vec![pem("rsa_certificate"), pem("ec_certificate")],
        _ => Vec::new(),
    };
    let named = |(number, text): (usize, String)| (format!("made {number}"), text.into_bytes());
    texts.into_iter().enumerate().map(named).collect()
}

static KEYS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../corpus/keys.json")).expect("made by make.sh"));
static VECTORS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../vectors/jws.json")).expect("made by vectors/make.sh")
});

fn key(name: &str) -> &'static Value {
    &KEYS[name]
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Base64 of the DER in a PEM.
fn pem(name: &str) -> String {
    let pem = text_of(&VECTORS[name]);
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// The keys of the client, RSA and P-256.
#[must_use]
pub fn client_keys() -> &'static [ClientKeys] {
    static ALL: LazyLock<Vec<ClientKeys>> = LazyLock::new(|| {
        let names = ["rsa_certificate", "ec_certificate"];
        let keys = |name: &str| ClientKeys::from_certificates(&text_of(&VECTORS[name]));
        names.into_iter().filter_map(|name| keys(name).ok()).collect()
    });
    &ALL
}

fn signed(target: &str) -> Vec<String> {
    match target {
        "client_assertion" => ["rs256", "es256"].map(|name| text_of(&VECTORS[name])).to_vec(),
        _ => ["entra_v2", "entra_v1", "entra_of_a_person"]
            .map(|name| text_of(key(name)))
            .to_vec(),
    }
}

/// Whether a token is one that was signed.
#[must_use]
pub fn is_signed(target: &str, token: &str) -> bool {
    signed(target).iter().any(|signed| signed == token)
}

/// The application whose Entra token this is.
#[must_use]
pub fn entra(token: &str) -> Option<String> {
    static TOKENS: LazyLock<EntraTokens> = LazyLock::new(|| {
        let keys = key("jwks").to_string();
        let tokens = parsers::entra(ISSUER, ENTRA_AUDIENCE, APPLICATION, keys.as_bytes(), NOW);
        tokens.expect("the keys of the corpus are good")
    });
    TOKENS.believe(token)
}

/// Assertions that nobody signed with a private key: without an algorithm, and with the key set as a secret.
#[must_use]
pub fn forged(set: &str) -> Vec<String> {
    let claims = r#"{"iss":"okta","sub":"okta","aud":"https://idv.example.com/api/token","iat":1795161600,"exp":1795161900,"jti":"v1"}"#;
    let message = |header: &str| format!("{}.{}", encoded(header.as_bytes()), encoded(claims.as_bytes()));
    let unsigned = message(r#"{"alg":"none"}"#);
    let with_secret = message(r#"{"alg":"HS256"}"#);
    let mac = mac(set.as_bytes(), with_secret.as_bytes());
    vec![format!("{unsigned}."), format!("{with_secret}.{}", encoded(&mac))]
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let sign = || {
        let key = PKey::hmac(secret)?;
        Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(message)
    };
    sign().unwrap_or_default()
}

/// What seals, with a key that everybody knows.
#[must_use]
pub fn seal() -> &'static Seal {
    static SEAL: LazyLock<Seal> = LazyLock::new(|| {
        let key = KeyMaterial::new([7; 32]).expect("32 bytes are enough");
        Seal::new(StateKeys::new(&key, None), SubjectKey::new(&key))
    });
    &SEAL
}

/// One value of each purpose that is good now, and one that is over.
static SEALED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let ends = [NOW + Duration::HOUR, NOW - Duration::HOUR];
    let values = ends
        .into_iter()
        .flat_map(|end| PURPOSES.map(|purpose| seal().seal(purpose, VerificationId([9; 16]), end, [5; 16])));
    values.collect()
});

/// Whether a sealed value is one that was made.
#[must_use]
pub fn is_ours(value: &str) -> bool {
    SEALED.iter().any(|ours| ours == value)
}

/// For each parser, whether it accepts its samples: a corpus that is refused at the door tests nothing.
#[must_use]
pub fn accepted() -> Vec<(&'static str, bool)> {
    [of_openid(), of_vendors(), of_sample()].concat()
}

/// The samples of a target that are text.
fn texts(target: &str) -> impl Iterator<Item = String> {
    let samples = of(target).into_iter();
    samples.filter_map(|(_, bytes)| String::from_utf8(bytes).ok())
}

fn of_openid() -> Vec<(&'static str, bool)> {
    vec![
        (
            "client_assertion",
            texts("client_assertion")
                .filter(|token| {
                    let believed =
                        |keys| parsers::client_assertion(token, keys, CLIENT, &[AUDIENCE], NOW).is_ok();
                    client_keys().iter().any(believed)
                })
                .count()
                == 2,
        ),
        (
            "entra_token",
            texts("entra_token")
                .filter(|token| entra(token).is_some())
                .count()
                == 2,
        ),
        (
            "jwk_set",
            texts("jwk_set").any(|set| ClientKeys::from_jwks(&set).is_ok()),
        ),
        (
            "caller_certificate",
            texts("caller_certificate").any(|header| parsers::caller_certificate(&header, LATER).is_ok()),
        ),
        (
            "sealed",
            texts("sealed").any(|value| seal().open(Purpose::Ticket, &value, NOW).is_ok()),
        ),
        (
            "registration",
            of("registration").iter().any(|(_, body)| {
                parsers::registration(body, "basic", NOW, &crate::targets::claims::CLIENTS).is_ok()
            }),
        ),
        (
            "fact_name",
            texts("fact_name").all(|file| parsers::fact_path(&file).is_some()),
        ),
    ]
}

fn of_vendors() -> Vec<(&'static str, bool)> {
    vec![
        (
            "retrieval",
            of("retrieval")
                .iter()
                .filter(|(_, body)| parsers::details(body).is_some())
                .count()
                > 10,
        ),
        (
            "scan",
            of("scan")
                .iter()
                .filter(|(_, body)| parsers::scan(body).is_some())
                .count()
                > 10,
        ),
    ]
}

fn of_sample() -> Vec<(&'static str, bool)> {
    vec![
        (
            "sample_call",
            CALLS
                .iter()
                .all(|call| of("sample_call").iter().any(|(_, body)| call(body).is_some())),
        ),
        (
            "sample_token",
            texts("sample_token")
                .filter(|token| sample::tokens().believe(token, NOW).is_some())
                .count()
                == 2,
        ),
    ]
}
