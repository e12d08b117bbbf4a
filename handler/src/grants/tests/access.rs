//! Who may act: the right client, the right browser, in time.

use super::process::Process;
use super::world::{BROWSER, CLIENT, REDIRECT, World, authorization, registration};
use crate::checks::Error;
use crate::grants::{About, Authorization};
use crate::ids::VerificationId;
use crate::seal::SealError;

#[tokio::test]
async fn only_the_browser_that_started_may_act() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    for browser in [None, Some(""), Some("another"), Some("cookie-of-the-browseR")] {
        let visit = ada.process.visit(&ada.visit.entry.handle, browser).await;
        assert!(matches!(visit, Err(Error::WrongBrowser)), "{browser:?}");
    }
    assert!(
        ada.process
            .visit(&ada.visit.entry.handle, Some(BROWSER))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn two_browsers_with_one_ticket_have_a_handle_each() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let other = ada
        .process
        .authorize(ada.visit.entry.id, authorization(), "second")
        .await
        .unwrap();
    assert_ne!(other, ada.visit.entry.handle);
    assert!(matches!(
        ada.process.visit(&other, Some(BROWSER)).await,
        Err(Error::WrongBrowser)
    ));
}

#[tokio::test]
async fn a_handle_ends_and_the_same_request_later_gets_a_new_one() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.advance_s(3600);
    let late = ada.process.visit(&ada.visit.entry.handle, Some(BROWSER)).await;
    assert!(matches!(late, Err(Error::Handle(SealError::Expired))));
    let again = ada
        .process
        .authorize(ada.visit.entry.id, authorization(), BROWSER)
        .await
        .unwrap();
    assert_ne!(again, ada.visit.entry.handle);
    assert!(ada.process.visit(&again, Some(BROWSER)).await.is_ok());
}

#[tokio::test]
async fn a_handle_of_another_kind_or_key_is_refused() {
    let mut world = World::new();
    let ada = world.sign_in("c1").await;
    let ticket = ada.process.register(registration("c1")).await.unwrap().ticket;
    assert!(matches!(
        ada.process.visit(&ticket, Some(BROWSER)).await,
        Err(Error::Handle(SealError::Malformed))
    ));
    world.keys = (9, None);
    let foreign = world
        .process()
        .visit(&ada.visit.entry.handle, Some(BROWSER))
        .await;
    assert!(matches!(foreign, Err(Error::Handle(SealError::UnknownKey))));
}

