//! What goes out and comes back when all is well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::world::{
    AGENT, BASIC, FAILED, PENDING, SCAN, build, client, config, ids, is_data, start, well, with,
};
use crate::checks::Announced;
use crate::checks::vendor::{End, Found, Mark, Place, Progress, Start, Started, Vendor as _};
use crate::jumio::netverify::{Config, Workflow};
use crate::jumio::tests::server::{Answer, Seen, Server};
use crate::jumio::{ClientCredentials, Credentials};

fn headers(seen: &Seen) -> Vec<&str> {
    let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_create_sends_exactly_the_headers_jumio_wants() {
    let server = Server::start(well).await;
    client(&server).start(&start()).await.unwrap();
    let [create] = &server.seen()[..] else {
        panic!("one call")
    };
    assert_eq!(
        headers(create),
        [
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent"
        ]
    );
    assert_eq!(
        (create.method.as_str(), create.path.as_str()),
        ("POST", "/api/v4/initiate")
    );
    assert_eq!(create.header("user-agent"), Some(AGENT));
    assert_eq!(create.header("accept"), Some("application/json"));
    assert_eq!(create.header("content-type"), Some("application/json"));
    assert_eq!(create.header("authorization"), Some(BASIC));
}

#[tokio::test]
async fn reads_and_deletes_send_no_content_headers() {
    let server = Server::start(well).await;
    let client = client(&server);
    client.fetch(&ids()).await.unwrap();
    client.forget(&ids()).await.unwrap();
    let calls = server.seen();
    assert_eq!(calls.len(), 3);
    for call in &calls {
        assert_eq!(
            headers(call),
            ["accept", "authorization", "host", "user-agent"],
            "{}",
            call.method
        );
        assert_eq!(call.header("user-agent"), Some(AGENT));
        assert_eq!(call.header("authorization"), Some(BASIC));
    }
}

#[tokio::test]
async fn a_transaction_is_created() {
    let server = Server::start(well).await;
    let Started { ids: given, href } = client(&server).start(&start()).await.unwrap();
    assert_eq!(given, ids());
    let page = "https://contoso.netverify.com/web/v4/app?locale=en-GB&authorizationToken=xyz";
    assert_eq!(href.expose_secret(), page);
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(body["customerInternalReference"], "AAECAwQFBgcICQoLDA0ODw-1");
    assert_eq!(body["userReference"], "q83vEjRWeJA");
    assert_eq!(body["workflowId"], 200);
}

/// An account of the current API means nothing here.
#[tokio::test]
async fn an_account_of_another_api_is_not_sent() {
    let server = Server::start(well).await;
    let again = Start {
        account: Some("7a0c2d0e-1111-4c2f-8f3a-5a1b2c3d4e5f".into()),
        ..start()
    };
    client(&server).start(&again).await.unwrap();
    let [create] = &server.seen()[..] else {
        panic!("one call")
    };
    assert!(!create.path.contains("7a0c2d0e") && !create.body.contains("7a0c2d0e"));
}

#[tokio::test]
async fn nobody_is_asked_for_a_place() {
    let server = Server::start(well).await;
    assert_eq!(client(&server).needs(&Place::default()), None);
}

#[tokio::test]
async fn it_has_a_name_of_its_own_and_cannot_be_asked_for_lost_starts() {
    let server = Server::start(well).await;
    let client = client(&server);
    assert_eq!(client.id().to_string(), "jumio-netverify");
    assert!(matches!(client.find("x").await, Ok(Found::CannotBeAsked)));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_callback_is_read_as_netverifys() {
    let server = Server::start(well).await;
    let body = include_str!("../../../../../tests/vectors/netverify_callback_approved.form");
    let form = "application/x-www-form-urlencoded";
    let read = client(&server).callback(form, body.trim_end().as_bytes());
    let Ok(Announced::Callback(callback)) = read else {
        panic!("{read:?}")
    };
    assert_eq!(callback.execution.as_deref(), Some(SCAN));
    assert_eq!(callback.account, None);
}

#[tokio::test]
async fn a_result_is_read_by_our_reference() {
    let server = Server::start(well).await;
    let Progress::Ended(finding) = client(&server).fetch(&ids()).await.unwrap() else {
        panic!("ended")
    };
    assert_eq!(
        (finding.end, finding.vendor_decision),
        (End::Processed, Some(Mark::Passed))
    );
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    let scan = format!("/api/netverify/v2/scans/{SCAN}");
    assert_eq!(paths, [scan.clone(), format!("{scan}/data")]);
}

#[tokio::test]
async fn the_data_is_not_read_before_there_is_a_result() {
    for (status, expected) in [(PENDING, Progress::Started)] {
        let server = Server::start(move |_, _| Answer::json(200, status)).await;
        assert_eq!(client(&server).fetch(&ids()).await.unwrap(), expected);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_scan_that_failed_is_over_and_its_data_is_not_read() {
    let server = Server::start(|_, _| Answer::json(200, FAILED)).await;
    let Progress::Ended(finding) = client(&server).fetch(&ids()).await.unwrap() else {
        panic!("ended")
    };
    assert_eq!((finding.end, finding.vendor_decision), (End::Abandoned, None));
    assert_eq!(server.seen().len(), 1);
}

/// An approved scan of which Jumio says later that it was fraud.
#[tokio::test]
async fn a_result_that_was_taken_back_is_read_as_it_is_now() {
    let reversed = include_str!("../../../../../tests/vectors/netverify_data_reversed.json");
    let server = Server::start(move |seen, nth| match (is_data(seen), nth) {
        (true, 1) => Answer::json(200, reversed),
        _ => well(seen, nth),
    })
    .await;
    let client = client(&server);
    let mut conclusions = Vec::new();
    for _ in 0..2 {
        let Progress::Ended(finding) = client.fetch(&ids()).await.unwrap() else {
            panic!("ended")
        };
        conclusions.push(finding.vendor_decision);
    }
    assert_eq!(conclusions, [Some(Mark::Passed), Some(Mark::Rejected)]);
}

#[tokio::test]
async fn forgetting_deletes_the_scan() {
    let server = Server::start(well).await;
    client(&server).forget(&ids()).await.unwrap();
    let [delete] = &server.seen()[..] else {
        panic!("one call")
    };
    assert_eq!(delete.method, "DELETE");
    assert_eq!(delete.path, format!("/api/netverify/v2/scans/{SCAN}"));
}

#[tokio::test]
async fn a_base_address_may_have_a_path() {
    let server = Server::start(well).await;
    let config = Config {
        base: server.base().join("jumio/netverify").unwrap(),
        ..config(&server)
    };
    with(config).start(&start()).await.unwrap();
    assert_eq!(server.seen()[0].path, "/jumio/netverify/api/v4/initiate");
}

/// What was started before the other API got new transactions is judged, erased and told of; only a start is refused.
#[tokio::test]
async fn beside_another_api_it_answers_without_a_workflow() {
    let server = Server::start(well).await;
    let config = Config {
        workflow: None,
        ..config(&server)
    };
    let client = with(config);
    let Progress::Ended(finding) = client.fetch(&ids()).await.unwrap() else {
        panic!("ended")
    };
    assert_eq!(finding.rests_on, ["document", "similarity", "validity"]);
    client.forget(&ids()).await.unwrap();
    assert!(client.start(&start()).await.is_err());
    assert!(server.seen().iter().all(|call| call.method != "POST"));
}

/// A transaction that was made with a face is not approved by its document alone because the setting has changed.
#[tokio::test]
async fn a_transaction_is_judged_by_the_workflow_that_it_was_made_with() {
    let no_face = include_str!("../../../../../tests/vectors/netverify_data_no_face.json");
    let server = Server::start(move |seen, nth| {
        if is_data(seen) {
            Answer::json(200, no_face)
        } else {
            well(seen, nth)
        }
    })
    .await;
    let config = Config {
        workflow: Workflow::of(100),
        ..config(&server)
    };
    let Progress::Ended(finding) = with(config).fetch(&ids()).await.unwrap() else {
        panic!("ended")
    };
    assert_eq!(finding.rests_on, ["document", "similarity", "validity"]);
}

/// Nor because the answer does not say what it was made with.
#[tokio::test]
async fn a_transaction_that_does_not_say_its_workflow_has_to_show_a_face() {
    let no_face = include_str!("../../../../../tests/vectors/netverify_data_no_face.json");
    let mut data: Value = serde_json::from_str(no_face).unwrap();
    data.as_object_mut().unwrap().remove("transaction").unwrap();
    let server = Server::start(move |seen, nth| {
        if is_data(seen) {
            Answer::json(200, data.to_string())
        } else {
            well(seen, nth)
        }
    })
    .await;
    let config = Config {
        workflow: Workflow::of(100),
        ..config(&server)
    };
    let Progress::Ended(finding) = with(config).fetch(&ids()).await.unwrap() else {
        panic!("ended")
    };
    assert_eq!(finding.rests_on, ["document", "similarity", "validity"]);
}

/// Credentials that an operator rotates once the old ones were refused so many times.
struct Rotated(Arc<AtomicUsize>);

impl Credentials for Rotated {
    fn current(&self) -> ClientCredentials {
        let secret = if self.0.load(Ordering::Relaxed) == 0 {
            "old"
        } else {
            "new"
        };
        ClientCredentials {
            id: "token".into(),
            secret: secret.to_owned().into(),
        }
    }
}

/// `token:new`
const NEW: &str = "Basic dG9rZW46bmV3";

#[tokio::test]
async fn a_refusal_makes_the_credentials_be_read_again_and_the_call_be_sent_again() {
    for code in [401, 403] {
        let refused = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&refused);
        let server = Server::start(move |seen, nth| {
            if seen.header("authorization") == Some(NEW) {
                return well(seen, nth);
            }
            counted.fetch_add(1, Ordering::Relaxed);
            Answer::json(code, "{}")
        })
        .await;
        let client = build(config(&server), Arc::new(Rotated(refused)));
        client.start(&start()).await.unwrap();
        assert_eq!(server.seen().len(), 2, "{code}");
    }
}
