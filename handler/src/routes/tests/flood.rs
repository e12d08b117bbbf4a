//! Failed proofs are braked, right ones never; and who sends slowly keeps nobody out.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::task::JoinHandle;
use warp::filters::BoxedFilter;
use warp::http;

use super::world::{
    Answer, Browser, SECRET, World, basic, encoded, form, header, redemption, register, registration, request,
};
use crate::routes;
use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::reply::Response;
use crate::routes::traffic::{Admission, Allowed, Overloaded};

/// As many failures of one second are answered as failures.
const FREE: usize = 20;

#[tokio::test(start_paused = true)]
async fn wrong_passwords_are_braked_and_a_right_one_passes() {
    let world = World::new();
    let wrong =
        || request("POST", "/api/verify").header("authorization", basic("b2c", "password-of-a-stranger"));
    for _ in 0..FREE {
        assert_eq!(world.send(wrong()).await.status(), 401);
    }
    let braked = world.send(wrong()).await;
    assert_eq!(braked.status(), 429);
    assert_eq!(header(&braked, "retry-after"), "2");
    let right = register().json(&registration("c1"));
    assert_eq!(world.send(right).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn wrong_client_secrets_are_braked_and_a_right_one_passes() {
    let world = World::new();
    let presented = |secret| {
        let fields = [
            ("client_id", "b2c"),
            ("client_secret", secret),
            ("grant_type", "authorization_code"),
            ("code", "x"),
            ("redirect_uri", "y"),
        ];
        form("/api/token", &fields)
    };
    for _ in 0..FREE {
        assert_eq!(
            world.send(presented("a-secret-of-somebody-else")).await.status(),
            401
        );
    }
    assert_eq!(
        world.send(presented("a-secret-of-somebody-else")).await.status(),
        429
    );
    assert_eq!(
        world.send(presented(SECRET)).await.status(),
        400,
        "the code is wrong, the client is not"
    );
}

/// How strangers with these addresses are answered, one wrong password each.
async fn answered(addresses: impl Iterator<Item = String>) -> Vec<u16> {
    answered_by(addresses.map(|address| vec![address])).await
}

/// The same where the header comes several times.
async fn answered_by(headers: impl Iterator<Item = Vec<String>>) -> Vec<u16> {
    let world = World::new();
    let allowed = Allowed {
        client_address: Some("client-ip".parse().unwrap()),
        ..Allowed::default()
    };
    let filter = routes::all(&world.gate.clone().allowing(allowed));
    let mut statuses = Vec::new();
    for addresses in headers {
        let mut wrong =
            request("POST", "/api/verify").header("authorization", basic("b2c", "password-of-a-stranger"));
        for address in addresses {
            wrong = wrong.header("client-ip", address);
        }
        statuses.push(wrong.reply(&filter).await.status().as_u16());
    }
    statuses
}

fn braked(statuses: &[u16]) -> usize {
    statuses.iter().filter(|status| **status == 429).count()
}

/// App Service tells the port with the address.
#[tokio::test(start_paused = true)]
async fn a_port_makes_no_other_address() {
    let v4 = (0..100).map(|n| format!("203.0.113.7:{}", 40_000 + n));
    assert_eq!(braked(&answered(v4).await), 100 - FREE);
    let v6 = (0..100).map(|n| format!("[2001:db8::7]:{}", 40_000 + n));
    assert_eq!(braked(&answered(v6).await), 100 - FREE);
}

/// Whoever sends the header as well cannot be told from others by it, and is told by what the front end has added behind.
#[tokio::test(start_paused = true)]
async fn a_second_header_makes_no_other_address() {
    let both = |n| vec![format!("198.51.100.{n}"), "203.0.113.7".to_owned()];
    assert_eq!(braked(&answered_by((0..100).map(both)).await), 100 - FREE);
}

#[tokio::test(start_paused = true)]
async fn all_addresses_of_one_network_are_one() {
    let same = (0..100).map(|n| format!("2001:db8:1:2::{n:x}"));
    assert_eq!(braked(&answered(same).await), 100 - FREE);
    let others = (0..100).map(|n| format!("2001:db8:1:{n:x}::7"));
    assert_eq!(braked(&answered(others).await), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_address_counts_together() {
    let made_up = (0..100).map(|n| format!("stranger-{n}"));
    assert_eq!(braked(&answered(made_up).await), 100 - FREE);
}

/// A body that comes after a while, or never.
struct Late {
    after: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
    text: Option<Bytes>,
}

impl Late {
    fn never() -> Self {
        Self {
            after: Box::pin(std::future::pending()),
            text: None,
        }
    }

    fn after(time: Duration, text: String) -> Self {
        Self {
            after: Box::pin(tokio::time::sleep(time)),
            text: Some(text.into()),
        }
    }
}

impl Body for Late {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.text.is_some() {
            std::task::ready!(self.after.as_mut().poll(context));
            return Poll::Ready(self.text.take().map(|text| Ok(Frame::data(text))));
        }
        self.after.as_mut().poll(context).map(|()| None)
    }
}

/// Eight places, and who is in them.
struct Crowd {
    world: World,
    gate: Gate,
    filter: BoxedFilter<(Response,)>,
}

const PLACES: usize = 8;

impl Crowd {
    fn new() -> Self {
        let world = World::new();
        let allowed = Allowed {
            requests: PLACES,
            client_address: None,
        };
        let gate = world.gate.clone().allowing(allowed);
        let filter = routes::all(&gate);
        Self { world, gate, filter }
    }

    /// Posts a form without waiting for the answer.
    fn posts(&self, path: &str, body: Late) -> JoinHandle<http::StatusCode> {
        self.posts_by(Admission::default(), path, body)
    }

    /// The same over a connection that has asked for a place.
    fn posts_by(&self, admission: Admission, path: &str, body: Late) -> JoinHandle<http::StatusCode> {
        let request = http::Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", body.text.as_ref().map_or(100, Bytes::len))
            .extension(admission)
            .body(body)
            .unwrap();
        let service = TowerToHyperService::new(warp::service(self.filter.clone()));
        tokio::spawn(async move { service.call(request).await.unwrap().status() })
    }

    /// So many who announce a form and send none.
    async fn of(count: usize, path: &str) -> Self {
        let crowd = Self::new();
        for _ in 0..count {
            crowd.posts(path, Late::never());
        }
        // All of them have been listened to.
        tokio::time::sleep(Duration::from_millis(1)).await;
        crowd
    }

    async fn send(&self, request: warp::test::RequestBuilder) -> Answer {
        request.reply(&self.filter).await
    }
}

#[tokio::test(start_paused = true)]
async fn slow_strangers_do_not_keep_everybody_out() {
    for path in ["/api/token", "/api/verify/par", "/api/verify/authorize"] {
        let crowd = Crowd::of(PLACES, path).await;
        let honest = crowd.send(register().json(&registration("c1"))).await;
        assert_eq!(honest.status(), 200, "{path}");
    }
}

/// Their connections had a place each, and give it back.
#[tokio::test(start_paused = true)]
async fn who_sends_a_form_slowly_gives_the_place_of_its_connection_back() {
    let crowd = Crowd::new();
    let work = crowd.gate.work();
    for _ in 0..PLACES * 2 {
        let admission = Admission::of(work.enter().await);
        crowd.posts_by(admission, "/api/token", Late::never());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let began = tokio::time::Instant::now();
    assert!(work.enter().await.is_ok());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

/// A connection that was told to come back later says so, whatever it brings.
#[tokio::test(start_paused = true)]
async fn whose_connection_found_no_place_is_refused_at_once() {
    let crowd = Crowd::new();
    for path in ["/api/token", "/api/verify"] {
        let told = Admission::of(Err(Overloaded));
        let refused = crowd.posts_by(told, path, Late::never());
        assert_eq!(refused.await.unwrap(), 503, "{path}");
    }
}

/// However many there are: whose body comes at once is served at once.
#[tokio::test(start_paused = true)]
async fn more_slow_strangers_than_are_waited_for_keep_nobody_out() {
    let crowd = Crowd::of(PLACES * 100, "/api/token").await;
    let began = tokio::time::Instant::now();
    let redeemed = crowd.send(form("/api/token", &redemption("nonsense"))).await;
    assert_eq!(redeemed.status(), 400, "its code is wrong: {redeemed:?}");
    let soon = Late::after(Duration::from_millis(100), encoded(&redemption("nonsense")));
    assert_eq!(crowd.posts("/api/token", soon).await.unwrap(), 400);
    assert!(
        began.elapsed() < Duration::from_millis(200),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_not_behind_slow_strangers() {
    let crowd = Crowd::new();
    let ticket = crowd.world.ticket("c1").await;
    Browser::default().authorize(&crowd.world, &ticket, "").await;
    for _ in 0..PLACES {
        crowd.posts("/api/token", Late::never());
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    let answer = crowd
        .send(super::callback::callback(&crowd.world, 0, "PROCESSED"))
        .await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn of_too_many_slow_bodies_the_oldest_is_given_up_and_none_lasts() {
    let crowd = Crowd::new();
    let began = tokio::time::Instant::now();
    let oldest = crowd.posts("/api/token", Late::never());
    for _ in 0..PLACES * 100 {
        crowd.posts("/api/token", Late::never());
    }
    assert_eq!(oldest.await.unwrap(), 408);
    assert!(
        began.elapsed() < Duration::from_millis(100),
        "{:?}",
        began.elapsed()
    );
    let alone = Crowd::new().posts("/api/token", Late::never());
    assert_eq!(alone.await.unwrap(), 408);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}