#[tokio::test]
async fn only_the_client_that_registered_may_authorize() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let other = Authorization {
        client_id: "other".to_owned(),
        ..authorization()
    };
    assert!(matches!(
        ada.process.authorize(ada.visit.entry.id, other, BROWSER).await,
        Err(Error::WrongClient)
    ));
    let nobody = ada
        .process
        .authorize(VerificationId([9; 16]), authorization(), BROWSER)
        .await;
    assert!(matches!(nobody, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_pushed_request_serves_one_browser() {
    let world = World::new();
    let process = world.process();
    let pushed = process
        .push(About::Subject(Box::new(registration("c1"))), authorization())
        .await
        .unwrap();
    let value = pushed.request_uri_value.as_str();
    let (id, request) = process.resolve_pushed(value, "b2c", BROWSER).await.unwrap();
    assert_eq!(request.redirect_uri, REDIRECT);
    let reload = world
        .process()
        .resolve_pushed(value, "b2c", BROWSER)
        .await
        .unwrap();
    assert_eq!(reload.0, id);
    assert!(matches!(
        process.resolve_pushed(value, "b2c", "another").await,
        Err(Error::Used)
    ));
}

#[tokio::test]
async fn a_pushed_request_is_bound_to_its_client_and_ends_soon() {
    let world = World::new();
    let process = world.process();
    let value = process
        .push(About::Subject(Box::new(registration("c1"))), authorization())
        .await
        .unwrap()
        .request_uri_value;
    assert!(matches!(
        process.resolve_pushed(&value, "other", BROWSER).await,
        Err(Error::WrongClient)
    ));
    assert!(matches!(
        process.resolve_pushed("x", "b2c", BROWSER).await,
        Err(Error::Handle(_))
    ));
    world.advance_s(60);
    let late = process.resolve_pushed(&value, "b2c", BROWSER).await;
    assert!(matches!(late, Err(Error::Handle(SealError::Expired))));
}

#[tokio::test]
async fn every_push_is_another_request_of_the_same_verification() {
    let world = World::new();
    let process = world.process();
    let first = process
        .push(About::Subject(Box::new(registration("c1"))), authorization())
        .await
        .unwrap()
        .request_uri_value;
    let second = process
        .push(About::Subject(Box::new(registration("c1"))), authorization())
        .await
        .unwrap()
        .request_uri_value;
    assert_ne!(first, second);
    let (one, _) = process.resolve_pushed(&first, "b2c", BROWSER).await.unwrap();
    let (other, _) = process.resolve_pushed(&second, "b2c", "another").await.unwrap();
    assert_eq!(one, other);
}

/// Whoever holds a ticket can make them up, and every look at the verification lists them. So there is a limit, which locks
/// out no request that was made before.
#[tokio::test]
async fn requests_made_up_with_each_click_have_a_limit() {
    let world = World::new();
    let process = world.process();
    let registered = process.register(registration("c1")).await.unwrap();
    let id = process.resolve_ticket(&registered.ticket, CLIENT).await.unwrap();
    let with = |n: u32| Authorization {
        state: Some(n.to_string()),
        ..authorization()
    };
    let mut handles = std::collections::BTreeSet::new();
    for n in 0..500 {
        handles.insert(process.authorize(id, with(n), BROWSER).await.unwrap());
    }
    assert_eq!(handles.len(), 500);
    let more = process.authorize(id, with(500), BROWSER).await;
    assert!(matches!(more, Err(Error::TooMany)));
    assert!(handles.contains(&process.authorize(id, with(7), BROWSER).await.unwrap()));
}

/// However often, and whichever period of its life it falls into.
#[tokio::test]
async fn a_request_keeps_its_handle_while_it_lives_and_gets_another_one_after() {
    let mut world = World::new();
    world.limits.ticket_life = std::time::Duration::from_secs(30 * 86_400);
    let process = world.process();
    let registered = process.register(registration("c1")).await.unwrap();
    let id = process.resolve_ticket(&registered.ticket, "b2c").await.unwrap();
    for _ in 0..100 {
        let handle = process.authorize(id, authorization(), BROWSER).await.unwrap();
        world.advance_s(3_599);
        let again = process.authorize(id, authorization(), BROWSER).await.unwrap();
        assert_eq!(again, handle);
        world.advance_s(1);
        let after = process.authorize(id, authorization(), BROWSER).await.unwrap();
        assert_ne!(after, handle);
        world.advance_s(4_600);
    }
}

/// The name of the fact has the time in it, and of two processes one may see the next period before the other.
#[tokio::test]
async fn a_request_keeps_its_handle_where_the_clock_is_behind() {
    let world = World::new();
    let into_period = world.now().unix_timestamp().rem_euclid(3_600);
    world.advance_s(u64::try_from(3_600 - into_period - 2).unwrap());
    let (behind, ahead) = (world.process(), world.process_ahead_s(4));
    let registered = behind.register(registration("c1")).await.unwrap();
    let id = behind.resolve_ticket(&registered.ticket, CLIENT).await.unwrap();
    let handle = ahead.authorize(id, authorization(), BROWSER).await.unwrap();
    let again = behind.authorize(id, authorization(), BROWSER).await.unwrap();
    assert_eq!(again, handle);
}

/// Answered at once by an approval, bound to nobody: its handle opens nothing.
#[tokio::test]
async fn the_handle_of_a_sign_in_without_browser_opens_nothing() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, super::vendor::approved());
    ada.settle().await;
    // By a ticket of its own: the first one serves the browser that brought it.
    let again = ada.process.register(registration("c2")).await.unwrap();
    let id = ada.process.resolve_ticket(&again.ticket, CLIENT).await.unwrap();
    let visit = ada.process.reuse(id, authorization()).await.unwrap().unwrap();
    assert!(ada.process.code(&visit).await.is_ok());
    for browser in [None, Some(""), Some(BROWSER)] {
        let opened = ada.process.visit(&visit.entry.handle, browser).await;
        assert!(matches!(opened, Err(Error::WrongBrowser)));
    }
}

/// Both have looked before either has written.
#[tokio::test]
async fn of_two_browsers_that_race_with_one_ticket_one_is_served() {
    let world = World::new();
    let ticket = world.process().register(registration("c1")).await.unwrap().ticket;
    let (one, two) = (world.process(), world.process());
    let looked = async |process: &Process, browser: &str| {
        let found = process.grants.checks().resolve_ticket(&ticket, CLIENT).await;
        let verification = found.unwrap();
        process.grants.use_ticket(&verification, browser).await.unwrap();
        verification
    };
    let first = looked(&one, BROWSER).await;
    let second = looked(&two, "another").await;
    let served = one
        .grants
        .authorize_by_ticket(&first, authorization(), BROWSER)
        .await;
    let handle = served.unwrap().handle().to_owned();
    let late = two
        .grants
        .authorize_by_ticket(&second, authorization(), "another")
        .await;
    assert!(matches!(late, Err(Error::Used)), "{late:?}");
    // A double click of the one that is served is the same sign-in.
    let again = looked(&two, BROWSER).await;
    let again = two
        .grants
        .authorize_by_ticket(&again, authorization(), BROWSER)
        .await;
    assert_eq!(again.unwrap().handle(), handle);
    assert!(matches!(
        two.grants.use_ticket(&second, "another").await,
        Err(Error::Used)
    ));
}
