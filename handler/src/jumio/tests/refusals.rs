//! One test per way in which Jumio, or the way to it, can refuse, be slow or break off.

use std::time::{Duration, Instant};

use serde_json::json;

use super::server::{Answer, Server};
use super::world::{
    ACCOUNT, answering, client, clock, config, created, fetching, ids, problem, refused, start, starting,
    status, token, unavailable, with,
};
use crate::checks::vendor::{Progress, Start, Vendor as _, VendorError};
use crate::jumio::kyx::Config;
use crate::jumio::transport::Retry;

// --- authorisation

#[tokio::test]
async fn a_401_is_tried_once_more_with_a_fresh_token() {
    let (server, result) = starting(|nth| {
        if nth == 0 {
            problem(401)
        } else {
            Answer::json(200, created())
        }
    })
    .await;
    assert!(result.is_ok());
    assert_eq!((server.tokens(), server.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_second_401_is_our_configuration() {
    let (server, result) = fetching(|_| problem(401)).await;
    assert!(refused(result).contains("401"));
    assert_eq!((server.tokens(), server.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_403_is_our_configuration() {
    for result in [
        starting(|_| problem(403)).await.1.map(drop),
        fetching(|_| problem(403)).await.1.map(drop),
    ] {
        assert!(refused(result).contains("User-Agent"));
    }
}

// --- too fast

/// People wait for it in line, without a start being counted meanwhile.
#[tokio::test]
async fn a_429_to_a_create_is_told_at_once_with_its_pause() {
    let (server, result) = starting(|_| Answer::Whole(429, "", "Retry-After: 7\r\n", String::new())).await;
    let Err(VendorError::Throttled { retry_after }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_429_to_a_read_passes_and_the_read_is_repeated() {
    let (server, result) = fetching(|nth| {
        if nth < 2 {
            problem(429)
        } else {
            Answer::json(200, status("INITIATED"))
        }
    })
    .await;
    assert!(result.is_ok());
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_429_that_does_not_pass_is_told() {
    let (server, result) = fetching(|_| problem(429)).await;
    assert!(matches!(result, Err(VendorError::Throttled { .. })), "{result:?}");
    assert_eq!(server.calls().len(), 3, "as many as the configuration allows");
}

// --- may it have been started?

#[tokio::test]
async fn a_create_that_found_nobody_was_certainly_not_sent() {
    let server = answering(|_| problem(503)).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let config = Config {
        account_base: format!("http://{closed}/").parse().unwrap(),
        ..config(&server)
    };
    let error = with(config, &clock()).start(&start()).await.unwrap_err();
    assert!(!error.may_have_started(), "{error:?}");
}

#[tokio::test]
async fn a_create_that_has_no_token_was_certainly_not_sent() {
    let server = Server::start(|_, _| Answer::too_late()).await;
    let config = Config {
        budget: Duration::from_millis(200),
        ..config(&server)
    };
    let error = with(config, &clock()).start(&start()).await.unwrap_err();
    assert!(!error.may_have_started(), "{error:?}");
}

#[tokio::test]
async fn a_create_without_a_usable_answer_may_have_been_sent() {
    for answer in [
        problem(503),
        Answer::json(200, "{"),
        Answer::json(
            200,
            json!({ "account": { "id": "?" }, "workflowExecution": { "id": "?" } }),
        ),
    ] {
        let error = starting(move |_| answer.clone()).await.1.unwrap_err();
        assert!(error.may_have_started(), "{error:?}");
    }
    let server = answering(|_| Answer::too_late()).await;
    let config = Config {
        budget: Duration::from_millis(200),
        ..config(&server)
    };
    let error = with(config, &clock()).start(&start()).await.unwrap_err();
    assert!(error.may_have_started(), "{error:?}");
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let begun = Instant::now();
    let (_, result) = fetching(|nth| match nth {
        0 => Answer::Whole(429, "", "Retry-After: 1\r\n", String::new()),
        _ => Answer::json(200, status("INITIATED")),
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Started);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_retry_after_beyond_the_budget_is_not_waited_for() {
    let begun = Instant::now();
    let (server, result) = fetching(|_| Answer::Whole(429, "", "Retry-After: 3600\r\n", String::new())).await;
    assert!(matches!(result, Err(VendorError::Throttled { .. })), "{result:?}");
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert_eq!(server.calls().len(), 1);
}

// --- down

#[tokio::test]
async fn a_read_survives_a_5xx() {
    for code in [500, 502, 503, 504] {
        let (server, result) = fetching(move |nth| match nth {
            0 => problem(code),
            _ => Answer::json(200, status("ACQUIRED")),
        })
        .await;
        assert_eq!(result.unwrap(), Progress::Captured);
        assert_eq!(server.calls().len(), 2);
    }
}

#[tokio::test]
async fn a_read_gives_up_on_a_5xx_that_stays() {
    let (server, result) = fetching(|_| problem(503)).await;
    assert_eq!(unavailable(result), "answered 503 to the read of the status");
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_create_is_never_repeated_after_a_5xx() {
    for code in [500, 502, 503, 504, 408] {
        let (server, result) = starting(move |_| problem(code)).await;
        assert_eq!(unavailable(result), format!("answered {code} to the create"));
        assert_eq!(server.calls().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn an_update_is_never_repeated_after_a_5xx() {
    let server = answering(|_| problem(503)).await;
    let again = Start {
        account: Some(ACCOUNT.into()),
        ..start()
    };
    let why = unavailable(client(&server).start(&again).await);
    assert_eq!(why, "answered 503 to the update of an account");
    let methods: Vec<_> = server.calls().into_iter().map(|call| call.method).collect();
    assert_eq!(methods, ["PUT"]);
}

#[tokio::test]
async fn every_call_is_named_that_fails() {
    let server = answering(|_| problem(503)).await;
    let why = unavailable(client(&server).forget(&ids()).await);
    assert_eq!(why, "answered 503 to the delete");
    let server = Server::start(|seen, _| match seen {
        _ if seen.is_token() => token(),
        _ if seen.path.ends_with("/status") => Answer::json(200, status("PROCESSED")),
        _ => problem(503),
    })
    .await;
    let why = unavailable(client(&server).fetch(&ids()).await);
    assert_eq!(why, "answered 503 to the read of the details");
    let server = Server::start(|_, _| problem(503)).await;
    let why = unavailable(client(&server).fetch(&ids()).await);
    assert_eq!(why, "answered 503 to the token request");
    let (_server, result) = starting(|_| Answer::Gone).await;
    assert!(unavailable(result).starts_with("the create: "));
}

#[tokio::test]
async fn a_create_is_never_repeated_when_the_connection_breaks() {
    let (server, result) = starting(|_| Answer::Gone).await;
    unavailable(result);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_create_is_never_repeated_when_its_answer_is_cut_off() {
    let (server, result) = starting(|_| Answer::CutOff(200, created().to_string())).await;
    unavailable(result);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_create_is_never_repeated_when_it_is_slow() {
    let server = answering(|_| Answer::too_late()).await;
    let config = Config {
        budget: Duration::from_millis(300),
        ..config(&server)
    };
    let begun = Instant::now();
    let why = unavailable(with(config, &clock()).start(&start()).await);
    assert_eq!(why, "no answer to the create within 300 ms");
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_read_survives_a_broken_connection() {
    let (server, result) = fetching(|nth| match nth {
        0 => Answer::Gone,
        _ => Answer::json(200, status("INITIATED")),
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Started);
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_read_survives_an_answer_cut_off() {
    let (server, result) = fetching(|nth| match nth {
        0 => Answer::CutOff(200, status("PROCESSED").to_string()),
        _ => Answer::json(200, status("INITIATED")),
    })
    .await;
    assert_eq!(result.unwrap(), Progress::Started);
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_read_that_is_always_cut_off_is_told() {
    let (_, result) = fetching(|_| Answer::CutOff(200, status("PROCESSED").to_string())).await;
    assert!(unavailable(result).starts_with("the answer to the read of the status: the body broke off"));
}

#[tokio::test]
async fn a_slow_read_ends_with_the_budget() {
    let server = answering(|_| Answer::too_late()).await;
    let config = Config {
        budget: Duration::from_millis(300),
        ..config(&server)
    };
    let begun = Instant::now();
    unavailable(with(config, &clock()).fetch(&ids()).await);
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn the_budget_is_for_the_operation_not_for_each_of_its_requests() {
    let slow = |answer| Answer::Late(Duration::from_millis(300), Box::new(answer));
    let server = answering(move |nth| {
        slow(if nth == 0 {
            Answer::json(200, status("PROCESSED"))
        } else {
            problem(404)
        })
    })
    .await;
    let config = Config {
        budget: Duration::from_millis(500),
        ..config(&server)
    };
    unavailable(with(config, &clock()).fetch(&ids()).await);
    assert_eq!(server.calls().len(), 2, "status in time, details not");
}

#[tokio::test]
async fn pauses_do_not_outlast_the_budget() {
    let server = answering(|_| problem(503)).await;
    let retry = Retry {
        attempts: 10,
        first_delay: Duration::from_secs(60),
        longest_delay: Duration::from_secs(60),
    };
    let begun = Instant::now();
    unavailable(
        with(
            Config {
                retry,
                ..config(&server)
            },
            &clock(),
        )
        .fetch(&ids())
        .await,
    );
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "the pause is known not to fit, so it is not begun"
    );
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told() {
    let server = answering(|_| Answer::Gone).await;
    let mut config = config(&server);
    config.auth_base = "http://127.0.0.1:1/".parse().unwrap();
    let why = unavailable(with(config, &clock()).fetch(&ids()).await);
    assert!(!why.contains("127.0.0.1:1"), "no address in {why}");
}
