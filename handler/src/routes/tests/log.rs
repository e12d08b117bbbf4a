//! What an operator reads: one line per request, with its cause, as loud as it deserves, and nothing of the caller's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tracing::Level;
use tracing::subscriber::DefaultGuard;

use super::token::Fragile;
use super::world::{
    Browser, POLICY, REDIRECT, SECRET, World, basic, encoded, form, header, json_of, location, register,
    registration, request, text_of,
};
use crate::clients::{Client, Proof};
use crate::clock::SystemClock;
use crate::fact_store::tests::hooked::Hooked;
use crate::grants::tests::vendor::rejected;
use crate::pages::assets;
use crate::telemetry::listening::listen;
use crate::telemetry::{self, Sink};

/// What the handler logs from now on.
struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    _until_dropped: DefaultGuard,
}

impl Log {
    fn open(level: Level) -> Self {
        let text: Arc<Mutex<Vec<u8>>> = Arc::default();
        let copy = Arc::clone(&text);
        let sink = Sink::new(move |line| Mutex::lock(&copy).unwrap().extend_from_slice(line));
        let subscriber = telemetry::subscriber(level, Arc::new(SystemClock), sink);
        Self {
            text,
            _until_dropped: listen(subscriber),
        }
    }

    fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The lines that close requests.
    fn closing(&self) -> Vec<Value> {
        let is_closing = |line: &Value| {
            line["target"] == "handler::routes::exchange::access_log" && line["level"] != "TRACE"
        };
        self.lines().into_iter().filter(is_closing).collect()
    }

    /// The line that closed the last request.
    #[track_caller]
    fn last(&self) -> Value {
        self.closing().pop().expect("a closing line")
    }

    /// The line that closed the last request but one: what failed, before the browser was told so on its waiting page.
    #[track_caller]
    fn last_but_one(&self) -> Value {
        let mut lines = self.closing();
        let told = lines.pop().expect("a closing line");
        assert_eq!(
            (&told["code"], &told["http.route"]),
            (&"request.completed".into(), &"/api/verify/wait/{handle}".into())
        );
        lines.pop().expect("two closing lines")
    }
}

#[track_caller]
fn says(line: &Value, level: &str, code: &str, cause: &str) {
    assert_eq!(
        (&line["level"], &line["code"]),
        (&level.into(), &code.into()),
        "{line}"
    );
    assert!(line["cause"].as_str().unwrap().contains(cause), "{line}");
}

#[tokio::test]
async fn every_request_leaves_one_line_that_names_client_and_caller() {
    let (world, browser, log) = (World::new(), Browser::default(), Log::open(Level::INFO));
    let ticket = world.ticket("c1").await;
    assert_eq!(log.last()["caller"], "basic");
    assert_eq!(log.last()["client.id"], "b2c");
    assert_eq!(log.last()["correlation.id"], "c1");
    browser.authorize(&world, &ticket, "").await;
    assert_eq!(log.last()["client.id"], "b2c");
    world.redeem("nonsense").await;
    says(&log.last(), "INFO", "code.unknown", "unknown");
    assert_eq!(log.last()["client.id"], "b2c");
    // Two for the browser: one hands out a cookie, to the other it comes back.
    assert_eq!(log.closing().len(), 4);
}

#[tokio::test]
async fn a_refused_redemption_names_its_verification() {
    let world = World::new();
    let code = super::redeem::code_of(&world, "b2c").await;
    let log = Log::open(Level::INFO);
    world.redeem(&code).await;
    says(&log.last(), "WARN", "code.verifier", "is missing");
    assert!(log.last()["verification.id"].is_string(), "{}", log.last());
}

#[tokio::test]
async fn a_refusal_that_is_sent_back_tells_its_cause() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    Browser::default().authorize(&world, "forged", "").await;
    says(&log.last(), "INFO", "ticket.unknown", "not a sealed value");
    assert_eq!(
        (
            log.last()["http.response.status_code"].as_u64(),
            log.closing().len()
        ),
        (Some(303), 1)
    );
    world
        .get(&format!(
            "/api/verify/authorize?client_id=b2c&redirect_uri={REDIRECT}x"
        ))
        .await;
    says(&log.last(), "WARN", "client.redirect_uri", "not registered");
    assert_eq!(log.last()["client.id"], "b2c");
}

#[tokio::test]
async fn a_store_that_is_down_is_an_error_wherever_it_shows() {
    let store = Hooked::memory(Fragile::default());
    let world = World::over(Arc::clone(&store) as _);
    let ticket = world.ticket("c1").await;
    store.hooks.set_down(true);
    let log = Log::open(Level::INFO);
    Browser::default().authorize(&world, &ticket, "").await;
    says(&log.last(), "ERROR", "store.unavailable", "for the test");
    world.send(register().json(&registration("c2"))).await;
    says(&log.last(), "ERROR", "store.unavailable", "for the test");
    world.redeem("nonsense").await;
    assert_eq!(log.last()["level"], "INFO", "a caller's fault all the same");
}

