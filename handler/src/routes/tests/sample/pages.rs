//! The page of another origin: it reads every answer of the address that it polls, whoever gave it, or none where the platform
//! tells browsers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use serde_json::{Value, json};
use warp::test::RequestBuilder;

use super::{begun, call, poll, token, transaction};
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation};
use crate::fact_store::{Place, StoreError};
use crate::routes;
use crate::routes::tests::world::{Answer, World, header, request};
use crate::routes::traffic::{Admission, Overloaded};

const PAGE: &str = "https://contoso.b2clogin.example";
const PATH: &str = "/api/Jumio/VerifyTransactionStatus";

/// What the store does to whoever asks it.
#[derive(Default)]
struct Trouble(AtomicU8);

impl Trouble {
    const HANGS: u8 = 1;
    const PANICS: u8 = 2;

    fn begin(&self, kind: u8) {
        self.0.store(kind, Ordering::Relaxed);
    }
}

#[async_trait]
impl Hooks for Trouble {
    async fn before(&self, _: Operation<'_>, _: &str) -> Result<(), StoreError> {
        match self.0.load(Ordering::Relaxed) {
            Self::HANGS => std::future::pending().await,
            Self::PANICS => panic!("for the test"),
            _ => Ok(()),
        }
    }
}

/// A handler that tells browsers itself, over a store that may come into trouble.
struct Stage {
    world: World,
    store: Arc<Hooked<Trouble>>,
}

impl Stage {
    fn new() -> Self {
        let store = Hooked::memory(Trouble::default());
        let world = World {
            answers_preflight: true,
            ..World::over(Arc::clone(&store) as _)
        };
        world.rebuild();
        Self { world, store }
    }

    async fn token(&self) -> Value {
        let begun = begun(&self.world, "c1").await;
        token(&self.world, &begun["transactionReference"]).await
    }

    /// How a good question is answered while the store is in this trouble.
    async fn in_trouble(kind: u8) -> Answer {
        let stage = Self::new();
        let token = stage.token().await;
        stage.store.hooks.begin(kind);
        stage.world.send(poll(&token)).await
    }
}

fn question() -> RequestBuilder {
    request("OPTIONS", PATH)
        .header("origin", PAGE)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
}

/// As from a connection that found no place.
fn without_a_place(request: RequestBuilder) -> RequestBuilder {
    request.extension(Admission::of(Err(Overloaded)))
}

#[track_caller]
fn is_read(answer: &Answer, status: u16) {
    assert_eq!(answer.status(), status, "{answer:?}");
    assert_eq!(header(answer, "access-control-allow-origin"), PAGE, "{answer:?}");
    assert_eq!(header(answer, "vary"), "Origin", "{answer:?}");
    assert_eq!(header(answer, "access-control-allow-credentials"), "");
}

#[track_caller]
fn is_invited(answer: &Answer) {
    is_read(answer, 204);
    for (name, value) in [
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "content-type"),
        ("access-control-max-age", "600"),
    ] {
        assert_eq!(header(answer, name), value, "{name}");
    }
}

#[tokio::test]
async fn the_page_may_poll_from_the_tenants_origin_where_the_handler_answers_browsers() {
    let stage = Stage::new();
    is_invited(&stage.world.send(question()).await);
    is_read(&stage.world.send(poll(&stage.token().await)).await, 200);
}

#[tokio::test]
async fn no_other_action_is_for_pages() {
    let stage = Stage::new();
    let begin = call("InitializeTransaction").json(&transaction("c1"));
    let answer = stage.world.send(begin).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
    let below = call("VerifyTransactionStatus").json(&json!({ "VerificationToken": "t" }));
    let answer = stage.world.send(below).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "vary")), (404, ""));
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_page_reads_that_there_is_no_place() {
    let stage = Stage::new();
    let token = stage.token().await;
    is_read(&stage.world.send(without_a_place(poll(&token))).await, 503);
    is_invited(&stage.world.send(without_a_place(question())).await);
}

