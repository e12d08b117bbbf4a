//! The HTTP client behind callbacks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Certificate, Client};

use super::super::tenant::Tenant;
use super::Callback;
use crate::certs;
use crate::shared::Shared;

/// Jumio does not say how long it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Host names and where they are.
type Reach = BTreeMap<String, SocketAddr>;

/// Posts callbacks; the client is kept until the host names it can reach change.
#[derive(Debug)]
pub(crate) struct Post {
    trusted_pem: Vec<u8>,
    client: Shared<Option<(Reach, Client)>>,
}

impl Post {
    pub(crate) fn new(trusted_pem: Vec<u8>) -> Self {
        Self {
            trusted_pem,
            client: Shared::default(),
        }
    }

    /// The status of the answer; `None` when there was none.
    pub(super) async fn send(&self, tenant: &Tenant, callback: &Callback, sent_at: &str) -> Option<u16> {
        let reach = tenant.settings.with(|settings| settings.reach.clone());
        let (content_type, body) = callback.content.render(sent_at);
        let request = self
            .client(reach)?
            .post(&callback.to)
            .header("content-type", content_type)
            .body(body);
        request
            .send()
            .await
            .ok()
            .map(|response| response.status().as_u16())
    }

    fn client(&self, reach: Reach) -> Option<Client> {
        self.client.with(|kept| match kept {
            Some((known, client)) if *known == reach => Some(client.clone()),
            _ => {
                let client = self.build(&reach)?;
                *kept = Some((reach, client.clone()));
                Some(client)
            }
        })
    }

    fn build(&self, reach: &Reach) -> Option<Client> {
        certs::install_tls();
        let trusted = Certificate::from_pem_bundle(&self.trusted_pem).unwrap_or_default();
        let mut builder = Client::builder()
            .user_agent("Jumio-Simulator-Callback/1.0")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .timeout(PATIENCE)
            .tls_certs_only(trusted);
        for (name, address) in reach {
            builder = builder.resolve(name, *address);
        }
        builder.build().ok()
    }
}
