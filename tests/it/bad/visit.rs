//! The waiting page and the way back: a handle is not enough, the browser must be the one that began.

use super::said;
use crate::journey::{World, at_jumio};

/// The return address Jumio was told.
async fn return_path(world: &World) -> String {
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let url: reqwest::Url = transaction["successUrl"].as_str().unwrap().parse().unwrap();
    url.path().to_owned()
}

#[tokio::test]
async fn another_browser_with_the_right_handle() {
    let world = World::new().await;
    at_jumio(&world.walk().await).await;
    let path = return_path(&world).await;
    let page = said(world.get(&path)).await;
    let wait = path.replace("/api/callback/return/", "/api/verify/wait/");
    for said in [
        page,
        said(world.get(&wait)).await,
        said(world.get(&format!("{wait}/status"))).await,
        said(world.get(&format!("{wait}/continue"))).await,
    ] {
        assert!((400..500).contains(&said.status), "{} {}", said.status, said.body);
        assert!(said.header("location").is_empty());
    }
    world.nothing_broke();
}

#[tokio::test]
async fn another_browser_with_a_guessed_cookie() {
    let world = World::new().await;
    at_jumio(&world.walk().await).await;
    let wait = return_path(&world)
        .await
        .replace("/api/callback/return/", "/api/verify/wait/");
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let id = transaction["customerInternalReference"].as_str().unwrap();
    for value in ["", "x", &"A".repeat(43)] {
        let name = format!("idv-{}-{}", &id[..8.min(id.len())], &value[..6.min(value.len())]);
        let said = said(world.get(&wait).header("cookie", format!("{name}={value}"))).await;
        assert!((400..500).contains(&said.status), "{}", said.status);
    }
}

#[tokio::test]
async fn a_forged_handle() {
    let world = World::new().await;
    let walk = world.walk().await;
    at_jumio(&walk).await;
    let good = return_path(&world)
        .await
        .replace("/api/callback/return/", "/api/verify/wait/");
    for at in [good.len() - 1, good.len() - 30, "/api/verify/wait/".len()] {
        let mut forged: Vec<char> = good.chars().collect();
        forged[at] = if forged[at] == 'A' { 'B' } else { 'A' };
        let address = world.rig.at(&forged.into_iter().collect::<String>()).unwrap();
        let page = walk.browser.fetch(&address).await.unwrap();
        assert!(page.status.is_client_error(), "{}", page.status);
    }
    let own = walk.browser.fetch(&world.rig.at(&good).unwrap()).await.unwrap();
    assert_eq!(own.status.as_u16(), 200, "the right browser is refused");
    world.nothing_broke();
}

#[tokio::test]
async fn a_form_from_another_site() {
    let world = World::new().await;
    at_jumio(&world.walk().await).await;
    let wait = return_path(&world)
        .await
        .replace("/api/callback/return/", "/api/verify/wait/");
    let request = world
        .post(&wait)
        .header("origin", "https://evil.example")
        .form(&[("action", "cancel")]);
    assert!((400..500).contains(&said(request).await.status));
}

#[tokio::test]
async fn every_page_is_guarded_by_its_headers() {
    let world = World::new().await;
    let walk = world.walk().await;
    at_jumio(&walk).await;
    let good = return_path(&world)
        .await
        .replace("/api/callback/return/", "/api/verify/wait/");
    let page = walk.browser.fetch(&world.rig.at(&good).unwrap()).await.unwrap();
    let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let policy = header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-content-type-options"), "nosniff");
}
