//! Facts of this layout that were stored once: what is written today must be read by the next release, and what it writes by
//! the one before, because a rolling update runs both beside each other. A new kind of fact, or a new field, is added to the
//! fixture; nothing in it is ever changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::ExposeSecret as _;
use time::OffsetDateTime;
use time::macros::datetime;

use super::vendor::{approved, doubtful, rejected};
use super::world::{BROWSER, SignIn, World, ada, registration};
use crate::checks::decide::Operator;
use crate::checks::history::timeline::Event;
use crate::checks::{Begun, ManualDecision, Registration, Status};
use crate::fact_store::FactStore;
use crate::grants::{Authorization, LinkRequest, WayBack};
use crate::ids::VerificationId;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/facts-2.json")
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Fixture {
    facts: BTreeMap<String, serde_json::Value>,
    /// Verifications, and what is told of them.
    told: BTreeMap<String, String>,
}

async fn all(store: &Arc<dyn FactStore>) -> BTreeMap<String, serde_json::Value> {
    let mut facts = BTreeMap::new();
    for name in store.list("facts").await.unwrap() {
        let path = format!("facts/{name}");
        let document = store.read(&path).await.unwrap().unwrap();
        facts.insert(path, serde_json::from_slice(&document).unwrap());
    }
    facts
}

fn subject(name: &str) -> Registration {
    Registration {
        subject: name.to_owned(),
        person: ada(),
        ..registration("c1")
    }
}

fn refusal() -> ManualDecision {
    ManualDecision {
        who: "op-7".to_owned(),
        why: "ticket 12".to_owned(),
        accepts: false,
    }
}

/// What a policy of Microsoft's sample registers.
fn link() -> LinkRequest {
    LinkRequest {
        registration: Registration {
            client_id: None,
            ..subject("by-link")
        },
        correlation_id: "c1".to_owned(),
        client_id: "app-1".to_owned(),
        redirect_uri: "https://app.example/signin-oidc".to_owned(),
        scope: "openid".to_owned(),
        policy: "B2C_1A_back".to_owned(),
    }
}

/// A person who came by a link, with the request that is kept for it.
async fn by_link(world: &World) -> (SignIn, Authorization) {
    let process = world.process();
    let started = process.grants.register_link(link()).await.unwrap();
    let (verification, request) = process.grants.look_up_link(&started.value).await.unwrap();
    let used = process.grants.use_link(&verification, &started.value, BROWSER);
    used.await.unwrap();
    let handle = process
        .authorize(started.id, request.clone(), BROWSER)
        .await
        .unwrap();
    let visit = process.visit(&handle, Some(BROWSER)).await.unwrap();
    (SignIn { process, visit }, request)
}

/// When a person who came by a link is handed back.
async fn handed(sign_in: &SignIn, request: &Authorization) -> OffsetDateTime {
    let WayBack::Policy(link) = &request.way_back else {
        panic!("{:?}", request.way_back)
    };
    let grants = &sign_in.process.grants;
    let handed = grants.hand_over(&sign_in.visit, link, Duration::from_secs(300));
    handed.await.unwrap()
}

/// A person who came by a link, agreed on our page, is at Netverify, and was handed back because that takes long.
async fn linked(world: &World) -> VerificationId {
    world.vendor.call_it("jumio-netverify");
    world.vendor.has_no_accounts();
    let (sign_in, request) = by_link(world).await;
    let asked = sign_in.process.begin(&sign_in.visit).await.unwrap();
    assert!(matches!(asked, Begun::NeedsConsent), "{asked:?}");
    sign_in
        .process
        .agree(&sign_in.visit.entry, "2026-01")
        .await
        .unwrap();
    sign_in.begin().await;
    handed(&sign_in, &request).await;
    sign_in.visit.entry.id
}

/// Everything that can be stored: an approval with callback and token, a refusal by a human, one who gave up, a transaction
/// that two share, an erased person, further attempts; and a person who came by a link, agreed on our page, is at Netverify, and
/// was handed back.
async fn written() -> Fixture {
    let world = World::new();
    let mut told = BTreeMap::new();
    let operator = Operator {
        who: "op-7".to_owned(),
        why: "request 12".to_owned(),
    };
    for (n, name) in ["approved", "refused", "left", "under-way", "erased"]
        .into_iter()
        .enumerate()
    {
        let sign_in = world
            .sign_in_as(subject(name), super::world::authorization())
            .await;
        let (process, id) = (&sign_in.process, sign_in.visit.entry.id);
        sign_in.begin().await;
        match name {
            "approved" => {
                world.vendor.set(n, approved());
                sign_in.callback(&world, n).await;
                sign_in.settle().await;
                sign_in.grant().await;
            }
            "refused" => {
                world.vendor.set(n, doubtful());
                process.returned(&sign_in.visit).await.unwrap();
                sign_in.settle().await;
                process.decide(id, &refusal()).await.unwrap();
                process.allow(id, &operator).await.unwrap();
            }
            "left" => process.cancel(&sign_in.visit).await.unwrap(),
            "erased" => {
                world.vendor.set(n, rejected());
                sign_in.settle().await;
                process.erase(id, &operator).await.unwrap();
                continue;
            }
            _ => {
                let other = Registration {
                    correlation_id: Some("c2".to_owned()),
                    ..subject(name)
                };
                world
                    .sign_in_as(other, super::world::authorization())
                    .await
                    .begin()
                    .await;
            }
        }
        let standing = process.poll(&sign_in.visit).await.unwrap();
        told.insert(id.to_string(), standing.outcome.status.as_str().to_owned());
    }
    // What is new comes last: whatever is drawn before stays as it is in the fixture.
    told.insert(linked(&world).await.to_string(), "pending".to_owned());
    Fixture {
        facts: all(&world.store).await,
        told,
    }
}

