//! Journeys against the packaged app, through the Functions host stand-in, with real sockets all the way.

mod callbacks;
mod catalogue;
mod certificates;
mod endings;
mod forwarding;
mod kills;
mod line;
mod migration;
mod netverify;
mod plain;
mod races;
pub(crate) mod sample;
mod ways;

use std::cell::Cell;
use std::time::Duration;

use loopback::browser::{Arrival, Browser, Page};
use loopback::random;
use rig::client::Client;
use rig::client::ask::Ask;
use rig::client::registration::{Registered, register};
use rig::client::tokens::Tokens;
use rig::client::walk::{Person, Walk};
use rig::host::{Level, Mode};
use rig::package::app;
use rig::rig::{Kind, Options, Rig};
use serde_json::{Value, json};

/// Longest wait for anything that needs no timer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A rig with one client and whatever a journey needs.
pub(crate) struct World {
    pub(crate) rig: Rig,
    pub(crate) client: Client,
}

thread_local! {
    /// How the host hands requests over in the journeys of this thread; none for what host.json says.
    static MODE: Cell<Option<Mode>> = const { Cell::new(None) };
    /// Which of Jumio's APIs the handler of this thread's journeys speaks; none for the usual one.
    static API: Cell<Option<&str>> = const { Cell::new(None) };
}

pub(crate) fn options() -> Options {
    let mut options = Options::new(app().unwrap()).rude().unwrap();
    let all = std::env::var_os("RIG_FORWARDING").map(|_| Mode::Forwarding);
    options.mode = MODE.get().or(all);
    match API.get() {
        Some(api) => options.with("JumioSettings:Api", api),
        None => options,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let rig = Rig::start(options).await.unwrap();
        rig.open().await.unwrap();
        let client = rig.client(Kind::Post).await.unwrap();
        Self { rig, client }
    }

    pub(crate) async fn client(&self, kind: Kind) -> Client {
        self.rig.client(kind).await.unwrap()
    }

    pub(crate) fn browser(&self) -> Browser {
        self.rig.browser().unwrap()
    }

    /// Registers as B2C does, with `more` claims.
    pub(crate) async fn register(&self, subject: &str, more: &Value) -> Registered {
        self.register_for(&self.client.agreement.id, subject, more).await
    }

    /// The same for any client.
    pub(crate) async fn register_for(&self, client: &str, subject: &str, more: &Value) -> Registered {
        let claims = registration(client, subject, more);
        let wire = self.rig.wire().unwrap();
        register(
            &wire,
            &self.rig.registration().unwrap(),
            &self.rig.caller(),
            &claims,
        )
        .await
        .unwrap()
    }

    /// A walk by ticket of a fresh subject.
    pub(crate) async fn walk(&self) -> Walk {
        self.walk_of(&random::hex::<8>()).await
    }

    /// A walk by ticket.
    pub(crate) async fn walk_of(&self, subject: &str) -> Walk {
        self.walk_by(&self.register(subject, &json!({})).await)
    }

    /// A walk by the ticket of a registration.
    pub(crate) fn walk_by(&self, registered: &Registered) -> Walk {
        self.walk_with(&Ask {
            login_hint: Some(registered.ticket.clone()),
            ..Ask::default()
        })
    }

    pub(crate) fn walk_with(&self, ask: &Ask) -> Walk {
        Walk::by_address(&self.client, self.browser(), ask)
    }

    /// How many transactions Jumio has made: new accounts, and repeats on known ones.
    pub(crate) fn transactions(&self) -> usize {
        self.rig
            .simulators
            .jumio
            .tenant
            .book
            .with(|book| book.all().count())
    }

    /// Waits until Jumio has no callback left to send.
    pub(crate) async fn told_everything(&self) {
        for _ in 0..1000 {
            if self.rig.simulators.jumio.tenant.has_told_everything() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("callbacks are still to be sent");
    }

    /// Asks the control port.
    pub(crate) async fn control_get(&self, path: &str) -> Value {
        let address = format!("{}{path}", self.rig.endpoints.control);
        reqwest::get(address).await.unwrap().json().await.unwrap()
    }

    /// Tells the control port.
    pub(crate) async fn control_post(&self, path: &str, body: &Value) -> Value {
        let address = format!("{}{path}", self.rig.endpoints.control).parse().unwrap();
        let answer = self
            .rig
            .wire()
            .unwrap()
            .post(&address, "application/json", body.to_string(), None)
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json().unwrap()
    }

    /// What the handler has logged, one object for each record.
    pub(crate) fn records(&self) -> Vec<Value> {
        let text = self.rig.host.log().handler_text();
        let records = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        records.collect()
    }

    /// How many records have this `code`.
    pub(crate) fn told(&self, code: &str) -> usize {
        let records = self.records();
        records.iter().filter(|record| record["code"] == code).count()
    }

    /// A normal run leaves no line at Error.
    pub(crate) fn no_errors(&self) {
        let errors = self.rig.host.log().errors();
        assert!(errors.is_empty(), "{errors:#?}");
        let text = self.rig.host.log().handler_text();
        let complaint = text.lines().find(|line| line.contains("\"level\":\"ERROR\""));
        assert_eq!(complaint, None);
        assert!(
            self.rig
                .host
                .log()
                .lines()
                .iter()
                .all(|line| line.level == Level::Information)
        );
    }
}

/// What B2C's REST step sends.
pub(crate) fn registration(client: &str, subject: &str, more: &Value) -> Value {
    let mut claims = json!({
        "objectId": subject, "correlationId": random::uuid(), "clientId": client, "locale": "en",
        "ipAddress": "203.0.113.7", "consentVersion": "2026-01", "consentTime": "2026-11-01T10:00:00Z",
        "consentCountry": "DEU",
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    claims
}

/// Waits until the handler has logged these words in one record.
pub(crate) async fn logged(rig: &Rig, words: &[&str]) {
    let is_meant = |line: &str| words.iter().all(|word| line.contains(word));
    for _ in 0..400 {
        if rig.host.log().handler_text().lines().any(is_meant) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{words:?} are not in {}", rig.host.log().handler_text());
}

/// The page Jumio shows.
pub(crate) async fn at_jumio(walk: &Walk) -> Page {
    let page = walk.enter().await.unwrap().page().unwrap();
    assert!(
        page.html.contains("SIMULATOR"),
        "{} {}\n{}",
        page.status,
        page.address,
        page.html
    );
    page
}

/// Shows the document, with this ending, and waits for whatever comes.
pub(crate) async fn play(walk: &Walk, page: &Page, scenario: &str) -> Arrival {
    let arrival = walk.at_jumio(page, &Person::who(scenario)).await.unwrap();
    walk.wait(arrival, PATIENCE).await.unwrap()
}

/// The state a page of the handler says it shows.
pub(crate) fn state(page: &Page) -> String {
    let after = page.html.split("data-state=\"").nth(1);
    let state = after.and_then(|rest| rest.split('"').next());
    state
        .unwrap_or_else(|| panic!("no state on {} {}\n{}", page.status, page.address, page.html))
        .to_owned()
}

/// Goes back to the client from a page of the handler, and hears what it is told.
pub(crate) async fn leave(walk: &Walk, page: &Page) -> Tokens {
    let arrival = if page.form_with("action", "leave").is_ok() {
        walk.press(page, "leave", &[]).await.unwrap()
    } else {
        walk.open(&format!("{}/continue", page.address).parse().unwrap())
            .await
            .unwrap()
    };
    walk.finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap()
}