#[tokio::test]
async fn a_vendor_that_refuses_our_settings_is_an_error_and_one_that_is_down_a_warning() {
    let (world, browser, log) = (World::new(), Browser::default(), Log::open(Level::INFO));
    let ticket = world.ticket("c1").await;
    world.vendor.refuse_starts(1);
    let answer = browser.authorize(&world, &ticket, "").await;
    assert_eq!(answer.status(), 500);
    says(
        &log.last_but_one(),
        "ERROR",
        "vendor.refused",
        "refuses our configuration: for the test",
    );
    world.vendor.set_down(true);
    browser.authorize(&world, &ticket, "").await;
    says(
        &log.last_but_one(),
        "WARN",
        "vendor.unavailable",
        "cannot be reached: for the test",
    );
}

/// By it an operator finds the transaction in the vendor's portal.
#[tokio::test]
async fn a_start_names_its_transaction_as_the_vendor_does() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    let ticket = world.ticket("c1").await;
    Browser::default().authorize(&world, &ticket, "").await;
    let lines = log.lines();
    let started = lines
        .iter()
        .find(|line| line["code"] == "start.recorded")
        .unwrap();
    assert_eq!(started["transaction.id"], world.vendor.ids_of(0).execution);
    assert_eq!(started["level"], "INFO");
}

/// Somebody comes whom nobody has seen before, and is sent to the vendor or refused.
async fn newcomer(world: &World, n: u32) {
    let body = serde_json::json!({
        "objectId": format!("subject-{n}"), "correlationId": "c1", "clientId": "b2c",
    });
    let registered = json_of(&world.send(register().json(&body)).await);
    let ticket = registered["ticket"].as_str().unwrap();
    Browser::default().authorize(world, ticket, "").await;
}

/// A purse that gets empty is told once a day, one that is empty once a minute, however many come.
#[tokio::test]
async fn an_empty_purse_is_an_alarm_and_does_not_fill_the_log() {
    let mut world = World::new();
    world.limits.spend.known.a_day = 5;
    world.rebuild();
    let log = Log::open(Level::INFO);
    let told = |code: &str| {
        let lines = log.lines();
        lines.iter().filter(|line| line["code"] == code).count()
    };
    for (n, nearly, exhausted) in [
        (0, 0, 0),
        (1, 0, 0),
        (2, 0, 0),
        (3, 1, 0),
        (4, 1, 0),
        (5, 1, 1),
        (6, 1, 1),
    ] {
        newcomer(&world, n).await;
        assert_eq!(
            (told("spend.nearly"), told("spend.exhausted")),
            (nearly, exhausted),
            "{n}"
        );
    }
    world.advance_s(61);
    newcomer(&world, 7).await;
    assert_eq!((told("spend.nearly"), told("spend.exhausted")), (1, 2));
    let alarm = log
        .lines()
        .into_iter()
        .rfind(|line| line["code"] == "spend.exhausted");
    let alarm = alarm.unwrap();
    assert_eq!(
        (&alarm["level"], &alarm["setting"]),
        (&"ERROR".into(), &"Spend:KnownMaxStartsPerDay".into())
    );
    assert_eq!(world.vendor.starts(), 5);
}

#[tokio::test]
async fn attempts_that_are_used_up_are_no_alarm() {
    let (world, browser) = (World::new(), Browser::default());
    for n in 0..3 {
        let ticket = world.ticket(&format!("c{n}")).await;
        browser.authorize(&world, &ticket, "&prompt=login").await;
        world.vendor.set(n, rejected());
        browser.come_back(&world, n).await;
    }
    let ticket = world.ticket("c3").await;
    let log = Log::open(Level::INFO);
    browser.authorize(&world, &ticket, "&prompt=login").await;
    says(
        &log.last_but_one(),
        "INFO",
        "attempts.exhausted",
        "no attempts are left",
    );
}

#[tokio::test]
async fn a_caller_who_is_refused_learns_less_than_the_log() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    let answer = world
        .send(request("POST", "/api/verify").header("authorization", basic("b2c", "Zebedee-Zebedee")))
        .await;
    says(
        &log.last(),
        "WARN",
        "caller.password",
        "user name or password is wrong",
    );
    assert!(!String::from_utf8_lossy(answer.body()).contains("password"));
    world
        .send(request("POST", "/api/verify").header("x-arr-clientcert", "QUJD"))
        .await;
    says(
        &log.last(),
        "WARN",
        "caller.not_trusted",
        "VerifyAuth:TrustClientCertHeader",
    );
    world
        .post_form(
            "/api/token",
            &[("client_id", "b2c"), ("client_secret", "Zebedee")],
        )
        .await;
    says(
        &log.last(),
        "WARN",
        "client.unproven",
        "the secret of client b2c is wrong",
    );
    assert_eq!(log.last()["client.id"], "b2c");
    assert!(!log.text().contains("Zebedee"), "{}", log.text());
}

