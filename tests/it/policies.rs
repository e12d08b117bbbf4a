//! Our own policies: nothing to complain about, and every scripted journey ends as it should.

use std::path::PathBuf;

use rig::package::workspace;
use runner::check::{CLEAN, Format};
use runner::config::Config;
use runner::load::Settings;
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
async fn a_check_that_could_not_be_carried_out_gives_nothing() {
    walk("trouble.toml").await;
}
