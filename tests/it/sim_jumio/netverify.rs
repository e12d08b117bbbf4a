//! Netverify over sockets: what it refuses, a person's way through it, and what it tells.

mod callbacks;
mod hosted_page;
mod refusals;
mod scans;

use reqwest::{Method, RequestBuilder, Response};
use rig::jumio::document::Document;
use rig::jumio::scenario::Plan;
use serde_json::{Value, json};

use super::client::{Opened, Stage};

impl Stage {
    /// A call to Netverify as it should be; `path` follows the host.
    fn netverify(&self, method: Method, path: &str) -> RequestBuilder {
        let tenant = &self.simulator.tenant;
        let url = self.simulator.addresses.netverify.join(path).unwrap();
        self.http
            .request(method, url)
            .basic_auth(&tenant.client_id, Some(&tenant.client_secret))
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
    }

    fn initiate_body(&self) -> Value {
        json!({
            "customerInternalReference": "verification-1", "userReference": "subject-1", "workflowId": 200,
            "callbackUrl": self.callback_url(), "successUrl": "http://localhost:9/return/handle",
            "errorUrl": "http://localhost:9/return/handle?from=jumio",
        })
    }

    async fn initiate(&self, body: &Value) -> Response {
        let request = self.netverify(Method::POST, "api/v4/initiate").json(body);
        request.send().await.unwrap()
    }

    /// Opens a transaction.
    async fn initiated(&self) -> Opened {
        let response = self.initiate(&self.initiate_body()).await;
        assert_eq!(response.status(), 200);
        let reply: Value = response.json().await.unwrap();
        let text = |name: &str| reply[name].as_str().unwrap().to_owned();
        Opened {
            account: String::new(),
            execution: text("transactionReference"),
            href: text("redirectUrl"),
        }
    }

    /// What the retrieval API says; `rest` follows the scan reference.
    async fn scan(&self, opened: &Opened, rest: &str) -> Response {
        let path = format!("api/netverify/v2/scans/{}{rest}", opened.execution);
        self.netverify(Method::GET, &path).send().await.unwrap()
    }

    async fn told(&self, opened: &Opened, rest: &str) -> Value {
        let response = self.scan(opened, rest).await;
        assert_eq!(response.status(), 200, "{rest}");
        response.json().await.unwrap()
    }

    /// Plays a scenario with a driving licence, which has two sides.
    async fn play_with_a_licence(&self, opened: &Opened, scenario: &str) {
        let licence = Document::samples().remove(2);
        assert_eq!(licence.kind, "DRIVING_LICENSE");
        let plan = Plan::named(scenario).unwrap();
        self.simulator
            .tenant
            .finish(&opened.execution, plan, licence)
            .unwrap();
        self.until(|| {
            self.simulator
                .tenant
                .look(&opened.execution)
                .unwrap()
                .ended_at
                .is_some()
        })
        .await;
    }
}
