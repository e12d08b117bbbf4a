//! Values of the document: told only where the client may be told, asks, and the person was shown it.

use secrecy::SecretString;
use serde_json::Value;

use super::at_once::posted;
use super::world::{
    Answer, Browser, REDIRECT, SECRET, World, encoded, form, header, json_of, location, register, request,
    sent, text_of, token_on,
};
use crate::clients::{Client, Proof, Secrets};
use crate::grants::tests::vendor::{approved, passport, rejected, showing};
use crate::person::release;

const AT_VENDOR: &str = "https://vendor.example/go/";

fn client(id: &str, values: &[release::Value]) -> Client {
    let secrets = Secrets {
        current: SecretString::from(SECRET),
        previous: None,
    };
    Client {
        walk_in: true,
        sector: Some("shared".into()),
        name: Some("Contoso & Bank".into()),
        id_token_response: true,
        release: values.iter().copied().collect(),
        ..Client::new(id, vec![REDIRECT.into()], Proof::Secret(secrets))
    }
}

const NAMES: [release::Value; 3] = [
    release::Value::GivenName,
    release::Value::FamilyName,
    release::Value::AgeOver18,
];

fn world_of(values: &[release::Value]) -> World {
    let mut world = World::new();
    world.more_clients = vec![client("rp", values), client("rp2", values)];
    world.limits.max_attempts = 100;
    world.rebuild();
    world
}

fn world() -> World {
    world_of(&NAMES)
}

