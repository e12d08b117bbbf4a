//! Codes and access tokens: once, soon, and only for the right client.

use super::attempts::dying_process;
use super::vendor::approved;
use super::world::{CLIENT, REDIRECT, SignIn, VERIFIER, World, authorization, presented, registration};
use crate::checks::{Error, Reason, RedeemError, Status};
use crate::grants::{Authorization, Presented};

async fn approved_sign_in(world: &World) -> SignIn {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    ada
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_a_replay_revokes() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    let grant = ada.redeem(&code).await.unwrap();
    assert_eq!(
        ada.process.userinfo(&grant.access_token).await.unwrap().outcome,
        grant.outcome
    );
    assert!(matches!(ada.redeem(&code).await, Err(RedeemError::Replayed)));
    let revoked = world.process().userinfo(&grant.access_token).await;
    assert!(matches!(revoked, Err(RedeemError::Replayed)));
    let names = world
        .store
        .list(&super::world::folder_of(ada.visit.entry.id))
        .await
        .unwrap();
    assert!(names.iter().any(|name| name.starts_with("replayed-")));
}

#[tokio::test]
async fn a_wrong_presentation_is_refused_and_does_not_use_the_code_up() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    let process = ada.process.clone();
    let redeem = |client_id, redirect_uri, code_verifier| {
        let (process, code) = (process.clone(), code.clone());
        async move {
            let presented = Presented {
                client_id,
                redirect_uri,
                code_verifier,
                ..presented(&code)
            };
            super::world::redeem(&process, &presented).await
        }
    };
    let other = format!("{REDIRECT}/");
    assert!(matches!(
        redeem("other", REDIRECT, Some(VERIFIER)).await,
        Err(RedeemError::WrongClient)
    ));
    assert!(matches!(
        redeem(CLIENT, &other, Some(VERIFIER)).await,
        Err(RedeemError::WrongRedirect)
    ));
    assert!(matches!(
        redeem(CLIENT, REDIRECT, None).await,
        Err(RedeemError::MissingVerifier)
    ));
    let wrong = VERIFIER.to_lowercase();
    assert!(matches!(
        redeem(CLIENT, REDIRECT, Some(&wrong)).await,
        Err(RedeemError::WrongVerifier)
    ));
    assert!(ada.redeem(&code).await.is_ok());
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let world = World::new();
    let plain = Authorization {
        code_challenge: None,
        ..authorization()
    };
    let ada = world.sign_in_as(registration("c1"), plain).await;
    ada.process.cancel(&ada.visit).await.unwrap();
    let code = ada.process.code(&ada.visit).await.unwrap();
    assert!(matches!(ada.redeem(&code).await, Err(RedeemError::WrongVerifier)));
    let without = Presented {
        code_verifier: None,
        ..presented(&code)
    };
    assert!(super::world::redeem(&ada.process, &without).await.is_ok());
}

#[tokio::test]
async fn a_reload_a_while_later_gets_a_code_that_lives_as_long() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let first = ada.process.code(&ada.visit).await.unwrap();
    world.advance_s(59);
    let second = world.process().code(&ada.visit).await.unwrap();
    world.advance_s(59);
    assert!(matches!(ada.redeem(&first).await, Err(RedeemError::Expired)));
    assert!(ada.redeem(&second).await.is_ok());
}

#[tokio::test]
async fn of_two_codes_of_one_sign_in_one_is_redeemed_and_the_other_revokes_nothing() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let first = ada.process.code(&ada.visit).await.unwrap();
    world.advance_s(2);
    let second = ada.process.code(&ada.visit).await.unwrap();
    let grant = ada.redeem(&first).await.unwrap();
    assert!(matches!(ada.redeem(&second).await, Err(RedeemError::Replayed)));
    assert!(ada.process.userinfo(&grant.access_token).await.is_ok());
}

