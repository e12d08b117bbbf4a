//! The answer: claims, or the error contract.

use crate::engine::Failure;
use crate::engine::pipeline::{Returned, Stage};
use crate::model::{ClaimUse, TechnicalProfile};
use crate::outbound::Answer;
use serde_json::Value as Json;

/// What the error contract asks for at least: `version`, `status` and `userMessage`.
struct Contract {
    user_message: String,
    developer: String,
}

pub(super) fn read(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    answer: &Answer,
) -> Result<Returned, Failure> {
    if answer.status != 200 {
        return Err(failure(stage, profile, answer));
    }
    let unreadable = || {
        let text = format!("The answer of '{}' is no JSON object.", profile.id);
        Failure::new("AADB2C90261", text).http(answer.status, answer.reason.clone())
    };
    if answer.body.trim().is_empty() {
        stage.trace.warn(format!(
            "{}: the answer is empty; answer {{}} to be safe",
            profile.id
        ));
        return Ok(Returned::new());
    }
    let json = answer.json().map_err(|_| unreadable())?;
    if profile.meta_flag("ResolveJsonPathsInJsonTokens", false) {
        return Ok(by_path(profile, &json));
    }
    match json {
        Json::Object(members) => Ok(flat(stage, profile, members)),
        _ => Err(unreadable()),
    }
}

/// Objects and arrays map to no claim without a JSON path.
fn flat(stage: Stage<'_>, profile: &TechnicalProfile, members: Returned) -> Returned {
    for claim in &profile.output_claims {
        if let Some(Json::Object(_)) = members.get(claim.partner_name()) {
            let name = claim.partner_name();
            stage.trace.warn(format!(
                "{}: {name} is an object; B2C maps it only by a JSON path",
                profile.id
            ));
        }
        let wanted = claim.partner_name();
        let other = members
            .keys()
            .find(|name| name.eq_ignore_ascii_case(wanted) && *name != wanted);
        if let Some(other) = other.filter(|_| !members.contains_key(wanted)) {
            stage.trace.warn(format!(
                "{}: {wanted} is wanted but {other} was sent; JSON names are case-sensitive",
                profile.id
            ));
        }
    }
    members
}

fn by_path(profile: &TechnicalProfile, json: &Json) -> Returned {
    let names = profile.output_claims.iter().map(ClaimUse::partner_name);
    names
        .filter_map(|path| Some((path.to_owned(), lookup(json, path)?.clone())))
        .collect()
}

/// Follows a path such as `data[0].to[0].email`.
fn lookup<'j>(json: &'j Json, path: &str) -> Option<&'j Json> {
    let path = path.strip_prefix("$.").unwrap_or(path);
    let mut found = json;
    for part in path.split('.') {
        let (name, indexes) = part
            .split_once('[')
            .map_or((part, ""), |(name, rest)| (name, rest));
        if !name.is_empty() {
            found = found.get(name)?;
        }
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            found = found.get(index.trim_end_matches(']').parse::<usize>().ok()?)?;
        }
    }
    Some(found)
}

fn failure(stage: Stage<'_>, profile: &TechnicalProfile, answer: &Answer) -> Failure {
    let text = format!(
        "The service of '{}' answered {} {}.",
        profile.id, answer.status, answer.reason
    );
    let fallback = || stage.message(profile, "DefaultUserMessageIfRequestFailed");
    match contract(answer) {
        Ok(contract) => {
            let debug = profile.meta_flag("DebugMode", false);
            let shown = if debug {
                format!("{} {}", contract.user_message, contract.developer)
            } else {
                contract.user_message
            };
            Failure::new("AADB2C90075", text)
                .http(answer.status, answer.reason.clone())
                .shown(shown.trim().to_owned())
        }
        Err(why) => {
            stage.trace.warn(format!(
                "{}: the error body is not what B2C reads: {why}",
                profile.id
            ));
            let failure = Failure::new("AADB2C90261", text).http(answer.status, answer.reason.clone());
            match fallback() {
                Some(shown) => failure.shown(shown),
                None => failure,
            }
        }
    }
}

fn contract(answer: &Answer) -> Result<Contract, String> {
    if !matches!(answer.status, 400 | 409) {
        return Err(format!("the status is {}, not 409", answer.status));
    }
    let json = answer.json().map_err(|_| "it is no JSON".to_owned())?;
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let version = text("version").ok_or("version is missing")?;
    if json.get("status").and_then(Json::as_u64) != Some(u64::from(answer.status)) {
        return Err(format!(
            "status is not the number {} (version {version})",
            answer.status
        ));
    }
    let user_message = text("userMessage").ok_or("userMessage is missing")?.to_owned();
    let more: Vec<String> = ["code", "requestId", "developerMessage", "moreInfo"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}: {}", text(name)?)))
        .collect();
    Ok(Contract {
        user_message,
        developer: more.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(status: u16, body: &Json) -> Answer {
        Answer {
            status,
            reason: String::new(),
            body: body.to_string(),
        }
    }

    #[test]
    fn paths_go_through_objects_and_arrays() {
        let json = json!({"data": [{"to": [{"email": "a@example.com"}]}], "n": {"m": 1}});
        assert_eq!(
            lookup(&json, "data[0].to[0].email"),
            Some(&json!("a@example.com"))
        );
        assert_eq!(lookup(&json, "$.n.m"), Some(&json!(1)));
        assert_eq!(lookup(&json, "data[1].to"), None);
        assert_eq!(lookup(&json, "data[x]"), None);
    }

    #[test]
    fn the_error_contract_is_read_exactly() {
        let good = json!({"version": "1.0.0", "status": 409, "userMessage": "No.", "code": "X"});
        assert_eq!(contract(&answer(409, &good)).unwrap().user_message, "No.");
        for (status, body) in [
            (500, good.clone()),
            (
                409,
                json!({"version": "1.0.0", "status": "409", "userMessage": "No."}),
            ),
            (409, json!({"version": "1.0.0", "status": 409})),
            (409, json!({"status": 409, "userMessage": "No."})),
            (409, json!("<html>")),
        ] {
            assert!(contract(&answer(status, &body)).is_err(), "{status} {body}");
        }
    }
}
