//! Microsoft's starter packs (Azure-Samples/active-directory-b2c-custom-policy-starterpack), unmodified but for their
//! documented placeholders: checked, served, walked.
//!
//! They are not part of this repository. `RUNNER_STARTERPACK` names the folder that holds `LocalAccounts`,
//! `SocialAndLocalAccounts`, …; without it these tests say that they were skipped.

use crate::world::{World, send};
use http::StatusCode;
use runner::config::Config;
use runner::load::{self, Loaded, Source};
use runner::script::file::Script;
use runner::script::{report, run};
use runner::{check, model};
use std::path::{Path, PathBuf};

/// The folder of the packs; says plainly when there is none.
pub(crate) fn root() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("RUNNER_STARTERPACK") else {
        println!("SKIPPED: RUNNER_STARTERPACK names no folder with Microsoft's starter packs");
        return None;
    };
    Some(root.into())
}

const VARIANTS: [&str; 4] = [
    "LocalAccounts",
    "SocialAccounts",
    "SocialAndLocalAccounts",
    "SocialAndLocalAccountsWithMfa",
];

/// Every pack, with and without display controls.
fn packs() -> Vec<String> {
    let with_controls = VARIANTS.map(|name| format!("Display Controls Starterpack/{name}"));
    VARIANTS
        .map(str::to_owned)
        .into_iter()
        .chain(with_controls)
        .collect()
}

/// The placeholders the packs' documentation tells to fill, the longer of two names first.
const PLACEHOLDERS: [(&str, &str); 4] = [
    ("yourtenant", "contoso"),
    (
        "ProxyIdentityExperienceFrameworkAppId",
        "11111111-2222-4333-8444-555555555555",
    ),
    (
        "IdentityExperienceFrameworkAppId",
        "66666666-7777-4888-9999-000000000000",
    ),
    ("facebook_clientid", "1234567890"),
];

/// A pack with its placeholders filled, in memory: the copy on the disk stays as it is.
fn filled(folder: &Path) -> Loaded {
    let fill = |source: Source| Source {
        text: PLACEHOLDERS
            .iter()
            .fold(source.text, |text, (from, to)| text.replace(from, to)),
        ..source
    };
    assert!(folder.is_dir(), "{} is not a folder", folder.display());
    let sources = load::folder(folder, None).sources;
    load::from_sources(sources.into_iter().map(fill).collect(), vec![])
}

fn tenant(folder: &Path) -> model::Tenant {
    let loaded = filled(folder);
    assert_eq!(loaded.findings, [], "{}", folder.display());
    loaded.tenant
}

/// No false alarm.
#[test]
fn check_reports_nothing() {
    let Some(root) = root() else { return };
    for pack in packs() {
        let loaded = filled(&root.join(&pack));
        assert!(
            loaded.sources.len() >= 5,
            "{pack}: {} files",
            loaded.sources.len()
        );
        assert_eq!(check::findings(&loaded), [], "{pack}");
    }
}

#[test]
fn check_finds_placeholders_that_were_not_filled_and_nothing_else() {
    let Some(root) = root() else { return };
    for pack in packs() {
        let findings = check::findings(&load::folder(&root.join(&pack), None));
        let documented = |message: &str| PLACEHOLDERS.iter().any(|(known, _)| message.contains(known));
        let (placeholders, others): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|finding| finding.rule == "placeholder" && documented(&finding.message));
        assert_eq!(others, [], "{pack}");
        assert!(!placeholders.is_empty(), "{pack}");
    }
}

#[tokio::test]
async fn every_policy_is_served() {
    let Some(root) = root() else { return };
    for pack in packs() {
        let policies = tenant(&root.join(&pack));
        let names: Vec<String> = policies.callable().map(|policy| policy.id.clone()).collect();
        assert!(names.len() >= 2, "{pack}: {names:?}");
        let world = World::serve(policies, social()).await;
        for name in names {
            for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
                let address = world.url(&format!("/contoso.onmicrosoft.com/{name}/{path}"));
                assert_eq!(
                    send(world.client().get(address)).await.status(),
                    StatusCode::OK,
                    "{pack} {name} {path}"
                );
            }
            let request = world.authorize(&[]).as_str().replace(crate::policy::ID, &name);
            let response = send(world.client().get(request)).await;
            let status = response.status();
            assert!(
                status == StatusCode::OK || to_facebook(&response),
                "{pack} {name}: {status}"
            );
        }
    }
}

fn to_facebook(response: &reqwest::Response) -> bool {
    let location = response
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok());
    location.is_some_and(|location| location.starts_with("https://www.facebook.com/"))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/starterpack")
        .join(name)
}

fn social() -> Config {
    Config::read(&fixture("social.config.toml")).expect("the configuration reads")
}

async fn walk(pack: &str, script: &str) {
    let Some(root) = root() else { return };
    let script = Script::read(&fixture(script)).expect("the script reads");
    let config = script
        .config
        .as_deref()
        .map(|path| Config::read(path).expect("the configuration reads"));
    let policies = tenant(&root.join(pack));
    let outcomes = run::all(&script, config.unwrap_or_default(), policies)
        .await
        .expect("the tenant starts");
    let passed = outcomes.iter().all(|outcome| outcome.differences.is_empty());
    assert!(passed, "{}", report::text(&outcomes));
}

#[tokio::test]
async fn local_accounts_are_walked() {
    walk("LocalAccounts", "local_accounts.toml").await;
}

#[tokio::test]
async fn social_accounts_are_walked() {
    walk("SocialAccounts", "social_accounts.toml").await;
    walk(
        "Display Controls Starterpack/SocialAccounts",
        "social_accounts.toml",
    )
    .await;
}

#[tokio::test]
async fn social_and_local_accounts_are_walked() {
    walk("SocialAndLocalAccounts", "social_and_local_accounts.toml").await;
}

#[tokio::test]
async fn accounts_with_a_second_factor_are_walked() {
    walk("SocialAndLocalAccountsWithMfa", "with_mfa.toml").await;
}

#[tokio::test]
async fn display_controls_are_walked() {
    walk(
        "Display Controls Starterpack/LocalAccounts",
        "display_controls.toml",
    )
    .await;
}
