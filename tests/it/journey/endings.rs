//! How a check can end, and what the client is told.

use rig::client::ask::Ask;
use rig::client::walk::{Person, Walk};
use rig::host::Mode;
use serde_json::json;

use super::{PATIENCE, World, at_jumio, leave, options, play, state};

#[tokio::test]
async fn approved_by_proxy_and_by_forwarding() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let world = World::with(options().in_mode(mode)).await;
        let walk = world.walk().await;
        let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
        assert_eq!(tokens.claim("idv_status"), "approved", "{mode:?}");
        assert_eq!(world.transactions(), 1);
        world.no_errors();
    }
}

#[tokio::test]
pub(super) async fn rejected() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "fraud").await.page().unwrap();
    assert_eq!(state(&page), "rejected");
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "rejected");
    assert!(!tokens.claim("idv_reason").is_empty());
    assert_eq!(tokens.claims["idv_attempts_left"], 2);
}

#[tokio::test]
pub(super) async fn expired_because_the_link_was_never_opened() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "never-opened")
        .await
        .page()
        .unwrap();
    assert_eq!(state(&page), "expired");
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "expired");
    assert_eq!(tokens.claim("idv_reason"), "never_opened");
    assert_eq!(
        tokens.claims["idv_attempts_left"], 3,
        "an expiry costs no attempt"
    );
}

#[tokio::test]
async fn abandoned_at_jumio_and_come_back_later() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    walk.press(&page, "abandon", &[("at_once", "1")])
        .await
        .unwrap()
        .page()
        .unwrap();
    let arrival = walk.enter().await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    assert_eq!(state(&page), "expired", "{}", page.html);
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "expired");
    assert_eq!(tokens.claim("idv_reason"), "abandoned");
}

#[tokio::test]
pub(super) async fn cancelled_after_an_error_at_jumio() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let page = walk
        .press(&page, "error", &[("errorCode", "9822")])
        .await
        .unwrap()
        .page()
        .unwrap();
    let page = walk.press(&page, "cancel", &[]).await.unwrap().page().unwrap();
    assert_eq!(state(&page), "cancelled");
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "cancelled");
}

#[tokio::test]
async fn a_second_photo_of_the_same_face_is_approved() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "unreadable")
        .await
        .page()
        .unwrap();
    let arrival = walk.press(&page, "retry", &[]).await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    let stop = play(&walk, &page, "repeated-face-own").await;
    let tokens = walk.finish(stop).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
}

#[tokio::test]
pub(super) async fn a_face_that_another_person_has_shown_is_reviewed() {
    let world = World::new().await;
    let first = world.walk_of("the-first").await;
    first.through(&Person::who("pass"), PATIENCE).await.unwrap();
    let walk = world.walk_of("the-second").await;
    let page = play(&walk, &at_jumio(&walk).await, "repeated-face-other")
        .await
        .page()
        .unwrap();
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "review");
    assert_eq!(tokens.claim("idv_reason"), "repeated_face_other_person");
}

#[tokio::test]
async fn a_label_that_is_new_is_judged_by_its_type() {
    for (scenario, status) in [
        ("liveness/WARNING/LIVENESS_UNDETERMINED", "review"),
        ("usability/REJECTED/TOO_DARK", "rejected"),
    ] {
        let world = World::new().await;
        let walk = world.walk().await;
        let page = play(&walk, &at_jumio(&walk).await, scenario)
            .await
            .page()
            .unwrap();
        assert_eq!(
            leave(&walk, &page).await.claim("idv_status"),
            status,
            "{scenario}"
        );
    }
}

#[tokio::test]
async fn retried_to_the_limit() {
    let world = World::new().await;
    let walk = world.walk_of("a-stubborn-one").await;
    let mut page = at_jumio(&walk).await;
    for left in [2, 1] {
        page = play(&walk, &page, "unreadable").await.page().unwrap();
        let said = match left {
            1 => "This is your last attempt".to_owned(),
            left => format!("Attempts left: {left}"),
        };
        assert!(page.html.contains(&said), "{}", page.html);
        let arrival = walk.press(&page, "retry", &[]).await.unwrap();
        page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    }
    let page = play(&walk, &page, "unreadable").await.page().unwrap();
    assert!(
        page.form_with("action", "retry").is_err(),
        "a fourth attempt is offered"
    );
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "rejected");
    assert_eq!(tokens.claims["idv_attempts_left"], 0);
    assert_eq!(world.transactions(), 3);

    let again = world.walk_of("a-stubborn-one").await;
    let arrival = again.enter().await.unwrap();
    let arrival = again.wait(arrival, PATIENCE).await.unwrap();
    let tokens = match arrival {
        loopback::browser::Arrival::Page(page) => leave(&again, &page).await,
        stop @ loopback::browser::Arrival::Stop { .. } => again.finish(stop).await.unwrap(),
    };
    assert_ne!(tokens.claim("idv_status"), "approved");
    assert_eq!(
        world.transactions(),
        3,
        "a new registration opened a way around the limit"
    );
}

