//! A tenant on a free port, and ways to talk to it.

use crate::policy::{ID, Policy};
use http::StatusCode;
use loopback::clock::Clock;
use loopback::serve::Server;
use reqwest::{Client, RequestBuilder, Response};
use runner::config::Config;
use runner::engine::Realm;
use runner::engine::realm::OWN_CLIENT;
use runner::load::{self, Source};
use runner::script::browser::Browser;
use runner::script::file::Script;
use runner::script::page::{Landing, PageView};
use runner::script::{report, run};
use runner::{model, server};
use std::sync::Arc;
use url::Url;

/// A served tenant; it ends with the test.
pub(crate) struct World {
    pub(crate) realm: Arc<Realm>,
    _serving: Server,
}

/// The policies of these texts, or a list of what is wrong with them.
pub(crate) fn load(texts: &[String]) -> model::Tenant {
    let named = |(at, text): (usize, &String)| Source {
        name: format!("{at}.xml").as_str().into(),
        text: text.clone(),
    };
    let loaded = load::from_sources(texts.iter().enumerate().map(named).collect(), vec![]);
    assert_eq!(loaded.findings, []);
    loaded.tenant
}

/// A configuration from its file's text.
pub(crate) fn config(text: &str) -> Config {
    toml::from_str(text).expect("the configuration reads")
}

/// Walks the journeys of a script (TOML) and asserts that each comes out as expected.
pub(crate) async fn walk(policy: &Policy, configuration: &str, script: &str) {
    let script = format!("policy = '{ID}'\n{script}");
    let script: Script = toml::from_str(&script).expect("the script reads");
    let outcomes = run::all(&script, config(configuration), load(&[policy.xml()]))
        .await
        .expect("the tenant starts");
    assert!(!outcomes.is_empty(), "the script has no journey");
    let passed = outcomes.iter().all(|outcome| outcome.differences.is_empty());
    assert!(passed, "{}", report::text(&outcomes));
}

impl World {
    pub(crate) async fn start(policy: &Policy, configuration: &str) -> Self {
        Self::start_all(&[policy.xml()], configuration).await
    }

    /// A tenant with the policies of these files.
    pub(crate) async fn start_all(texts: &[String], configuration: &str) -> Self {
        Self::serve(load(texts), config(configuration)).await
    }

    /// A tenant with policies that were loaded before.
    pub(crate) async fn serve(policies: model::Tenant, config: Config) -> Self {
        let listener = server::bind(([127, 0, 0, 1], 0).into())
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let origin = format!("http://localhost:{port}");
        let realm = Realm::open(config, policies, &origin, Clock::default());
        let realm = Arc::new(realm.expect("the tenant opens"));
        let serving = server::serve(Arc::clone(&realm), listener).expect("an address");
        Self {
            realm,
            _serving: serving,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        self.realm.outbound.client()
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.realm.address(path).expect("a path")
    }

    /// An address below the policy.
    pub(crate) fn at(&self, path: &str) -> Url {
        self.url(&format!("/contoso.onmicrosoft.com/{ID}/{path}"))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, String) {
        told(send(self.client().get(self.url(path))).await).await
    }

    /// An authorization request of the built-in application; parameters replace its own.
    pub(crate) fn authorize(&self, parameters: &[(&str, &str)]) -> Url {
        let redirect = format!("{}/runner/answer", self.realm.origin);
        let mut all = vec![
            ("client_id", OWN_CLIENT),
            ("redirect_uri", redirect.as_str()),
            ("response_type", "id_token"),
            ("scope", "openid"),
            ("nonce", "n"),
        ];
        all.retain(|(name, _)| !parameters.iter().any(|(other, _)| other == name));
        let mut address = self.at("oauth2/v2.0/authorize");
        address
            .query_pairs_mut()
            .extend_pairs(all)
            .extend_pairs(parameters);
        address
    }

    pub(crate) fn browser(&self) -> Browser {
        let answers: Vec<String> = self
            .realm
            .applications
            .iter()
            .flat_map(|application| application.redirect_uris.clone())
            .collect();
        Browser::new(&self.realm.config.outbound, &answers).expect("a browser")
    }

    /// The first page of a journey.
    pub(crate) async fn first_page(&self, browser: &Browser) -> PageView {
        let landing = browser.open(&self.authorize(&[])).await.expect("an answer");
        landing.page().expect("a page")
    }
}

/// Sends a request that must be answered.
pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// Status and text.
pub(crate) async fn told(response: Response) -> (StatusCode, String) {
    (response.status(), response.text().await.expect("text"))
}

/// The error the application was told, with its description.
pub(crate) fn error(landing: &Landing) -> String {
    let field = |name: &str| landing.field(name).unwrap_or_default().to_owned();
    format!("{} {}", field("error"), field("error_description"))
}
