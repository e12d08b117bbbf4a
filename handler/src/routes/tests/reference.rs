//! One word for one check: on the person's page, in the log and in the token; and where they find help.

use super::outcomes::{WEB, path, ticket};
use super::world::{Browser, World, json_of, location, request, sent, text_of};
use crate::grants::tests::vendor::rejected;
use crate::ids::PersonReference;
use crate::pages::Provider;

#[tokio::test]
async fn the_page_and_the_token_have_the_same_reference() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let text = text_of(&browser.get(&world, &page).await).to_owned();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let token = json_of(&world.redeem(&sent(&answer, "code").unwrap()).await);
    let claims = world.believe(&token, "b2c");
    let id = claims["idv_reference"].as_str().unwrap().parse().unwrap();
    let reference = PersonReference::of(id).to_string();
    assert_eq!(claims["idv_person_reference"], reference.as_str());
    assert!(text.contains(&format!("<code>{reference}</code>")), "{text}");
}

#[tokio::test]
async fn a_client_that_is_told_no_claims_of_the_check_is_told_no_reference() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = ticket(&world, WEB, "c1").await;
    browser.enter(&world, &path(&ticket, &[])).await;
    world.vendor.set(0, crate::grants::tests::vendor::approved());
    let code = sent(&browser.come_back(&world, 0).await, "code").unwrap();
    let token = json_of(&super::outcomes::redeem(&world, &code).await);
    assert_eq!(world.believe(&token, WEB).get("idv_person_reference"), None);
}

fn helpful() -> World {
    let mut world = World::new();
    world.provider = Provider {
        help: Some("https://help.example/".into()),
        alternative: Some("https://other.example/".into()),
        ..Provider::default()
    };
    world.rebuild();
    world
}

fn leads_on(text: &str) {
    assert!(text.contains("href=\"https://help.example/\""), "{text}");
    assert!(text.contains("href=\"https://other.example/\""), "{text}");
}

/// By a method that no page takes, too, and where the browser keeps no cookie.
#[tokio::test]
async fn every_page_of_trouble_speaks_as_the_browser_does_and_leads_where_the_settings_say() {
    let (world, browser) = (helpful(), Browser::default());
    let refused = request("PUT", "/api/verify/wait/x").header("accept-language", "de");
    let refused = world.send(refused).await;
    assert_eq!(refused.status(), 405);
    leads_on(text_of(&refused));
    assert!(text_of(&refused).contains("lang=\"de\""), "{refused:?}");
    let ticket = ticket(&world, WEB, "c1").await;
    let hop = location(&browser.get(&world, &path(&ticket, &[])).await).to_owned();
    let without = Browser::default().get(&world, &hop).await;
    assert_eq!(without.status(), 403);
    leads_on(text_of(&without));
}

#[tokio::test]
async fn the_last_page_and_a_page_of_trouble_lead_where_the_settings_say() {
    let (world, browser) = (helpful(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    for path in [page.as_str(), "/api/verify/wait/x"] {
        let answer = browser.get(&world, path).await;
        leads_on(text_of(&answer));
    }
}
