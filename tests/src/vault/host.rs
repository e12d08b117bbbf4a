//! The vault's data plane: reading secrets and certificates.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use super::Vault;
use super::headers::with_headers;
use super::issuer::Refusal;
use super::page::Wish;
use super::problem::{
    RESOURCE, bad_parameter, challenge, claims_challenge, denied, injected, not_deleted, not_pending, problem,
};
use super::reading::{deleted, gone, names, readable, versions};
use super::store::Store;
use super::target::{Kind, Target, parts};
use super::view::View;
use crate::serve::{Answer, Request, Service};

/// Versions of the protocol; previews of them count too.
const PROTOCOL: [&str; 12] = [
    "2015-06-01",
    "2016-10-01",
    "7.0",
    "7.1",
    "7.2",
    "7.3",
    "7.4",
    "7.5",
    "7.6",
    "2025-06-01",
    "2025-07-01",
    NEWEST,
];
const NEWEST: &str = "2026-04-01";

pub(super) struct Host(pub(super) Arc<Vault>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        let parts = parts(request);
        match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["secrets"] if request.query_value("$skiptoken").is_some() => "page",
            ["secrets"] => "list",
            ["secrets", _, "versions"] => "versions",
            ["secrets", ..] => "get",
            ["certificates", ..] => "certificate",
            ["deletedsecrets" | "deletedcertificates", ..] => "deleted",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = self.answer_now(&request).unwrap_or_else(|refusal| refusal);
        let answer = with_headers(answer, request.header("x-ms-client-request-id"));
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        with_headers(injected(status, &self.0.issuer.tenant), None)
    }
}

impl Host {
    fn answer_now(&self, request: &Request) -> Result<Answer, Answer> {
        self.check(request)?;
        if request.method != http::Method::GET {
            return Err(problem(
                405,
                "MethodNotAllowed",
                "The simulator only reads; write through its control port.",
            ));
        }
        let target = Target::of(request)?;
        let origin = self.origin(request);
        self.0
            .store
            .with(|store| self.read(request, &origin, &target, store))
    }

    fn read(
        &self,
        request: &Request,
        origin: &str,
        target: &Target,
        store: &Store,
    ) -> Result<Answer, Answer> {
        let view = |kind, name| View { origin, kind, name };
        let body = match target {
            Target::List(kind) => return self.page(request, names(origin, *kind, store)),
            Target::Versions(kind, name) => return self.page(request, versions(&view(*kind, name), store)),
            Target::DeletedList(kind) => return self.page(request, deleted(origin, *kind, store)),
            Target::One(kind, name, version) => {
                self.permitted(*kind, name)?;
                view(*kind, name).whole(readable(store, *kind, name, version.as_deref())?)
            }
            Target::Policy(name) => {
                self.permitted(Kind::Certificate, name)?;
                view(Kind::Certificate, name).policy(readable(store, Kind::Certificate, name, None)?)
            }
            Target::Pending(name) => {
                readable(store, Kind::Certificate, name, None).map_err(|_| not_pending(name))?;
                view(Kind::Certificate, name).pending()
            }
            Target::Deleted(kind, name) => {
                let known = store.deleted_as(name).and_then(|found| gone(*kind, found));
                let (name, version, at) = known.ok_or_else(|| not_deleted(*kind, name))?;
                view(*kind, name).deleted(version, at, true)
            }
        };
        Ok(Answer::json(200, &body))
    }

    /// The address that the client used, with its port: ids and links can be followed, as in Azure.
    fn origin(&self, request: &Request) -> String {
        match request.header("host") {
            Some(host) => format!("https://{host}"),
            None => self.0.origin.clone(),
        }
    }

    /// Token first, as Key Vault does, then the version of the protocol.
    fn check(&self, request: &Request) -> Result<(), Answer> {
        let tenant = &self.0.issuer.tenant;
        let missing = || challenge(tenant, "AKV10000: Request is missing a Bearer or PoP token.");
        let token = request.authorization("bearer").ok_or_else(missing)?;
        match self.0.issuer.refusal(token, RESOURCE, self.0.now()) {
            Some(Refusal::Said(words)) => return Err(challenge(tenant, words)),
            Some(Refusal::Claims(claims)) => return Err(claims_challenge(tenant, &claims)),
            None => {}
        }
        match request.query_value("api-version") {
            Some(version) if is_known(&version) => Ok(()),
            Some(version) => Err(bad_parameter(&format!(
                "The specified version ({version}) is not recognized. Consider using the latest supported version \
                 ({NEWEST})."
            ))),
            None => Err(bad_parameter(
                "The request URI must have the query parameter api-version.",
            )),
        }
    }

    fn permitted(&self, kind: Kind, name: &str) -> Result<(), Answer> {
        let listed = |denied: &String| denied.eq_ignore_ascii_case(name);
        let refused = self
            .0
            .settings
            .with(|settings| settings.denied.iter().any(listed));
        if refused {
            Err(denied(kind, &self.0.issuer, &self.0.name))
        } else {
            Ok(())
        }
    }

    /// One page of a list with the address of the next.
    fn page(&self, request: &Request, items: Vec<Value>) -> Result<Answer, Answer> {
        let (largest, elsewhere) = self
            .0
            .settings
            .with(|settings| (settings.page_size, settings.next_link.clone()));
        let version = request.query_value("api-version").unwrap_or_default();
        let (page, next) = Wish::of(request)?.cut(items, largest, &version);
        let link = next.map(|query| format!("{}{}?{query}", with_port(&self.origin(request)), request.path));
        Ok(Answer::json(
            200,
            &json!({ "value": page, "nextLink": elsewhere.or(link) }),
        ))
    }
}

fn is_known(version: &str) -> bool {
    let released = version.split("-preview").next().unwrap_or_default();
    PROTOCOL.contains(&released)
}

/// Links, other than ids, name the port even if it is the usual one.
fn with_port(origin: &str) -> String {
    let named = Url::parse(origin).is_ok_and(|origin| origin.port().is_some());
    if named {
        origin.to_owned()
    } else {
        format!("{origin}:443")
    }
}
