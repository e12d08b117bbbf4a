//! A relying party in default settings, as the suite plays it, and the person in front of the browser. It knows nothing but the
//! issuer and its own secret: all else it reads from the discovery document.

use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use serde_json::Value;

use super::super::world::{Answer, Browser, ISSUER, REDIRECT, SECRET, World, encoded, json_of, location};
use super::asked::Asked;
use super::callback::{Callback, Mode};
use super::signed_in::SignedIn;
use crate::clients::{Client, Proof, Secrets};
use crate::grants::tests::vendor::approved;

pub(super) const ID: &str = "rp";

/// The client, its browser and the provider.
pub(super) struct Party {
    pub(super) world: World,
    pub(super) browser: Browser,
    pub(super) mode: Mode,
    /// Whether it sends its secret in the form; else in the header.
    pub(super) secret_in_form: bool,
    /// The discovery document.
    pub(super) document: Value,
    requests: AtomicUsize,
}

impl Party {
    pub(super) async fn new(mode: Mode) -> Self {
        Self::of(mode, |client| client).await
    }

    /// The client with a setting changed.
    pub(super) async fn of(mode: Mode, change: impl Fn(Client) -> Client) -> Self {
        let mut world = World::new();
        world.more_clients = vec![change(client())];
        world.rebuild();
        let document = json_of(&world.get("/.well-known/openid-configuration").await);
        Self {
            world,
            browser: Browser::default(),
            mode,
            secret_in_form: false,
            document,
            requests: AtomicUsize::new(0),
        }
    }

    /// A party that signs in with one parameter more.
    pub(super) async fn signed_in_with(mode: Mode, name: &'static str, value: &str) -> (Self, SignedIn) {
        let party = Self::new(mode).await;
        let signed_in = party.sign_in(&party.request().with(name, value)).await;
        (party, signed_in)
    }

    /// A request as the plan makes it, with a state and a nonce of its own.
    pub(super) fn request(&self) -> Asked {
        let n = self.requests.fetch_add(1, Ordering::Relaxed);
        let asked = Asked(Vec::new())
            .with("client_id", ID)
            .with("redirect_uri", REDIRECT)
            .with("scope", "openid")
            .with("state", &format!("state-{n}"))
            .with("nonce", &format!("nonce-{n}"))
            .with("response_type", "code");
        match self.mode {
            Mode::Query => asked,
            Mode::FormPost => asked.with("response_mode", "form_post"),
        }
    }

    /// The path of an endpoint that the document names.
    pub(super) fn at(&self, endpoint: &str) -> &str {
        let address = self.document[endpoint].as_str().expect(endpoint);
        address.strip_prefix(ISSUER).expect(endpoint)
    }

    /// Where it sends the browser.
    fn address(&self, asked: &Asked) -> String {
        let query = encoded(&asked.fields());
        format!("{}?{query}", self.at("authorization_endpoint"))
    }

    /// Sends the browser, and follows it as long as nobody but the authorization endpoint answers.
    pub(super) async fn ask(&self, asked: &Asked) -> Answer {
        self.browser.enter(&self.world, &self.address(asked)).await
    }

    /// Sends the browser, which goes where one answer leads it; nobody is asked for anything.
    pub(super) async fn ask_silently(&self, asked: &Asked) -> Callback {
        let starts = self.world.vendor.starts();
        let answer = self.browser.get(&self.world, &self.address(asked)).await;
        assert_eq!(
            self.world.vendor.starts(),
            starts,
            "somebody was sent to the vendor"
        );
        Callback::of(&answer, self.mode)
    }

    /// The person is asked for a document, shows it, and is approved.
    pub(super) async fn checked(&self, answer: &Answer) -> Callback {
        assert!(
            location(answer).starts_with("https://vendor.example/go/"),
            "{answer:?}"
        );
        let n = self.world.vendor.starts() - 1;
        self.world.vendor.set(n, approved());
        Callback::of(&self.browser.come_back(&self.world, n).await, self.mode)
    }

    /// A sign-in in which the person is checked.
    pub(super) async fn sign_in(&self, asked: &Asked) -> SignedIn {
        let answer = self.ask(asked).await;
        let callback = self.checked(&answer).await;
        self.finish(asked, &callback).await
    }

    /// A sign-in in which nobody is asked for anything.
    pub(super) async fn sign_in_silently(&self, asked: &Asked) -> SignedIn {
        let callback = self.ask_silently(asked).await;
        self.finish(asked, &callback).await
    }
}

/// A client that names nobody, everything else as it is where no setting says otherwise.
fn client() -> Client {
    let secrets = Secrets {
        current: SecretString::from(SECRET),
        previous: None,
    };
    Client {
        walk_in: true,
        ..Client::new(ID, vec![REDIRECT.into()], Proof::Secret(secrets))
    }
}
