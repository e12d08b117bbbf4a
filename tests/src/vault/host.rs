//! The vault's data plane: reading secrets and certificates.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::problem::{RESOURCE, bad_parameter, challenge, denied, disabled, injected, not_found, problem};
use super::store::{Store, Version};
use super::{Vault, view};
use crate::serve::{Answer, Request, Service};

pub(super) struct Host(pub(super) Arc<Vault>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match parts(request).as_slice() {
            ["secrets"] if request.query_value("$skiptoken").is_some() => "page",
            ["secrets"] => "list",
            ["secrets", _, "versions"] => "versions",
            ["secrets", ..] => "get",
            ["certificates", ..] => "certificate",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = self.answer_now(&request);
        async { answer.unwrap_or_else(|refusal| refusal) }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status, &self.0.issuer.tenant)
    }
}

/// The path's segments; clients ask for the current version with a slash and nothing behind it.
fn parts(request: &Request) -> Vec<&str> {
    request
        .segments()
        .into_iter()
        .filter(|segment| !segment.is_empty())
        .collect()
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
        let origin = self.origin(request);
        self.0.store.with(|store| match parts(request).as_slice() {
            ["secrets"] => Ok(self.page(request, "secrets", names(&origin, store))),
            ["secrets", name, "versions"] => {
                let path = format!("secrets/{name}/versions");
                Ok(self.page(request, &path, versions(&origin, store, name)))
            }
            ["secrets", name] => self.secret(&origin, store, name, None),
            ["secrets", name, version] => self.secret(&origin, store, name, Some(version)),
            ["certificates", name] => self.certificate(&origin, store, name, None),
            ["certificates", name, version] => self.certificate(&origin, store, name, Some(version)),
            _ => Err(problem(404, "NotFound", "There is no such operation.")),
        })
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
        if let Some(refusal) = self.0.issuer.refusal(token, RESOURCE, self.0.now()) {
            return Err(challenge(tenant, refusal));
        }
        match request.query_value("api-version") {
            Some(version) if version.starts_with("20") || version.starts_with("7.") => Ok(()),
            Some(version) => Err(bad_parameter(&format!(
                "The specified version ({version}) is not recognized."
            ))),
            None => Err(bad_parameter(
                "The request URI must have the query parameter api-version.",
            )),
        }
    }

    fn permitted(&self, name: &str) -> Result<(), Answer> {
        let listed = |denied: &String| denied.eq_ignore_ascii_case(name);
        let refused = self
            .0
            .settings
            .with(|settings| settings.denied.iter().any(listed));
        if refused { Err(denied(name)) } else { Ok(()) }
    }

    fn secret(
        &self,
        origin: &str,
        store: &Store,
        name: &str,
        version: Option<&str>,
    ) -> Result<Answer, Answer> {
        self.permitted(name)?;
        let version = store
            .version(name, version)
            .ok_or_else(|| not_found("Secret", name))?;
        if !version.enabled {
            return Err(disabled());
        }
        Ok(Answer::json(200, &view::secret(origin, name, version)))
    }

    fn certificate(
        &self,
        origin: &str,
        store: &Store,
        name: &str,
        version: Option<&str>,
    ) -> Result<Answer, Answer> {
        self.permitted(name)?;
        let version = store.version(name, version);
        let found = version.and_then(|version| Some((version, version.certificate.as_deref()?)));
        let (version, der) = found.ok_or_else(|| not_found("Certificate", name))?;
        Ok(Answer::json(200, &view::certificate(origin, name, version, der)))
    }

    /// One page of a list with the address of the next.
    fn page(&self, request: &Request, path: &str, items: Vec<Value>) -> Answer {
        let number = |name: &str| {
            request
                .query_value(name)
                .and_then(|text| text.parse::<usize>().ok())
        };
        let largest = self.0.settings.with(|settings| settings.page_size);
        let size = number("maxresults").map_or(largest, |asked| asked.clamp(1, largest));
        let from = number("$skiptoken").unwrap_or(0);
        let version = request.query_value("api-version").unwrap_or_default();
        let next = from.saturating_add(size);
        let origin = self.origin(request);
        let link = (next < items.len())
            .then(|| format!("{origin}/{path}?api-version={version}&$skiptoken={next}&maxresults={size}"));
        let link = self
            .0
            .settings
            .with(|settings| settings.next_link.clone())
            .or(link);
        let page: Vec<Value> = items.into_iter().skip(from).take(size).collect();
        Answer::json(200, &json!({ "value": page, "nextLink": link }))
    }
}

fn names(origin: &str, store: &Store) -> Vec<Value> {
    let item = |(name, version): (&str, &Version)| view::item(&format!("{origin}/secrets/{name}"), version);
    store.current().map(item).collect()
}

fn versions(origin: &str, store: &Store, name: &str) -> Vec<Value> {
    let id = |version: &Version| format!("{origin}/secrets/{name}/{}", version.id);
    let versions = store.versions(name).iter();
    versions
        .map(|version| view::item(&id(version), version))
        .collect()
}
