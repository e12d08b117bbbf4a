//! All simulators and the control port.

use reqwest::Method;
use rig::certs::{self, Authority};
use rig::control::{self, Control, Handles};
use rig::serve::Backstage;
use rig::{entra, jumio, vault};
use serde_json::{Value, json};
use url::Url;

pub(super) struct Stage {
    pub(super) jumio: jumio::Simulator,
    pub(super) vault: vault::Simulator,
    pub(super) entra: entra::Simulator,
    pub(super) backstage: Backstage,
    pub(super) http: reqwest::Client,
    control: Control,
}

impl Stage {
    pub(super) async fn start() -> Self {
        certs::install_tls();
        let backstage = Backstage::default();
        let authority = Authority::new().unwrap();
        let jumio = jumio::Simulator::start(jumio::Config::default(), backstage.clone())
            .await
            .unwrap();
        let vault = vault::Simulator::start(vault::Config::default(), authority, backstage.clone())
            .await
            .unwrap();
        let entra = entra::Simulator::start(entra::Config::default(), backstage.clone())
            .await
            .unwrap();
        let handles = Handles {
            backstage: backstage.clone(),
            jumio: jumio.tenant.clone(),
            vault: vault.vault.clone(),
            entra: entra.directory.clone(),
        };
        let control = control::start(handles, 0).await.unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_only(reqwest::Certificate::from_pem_bundle(&vault.trusted_pem).unwrap())
            .resolve(&vault.host, vault.address)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            jumio,
            vault,
            entra,
            backstage,
            http,
            control,
        }
    }

    /// An address of the control port.
    pub(super) fn control(&self, path: &str) -> Url {
        self.control.url().unwrap().join(path).unwrap()
    }

    /// Asks the control port; returns status and JSON.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = self.control(path);
        let mut request = self.http.request(method, url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(Method::PUT, path, body).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(Method::POST, path, body).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Why the control port refuses.
    pub(super) async fn refused(&self, method: Method, path: &str, body: Value) -> (u16, String) {
        let (status, body) = self.ask(method, path, body).await;
        (status, body["error"].as_str().unwrap_or_default().to_owned())
    }

    pub(super) async fn access_token(&self) -> reqwest::Result<reqwest::Response> {
        self.http
            .post(self.jumio.addresses.auth.join("oauth2/token").unwrap())
            .basic_auth(
                &self.jumio.tenant.client_id,
                Some(&self.jumio.tenant.client_secret),
            )
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
            .form(&[("grant_type", "client_credentials")])
            .send()
            .await
    }

    pub(super) async fn jumio(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let token: Value = self.access_token().await.unwrap().json().await.unwrap();
        self.http
            .request(method, url)
            .bearer_auth(token["access_token"].as_str().unwrap())
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
    }

    /// A call to Netverify.
    pub(super) fn netverify(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let tenant = &self.jumio.tenant;
        self.http
            .request(method, self.jumio.addresses.netverify.join(path).unwrap())
            .basic_auth(&tenant.client_id, Some(&tenant.client_secret))
            .header("user-agent", "Rig Tests/1.0")
            .header("accept", "application/json")
    }

    /// The same transaction as [`Stage::create`] makes, of Netverify's; answers its reference.
    pub(super) async fn initiate(&self, reference: &str) -> String {
        let body = json!({
            "customerInternalReference": reference, "userReference": "subject-1", "workflowId": 200,
            "callbackUrl": self.jumio.addresses.status, "successUrl": "http://localhost:9/r",
        });
        let request = self.netverify(Method::POST, "api/v4/initiate").json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let reply: Value = response.json().await.unwrap();
        reply["transactionReference"].as_str().unwrap().to_owned()
    }

    /// Opens a transaction whose callbacks go to the health host, which refuses them.
    pub(super) async fn create(&self, reference: &str) -> Value {
        let url = self.jumio.addresses.account.join("api/v1/accounts").unwrap();
        let body = json!({
            "customerInternalReference": reference, "workflowDefinition": { "key": "10164" },
            "callbackUrl": self.jumio.addresses.status, "web": { "successUrl": "http://localhost:9/r" },
            "userConsent": { "userLocation": { "country": "AUT" } },
        });
        let response = self
            .jumio(Method::POST, url)
            .await
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }
}
