//! Requests that wait here for a browser whose person nobody has named.

use super::super::world::{CHALLENGE, form};
use super::*;

/// Pushes as `rp`, and gives the address by which the browser comes.
async fn pushed(world: &World, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", "rp"),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s1"),
    ];
    fields.extend(more);
    let answer = world.send(form("/api/verify/par", &fields)).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let uri = json_of(&answer)["request_uri"].as_str().unwrap().to_owned();
    let query = encoded(&[("client_id", "rp"), ("request_uri", uri.as_str())]);
    format!("/api/verify/authorize?{query}")
}

#[tokio::test]
async fn a_push_without_hint_is_born_in_the_browser() {
    let (world, browser) = (world(), Browser::default());
    let path = pushed(&world, &[]).await;
    assert_eq!(written(&world).await, 1, "the request alone");
    let answer = signed_in(&world, &browser, 0, &path).await;
    assert_eq!(sent(&answer, "state").as_deref(), Some("s1"));
    told(&world, &answer).await;
}

#[tokio::test]
async fn a_push_with_a_hint_says_who_they_are() {
    let world = world();
    let (one, other) = (Browser::default(), Browser::default());
    let path = pushed(&world, &[("login_hint", "ada")]).await;
    let answer = signed_in(&world, &one, 0, &path).await;
    let first = told(&world, &answer).await;
    let path = pushed(&world, &[("login_hint", "ada"), ("state2", "x"), ("nonce", "n2")]).await;
    let answer = other.enter(&world, &path).await;
    assert_eq!(told(&world, &answer).await["sub"], first["sub"]);
}

#[tokio::test]
async fn a_push_serves_one_browser() {
    let world = world();
    let path = pushed(&world, &[]).await;
    is_at_vendor(&Browser::default().enter(&world, &path).await);
    let answer = Browser::default().enter(&world, &path).await;
    assert_eq!(answer.status(), 410, "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_push_ends_and_is_no_other_client_s() {
    let world = world();
    let path = pushed(&world, &[]).await;
    let answer = world.get(&path.replace("=rp&", "=rp2&")).await;
    assert_eq!(answer.status(), 403, "{answer:?}");
    world.advance_s(61);
    assert_eq!(world.get(&path).await.status(), 410);
}

#[tokio::test]
async fn a_silent_push_is_answered_or_refused_at_once() {
    let (world, browser) = (world(), Browser::default());
    let path = pushed(&world, &[("prompt", "none")]).await;
    is_error(&browser.get(&world, &path).await, "login_required");
    signed_in(&world, &browser, 0, &plain("s0", "")).await;
    let path = pushed(&world, &[("prompt", "none")]).await;
    assert!(sent(&browser.get(&world, &path).await, "code").is_some());
}

#[tokio::test]
async fn without_the_setting_a_push_needs_a_hint() {
    let world = world();
    let fields = [
        ("client_id", "b2c"),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
    ];
    let answer = world.send(form("/api/verify/par", &fields)).await;
    assert_eq!(answer.status(), 400);
    assert!(text_of(&answer).contains("login_hint"), "{answer:?}");
}

#[tokio::test]
async fn a_post_that_is_too_long_for_an_address_is_kept() {
    let (world, browser) = (world(), Browser::default());
    let state = "x".repeat(16 * 1024);
    let fields = plain(&state, "").split_once('?').unwrap().1.to_owned();
    let post = request("POST", "/api/verify/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields);
    let answer = world.send(post).await;
    assert!(location(&answer).len() < 500, "{answer:?}");
    is_at_vendor(&browser.follow(&world, answer).await);
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert_eq!(sent(&answer, "state"), Some(state));
}

#[tokio::test]
async fn what_waited_for_long_is_swept_away() {
    let (world, browser) = (world(), Browser::default());
    let path = pushed(&world, &[]).await;
    browser.enter(&world, &path).await;
    world.advance_s(1800);
    let held = || async { world.store.list("facts/2/held").await.unwrap().len() };
    world.build().checks.sweep().await.unwrap();
    assert_eq!(held().await, 2);
    world.advance_s(3600);
    world.build().checks.sweep().await.unwrap();
    assert_eq!(held().await, 0);
}

/// RFC 8252 section 7.3.
#[tokio::test]
async fn a_program_on_the_persons_machine_pushes_with_the_port_that_it_got() {
    let public = Client {
        walk_in: true,
        ..Client::new("native", vec!["http://127.0.0.1/cb".into()], Proof::None)
    };
    let (world, browser) = (world_of(vec![public]), Browser::default());
    let fields = [
        ("client_id", "native"),
        ("redirect_uri", "http://127.0.0.1:49152/cb"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", "ada"),
    ];
    let answer = world.send(form("/api/verify/par", &fields)).await;
    let uri = json_of(&answer)["request_uri"].as_str().unwrap().to_owned();
    let query = encoded(&[("client_id", "native"), ("request_uri", uri.as_str())]);
    let path = format!("/api/verify/authorize?{query}");
    let answer = signed_in(&world, &browser, 0, &path).await;
    assert!(
        location(&answer).starts_with("http://127.0.0.1:49152/cb?code="),
        "{answer:?}"
    );
}

#[tokio::test]
async fn what_is_said_of_a_person_needs_a_name_for_them() {
    let world = world();
    let claims = r#"{"id_token":{"email":{"value":"ada@example.com"}}}"#;
    let fields = [
        ("client_id", "rp"),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("claims", claims),
    ];
    let answer = world.send(form("/api/verify/par", &fields)).await;
    assert_eq!(
        json_of(&answer)["error_description"],
        "values of a person need a subject in login_hint"
    );
}

/// What anybody has kept costs storage: so many a minute, and clients that prove themselves are not counted.
#[tokio::test]
async fn anybody_has_so_many_requests_kept_a_minute_and_clients_have_theirs() {
    let world = world();
    let long = "x".repeat(7_000);
    let fields = plain(&long, "").split_once('?').unwrap().1.to_owned();
    let post = async || {
        let post = request("POST", "/api/verify/authorize");
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        world.send(post.body(fields.clone())).await
    };
    for _ in 0..600 {
        assert_eq!(post().await.status(), 303);
    }
    let written = written(&world).await;
    let refused = post().await;
    assert_eq!(refused.status(), 503, "{refused:?}");
    assert_eq!(super::written(&world).await, written);
    pushed(&world, &[]).await;
    world.advance_s(60);
    assert!(location(&post().await).contains("request_uri"));
}