#[tokio::test]
pub(super) async fn rejected_once_then_approved() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "unreadable")
        .await
        .page()
        .unwrap();
    let arrival = walk.press(&page, "retry", &[]).await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 2);
}

/// Whatever is not a plain pass never becomes one.
#[tokio::test]
async fn nothing_but_a_pass_is_approved() {
    let world = World::new().await;
    for (scenario, expected) in [
        ("warning", "review"),
        ("other-face", "rejected"),
        ("fraud-many", "rejected"),
        ("unknown-words", "review"),
        ("nothing-checked", ""),
        ("no-face-match", ""),
        ("technical-error", ""),
        ("expired-rejected", "expired"),
        ("liveness/NO_FACE_PRESENT", "rejected"),
    ] {
        let walk = world.walk().await;
        let page = play(&walk, &at_jumio(&walk).await, scenario)
            .await
            .page()
            .unwrap();
        let status = leave(&walk, &page).await.claim("idv_status").to_owned();
        assert_ne!(status, "approved", "{scenario}");
        assert!(
            expected.is_empty() || status == expected,
            "{scenario} became {status}"
        );
    }
}

/// However Jumio words it.
#[tokio::test]
async fn a_pass_is_approved_in_every_shape_of_json() {
    let world = World::new().await;
    for scenario in [
        "shape-types",
        "shape-many",
        "shape-order",
        "callback-before-result",
        "portal-test",
        "sdk-off",
    ] {
        let walk = world.walk().await;
        let tokens = walk.through(&Person::who(scenario), PATIENCE).await.unwrap();
        assert_eq!(tokens.claim("idv_status"), "approved", "{scenario}");
    }
    world.no_errors();
}

#[tokio::test]
async fn a_document_of_another_person_is_rejected() {
    let world = World::new().await;
    let names = json!({"givenName": "Somebody", "surname": "Else", "birthdate": "1990-01-01"});
    let walk = world.walk_by(&world.register("subject", &names).await);
    let page = play(&walk, &at_jumio(&walk).await, "pass").await.page().unwrap();
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "rejected");
    assert!(
        tokens.claim("idv_reason").contains("mismatch"),
        "{}",
        tokens.claims
    );
}

#[tokio::test]
async fn matching_claims_are_confirmed_when_asked_for() {
    let world = World::new().await;
    let names = json!({"givenName": "Mira", "surname": "Talvik", "birthdate": "1988-04-12"});
    let registered = world.register("subject", &names).await;
    let claims = json!({"id_token": {"verified_claims": {
        "verification": {"trust_framework": {"value": "IDV-DELEGATED"}},
        "claims": {"given_name": null, "family_name": null, "birthdate": null}}}});
    let ask = Ask {
        login_hint: Some(registered.ticket),
        claims: Some(claims),
        ..Ask::default()
    };
    let tokens = world
        .walk_with(&ask)
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    let verified = &tokens.claims["verified_claims"];
    assert_eq!(verified["verification"]["assurance_level"], "VERIFIED");
    assert_eq!(
        verified["claims"],
        json!({"given_name": "MATCHED", "family_name": "MATCHED", "birthdate": "MATCHED"})
    );
}

#[tokio::test]
async fn an_approval_serves_the_next_sign_in_without_jumio() {
    let world = World::new().await;
    world
        .walk_of("known")
        .await
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    let registered = world.register("known", &json!({})).await;
    assert_eq!(registered.answer["status"], "approved", "{}", registered.answer);
    let walk = world.walk_by(&registered);
    let arrival = walk.enter().await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
}

#[tokio::test]
async fn prompt_login_checks_anew() {
    let world = World::new().await;
    world
        .walk_of("known")
        .await
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    let registered = world.register("known", &json!({})).await;
    let ask = Ask {
        login_hint: Some(registered.ticket),
        prompt: Some("login".into()),
        ..Ask::default()
    };
    let tokens = world
        .walk_with(&ask)
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 2);
}

#[tokio::test]
async fn pending_when_the_person_does_not_wait_and_approved_when_they_come_back() {
    let world = World::new().await;
    world
        .rig
        .simulators
        .jumio
        .tenant
        .settings
        .with(|settings| settings.timers.processing_ms = 4000);
    let walk = world.walk_of("impatient").await;
    let arrival = walk
        .at_jumio(&at_jumio(&walk).await, &Person::who("pass"))
        .await
        .unwrap();
    let page = arrival.page().unwrap();
    assert_eq!(state(&page), "checking");
    let tokens = leave(&walk, &page).await;
    assert_eq!(tokens.claim("idv_status"), "pending");

    let again = world.walk_of("impatient").await;
    let tokens = arrive_at_verdict(&again).await;
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1, "the pending check was not used");
}

async fn arrive_at_verdict(walk: &Walk) -> rig::client::tokens::Tokens {
    let arrival = walk.enter().await.unwrap();
    walk.finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap()
}
