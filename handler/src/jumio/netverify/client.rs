//! The operations on transactions, which Netverify calls scans.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::basic::Basic;
use super::config::Config;
use super::wire::{self, Data, Initiated, Status};
use super::{decision, request};
use crate::checks::vendor::id::VendorId;
use crate::checks::vendor::{Found, Progress, Start, Started, TransactionIds, Vendor, VendorError};
use crate::checks::{Announced, Unreadable};
use crate::jumio::call::{Call, under};
use crate::jumio::callback;
use crate::jumio::config::Fault;
use crate::jumio::credentials::Credentials;
use crate::jumio::limits::{self, Reach};
use crate::jumio::transport::{Reply, Transport, refusal};
use crate::random::Random;

/// A client of one tenant in one data centre.
pub(crate) struct Client {
    config: Config,
    basic: Basic,
}

impl Client {
    /// A client. `http` must not follow redirects: addresses are built from ids and never taken from an answer.
    ///
    /// # Errors
    /// Everything that is wrong in `config`.
    pub(crate) fn new(
        config: Config,
        http: reqwest::Client,
        credentials: Arc<dyn Credentials>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Vec<Fault>> {
        let (budget, faults) = (config.budget, config.faults());
        let pace = (config.retry, budget);
        let transport = Transport::new(http, &config.user_agent, pace, random, faults)?;
        Ok(Self {
            config,
            basic: Basic {
                transport,
                credentials,
                budget,
            },
        })
    }

    /// Reads a part of a scan; nothing when Jumio does not know it, or has deleted it.
    async fn read(
        &self,
        name: &'static str,
        url: Url,
        deadline: Instant,
    ) -> Result<Option<Reply>, VendorError> {
        let reply = self
            .basic
            .send(Call::safe(name, Method::GET, url), deadline)
            .await?;
        match reply.status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(reply)),
            status => Err(refusal("to a read", status)),
        }
    }
}

#[async_trait]
impl Vendor for Client {
    fn id(&self) -> VendorId {
        VendorId::of("jumio-netverify")
    }

    fn callback(&self, media_type: &str, body: &[u8]) -> Result<Announced, Unreadable> {
        callback::parse(media_type, body)
    }

    /// Netverify has no accounts: a person who comes again is a new one to it.
    #[tracing::instrument(name = "jumio.start", skip_all, fields(jumio.scan_reference))]
    async fn start(&self, start: &Start) -> Result<Started, VendorError> {
        let body = request::body(start, &self.config)?;
        let url = under(&self.config.base, &["api", "v4", "initiate"]);
        let create = Call::create("create", Method::POST, url, body.into());
        let reply = self.basic.send(create, self.basic.deadline()).await?;
        if !reply.status.is_success() {
            return Err(refusal("to a create", reply.status));
        }
        let started = started(reply.json()?, Reach::of(&self.config.base))?;
        tracing::Span::current().record("jumio.scan_reference", &started.ids.execution);
        Ok(started)
    }

    /// Netverify reads by its own references only: no documented call finds scans by `customerInternalReference`.
    async fn find(&self, _: &str) -> Result<Found, VendorError> {
        Ok(Found::CannotBeAsked)
    }

    #[tracing::instrument(name = "jumio.fetch", skip_all, fields(jumio.scan_reference = %ids.execution))]
    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        let deadline = self.basic.deadline();
        let url = scan(&self.config.base, ids, None)?;
        let Some(reply) = self.read("read of the status", url, deadline).await? else {
            return Ok(Progress::Unknown);
        };
        let status: Status = reply.json()?;
        status.belongs_to(ids)?;
        if !wire::is_done(&status.status) {
            return Ok(decision::unfinished(&status.status));
        }
        // Only now, and once: these hold personal data.
        let url = scan(&self.config.base, ids, Some("data"))?;
        let Some(reply) = self.read("read of the data", url, deadline).await? else {
            return Ok(Progress::Unknown);
        };
        let data: Data = reply.json()?;
        data.belongs_to(ids)?;
        Ok(decision::progress(&data))
    }

    #[tracing::instrument(name = "jumio.forget", skip_all, fields(jumio.scan_reference = %ids.execution))]
    async fn forget(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        let url = scan(&self.config.base, ids, None)?;
        let call = Call::safe("delete", Method::DELETE, url);
        match self.basic.send(call, self.basic.deadline()).await?.status {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(refusal("to a delete", status)),
        }
    }
}

/// What a successful create must hold.
fn started(initiated: Initiated, reach: Reach) -> Result<Started, VendorError> {
    let execution = initiated.transaction_reference;
    if !limits::is_scan(&execution) {
        return Err(VendorError::unavailable(
            "answered a malformed transactionReference to a create",
        ));
    }
    let Some(href) = initiated.redirect_url else {
        // Created all the same, so it counts.
        return Err(VendorError::Unusable(
            "no redirectUrl: is the web channel switched on in Jumio's portal?".into(),
        ));
    };
    if !limits::is_href(&href, reach) {
        return Err(VendorError::unavailable(
            "answered a redirectUrl that is not an https address",
        ));
    }
    let ids = TransactionIds {
        account: String::new(),
        execution,
    };
    Ok(Started {
        ids,
        href: SecretString::from(href),
    })
}

/// `<base>/api/netverify/v2/scans/{ref}[/part]`, from ids of ours.
fn scan(base: &Url, ids: &TransactionIds, part: Option<&str>) -> Result<Url, VendorError> {
    let scan = limits::scan("scanReference", &ids.execution)?;
    let path = ["api", "netverify", "v2", "scans", scan];
    Ok(under(base, &path.into_iter().chain(part).collect::<Vec<_>>()))
}
