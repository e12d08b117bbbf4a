//! Compares what came of a journey with what was expected.

use super::file::Expect;
use super::page::{Landing, PageView};
use crate::directory::Directory;
use crate::directory::account::Account;
use crate::pattern::Pattern;
use crate::trace::{Kind, Trace};
use loopback::jose::{self, Claims};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Everything that differs, in sentences; empty when all is as expected.
#[must_use]
pub fn differences(
    expect: &Expect,
    landing: &Landing,
    token: Option<&Claims>,
    trace: Option<&Trace>,
    directory: &Directory,
) -> Vec<String> {
    let mut out = vec![];
    answer(expect, landing, token, &mut out);
    match landing {
        Landing::Page(page) => said(expect, page, &mut out),
        _ if !expect.says.is_empty() => {
            out.push("expected a page that says something, and there is none".to_owned());
        }
        _ => {}
    }
    if let Some(token) = token {
        claims(expect, token, &mut out);
    }
    if let Some(trace) = trace {
        steps(expect, trace, &mut out);
    }
    accounts(expect, directory, &mut out);
    out
}

fn answer(expect: &Expect, landing: &Landing, token: Option<&Claims>, out: &mut Vec<String>) {
    let wants_token = expect.error.is_none() && expect.error_contains.is_none() && expect.page.is_none();
    if let Some(wanted) = &expect.page {
        let stands = matches!(landing, Landing::Page(page) if page.content_definition() == *wanted);
        if !stands {
            out.push(format!(
                "expected to stand at the page {wanted}, but it is {}",
                landing.summary()
            ));
        }
    }
    if let Some(wanted) = &expect.error
        && landing.field("error") != Some(wanted)
    {
        out.push(format!(
            "expected the error {wanted}, but it is {}",
            landing.summary()
        ));
    }
    if let Some(wanted) = &expect.error_contains
        && !landing
            .field("error_description")
            .is_some_and(|text| text.contains(wanted.as_str()))
    {
        out.push(format!(
            "expected an error with {wanted:?}, but it is {}",
            landing.summary()
        ));
    }
    if wants_token && token.is_none() {
        out.push(format!("expected a token, but it is {}", landing.summary()));
    }
}

fn said(expect: &Expect, page: &PageView, out: &mut Vec<String>) {
    for (name, wanted) in &expect.says {
        let found = page.value(name).or_else(|| page.text(name)).unwrap_or_default();
        let holds = if wanted.is_empty() {
            found.is_empty()
        } else {
            found.contains(wanted.as_str())
        };
        if !holds {
            out.push(format!(
                "expected {name} to say {wanted:?}, but it says {found:?}"
            ));
        }
    }
}

fn claims(expect: &Expect, token: &Claims, out: &mut Vec<String>) {
    for (name, wanted) in &expect.claims {
        match token.get(name) {
            None => out.push(format!("the token has no claim {name}")),
            Some(found) if !matches(wanted, found) => {
                out.push(format!("claim {name}: expected {wanted}, found {found}"));
            }
            Some(_) => {}
        }
    }
    for name in expect.absent.iter().filter(|name| token.contains_key(*name)) {
        out.push(format!("the token has the claim {name}, which must be absent"));
    }
}

/// `*` is anything, `/…/` a pattern; everything else is compared as JSON.
fn matches(wanted: &Json, found: &Json) -> bool {
    if let Some(text) = wanted.as_str() {
        let plain = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        if let Some(pattern) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            return Pattern::compile(pattern).is_ok_and(|pattern| pattern.matches(&plain));
        }
        return text == "*" || text == plain;
    }
    wanted == found
}

fn steps(expect: &Expect, trace: &Trace, out: &mut Vec<String>) {
    if let Some(wanted) = &expect.steps {
        let taken: Vec<u32> = trace
            .entries
            .iter()
            .filter(|entry| entry.kind == Kind::Step)
            .map(|entry| entry.step)
            .collect();
        if taken != *wanted {
            out.push(format!("expected the steps {wanted:?}, taken were {taken:?}"));
        }
    }
    if let Some(wanted) = &expect.asked {
        asked(wanted, trace, out);
    }
    let ran = |id: &String| {
        let of = |title: &str| title.split_whitespace().next() == Some(id.as_str());
        trace
            .entries
            .iter()
            .any(|entry| entry.kind == Kind::Profile && of(&entry.title))
    };
    out.extend(
        expect
            .ran
            .iter()
            .filter(|id| !ran(id))
            .map(|id| format!("{id} did not run")),
    );
    out.extend(
        expect
            .not_ran
            .iter()
            .filter(|id| ran(id))
            .map(|id| format!("{id} ran, and must not")),
    );
}

