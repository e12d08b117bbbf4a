//! What other sites, and what people typed, can do to pages: nothing.

use crate::attacks::{asks_for_a_name, raw_get};
use crate::policy::{ID, Policy, inputs, outputs};
use crate::world::{World, send};
use http::StatusCode;
use runner::script::page::Landing;

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

#[tokio::test]
async fn claims_and_addresses_are_no_markup_on_the_tenant_s_pages() {
    let read = Policy::default()
        .page("Name", &[], &outputs(&["displayName", "email=Verified.Email"]))
        .step("Name")
        .token(&["displayName"]);
    let world = World::start(&read, "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let code = [
        field("request_type", "VERIFICATION_REQUEST"),
        field("claim_id", "email"),
        field("claim_value", EVIL),
    ];
    browser
        .call(&page, "SelfAsserted", &code)
        .await
        .expect("an answer");
    browser
        .call(&page, "SelfAsserted", &[field("displayName", EVIL)])
        .await
        .expect("an answer");
    let attributes = [("signInNames.emailAddress", EVIL), (EVIL, EVIL)];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.into()));
    world
        .realm
        .directory
        .create(attributes.into_iter().collect(), None)
        .await
        .expect("an account");
    let escaped: String = url::form_urlencoded::byte_serialize(EVIL.as_bytes()).collect();
    let trace = world
        .realm
        .traces
        .all()
        .first()
        .map(|trace| trace.id.clone())
        .expect("a trace");
    for path in [
        "/runner/directory".to_owned(),
        "/runner/mailbox".to_owned(),
        "/runner/traces".to_owned(),
        format!("/runner/traces/{trace}"),
        format!("/runner/answer?error={escaped}&{escaped}=1"),
        format!("/runner/{escaped}"),
        format!("/{escaped}"),
        format!("/contoso.onmicrosoft.com/{escaped}/oauth2/v2.0/authorize"),
        format!("/contoso.onmicrosoft.com/{ID}/oauth2/v2.0/logout?post_logout_redirect_uri={escaped}"),
        format!("/contoso.onmicrosoft.com/{ID}/oauth2/v2.0/authorize?client_id={escaped}"),
    ] {
        let (_, body) = world.get(&path).await;
        assert!(
            !body.contains("<script>alert") && !body.contains("<img src=x"),
            "{path}: {body}"
        );
    }
}

#[tokio::test]
async fn claims_are_no_markup_in_a_page_of_a_journey() {
    let shows = Policy::default()
        .page(
            "Show",
            &[],
            &(inputs(&["displayName"]) + &outputs(&["displayName"])),
        )
        .page("Ask", &[], &outputs(&["displayName"]))
        .step("Ask")
        .step("Show");
    let world = World::start(&shows, "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let fields = [("displayName".to_owned(), EVIL.to_owned())];
    browser
        .call(&page, "SelfAsserted", &fields)
        .await
        .expect("an answer");
    let Landing::Page(page) = browser.go(&page, "confirmed", &[]).await.expect("an answer") else {
        panic!("no page")
    };
    assert_eq!(
        page.value("displayName"),
        Some(EVIL),
        "shown as it is, by a script that reads JSON"
    );
    let posted = runner::page::post_form("https://a.example/", &[("state".to_owned(), EVIL.to_owned())]);
    assert!(!posted.into_string().contains("<img src=x"));
}

#[tokio::test]
async fn another_site_s_form_does_not_change_the_directory() {
    let world = World::start(&asks_for_a_name(), "").await;
    let account = [("email", "eve@example.com"), ("password", "Passw0rd!")];
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        let request = world
            .client()
            .post(world.url("/runner/directory"))
            .header("origin", origin);
        let response = send(request.form(&account)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
    }
    assert!(world.realm.directory.accounts().is_empty());
    let own = world
        .client()
        .post(world.url("/runner/directory"))
        .header("origin", &world.realm.origin);
    assert_eq!(send(own.form(&account)).await.status(), StatusCode::FOUND);
    assert_eq!(world.realm.directory.accounts().len(), 1);
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_opens_neither_directory_nor_mailbox_nor_traces() {
    let world = World::start(&asks_for_a_name(), "").await;
    for path in [
        "/runner/directory.json",
        "/runner/mailbox",
        "/runner/traces.json",
        "/runner/directory",
    ] {
        let foreign = raw_get(&world, path, "rebound.evil.example:7000").await;
        assert!(foreign.starts_with("HTTP/1.1 403"), "{path}: {foreign}");
        for host in [
            "localhost:7000",
            "127.0.0.1:7000",
            "[::1]:7000",
            "contoso.localhost",
        ] {
            let own = raw_get(&world, path, host).await;
            assert!(own.starts_with("HTTP/1.1 200"), "{path} as {host}: {own}");
        }
    }
}

#[tokio::test]
async fn pages_are_not_framed_unless_the_policy_says_by_whom() {
    let world = World::start(&asks_for_a_name(), "").await;
    let header = |response: &reqwest::Response, name: &str| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let page = send(world.client().get(world.authorize(&[]))).await;
    assert_eq!(header(&page, "x-frame-options"), "DENY");
    let own = send(world.client().get(world.url("/runner/directory"))).await;
    assert!(header(&own, "content-security-policy").contains("frame-ancestors 'none'"));
    assert!(header(&own, "content-security-policy").contains("script-src 'self'"));
    let mut framed = asks_for_a_name();
    framed.behaviors = "<JourneyFraming Enabled=\"true\" Sources=\"https://app.example\" />".to_owned();
    let world = World::start(&framed, "").await;
    let page = send(world.client().get(world.authorize(&[]))).await;
    assert_eq!(
        header(&page, "content-security-policy"),
        "frame-ancestors https://app.example"
    );
    assert_eq!(header(&page, "x-frame-options"), "");
}
