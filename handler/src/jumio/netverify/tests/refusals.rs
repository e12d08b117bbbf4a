//! One test per way in which Netverify, or the way to it, can refuse, be slow or break off.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::world::{
    DONE, INITIATED, PENDING, answering, client, config, fetching, ids, is_data, problem, refused, start,
    starting, unavailable, well, with,
};
use crate::checks::vendor::{Progress, Vendor as _, VendorError};
use crate::jumio::ClientCredentials;
use crate::jumio::netverify::{Client, Config};
use crate::jumio::tests::server::{Answer, Server};
use crate::random::OsRandom;

#[tokio::test]
async fn credentials_that_stay_wrong_are_our_configuration_and_are_not_tried_again() {
    for code in [401, 403] {
        for (server, result) in [
            starting(move |_| problem(code)).await.map_result(),
            fetching(move |_| problem(code)).await.map_result(),
        ] {
            assert!(refused(result).contains(&code.to_string()));
            assert_eq!(server.seen().len(), 1);
        }
    }
}

/// Forgets what an operation would have given.
trait MapResult {
    fn map_result(self) -> (Server, Result<(), VendorError>);
}

impl<T> MapResult for (Server, Result<T, VendorError>) {
    fn map_result(self) -> (Server, Result<(), VendorError>) {
        (self.0, self.1.map(drop))
    }
}

#[tokio::test]
async fn a_403_names_what_else_it_may_be() {
    assert!(refused(fetching(|_| problem(403)).await.1).contains("User-Agent"));
}

#[tokio::test]
async fn a_429_to_a_create_is_told_at_once_with_its_pause() {
    let (server, result) = starting(|_| Answer::Whole(429, "", "Retry-After: 7\r\n", String::new())).await;
    let Err(VendorError::Throttled { retry_after }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_429_to_a_read_passes_and_the_read_is_repeated() {
    let (server, result) = fetching(|nth| match nth {
        0 => problem(429),
        _ => Answer::json(200, PENDING),
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Started);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_429_that_does_not_pass_is_told() {
    let (server, result) = fetching(|_| problem(429)).await;
    assert!(matches!(result, Err(VendorError::Throttled { .. })), "{result:?}");
    assert_eq!(server.seen().len(), 3, "as many as the configuration allows");
}

#[tokio::test]
async fn a_create_that_found_nobody_was_certainly_not_sent() {
    let server = Server::start(well).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = Config {
        base: format!("http://{closed}/").parse().unwrap(),
        ..config(&server)
    };
    let error = with(config).start(&start()).await.unwrap_err();
    assert!(!error.may_have_started(), "{error:?}");
    assert!(!error.to_string().contains("127.0.0.1"), "no address in {error}");
}

#[tokio::test]
async fn a_create_without_a_usable_answer_may_have_been_sent() {
    for answer in [problem(503), Answer::json(200, "{"), Answer::Gone] {
        let error = starting(move |_| answer.clone()).await.1.unwrap_err();
        assert!(error.may_have_started(), "{error:?}");
    }
}

#[tokio::test]
async fn a_create_that_was_refused_was_not_executed() {
    for code in [400, 401, 403, 429] {
        let error = starting(move |_| problem(code)).await.1.unwrap_err();
        assert!(!error.may_have_started(), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn a_create_is_never_repeated_after_a_5xx() {
    for code in [500, 502, 503, 504, 408] {
        let (server, result) = starting(move |_| problem(code)).await;
        assert_eq!(unavailable(result), format!("answered {code} to the create"));
        assert_eq!(server.seen().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_create_is_never_repeated_when_the_connection_breaks() {
    for answer in [Answer::Gone, Answer::CutOff(200, INITIATED.to_owned())] {
        let (server, result) = starting(move |_| answer.clone()).await;
        unavailable(result);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_create_is_never_repeated_when_it_is_slow() {
    let server = answering(|_| Answer::too_late()).await;
    let config = Config {
        budget: Duration::from_millis(300),
        ..config(&server)
    };
    let begun = Instant::now();
    let error = with(config).start(&start()).await.unwrap_err();
    assert!(error.may_have_started(), "{error:?}");
    let why = unavailable(Err::<(), _>(error));
    assert_eq!(why, "no answer to the create within 300 ms");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_read_survives_a_5xx_a_break_and_a_cut() {
    for trouble in [
        problem(500),
        problem(503),
        Answer::Gone,
        Answer::CutOff(200, DONE.to_owned()),
    ] {
        let (server, result) = fetching(move |nth| match nth {
            0 => trouble.clone(),
            _ => Answer::json(200, PENDING),
        })
        .await;
        assert_eq!(result.unwrap(), Progress::Started);
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn every_call_is_named_that_fails() {
    let server = answering(|_| problem(503)).await;
    let client_of = |server: &Server| client(server);
    assert_eq!(
        unavailable(client_of(&server).forget(&ids()).await),
        "answered 503 to the delete"
    );
    assert_eq!(
        unavailable(client_of(&server).fetch(&ids()).await),
        "answered 503 to the read of the status"
    );
    let server = Server::start(|seen, nth| {
        if is_data(seen) {
            problem(503)
        } else {
            well(seen, nth)
        }
    })
    .await;
    assert_eq!(
        unavailable(client_of(&server).fetch(&ids()).await),
        "answered 503 to the read of the data"
    );
}

#[tokio::test]
async fn the_budget_is_for_the_operation_not_for_each_of_its_requests() {
    let slow = |answer| Answer::Late(Duration::from_millis(300), Box::new(answer));
    let server = Server::start(move |seen, nth| slow(well(seen, nth))).await;
    let config = Config {
        budget: Duration::from_millis(500),
        ..config(&server)
    };
    unavailable(with(config).fetch(&ids()).await);
    assert_eq!(server.seen().len(), 2, "status in time, data not");
}

#[tokio::test]
async fn a_create_without_a_workflow_is_not_sent() {
    let server = Server::start(well).await;
    let config = Config {
        workflow: None,
        ..config(&server)
    };
    assert!(refused(with(config).start(&start()).await).contains("workflow"));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_client_without_a_user_agent_is_not_built() {
    let server = Server::start(well).await;
    let config = Config {
        user_agent: String::new(),
        ..config(&server)
    };
    let http = crate::http_client::build(None, "x", &[]).unwrap();
    let credentials = ClientCredentials {
        id: "token".into(),
        secret: "s3cret".to_owned().into(),
    };
    let built = Client::new(config, http, Arc::new(credentials), Arc::new(OsRandom));
    let faults = built.err().unwrap();
    assert_eq!(faults.first().map(|fault| fault.field), Some("user_agent"));
}
