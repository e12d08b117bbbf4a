//! What only the network can tell: whether a browser at the tenant may load the page templates.

use std::collections::BTreeMap;

use futures::future::join_all;
use reqwest::Client;

use crate::{
    finding::Finding,
    load::Loaded,
    model::{Item, Policy},
};

/// Loads every page template of the policies as a page at `origin` would, each address once.
pub async fn findings(loaded: &Loaded, client: &Client, origin: &str) -> Vec<Finding> {
    let mut addresses: BTreeMap<&str, (&Item, &str)> = BTreeMap::new();
    for policy in loaded.tenant.callable() {
        for (item, page) in templates(policy) {
            addresses.entry(&item.value).or_insert((item, page));
        }
    }
    let asked = addresses
        .into_values()
        .map(|(item, page)| one(client, origin, item, page));
    join_all(asked).await.into_iter().flatten().collect()
}

/// Addresses outside B2C itself, with the content definition they are of.
fn templates(policy: &Policy) -> impl Iterator<Item = (&Item, &str)> {
    let pages = policy.content_definitions.iter();
    let addresses = pages.filter_map(|page| Some((page.load_uri.as_ref()?, page.id.as_str())));
    addresses.filter(|(item, _)| item.value.to_ascii_lowercase().starts_with("http"))
}

async fn one(client: &Client, origin: &str, item: &Item, page: &str) -> Option<Finding> {
    let address = &item.value;
    if address.contains('{') {
        let message = format!("{address} of \"{page}\" was not loaded: its resolvers have no value here");
        return Some(Finding::note("page-not-loaded", &item.span, message).why("it differs by request"));
    }
    let answer = match client.get(address).header("origin", origin).send().await {
        Ok(answer) => answer,
        Err(fault) => return Some(unreachable(item, page, &fault.without_url().to_string())),
    };
    if !answer.status().is_success() {
        return Some(unreachable(item, page, &answer.status().to_string()));
    }
    let allowed = answer.headers().get("access-control-allow-origin");
    let allowed = allowed.and_then(|value| value.to_str().ok()).unwrap_or_default();
    (allowed != "*" && allowed != origin).then(|| forbidden(item, page, origin, allowed))
}

fn unreachable(item: &Item, page: &str, why: &str) -> Finding {
    let message = format!("{} of \"{page}\" does not load: {why}", item.value);
    Finding::error("page-unreachable", &item.span, message)
        .why("Azure AD B2C shows its error page (AADB2C90002) instead")
        .instead("an address that answers with the template to anybody")
}

fn forbidden(item: &Item, page: &str, origin: &str, allowed: &str) -> Finding {
    let allowed = if allowed.is_empty() { "nobody" } else { allowed };
    let message = format!(
        "{} of \"{page}\" may be read by {allowed}, not by {origin}",
        item.value
    );
    Finding::error("page-cors", &item.span, message)
        .why("the browser loads the template across origins, and refuses to show it without CORS (AADB2C90047)")
        .instead(format!("Access-Control-Allow-Origin: {origin}"))
}
