//! One test per way in which an answer can be wrong, and per operation what must not be sent or believed.

use serde_json::{Value, json};

use super::server::{Answer, Seen, Server};
use super::world::{
    ACCOUNT, EXECUTION, answering, client, created, fetching, ids, passed, problem, refused, start, starting,
    status, unavailable, unusable, well,
};
use crate::checks::vendor::{Progress, Start, TransactionIds, Vendor as _, VendorError};

// --- nonsense

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let (server, result) = fetching(|_| Answer::Endless).await;
    assert!(unavailable(result).contains("longer than 1048576 bytes"));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_read() {
    let (_, result) = starting(|_| Answer::json(200, " ".repeat(1024 * 1024 + 1))).await;
    assert!(unavailable(result).contains("longer"));
}

#[tokio::test]
async fn another_content_type_is_no_answer() {
    let page = || Answer::Whole(200, "text/html", "", created().to_string());
    let (_, result) = starting(move |_| page()).await;
    assert!(unavailable(result).contains("other than JSON"));
}

#[tokio::test]
async fn garbage_is_no_answer_and_is_not_repeated_to_anybody() {
    for garbage in [
        "",
        "{",
        "null",
        "[]",
        "Erika",
        r#"{"account":"Erika"}"#,
        r#"{"workflowExecution":{"id":["Erika"]}}"#,
    ] {
        for result in [
            starting(move |_| Answer::json(200, garbage)).await.1.map(drop),
            fetching(move |_| Answer::json(200, garbage)).await.1.map(drop),
        ] {
            assert!(!unavailable(result).contains("Erika"), "{garbage}");
        }
    }
}

