//! A whole journey at trace level: no secret and nothing personal in anything the handler prints or keeps.

use rig::client::ask::Ask;
use rig::client::walk::{Person, Walk};
use rig::jumio::document::Document;
use rig::jumio::netverify::personal;
use rig::rig::{CorsBy, Kind};
use serde_json::json;

use crate::bad::{http, said};
use crate::journey::sample::b2c;
use crate::journey::{PATIENCE, World, at_jumio, leave, options, play};

#[tokio::test]
async fn nothing_personal_and_no_secret_is_printed_or_kept() {
    let world = World::with(options().with("AppSettings:LogLevel", "trace")).await;
    let mut never_kept = approved(&world).await;
    never_kept.extend(rejected_and_told_in_the_older_shape(&world).await);
    never_kept.extend(pushed_with_a_signed_assertion(&world).await);
    let (secrets, never_printed) = entered_by_hand(&world).await;
    never_kept.extend(secrets);
    // What the older product's callbacks say of the person, which is more than any result of KYX.
    never_kept.extend(personal::values(&Document::default()));
    never_kept.push("203.0.113.7".to_owned());
    never_kept.extend(world.rig.cast.secrets());
    never_kept.extend(jumio_secrets(&world));
    never_kept.push(signing_key(&world));

    never_found(&world, &never_kept);
    let printed = printed(&world);
    for value in never_printed {
        assert!(!value.is_empty() && !printed.contains(&value), "printed: {value}");
    }
}

/// The sample's policies prove themselves by a path and name the account in every call; its page holds the tokens.
#[tokio::test]
async fn nothing_of_a_sign_in_by_the_sample_front_is_printed_or_kept() {
    let trace = options().with("AppSettings:LogLevel", "trace");
    let world = World::with(trace.with_sample(CorsBy::Handler)).await;
    let correlation = b2c::correlation();
    let begun = b2c::begun(&world, &correlation).await;
    let reference = &begun["transactionReference"];
    let back = b2c::through(&world, &begun, "pass").await;
    let first = b2c::token(&world, reference).await;
    let last = b2c::polled(&world, &first).await;
    let last = last["verificationToken"].as_str().unwrap().to_owned();
    let answer = b2c::validated(&world, reference, &last).await;
    assert_eq!(answer.json()["success"], true, "{}", answer.body);
    let mistyped = refused(&world).await;

    let link = begun["redirectUrl"].as_str().unwrap();
    let link = link.rsplit('=').next().unwrap().to_owned();
    let mut private = vec![
        b2c::ACCOUNT.to_owned(),
        back.told("id_token_hint").to_owned(),
        first,
        last,
        link,
        mistyped,
    ];
    private.extend(world.rig.cast.secrets());
    private.extend(jumio_secrets(&world));
    private.push(signing_key(&world));
    never_found(&world, &private);
}

/// Netverify's callbacks say who the person is: nothing of that is printed or kept, whether a callback is believed or not.
#[tokio::test]
async fn nothing_of_a_journey_over_netverify_is_printed_or_kept() {
    let trace = options().with("AppSettings:LogLevel", "trace");
    let world = World::with(trace.with("JumioSettings:Api", "netverify")).await;
    let mut private = approved(&world).await;
    private.extend(rejected_by_name(&world).await);
    callbacks_that_are_not_believed(&world).await;
    let (secrets, _) = entered_by_hand(&world).await;
    private.extend(secrets);
    private.extend(personal::values(&Document::default()));
    private.extend(world.rig.cast.secrets());
    private.extend(jumio_secrets(&world));
    private.push(signing_key(&world));
    never_found(&world, &private);
}

/// Somebody whose document says another name than the account does.
async fn rejected_by_name(world: &World) -> Vec<String> {
    let names = json!({"givenName": "Somebody", "surname": "Elsewhere", "birthdate": "1990-01-01"});
    let walk = world.walk_by(&world.register("another-subject", &names).await);
    let page = play(&walk, &at_jumio(&walk).await, "pass").await.page().unwrap();
    assert_eq!(leave(&walk, &page).await.claim("idv_status"), "rejected");
    world.told_everything().await;
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let answered = transaction["callbacks"].as_array().unwrap();
    assert!(!answered.is_empty() && answered.iter().all(|callback| callback["answered"] == 200));
    let mut private = values(&names);
    private.push("another-subject".to_owned());
    private
}

