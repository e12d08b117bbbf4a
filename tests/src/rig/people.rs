//! Whom a transaction is about: the rig has seen the registration, so that Jumio's simulator can show a person their own document
//! and play the scenario that their given name stands for.

use runner::trace::{Entry, Kind};
use serde_json::Value;

use crate::client::page::Site;
use crate::jumio::person::Person;
use crate::jumio::tenant::Who;
use crate::tenant::Tenant;

/// Finds the person of one of Jumio's references, which is the verification and the number of its attempt: first among those that
/// the client's page registered, then in what the tenant's policies asked of the handler.
pub(super) fn finder(site: &Site, tenant: Option<&Tenant>) -> Who {
    let registered = site.registered();
    let realm = tenant.map(|tenant| std::sync::Arc::clone(&tenant.realm));
    Box::new(move |reference| {
        let (verification, _attempt) = reference.rsplit_once('-')?;
        if let Some(claims) = registered.with(|all| all.get(verification).cloned()) {
            return Person::registered(&claims);
        }
        let traces = realm.as_ref()?.traces.all();
        let entries = traces.iter().flat_map(|trace| trace.entries.iter());
        let calls = entries.filter(|entry| entry.kind == Kind::Http);
        calls.filter(|call| answers(call, verification)).find_map(asked)
    })
}

/// Whether the answer of a call names the verification.
fn answers(call: &Entry, verification: &str) -> bool {
    detail(call, "answer").is_some_and(|answer| answer.contains(verification))
}

fn asked(call: &Entry) -> Option<Person> {
    let claims: Value = serde_json::from_str(detail(call, "request")?).ok()?;
    Person::registered(&claims)
}

fn detail<'e>(call: &'e Entry, wanted: &str) -> Option<&'e str> {
    let found = call.detail.iter().find(|(name, _)| name == wanted);
    found.map(|(_, text)| text.as_str())
}
