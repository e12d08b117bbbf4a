//! The lines of policy in `docs/migrating.md`, put where they say they belong and walked in the policy runner: what is open
//! before, and what is closed afterwards.
//!
//! On our own policies of the sample's contract (`tests/contract`), and on the sample's when `JUMIO_SAMPLE` names its folder.

mod edits;

use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use loopback::serve::{Answer, Listen, Request, Server, answering};
use rig::fill;
use rig::fill::values::Values;
use rig::package::workspace;
use runner::check;
use runner::config::Config;
use runner::finding::{Finding, Severity};
use runner::load::{self, Source};
use runner::script::file::Script;
use runner::script::run::{self, Outcome};
use serde_json::{Value, json};

use edits::{apply, lines_of};

const BLOCK: &str = "### The block page blocks nobody";
const CHANCES: &str = "### Second chances";
const NAMES: &str = "## Send the names";
const ONE_JOURNEY: &str = "### The application's `state` and `nonce` are lost";

const CALLER: &str = "### The calls prove nothing but the address";
const ALL: [&str; 5] = [BLOCK, CHANCES, NAMES, CALLER, ONE_JOURNEY];

/// The folder of Microsoft's sample; says plainly when there is none.
pub(crate) fn sample() -> Option<PathBuf> {
    let folder = std::env::var_os("JUMIO_SAMPLE");
    if folder.is_none() {
        println!("SKIPPED: JUMIO_SAMPLE names no folder with Microsoft's samples/Jumio");
    }
    folder.map(PathBuf::from)
}

/// A folder as the sample's, with our own pages and policies of the same contract in it.
pub(crate) fn contract() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = workspace().join("tests/contract");
    copy(&from.join("UI"), &folder.path().join("UI"));
    copy(&from.join("Policies"), &folder.path().join("Policies"));
    let base = workspace().join("policies/TrustFrameworkBase.xml");
    std::fs::copy(base, folder.path().join("Policies/TrustFrameworkBase.xml")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let into = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &into);
        } else {
            std::fs::copy(entry.path(), into).unwrap();
        }
    }
}

/// The policies of a folder, filled as the tutorial fills them, and with the lines below some headings.
fn policies(folder: &Path, headings: &[&str]) -> Vec<Source> {
    let id = |last: u8| format!("11111111-2222-4333-8444-5555555555{last:02}");
    let out = tempfile::tempdir().unwrap();
    let mut values = Values::default()
        .anonymous()
        .with_default("Release.ReleaseName", "1")
        .with_tenant("contoso")
        .and_then(|values| values.with_api("https://idv.contoso.example"))
        .and_then(|values| values.with_ui("https://contosopages.blob.core.windows.net/pages"))
        .unwrap();
    let words = [
        "--issuer",
        "--audience",
        "--ief-app",
        "--proxy-ief-app",
        "--extensions-app",
        "--extensions-app-object",
        "--insights",
    ];
    for (at, option) in (1..).zip(words) {
        values = values.with_word(option, &id(at)).unwrap();
    }
    fill::policies(&folder.join("Policies"), &out.path().join("filled"), &values).unwrap();
    let mut sources = load::folder(&out.path().join("filled"), None).sources;
    let page = std::fs::read_to_string(workspace().join("docs/migrating.md")).unwrap();
    let extensions = sources
        .iter_mut()
        .find(|source| source.name.contains("Extensions"))
        .unwrap();
    for heading in headings {
        extensions.text = apply(&extensions.text, &lines_of(&page, heading));
    }
    sources
}

/// Walks a script on the policies with these lines, and hands over what came of each journey.
async fn walk(folder: &Path, headings: &[&str], script: &str, more: &str) -> Vec<Outcome> {
    rig::certs::install_tls();
    let loaded = load::from_sources(policies(folder, headings), Vec::new());
    assert_eq!(loaded.findings, [], "with {headings:?}");
    let script: Script = toml::from_str(&format!(
        "policy = 'B2C_1A_jumio_SignInSignUp'\n{ACCOUNTS}\n{script}"
    ))
    .unwrap();
    let config: Config = toml::from_str(&format!("{CONFIG}\n{more}")).unwrap();
    run::all(&script, config, loaded.tenant).await.unwrap()
}