#[tokio::test]
async fn garbage_for_a_result_is_no_result() {
    for garbage in [
        "{",
        r#"{"workflow":{}}"#,
        r#"{"workflow":{"id":"x"},"capabilities":7}"#,
    ] {
        let (_, result) = fetching_details(move || Answer::json(200, garbage)).await;
        unavailable(result);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (server, result) =
        fetching(|_| Answer::Whole(307, "", "Location: /elsewhere\r\n", String::new())).await;
    assert!(refused(result).contains("307"));
    assert!(server.calls().iter().all(|call| call.path != "/elsewhere"));
}

#[tokio::test]
async fn odd_client_errors_are_our_configuration() {
    for code in [402, 405, 406, 410, 415] {
        assert!(refused(starting(move |_| problem(code)).await.1).contains(&code.to_string()));
    }
}

// --- creating

#[tokio::test]
async fn a_create_that_is_refused_for_a_field_is_invalid_and_its_body_is_not_repeated() {
    for code in [400, 422] {
        let (server, result) = starting(move |_| problem(code)).await;
        let Err(VendorError::Invalid(why)) = result else {
            panic!("{result:?}")
        };
        assert!(why.contains(&code.to_string()) && !why.contains("Erika"), "{why}");
        assert_eq!(server.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_create_at_a_wrong_address_is_our_configuration() {
    assert!(refused(starting(|_| problem(404)).await.1).contains("base addresses"));
}

fn without(path: &str, key: &str) -> Answer {
    let mut body = created();
    let parent = body.pointer_mut(path).and_then(Value::as_object_mut).unwrap();
    assert!(parent.remove(key).is_some());
    Answer::json(200, body)
}

#[tokio::test]
async fn a_create_without_web_is_our_configuration() {
    let (server, result) = starting(|_| without("", "web")).await;
    assert!(unusable(result).contains("web.href"));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_create_without_href_is_our_configuration() {
    assert!(unusable(starting(|_| without("/web", "href")).await.1).contains("web.href"));
}

#[tokio::test]
async fn a_create_without_sdk_is_fine() {
    assert!(starting(|_| without("", "sdk")).await.1.is_ok());
}

#[tokio::test]
async fn a_create_without_ids_is_no_answer() {
    for part in ["account", "workflowExecution"] {
        unavailable(starting(move |_| without("", part)).await.1);
    }
}

#[tokio::test]
async fn a_create_with_ids_that_could_change_an_address_is_no_answer() {
    for (path, id) in [
        ("/account/id", "../x"),
        ("/workflowExecution/id", "a/b"),
        ("/account/id", ""),
    ] {
        let (_, result) = starting(move |_| {
            let mut body = created();
            *body.pointer_mut(path).unwrap() = json!(id);
            Answer::json(200, body)
        })
        .await;
        assert!(unavailable(result).contains("malformed ids"));
    }
}

#[tokio::test]
async fn a_href_that_is_no_https_address_is_not_given_to_a_browser() {
    for href in [
        "javascript:alert(1)",
        "http://evil.example/",
        "/web",
        "https://a.example/\r\nX: y",
    ] {
        let (_, result) = starting(move |_| {
            let mut body = created();
            body["web"]["href"] = json!(href);
            Answer::json(200, body)
        })
        .await;
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
    let foreign = Start {
        account: Some("../accounts".into()),
        ..start()
    };
    for broken in [long, foreign] {
        let result = client(&server).start(&broken).await;
        assert!(matches!(result, Err(VendorError::Invalid(_))), "{result:?}");
    }
    assert!(server.seen().is_empty());
}

// --- reading

/// A server that says PROCESSED, and answers the details by `answer`.
async fn fetching_details(
    answer: impl Fn() -> Answer + Send + Sync + 'static,
) -> (Server, Result<Progress, VendorError>) {
    let script = move |seen: &Seen, nth: usize| {
        let details = seen.path.ends_with(EXECUTION);
        if details { answer() } else { well(seen, nth) }
    };
    let server = Server::start(script).await;
    let result = client(&server).fetch(&ids()).await;
    (server, result)
}

#[tokio::test]
async fn a_status_that_is_not_known_yet_is_unknown_not_an_error() {
    let (server, result) = fetching(|_| problem(404)).await;
    assert_eq!(result.unwrap(), Progress::Unknown);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn details_that_are_not_known_yet_are_unknown() {
    let (_, result) = fetching_details(|| problem(404)).await;
    assert_eq!(result.unwrap(), Progress::Unknown);
}

#[tokio::test]
async fn details_that_were_wiped_are_unknown() {
    let (_, result) = fetching_details(|| {
        let mut body = passed();
        body["wipedOutAt"] = json!("2026-03-03T10:00:00Z");
        Answer::json(200, body)
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Unknown);
}

#[tokio::test]
async fn a_status_of_another_transaction_is_no_answer() {
    for path in ["/workflowExecution/id", "/account/id"] {
        let (_, result) = fetching(move |_| {
            let mut body = status("PROCESSED");
            *body.pointer_mut(path).unwrap() = json!("00000000-0000-4000-8000-000000000000");
            Answer::json(200, body)
        })
        .await;
        assert_eq!(unavailable(result), "answered about another transaction");
    }
}

#[tokio::test]
async fn a_result_of_another_transaction_is_no_answer() {
    for path in ["/workflow/id", "/account/id"] {
        let (_, result) = fetching_details(move || {
            let mut body = passed();
            *body.pointer_mut(path).unwrap() = json!("00000000-0000-4000-8000-000000000000");
            Answer::json(200, body)
        })
        .await;
        assert_eq!(unavailable(result), "answered about another transaction");
    }
}

#[tokio::test]
async fn a_result_that_is_not_processed_after_all_counts_by_its_own_status() {
    let (_, result) = fetching_details(|| {
        let mut body = passed();
        body["workflow"]["status"] = json!("ACQUIRED");
        Answer::json(200, body)
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Captured);
}

#[tokio::test]
async fn ids_that_could_change_an_address_are_not_sent() {
    let server = Server::start(well).await;
    let client = client(&server);
    for (account, execution) in [("", EXECUTION), (ACCOUNT, "../status"), ("a?b", EXECUTION)] {
        let ids = TransactionIds {
            account: account.into(),
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
    let server = answering(|nth| {
        if nth == 0 {
            problem(500)
        } else {
            Answer::Whole(204, "", "", String::new())
        }
    })
    .await;
    assert!(client(&server).forget(&ids()).await.is_ok());
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_delete_without_permission_is_our_configuration() {
    let server = answering(|_| problem(403)).await;
    refused(client(&server).forget(&ids()).await);
}
