//! A customer of the simulated Jumio, with a receiver for its callbacks.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::{Method, RequestBuilder, Response};
use rig::certs;
use rig::jumio::document::Document;
use rig::jumio::{Config, Simulator};
use rig::serve::{self, Answer, Backstage, Listen, Request, Server, Service};
use rig::shared::Shared;
use serde_json::{Value, json};

/// Answers callbacks and remembers them.
pub(super) struct Receiver {
    pub(super) got: Shared<Vec<Request>>,
    /// Statuses to answer, first to last; 200 when there are no more.
    pub(super) answers: Shared<Vec<u16>>,
}

impl Service for Receiver {
    fn name(&self) -> &'static str {
        "receiver"
    }

    fn operation(&self, _: &Request) -> &'static str {
        "callback"
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        self.got.with(|got| got.push(request));
        let status = self.answers.with(|answers| {
            if answers.is_empty() {
                200
            } else {
                answers.remove(0)
            }
        });
        async move { Answer::empty(status) }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        Answer::empty(status)
    }
}

/// One simulator, one receiver, one customer.
pub(super) struct Stage {
    pub(super) simulator: Simulator,
    pub(super) backstage: Backstage,
    pub(super) receiver: Arc<Receiver>,
    pub(super) http: reqwest::Client,
    pub(super) server: Server,
}

impl Stage {
    /// Starts everything, with these settings changed.
    pub(super) async fn with(settings: Value) -> Self {
        certs::install_tls();
        let backstage = Backstage::default();
        let simulator = Simulator::start(Config::default(), backstage.clone())
            .await
            .unwrap();
        let receiver = Arc::new(Receiver {
            got: Shared::default(),
            answers: Shared::default(),
        });
        let server = serve::start(Listen::default(), receiver.clone(), Backstage::default())
            .await
            .unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .no_proxy()
            .build()
            .unwrap();
        let stage = Self {
            simulator,
            backstage,
            receiver,
            http,
            server,
        };
        stage.set(&json!({ "timers": { "processing_ms": 0 }, "callbacks": { "retry_ms": 5 } }));
        stage.set(&settings);
        stage
    }

    pub(super) async fn start() -> Self {
        Self::with(json!({})).await
    }

    pub(super) fn set(&self, patch: &Value) {
        self.simulator
            .tenant
            .settings
            .with(|settings| *settings = settings.patched(patch).unwrap());
    }

    pub(super) fn callback_url(&self) -> String {
        format!("http://{}/api/callback/credential", self.server.address())
    }

    pub(super) fn token_request(&self) -> RequestBuilder {
        let tenant = &self.simulator.tenant;
        self.http
            .post(self.simulator.addresses.auth.join("oauth2/token").unwrap())
            .basic_auth(&tenant.client_id, Some(&tenant.client_secret))
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
            .form(&[("grant_type", "client_credentials")])
    }

    pub(super) async fn token(&self) -> String {
        let response = self.token_request().send().await.unwrap();
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A call to the account or retrieval host as it should be.
    pub(super) async fn call(&self, method: Method, url: url::Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .bearer_auth(self.token().await)
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
    }

    pub(super) fn body(&self) -> Value {
        json!({
            "customerInternalReference": "verification-1", "userReference": "subject-1",
            "workflowDefinition": { "key": "10164" }, "callbackUrl": self.callback_url(),
            "web": { "successUrl": "http://localhost:9/return/handle", "errorUrl": "http://localhost:9/return/handle?from=jumio" },
            "userConsent": { "userLocation": { "country": "AUT" },
                "consent": { "obtained": "yes", "obtainedAt": "2026-02-03T10:11:12Z" } },
        })
    }

    pub(super) async fn post_account(&self, body: &Value) -> Response {
        let url = self.simulator.addresses.account.join("api/v1/accounts").unwrap();
        self.call(Method::POST, url)
            .await
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// Opens a transaction.
    pub(super) async fn create(&self) -> Opened {
        let response = self.post_account(&self.body()).await;
        assert_eq!(response.status(), 200);
        Opened::of(&response.json().await.unwrap())
    }

    /// A document of the retrieval host; `rest` is what follows the execution id.
    pub(super) async fn retrieve(&self, opened: &Opened, rest: &str) -> Response {
        let path = format!(
            "api/v1/accounts/{}/workflow-executions/{}{rest}",
            opened.account, opened.execution
        );
        let url = self.simulator.addresses.retrieval.join(&path).unwrap();
        self.call(Method::GET, url).await.send().await.unwrap()
    }

    pub(super) async fn details(&self, opened: &Opened) -> Value {
        let response = self.retrieve(opened, "").await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Plays a scenario without a browser and waits until the transaction has ended.
    pub(super) async fn play(&self, opened: &Opened, scenario: &str) {
        let plan = rig::jumio::scenario::Plan::named(scenario).unwrap();
        self.simulator
            .tenant
            .finish(&opened.execution, plan, Document::default())
            .unwrap();
        self.until(|| {
            let transaction = self.simulator.tenant.look(&opened.execution).unwrap();
            transaction.ended_at.is_some() || transaction.plan.pace == rig::jumio::scenario::Pace::Held
        })
        .await;
    }

    /// Presses a button of the hosted page.
    pub(super) async fn press(&self, opened: &Opened, fields: &[(&str, &str)]) -> Response {
        let page: url::Url = opened.href.parse().unwrap();
        let token = page
            .query_pairs()
            .find(|(name, _)| name == "authorizationToken")
            .unwrap()
            .1
            .into_owned();
        let mut form = vec![("authorizationToken", token.as_str())];
        form.extend(fields);
        let url = self.simulator.addresses.web.join("web/v4/app").unwrap();
        self.http.post(url).form(&form).send().await.unwrap()
    }

    /// Waits for something, at most five seconds.
    pub(super) async fn until(&self, mut done: impl FnMut() -> bool) {
        for _ in 0..500 {
            if done() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never happened");
    }

    /// Waits for so many callbacks and returns their JSON bodies.
    pub(super) async fn callbacks(&self, count: usize) -> Vec<Value> {
        self.until(|| self.receiver.got.with(|got| got.len() >= count))
            .await;
        self.receiver
            .got
            .with(|got| got.iter().map(|request| request.json().unwrap()).collect())
    }
}

/// What an account request answered.
pub(super) struct Opened {
    pub(super) account: String,
    pub(super) execution: String,
    pub(super) href: String,
}

impl Opened {
    pub(super) fn of(reply: &Value) -> Self {
        let text = |pointer: &str| reply.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        Self {
            account: text("/account/id"),
            execution: text("/workflowExecution/id"),
            href: text("/web/href"),
        }
    }
}

/// The decision type of the first entry of a capability.
pub(super) fn label<'v>(details: &'v Value, capability: &str) -> &'v str {
    details["capabilities"][capability][0]["decision"]["details"]["label"]
        .as_str()
        .unwrap()
}
