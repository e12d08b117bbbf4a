//! The operations on accounts and their workflow executions.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::authorised::Authorised;
use super::config::Config;
use super::request;
use super::token::{Source, Tokens};
use crate::checks::vendor::id::VendorId;
use crate::checks::vendor::{
    Found, Need, Place, Progress, Start, Started, TransactionIds, Vendor, VendorError,
};
use crate::checks::{Announced, Unreadable};
use crate::clock::Clock;
use crate::jumio::call::{Call, under};
use crate::jumio::config::Fault;
use crate::jumio::credentials::Credentials;
use crate::jumio::limits::{self, Reach};
use crate::jumio::transport::{Reply, Transport, refusal};
use crate::jumio::wire::{Created, Details, Status};
use crate::jumio::{callback, decision, wire};
use crate::random::Random;

/// A client of one tenant in one data centre.
pub(crate) struct Client {
    config: Config,
    authorised: Authorised,
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
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Vec<Fault>> {
        let (budget, faults) = (config.budget, config.faults());
        let pace = (config.retry, budget);
        let transport = Transport::new(http, &config.user_agent, pace, random, faults)?;
        let transport = Arc::new(transport);
        let tokens = Tokens::new(Source {
            transport: Arc::clone(&transport),
            endpoint: under(&config.auth_base, &["oauth2", "token"]),
            credentials,
            clock,
            budget,
        });
        Ok(Self {
            config,
            authorised: Authorised {
                transport,
                tokens,
                budget,
            },
        })
    }

    /// Reads a transaction's details, or a part of them; nothing when Jumio does not know it.
    async fn read(
        &self,
        ids: &TransactionIds,
        part: Option<&str>,
        deadline: Instant,
    ) -> Result<Option<Reply>, VendorError> {
        let url = execution(&self.config.retrieval_base, ids, part)?;
        let name = part.map_or("read of the details", |_| "read of the status");
        let reply = self
            .authorised
            .send(Call::safe(name, Method::GET, url), deadline)
            .await?;
        match reply.status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => Ok(Some(reply)),
            status => Err(refusal("to a read", status)),
        }
    }

    /// Starts a transaction: of the account we know, or of a new one.
    async fn create(&self, start: &Start, body: Bytes) -> Result<Reply, VendorError> {
        let deadline = self.authorised.deadline();
        let accounts = ["api", "v1", "accounts"];
        if let Some(account) = &start.account {
            let id = limits::id("account.id", account)?;
            let url = under(&self.config.account_base, &[&accounts[..], &[id]].concat());
            let update = Call::create("update of an account", Method::PUT, url, body.clone());
            let reply = self.authorised.send(update, deadline).await?;
            // The account was deleted since: nothing was started, the person gets a new one.
            if reply.status != StatusCode::NOT_FOUND {
                return Ok(reply);
            }
        }
        let url = under(&self.config.account_base, &accounts);
        self.authorised
            .send(Call::create("create", Method::POST, url, body), deadline)
            .await
    }
}

#[async_trait]
impl Vendor for Client {
    fn id(&self) -> VendorId {
        VendorId::of("jumio-kyx")
    }

    fn needs(&self, place: &Place) -> Option<Need> {
        request::needs(place, &self.config)
    }

    fn callback(&self, media_type: &str, body: &[u8]) -> Result<Announced, Unreadable> {
        callback::parse(media_type, body)
    }

    #[tracing::instrument(name = "jumio.start", skip_all, fields(jumio.workflow_execution_id, repeat = start.account.is_some()))]
    async fn start(&self, start: &Start) -> Result<Started, VendorError> {
        let body = request::body(start, &self.config)?;
        let reply = self.create(start, body.into()).await?;
        if !reply.status.is_success() {
            return Err(refusal("to a create", reply.status));
        }
        let started = started(reply.json()?, Reach::of(&self.config.account_base))?;
        tracing::Span::current().record("jumio.workflow_execution_id", &started.ids.execution);
        Ok(started)
    }

    /// KYX reads by its own ids only: no documented call lists or finds executions by `customerInternalReference`.
    async fn find(&self, _: &str) -> Result<Found, VendorError> {
        Ok(Found::CannotBeAsked)
    }

    #[tracing::instrument(name = "jumio.fetch", skip_all, fields(jumio.workflow_execution_id = %ids.execution))]
    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        let deadline = self.authorised.deadline();
        let Some(reply) = self.read(ids, Some("status"), deadline).await? else {
            return Ok(Progress::Unknown);
        };
        let status: Status = reply.json()?;
        status.belongs_to(ids)?;
        if !wire::is_processed(&status.workflow_execution.status) {
            return Ok(decision::unfinished(&status.workflow_execution.status));
        }
        // Only now, and once: these hold personal data.
        let Some(reply) = self.read(ids, None, deadline).await? else {
            return Ok(Progress::Unknown);
        };
        let details: Details = reply.json()?;
        details.belongs_to(ids)?;
        details.is_bounded()?;
        Ok(decision::progress(&details))
    }

    #[tracing::instrument(name = "jumio.forget", skip_all, fields(jumio.workflow_execution_id = %ids.execution))]
    async fn forget(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        let url = execution(&self.config.retrieval_base, ids, None)?;
        let call = Call::safe("delete", Method::DELETE, url);
        match self
            .authorised
            .send(call, self.authorised.deadline())
            .await?
            .status
        {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(refusal("to a delete", status)),
        }
    }
}

/// What a successful create must hold.
fn started(created: Created, reach: Reach) -> Result<Started, VendorError> {
    let ids = TransactionIds {
        account: created.account.id,
        execution: created.workflow_execution.id,
    };
    if !limits::is_id(&ids.account) || !limits::is_id(&ids.execution) {
        return Err(VendorError::unavailable("answered malformed ids to a create"));
    }
    let Some(href) = created.web.and_then(|web| web.href) else {
        // Created all the same, so it counts.
        return Err(VendorError::Unusable(
            "no web.href: the web channel of this workflow, or the tenant's domain prefix, is not set in Jumio's portal"
                .into(),
        ));
    };
    if !limits::is_href(&href, reach) {
        return Err(VendorError::unavailable(
            "answered a web.href that is no https address",
        ));
    }
    Ok(Started {
        ids,
        href: SecretString::from(href),
    })
}

/// `<base>/api/v1/accounts/{a}/workflow-executions/{w}[/part]`, from ids of ours.
fn execution(base: &Url, ids: &TransactionIds, part: Option<&str>) -> Result<Url, VendorError> {
    let account = limits::id("account.id", &ids.account)?;
    let execution = limits::id("workflowExecution.id", &ids.execution)?;
    let path = ["api", "v1", "accounts", account, "workflow-executions", execution];
    Ok(under(base, &path.into_iter().chain(part).collect::<Vec<_>>()))
}
