//! Requests that name nobody: whoever sits in front of the browser is checked.

mod asked;
mod budget;
mod document;
mod kept;
mod limits;
mod logout;
mod remembered;

use secrecy::SecretString;
use serde_json::Value;

use super::world::{
    Answer, Browser, REDIRECT, SECRET, World, authorize_path, encoded, form, header, json_of, location,
    register, request, sent, text_of,
};
use crate::clients::{Client, Outcomes, Proof, Secrets};
use crate::grants::tests::vendor::approved;

const AT_VENDOR: &str = "https://vendor.example/go/";

/// A client that sends people whom it does not name.
fn client(id: &str) -> Client {
    let secrets = Secrets {
        current: SecretString::from(SECRET),
        previous: None,
    };
    Client {
        walk_in: true,
        outcomes: Outcomes::Claims,
        ..Client::new(id, vec![REDIRECT.into()], Proof::Secret(secrets))
    }
}

/// A world with such a client, `rp`, and another one, `rp2`.
fn world() -> World {
    world_of(vec![client("rp"), client("rp2")])
}

fn world_of(clients: Vec<Client>) -> World {
    let mut world = World::new();
    world.more_clients = clients;
    world.limits.max_attempts = 100;
    world.rebuild();
    world
}

/// An ordinary request of `rp`, with a state of its own.
fn plain(state: &str, more: &str) -> String {
    let fields = [
        ("client_id", "rp"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", state),
        ("nonce", "nonce-1"),
    ];
    format!("/api/verify/authorize?{}{more}", encoded(&fields))
}

fn is_at_vendor(answer: &Answer) {
    assert!(location(answer).starts_with(AT_VENDOR), "{answer:?}");
}

fn is_error(answer: &Answer, error: &str) {
    assert!(location(answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(sent(answer, "error").as_deref(), Some(error), "{answer:?}");
    assert_eq!(sent(answer, "code"), None);
}

/// What the client is told for the code of an answer.
async fn told_to(world: &World, client: &str, answer: &Answer) -> Value {
    assert!(location(answer).starts_with(REDIRECT), "{answer:?}");
    let code = sent(answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", client),
        ("client_secret", SECRET),
    ];
    let answer = world.post_form("/api/token", &fields).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    world.believe(&json_of(&answer), client)
}

async fn told(world: &World, answer: &Answer) -> Value {
    told_to(world, "rp", answer).await
}

/// Is checked at the vendor's n-th transaction, and approved.
async fn signed_in(world: &World, browser: &Browser, n: usize, path: &str) -> Answer {
    let answer = browser.enter(world, path).await;
    is_at_vendor(&answer);
    world.vendor.set(n, approved());
    browser.come_back(world, n).await
}

/// How many documents the store holds.
async fn written(world: &World) -> usize {
    world.store.list("facts/2").await.unwrap().len()
}

#[tokio::test]
async fn a_plain_request_is_checked_and_answered() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, 0, &plain("s1", "")).await;
    assert_eq!(sent(&answer, "state").as_deref(), Some("s1"));
    let told = told(&world, &answer).await;
    assert_eq!((&told["aud"], &told["nonce"]), (&"rp".into(), &"nonce-1".into()));
    assert!(told["sub"].as_str().unwrap().len() == 43 && told["auth_time"].is_number());
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn without_the_setting_a_plain_request_is_refused() {
    let world = world();
    let answer = world.get(&plain("s1", "").replace("=rp&", "=b2c&")).await;
    is_error(&answer, "invalid_request");
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_costs_nothing() {
    let (world, browser) = (world(), Browser::default());
    let answer = browser.lose(&world, request("GET", &plain("s1", ""))).await;
    let back = location(&answer).to_owned();
    assert_eq!(browser.get(&world, &back).await.status(), 403);
    assert_eq!((written(&world).await, world.vendor.starts()), (0, 0));
}

#[tokio::test]
async fn the_session_is_a_cookie_nobody_else_can_set_or_read() {
    let answer = world().get(&plain("s1", "")).await;
    let cookie = header(&answer, "set-cookie");
    assert!(cookie.starts_with("__Host-idv-session-"), "{cookie}");
    for attribute in [
        "; Path=/",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
        "; Max-Age=",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn a_hint_through_the_browser_never_says_who_they_are() {
    let world = world();
    let (ada, grace) = (Browser::default(), Browser::default());
    let hint = "&login_hint=subject-of-ada";
    signed_in(&world, &ada, 0, &plain("s1", hint)).await;
    is_at_vendor(&grace.enter(&world, &plain("s2", hint)).await);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_empty_hint_is_none() {
    let (world, browser) = (world(), Browser::default());
    is_at_vendor(&browser.enter(&world, &plain("s1", "&login_hint=")).await);
}

#[tokio::test]
async fn what_looks_like_a_ticket_and_is_none_is_refused() {
    let world = world();
    for hint in ["idvt_AAAA", "IDVT_AAAA", "+idvt_AAAA"] {
        let answer = world.get(&plain("s1", &format!("&login_hint={hint}"))).await;
        is_error(&answer, "invalid_request");
    }
    assert_eq!(written(&world).await, 0);
}

#[tokio::test]
async fn a_ticket_still_says_who_they_are() {
    let (world, browser) = (world(), Browser::default());
    let registration = serde_json::json!({"objectId": "ada", "correlationId": "c1", "clientId": "rp"});
    let answer = world.send(register().json(&registration)).await;
    let ticket = json_of(&answer)["ticket"].as_str().unwrap().to_owned();
    let path = authorize_path(&ticket, "").replace("client_id=b2c", "client_id=rp");
    let answer = signed_in(&world, &browser, 0, &path).await;
    let by_ticket = told(&world, &answer).await["sub"].clone();
    // The ticket was removed on the way: nobody can notice, but whom they claim to be is another one.
    let answer = signed_in(&world, &browser, 1, &plain("s2", "")).await;
    let walked_in = told(&world, &answer).await;
    assert_ne!(walked_in["sub"], by_ticket);
    let registered = json_of(&world.send(register().json(&registration)).await);
    assert!(registered["verificationId"].is_string());
    assert_ne!(walked_in["idv_reference"], registered["verificationId"]);
}

#[tokio::test]
async fn a_posted_request_is_come_for_by_get() {
    let (world, browser) = (world(), Browser::default());
    // Lax cookies do not come with a form that another site posts.
    let fields = plain("s1", "&login_hint=ada%40example.com")
        .split_once('?')
        .unwrap()
        .1
        .to_owned();
    let post = request("POST", "/api/verify/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields);
    let answer = world.send(post).await;
    assert_eq!(header(&answer, "set-cookie"), "");
    assert!(!location(&answer).contains("example.com"), "{answer:?}");
    assert_eq!(written(&world).await, 0);
    is_at_vendor(&browser.follow(&world, answer).await);
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert_eq!(told(&world, &answer).await["nonce"], "nonce-1");
}

#[tokio::test]
async fn a_session_of_another_sector_is_worth_nothing() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, 0, &plain("s1", "")).await;
    let other = plain("s2", "").replace("=rp&", "=rp2&");
    // Also when the value stands under the name that the other sector's would have.
    let theirs = Browser::default();
    theirs.get(&world, &other).await;
    let name = theirs.cookies().split_once('=').unwrap().0.to_owned();
    let value = browser.cookies().split_once('=').unwrap().1.to_owned();
    let stolen = request("GET", &other).header("cookie", format!("{name}={value}"));
    let answer = world.send(stolen).await;
    assert!(
        location(&answer).starts_with("/api/verify/authorize/back"),
        "{answer:?}"
    );
    is_at_vendor(&browser.enter(&world, &other).await);
}

#[tokio::test]
async fn somebody_else_s_return_address_opens_nothing() {
    let (world, ada, grace) = (world(), Browser::default(), Browser::default());
    ada.enter(&world, &plain("s1", "")).await;
    grace.enter(&world, &plain("s2", "")).await;
    world.vendor.set(0, approved());
    let answer = grace.come_back(&world, 0).await;
    assert_eq!(answer.status(), 200, "it asks, and leads nowhere: {answer:?}");
    assert!(text_of(&answer).contains("data-state=\"unconfirmed\""));
    assert_eq!(answer.headers().get("location"), None);
}

/// What somebody in front of a browser that did not begin answers.
async fn answered(world: &World, browser: &Browser, n: usize, action: &str) -> Answer {
    let page = browser.come_back(world, n).await;
    let token = text_of(&page).split("name=\"token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let address = text_of(&page).split("action=\"").nth(1).unwrap();
    let address = address.split('"').next().unwrap();
    let fields = [("action", action), ("token", token)];
    browser.send(world, form(address, &fields)).await
}

/// A check that somebody was talked into: they come back from the vendor in their own browser, and say so.
#[tokio::test]
async fn who_was_talked_into_a_check_cancels_it_whatever_the_one_who_began_says() {
    let world = world_of(vec![Client {
        outcomes: Outcomes::Errors,
        ..client("rp")
    }]);
    let (liar, other) = (Browser::default(), Browser::default());
    liar.enter(&world, &plain("s1", "")).await;
    // The one who began pretends to have been there.
    liar.come_back(&world, 0).await;
    other.come_back(&world, 0).await;
    world.vendor.set(0, approved());
    let page = liar.come_back(&world, 0).await;
    let page = location(&page).to_owned();
    assert!(page.starts_with("/api/verify/wait/"), "{page}");
    let shown = liar.get(&world, &page).await;
    assert!(
        text_of(&shown).contains("data-state=\"checking\""),
        "nobody asks them"
    );
    let told = answered(&world, &other, 0, "not_own").await;
    assert!(text_of(&told).contains("data-state=\"cancelled\""), "{told:?}");
    answered(&world, &other, 0, "own").await;
    let answer = liar.get(&world, &format!("{page}/continue")).await;
    is_error(&answer, "access_denied");
}

#[tokio::test]
async fn who_goes_on_in_another_browser_says_so_there_and_is_approved_where_they_began() {
    let (world, desk, phone) = (world(), Browser::default(), Browser::default());
    desk.enter(&world, &plain("s1", "")).await;
    world.vendor.set(0, approved());
    assert_eq!(
        answered(&world, &phone, 0, "own").await.status(),
        403,
        "go on where you began"
    );
    let answer = desk.come_back(&world, 0).await;
    assert_eq!(told(&world, &answer).await["idv_status"], "approved");
}

#[tokio::test]
async fn an_answer_without_the_token_of_the_page_is_none() {
    let (world, desk, phone) = (world(), Browser::default(), Browser::default());
    desk.enter(&world, &plain("s1", "")).await;
    world.vendor.set(0, approved());
    let page = phone.come_back(&world, 0).await;
    let address = text_of(&page).split("action=\"").nth(1).unwrap();
    let address = address.split('"').next().unwrap();
    let fields = [("action", "own"), ("token", "A")];
    assert_eq!(phone.send(&world, form(address, &fields)).await.status(), 403);
    let page = desk.come_back(&world, 0).await;
    assert!(
        location(&page).starts_with("/api/verify/wait/"),
        "nobody has said yes: {page:?}"
    );
}

#[tokio::test]
async fn an_error_is_sent_as_it_was_asked_for() {
    let answer = world()
        .get(&plain("s1", "&prompt=none&response_mode=form_post"))
        .await;
    let page = text_of(&answer);
    assert!(
        page.contains("login_required") && page.contains("value=\"s1\""),
        "{page}"
    );
}