#[tokio::test]
async fn an_unused_code_expires_and_another_one_follows() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    world.advance_s(60);
    assert!(matches!(ada.redeem(&code).await, Err(RedeemError::Expired)));
    let next = ada.process.code(&ada.visit).await.unwrap();
    assert_ne!(next, code);
    assert_eq!(ada.redeem(&next).await.unwrap().outcome.status, Status::Approved);
}

#[tokio::test]
async fn a_finished_sign_in_gives_no_further_code() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    ada.grant().await;
    assert!(matches!(ada.process.code(&ada.visit).await, Err(Error::Finished)));
    world.advance_s(61);
    assert!(matches!(ada.process.code(&ada.visit).await, Err(Error::Finished)));
}

#[tokio::test]
async fn an_unused_code_of_an_earlier_moment_tells_what_is_true_when_it_is_redeemed() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    ada.process.returned(&ada.visit).await.unwrap();
    let code = ada.process.code(&ada.visit).await.unwrap();
    world.vendor.set(0, approved());
    ada.settle().await;
    assert_eq!(ada.redeem(&code).await.unwrap().outcome.status, Status::Approved);
}

#[tokio::test]
async fn what_is_not_a_code_of_ours_is_unknown() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    for wrong in ["", "x", &ada.visit.entry.handle] {
        assert!(
            matches!(ada.redeem(wrong).await, Err(RedeemError::Unknown)),
            "{wrong}"
        );
    }
    assert!(matches!(
        ada.process.userinfo(&code).await,
        Err(RedeemError::Unknown)
    ));
    let elsewhere = super::world::redeem(&World::new().process(), &presented(&code)).await;
    assert!(matches!(elsewhere, Err(RedeemError::Unknown)));
}

#[tokio::test]
async fn an_access_token_ends() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let grant = ada.grant().await;
    world.advance_s(3600);
    assert!(matches!(
        ada.process.userinfo(&grant.access_token).await,
        Err(RedeemError::Expired)
    ));
}

/// The start whose answer was lost is found again for another sign-in, while this person looks at a page that says that the
/// vendor cannot be asked.
#[tokio::test(start_paused = true)]
async fn who_leaves_the_page_of_trouble_is_not_told_as_one_who_gave_up() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.can_be_asked();
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(20);
    world.vendor.set_down(true);
    assert!(ada.process.begin(&ada.visit).await.is_err());
    world.vendor.set_down(false);
    let second = world.sign_in("c2").await;
    let href = second.begin().await;
    ada.process.leave(&ada.visit).await.unwrap();
    let outcome = ada.grant().await.outcome;
    assert_eq!(
        (outcome.status, outcome.reason),
        (Status::Error, Some(Reason::of("vendor_unavailable")))
    );
    assert_eq!(second.begin().await, href, "the other one goes on");
}

/// Another tab, or a request that was under way, fails to begin after the person has left and the client was told.
#[tokio::test]
async fn what_a_client_was_told_when_the_person_left_stays_told() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.set_unreachable(true);
    assert!(ada.process.begin(&ada.visit).await.is_err());
    ada.process.cancel(&ada.visit).await.unwrap();
    let grant = ada.grant().await;
    assert_eq!(grant.outcome.reason, Some(Reason::of("vendor_unavailable")));
    assert!(ada.process.begin(&ada.visit).await.is_err());
    let told = ada.process.userinfo(&grant.access_token).await.unwrap();
    assert_eq!(told.outcome.status, Status::Error);
    world.vendor.set_unreachable(false);
    ada.begin().await;
    let told = ada.process.userinfo(&grant.access_token).await.unwrap();
    assert_eq!(
        told.outcome.status,
        Status::Pending,
        "it is being checked after all"
    );
    ada.process.cancel(&ada.visit).await.unwrap();
    let told = ada.process.userinfo(&grant.access_token).await.unwrap();
    assert_eq!(told.outcome.status, Status::Cancelled, "of what they knew");
}