fn plain(state: &str, more: &[(&str, &str)]) -> String {
    let fields = [
        ("client_id", "rp"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("state", state),
        ("nonce", "nonce-1"),
    ];
    format!("/api/verify/authorize?{}", encoded(&[&fields, more].concat()))
}

const PROFILE: (&str, &str) = ("scope", "openid profile");

fn is_shown(answer: &Answer) -> String {
    let to = location(answer).to_owned();
    assert!(to.contains("/release?for="), "{answer:?}");
    to
}

/// Goes on from the page that shows what is told, until another site.
async fn agree(world: &World, browser: &Browser, page: &str) -> Answer {
    let shown = browser.get(world, page).await;
    let token = token_on(&shown);
    let (page, action) = page.split_once("?for=").unwrap();
    let leads = form(page, &[("action", action), ("token", token)]);
    let leads = browser.send(world, leads).await;
    assert_eq!(leads.status(), 200, "{leads:?}");
    let onward = page.replace("/release", "/continue?at=vendor");
    browser.get(world, &onward).await
}

async fn redeem(world: &World, answer: &Answer) -> Answer {
    let code = sent(answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", "rp"),
        ("client_secret", SECRET),
    ];
    world.post_form("/api/token", &fields).await
}

async fn told(world: &World, answer: &Answer) -> (Value, Value) {
    let answer = redeem(world, answer).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let tokens = json_of(&answer);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let asked = request("GET", "/api/token/userinfo").header("authorization", bearer);
    let userinfo = world.send(asked).await;
    assert_eq!(userinfo.status(), 200, "{userinfo:?}");
    (world.believe(&tokens, "rp"), json_of(&userinfo))
}

/// Is shown what is told, agrees, is checked and comes back approved.
async fn signed_in(world: &World, browser: &Browser, path: &str) -> Answer {
    let page = is_shown(&browser.enter(world, path).await);
    let answer = agree(world, browser, &page).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    browser.come_back(world, 0).await
}

fn is_told_nothing(claims: &Value) {
    for value in release::Value::ALL {
        assert_eq!(claims.get(value.as_str()), None, "{claims}");
    }
}

#[tokio::test]
async fn what_is_released_and_asked_for_is_told_as_the_document_says_it() {
    let (world, browser) = (world(), Browser::default());
    let asked = r#"{"id_token":{"age_over_18":null,"age_over_21":null}}"#;
    let path = plain("s1", &[PROFILE, ("claims", asked)]);
    let (token, userinfo) = told(&world, &signed_in(&world, &browser, &path).await).await;
    for claims in [&token, &userinfo] {
        assert_eq!(claims["given_name"], "ADA AUGUSTA", "{claims}");
        assert_eq!(claims["family_name"], "LOVELACE");
        assert_eq!((claims.get("birthdate"), claims.get("name")), (None, None));
    }
    assert_eq!(token["age_over_18"], true);
    assert_eq!(
        (token.get("age_over_21"), userinfo.get("age_over_18")),
        (None, None)
    );
}

#[tokio::test]
async fn the_person_is_shown_whom_and_what_before_anything_begins() {
    let (world, browser) = (world(), Browser::default());
    let page = is_shown(&browser.enter(&world, &plain("s1", &[PROFILE])).await);
    let answer = browser.get(&world, &page).await;
    let shown = text_of(&answer);
    assert!(shown.contains("Contoso &amp; Bank"), "{shown}");
    assert!(
        shown.contains("Given names") && shown.contains("Family name"),
        "{shown}"
    );
    assert!(
        !shown.contains("Date of birth") && !shown.contains("at least"),
        "{shown}"
    );
    // Whoever goes round the page is shown it all the same.
    let onward = page.replace("/release?for=begin", "/continue?at=vendor");
    is_shown(&browser.get(&world, &onward).await);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn what_is_not_asked_for_is_neither_shown_nor_told() {
    let (world, browser) = (world(), Browser::default());
    let answer = browser.enter(&world, &plain("s1", &[])).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    let fetches = world.vendor.fetches();
    let back = browser.come_back(&world, 0).await;
    let (token, userinfo) = told(&world, &back).await;
    is_told_nothing(&token);
    is_told_nothing(&userinfo);
    assert_eq!(
        world.vendor.fetches(),
        fetches + 1,
        "the outcome, and nothing else"
    );
}

#[tokio::test]
async fn what_is_asked_for_and_not_released_is_neither_shown_nor_told() {
    let (world, browser) = (world_of(&[]), Browser::default());
    let asked = r#"{"id_token":{"birthdate":null},"userinfo":{"name":null}}"#;
    let answer = browser
        .enter(&world, &plain("s1", &[PROFILE, ("claims", asked)]))
        .await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    let (token, userinfo) = told(&world, &browser.come_back(&world, 0).await).await;
    is_told_nothing(&token);
    is_told_nothing(&userinfo);
}

/// Says no by the form of this page.
async fn refuse(world: &World, browser: &Browser, page: &str) -> Answer {
    let shown = browser.get(world, page).await;
    let path = page.split_once('?').unwrap().0;
    let fields = [("action", "refuse"), ("token", token_on(&shown))];
    browser.send(world, form(path, &fields)).await
}

/// By a page that leads on: the form's own redirect to the client would be held back by the browser.
#[tokio::test]
async fn who_does_not_agree_goes_back_and_nothing_was_begun() {
    let (world, browser) = (world(), Browser::default());
    let page = is_shown(&browser.enter(&world, &plain("s1", &[PROFILE])).await);
    let answer = refuse(&world, &browser, &page).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let to = text_of(&answer).split("0; url=").nth(1).unwrap();
    let to = to.split('"').next().unwrap();
    assert!(
        to.starts_with(REDIRECT) && to.contains("error=access_denied"),
        "{to}"
    );
    assert!(to.contains("state=s1"), "{to}");
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn who_does_not_agree_goes_back_by_a_form_where_the_client_wants_one() {
    let (world, browser) = (world(), Browser::default());
    let path = plain("s1", &[PROFILE, ("response_mode", "form_post")]);
    let page = is_shown(&browser.enter(&world, &path).await);
    let answer = refuse(&world, &browser, &page).await;
    assert_eq!(
        posted(&answer, "error").as_deref(),
        Some("access_denied"),
        "{answer:?}"
    );
    assert_eq!(posted(&answer, "state").as_deref(), Some("s1"));
}

/// Whatever fetches addresses without being asked, or sends the person to one, answers nothing for them.
#[tokio::test]
async fn nobody_says_no_by_an_address_or_by_a_foreign_form() {
    let (world, browser) = (world(), Browser::default());
    let page = is_shown(&browser.enter(&world, &plain("s1", &[PROFILE])).await);
    let path = page.split_once('?').unwrap().0;
    for no in ["tell=no", "action=refuse"] {
        let answer = browser.get(&world, &format!("{path}?{no}")).await;
        assert!(text_of(&answer).contains("value=\"refuse\""), "{answer:?}");
    }
    let forged = form(path, &[("action", "refuse"), ("token", "guessed")]);
    let answer = browser.send(&world, forged).await;
    assert_eq!(location(&answer), path.replace("/release", ""));
    let answer = agree(&world, &browser, &page).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
}

#[tokio::test]
async fn a_form_of_another_site_agrees_to_nothing() {
    let (world, browser) = (world(), Browser::default());
    let page = is_shown(&browser.enter(&world, &plain("s1", &[PROFILE])).await);
    let path = page.split_once('?').unwrap().0;
    let forged = form(path, &[("action", "begin"), ("token", "guessed")]);
    browser.send(&world, forged).await;
    let onward = path.replace("/release", "/continue?at=vendor");
    is_shown(&browser.get(&world, &onward).await);
}

#[tokio::test]
async fn where_the_vendor_is_away_the_code_is_not_spent() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world.vendor.set_down(true);
    let refused = redeem(&world, &answer).await;
    assert_eq!(refused.status(), 503, "{refused:?}");
    assert_eq!(json_of(&refused)["error"], "temporarily_unavailable");
    assert!(!header(&refused, "retry-after").is_empty());
    world.vendor.set_down(false);
    let (token, _) = told(&world, &answer).await;
    assert_eq!(token["given_name"], "ADA AUGUSTA");
}

#[tokio::test]
async fn where_the_vendor_is_away_userinfo_asks_to_come_again() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    let tokens = json_of(&redeem(&world, &answer).await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let asked = || request("GET", "/api/token/userinfo").header("authorization", bearer.clone());
    world.vendor.set_down(true);
    assert_eq!(world.send(asked()).await.status(), 503);
    world.vendor.set_down(false);
    assert_eq!(json_of(&world.send(asked()).await)["family_name"], "LOVELACE");
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_has_deleted_is_left_out() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world.vendor.not_ready(6);
    let (token, userinfo) = told(&world, &answer).await;
    is_told_nothing(&token);
    is_told_nothing(&userinfo);
    assert!(token["sub"].is_string());
}

#[tokio::test]
async fn no_value_is_ever_stored() {
    let (world, browser) = (world(), Browser::default());
    told(
        &world,
        &signed_in(&world, &browser, &plain("s1", &[PROFILE])).await,
    )
    .await;
    for path in world.store.list("facts").await.unwrap() {
        let document = world.store.read(&format!("facts/{path}")).await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&document).to_lowercase();
        for value in ["augusta", "lovelace", "1985"] {
            assert!(!text.contains(value), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn what_was_shown_once_is_told_again_without_a_question() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    for more in [vec![PROFILE], vec![PROFILE, ("prompt", "none")]] {
        let again = browser.enter(&world, &plain("s2", &more)).await;
        let (token, _) = told(&world, &again).await;
        assert_eq!(token["given_name"], "ADA AUGUSTA");
    }
    assert_eq!(world.vendor.starts(), 1);
}

/// `OpenID` Connect Core section 3.1.2.1.
#[tokio::test]
async fn who_is_to_be_asked_for_their_consent_is_shown_it_once_more_and_nothing_is_paid() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    for state in ["s2", "s3"] {
        let path = plain(state, &[PROFILE, ("prompt", "consent")]);
        let page = is_shown(&browser.enter(&world, &path).await);
        let answer = agree(&world, &browser, &page).await;
        let (token, _) = told(&world, &answer).await;
        assert_eq!(token["given_name"], "ADA AUGUSTA");
    }
    let plainly = browser.enter(&world, &plain("s5", &[PROFILE])).await;
    assert!(sent(&plainly, "code").is_some(), "{plainly:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn more_than_was_shown_is_shown_first_and_costs_nothing() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    let more = [PROFILE, ("claims", r#"{"userinfo":{"age_over_18":null}}"#)];
    let silent = browser
        .enter(&world, &plain("s2", &[more[0], more[1], ("prompt", "none")]))
        .await;
    assert_eq!(sent(&silent, "error").as_deref(), Some("interaction_required"));
    let page = is_shown(&browser.enter(&world, &plain("s3", &more)).await);
    let answer = agree(&world, &browser, &page).await;
    let (_, userinfo) = told(&world, &answer).await;
    assert_eq!(userinfo["age_over_18"], true);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn another_client_of_the_sector_shows_it_anew() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    let path = plain("s2", &[PROFILE]).replace("client_id=rp&", "client_id=rp2&");
    is_shown(&browser.enter(&world, &path).await);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn what_the_settings_take_back_is_not_told_any_more() {
    let (mut world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world.more_clients = vec![client("rp", &[release::Value::FamilyName])];
    world.rebuild();
    let (token, _) = told(&world, &answer).await;
    assert_eq!(
        (token.get("given_name"), &token["family_name"]),
        (None, &"LOVELACE".into())
    );
}

#[tokio::test]
async fn an_id_token_as_the_answer_itself_tells_them_too() {
    let (world, browser) = (world(), Browser::default());
    let path = plain("s1", &[PROFILE, ("response_mode", "form_post")]);
    let path = path.replace("response_type=code", "response_type=id_token");
    let answer = signed_in(&world, &browser, &path).await;
    let token = serde_json::json!({ "id_token": posted(&answer, "id_token").unwrap() });
    assert_eq!(world.believe(&token, "rp")["given_name"], "ADA AUGUSTA");
}

#[tokio::test]
async fn an_id_token_as_the_answer_itself_waits_for_the_vendor() {
    let (world, browser) = (world(), Browser::default());
    let path = plain("s1", &[PROFILE, ("response_mode", "form_post")]);
    let path = path.replace("response_type=code", "response_type=id_token");
    signed_in(&world, &browser, &path).await;
    world.vendor.set_down(true);
    let answer = browser.enter(&world, &path.replace("s1", "s2")).await;
    assert_eq!(
        posted(&answer, "error").as_deref(),
        Some("temporarily_unavailable"),
        "{answer:?}"
    );
}

/// What the vendor does not know yet was not deleted.
#[tokio::test(start_paused = true)]
async fn a_vendor_that_does_not_know_it_for_a_moment_is_asked_again() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world.vendor.not_ready(2);
    let (token, _) = told(&world, &answer).await;
    assert_eq!(token["given_name"], "ADA AUGUSTA");
}

/// Who sits in front of the browser now may be somebody else.
#[tokio::test]
async fn a_check_that_is_demanded_is_one_of_somebody_who_is_shown_it_anew() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    for state in ["s1", "s2"] {
        let path = plain(state, &[PROFILE, ("prompt", "login")]);
        is_shown(&browser.enter(&world, &path).await);
    }
    world.advance_s(28_801);
    is_shown(&browser.enter(&world, &plain("s3", &[PROFILE])).await);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn the_vendor_is_not_asked_for_values_as_often_as_anybody_likes() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    let tokens = json_of(&redeem(&world, &answer).await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let asked = || request("GET", "/api/token/userinfo").header("authorization", bearer.clone());
    let before = world.vendor.fetches();
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(world.send(asked()).await.status().as_u16());
    }
    assert!(world.vendor.fetches() - before < 10, "{statuses:?}");
    assert_eq!((statuses[0], statuses[19]), (200, 503));
    world.advance_s(60);
    assert_eq!(world.send(asked()).await.status(), 200);
}

/// The vendor has changed its mind, and nobody has told us yet.
#[tokio::test]
async fn nothing_is_told_of_what_the_vendor_would_not_approve_any_more() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world.vendor.set(0, rejected());
    let (token, userinfo) = told(&world, &answer).await;
    is_told_nothing(&token);
    is_told_nothing(&userinfo);
}

#[tokio::test]
async fn nothing_is_told_of_another_document_than_was_approved() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, &plain("s1", &[PROFILE])).await;
    world
        .vendor
        .set(0, showing(approved(), Some(passport("P7654321"))));
    let (token, _) = told(&world, &answer).await;
    is_told_nothing(&token);
}

#[tokio::test]
async fn a_client_that_is_told_nothing_has_no_such_page() {
    let (world, browser) = (world(), Browser::default());
    let answer = browser.enter(&world, &plain("s1", &[])).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    let page = world.waiting_page(0);
    let answer = browser.get(&world, &format!("{page}/release")).await;
    assert_eq!(location(&answer), page);
}

/// A person of a ticket, too: whoever comes back from the vendor in another browser may have been sent there by somebody else.
#[tokio::test]
async fn whoever_comes_back_in_another_browser_is_shown_what_would_be_told_and_may_stop_it() {
    let (world, browser) = (world(), Browser::default());
    let registration = serde_json::json!({"objectId": "ada", "correlationId": "c1", "clientId": "rp"});
    let registered = json_of(&world.send(register().json(&registration)).await);
    let ticket = registered["ticket"].as_str().unwrap();
    let page = is_shown(
        &browser
            .enter(&world, &plain("s1", &[PROFILE, ("login_hint", ticket)]))
            .await,
    );
    let answer = agree(&world, &browser, &page).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    let victim = Browser::default();
    let asked = victim.come_back(&world, 0).await;
    let shown = text_of(&asked);
    assert!(
        shown.contains("Contoso &amp; Bank") && shown.contains("Given names"),
        "{shown}"
    );
    world.vendor.set(0, approved());
    world.advance_s(60);
    // Nobody else has the word any more.
    let waiting = page.split("/release").next().unwrap();
    let answer = browser.get(&world, &format!("{waiting}/continue")).await;
    assert!(!location(&answer).contains("code="), "{answer:?}");
    let token = token_on(&asked);
    let path = world.vendor.start_of(0).return_url.path().to_owned();
    victim
        .send(&world, form(&path, &[("action", "not_own"), ("token", token)]))
        .await;
    let answer = browser.get(&world, &format!("{waiting}/continue")).await;
    assert_eq!(
        sent(&answer, "error").as_deref(),
        Some("access_denied"),
        "{answer:?}"
    );
}
