//! Registration: safe to repeat, and never an answer for somebody else.

use super::vendor::{approved, rejected};
use super::world::{CLIENT, World, ada, registration};
use crate::checks::{Error, Registration, Status};
use crate::person::{Person, Personal};
use crate::seal::SealError;

#[tokio::test]
async fn the_same_subject_and_correlation_id_give_the_same_ticket_for_ever() {
    let world = World::new();
    let first = world.process().register(registration("c1")).await.unwrap();
    world.advance_s(10_000);
    let changed = Registration {
        locale: None,
        ip: None,
        caller: "other".to_owned(),
        ..registration("c1")
    };
    let again = world.process().register(changed).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(world.vendor.starts() + world.vendor.fetches() as usize, 0);
}

#[tokio::test]
async fn another_subject_client_or_correlation_id_is_another_verification() {
    let world = World::new();
    let id = |registration: Registration| {
        let process = world.process();
        async move { process.register(registration).await.unwrap().id }
    };
    let first = id(registration("c1")).await;
    assert_ne!(id(registration("c2")).await, first);
    assert_ne!(
        id(Registration {
            subject: "other".to_owned(),
            ..registration("c1")
        })
        .await,
        first
    );
    assert_ne!(
        id(Registration {
            client_id: None,
            ..registration("c1")
        })
        .await,
        first
    );
    let nameless = Registration {
        correlation_id: None,
        ..registration("c1")
    };
    assert_ne!(id(nameless.clone()).await, id(nameless).await);
}

#[tokio::test]
async fn a_caller_and_a_client_of_the_same_name_do_not_share_their_subjects() {
    let world = World::new();
    let by_caller = Registration {
        client_id: None,
        caller: "basic".to_owned(),
        ..registration("c1")
    };
    let by_client = Registration {
        client_id: Some("basic".to_owned()),
        ..registration("c1")
    };
    let first = world.process().register(by_caller).await.unwrap();
    assert_ne!(world.process().register(by_client).await.unwrap().id, first.id);
}

#[tokio::test]
async fn a_check_of_one_name_never_answers_for_another() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    let other = Person {
        given_name: Some(Personal::new("Grace")),
        ..ada()
    };
    let renamed = Registration {
        person: other,
        ..registration("c1")
    };
    let registered = world.process().register(renamed.clone()).await.unwrap();
    assert_ne!(registered.id, first.visit.entry.id);
    assert_eq!(
        registered.earlier, None,
        "an approval of another name is nothing to tell"
    );
    assert_eq!(
        world.process().register(renamed.clone()).await.unwrap().id,
        registered.id
    );
    let again = world.sign_in_as(renamed, super::world::authorization()).await;
    again.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_earlier_approval_is_told() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    assert_eq!(
        world
            .process()
            .register(registration("c2"))
            .await
            .unwrap()
            .earlier,
        None
    );
    first.begin().await;
    let earlier = world
        .process()
        .register(registration("c2"))
        .await
        .unwrap()
        .earlier
        .unwrap();
    assert_eq!(
        (earlier.status, earlier.id),
        (Status::Pending, first.visit.entry.id)
    );
    world.vendor.set(0, approved());
    first.settle().await;
    let registered = world.process().register(registration("c2")).await.unwrap();
    let earlier = registered.earlier.unwrap();
    assert_eq!(
        (earlier.status, earlier.id),
        (Status::Approved, first.visit.entry.id)
    );
    assert_eq!(registered.attempts_left, 3, "an approval is no attempt");
    world.advance_s(366 * 86_400);
    let aged = world.process().register(registration("c3")).await.unwrap();
    assert_eq!(aged.attempts_left, 3);
}

#[tokio::test]
async fn an_approval_outweighs_a_later_rejection_of_other_values() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    let other = Person {
        given_name: Some(Personal::new("Grace")),
        ..ada()
    };
    let second = world
        .sign_in_as(
            Registration {
                person: other,
                ..registration("c2")
            },
            super::world::authorization(),
        )
        .await;
    second.begin().await;
    world.vendor.set(1, rejected());
    second.settle().await;
    let earlier = world
        .process()
        .register(registration("c3"))
        .await
        .unwrap()
        .earlier
        .unwrap();
    assert_eq!(
        (earlier.status, earlier.id),
        (Status::Approved, first.visit.entry.id)
    );
}

#[tokio::test]
async fn a_subject_keeps_its_hash_when_keys_change() {
    let mut world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    let sub = first.grant().await.subject;
    world.keys = (2, Some(1));
    assert_eq!(
        world.process().register(registration("c1")).await.unwrap().id,
        first.visit.entry.id
    );
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Approved);
    assert_eq!(second.grant().await.subject, sub);
    world.keys = (3, Some(2));
    let third = world.sign_in("c3").await;
    third.process.cancel(&third.visit).await.unwrap();
    assert_eq!(third.grant().await.subject, sub);
}

#[tokio::test]
async fn another_person_keeps_their_ticket_when_keys_change() {
    let mut world = World::new();
    world.process().register(registration("c1")).await.unwrap();
    let renamed = Registration {
        person: Person {
            given_name: Some(Personal::new("Grace")),
            ..ada()
        },
        ..registration("c1")
    };
    let first = world.process().register(renamed.clone()).await.unwrap();
    world.keys = (2, Some(1));
    let again = world.process().register(renamed).await.unwrap();
    assert_eq!(again.id, first.id);
}

#[tokio::test]
async fn a_subject_and_its_approval_survive_any_number_of_key_changes() {
    let mut world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    let sub = first.grant().await.subject;
    // Nobody signs in while the second and the third key are in force.
    world.keys = (4, Some(3));
    let later = world.sign_in("c2").await;
    assert_eq!(later.begin_settled().await.status, Status::Approved);
    assert_eq!(later.grant().await.subject, sub);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_journey_goes_on_while_keys_change() {
    let mut world = World::new();
    let mut ada = world.sign_in("c1").await;
    let href = ada.begin().await;
    world.keys = (2, Some(1));
    ada.process = world.process();
    ada.visit = ada
        .process
        .visit(&ada.visit.entry.handle, Some(super::world::BROWSER))
        .await
        .unwrap();
    assert_eq!(ada.begin().await, href);
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
    assert_eq!(ada.grant().await.outcome.matched.given_name, Some(true));
}

#[tokio::test]
async fn an_address_encrypted_with_a_lost_key_leads_to_a_new_attempt() {
    let mut world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.keys = (2, Some(3));
    let second = world.process().begin(&first.visit).await.unwrap();
    assert_eq!(
        super::world::address(second),
        "https://vendor.example/go/secret-1"
    );
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn a_ticket_that_is_forged_expired_or_of_another_kind_is_refused() {
    let world = World::new();
    let process = world.process();
    let ticket = process.register(registration("c1")).await.unwrap().ticket;
    assert!(process.resolve_ticket(&ticket, CLIENT).await.is_ok());
    let forged = ticket.replace(&ticket[30..31], if &ticket[30..31] == "A" { "B" } else { "A" });
    assert!(matches!(
        process.resolve_ticket(&forged, CLIENT).await,
        Err(Error::Handle(_))
    ));
    let empty = World::new().process();
    assert!(matches!(
        empty.resolve_ticket(&ticket, CLIENT).await,
        Err(Error::NotFound)
    ));
    world.advance_s(86_400);
    assert!(matches!(
        process.resolve_ticket(&ticket, CLIENT).await,
        Err(Error::Handle(SealError::Expired))
    ));
}