/// The same, and every journey must end as the script says.
async fn holds(folder: &Path, headings: &[&str], script: &str) {
    holds_with(folder, headings, script, "").await;
}

/// The same with more configuration.
async fn holds_with(folder: &Path, headings: &[&str], script: &str, more: &str) {
    let outcomes = walk(folder, headings, script, more).await;
    assert!(!outcomes.is_empty());
    for outcome in &outcomes {
        let (name, differences) = (&outcome.name, &outcome.differences);
        assert!(
            differences.is_empty(),
            "{headings:?}, {name}: {differences:?}\n{}",
            outcome.trace
        );
    }
}

const CONFIG: &str = r#"
[keys.B2C_1A_IdvRestUsername]
value = "b2c"
[keys.B2C_1A_IdvRestPassword]
value = "invented-rest-password"
[keys.B2C_1A_IdvClientSecret]
value = "invented-client-secret"
"#;

/// The API refuses whoever asks.
const REFUSED: &str = r#"
[[service]]
url = "https://idv.contoso.example/api/Jumio/InitializeTransaction"
answer = { transactionReference = "new-reference", redirectUrl = "https://idv.contoso.example/api/jumio/start/x" }
[[service]]
url = "https://idv.contoso.example/api/Jumio/InitializeVerification"
answer = { verificationToken = "a-token" }
[[service]]
url = "https://idv.contoso.example/api/Jumio/ValidateVerificationToken"
answer = { success = false, message = "Your identity was not confirmed." }
"#;

/// An account that has been at Jumio, and one that has not.
const ACCOUNTS: &str = r#"
[[account]]
email = "mira@example.com"
password = "Passw0rd!one"
attributes = { givenName = "Mira", surname = "Talvik", extension_accountVerified = false, extension_transactionUploadCompleted = true, extension_transactionReference = "old-reference" }
[[account]]
email = "layth@example.com"
password = "Passw0rd!one"
attributes = { givenName = "Layth", surname = "Qandil", extension_accountVerified = false }
"#;

/// Signs in an account that was refused, and goes as far as the block page.
const TO_THE_BLOCK_PAGE: &str = r#"
[[journey]]
name = "a refused person"
[[journey.step]]
page = "api.signuporsignin"
fill = { signInName = "mira@example.com", password = "Passw0rd!one" }
[[journey.step]]
page = "api.pollingpage"
fill = { uiResponseToken = "a-token" }
"#;

async fn block_page(folder: &Path) {
    let reload =
        format!("{REFUSED}{TO_THE_BLOCK_PAGE}\n[[journey.step]]\npage = 'api.selfasserted'\nreload = true\n");
    let past = format!("{reload}[journey.expect]\nclaims = {{ sub = '*' }}");
    holds(folder, &[], &past).await;
    let posted = format!(
        "{REFUSED}{TO_THE_BLOCK_PAGE}\n[[journey.step]]\npage = 'api.selfasserted'\nfill = {{ userMessage = 'x' }}\n"
    );
    let past = format!("{posted}[journey.expect]\nclaims = {{ sub = '*' }}");
    holds(folder, &[], &past).await;

    let stays = "[journey.expect]\npage = 'api.selfasserted'\nnot_ran = ['JwtIssuer', 'AAD-UserWriteAccountActiveUsingObjectId']";
    holds(folder, &[BLOCK], &format!("{reload}{stays}")).await;
    holds(folder, &[BLOCK], &format!("{posted}refused = ''\n{stays}")).await;
}

