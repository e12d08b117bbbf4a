//! Requests that name nobody, as client libraries send them by themselves: the person walks in.

use std::time::Duration;

use loopback::browser::Browser;
use rig::client::Client;
use rig::client::ask::Ask;
use rig::client::received::Refused;
use rig::client::tokens::Tokens;
use rig::client::walk::{Person, Walk};
use rig::rig::Kind;
use serde_json::json;

use super::{PATIENCE, World, options, play};

/// A walk of this browser.
fn walk(client: &Client, browser: &Browser, ask: &Ask) -> Walk {
    Walk::by_address(client, browser.clone(), ask)
}

async fn signed_in(client: &Client, browser: &Browser, person: &str) -> anyhow::Result<Tokens> {
    let walk = walk(client, browser, &Ask::default());
    walk.through(&Person::who(person), PATIENCE).await
}

/// Signs in without seeing any page.
async fn silently(client: &Client, browser: &Browser, prompt: Option<&str>) -> anyhow::Result<Tokens> {
    let ask = Ask {
        prompt: prompt.map(str::to_owned),
        ..Ask::default()
    };
    let walk = walk(client, browser, &ask);
    walk.finish(walk.enter().await?).await
}

/// The error and its description.
fn refusal(refused: &anyhow::Error) -> (String, String) {
    match refused.downcast_ref::<Refused>() {
        Some(Refused::Provider(error, description)) => (error.clone(), description.clone()),
        _ => panic!("not refused by the provider: {refused:#}"),
    }
}

#[tokio::test]
pub(super) async fn a_person_walks_in_once_and_is_known_afterwards() {
    let world = World::new().await;
    let client = world.client(Kind::Plain).await;
    let browser = world.browser();
    let first = signed_in(&client, &browser, "pass").await.unwrap();
    assert_eq!(first.claim("idv_status"), "", "nobody has asked for it");
    for prompt in [None, Some("none")] {
        let again = silently(&client, &browser, prompt).await.unwrap();
        assert_eq!(again.claim("sub"), first.claim("sub"));
        assert_eq!(again.claims["auth_time"], first.claims["auth_time"]);
    }
    assert_eq!(world.transactions(), 1);
    let userinfo = client.userinfo(&first).await.unwrap();
    assert_eq!(userinfo["sub"], first.claims["sub"]);
    world.no_errors();
}

#[tokio::test]
pub(super) async fn whoever_is_not_known_cannot_sign_in_silently() {
    let world = World::new().await;
    let client = world.client(Kind::Plain).await;
    let refused = silently(&client, &world.browser(), Some("none"))
        .await
        .unwrap_err();
    assert_eq!(refusal(&refused).0, "login_required");
    assert_eq!(world.transactions(), 0);
    world.no_errors();
}

