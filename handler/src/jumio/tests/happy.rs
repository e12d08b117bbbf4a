//! What goes out and comes back when all is well.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::server::{Answer, Seen, Server};
use super::world::{
    ACCOUNT, AGENT, EXECUTION, client, clock, config, created, ids, start, status, token, well, with,
};
use crate::checks::vendor::{End, Mark, Progress, Start, Started, Vendor as _};

fn headers(seen: &Seen) -> Vec<&str> {
    let mut names: Vec<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_create_sends_exactly_the_headers_jumio_wants() {
    let server = Server::start(well).await;
    client(&server).start(&start()).await.unwrap();
    let [create] = &server.calls()[..] else {
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
        ("POST", "/api/v1/accounts")
    );
    assert_eq!(create.header("user-agent"), Some(AGENT));
    assert_eq!(create.header("accept"), Some("application/json"));
    assert_eq!(create.header("content-type"), Some("application/json"));
    assert_eq!(create.header("authorization"), Some("Bearer opaque"));
}

#[tokio::test]
async fn a_token_request_sends_exactly_the_headers_jumio_wants() {
    let server = Server::start(well).await;
    client(&server).fetch(&ids()).await.unwrap();
    let seen = server.seen();
    let ask = seen.first().unwrap();
    assert_eq!(
        headers(ask),
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
        (ask.method.as_str(), ask.path.as_str()),
        ("POST", "/oauth2/token")
    );
    assert_eq!(ask.header("authorization"), Some("Basic dG9rZW46czNjcmV0"));
    assert_eq!(
        ask.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(ask.header("user-agent"), Some(AGENT));
    assert_eq!(ask.body, "grant_type=client_credentials");
}

#[tokio::test]
async fn reads_and_deletes_send_no_content_headers() {
    let server = Server::start(well).await;
    let client = client(&server);
    client.fetch(&ids()).await.unwrap();
    client.forget(&ids()).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    for call in &calls {
        assert_eq!(
            headers(call),
            ["accept", "authorization", "host", "user-agent"],
            "{}",
            call.method
        );
        assert_eq!(call.header("user-agent"), Some(AGENT));
    }
}

#[tokio::test]
async fn a_first_transaction_is_created() {
    let server = Server::start(well).await;
    let Started { ids: given, href } = client(&server).start(&start()).await.unwrap();
    assert_eq!(given, ids());
    let page = "https://contoso.web.emea-1.jumio.ai/web/client?authorizationToken=xyz&locale=en";
    assert_eq!(href.expose_secret(), page);
    let body: Value = serde_json::from_str(&server.calls()[0].body).unwrap();
    assert_eq!(body["customerInternalReference"], "AAECAwQFBgcICQoLDA0ODw-1");
    assert_eq!(body["workflowDefinition"]["key"], 10164);
}

#[tokio::test]
async fn any_success_status_will_do() {
    for code in [200, 201, 202] {
        let server = Server::start(move |seen, _| {
            if seen.is_token() {
                token()
            } else {
                Answer::json(code, created())
            }
        })
        .await;
        assert!(client(&server).start(&start()).await.is_ok(), "{code}");
    }
}

#[tokio::test]
async fn an_answer_without_a_content_type_is_read() {
    let bare = |seen: &Seen, _| {
        if seen.is_token() {
            token()
        } else {
            Answer::Whole(200, "", "", created().to_string())
        }
    };
    let server = Server::start(bare).await;
    assert!(client(&server).start(&start()).await.is_ok());
}

#[tokio::test]
async fn a_repeat_updates_the_account() {
    let server = Server::start(well).await;
    let again = Start {
        account: Some(ACCOUNT.into()),
        ..start()
    };
    client(&server).start(&again).await.unwrap();
    let [update] = &server.calls()[..] else {
        panic!("one call")
    };
    assert_eq!(update.method, "PUT");
    assert_eq!(update.path, format!("/api/v1/accounts/{ACCOUNT}"));
    let body: Value = serde_json::from_str(&update.body).unwrap();
    assert_eq!(body["userReference"], "q83vEjRWeJA");
}

#[tokio::test]
async fn a_repeat_whose_account_was_deleted_creates_another() {
    let server = Server::start(|seen, nth| match seen.method.as_str() {
        "PUT" => Answer::json(404, json!({ "status": 404 })),
        _ => well(seen, nth),
    })
    .await;
    let again = Start {
        account: Some(ACCOUNT.into()),
        ..start()
    };
    assert!(client(&server).start(&again).await.is_ok());
    let methods: Vec<_> = server.calls().into_iter().map(|call| call.method).collect();
    assert_eq!(methods, ["PUT", "POST"]);
}

#[tokio::test]
async fn a_result_is_read_by_our_ids() {
    let server = Server::start(well).await;
    let progress = client(&server).fetch(&ids()).await.unwrap();
    let Progress::Ended(finding) = progress else {
        panic!("{progress:?}")
    };
    assert_eq!(
        (finding.end, finding.vendor_decision),
        (End::Processed, Some(Mark::Passed))
    );
    let paths: Vec<_> = server.calls().into_iter().map(|call| call.path).collect();
    let execution = format!("/api/v1/accounts/{ACCOUNT}/workflow-executions/{EXECUTION}");
    assert_eq!(paths, [format!("{execution}/status"), execution]);
}

#[tokio::test]
async fn details_are_not_read_before_there_are_any() {
    for (word, expected) in [("INITIATED", Progress::Started), ("ACQUIRED", Progress::Captured)] {
        let server = Server::start(move |seen, _| {
            if seen.is_token() {
                token()
            } else {
                Answer::json(200, status(word))
            }
        })
        .await;
        assert_eq!(client(&server).fetch(&ids()).await.unwrap(), expected);
        assert_eq!(server.calls().len(), 1);
    }
}

#[tokio::test]
async fn an_expired_session_is_over_and_its_data_is_not_read() {
    for (word, expected) in [
        ("SESSION_EXPIRED", End::Abandoned),
        ("TOKEN_EXPIRED", End::NeverOpened),
    ] {
        let server = Server::start(move |seen, _| {
            if seen.is_token() {
                token()
            } else {
                Answer::json(200, status(word))
            }
        })
        .await;
        let Progress::Ended(finding) = client(&server).fetch(&ids()).await.unwrap() else {
            panic!("{word}")
        };
        assert_eq!(finding.end, expected);
        assert_eq!(server.calls().len(), 1);
    }
}

#[tokio::test]
async fn forgetting_deletes_the_transaction() {
    let server = Server::start(well).await;
    client(&server).forget(&ids()).await.unwrap();
    let [delete] = &server.calls()[..] else {
        panic!("one call")
    };
    assert_eq!(delete.method, "DELETE");
    assert_eq!(
        delete.path,
        format!("/api/v1/accounts/{ACCOUNT}/workflow-executions/{EXECUTION}")
    );
}

#[tokio::test]
async fn a_base_address_may_have_a_path() {
    let server = Server::start(|seen, _| match seen.path.as_str() {
        "/jumio/auth/oauth2/token" => token(),
        _ => Answer::json(200, created()),
    })
    .await;
    let mut config = config(&server);
    config.auth_base = server.base().join("jumio/auth/").unwrap();
    config.account_base = server.base().join("jumio/account").unwrap();
    with(config, &clock()).start(&start()).await.unwrap();
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        ["/jumio/auth/oauth2/token", "/jumio/account/api/v1/accounts"]
    );
}
