//! The directory page: accounts, and changing them.

use super::frame;
use crate::directory::account::Account;
use crate::engine::Realm;
use crate::server::{Answer, ask::Ask, reply};
use http::{Method, StatusCode};
use loopback::counted::counted;
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

pub(super) async fn answer(realm: &Realm, ask: &Ask, segments: &[&str]) -> Answer {
    if ask.method == Method::POST {
        return match change(realm, ask, segments).await {
            Ok(()) => reply::redirect("/runner/directory"),
            Err(why) => {
                let problem = html! { p class="bad" role="alert" { (why) } };
                let mut answer = frame::answer("Directory", "directory", &problem);
                *answer.status_mut() = StatusCode::BAD_REQUEST;
                answer
            }
        };
    }
    let accounts = realm.directory.accounts();
    let custom = realm.directory.custom_attributes();
    let content = html! {
        p class="quiet" { (counted(accounts.len(), "account")) " · custom attributes: "
            @if custom.is_empty() { "none yet" } @else { (custom.join(", ")) } }
        div class="cards" { @for account in &accounts { (card(account)) } }
        h2 { "New account" }
        form class="row card" method="post" action="/runner/directory" {
            label { "E-mail address" input name="email" type="email" required; }
            label { "Name" input name="displayName"; }
            label { "Password" input name="password" type="password" autocomplete="new-password" required; }
            button { "Make" }
        }
    };
    frame::answer("Directory", "directory", &content)
}

fn card(account: &Account) -> Markup {
    let plain = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let title = account
        .get("signInNames.emailAddress")
        .or_else(|| account.get("userPrincipalName"))
        .map(plain);
    let id = account.object_id();
    html! {
        section class="card" id=(id) {
            h2 { (title.unwrap_or_else(|| id.to_owned())) }
            dl {
                dt { "objectId" } dd class="mono" { (id) }
                @for (name, value) in account.attributes() { dt { (name) } dd { (plain(value)) } }
                dt { "password" } dd { @if account.password().is_some() { "set" } @else { "none" } }
            }
            form class="row" method="post" action={"/runner/directory/" (id)} {
                label { "Attribute" input name="name" required; }
                label { "Value; empty removes" input name="value"; }
                button class="plain" { "Set" }
            }
            form class="row" method="post" action={"/runner/directory/" (id) "/delete"} {
                button class="danger" { "Delete account" }
            }
        }
    }
}

async fn change(realm: &Realm, ask: &Ask, segments: &[&str]) -> Result<(), String> {
    let directory = &realm.directory;
    let field = |name: &str| ask.field(name).unwrap_or_default().to_owned();
    let outcome = match segments {
        [] => {
            let mut attributes = Map::new();
            attributes.insert(
                "signInNames.emailAddress".to_owned(),
                field("email").to_lowercase().into(),
            );
            attributes.insert("displayName".to_owned(), field("displayName").into());
            directory
                .create(attributes, Some(&field("password")))
                .await
                .map(drop)
        }
        [id] if field("name").eq_ignore_ascii_case("password") => directory
            .change(id, Map::new(), Some(&field("value")))
            .await
            .map(drop),
        [id] => {
            let attributes = Map::from_iter([(field("name"), typed(&field("value")))]);
            directory.change(id, attributes, None).await.map(drop)
        }
        [id, "delete"] => directory.delete(id),
        _ => return Err("there is no such action".to_owned()),
    };
    outcome.map_err(|fault| fault.to_string())
}

/// `true`, `false` and numbers become JSON of their kind, as a write of a policy would make them.
fn typed(text: &str) -> Json {
    match text {
        "" => Json::Null,
        "true" | "True" => Json::Bool(true),
        "false" | "False" => Json::Bool(false),
        other => other
            .parse::<i64>()
            .map_or_else(|_| Json::from(other), Json::from),
    }
}

/// All accounts without their hashes, for tests.
pub(super) fn json(realm: &Realm) -> Json {
    let one = |account: &Account| {
        let attributes: Map<String, Json> = account
            .attributes()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        json!({"objectId": account.object_id(), "attributes": attributes, "hasPassword": account.password().is_some()})
    };
    Json::Array(realm.directory.accounts().iter().map(one).collect())
}