/// Calls that sent an object; those of a provider send forms.
fn asked(wanted: &[BTreeMap<String, Json>], trace: &Trace, out: &mut Vec<String>) {
    let calls = trace.entries.iter().filter(|entry| entry.kind == Kind::Http);
    let bodies = calls.filter_map(|call| call.detail.iter().find(|(name, _)| name == "request"));
    let found: Vec<Map<String, Json>> = bodies
        .filter_map(|(_, body)| serde_json::from_str(body).ok())
        .collect();
    let is_as = |(wanted, found): (&BTreeMap<String, Json>, &Map<String, Json>)| {
        let mut all = wanted.iter();
        all.all(|(name, value)| found.get(name).is_some_and(|found| matches(value, found)))
    };
    if wanted.len() != found.len() || !wanted.iter().zip(&found).all(is_as) {
        let found = Json::from(found);
        out.push(format!(
            "expected services to be asked {wanted:?}, they were asked {found}"
        ));
    }
}

fn accounts(expect: &Expect, directory: &Directory, out: &mut Vec<String>) {
    if !expect.account.is_empty() {
        account(expect, directory, out);
    }
    for address in &expect.no_account {
        if directory.find_by_sign_in_name(address).is_some() {
            out.push(format!("there is an account for {address}, and must not be"));
        }
    }
}

/// The account is found by an identity among its expected attributes, else by all of them.
fn account(expect: &Expect, directory: &Directory, out: &mut Vec<String>) {
    let differing = |account: &Account| -> Vec<String> {
        let one = |(name, wanted): (&String, &Json)| {
            let found = account.get(name).cloned().unwrap_or(Json::Null);
            (!matches(wanted, &found))
                .then(|| format!("the account's {name}: expected {wanted}, found {found}"))
        };
        expect.account.iter().filter_map(one).collect()
    };
    let identity = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("signinnames.") || ["objectid", "userprincipalname"].contains(&name.as_str())
    };
    let named = expect.account.iter().find(|(name, _)| identity(name));
    match named.and_then(|(name, value)| directory.find(name, value.as_str()?)) {
        Some(account) => out.extend(differing(&account)),
        None if directory
            .accounts()
            .iter()
            .any(|account| differing(account).is_empty()) => {}
        None => out.push(format!("there is no account with {:?}", expect.account)),
    }
}

/// The claims of the id token in an answer; the tenant's own signature was checked by whoever minted it a moment ago.
#[must_use]
pub fn token(landing: &Landing) -> Option<Claims> {
    let token = jose::parse(landing.field("id_token")?).ok()?;
    Some(token.claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_stars_and_patterns_match() {
        let value = |text: &str| json!(text);
        assert!(matches(&value("Ada"), &json!("Ada")));
        assert!(matches(&value("*"), &json!(null)));
        assert!(matches(&value("/^A.a$/"), &json!("Ada")));
        assert!(!matches(&value("/^B/"), &json!("Ada")));
        assert!(matches(&json!(true), &json!(true)));
        assert!(!matches(&json!(true), &json!("true")));
        assert!(matches(&value("true"), &json!(true)));
    }

    #[test]
    fn a_missing_token_and_a_missing_account_are_told() {
        let directory =
            Directory::open("c.onmicrosoft.com", None, loopback::clock::Clock::default()).unwrap();
        let expect: Expect = toml::from_str("account = { objectId = 'x' }").unwrap();
        let landing = Landing::Answer(vec![("error".to_owned(), "access_denied".to_owned())]);
        let out = differences(&expect, &landing, None, None, &directory);
        assert_eq!(out.len(), 2, "{out:?}");
    }
}
