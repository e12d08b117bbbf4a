//! The access token: fetched once, renewed in time, and what happens when it cannot be had.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::server::{Answer, Seen, Server};
use super::world::{build, client, clock, config, ids, start, status, token, well, with};
use crate::checks::vendor::{Vendor as _, VendorError};
use crate::clock::Clock as _;
use crate::jumio::kyx::Config;
use crate::jumio::{ClientCredentials, Credentials};

/// A token answer whose JWT expires so many seconds after the mock clock's start, whatever `expires_in` says.
fn jwt(exp_s: i64, expires_in: i64) -> Answer {
    let exp = clock().now().unix_timestamp() + exp_s;
    let access_token = format!(
        "e30.{}.c2ln",
        URL_SAFE_NO_PAD.encode(json!({ "exp": exp }).to_string())
    );
    Answer::json(
        200,
        json!({ "access_token": access_token, "expires_in": expires_in, "token_type": "Bearer" }),
    )
}

fn pending(seen: &Seen, ask: Answer) -> Answer {
    if seen.is_token() {
        ask
    } else {
        Answer::json(200, status("INITIATED"))
    }
}

#[tokio::test]
async fn twenty_who_come_at_once_share_one_token_request() {
    let server = Server::start(well).await;
    let client = client(&server);
    let id = ids();
    let all = futures::future::join_all((0..20).map(|_| client.fetch(&id))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn twenty_who_come_at_once_share_one_failure() {
    let server = Server::start(|seen, _| pending(seen, Answer::json(401, json!({ "status": 401 })))).await;
    let client = client(&server);
    let id = ids();
    let all = futures::future::join_all((0..20).map(|_| client.fetch(&id))).await;
    assert!(
        all.iter()
            .all(|result| matches!(result, Err(VendorError::Refused(_))))
    );
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn twenty_whose_token_is_refused_at_once_share_one_fresh_one() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |seen, _| {
        if seen.is_token() {
            let nth = asked.fetch_add(1, Ordering::Relaxed);
            return Answer::json(
                200,
                json!({ "access_token": format!("t{nth}"), "expires_in": 3600 }),
            );
        }
        match seen.header("authorization") {
            Some("Bearer t0") => Answer::json(401, json!({})),
            _ => Answer::json(200, status("INITIATED")),
        }
    })
    .await;
    let client = client(&server);
    let id = ids();
    let all = futures::future::join_all((0..20).map(|_| client.fetch(&id))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(server.tokens(), 2);
}

#[tokio::test]
async fn a_refusal_that_comes_late_does_not_take_the_fresh_token_away() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |seen, nth| {
        if seen.is_token() {
            let nth = asked.fetch_add(1, Ordering::Relaxed);
            return Answer::json(
                200,
                json!({ "access_token": format!("t{nth}"), "expires_in": 3600 }),
            );
        }
        let refusal = Answer::json(401, json!({}));
        match (seen.header("authorization"), nth) {
            (Some("Bearer t0"), 0) => refusal,
            (Some("Bearer t0"), _) => Answer::Late(Duration::from_millis(300), Box::new(refusal)),
            _ => Answer::json(200, status("INITIATED")),
        }
    })
    .await;
    let client = client(&server);
    let id = ids();
    let (first, second) = futures::future::join(client.fetch(&id), client.fetch(&id)).await;
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    assert_eq!(server.tokens(), 2, "the second refusal was of the first token");
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_take_the_token_from_the_others() {
    let server = Server::start(|seen, _| pending(seen, token())).await;
    let client = client(&server);
    let id = ids();
    {
        let first = client.fetch(&id);
        // Polled once, which begins the token request, then dropped.
        assert!(futures::FutureExt::now_or_never(first).is_none());
    }
    assert!(client.fetch(&id).await.is_ok());
    assert_eq!(server.tokens(), 1);
}

/// Waits until the server was asked for so many tokens; renewal goes on beside the calls.
async fn asked_for(server: &Server, tokens: usize) {
    let enough = async {
        while server.tokens() < tokens {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), enough)
        .await
        .unwrap();
}

/// Fetches after each pause, and tells how many tokens were asked for by then.
async fn tokens_after<const N: usize>(ask: fn(usize) -> Answer, pauses: [u64; N]) -> [usize; N] {
    let server = Server::start(move |seen, nth| pending(seen, ask(nth))).await;
    let clock = clock();
    let client = with(config(&server), &clock);
    let mut tokens = [0; N];
    for (at, pause) in pauses.into_iter().enumerate() {
        clock.advance(Duration::from_secs(pause));
        client.fetch(&ids()).await.unwrap();
        // A renewal that was begun gets the time to be seen; one that was not, none to be missed.
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokens[at] = server.tokens();
    }
    tokens
}

#[tokio::test]
async fn a_token_serves_until_five_minutes_before_its_end() {
    assert_eq!(tokens_after(|_| jwt(3600, 3600), [0, 3299, 1]).await, [1, 1, 2]);
}

#[tokio::test]
async fn a_token_that_was_old_when_it_came_is_renewed_by_its_own_exp() {
    let ask = |nth| jwt(if nth == 0 { 600 } else { 7200 }, 3600);
    assert_eq!(tokens_after(ask, [0, 299, 1, 100]).await, [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_token_without_exp_is_renewed_by_expires_in() {
    assert_eq!(tokens_after(|_| token(), [0, 3299, 1, 100]).await, [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_token_that_had_expired_when_it_came_is_used_once() {
    assert_eq!(tokens_after(|_| jwt(-60, 3600), [0, 0]).await, [1, 2]);
}

#[tokio::test]
async fn a_renewed_token_is_used() {
    let server = Server::start(|seen, nth| {
        let access_token = format!("t{nth}");
        pending(
            seen,
            Answer::json(200, json!({ "access_token": access_token, "expires_in": 3600 })),
        )
    })
    .await;
    let clock = clock();
    let client = with(config(&server), &clock);
    client.fetch(&ids()).await.unwrap();
    clock.advance(Duration::from_secs(3300));
    client.fetch(&ids()).await.unwrap();
    asked_for(&server, 2).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    client.fetch(&ids()).await.unwrap();
    let used = server
        .calls()
        .into_iter()
        .map(|call| call.header("authorization").unwrap().to_owned());
    assert_eq!(used.collect::<Vec<_>>(), ["Bearer t0", "Bearer t0", "Bearer t1"]);
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_serves_to_its_end_without_delay() {
    for broken in [
        Answer::json(503, json!({})),
        Answer::json(401, json!({})),
        Answer::too_late(),
    ] {
        let server = Server::start(move |seen, nth| match nth {
            0 => pending(seen, jwt(3600, 3600)),
            _ => pending(seen, broken.clone()),
        })
        .await;
        let clock = clock();
        let config = Config {
            budget: Duration::from_millis(400),
            ..config(&server)
        };
        let client = with(config, &clock);
        client.fetch(&ids()).await.unwrap();
        clock.advance(Duration::from_secs(3400));
        for _ in 0..3 {
            client.fetch(&ids()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        assert!(server.tokens() >= 2, "renewal was tried");
        clock.advance(Duration::from_secs(200));
        assert!(client.fetch(&ids()).await.is_err());
    }
}

#[tokio::test]
async fn wrong_credentials_are_our_configuration_and_are_not_tried_again() {
    for code in [400, 401, 403] {
        let server = Server::start(move |seen, _| {
            pending(seen, Answer::json(code, json!({ "error": "invalid_client" })))
        })
        .await;
        let result = client(&server).start(&start()).await;
        let Err(VendorError::Refused(why)) = result else {
            panic!("{result:?}")
        };
        assert!(
            why.contains("token endpoint") && why.contains(&code.to_string()),
            "{why}"
        );
        assert_eq!((server.tokens(), server.calls().len()), (1, 0));
    }
}

#[tokio::test]
async fn a_token_request_survives_429_and_5xx() {
    for code in [429, 500, 503] {
        let server = Server::start(move |seen, nth| match (seen.is_token(), nth) {
            (true, 0) => Answer::json(code, json!({})),
            _ => well(seen, nth),
        })
        .await;
        assert!(client(&server).start(&start()).await.is_ok(), "{code}");
        assert_eq!((server.tokens(), server.calls().len()), (2, 1));
    }
}

#[tokio::test]
async fn a_token_endpoint_that_stays_throttled_is_told() {
    let server = Server::start(|seen, _| pending(seen, Answer::json(429, json!({})))).await;
    assert!(matches!(
        client(&server).fetch(&ids()).await,
        Err(VendorError::Throttled { .. })
    ));
    assert_eq!(server.tokens(), 3);
}

#[tokio::test]
async fn a_token_endpoint_that_talks_nonsense_is_unavailable() {
    let html = || Answer::Whole(200, "text/html", "", "<html>".into());
    let answers = [
        html(),
        Answer::json(200, "{"),
        Answer::json(200, json!({ "token": "x" })),
        Answer::json(200, json!({ "access_token": "a\nb" })),
    ];
    for answer in answers {
        let server = Server::start(move |seen, _| pending(seen, answer.clone())).await;
        let result = client(&server).fetch(&ids()).await;
        assert!(
            matches!(result, Err(VendorError::Unavailable { .. })),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn a_slow_token_endpoint_ends_with_the_budget() {
    let server = Server::start(|seen, _| pending(seen, Answer::too_late())).await;
    let config = Config {
        budget: Duration::from_millis(200),
        ..config(&server)
    };
    let begun = std::time::Instant::now();
    assert!(matches!(
        with(config, &clock()).fetch(&ids()).await,
        Err(VendorError::Unavailable { .. })
    ));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

/// Credentials that an operator rotates.
struct Rotating(Mutex<&'static str>);

impl Credentials for Rotating {
    fn current(&self) -> ClientCredentials {
        ClientCredentials {
            id: "token".into(),
            secret: (*self.0.lock().unwrap()).to_owned().into(),
        }
    }
}

#[tokio::test]
async fn a_rotated_secret_is_used_for_the_next_token() {
    let server = Server::start(|seen, _| {
        // "token:new"
        let good = seen.header("authorization") == Some("Basic dG9rZW46bmV3");
        pending(
            seen,
            if good {
                token()
            } else {
                Answer::json(401, json!({}))
            },
        )
    })
    .await;
    let secret = Arc::new(Rotating(Mutex::new("old")));
    let client = build(config(&server), &clock(), secret.clone());
    assert!(matches!(client.fetch(&ids()).await, Err(VendorError::Refused(_))));
    *secret.0.lock().unwrap() = "new";
    assert!(client.fetch(&ids()).await.is_ok());
}

/// Credentials that an operator rotates at the very moment when the old ones are refused.
struct RotatedBetween(AtomicUsize);

impl Credentials for RotatedBetween {
    fn current(&self) -> ClientCredentials {
        let asked = self.0.fetch_add(1, Ordering::Relaxed);
        let secret = if asked == 0 { "old" } else { "new" };
        ClientCredentials {
            id: "token".into(),
            secret: secret.to_owned().into(),
        }
    }
}

#[tokio::test]
async fn a_secret_that_was_rotated_between_is_tried_again_at_once() {
    let server = Server::start(|seen, _| {
        let good = seen.header("authorization") == Some("Basic dG9rZW46bmV3"); // "token:new"
        let answer = if good {
            token()
        } else {
            Answer::json(401, json!({}))
        };
        pending(seen, answer)
    })
    .await;
    let client = build(
        config(&server),
        &clock(),
        Arc::new(RotatedBetween(AtomicUsize::new(0))),
    );
    client.fetch(&ids()).await.unwrap();
    assert_eq!(server.tokens(), 2);
}

/// Credentials that an operator rotates; each token tells which it was got with.
struct RotatedAfter(Arc<AtomicUsize>);

impl Credentials for RotatedAfter {
    fn current(&self) -> ClientCredentials {
        let secret = if self.0.load(Ordering::Relaxed) < 2 {
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

#[tokio::test]
async fn a_fresh_token_that_is_refused_makes_the_secret_be_read_again() {
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refused);
    let server = Server::start(move |seen, _| {
        if seen.is_token() {
            let good = seen.header("authorization") == Some("Basic dG9rZW46bmV3"); // "token:new"
            let access_token = if good { "new" } else { "old" };
            return Answer::json(200, json!({ "access_token": access_token, "expires_in": 3600 }));
        }
        if seen.header("authorization") == Some("Bearer new") {
            return Answer::json(200, status("INITIATED"));
        }
        counted.fetch_add(1, Ordering::Relaxed);
        Answer::json(401, json!({}))
    })
    .await;
    let client = build(config(&server), &clock(), Arc::new(RotatedAfter(refused)));
    client.fetch(&ids()).await.unwrap();
    assert_eq!((server.tokens(), server.calls().len()), (3, 3));
}

/// Credentials whose first use panics.
struct Panicking(AtomicUsize);

impl Credentials for Panicking {
    fn current(&self) -> ClientCredentials {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) > 0, "the first use fails");
        ClientCredentials {
            id: "token".into(),
            secret: "s3cret".to_owned().into(),
        }
    }
}

#[tokio::test]
async fn a_panic_while_a_token_is_fetched_does_not_wedge_the_client() {
    let server = Server::start(|seen, _| pending(seen, token())).await;
    let client = build(
        config(&server),
        &clock(),
        Arc::new(Panicking(AtomicUsize::new(0))),
    );
    let first = client.fetch(&ids()).await;
    assert!(matches!(first, Err(VendorError::Unavailable { .. })), "{first:?}");
    client.fetch(&ids()).await.unwrap();
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
    let built = crate::jumio::kyx::Client::new(
        config,
        http,
        Arc::new(credentials),
        Arc::new(clock()),
        Arc::new(crate::random::OsRandom),
    );
    let faults = built.err().unwrap();
    assert_eq!(faults.first().map(|fault| fault.field), Some("user_agent"));
}
