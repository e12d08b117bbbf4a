//! One test per way in which an answer can be wrong, and per operation what must not be sent or believed.

use serde_json::{Value, json};

use super::world::{
    APPROVED, DONE, INITIATED, answering, client, fetching, fetching_data, ids, problem, refused, start,
    starting, unavailable, well,
};
use crate::checks::vendor::{Progress, Start, TransactionIds, Vendor as _, VendorError};
use crate::jumio::tests::server::{Answer, Server};

const OTHER: &str = "00000000-0000-4000-8000-000000000000";

/// A sample with one value replaced.
fn changed(sample: &str, path: &str, value: Value) -> Answer {
    let mut body: Value = serde_json::from_str(sample).unwrap();
    *body.pointer_mut(path).unwrap() = value;
    Answer::json(200, body)
}

// --- nonsense

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let (server, result) = fetching(|_| Answer::Endless).await;
    assert!(unavailable(result).contains("longer than 1048576 bytes"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn another_content_type_is_no_answer() {
    let page = || Answer::Whole(200, "text/html", "", INITIATED.to_owned());
    let (_, result) = starting(move |_| page()).await;
    assert!(unavailable(result).contains("other than JSON"));
}

#[tokio::test]
async fn the_content_type_may_have_a_charset() {
    let named = || Answer::Whole(200, "application/json;charset=UTF-8", "", INITIATED.to_owned());
    assert!(starting(move |_| named()).await.1.is_ok());
}

#[tokio::test]
async fn garbage_is_no_answer_and_is_not_repeated_to_anybody() {
    for garbage in ["", "{", "null", "[]", "Erika", r#"{"scanReference":["Erika"]}"#] {
        for result in [
            starting(move |_| Answer::json(200, garbage)).await.1.map(drop),
            fetching(move |_| Answer::json(200, garbage)).await.1.map(drop),
            fetching_data(move || Answer::json(200, garbage))
                .await
                .1
                .map(drop),
        ] {
            assert!(!unavailable(result).contains("Erika"), "{garbage}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (server, result) =
        fetching(|_| Answer::Whole(307, "", "Location: /elsewhere\r\n", String::new())).await;
    assert!(refused(result).contains("307"));
    assert!(server.seen().iter().all(|call| call.path != "/elsewhere"));
}

// --- creating

#[tokio::test]
async fn a_create_that_is_refused_for_a_field_is_invalid_and_its_body_is_not_repeated() {
    for code in [400, 422] {
        let (server, result) = starting(move |_| problem(code)).await;
        let Err(VendorError::Invalid(why)) = result else {
            panic!("{result:?}")
        };
        assert!(why.contains(&code.to_string()) && !why.contains("Scan"), "{why}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_create_at_a_wrong_address_is_our_configuration() {
    assert!(refused(starting(|_| problem(404)).await.1).contains("base addresses"));
}

#[tokio::test]
async fn a_create_without_a_page_is_our_configuration_and_counts() {
    let (_, result) = starting(|_| changed(INITIATED, "/redirectUrl", Value::Null)).await;
    let error = result.unwrap_err();
    assert!(error.may_have_started() && error.needs_an_operator(), "{error:?}");
    assert!(error.to_string().contains("redirectUrl"));
}

#[tokio::test]
async fn a_create_with_a_reference_that_could_change_an_address_is_no_answer() {
    for reference in ["", "0b6d0f0e", "../../../../../../api/v4/initiate///", "a b"] {
        let (_, result) =
            starting(move |_| changed(INITIATED, "/transactionReference", json!(reference))).await;
        assert!(
            unavailable(result).contains("transactionReference"),
            "{reference}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_no_https_address_is_not_given_to_a_browser() {
    for href in [
        "javascript:alert(1)",
        "http://evil.example/",
        "/web",
        "https://a.example/\r\nX: y",
    ] {
        let (_, result) = starting(move |_| changed(INITIATED, "/redirectUrl", json!(href))).await;
        assert!(unavailable(result).contains("https"), "{href}");
    }
}

#[tokio::test]
async fn a_start_that_breaks_a_rule_is_not_sent() {
    let server = Server::start(well).await;
    let long = Start {
        reference: "x".repeat(101),
        ..start()
    };
    let result = client(&server).start(&long).await;
    assert!(matches!(result, Err(VendorError::Invalid(_))), "{result:?}");
    assert!(server.seen().is_empty());
}

// --- reading

#[tokio::test]
async fn a_scan_that_is_not_known_is_unknown_not_an_error() {
    let (server, result) = fetching(|_| problem(404)).await;
    assert_eq!(result.unwrap(), Progress::Unknown);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn data_that_was_deleted_meanwhile_is_unknown() {
    let (_, result) = fetching_data(|| problem(404)).await;
    assert_eq!(result.unwrap(), Progress::Unknown);
}

#[tokio::test]
async fn a_status_of_another_scan_is_no_answer() {
    let (_, result) = fetching(|_| changed(DONE, "/scanReference", json!(OTHER))).await;
    assert_eq!(unavailable(result), "answered about another transaction");
}

#[tokio::test]
async fn a_result_of_another_scan_is_no_answer() {
    let (_, result) = fetching_data(|| changed(APPROVED, "/scanReference", json!(OTHER))).await;
    assert_eq!(unavailable(result), "answered about another transaction");
}

#[tokio::test]
async fn a_result_that_names_no_scan_is_no_answer() {
    let (_, result) = fetching_data(|| changed(APPROVED, "/scanReference", Value::Null)).await;
    unavailable(result);
}

#[tokio::test]
async fn a_result_that_is_not_done_after_all_counts_by_its_own_status() {
    let (_, result) = fetching_data(|| changed(APPROVED, "/transaction/status", json!("PENDING"))).await;
    assert_eq!(result.unwrap(), Progress::Started);
}

#[tokio::test]
async fn references_that_could_change_an_address_are_not_sent() {
    let server = Server::start(well).await;
    let client = client(&server);
    for execution in [
        "",
        "9f1b6c2a",
        "../../../../../../api/v4/initiate///",
        "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a?x",
    ] {
        let ids = TransactionIds {
            account: String::new(),
            execution: execution.into(),
        };
        let fetched = client.fetch(&ids).await;
        assert!(matches!(fetched, Err(VendorError::Invalid(_))), "{fetched:?}");
        let forgotten = client.forget(&ids).await;
        assert!(matches!(forgotten, Err(VendorError::Invalid(_))), "{forgotten:?}");
    }
    assert!(server.seen().is_empty());
}

// --- deleting

#[tokio::test]
async fn deleting_what_is_gone_already_is_fine() {
    let server = answering(|_| problem(404)).await;
    assert!(client(&server).forget(&ids()).await.is_ok());
}

#[tokio::test]
async fn a_delete_survives_a_5xx() {
    let server = answering(|nth| match nth {
        0 => problem(500),
        _ => Answer::Whole(204, "", "", String::new()),
    })
    .await;
    assert!(client(&server).forget(&ids()).await.is_ok());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_delete_without_permission_is_our_configuration() {
    let server = answering(|_| problem(403)).await;
    refused(client(&server).forget(&ids()).await);
}