/// What an operator looks for whose client library proves itself in another way.
#[tokio::test]
async fn a_client_that_proves_itself_the_other_way_is_told_by_both_ways() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    for (user, used, secret, words) in [
        (
            "keys",
            "header",
            "Zebedee",
            "private_key_jwt and has used client_secret",
        ),
        (
            "keys",
            "form",
            SECRET,
            "private_key_jwt and has used client_secret",
        ),
        ("app", "form", "Zebedee", "none and has used client_secret"),
    ] {
        let request = match used {
            "header" => form("/api/token", &[]).header("authorization", basic(user, secret)),
            _ => form("/api/token", &[("client_id", user), ("client_secret", secret)]),
        };
        world.send(request).await;
        says(&log.last(), "WARN", "client.method", words);
        assert!(
            log.last()["cause"].as_str().unwrap().ends_with(words),
            "{}",
            log.last()
        );
        assert_eq!(log.last()["client.id"], user);
    }
    assert!(!log.text().contains("Zebedee"), "{}", log.text());
}

#[tokio::test]
async fn whoever_cannot_prove_to_be_a_client_is_logged_by_its_id() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    let jwt = format!("e30.{}.AA", URL_SAFE_NO_PAD.encode(r#"{"sub":"keys"}"#));
    let assertion = [
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &jwt),
    ];
    for (client, request) in [
        (
            "b2c",
            form("/api/token", &[("client_id", "b2c"), ("client_secret", "no")]),
        ),
        (
            "okta",
            form("/api/verify/par", &[]).header("authorization", basic("okta", "no")),
        ),
        ("keys", form("/api/token", &assertion)),
    ] {
        world.send(request).await;
        assert_eq!(
            (&log.last()["code"], &log.last()["client.id"]),
            (&"client.unproven".into(), &client.into())
        );
    }
    world
        .post_form("/api/token", &[("client_id", "Zebedee"), ("client_secret", "no")])
        .await;
    assert_eq!(log.last()["code"], "client.unproven");
    assert!(!log.text().contains("Zebedee"), "free text of a stranger");
}

#[tokio::test]
async fn a_pushed_redirect_address_that_is_not_registered_is_logged_as_at_authorize() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    let (other, case) = (format!("{REDIRECT}x"), REDIRECT.to_ascii_uppercase());
    for (address, words) in [
        (&other, "is not registered"),
        (&case, "with other capital letters"),
    ] {
        let pushed = form("/api/verify/par", &[("redirect_uri", address)]);
        let answer = world
            .send(pushed.header("authorization", basic("okta", SECRET)))
            .await;
        assert_eq!(json_of(&answer)["error"], "invalid_request");
        says(&log.last(), "WARN", "client.redirect_uri", words);
        world
            .get(&format!(
                "/api/verify/authorize?client_id=b2c&redirect_uri={address}"
            ))
            .await;
        says(&log.last(), "WARN", "client.redirect_uri", words);
    }
}

#[tokio::test]
async fn a_client_that_leaves_leaves_a_line() {
    let (world, browser, log) = (World::new(), Browser::default(), Log::open(Level::INFO));
    let ticket = world.ticket("c1").await;
    browser
        .get(&world, &super::world::authorize_path(&ticket, ""))
        .await;
    world.vendor.start_takes(Duration::from_millis(50));
    let leaving = browser.authorize(&world, &ticket, "");
    let left = tokio::time::timeout(Duration::from_millis(5), leaving).await;
    assert!(left.is_err());
    let line = log.last();
    assert!(line["code"] == "client.disconnected", "{line}");
    assert_eq!(line["http.route"], "/api/verify/authorize");
    assert_eq!(line["client.id"], "b2c");
    world.calm().await;
}