#[tokio::test(start_paused = true)]
async fn the_page_reads_that_we_start() {
    let world = World::starting(crate::fact_store::open(&Place::Memory).unwrap());
    let filter = routes::all(&world.gate.clone().polled_from(Some(PAGE)));
    is_read(&poll(&json!("t")).reply(&filter).await, 503);
    is_invited(&question().reply(&filter).await);
    // As soon as they are there, the services know better than what was read before them.
    world.rebuild();
    let answer = poll(&json!("t")).reply(&filter).await;
    assert_eq!(
        (
            answer.status().as_u16(),
            header(&answer, "access-control-allow-origin")
        ),
        (409, "")
    );
}

#[tokio::test(start_paused = true)]
async fn the_page_reads_that_the_store_takes_too_long() {
    is_read(&Stage::in_trouble(Trouble::HANGS).await, 503);
}

#[tokio::test]
async fn the_page_reads_that_something_panicked() {
    is_read(&Stage::in_trouble(Trouble::PANICS).await, 500);
}

#[tokio::test(start_paused = true)]
async fn the_page_reads_that_its_tokens_were_bad_too_often() {
    let stage = Stage::new();
    for _ in 0..20 {
        is_read(&stage.world.send(poll(&json!("bad"))).await, 409);
    }
    is_read(&stage.world.send(poll(&json!("bad"))).await, 429);
    let token = stage.token().await;
    is_read(&stage.world.send(poll(&token)).await, 200);
}

#[tokio::test]
async fn the_page_reads_that_it_asks_too_often() {
    let stage = Stage::new();
    let token = stage.token().await;
    for _ in 0..30 {
        is_read(&stage.world.send(poll(&token)).await, 200);
    }
    is_read(&stage.world.send(poll(&token)).await, 429);
}

#[tokio::test]
async fn the_page_reads_that_its_body_is_not_good() {
    let stage = Stage::new();
    let long = json!("t".repeat(64 * 1024));
    is_read(&stage.world.send(poll(&long)).await, 409);
    let with = |kind: &str, body: &str| {
        request("POST", PATH)
            .header("origin", PAGE)
            .header("content-type", kind)
            .body(body)
    };
    is_read(&stage.world.send(with("application/json", "{")).await, 400);
    is_read(&stage.world.send(with("text/plain", "{}")).await, 415);
}

#[tokio::test]
async fn the_page_reads_that_its_method_is_another() {
    let stage = Stage::new();
    for method in ["GET", "HEAD", "PUT", "DELETE", "BREW"] {
        let answer = stage
            .world
            .send(request(method, PATH).header("origin", PAGE))
            .await;
        is_read(&answer, 405);
        assert_eq!(header(&answer, "allow"), "POST, OPTIONS", "{method}");
        assert_eq!(header(&answer, "access-control-allow-methods"), "", "{method}");
    }
}

/// Two of one header are none to a browser.
#[tokio::test]
async fn where_the_platform_tells_browsers_no_answer_has_a_header_of_ours() {
    let world = World::new();
    let begun = begun(&world, "c1").await;
    let token = token(&world, &begun["transactionReference"]).await;
    for (asked, status) in [
        (question(), 204),
        (poll(&token), 200),
        (poll(&json!("bad")), 409),
        (without_a_place(poll(&token)), 503),
        (request("GET", PATH).header("origin", PAGE), 405),
    ] {
        let answer = world.send(asked).await;
        assert_eq!(answer.status(), status, "{answer:?}");
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{answer:?}");
        assert_eq!(header(&answer, "vary"), "", "{answer:?}");
    }
}

#[tokio::test]
async fn where_the_front_is_off_no_page_reads_anything() {
    let world = World {
        answers_preflight: true,
        has_sample: false,
        ..World::new()
    };
    world.rebuild();
    let filter = routes::all(&world.gate.clone().polled_from(Some(PAGE)));
    let answer = poll(&json!("t")).reply(&filter).await;
    assert_eq!(
        (
            answer.status().as_u16(),
            header(&answer, "access-control-allow-origin")
        ),
        (404, "")
    );
}
