//! Microsoft's starter packs, unmodified, where the environment names a copy of them.
//!
//! They are not part of this repository. `RUNNER_STARTERPACK` names a folder that holds `LocalAccounts`,
//! `SocialAndLocalAccounts`, …; without it these tests say that they were skipped.

use std::path::PathBuf;

use runner::{check, load};

/// The placeholders the packs' documentation tells to fill.
const PLACEHOLDERS: [&str; 3] = [
    "yourtenant",
    "facebook_clientid",
    "IdentityExperienceFrameworkAppId",
];

/// The folder of one pack, or `None` after saying that the test is skipped.
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of the packs is named by the environment of the test run"
)]
fn pack(name: &str) -> Option<PathBuf> {
    let Ok(root) = std::env::var("RUNNER_STARTERPACK") else {
        eprintln!("SKIPPED: RUNNER_STARTERPACK does not name a copy of Microsoft's starter packs");
        return None;
    };
    let dir = PathBuf::from(root).join(name);
    assert!(dir.is_dir(), "{} is not a folder", dir.display());
    Some(dir)
}

fn loads(name: &str, journeys: &[&str]) {
    let Some(dir) = pack(name) else { return };
    let loaded = load::folder(&dir, None);
    assert_eq!(loaded.findings, [], "{name}");
    let tenant = loaded.tenant;
    let mut callable: Vec<_> = tenant.callable().map(|policy| policy.id.as_str()).collect();
    callable.sort_unstable();
    assert_eq!(callable, journeys);
}

#[test]
fn local_accounts_load() {
    loads(
        "LocalAccounts",
        &[
            "B2C_1A_PasswordReset",
            "B2C_1A_ProfileEdit",
            "B2C_1A_signup_signin",
        ],
    );
}

#[test]
fn social_accounts_load() {
    loads("SocialAccounts", &["B2C_1A_ProfileEdit", "B2C_1A_signup_signin"]);
}

#[test]
fn social_and_local_accounts_load() {
    loads(
        "SocialAndLocalAccounts",
        &[
            "B2C_1A_PasswordReset",
            "B2C_1A_ProfileEdit",
            "B2C_1A_signup_signin",
        ],
    );
}

#[test]
fn social_and_local_accounts_with_mfa_load() {
    loads(
        "SocialAndLocalAccountsWithMfa",
        &[
            "B2C_1A_PasswordReset",
            "B2C_1A_ProfileEdit",
            "B2C_1A_signup_signin",
        ],
    );
}

#[test]
fn display_control_packs_load() {
    for name in [
        "LocalAccounts",
        "SocialAccounts",
        "SocialAndLocalAccounts",
        "SocialAndLocalAccountsWithMfa",
    ] {
        let Some(dir) = pack(&format!("Display Controls Starterpack/{name}")) else {
            return;
        };
        let findings = load::folder(&dir, None).findings;
        assert_eq!(findings, [], "{name}");
    }
}

/// No false alarm: what `check` says of the stock packs is that their placeholders are not filled, and nothing else.
#[test]
fn checking_the_packs_finds_their_placeholders_and_nothing_else() {
    for name in [
        "LocalAccounts",
        "SocialAccounts",
        "SocialAndLocalAccounts",
        "SocialAndLocalAccountsWithMfa",
    ] {
        for folder in [name.to_owned(), format!("Display Controls Starterpack/{name}")] {
            let Some(dir) = pack(&folder) else { return };
            let findings = check::findings(&load::folder(&dir, None));
            let documented = |message: &str| PLACEHOLDERS.iter().any(|known| message.contains(known));
            let (placeholders, others): (Vec<_>, Vec<_>) = findings
                .into_iter()
                .partition(|finding| finding.rule == "placeholder" && documented(&finding.message));
            assert_eq!(others, [], "{folder}");
            assert!(!placeholders.is_empty(), "{folder}");
        }
    }
}