/// The same where a person is to be sent after signing out, and where the sample's policies want them.
#[tokio::test]
async fn an_address_that_differs_by_capitals_alone_is_named_so_wherever_it_is_compared() {
    const OUT: &str = "https://app.example/Signed-Out";
    let (mut world, log) = (World::new(), Log::open(Level::INFO));
    world.has_sample = true;
    world.more_clients.push(Client {
        post_logout_redirect_uris: vec![OUT.into()],
        ..Client::new("rp", vec![REDIRECT.into()], Proof::None)
    });
    world.rebuild();
    for (address, words) in [
        ("https://app.example/signed-out", "with other capital letters"),
        ("https://app.example/other", "is not registered"),
    ] {
        let fields = [("client_id", "rp"), ("post_logout_redirect_uri", address)];
        world
            .get(&format!("/api/verify/logout?{}", encoded(&fields)))
            .await;
        says(&log.last(), "WARN", "client.redirect_uri", words);
    }
    let front = &world.build().sample.unwrap();
    for (address, words) in [
        ("https://JWT.example", "with other capital letters"),
        ("https://jwt.example/x", "is not among"),
    ] {
        let refused = front.permits("app-1", address, POLICY).unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

/// Whoever reads a reference out is found by it.
#[tokio::test]
async fn what_a_person_reads_out_stands_in_the_log() {
    let (world, browser, log) = (World::new(), Browser::default(), Log::open(Level::INFO));
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &page).await;
    let line = log.last();
    let reference = line["person.reference"].as_str().unwrap();
    let shown = text_of(&answer);
    assert!(
        shown.contains(&format!("<code>{reference}</code>")),
        "{line} {shown}"
    );
}

#[tokio::test]
async fn a_trace_tells_measures_and_nothing_that_was_sent() {
    let (world, browser, log) = (World::new(), Browser::default(), Log::open(Level::TRACE));
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "&claims=%7B%7D").await;
    browser.come_back(&world, 0).await;
    world.vendor.set(0, crate::grants::tests::vendor::approved());
    let callback = world.vendor.start_of(0).callback_url.path().to_owned();
    world
        .send(request("POST", &callback).json(&serde_json::json!({"message": "Zebedee"})))
        .await;
    world.calm().await;
    let text = log.text();
    let measured = log
        .lines()
        .into_iter()
        .find(|line| line["message"] == "request received")
        .unwrap();
    assert!(measured["body.bytes"].as_u64().unwrap() > 100, "{measured}");
    assert!(text.contains("\"fact\":\"facts/2/subjects/"), "{text}");
    let handle = world
        .vendor
        .start_of(0)
        .return_url
        .path()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    for private in [
        ticket.as_str(),
        &handle,
        &world.vendor.credential_of(0),
        "Ada",
        "Lovelace",
        "1985-12-10",
        "subject-of-ada",
        "state-1",
        "nonce-1",
        "secret-0",
        "Zebedee",
        "password-of-the-caller",
    ] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

/// What needs no proof is told as often as what is refused: a stranger does not decide how long the log is.
#[tokio::test(start_paused = true)]
async fn strangers_do_not_fill_the_log() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    let ahead = || request("GET", "/api/verify/authorize").header("sec-purpose", "prefetch");
    for _ in 0..1000 {
        world.get("/api/token/nothing").await;
        world.get("/api/token/keys").await;
        world.send(request("OPTIONS", "/api/token")).await;
        world.send(request("OPTIONS", "/api/verify")).await;
        world.send(ahead()).await;
        world.get(&assets::STYLE.path()).await;
    }
    assert!(log.lines().len() <= 6 * 20, "{} lines", log.lines().len());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let left_out = log.lines();
    let left_out = left_out.iter().filter(|line| line["code"] == "log.left_out");
    let counts = left_out.map(|line| line["count"].as_u64().unwrap());
    assert_eq!(
        log.closing().len() as u64 + counts.sum::<u64>(),
        6000,
        "{}",
        log.text()
    );
}

/// What somebody with a proof does is told, however much it is.
#[tokio::test(start_paused = true)]
async fn what_a_caller_does_is_told_each_time() {
    let (world, log) = (World::new(), Log::open(Level::INFO));
    for n in 0..100 {
        world.ticket(&format!("c{n}")).await;
    }
    assert_eq!(log.closing().len(), 100);
}

/// Whoever is asked for help finds the request in the log, whatever it was answered with.
#[tokio::test]
async fn every_page_names_its_request() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    let back = world.vendor.start_of(0).return_url.path().to_owned();
    let page = location(&browser.get(&world, &back).await).to_owned();
    let icon = assets::LOGO.path();
    for path in [
        page.as_str(),
        &format!("{page}/status"),
        "/api/verify/wait/x",
        "/nothing",
        "/api/verify/logout",
        &icon,
    ] {
        let asked = request("GET", path).header("x-azure-functions-invocationid", "invocation-7");
        let answer = browser.send(&world, asked).await;
        assert_eq!(
            header(&answer, "x-request-id"),
            "invocation-7",
            "{path}: {answer:?}"
        );
        let answer = browser.get(&world, path).await;
        assert_eq!(header(&answer, "x-request-id").len(), 32, "{path}: {answer:?}");
    }
}
