//! What the sample's policies and its page do, without a window: their calls, and the person between them.

use loopback::browser::{Arrival, Page};
use loopback::jose::{self, Claims};
use loopback::random;
use reqwest::{Method, RequestBuilder};
use rig::client::ask::Ask;
use rig::client::walk::Walk;
use rig::rig::{Cast, CorsBy};
use rig::tenant::published;
use serde_json::{Value, json};
use url::Url;

use crate::bad::{Said, http, said};
use crate::journey::{PATIENCE, World, at_jumio, options, play};

/// The account that a test is about; B2C's own id.
pub(crate) const ACCOUNT: &str = "6f2d1c1e-7777-4222-8333-444455556666";

/// A rig with the sample front.
pub(crate) async fn world() -> World {
    World::with(options().with_sample(CorsBy::Handler)).await
}

/// Where people come back to.
fn base(world: &World) -> String {
    world.rig.settings["AppSettings__BaseRedirectUrl"].clone()
}

/// Where the second policy begins.
pub(crate) fn second_policy(world: &World) -> String {
    format!("{}/{}/oauth2/v2.0/authorize", base(world), published::RETURN)
}

/// The origin of the page that polls.
pub(crate) fn page_origin(world: &World) -> String {
    let base = Url::parse(&base(world)).unwrap();
    base.origin().ascii_serialization()
}

/// The path of an action as the policies call it.
pub(crate) fn path(world: &World, action: &str) -> String {
    let secret = &world.rig.cast.sample.base_secret;
    format!("/api/jumio/{secret}/api/Jumio/{action}")
}

/// A call of a policy.
pub(crate) async fn call(world: &World, action: &str, body: &Value) -> Said {
    said(world.post(&path(world, action)).json(body)).await
}

/// What the first policy sends.
pub(crate) fn transaction(world: &World, account: &str, correlation: &str) -> Value {
    json!({
        "ObjectId": account, "CorrelationId": correlation, "ClientId": Cast::APPLICATION,
        "RedirectUri": world.rig.settings["Sample__Clients__0__RedirectUris"],
        "Scope": "openid offline_access", "Policy": published::RETURN,
    })
}

/// The first policy: a transaction of the account.
pub(crate) async fn begun(world: &World, correlation: &str) -> Value {
    let body = transaction(world, ACCOUNT, correlation);
    let answer = call(world, "InitializeTransaction", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// A person in a new browser, whom the first policy has sent away.
pub(crate) fn sent_away(world: &World, begun: &Value) -> Walk {
    let mut client = world.client.clone();
    client.agreement.redirect_uri = Url::parse(&second_policy(world)).unwrap();
    let mut walk = Walk::by_address(&client, world.browser(), &Ask::default());
    walk.entrance = begun["redirectUrl"].as_str().unwrap().parse().unwrap();
    walk
}

/// Opens the link, agrees, and is at Jumio.
pub(crate) async fn agreed(walk: &Walk) -> Page {
    let consent = walk.enter().await.unwrap().page().unwrap();
    assert!(consent.address.path().ends_with("/consent"), "{}", consent.html);
    let arrival = walk.press(&consent, "begin", &[]).await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    assert!(page.html.contains("SIMULATOR"), "{} {}", page.address, page.html);
    page
}

/// Presses *try again*, and agrees once more if asked.
pub(crate) async fn again(walk: &Walk, page: &Page) -> Page {
    let arrival = walk.press(page, "retry", &[]).await.unwrap();
    let mut page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    if page.address.path().ends_with("/consent") {
        let arrival = walk.press(&page, "begin", &[]).await.unwrap();
        page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    }
    assert!(page.html.contains("SIMULATOR"), "{} {}", page.address, page.html);
    page
}

/// What the link back to the second policy carries.
pub(crate) struct Back {
    pub(crate) address: Url,
    parameters: Vec<(String, String)>,
}

impl Back {
    pub(crate) fn of(arrival: Arrival) -> Self {
        match arrival {
            Arrival::Stop { address, parameters } => Self { address, parameters },
            Arrival::Page(page) => panic!("{} {} instead of B2C", page.address, page.html),
        }
    }

    pub(crate) fn told(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The hint, as the second policy checks it: by metadata below the secret, and keys wherever that says they are.
    pub(crate) async fn hint(&self, world: &World) -> Claims {
        let secret = &world.rig.cast.sample.base_secret;
        let metadata = format!("/api/jumio/{secret}/api/Oidc/.well-known/openid-configuration");
        let metadata = said(world.get(&metadata)).await.json();
        assert_eq!(metadata["issuer"], world.rig.cast.sample.issuer);
        let keys = said(http().get(metadata["jwks_uri"].as_str().unwrap()))
            .await
            .json();
        let claims = jose::parse(self.told("id_token_hint"))
            .unwrap()
            .verify_by(&keys, &["RS256"])
            .unwrap();
        assert_eq!(claims["iss"], world.rig.cast.sample.issuer);
        assert_eq!(claims["aud"], world.rig.cast.sample.audience);
        claims
    }
}

/// A whole way: away, agreed, a document shown, and back.
pub(crate) async fn through(world: &World, begun: &Value, scenario: &str) -> Back {
    let walk = sent_away(world, begun);
    let page = agreed(&walk).await;
    Back::of(play(&walk, &page, scenario).await)
}

/// The same from another sign-in, when the check needs no agreement any more.
pub(crate) async fn straight_to_jumio(world: &World, begun: &Value) -> (Walk, Page) {
    let walk = sent_away(world, begun);
    let page = at_jumio(&walk).await;
    (walk, page)
}

/// The second policy: its first token.
pub(crate) async fn token(world: &World, reference: &Value) -> String {
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": reference });
    let answer = call(world, "InitializeVerification", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["verificationToken"].as_str().unwrap().to_owned()
}

/// A question of the page, from another origin.
pub(crate) fn question(world: &World, token: &str) -> RequestBuilder {
    world
        .post("/api/Jumio/VerifyTransactionStatus")
        .header("origin", page_origin(world))
        .json(&json!({ "VerificationToken": token }))
}

/// What a browser asks before it.
pub(crate) fn preflight(world: &World, origin: &str) -> RequestBuilder {
    let address = world.rig.at("/api/Jumio/VerifyTransactionStatus").unwrap();
    http()
        .request(Method::OPTIONS, address)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
}

pub(crate) async fn polled(world: &World, token: &str) -> Value {
    let answer = said(question(world, token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// The end of the second policy: what was found.
pub(crate) async fn validated(world: &World, reference: &Value, token: &str) -> Said {
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": reference, "VerificationToken": token });
    call(world, "ValidateVerificationToken", &body).await
}

/// A correlation id of B2C.
pub(crate) fn correlation() -> String {
    random::uuid()
}