async fn second_chances(folder: &Path) {
    let sign_in = "[[journey]]\nname = 'somebody who was refused signs in again'\n[[journey.step]]\n\
                   fill = { signInName = 'mira@example.com', password = 'Passw0rd!one' }\n[journey.expect]\n";
    let stuck = "page = 'api.pollingpage'\nnot_ran = ['RestApi-JumioInitializeTransaction']\n\
                 account = { 'signInNames.emailAddress' = 'mira@example.com', extension_transactionReference = 'old-reference' }";
    holds(folder, &[], &format!("{REFUSED}{sign_in}{stuck}")).await;
    let again = "page = 'api.redirectto'\nran = ['RestApi-JumioInitializeTransaction']\n\
                 account = { 'signInNames.emailAddress' = 'mira@example.com', extension_transactionReference = 'new-reference' }";
    holds(folder, &[CHANCES], &format!("{REFUSED}{sign_in}{again}")).await;
    holds(
        folder,
        &[BLOCK, CHANCES, NAMES],
        &format!("{REFUSED}{sign_in}{again}"),
    )
    .await;
}

/// What `InitializeTransaction` is sent in the journey of a script: the body, and the credential.
async fn sent(folder: &Path, headings: &[&str], script: &str) -> (Value, Option<String>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    let answer = move |request: Request| {
        let basic = request.authorization("Basic").map(str::to_owned);
        kept.lock().unwrap().push((request.json().unwrap(), basic));
        let body =
            json!({"transactionReference": "new-reference", "redirectUrl": "https://idv.contoso.example/x"});
        ready(Answer::json(200, &body))
    };
    let server = Server::start(Listen::default(), answering(answer)).await.unwrap();
    let more = format!(
        "[outbound.replace]\n'https://idv.contoso.example/api/Jumio/InitializeTransaction' = '{}'",
        server.origin()
    );
    holds_with(folder, headings, script, &more).await;
    let bodies = bodies.lock().unwrap();
    assert_eq!(bodies.len(), 1);
    bodies[0].clone()
}

const FIRST_SIGN_IN: &str = "[[journey]]\nname = 'a first sign-in'\n[[journey.step]]\n\
                             fill = { signInName = 'layth@example.com', password = 'Passw0rd!one' }\n\
                             [journey.expect]\npage = 'api.redirectto'";

async fn names(folder: &Path) {
    let (before, _) = sent(folder, &[], FIRST_SIGN_IN).await;
    assert!(
        before["ObjectId"].is_string() && before["GivenName"].is_null(),
        "{before}"
    );
    let (after, _) = sent(folder, &[NAMES], FIRST_SIGN_IN).await;
    assert_eq!(
        [&after["GivenName"], &after["Surname"]],
        ["Layth", "Qandil"],
        "{after}"
    );
    assert!(after["Birthdate"].is_null(), "{after}");

    let sign_up = "[[journey]]\nname = 'a sign-up'\n[[journey.step]]\nchoose = 'signup'\n\
                   [[journey.step]]\nverify = ['email']\n\
                   fill = { email = 'nuria@example.com', newPassword = 'Passw0rd!two', reenterPassword = 'Passw0rd!two', \
                   displayName = 'Nuria', givenName = 'Nuria', surname = 'Sotomoro', extension_birthdate = '1988-04-12' }\n\
                   [journey.expect]\npage = 'api.redirectto'\n\
                   account = { 'signInNames.emailAddress' = 'nuria@example.com', extension_birthdate = '1988-04-12' }";
    let (after, _) = sent(folder, &[NAMES], sign_up).await;
    let told = ["GivenName", "Surname", "Birthdate"].map(|name| after[name].as_str().unwrap_or_default());
    assert_eq!(told, ["Nuria", "Sotomoro", "1988-04-12"], "{after}");
}

async fn caller(folder: &Path) {
    assert_eq!(sent(folder, &[], FIRST_SIGN_IN).await.1, None);
    let (_, credential) = sent(folder, &[CALLER], FIRST_SIGN_IN).await;
    let expected = openssl::base64::encode_block(b"b2c:invented-rest-password");
    assert_eq!(credential, Some(expected));
    // The other two calls are made the same way, and the stand-ins answer whoever asks.
    holds(
        folder,
        &[CALLER],
        &format!("{REFUSED}{TO_THE_BLOCK_PAGE}[journey.expect]\npage = 'api.selfasserted'"),
    )
    .await;
}