/// Of another scan, in a form that is cut off, in another type; and with no credential of ours.
async fn callbacks_that_are_not_believed(world: &World) {
    let latest = "/jumio/transactions/latest/callback";
    let personal = personal::values(&Document::default()).join("&idNumber=");
    let form = format!("idFirstName={personal}&jumioIdScanReference=%");
    let raw = |kind: &str| json!({"raw": {"content_type": kind, "body": form}});
    let foreign = json!({"patch": {"jumioIdScanReference": "00000000-1111-4222-8333-444444444444"}});
    for ask in [
        foreign,
        raw("application/x-www-form-urlencoded"),
        raw("application/json"),
        raw("text/plain"),
    ] {
        world.control_post(latest, &ask).await;
    }
    assert_eq!(world.told("callback.foreign"), 1);
    let nowhere = world.post("/api/callback/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let kind = "application/x-www-form-urlencoded";
    let answer = said(nowhere.header("content-type", kind).body(form)).await;
    assert!(
        !answer.body.contains(&Document::default().last_name),
        "{}",
        answer.body
    );
}

/// What is refused is logged, too: a secret from a page, one that is wrong, a client that nobody registered, a foreign token.
async fn refused(world: &World) -> String {
    let body = b2c::transaction(world, b2c::ACCOUNT, "c");
    let path = b2c::path(world, "InitializeTransaction");
    let from_page = world.post(&path).header("origin", b2c::page_origin(world));
    assert_eq!(said(from_page.json(&body)).await.status, 401);
    let mistyped = "mistyped".repeat(6);
    let wrong = format!("/api/jumio/{mistyped}/api/Jumio/InitializeTransaction");
    assert_eq!(said(world.post(&wrong).json(&body)).await.status, 401);
    let mut unregistered = body;
    unregistered["ClientId"] = json!("somebody-else");
    assert_eq!(said(world.post(&path).json(&unregistered)).await.status, 409);
    let foreign = b2c::question(world, "not.a.token.of.ours");
    assert_eq!(said(foreign).await.status, 409);
    mistyped
}

/// Everything that the host and the handler printed.
fn printed(world: &World) -> String {
    let lines = world.rig.host.log().lines();
    lines.into_iter().map(|line| line.text + "\n").collect()
}

/// None of these is printed or kept, and both were looked at.
fn never_found(world: &World, private: &[String]) {
    let printed = printed(world);
    for word in [
        "request.completed",
        "\"level\":\"TRACE\"",
        "\"request received\"",
        "\"server.address\"",
        "\"fact\"",
    ] {
        assert!(printed.contains(word), "{word} was not printed");
    }
    let kept = kept(&world.rig.folder().join("facts"));
    assert!(kept.len() > 1000, "the facts are not where this test looks");
    for secret in private {
        assert!(
            !secret.is_empty() && !printed.contains(secret),
            "printed: {secret}"
        );
        assert!(!kept.contains(secret), "kept: {secret}");
    }
}

/// A journey of somebody whose document says the same, up to a replayed code.
async fn approved(world: &World) -> Vec<String> {
    let names = json!({"givenName": "Mira", "surname": "Talvik", "birthdate": "1988-04-12"});
    let registered = world.register("the-subject-4711", &names).await;
    let walk = world.walk_by(&registered);
    let page = at_jumio(&walk).await;
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    let parameters = walk.wait(arrival, PATIENCE).await.unwrap().parameters().unwrap();
    let code = walk.client.receive(&walk.pending, &parameters).unwrap();
    let tokens = walk.client.redeem(&walk.pending, &code).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    walk.client.userinfo(&tokens).await.unwrap();
    let _replayed = walk.client.redeem_raw(&code, None).await.unwrap();
    let mut private = values(&names);
    private.extend([
        "the-subject-4711".to_owned(),
        registered.ticket,
        code,
        tokens.id_token,
        tokens.access_token,
    ]);
    private
}

/// A journey of somebody who shows another person's document, with callbacks that carry personal data.
async fn rejected_and_told_in_the_older_shape(world: &World) -> Vec<String> {
    world
        .rig
        .simulators
        .jumio
        .tenant
        .settings
        .with(|settings| settings.callbacks.netverify = true);
    let names = json!({"givenName": "Somebody", "surname": "Elsewhere", "birthdate": "1990-01-01"});
    let walk = world.walk_by(&world.register("another-subject", &names).await);
    let page = play(&walk, &at_jumio(&walk).await, "pass").await.page().unwrap();
    assert_eq!(leave(&walk, &page).await.claim("idv_status"), "rejected");
    let mut private = values(&names);
    private.push("another-subject".to_owned());
    private
}

/// A pushed request of a client that signs: everything it sent to prove itself, and everything it was given.
async fn pushed_with_a_signed_assertion(world: &World) -> Vec<String> {
    let client = world.client(Kind::Key).await;
    let ask = Ask {
        login_hint: Some("the-subject-of-a-push".to_owned()),
        ..Ask::default()
    };
    let walk = Walk::pushed(&client, world.browser(), &ask).await.unwrap();
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    let mut private = vec![
        "the-subject-of-a-push".to_owned(),
        tokens.id_token,
        tokens.access_token,
    ];
    private.extend(walk.pending.verifier.clone());
    let (_, request_uri) = walk
        .entrance
        .query_pairs()
        .find(|(name, _)| name == "request_uri")
        .unwrap();
    private.push(request_uri.rsplit(':').next().unwrap().to_owned());
    let sent = walk.client.exchanges();
    let assertions = sent
        .iter()
        .flat_map(|exchange| exchange.sent.split(['&', '\n', ' ', '"']));
    let assertions = assertions.filter_map(|field| field.split_once("client_assertion=").map(|(_, jwt)| jwt));
    let assertions: Vec<String> = assertions.map(str::to_owned).collect();
    assert!(assertions.len() >= 2, "no assertions among what was sent");
    private.extend(assertions);
    private
}

/// An entrance without a browser, to see its cookie; and what a client sends along for itself, which is kept for it.
async fn entered_by_hand(world: &World) -> (Vec<String>, [String; 2]) {
    let walk = world.walk().await;
    let answer = said(http().get(walk.entrance.clone())).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let pair = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let cookie = pair.split_once('=').unwrap().1;
    let back = world.rig.at(answer.header("location")).unwrap();
    let answer = said(http().get(back).header("cookie", &pair)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let last = |name: &str| {
        let address = transaction[name].as_str().unwrap();
        address.rsplit(['/', '=']).next().unwrap().to_owned()
    };
    let link = answer.header("location").to_owned();
    let secrets = vec![cookie.to_owned(), last("successUrl"), last("callbackUrl"), link];
    (secrets, [walk.pending.state.clone(), walk.pending.nonce.clone()])
}

fn values(claims: &serde_json::Value) -> Vec<String> {
    claims
        .as_object()
        .unwrap()
        .values()
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

/// Web links and access tokens that Jumio gave out, as far as the requests show them.
fn jumio_secrets(world: &World) -> Vec<String> {
    let history = world.rig.backstage.history.of(Some("jumio"));
    let tokens = history
        .iter()
        .filter_map(|entry| entry.headers.get("authorization"));
    let tokens = tokens.filter_map(|value| value.split_once(' ').map(|(_, token)| token.to_owned()));
    tokens.filter(|token| token.len() > 20).collect()
}

/// A stretch of the private key in the vault.
fn signing_key(world: &World) -> String {
    let store = &world.rig.simulators.vault.vault.store;
    let value = store.with(|store| store.version(rig::rig::SIGNING_CERT, None).unwrap().value.clone());
    value[200..260].to_owned()
}

/// All facts as one text.
fn kept(folder: &std::path::Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        text.push_str(&path.to_string_lossy());
        if path.is_dir() {
            text.push_str(&kept(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    text
}