#[tokio::test]
pub(super) async fn a_refused_person_is_an_error_with_their_reference_and_without_the_reason() {
    let world = World::new().await;
    let client = world.client(Kind::Plain).await;
    let browser = world.browser();
    let walk = walk(&client, &browser, &Ask::default());
    let page = walk.enter().await.unwrap().page().unwrap();
    let page = play(&walk, &page, "usability/REJECTED/TOO_DARK")
        .await
        .page()
        .unwrap();
    let leave = page
        .address
        .join(&format!("{}/continue", page.address.path()))
        .unwrap();
    let refused = walk.finish(walk.open(&leave).await.unwrap()).await.unwrap_err();
    let (error, description) = refusal(&refused);
    assert_eq!(error, "access_denied");
    assert!(description.starts_with("rejected"), "{description}");
    assert!(description.is_ascii(), "{description}");
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

/// The code was issued for an approval, and that does not stand any more when it is redeemed.
#[tokio::test]
pub(super) async fn a_code_whose_approval_was_taken_back_buys_nothing() {
    let world = World::new().await;
    let settings = &world.rig.simulators.jumio.tenant.settings;
    settings.with(|settings| settings.timers.afterwards_ms = 1000);
    let client = world.client(Kind::Plain).await;
    let browser = world.browser();
    let first = signed_in(&client, &browser, "late-reversal").await.unwrap();
    let walk = walk(&client, &browser, &Ask::default());
    let back = walk.enter().await.unwrap();
    let refused = reversed(&client, &first).await;
    assert!(format!("{refused:#}").contains("invalid_token"), "{refused:#}");
    let refused = walk.finish(back).await.unwrap_err();
    assert!(format!("{refused:#}").contains("invalid_grant"), "{refused:#}");
}

/// How the provider refuses the access token once the reversal was heard.
async fn reversed(client: &Client, tokens: &Tokens) -> anyhow::Error {
    for _ in 0..100 {
        if let Err(refused) = client.userinfo(tokens).await {
            return refused;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the reversal was not heard");
}

/// Seven requests of one browser at once: whichever cookie it was handed first counts for all.
#[tokio::test]
pub(super) async fn many_requests_of_one_browser_at_once_pay_once() {
    let world = World::new().await;
    let client = world.client(Kind::Plain).await;
    let browser = world.browser();
    let walks: Vec<Walk> = (0..7).map(|_| walk(&client, &browser, &Ask::default())).collect();
    let entered = futures::future::join_all(walks.iter().map(Walk::enter)).await;
    let (first, arrival) = walks.iter().zip(entered).next().unwrap();
    // One of them has begun the check; the others wait for that, or are there too.
    let arrival = first.wait(arrival.unwrap(), PATIENCE).await.unwrap();
    let back = play(first, &arrival.page().unwrap(), "pass").await;
    // Jumio sends the browser to one address, and it goes on with the latest of its sign-ins.
    let parameters = back.clone().parameters().unwrap();
    let state = parameters.iter().find(|(name, _)| name == "state").unwrap();
    let answered = walks.iter().find(|walk| walk.pending.state == state.1).unwrap();
    answered.finish(back).await.unwrap();
    for walk in &walks {
        walk.finish(walk.enter().await.unwrap()).await.unwrap();
    }
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

/// The person is shown whom and what, and nothing is paid before they go on from there.
#[tokio::test]
pub(super) async fn values_of_the_document_are_told_once_the_person_was_shown_it() {
    let number = Kind::ALL.iter().position(|kind| *kind == Kind::Plain).unwrap();
    let setting = |name: &str| format!("Clients:{number}:{name}");
    let options = options().with(&setting("Release"), "given_name birthdate age_over_18");
    let world = World::with(options.with(&setting("Name"), "Contoso Bank")).await;
    let client = world.client(Kind::Plain).await;
    let ask = Ask {
        claims: Some(json!({
            "id_token": { "given_name": null, "age_over_18": null, "family_name": null },
            "userinfo": { "birthdate": null },
        })),
        ..Ask::default()
    };
    let walk = walk(&client, &world.browser(), &ask);
    let shown = walk.enter().await.unwrap().page().unwrap();
    assert!(shown.html.contains("Contoso Bank"), "{}", shown.html);
    assert_eq!(world.transactions(), 0);
    let leads = walk.press(&shown, "begin", &[]).await.unwrap();
    let at_jumio = walk.wait(leads, PATIENCE).await.unwrap().page().unwrap();
    let back = play(&walk, &at_jumio, "pass").await;
    let tokens = walk.finish(back).await.unwrap();
    assert_eq!(tokens.claim("given_name"), "MIRA");
    assert_eq!(tokens.claims["age_over_18"], json!(true));
    let userinfo = client.userinfo(&tokens).await.unwrap();
    assert_eq!(
        userinfo["birthdate"].as_str().map(str::len),
        Some(10),
        "{userinfo}"
    );
    for claims in [&tokens.claims, &userinfo] {
        assert_eq!(claims.get("family_name"), None, "{claims}");
    }
    world.no_errors();
}