/// With all lines the runner's own check finds no error any more, and no call without a credential.
fn check_is_content(folder: &Path) {
    let errors = |headings: &[&str]| {
        let found = check::findings(&load::from_sources(policies(folder, headings), Vec::new()));
        let bad =
            |finding: &&Finding| finding.severity == Severity::Error || finding.rule == "rest-anonymous";
        found
            .iter()
            .filter(bad)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert!(errors(&[]).len() >= 5, "{:?}", errors(&[]));
    assert_eq!(errors(&[BLOCK, CALLER]), [""; 0]);
    assert_eq!(errors(&[BLOCK, CHANCES, NAMES, CALLER]), [""; 0]);
}

/// The script of a sign-in with a stand-in for our OpenID front that says this.
fn through_openid(status: &str, reference: &str, expect: &str) -> String {
    format!(
        r#"{REFUSED}
[[service]]
url = "https://idv.contoso.example/api/verify"
answer = {{ ticket = "a-ticket", verificationId = "check-1", status = "pending" }}
[[provider]]
metadata = "https://idv.contoso.example/.well-known/openid-configuration"
claims = {{ sub = "1", idv_status = "{status}", idv_reference = "{reference}" }}
[[journey]]
name = "{status} {reference}"
parameters = {{ nonce = "the-applications-own", state = "its-state" }}
[[journey.step]]
fill = {{ signInName = "mira@example.com", password = "Passw0rd!one" }}
[journey.expect]
{expect}"#
    )
}

async fn one_journey(folder: &Path) {
    let lost = "page = 'api.pollingpage'";
    holds(folder, &[], &through_openid("approved", "check-1", lost)).await;

    let all = [BLOCK, ONE_JOURNEY];
    let back = "claims = { nonce = 'the-applications-own', sub = '*' }\nran = ['Idv-Check', 'AAD-UserWriteAccountActiveUsingObjectId']\n\
                account = { 'signInNames.emailAddress' = 'mira@example.com', extension_accountVerified = true }";
    holds(folder, &all, &through_openid("approved", "check-1", back)).await;
    let blocked = "page = 'api.selfasserted'\nnot_ran = ['AAD-UserWriteAccountActiveUsingObjectId', 'JwtIssuer']\n\
                   account = { 'signInNames.emailAddress' = 'mira@example.com', extension_accountVerified = false }";
    for (status, reference) in [
        ("rejected", "check-1"),
        ("pending", "check-1"),
        ("approved", "of-somebody-else"),
        ("APPROVED", "check-1"),
    ] {
        holds(folder, &all, &through_openid(status, reference, blocked)).await;
    }
}

#[tokio::test]
async fn the_block_page_blocks_with_the_lines_and_not_without() {
    block_page(contract().path()).await;
}

#[tokio::test]
async fn a_refused_person_gets_another_chance_with_the_lines_and_not_without() {
    second_chances(contract().path()).await;
}

#[tokio::test]
async fn names_are_sent_with_the_lines_and_not_without() {
    names(contract().path()).await;
}

#[tokio::test]
async fn the_calls_carry_a_credential_with_the_lines_and_none_without() {
    caller(contract().path()).await;
}

#[test]
fn the_check_has_nothing_left_that_is_wrong() {
    check_is_content(contract().path());
}

#[tokio::test]
async fn the_application_gets_its_own_answer_with_the_lines_and_none_without() {
    one_journey(contract().path()).await;
}

#[tokio::test]
async fn all_of_it_holds_on_the_sample_itself() {
    let Some(sample) = sample() else { return };
    block_page(&sample).await;
    second_chances(&sample).await;
    names(&sample).await;
    caller(&sample).await;
    one_journey(&sample).await;
    check_is_content(&sample);
}

#[test]
fn every_block_of_policy_is_walked() {
    let page = std::fs::read_to_string(workspace().join("docs/migrating.md")).unwrap();
    let walked: usize = ALL.iter().map(|heading| lines_of(&page, heading).len()).sum();
    assert_eq!(page.matches("```xml").count(), 7);
    assert_eq!(walked, page.matches("<!-- in ").count());
}
