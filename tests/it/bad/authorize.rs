//! `/api/verify/authorize` and `/api/verify/par`: what a client may ask, and where answers may go.

use rig::client::ask::Ask;
use rig::client::received::Refused;
use rig::client::walk::{Person, Walk};
use rig::rig::Kind;
use serde_json::json;

use super::said;
use crate::journey::{PATIENCE, World, at_jumio};

/// Parameters of a good request, changed.
async fn changed(world: &World, change: impl Fn(&mut Vec<(String, String)>)) -> Walk {
    let mut walk = world.walk().await;
    change(&mut walk.pending.parameters);
    walk.entrance = walk.client.address(&walk.pending);
    walk
}

fn set(parameters: &mut Vec<(String, String)>, name: &str, value: &str) {
    parameters.retain(|(known, _)| known != name);
    parameters.push((name.to_owned(), value.to_owned()));
}

/// A page says so; the browser is sent nowhere.
async fn goes_nowhere(world: &World, walk: &Walk) {
    let page = walk.browser.fetch(&walk.entrance).await.unwrap();
    assert!(page.status.is_client_error(), "{}", page.html);
    assert!(page.headers.get("location").is_none());
    assert!(page.html.contains("<h1"), "no page for a person");
    assert!(!page.html.contains("evil"), "the page repeats what was sent");
    assert_eq!(world.transactions(), 0);
    world.nothing_broke();
}

/// The client hears this error, in its own words.
async fn is_told(world: &World, walk: &Walk, error: &str) {
    let parameters = walk.enter().await.unwrap().parameters().unwrap();
    match walk.client.receive(&walk.pending, &parameters) {
        Err(Refused::Provider(told, _)) => assert_eq!(told, error),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.transactions(), 0);
    world.nothing_broke();
}

#[tokio::test]
async fn a_redirect_address_that_differs_by_one_character() {
    let world = World::new().await;
    let good = world.rig.cast.redirect_uri.clone();
    let mut wrong = vec![
        format!("{good}/"),
        format!("{good}?"),
        format!("{good}#"),
        format!("{good}%20"),
        good.to_uppercase(),
        good.replace("http://", "https://"),
        good.replace("localhost", "LOCALHOST"),
        good.replace("localhost", "127.0.0.1"),
        good.replace("/callback", "/./callback"),
        good[..good.len() - 1].to_owned(),
        "https://evil.example/callback".to_owned(),
        String::new(),
    ];
    wrong.push(good.replace("localhost", "localhost.evil.example"));
    for uri in wrong {
        let walk = changed(&world, |parameters| set(parameters, "redirect_uri", &uri)).await;
        goes_nowhere(&world, &walk).await;
    }
}

#[tokio::test]
async fn an_unknown_client() {
    let world = World::new().await;
    for id in ["evil", "", "RIG-POST", "rig-post "] {
        let walk = changed(&world, |parameters| set(parameters, "client_id", id)).await;
        goes_nowhere(&world, &walk).await;
    }
}

#[tokio::test]
async fn a_parameter_twice() {
    let world = World::new().await;
    let twice = |name: &'static str| {
        move |parameters: &mut Vec<(String, String)>| {
            let pair = parameters
                .iter()
                .find(|(known, _)| known == name)
                .unwrap()
                .clone();
            parameters.push(pair);
        }
    };
    for name in ["client_id", "redirect_uri"] {
        goes_nowhere(&world, &changed(&world, twice(name)).await).await;
    }
    for name in ["scope", "response_type", "nonce"] {
        is_told(&world, &changed(&world, twice(name)).await, "invalid_request").await;
    }
}

#[tokio::test]
async fn what_the_specifications_refuse() {
    let world = World::new().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("scope", "profile", "invalid_scope"),
        ("response_mode", "fragment", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("claims", "{", "invalid_request"),
        ("request", "a.b.c", "request_not_supported"),
        (
            "request_uri",
            "https://evil.example/r",
            "request_uri_not_supported",
        ),
        ("code_challenge_method", "plain", "invalid_request"),
    ] {
        let walk = changed(&world, |parameters| set(parameters, name, value)).await;
        let Ok(arrival) = walk.enter().await else {
            panic!("{name}={value}")
        };
        let Ok(parameters) = arrival.parameters() else {
            continue;
        };
        let told = walk.client.receive(&walk.pending, &parameters).unwrap_err();
        assert!(
            matches!(&told, Refused::Provider(told, _) if told == error),
            "{name}={value}: {told}"
        );
    }
    assert_eq!(world.transactions(), 0);
    world.nothing_broke();
}

