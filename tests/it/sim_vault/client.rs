//! An app with a managed identity, in plain HTTP.

use rig::certs::Authority;
use rig::serve::Backstage;
use rig::vault::{Config, Simulator};
use serde_json::Value;
use url::Url;

pub(super) struct Stage {
    pub(super) simulator: Simulator,
    pub(super) backstage: Backstage,
    pub(super) http: reqwest::Client,
    /// The vault's address with its port, as in `local.settings.json`.
    pub(super) base: Url,
}

impl Stage {
    pub(super) async fn start() -> Self {
        let backstage = Backstage::default();
        let simulator = Simulator::start(Config::default(), Authority::new().unwrap(), backstage.clone())
            .await
            .unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_only(reqwest::Certificate::from_pem_bundle(&simulator.trusted_pem).unwrap())
            .resolve(&simulator.host, simulator.address)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut base = simulator.url.clone();
        base.set_port(Some(simulator.address.port())).unwrap();
        Self {
            simulator,
            backstage,
            http,
            base,
        }
    }

    pub(super) fn put(&self, name: &str, value: &str) -> String {
        let now = self.backstage.clock.now();
        self.simulator
            .vault
            .store
            .with(|store| store.put(name, value.into(), now))
            .unwrap()
    }

    pub(super) async fn identity(&self, query: &[(&str, &str)], header: &str) -> reqwest::Response {
        let endpoint = self.simulator.identity_endpoint.clone();
        self.http
            .get(endpoint)
            .query(query)
            .header("x-identity-header", header)
            .send()
            .await
            .unwrap()
    }

    pub(super) async fn token(&self, resource: &str) -> String {
        let query = [("api-version", "2019-08-01"), ("resource", resource)];
        let response = self.identity(&query, &self.simulator.identity_header).await;
        assert_eq!(response.status(), 200);
        let body: Value = response.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A request with a good token; a whole address is taken as it is.
    pub(super) async fn get(&self, path: &str) -> reqwest::Response {
        let token = self.token("https://vault.azure.net").await;
        let url = self.base.join(path).unwrap();
        self.http.get(url).bearer_auth(token).send().await.unwrap()
    }

    /// The refusal of a request with a good token.
    pub(super) async fn refused(&self, path: &str, status: u16, code: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), status, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], code, "{path}");
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    pub(super) async fn read(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }
}
