//! `UserJourneyContextProvider`: facts about the journey as claims.

use crate::engine::pipeline::{Returned, Stage};
use serde_json::json;

pub(super) fn call(stage: Stage<'_>) -> Returned {
    let request = stage.request;
    let facts = [
        ("correlationId", Some(stage.walk.to_owned())),
        ("tenantId", Some(stage.realm.tenant_id.clone())),
        ("policyId", Some(stage.policy.id.clone())),
        ("clientId", Some(request.client_id.clone())),
        ("redirectUri", Some(request.redirect_uri.to_string())),
        ("nonce", request.parameter("nonce").map(str::to_owned)),
        ("ipAddress", request.caller.ip.clone()),
        (
            "uiLocales",
            Some(crate::engine::language::negotiate(stage.policy, request)),
        ),
    ];
    facts
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), json!(text?))))
        .collect()
}
