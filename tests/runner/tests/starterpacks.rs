//! Microsoft's starter packs, unmodified, walked. They are not committed: `RUNNER_STARTERPACK` names the folder that holds
//! `LocalAccounts` and `SocialAndLocalAccounts` (Azure-Samples/active-directory-b2c-custom-policy-starterpack).

#![expect(clippy::expect_used, reason = "a test ends where its ground gives way")]

use runner::config::Config;
use runner::load;
use runner::script::file::Script;
use runner::script::{report, run};
use std::path::{Path, PathBuf};

/// The pack's folder; says plainly when there is none.
fn pack(variant: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("RUNNER_STARTERPACK") else {
        eprintln!("SKIPPED: RUNNER_STARTERPACK names no folder with Microsoft's starter packs");
        return None;
    };
    Some(Path::new(&root).join(variant))
}

async fn walk(variant: &str, script: &str) {
    let Some(folder) = pack(variant) else { return };
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/starterpack")
        .join(script);
    let script = Script::read(&file).expect("the script reads");
    let config = script
        .config
        .as_deref()
        .map(|path| Config::read(path).expect("the configuration reads"));
    let policies = load::tenant(&folder, None).expect("the pack loads");
    let outcomes = run::all(&script, config.unwrap_or_default(), policies)
        .await
        .expect("the tenant starts");
    let failed = outcomes
        .iter()
        .filter(|outcome| !outcome.differences.is_empty())
        .count();
    assert_eq!(failed, 0, "{}", report::text(&outcomes));
}

#[tokio::test]
async fn local_accounts() {
    walk("LocalAccounts", "local_accounts.toml").await;
}

#[tokio::test]
async fn social_and_local_accounts() {
    walk("SocialAndLocalAccounts", "social_and_local_accounts.toml").await;
}

#[test]
fn every_pack_loads() {
    for variant in [
        "LocalAccounts",
        "SocialAccounts",
        "SocialAndLocalAccounts",
        "SocialAndLocalAccountsWithMfa",
        "Display Controls Starterpack/LocalAccounts",
        "Display Controls Starterpack/SocialAndLocalAccounts",
        "Display Controls Starterpack/SocialAndLocalAccountsWithMfa",
    ] {
        let Some(folder) = pack(variant) else { return };
        let loaded =
            load::tenant(&folder, None).unwrap_or_else(|findings| panic!("{variant}: {findings:#?}"));
        assert!(loaded.callable().count() >= 2, "{variant}");
    }
}
