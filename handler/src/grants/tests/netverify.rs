//! What Netverify answers, and what a client is told of it.

use serde_json::Value;

use super::world::{SignIn, World, authorization, registration};
use crate::checks::vendor::Progress;
use crate::checks::{Outcome, Reason, Registration, Status};

macro_rules! told {
    ($case:literal) => {
        told(include_str!(concat!(
            "../../../../tests/vectors/netverify_data_",
            $case,
            ".json"
        )))
    };
}

/// An answer of the retrieval service about Ada.
fn told(text: &str) -> Progress {
    let text = text
        .replace("ERIKA MARIA", "ADA")
        .replace("MUSTER", "LOVELACE")
        .replace("1980-05-06", "1985-12-10");
    let data: Value = serde_json::from_str(&text).unwrap();
    crate::jumio::tests::told_by_netverify(data)
}

fn said(outcome: &Outcome) -> (Status, Option<&str>) {
    (outcome.status, outcome.reason.as_ref().map(Reason::as_str))
}

async fn ends(world: &World, progress: Progress) -> (SignIn, Outcome) {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, progress);
    let outcome = ada.settle().await;
    (ada, outcome)
}

async fn outcome_of(progress: Progress) -> (Status, Option<String>) {
    let (_, outcome) = ends(&World::new(), progress).await;
    (
        outcome.status,
        outcome.reason.map(|reason| reason.as_str().to_owned()),
    )
}

fn because(status: Status, reason: &str) -> (Status, Option<String>) {
    (status, Some(reason.to_owned()))
}

#[tokio::test]
async fn document_face_and_name_together_are_an_approval() {
    assert_eq!(outcome_of(told!("approved")).await, (Status::Approved, None));
}

#[tokio::test]
async fn an_approved_document_of_somebody_else_is_rejected() {
    let rejected = because(Status::Rejected, "face_mismatch");
    assert_eq!(outcome_of(told!("other_face")).await, rejected);
}

#[tokio::test]
async fn a_face_of_paper_is_rejected() {
    let rejected = because(Status::Rejected, "selfie_digital_copy");
    assert_eq!(outcome_of(told!("not_valid")).await, rejected);
}

#[tokio::test]
async fn an_approved_document_without_a_face_is_a_workflow_that_is_not_set_up() {
    let error = because(Status::Error, "misconfigured");
    assert_eq!(outcome_of(told!("no_face")).await, error);
}

#[tokio::test]
async fn a_workflow_of_documents_approves_a_document() {
    assert_eq!(outcome_of(told!("document_only")).await, (Status::Approved, None));
}

#[tokio::test]
async fn a_document_of_a_transaction_that_does_not_say_its_workflow_is_no_approval() {
    let data = include_str!("../../../../tests/vectors/netverify_data_document_only.json");
    let error = because(Status::Error, "misconfigured");
    assert_eq!(
        outcome_of(told(&data.replace("workflow-100", "web"))).await,
        error
    );
}

#[tokio::test]
async fn a_document_of_another_name_is_rejected() {
    let data = include_str!("../../../../tests/vectors/netverify_data_approved.json");
    let data: Value = serde_json::from_str(data).unwrap();
    let rejected = because(Status::Rejected, "name_mismatch");
    assert_eq!(
        outcome_of(crate::jumio::tests::told_by_netverify(data)).await,
        rejected
    );
}

#[tokio::test]
async fn an_unreadable_document_is_a_rejection_that_may_be_tried_again() {
    let world = World::new();
    let (ada, outcome) = ends(&world, told!("unreadable")).await;
    assert_eq!(said(&outcome), (Status::Rejected, Some("image_blurred")));
    assert!(ada.process.poll(&ada.visit).await.unwrap().can_retry);
}

#[tokio::test]
async fn fraud_is_rejected_with_its_reason() {
    let rejected = because(Status::Rejected, "document_manipulated_photo");
    assert_eq!(outcome_of(told!("fraud_one_detail")).await, rejected);
}

#[tokio::test]
async fn an_unknown_status_is_for_a_human() {
    let data = include_str!("../../../../tests/vectors/netverify_data_approved.json");
    let review = because(Status::Review, "unknown_answer");
    assert_eq!(
        outcome_of(told(&data.replace("APPROVED_VERIFIED", "APPROVED_SOMEHOW"))).await,
        review
    );
}

#[tokio::test]
async fn an_approval_that_jumio_takes_back_is_not_told_any_more() {
    let world = World::new();
    let (ada, outcome) = ends(&world, told!("approved")).await;
    assert_eq!(outcome.status, Status::Approved);
    world.vendor.set(0, told!("reversed"));
    ada.callback(&world, 0).await;
    let outcome = ada.settle().await;
    assert_eq!(
        said(&outcome),
        (Status::Rejected, Some("data_mismatch_repeated_face"))
    );
}

#[tokio::test]
async fn a_face_that_jumio_has_seen_at_another_customers_person_is_no_finding() {
    assert_eq!(outcome_of(told!("repeated_face")).await, (Status::Approved, None));
}

#[tokio::test]
async fn a_face_that_was_seen_in_another_subjects_transaction_is_a_doubt() {
    let world = World::new();
    let somebody = Registration {
        subject: "subject-of-somebody".to_owned(),
        ..registration("c0")
    };
    world.sign_in_as(somebody, authorization()).await.begin().await;
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let Progress::Ended(mut finding) = told!("repeated_face") else {
        panic!("ended")
    };
    let face = finding.repeated_face.as_mut().unwrap();
    face.executions = vec![world.vendor.ids_of(0).execution];
    world.vendor.set(1, Progress::Ended(finding));
    let outcome = ada.settle().await;
    assert_eq!(
        said(&outcome),
        (Status::Review, Some("repeated_face_other_person"))
    );
}
