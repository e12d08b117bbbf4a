//! By whom one reference means one person, and that nobody who was verified before that changed pays again.

use super::vendor::{approved, rejected};
use super::world::{CLIENT, World, authorization, registration};
use crate::checks::{Error, Registration, Status};
use crate::grants::About;

/// As a caller registers now.
fn named(correlation_id: &str) -> Registration {
    Registration {
        was_callers: true,
        ..registration(correlation_id)
    }
}

/// As it was stored before, when no client was named.
fn unnamed(correlation_id: &str) -> Registration {
    Registration {
        client_id: None,
        ..registration(correlation_id)
    }
}

/// The subject is approved by a check of this registration.
async fn approve(world: &World, asked: Registration) {
    let n = world.vendor.starts();
    let ada = world.sign_in_as(asked, authorization()).await;
    ada.begin().await;
    world.vendor.set(n, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
}

/// `sub` of a registration.
async fn sub(world: &World, asked: Registration) -> String {
    let ada = world.sign_in_as(asked, authorization()).await;
    ada.visit.subject.to_string()
}

#[tokio::test]
async fn a_ticket_and_a_push_of_one_reference_are_one_person() {
    let world = World::new();
    approve(&world, named("c1")).await;
    let process = world.process();
    let pushed = About::Subject(Box::new(registration("pushed")));
    let pushed = process.grants.push(pushed, authorization()).await.unwrap();
    let (verification, request) = process
        .grants
        .look_up_pushed(&pushed.request_uri_value, CLIENT)
        .await
        .unwrap();
    let visit = process.grants.reuse(&verification, request).await.unwrap();
    assert!(visit.is_some(), "the approval of the ticket answers the push");
    assert_eq!(visit.unwrap().subject.to_string(), sub(&world, named("c2")).await);
}

#[tokio::test]
async fn clients_of_one_sector_share_their_people_and_others_do_not() {
    let world = World::new();
    let of = |client: &str, sector: Option<&str>| Registration {
        client_id: Some(client.to_owned()),
        sector: sector.map(str::to_owned),
        ..named("c1")
    };
    let subject = |asked: Registration| {
        let process = world.process();
        async move {
            process
                .grants
                .checks()
                .verification_of(&asked)
                .await
                .unwrap()
                .1
                .subject
        }
    };
    let shop = subject(of("shop", Some("contoso"))).await;
    assert_eq!(shop, subject(of("bank", Some("contoso"))).await);
    assert_ne!(shop, subject(of("bank", None)).await);
    assert_ne!(shop, subject(of("bank", Some("fabrikam"))).await);
    assert_ne!(
        shop,
        subject(of("contoso", None)).await,
        "a client that is called like a sector"
    );
}

/// Core section 8.1: they share `sub`, and no ticket.
#[tokio::test]
async fn a_ticket_serves_its_client_alone_within_a_sector_too() {
    let world = World::new();
    let shop = Registration {
        client_id: Some("shop".to_owned()),
        sector: Some("contoso".to_owned()),
        ..named("c1")
    };
    let process = world.process();
    let ticket = process.register(shop).await.unwrap().ticket;
    let refused = process.resolve_ticket(&ticket, "bank").await;
    assert!(matches!(refused, Err(Error::WrongClient)), "{refused:?}");
    assert!(process.resolve_ticket(&ticket, "shop").await.is_ok());
}

#[tokio::test]
async fn who_was_approved_without_a_client_pays_nothing_and_keeps_their_sub() {
    let world = World::new();
    approve(&world, unnamed("c1")).await;
    let before = sub(&world, unnamed("c2")).await;
    let ada = world.sign_in_as(named("c3"), authorization()).await;
    assert_eq!(ada.begin_settled().await.status, Status::Approved);
    assert_eq!(ada.visit.subject.to_string(), before);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn who_was_approved_without_a_client_stays_so_although_the_client_has_begun_another() {
    let world = World::new();
    approve(&world, unnamed("c1")).await;
    let pushed = world.sign_in("pushed").await;
    pushed.begin().await;
    world.vendor.set(1, rejected());
    pushed.settle().await;
    let ada = world.sign_in_as(named("c3"), authorization()).await;
    assert_eq!(ada.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_approval_of_the_clients_own_comes_first() {
    let world = World::new();
    approve(&world, unnamed("c1")).await;
    approve(&world, registration("pushed")).await;
    let own = sub(&world, registration("c2")).await;
    assert_eq!(sub(&world, named("c3")).await, own);
}

#[tokio::test]
async fn a_check_that_was_begun_without_a_client_is_gone_on_with() {
    let world = World::new();
    let ada = world.sign_in_as(unnamed("c1"), authorization()).await;
    let address = ada.begin().await;
    let again = world.sign_in_as(named("c1"), authorization()).await;
    assert_eq!(
        again.visit.entry.id, ada.visit.entry.id,
        "the same ticket for ever"
    );
    assert_eq!(again.begin().await, address);
    assert_eq!(world.vendor.starts(), 1);
}

/// Its own subject is what it names, whatever callers are called.
#[tokio::test]
async fn a_push_never_looks_for_a_callers_subject() {
    let world = World::new();
    let by_caller = Registration {
        caller: CLIENT.to_owned(),
        ..unnamed("c1")
    };
    approve(&world, by_caller).await;
    let pushed = Registration {
        caller: CLIENT.to_owned(),
        ..registration("c2")
    };
    world.sign_in_as(pushed, authorization()).await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}
