//! Journeys once more with the older of Jumio's two APIs, and what only both beside each other show.

use rig::client::walk::Person;

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
    races:
        one_transaction_of_many_first_clicks;
}

async fn world() -> World {
    World::with(options().with("JumioSettings:Api", "netverify")).await
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
        ("expired".into(), "abandoned".into())
    );
    assert_eq!(
        tokens.claims["idv_attempts_left"], 3,
        "an expiry costs no attempt"
    );
}

/// A face that does not match is no pass, whatever is said of the document.
#[tokio::test]
async fn a_good_document_with_another_face_is_rejected() {
    let world = world().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "other-face")
        .await
        .page()
        .unwrap();
    assert_eq!(state(&page), "rejected");
    assert_eq!(leave(&walk, &page).await.claim("idv_status"), "rejected");
}