#[tokio::test]
#[ignore = "writes the fixture anew, which only a new layout may need"]
async fn write_the_fixture() {
    let fixture = serde_json::to_string_pretty(&written().await).unwrap();
    std::fs::write(file(), fixture + "\n").unwrap();
}

async fn stored() -> (World, Fixture) {
    let fixture: Fixture = serde_json::from_slice(&std::fs::read(file()).unwrap()).unwrap();
    let world = World::new();
    for (path, fact) in &fixture.facts {
        let document = Bytes::from(serde_json::to_vec(fact).unwrap());
        world.store.create(path, document).await.unwrap();
    }
    (world, fixture)
}

#[tokio::test]
async fn what_was_stored_is_told_as_it_was() {
    let (world, fixture) = stored().await;
    assert!(fixture.told.len() == 5, "{:?}", fixture.told);
    for (id, status) in &fixture.told {
        let id: VerificationId = id.parse().unwrap();
        let process = world.process();
        let moments = process.timeline(id).await.unwrap();
        let decided = moments.into_iter().rev().find_map(|moment| match moment.event {
            Event::Decided { status, .. } => Some(status),
            _ => None,
        });
        let told = decided.unwrap_or(Status::Pending);
        assert_eq!(told.as_str(), status, "{id}");
    }
}

#[tokio::test]
async fn what_was_stored_is_gone_on_with() {
    let (world, _) = stored().await;
    let again = Registration {
        correlation_id: Some("c9".to_owned()),
        ..subject("approved")
    };
    let registered = world.process().register(again).await.unwrap();
    assert_eq!(registered.earlier.unwrap().status, Status::Approved);
    let under_way = Registration {
        correlation_id: Some("c9".to_owned()),
        ..subject("under-way")
    };
    let third = world.sign_in_as(under_way, super::world::authorization()).await;
    third.begin().await;
    assert_eq!(
        world.vendor.starts(),
        0,
        "the transaction that was stored is joined"
    );
    let erased = world.process().register(subject("erased")).await.unwrap();
    assert_eq!(erased.earlier, None);
}

/// The link, what was agreed to, the transaction at Netverify, and when the person was handed back.
#[tokio::test]
async fn what_was_stored_of_a_link_is_gone_on_with() {
    let (world, _) = stored().await;
    let (again, request) = by_link(&world).await;
    let WayBack::Policy(back) = &request.way_back else {
        panic!("{:?}", request.way_back)
    };
    assert_eq!(
        (back.policy.as_str(), back.correlation_id.as_str()),
        ("B2C_1A_back", "c1")
    );
    world.advance_s(200);
    let stored = datetime!(2026-02-03 10:00:01 UTC);
    assert_eq!(handed(&again, &request).await, stored, "not now");
    let named = again.process.grants.subject_named(again.visit.entry.id, back);
    assert_eq!(named.unwrap().expose_secret(), "by-link");
    let address = again.begin().await;
    assert_eq!(
        (address.as_str(), world.vendor.starts()),
        ("https://vendor.example/go/secret-5", 0),
        "nobody is asked again, and the transaction that was stored is gone on with"
    );
}

/// Who was registered without a client, by a caller that names one today.
#[tokio::test]
async fn what_was_stored_of_a_callers_own_subject_is_gone_on_with() {
    let (world, fixture) = stored().await;
    let named = Registration {
        was_callers: true,
        correlation_id: Some("c9".to_owned()),
        ..subject("by-link")
    };
    let registered = world.process().register(named).await.unwrap();
    let linked = fixture.told.keys().filter_map(|id| id.parse().ok());
    let mut subjects = linked.map(|id: VerificationId| id.subject());
    assert!(
        subjects.any(|known| known == registered.id.subject()),
        "a new subject"
    );
    assert_eq!(registered.earlier.unwrap().status, Status::Pending);
}

/// A field or a kind of fact that is taken away would not be noticed by reading alone.
#[tokio::test]
async fn what_is_written_today_has_what_was_stored() {
    let (_, fixture) = stored().await;
    let today = written().await;
    let names =
        |facts: &BTreeMap<String, serde_json::Value>| -> Vec<String> { facts.keys().cloned().collect() };
    assert_eq!(names(&today.facts), names(&fixture.facts));
    for (path, before) in &fixture.facts {
        let (before, now) = (
            before.as_object().unwrap(),
            today.facts[path].as_object().unwrap(),
        );
        for field in before.keys() {
            assert!(now.contains_key(field), "{path} has no {field} any more");
        }
    }
}
