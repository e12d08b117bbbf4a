//! A migration: another vendor gets new transactions, and the one before answers for those that it has.

use std::sync::Arc;

use super::vendor::{FakeVendor, approved};
use super::world::{World, address, registration};
use crate::checks::vendor::{Vendor, VendorError};
use crate::checks::vendors::Vendors;
use crate::checks::{Error, Registration, Status};

/// A sign-in is at the vendor before; what is new goes to the next one.
async fn migrating() -> (World, super::world::SignIn, Arc<FakeVendor>) {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let next = Arc::<FakeVendor>::default();
    next.call_it("fake-next");
    (world, ada, next)
}

#[tokio::test]
async fn a_transaction_is_read_at_the_vendor_that_has_it() {
    let (world, ada, next) = migrating().await;
    let process =
        world.process_of(Vendors::new(Arc::clone(&next) as _).beside(Arc::clone(&world.vendor) as _));
    world.vendor.set(0, approved());
    let outcome = process.settle(ada.visit.entry.id).await.unwrap();
    assert_eq!(outcome.status, Status::Approved);
    let grace = Registration {
        subject: "grace".to_owned(),
        ..registration("c2")
    };
    let registered = process.register(grace).await.unwrap();
    let id = process.resolve_ticket(&registered.ticket, "b2c").await.unwrap();
    let handle = process
        .authorize(id, super::world::authorization(), "browser")
        .await
        .unwrap();
    let visit = process.visit(&handle, Some("browser")).await.unwrap();
    address(process.begin(&visit).await.unwrap());
    assert_eq!((world.vendor.starts(), next.starts()), (1, 1));
}

/// What comes to an address is in the words of the vendor to whom it was given, whoever gets new transactions.
#[tokio::test]
async fn a_callback_is_read_by_the_vendor_to_whom_its_address_was_given() {
    let (world, _ada, next) = migrating().await;
    let process =
        world.process_of(Vendors::new(Arc::clone(&next) as _).beside(Arc::clone(&world.vendor) as _));
    let to = process.addressee(&world.vendor.credential_of(0)).unwrap();
    assert_eq!(process.sender(&to).unwrap().id(), world.vendor.id());
    let process = world.process_of(Vendors::new(next as _));
    let to = process.addressee(&world.vendor.credential_of(0)).unwrap();
    let refused = process.sender(&to).map(Vendor::id);
    assert!(
        matches!(refused, Err(Error::Vendor(VendorError::Refused(_)))),
        "nobody else reads it: {refused:?}"
    );
}

/// Nothing is concluded of a transaction that nobody can be asked about.
#[tokio::test]
async fn a_transaction_of_a_vendor_without_settings_stays_pending() {
    let (world, ada, next) = migrating().await;
    world.vendor.set(0, approved());
    let process = world.process_of(Vendors::new(next as _));
    let refused = process.settle(ada.visit.entry.id).await;
    assert!(
        matches!(refused, Err(Error::Vendor(VendorError::Refused(_)))),
        "{refused:?}"
    );
    let standing = process.poll(&ada.visit).await.unwrap();
    assert_eq!(standing.outcome.status, Status::Pending);
    assert_eq!(
        ada.settle().await.status,
        Status::Approved,
        "the settings are back"
    );
}
