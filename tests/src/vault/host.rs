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
        self.0.store.with(|store| match parts(request).as_slice() {
            ["secrets"] => Ok(self.page(request, "secrets", self.names(store))),
            ["secrets", name, "versions"] => {
                let path = format!("secrets/{name}/versions");
                Ok(self.page(request, &path, self.versions(store, name)))
            }
            ["secrets", name] => self.secret(store, name, None),
            ["secrets", name, version] => self.secret(store, name, Some(version)),
            ["certificates", name] => self.certificate(store, name, None),
            ["certificates", name, version] => self.certificate(store, name, Some(version)),
            _ => Err(problem(404, "NotFound", "There is no such operation.")),
        })
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

    fn secret(&self, store: &Store, name: &str, version: Option<&str>) -> Result<Answer, Answer> {
        self.permitted(name)?;
        let version = store
            .version(name, version)
            .ok_or_else(|| not_found("Secret", name))?;
        if !version.enabled {
            return Err(disabled());
        }
        Ok(Answer::json(200, &view::secret(&self.0.origin, name, version)))
    }

    fn certificate(&self, store: &Store, name: &str, version: Option<&str>) -> Result<Answer, Answer> {
        self.permitted(name)?;
        let version = store.version(name, version);
        let found = version.and_then(|version| Some((version, version.certificate.as_deref()?)));
        let (version, der) = found.ok_or_else(|| not_found("Certificate", name))?;
        Ok(Answer::json(
            200,
            &view::certificate(&self.0.origin, name, version, der),
        ))
    }

    fn names(&self, store: &Store) -> Vec<Value> {
        let item = |(name, version): (&str, &Version)| {
            view::item(&format!("{}/secrets/{name}", self.0.origin), version)
        };
        store.current().map(item).collect()
    }

    fn versions(&self, store: &Store, name: &str) -> Vec<Value> {
        let id = |version: &Version| format!("{}/secrets/{name}/{}", self.0.origin, version.id);
        store
            .versions(name)
            .iter()
            .map(|version| view::item(&id(version), version))
            .collect()
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
        let link = (next < items.len()).then(|| {
            format!(
                "{}/{path}?api-version={version}&$skiptoken={next}&maxresults={size}",
                self.0.origin
            )
        });
        let page: Vec<Value> = items.into_iter().skip(from).take(size).collect();
        Answer::json(200, &json!({ "value": page, "nextLink": link }))
    }
}
