//! A face that the vendor has seen before: in this person's own transactions, in another's, or nobody knows where.

use serde_json::{Value, json};

use super::vendor::{approved, passport, rejected, showing};
use super::world::{BROWSER, SignIn, World, authorization, registration};
use crate::checks::decision::rules::OnWarning;
use crate::checks::vendor::{Mark, Progress, REPEATED_FACE, RepeatedFace};
use crate::checks::{Outcome, Reason, Registration, Rules, Status};
use crate::grants::Authorization;

/// What Jumio answers about Ada when it has seen her face before, and where.
fn seen(findings: &Value) -> Value {
    let text = include_str!("../../../../tests/vectors/kyx_details_repeated_face.json")
        .replace("ERIKA MARIA", "ADA")
        .replace("MUSTER", "LOVELACE")
        .replace("1980-05-06", "1985-12-10");
    let mut details: Value = serde_json::from_str(&text).unwrap();
    details["capabilities"]["imageChecks"][0]["data"] = json!({ "faceSearchFindings": findings });
    details
}

fn done(executions: &[&str]) -> Progress {
    told(seen(&json!({ "status": "DONE", "findings": executions })))
}

fn told(details: Value) -> Progress {
    crate::jumio::tests::told(details)
}

fn said(outcome: &Outcome) -> (Status, Option<&str>) {
    (outcome.status, outcome.reason.as_ref().map(Reason::as_str))
}

const REPEATED: (Status, Option<&str>) = (Status::Review, Some("repeated_face"));
const OTHER_PERSON: (Status, Option<&str>) = (Status::Review, Some("repeated_face_other_person"));

/// Ada, whose first photo was refused (`execution-0`) and who is at the vendor again (`execution-1`).
async fn second_try(world: &World) -> SignIn {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    ada.settle().await;
    let ada = world.sign_in("c2").await;
    ada.begin().await;
    assert_eq!(world.vendor.ids_of(1).execution, "execution-1");
    ada
}

async fn ends(world: &World, progress: Progress) -> Outcome {
    let ada = second_try(world).await;
    world.vendor.set(1, progress);
    ada.settle().await
}

fn somebody() -> Registration {
    Registration {
        subject: "subject-of-somebody".to_owned(),
        ..registration("c0")
    }
}

/// Somebody else was at the vendor first (`execution-0`), then Ada (`execution-1`).
async fn after_somebody(world: &World) -> SignIn {
    let other = world.sign_in_as(somebody(), authorization()).await;
    other.begin().await;
    world.vendor.set(0, approved());
    other.settle().await;
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    ada
}

#[tokio::test]
async fn a_person_whose_first_photo_was_refused_passes_the_second_time() {
    let outcome = ends(&World::new(), done(&["execution-0"])).await;
    assert_eq!(said(&outcome), (Status::Approved, None));
}

#[tokio::test]
async fn ids_are_compared_without_regard_to_case() {
    let outcome = ends(&World::new(), done(&["EXECUTION-0"])).await;
    assert_eq!(said(&outcome), (Status::Approved, None));
}

#[tokio::test]
async fn an_own_face_is_no_warning_that_rejects_either() {
    let mut world = World::new();
    world.rules = Rules {
        warning: OnWarning::Reject,
        ..Rules::default()
    };
    let outcome = ends(&world, done(&["execution-0"])).await;
    assert_eq!(said(&outcome), (Status::Approved, None));
}

#[tokio::test]
async fn an_own_face_is_found_after_the_keys_were_changed() {
    let mut world = World::new();
    second_try(&world).await;
    world.keys = (2, Some(1));
    world.vendor.set(1, done(&["execution-0"]));
    let ada = world.sign_in("c2").await;
    assert_eq!(said(&ada.settle().await), (Status::Approved, None));
}

#[tokio::test]
async fn the_face_of_another_subject_says_so() {
    let world = World::new();
    let ada = after_somebody(&world).await;
    world.vendor.set(1, done(&["execution-0"]));
    assert_eq!(said(&ada.settle().await), OTHER_PERSON);
}

#[tokio::test]
async fn the_face_of_another_subject_counts_although_the_check_passed() {
    let world = World::new();
    let ada = after_somebody(&world).await;
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["decision"] = json!({ "type": "PASSED" });
    details["capabilities"]["imageChecks"][0]["decision"] =
        json!({ "type": "PASSED", "details": { "label": "OK" } });
    world.vendor.set(1, told(details));
    assert_eq!(said(&ada.settle().await), OTHER_PERSON);
}

