//! Journeys once more with the older of Jumio's two APIs, and what only both beside each other show.

use rig::client::walk::Person;
use rig::jumio::netverify::quirks::Block;
use serde_json::Value;

use super::{API, PATIENCE, World, at_jumio, leave, options, play, state};

fn again(journey: fn()) {
    API.set(Some("netverify"));
    journey();
}

macro_rules! journeys {
    ($($module:ident: $($journey:ident)*;)*) => {$(
        mod $module {
            $(
                #[test]
                fn $journey() {
                    super::again(super::super::$module::$journey);
                }
            )*
        }
    )*};
}

journeys! {
    endings:
        rejected
        cancelled_after_an_error_at_jumio
        rejected_once_then_approved;
    ways:
        a_pushed_request_of_each_client
        the_answer_as_a_form;
    callbacks:
        before_the_person_is_back
        a_later_reversal_is_heard;
    plain:
        values_of_the_document_are_told_once_the_person_was_shown_it;
    races:
        one_transaction_of_many_first_clicks;
}

async fn world() -> World {
    World::with(options().with("JumioSettings:Api", "netverify")).await
}

/// What the client is told after a scenario that ends on a page of ours: status and reason.
async fn told(scenario: &str) -> (String, String) {
    told_in(&world().await, scenario).await
}

async fn told_in(world: &World, scenario: &str) -> (String, String) {
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, scenario)
        .await
        .page()
        .unwrap();
    let tokens = leave(&walk, &page).await;
    let claim = |name: &str| tokens.claims[name].as_str().unwrap_or_default().to_owned();
    (claim("idv_status"), claim("idv_reason"))
}

async fn latest(world: &World) -> Value {
    world.control_get("/jumio/transactions/latest").await
}

#[tokio::test]
async fn approved() {
    let world = world().await;
    let walk = world.walk().await;
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

/// Netverify does not say whether the person ever opened the link.
#[tokio::test]
async fn a_link_that_nobody_opened_has_expired() {
    let world = world().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "never-opened")
        .await
        .page()
        .unwrap();
    assert_eq!(state(&page), "expired");
    let tokens = leave(&walk, &page).await;
    assert_eq!(
        (tokens.claim("idv_status"), tokens.claim("idv_reason")),
        ("expired", "abandoned")
    );
    assert_eq!(
        tokens.claims["idv_attempts_left"], 3,
        "an expiry costs no attempt"
    );
}

#[tokio::test]
async fn rejections_are_told() {
    for scenario in [
        "fraud",
        "fraud-many",
        "other-face",
        "liveness/NO_FACE_PRESENT",
        "unreadable",
    ] {
        assert_eq!(told(scenario).await.0, "rejected", "{scenario}");
    }
}

#[tokio::test]
async fn nothing_that_proves_no_pass_is_approved() {
    for scenario in [
        "nothing-checked",
        "no-face-match",
        "unknown-words",
        "technical-error",
    ] {
        assert_ne!(told(scenario).await.0, "approved", "{scenario}");
    }
}

/// A transaction's data without what says which workflow it was made with: documents alone, or with a face.
#[tokio::test]
async fn a_document_alone_is_approved_only_where_the_answer_says_that_no_more_was_asked_for() {
    let options = options().with("JumioSettings:Api", "netverify");
    let world = World::with(options.with("JumioSettings:NetverifyWorkflow", "100")).await;
    let walk = world.walk().await;
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    let settings = &world.rig.simulators.jumio.tenant.settings;
    settings.with(|settings| settings.netverify.quirks.without = Some(Block::Transaction));
    let (status, reason) = told_in(&world, "pass").await;
    assert_eq!((status.as_str(), reason.as_str()), ("error", "misconfigured"));
}

#[tokio::test]
async fn expiries_are_no_rejections() {
    for scenario in ["never-opened", "abandoned", "expired-rejected"] {
        assert_eq!(told(scenario).await.0, "expired", "{scenario}");
    }
}

#[tokio::test]
async fn each_variation_of_a_pass_is_a_pass() {
    for scenario in [
        "shape-v3",
        "shape-types",
        "shape-many",
        "shape-order",
        "portal-test",
    ] {
        let world = world().await;
        let walk = world.walk().await;
        let tokens = walk.through(&Person::who(scenario), PATIENCE).await.unwrap();
        assert_eq!(tokens.claim("idv_status"), "approved", "{scenario}");
    }
}

#[tokio::test]
async fn drawn_variations_are_borne() {
    let world = world().await;
    let settings = &world.rig.simulators.jumio.tenant.settings;
    for seed in 1..=12 {
        settings.with(|settings| settings.netverify.seed = Some(seed));
        let walk = world.walk_of(&format!("somebody-{seed}")).await;
        let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
        assert_eq!(
            tokens.claim("idv_status"),
            "approved",
            "seed {seed}: {}",
            latest(&world).await
        );
    }
}

#[tokio::test]
async fn a_callback_before_its_result_only_takes_longer() {
    // The scan is still PENDING after its callback, so it is asked again at the next mark.
    let options = options().with("JumioSettings:Api", "netverify");
    let world = World::with(options.with("Verification:PollMarksSeconds", "1 2 3 5 8")).await;
    let walk = world.walk().await;
    let person = Person::who("callback-before-result");
    let tokens = walk.through(&person, PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
}

#[tokio::test]
async fn leaving_at_jumio_may_be_mended() {
    let world = world().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    walk.press(&page, "abandon", &[("at_once", "1")]).await.unwrap();
    let arrival = walk.enter().await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    assert_eq!(state(&page), "expired", "{}", page.html);
}
