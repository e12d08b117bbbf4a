//! `/api/verify/logout`.

use super::super::world::form;
use super::*;

const OUT: &str = "https://contoso.b2clogin.example/signed-out";

fn world() -> World {
    let out = |id| Client {
        post_logout_redirect_uris: vec![OUT.into()],
        ..client(id)
    };
    world_of(vec![out("rp"), out("rp2")])
}

/// A browser that `rp` and `rp2` know, and the ID token of `rp`.
async fn known(world: &World) -> (Browser, String) {
    let browser = Browser::default();
    let answer = signed_in(world, &browser, 0, &plain("s1", "")).await;
    let code = sent(&answer, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", "rp"),
        ("client_secret", SECRET),
    ];
    let answer = world.post_form("/api/token", &fields).await;
    let token = json_of(&answer)["id_token"].as_str().unwrap().to_owned();
    let other = plain("s2", "").replace("=rp&", "=rp2&");
    signed_in(world, &browser, 1, &other).await;
    (browser, token)
}

fn path(fields: &[(&str, &str)]) -> String {
    format!("/api/verify/logout?{}", encoded(fields))
}

/// Whether `rp` (or `rp2`) still knows the browser.
async fn is_known(world: &World, browser: &Browser, client: &str) -> bool {
    let silent = plain("s9", "&prompt=none").replace("=rp&", &format!("={client}&"));
    sent(&browser.get(world, &silent).await, "code").is_some()
}

/// A hidden value of the page that asks.
fn hidden(page: &Answer, name: &str) -> String {
    let (_, rest) = text_of(page)
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn with_its_own_token_a_client_signs_the_person_out() {
    let world = world();
    let (browser, token) = known(&world).await;
    world.advance_s(7200);
    let fields = [
        ("id_token_hint", token.as_str()),
        ("post_logout_redirect_uri", OUT),
        ("state", "o1"),
    ];
    let answer = browser.get(&world, &path(&fields)).await;
    assert_eq!(location(&answer), format!("{OUT}?state=o1"));
    assert!(!is_known(&world, &browser, "rp").await);
    assert!(
        is_known(&world, &browser, "rp2").await,
        "another sector's memory stays"
    );
}

#[tokio::test]
async fn without_it_the_person_is_asked_first() {
    let world = world();
    let (browser, token) = known(&world).await;
    let foreign = token.replace("eyJ", "eyK");
    for fields in [
        vec![("client_id", "rp"), ("post_logout_redirect_uri", OUT)],
        vec![
            ("client_id", "rp"),
            ("post_logout_redirect_uri", OUT),
            ("id_token_hint", foreign.as_str()),
        ],
        vec![
            ("client_id", "rp2"),
            ("post_logout_redirect_uri", OUT),
            ("id_token_hint", token.as_str()),
        ],
    ] {
        let page = browser.get(&world, &path(&fields)).await;
        assert_eq!(page.status(), 200, "{page:?}");
        assert!(is_known(&world, &browser, "rp").await);
        let proof = hidden(&page, "idv_proof");
        let stay = [
            ("client_id", fields[0].1),
            ("idv_proof", proof.as_str()),
            ("idv_sign_out", "no"),
        ];
        assert_eq!(
            browser
                .send(&world, form("/api/verify/logout", &stay))
                .await
                .status(),
            200
        );
        assert!(is_known(&world, &browser, fields[0].1).await);
    }
    let page = browser
        .get(
            &world,
            &path(&[("client_id", "rp"), ("post_logout_redirect_uri", OUT)]),
        )
        .await;
    let proof = hidden(&page, "idv_proof");
    let leave = [
        ("client_id", "rp"),
        ("post_logout_redirect_uri", OUT),
        ("idv_proof", proof.as_str()),
        ("idv_sign_out", "yes"),
    ];
    let answer = browser.send(&world, form("/api/verify/logout", &leave)).await;
    assert_eq!(location(&answer), OUT);
    assert!(!is_known(&world, &browser, "rp").await);
}

#[tokio::test]
async fn what_another_site_answers_for_the_person_is_not_heard() {
    let world = world();
    let (browser, _) = known(&world).await;
    for proof in ["", "AAAA"] {
        let forged = [("client_id", "rp"), ("idv_proof", proof), ("idv_sign_out", "yes")];
        browser.send(&world, form("/api/verify/logout", &forged)).await;
        assert!(is_known(&world, &browser, "rp").await);
    }
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = world();
    let (browser, token) = known(&world).await;
    for to in [
        "https://evil.example",
        "https://contoso.b2clogin.example/signed-out/",
    ] {
        let fields = [
            ("id_token_hint", token.as_str()),
            ("post_logout_redirect_uri", to),
        ];
        assert_eq!(browser.get(&world, &path(&fields)).await.status(), 400);
    }
    let nameless = [("post_logout_redirect_uri", OUT)];
    assert_eq!(browser.get(&world, &path(&nameless)).await.status(), 400);
    assert!(is_known(&world, &browser, "rp").await);
}

#[tokio::test]
async fn a_request_by_post_is_come_for_by_get() {
    let world = world();
    let (browser, token) = known(&world).await;
    // Without its cookies, as from another site.
    let post = form(
        "/api/verify/logout",
        &[("id_token_hint", token.as_str()), ("state", "o1")],
    );
    let answer = world.send(post).await;
    let answer = browser.get(&world, location(&answer)).await;
    assert_eq!(answer.status(), 200);
    assert!(!is_known(&world, &browser, "rp").await);
}

#[tokio::test]
async fn who_is_known_to_nobody_is_signed_out_already() {
    let world = world();
    let fields = [("client_id", "rp"), ("post_logout_redirect_uri", OUT)];
    assert_eq!(location(&world.get(&path(&fields)).await), OUT);
    assert_eq!(world.get("/api/verify/logout").await.status(), 200);
}

#[tokio::test]
async fn without_any_name_all_memory_ends() {
    let world = world();
    let (browser, _) = known(&world).await;
    let page = browser.get(&world, "/api/verify/logout").await;
    let leave = [
        ("idv_proof", hidden(&page, "idv_proof")),
        ("idv_sign_out", "yes".to_owned()),
    ];
    let leave = leave.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.send(&world, form("/api/verify/logout", &leave)).await;
    assert!(!is_known(&world, &browser, "rp").await && !is_known(&world, &browser, "rp2").await);
}