#[tokio::test]
async fn among_own_faces_another_one_still_counts() {
    let world = World::new();
    let ada = after_somebody(&world).await;
    world.vendor.set(1, rejected());
    ada.settle().await;
    let ada = world.sign_in("c2").await;
    ada.begin().await;
    world
        .vendor
        .set(2, done(&["execution-1", "unknown", "execution-0"]));
    assert_eq!(said(&ada.settle().await), OTHER_PERSON);
}

#[tokio::test]
async fn another_person_s_face_is_told_before_other_warnings() {
    let world = World::new();
    let ada = after_somebody(&world).await;
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["capabilities"]["dataChecks"][0]["decision"] =
        json!({ "type": "WARNING", "details": { "label": "DOCUMENT_EXPIRY_WITHIN_CONFIGURED_LIMIT" } });
    world.vendor.set(1, told(details));
    assert_eq!(said(&ada.settle().await), OTHER_PERSON);
}

#[tokio::test]
async fn a_face_that_cannot_be_placed_stays_a_warning() {
    for findings in [
        json!({ "status": "DONE", "findings": ["execution-7"] }),
        json!({ "status": "DONE", "findings": ["execution-0", "execution-7"] }),
        json!({ "status": "DONE", "findings": ["execution-0", "../execution-0"] }),
        json!({ "status": "DONE", "findings": ["execution-0", 7, null, {}] }),
        json!({ "status": "DONE", "findings": [] }),
        json!({ "status": "DONE", "findings": null }),
        json!({ "status": "DONE" }),
        json!({ "findings": ["execution-0"] }),
        json!({ "status": "PENDING", "findings": ["execution-0"] }),
        json!({ "status": "ERROR", "findings": ["execution-0"] }),
        json!({}),
        json!("none"),
        json!(null),
    ] {
        let outcome = ends(&World::new(), told(seen(&findings))).await;
        assert_eq!(said(&outcome), REPEATED, "{findings}");
    }
}

#[tokio::test]
async fn a_finding_may_be_one_text_instead_of_a_list() {
    let progress = told(seen(&json!({ "status": "DONE", "findings": "execution-0" })));
    assert_eq!(
        said(&ends(&World::new(), progress).await),
        (Status::Approved, None)
    );
}

#[tokio::test]
async fn an_own_face_does_not_hide_another_warning() {
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["capabilities"]["dataChecks"][0]["decision"] =
        json!({ "type": "WARNING", "details": { "label": "UNREADABLE_DATASOURCE" } });
    let outcome = ends(&World::new(), told(details)).await;
    assert_eq!(said(&outcome), (Status::Review, Some("data_source_unreadable")));
}

#[tokio::test]
async fn an_own_face_does_not_hide_a_check_that_is_not_required() {
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["capabilities"]["watchlistScreening"] =
        json!([{ "decision": { "type": "WARNING", "details": { "label": "ALERT" } } }]);
    let outcome = ends(&World::new(), told(details)).await;
    assert_eq!(said(&outcome), (Status::Review, Some("watchlist_alert")));
}

#[tokio::test]
async fn an_own_face_makes_no_rejection_better() {
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["decision"] = json!({ "type": "REJECTED" });
    let outcome = ends(&World::new(), told(details.clone())).await;
    assert_eq!(outcome.status, Status::Rejected);
    details["decision"] = json!({ "type": "WARNING" });
    details["capabilities"]["imageChecks"][0]["decision"]["type"] = "REJECTED".into();
    let outcome = ends(&World::new(), told(details)).await;
    assert_eq!(said(&outcome), (Status::Rejected, Some("repeated_face")));
}

#[tokio::test]
async fn two_checks_of_which_one_names_no_transaction_stay_a_warning() {
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    let checks = &mut details["capabilities"]["imageChecks"];
    let mut second = checks[0].clone();
    second["data"] = json!({});
    checks.as_array_mut().unwrap().push(second);
    assert_eq!(said(&ends(&World::new(), told(details)).await), REPEATED);
}

