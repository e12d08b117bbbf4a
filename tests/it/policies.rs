//! Our own policies: nothing to complain about, and every scripted journey ends as it should.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rig::package::workspace;
use runner::check::{CLEAN, Format};
use runner::config::Config;
use runner::load::Settings;
use runner::pattern::Pattern;
use runner::script::file::Script;
use runner::{check, load, script};

fn policies() -> PathBuf {
    workspace().join("policies")
}

#[test]
fn the_check_has_nothing_to_complain_about() {
    let environments = Settings::read_all(&policies().join("appsettings.json")).unwrap();
    let loads = check::load(&policies(), &environments);
    let mut report = Vec::new();
    let code = check::run(&loads, Vec::new(), Format::Text, &mut report).unwrap();
    assert_eq!(code, CLEAN, "{}", String::from_utf8_lossy(&report));
}

/// The handler's files that are no tests, without the tests in them.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_tests = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_tests {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_tests {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned());
        }
    }
}

/// Named by themselves, by a plain conclusion, or by what the vendor says of a check that says nothing.
fn reasons_in(text: &str) -> Vec<&str> {
    let named = text.split("Reason::of(\"").skip(1);
    let plain = text.split("Conclusion::plain(Status::").skip(1);
    let plain = plain.filter_map(|rest| rest.split_once(", \"").map(|(_, reason)| reason));
    let chosen = text.split("Reason::of(match ").skip(1);
    let chosen = chosen.filter_map(|rest| rest.split("})").next());
    let chosen = chosen.flat_map(|arms| arms.split("=> \"").skip(1));
    let all = named.chain(plain).chain(chosen);
    all.filter_map(|rest| rest.split('"').next())
        .filter(|reason| !reason.is_empty())
        .collect()
}

/// The reasons of the vendor's tables are held to the map by tests beside them.
#[test]
fn every_reason_that_the_handler_concludes_has_a_family_in_the_policies() {
    const NO_REASONS_TO_REFUSE: [&str; 1] = ["ok"];
    let map = std::fs::read_to_string(policies().join("TrustFrameworkExtensions.xml")).unwrap();
    let mut texts = Vec::new();
    sources(&workspace().join("handler/src"), &mut texts);
    let reasons: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| reasons_in(text))
        .filter(|reason| !NO_REASONS_TO_REFUSE.contains(reason))
        .collect();
    for known in ["abandoned", "never_finished", "lost_by_vendor", "not_executed"] {
        assert!(reasons.contains(known), "{known}: {reasons:?}");
    }
    for reason in reasons {
        assert!(
            map.contains(&format!("<Enumeration Text=\"{reason}\"")),
            "{reason}"
        );
    }
}

/// A name of the table that the handler's own test reads as well.
#[derive(serde::Deserialize)]
struct Named {
    name: String,
    #[serde(default = "once")]
    times: usize,
    fits: bool,
}

const fn once() -> usize {
    1
}

/// Whoever types what B2C lets through and the handler refuses ends at the application, with an error that nobody explains.
#[test]
fn the_policies_take_the_names_that_the_handler_takes_and_no_other() {
    let base = std::fs::read_to_string(policies().join("TrustFrameworkBase.xml")).unwrap();
    let table = std::fs::read_to_string(policies().join("tests/names.json")).unwrap();
    let table: Vec<Named> = serde_json::from_str(&table).unwrap();
    for claim in ["givenName", "surname"] {
        let (_, rest) = base.split_once(&format!("<ClaimType Id=\"{claim}\">")).unwrap();
        let (_, rest) = rest.split_once("<Pattern RegularExpression=\"").unwrap();
        let pattern = Pattern::compile(rest.split('"').next().unwrap()).unwrap();
        for row in &table {
            let typed = row.name.repeat(row.times);
            assert_eq!(
                pattern.matches(&typed),
                row.fits,
                "{claim} {:?} {}",
                row.name,
                row.times
            );
        }
    }
}

/// Walks the journeys of one script; the traces of those that differ are the message.
async fn walk(name: &str) {
    rig::certs::install_tls();
    let script = Script::read(&policies().join("tests").join(name)).unwrap();
    let config = Config::read(script.config.as_ref().unwrap()).unwrap();
    let settings = config.policy_settings().unwrap();
    let tenant = load::tenant(script.policies.as_ref().unwrap(), settings.as_ref()).unwrap();
    let outcomes = script::run::all(&script, config, tenant).await.unwrap();
    assert_eq!(outcomes.len(), script.journey.len());
    for outcome in outcomes {
        let (name, differences) = (outcome.name, outcome.differences);
        assert!(
            differences.is_empty(),
            "{name}: {differences:?}\n{}",
            outcome.trace
        );
    }
}

#[tokio::test]
async fn approved_people_get_accounts_and_tokens() {
    walk("approved.toml").await;
}

#[tokio::test]
async fn rejected_people_get_nothing() {
    walk("rejected.toml").await;
}

#[tokio::test]
async fn undecided_people_get_nothing_yet() {
    walk("pending.toml").await;
}

#[tokio::test]
async fn people_under_review_wait_on_a_page_of_its_own() {
    walk("review.toml").await;
}

#[tokio::test]
async fn an_answer_about_another_verification_gets_nothing() {
    walk("stolen.toml").await;
}

#[tokio::test]
async fn a_check_without_an_end_is_no_rejection_and_can_be_begun_again() {
    walk("ended.toml").await;
}

#[tokio::test]
async fn mistyped_details_are_corrected_once_at_a_sign_up_and_never_for_an_account() {
    walk("corrected.toml").await;
}

#[tokio::test]
async fn nobody_without_an_attempt_gets_anything_or_is_told_to_start_again() {
    walk("exhausted.toml").await;
}

#[tokio::test]
async fn who_has_no_attempts_left_is_told_why_and_of_no_rejection_where_there_was_none() {
    walk("exhausted_expired.toml").await;
    walk("exhausted_cancelled.toml").await;
}

#[tokio::test]
async fn a_rejection_is_told_in_the_words_of_its_cause() {
    walk("details.toml").await;
    walk("unexplained.toml").await;
    walk("unknown_reason.toml").await;
}

#[tokio::test]
async fn a_check_that_could_not_be_carried_out_gives_nothing() {
    walk("trouble.toml").await;
}
