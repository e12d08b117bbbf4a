//! Who a person is whom nobody has named: their document, once it was approved.

use super::*;
use crate::checks::vendor::Progress;
use crate::grants::tests::vendor::{passport, rejected, showing};
use crate::person::Personal;

/// Is checked with this result, and goes back with it.
async fn sub_of(world: &World, browser: &Browser, n: usize, path: &str, progress: Progress) -> Value {
    let answer = browser.enter(world, path).await;
    is_at_vendor(&answer);
    world.vendor.set(n, progress);
    let answer = browser.come_back(world, n).await;
    let answer = match location(&answer) {
        page if page.starts_with("/api/verify/wait/") => {
            browser.get(world, &format!("{page}/continue")).await
        }
        _ => answer,
    };
    let client = if path.contains("=rp2&") { "rp2" } else { "rp" };
    told_to(world, client, &answer).await["sub"].clone()
}

#[tokio::test]
async fn the_same_document_is_the_same_person_in_every_browser() {
    let world = world();
    let (one, other) = (Browser::default(), Browser::default());
    let first = sub_of(&world, &one, 0, &plain("s1", ""), approved()).await;
    let second = sub_of(&world, &other, 1, &plain("s2", ""), approved()).await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn two_clients_know_one_person_by_two_names() {
    let (world, browser) = (world(), Browser::default());
    let first = sub_of(&world, &browser, 0, &plain("s1", ""), approved()).await;
    let path = plain("s2", "").replace("=rp&", "=rp2&");
    let second = sub_of(&world, &browser, 1, &path, approved()).await;
    assert_ne!(first, second);
}

/// Also when what was forged says the number of somebody's document.
#[tokio::test]
async fn a_document_that_was_rejected_is_nobody_s() {
    let world = world();
    let (owner, stranger) = (Browser::default(), Browser::default());
    let first = sub_of(&world, &owner, 0, &plain("s1", ""), approved()).await;
    let forged = sub_of(&world, &stranger, 1, &plain("s2", ""), rejected()).await;
    assert_ne!(first, forged);
    let again = sub_of(&world, &stranger, 2, &plain("s3", ""), rejected()).await;
    assert_eq!(forged, again, "the browser's own");
}

#[tokio::test]
async fn a_document_without_number_or_birth_date_leaves_the_browser_s() {
    let world = world();
    let browser = Browser::default();
    let of_browser = sub_of(&world, &browser, 0, &plain("s0", ""), rejected()).await;
    let nothing = [
        None,
        Some(passport("N/A")),
        Some(passport("P12****7")),
        Some(crate::checks::vendor::Document {
            birthdate: Personal::default(),
            ..passport("P1234567")
        }),
    ];
    for (n, document) in (1..).zip(nothing) {
        let path = plain(&format!("s{n}"), "&prompt=login");
        let sub = sub_of(&world, &browser, n, &path, showing(approved(), document)).await;
        assert_eq!(sub, of_browser);
    }
}

#[tokio::test]
async fn another_document_of_a_later_check_replaces_it() {
    let (world, browser) = (world(), Browser::default());
    let first = sub_of(&world, &browser, 0, &plain("s1", ""), approved()).await;
    let renewed = showing(approved(), Some(passport("P7654321")));
    let second = sub_of(&world, &browser, 1, &plain("s2", "&prompt=login"), renewed).await;
    assert_ne!(first, second);
    let answer = browser.get(&world, &plain("s3", "&prompt=none")).await;
    assert_eq!(told(&world, &answer).await["sub"], second);
}

#[tokio::test]
async fn a_client_may_know_people_by_their_browsers() {
    let world = world_of(vec![Client {
        by_document: false,
        ..client("rp")
    }]);
    let (one, other) = (Browser::default(), Browser::default());
    let first = sub_of(&world, &one, 0, &plain("s1", ""), approved()).await;
    let second = sub_of(&world, &other, 1, &plain("s2", ""), approved()).await;
    assert_ne!(first, second);
    let answer = one.get(&world, &plain("s3", "")).await;
    assert_eq!(told(&world, &answer).await["sub"], first);
}

#[tokio::test]
async fn nothing_of_the_document_is_stored() {
    let (world, browser) = (world(), Browser::default());
    sub_of(&world, &browser, 0, &plain("s1", ""), approved()).await;
    for name in world.store.list("facts/2").await.unwrap() {
        let path = format!("facts/2/{name}");
        let text = String::from_utf8(world.store.read(&path).await.unwrap().unwrap().to_vec()).unwrap();
        assert!(
            !text.contains("P1234567") && !text.contains("1985-12-10"),
            "{name}: {text}"
        );
    }
}

/// A client refuses a userinfo answer of another `sub` (`OpenID` Connect Core section 5.3.2).
#[tokio::test]
async fn userinfo_is_about_whom_the_token_was() {
    let (world, browser) = (world(), Browser::default());
    browser.enter(&world, &plain("s1", "")).await;
    world.vendor.set(0, Progress::Captured);
    let page = browser.come_back(&world, 0).await;
    let answer = browser
        .get(&world, &format!("{}/continue", location(&page)))
        .await;
    let code = sent(&answer, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", "rp"),
        ("client_secret", SECRET),
    ];
    let token = json_of(&world.post_form("/api/token", &fields).await);
    let sub = world.believe(&token, "rp")["sub"].clone();
    world.vendor.set(0, approved());
    let processed = super::super::callback::callback(&world, 0, "PROCESSED");
    assert_eq!(world.send(processed).await.status(), 200);
    world.calm().await;
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let answer = world
        .send(request("GET", "/api/token/userinfo").header("authorization", bearer))
        .await;
    assert_eq!(json_of(&answer)["idv_status"], "approved");
    assert_eq!(json_of(&answer)["sub"], sub);
    // The next sign-in is told by the document.
    let answer = browser.get(&world, &plain("s2", "")).await;
    assert_ne!(told(&world, &answer).await["sub"], sub);
}

#[tokio::test]
async fn clients_of_one_sector_know_one_person_and_pay_once() {
    let of_sector = |id| Client {
        sector: Some("contoso".to_owned()),
        ..client(id)
    };
    let world = world_of(vec![of_sector("rp"), of_sector("rp2"), client("rp3")]);
    let browser = Browser::default();
    let first = sub_of(&world, &browser, 0, &plain("s1", ""), approved()).await;
    let at_other = plain("s2", "&prompt=none").replace("client_id=rp&", "client_id=rp2&");
    let answer = browser.get(&world, &at_other).await;
    assert_eq!(told_to(&world, "rp2", &answer).await["sub"], first);
    let at_stranger = plain("s3", "&prompt=none").replace("client_id=rp&", "client_id=rp3&");
    is_error(&browser.get(&world, &at_stranger).await, "login_required");
    assert_eq!(world.vendor.starts(), 1);
}