#[tokio::test]
async fn where_transactions_lie_is_kept_without_the_vendor_s_ids() {
    let world = World::new();
    second_try(&world).await;
    let names = world.store.list("facts/2/transactions").await.unwrap();
    assert_eq!(names.len(), 2);
    assert!(!names.join(" ").contains("execution"), "{names:?}");
    for name in names {
        let fact = world
            .store
            .read(&format!("facts/2/transactions/{name}"))
            .await
            .unwrap();
        let fact = String::from_utf8(fact.unwrap().to_vec()).unwrap();
        assert!(!fact.contains("execution") && !fact.contains("account"), "{fact}");
    }
}

/// The vendor's own doubt has another cause (a rule of the tenant, by its label); a repeated own face hides it.
#[tokio::test]
async fn an_own_face_clears_no_doubt_of_another_cause() {
    let doubt =
        json!({ "type": "WARNING", "details": { "label": "DEVICE_RISK_RULE" }, "risk": { "score": 65.0 } });
    // Without a repeated face it is a review.
    let world = World::new();
    let ada = second_try(&world).await;
    let mut details = seen(&json!({ "status": "DONE", "findings": [] }));
    details["decision"] = doubt.clone();
    details["capabilities"]["imageChecks"][0]["decision"] =
        json!({ "type": "PASSED", "details": { "label": "OK" } });
    world.vendor.set(1, told(details));
    assert_eq!(ada.settle().await.status, Status::Review);
    // With one, it is an approval.
    let mut details = seen(&json!({ "status": "DONE", "findings": ["execution-0"] }));
    details["decision"] = doubt;
    let outcome = ends(&World::new(), told(details)).await;
    assert_eq!(outcome.status, Status::Review, "{outcome:?}");
}

/// One who comes by themselves, in a browser of this name.
fn walk_in(browser: &str) -> Registration {
    Registration {
        subject: browser.to_owned(),
        walk_in: true,
        ..registration("c1")
    }
}

/// An approval but for a face that was seen in `execution-0`, with this document.
fn seen_with(number: &str) -> Progress {
    let Progress::Ended(mut finding) = showing(approved(), Some(passport(number))) else {
        panic!("it has ended");
    };
    let check = finding
        .checks
        .iter_mut()
        .find(|check| check.name == "imageChecks")
        .unwrap();
    (check.mark, check.reason) = (Mark::Warning, REPEATED_FACE);
    finding.repeated_face = Some(RepeatedFace {
        check: "imageChecks".to_owned(),
        executions: vec!["execution-0".to_owned()],
        is_complete: true,
    });
    Progress::Ended(finding)
}

async fn in_another_browser(second: Registration, number: &str, comes_back: bool) -> Outcome {
    let world = World::new();
    let by_itself = Authorization {
        stranger: true,
        ..authorization()
    };
    let first = world.sign_in_as(walk_in("browser-1"), by_itself).await;
    first.begin().await;
    world
        .vendor
        .set(0, showing(approved(), Some(passport("P1234567"))));
    if comes_back {
        let checks = first.process.grants.checks();
        let back = first
            .process
            .visit(&first.visit.entry.handle, Some(BROWSER))
            .await;
        checks.came_back(&back.unwrap().entry).await.unwrap();
    }
    assert_eq!(first.settle().await.status, Status::Approved);
    let second = world.sign_in_as(second, authorization()).await;
    second.begin().await;
    world.vendor.set(1, seen_with(number));
    second.settle().await
}

#[tokio::test]
async fn who_shows_the_same_document_in_another_browser_is_the_same_person() {
    let told = in_another_browser(walk_in("browser-2"), "P1234567", true).await;
    assert_eq!(said(&told), (Status::Approved, None));
}

/// Nobody knows whether the person of the first check had begun it.
#[tokio::test]
async fn an_approval_whose_person_never_came_back_clears_nobody() {
    let told = in_another_browser(walk_in("browser-2"), "P1234567", false).await;
    assert_eq!(said(&told), OTHER_PERSON);
}

#[tokio::test]
async fn who_shows_another_document_in_another_browser_is_another_person() {
    let told = in_another_browser(walk_in("browser-2"), "P7654321", true).await;
    assert_eq!(said(&told), OTHER_PERSON);
}

#[tokio::test]
async fn who_is_named_is_another_person_than_who_came_by_themselves() {
    let told = in_another_browser(somebody(), "P1234567", true).await;
    assert_eq!(said(&told), OTHER_PERSON);
}