#[tokio::test]
async fn prompt_none_without_an_earlier_check() {
    let world = World::new().await;
    let walk = changed(&world, |parameters| set(parameters, "prompt", "none")).await;
    let parameters = walk.enter().await.unwrap().parameters().unwrap();
    let told = walk.client.receive(&walk.pending, &parameters).unwrap_err();
    assert!(matches!(told, Refused::Provider(error, _) if error.ends_with("_required")));
    assert_eq!(world.transactions(), 0);
}

#[tokio::test]
async fn a_forged_ticket() {
    let world = World::new().await;
    let ticket = world.register("subject", &json!({})).await.ticket;
    for at in [0, ticket.len() / 3, ticket.len() / 2, ticket.len() - 1] {
        let mut forged: Vec<char> = ticket.chars().collect();
        forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
        let forged: String = forged.into_iter().collect();
        let walk = changed(&world, |parameters| set(parameters, "login_hint", &forged)).await;
        refused_or_shown(&walk).await;
    }
    for nonsense in ["", "x", "%00", &"A".repeat(3000)] {
        let walk = changed(&world, |parameters| set(parameters, "login_hint", nonsense)).await;
        refused_or_shown(&walk).await;
    }
    assert_eq!(world.transactions(), 0);
    world.nothing_broke();
}

/// Neither Jumio nor a code: an error for the client, or a page.
async fn refused_or_shown(walk: &Walk) {
    match walk.enter().await.unwrap() {
        loopback::browser::Arrival::Stop { parameters, .. } => {
            assert!(walk.client.receive(&walk.pending, &parameters).is_err());
        }
        loopback::browser::Arrival::Page(page) => {
            assert!(
                page.status.is_client_error() && !page.html.contains("SIMULATOR"),
                "{}",
                page.html
            );
        }
    }
}

#[tokio::test]
async fn a_pushed_request_of_another_client() {
    let world = World::new().await;
    let client = world.client(Kind::Basic).await;
    let ask = Ask {
        login_hint: Some("subject".into()),
        ..Ask::default()
    };
    let mut walk = Walk::pushed(&client, world.browser(), &ask).await.unwrap();
    let stolen = walk.entrance.as_str().replace("rig-basic", "rig-key");
    walk.entrance = stolen.parse().unwrap();
    goes_nowhere(&world, &walk).await;
}

#[tokio::test]
async fn a_pushed_request_in_a_second_browser() {
    let world = World::new().await;
    let client = world.client(Kind::Basic).await;
    let ask = Ask {
        login_hint: Some("subject".into()),
        ..Ask::default()
    };
    let walk = Walk::pushed(&client, world.browser(), &ask).await.unwrap();
    at_jumio(&walk).await;
    at_jumio(&walk).await;
    let mut thief = walk.clone();
    thief.browser = world.browser();
    let page = thief.enter().await.unwrap().page().unwrap();
    assert!(page.status.is_client_error(), "{} {}", page.status, page.html);
    assert_eq!(world.transactions(), 1);
}

/// The browser carries the ticket and may carry another one. What the client is told names the verification it is about,
/// so that a client that compares (as the policies do) is not deceived.
#[tokio::test]
async fn the_ticket_of_somebody_else_is_told_by_its_reference() {
    let world = World::new().await;
    let other = world.register("somebody-verified", &json!({})).await;
    let mine = world.register("somebody-not-verified", &json!({})).await;
    let tokens = world
        .walk_by(&other)
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(tokens.claim("idv_reference"), other.answer["verificationId"]);
    assert_ne!(tokens.claim("idv_reference"), mine.answer["verificationId"]);
}

#[tokio::test]
async fn a_pushed_request_without_proof() {
    let world = World::new().await;
    let form = [("client_id", "rig-post"), ("response_type", "code")];
    let said = said(world.post("/api/verify/par").form(&form)).await;
    assert_eq!(
        (said.status, said.json()["error"].as_str().unwrap()),
        (401, "invalid_client")
    );
}

#[tokio::test]
async fn a_pushed_request_that_names_another() {
    let world = World::new().await;
    let client = world.client(Kind::Post).await;
    let mut pending = client.prepare(&Ask {
        login_hint: Some("subject".into()),
        ..Ask::default()
    });
    pending
        .parameters
        .push(("request_uri".into(), "urn:ietf:params:oauth:request_uri:x".into()));
    let answer = client.push_raw(&pending.parameters).await.unwrap();
    assert_eq!(answer.status, 400, "{}", answer.body);
}
