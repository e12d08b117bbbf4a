//! The tenant's addresses as an application and a browser see them.

use crate::policy::{ID, Policy, inputs, outputs};
use crate::world::{World, error, send, told};
use http::StatusCode;
use loopback::jose;
use runner::script::page::Landing;
use serde_json::{Value as Json, json};

const CONFIG: &str = r#"
[[applications]]
client_id = "web"
redirect_uris = ["https://app.example/cb"]
secret = "s3cret-of-the-web"
[[applications]]
client_id = "spa"
redirect_uris = ["https://spa.example/cb"]
public = true
"#;

/// Says who signed in, without asking; refresh tokens go through a journey of their own.
fn silent() -> Policy {
    let mut policy = Policy::default()
        .profile(
            "Who",
            "ClaimsTransformationProtocolProvider",
            &[],
            &outputs(&["objectId~7", "score~3", "agreed~true"]),
        )
        .profile(
            "Again",
            "ClaimsTransformationProtocolProvider",
            &[],
            &outputs(&["objectId~7", "status~refreshed"]),
        )
        .other(
            "Read",
            "<Protocol Name=\"None\" />",
            &[],
            &outputs(&["objectId", "issuedOn=refreshTokenIssuedOnDateTime"]),
        )
        .step("Who")
        .token(&["score", "agreed", "status"]);
    "<UserJourney Id=\"Redeem\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\">\
        <ClaimsExchanges><ClaimsExchange Id=\"r\" TechnicalProfileReferenceId=\"Again\" /></ClaimsExchanges></OrchestrationStep>\
        <OrchestrationStep Order=\"2\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" />\
        </OrchestrationSteps></UserJourney>".clone_into(&mut policy.journeys);
    policy
}

fn with_endpoint(policy: &Policy) -> String {
    policy.xml().replace(
        "<DefaultUserJourney ReferenceId=\"Main\" />",
        "<DefaultUserJourney ReferenceId=\"Main\" /><Endpoints><Endpoint Id=\"Token\" UserJourneyReferenceId=\"Redeem\" /></Endpoints>",
    )
}

async fn world() -> World {
    World::start_all(&[with_endpoint(&silent())], CONFIG).await
}

async fn json(world: &World, path: &str) -> Json {
    let (status, body) = told(send(world.client().get(world.at(path))).await).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    serde_json::from_str(&body).expect("JSON")
}

/// The answer to a code request of an application.
async fn code(world: &World, client: &str, redirect: &str, more: &[(&str, &str)]) -> Landing {
    let own = [
        ("client_id", client),
        ("redirect_uri", redirect),
        ("response_type", "code"),
        ("scope", "openid offline_access"),
        ("state", "s"),
    ];
    let address = world.authorize(&[&own, more].concat());
    world.browser().open(&address).await.expect("an answer")
}

async fn token(world: &World, form: &[(&str, &str)]) -> (StatusCode, Json) {
    let (status, body) =
        told(send(world.client().post(world.at("oauth2/v2.0/token")).form(form)).await).await;
    (status, serde_json::from_str(&body).expect("JSON"))
}

#[tokio::test]
async fn discovery_and_keys_verify_a_token() {
    let world = world().await;
    let metadata = json(&world, "v2.0/.well-known/openid-configuration").await;
    assert_eq!(
        metadata["authorization_endpoint"],
        world.at("oauth2/v2.0/authorize").as_str()
    );
    assert_eq!(metadata["jwks_uri"], world.at("discovery/v2.0/keys").as_str());
    let keys = json(&world, "discovery/v2.0/keys").await;
    let landing = world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let id_token = landing.field("id_token").expect("a token").to_owned();
    let parsed = jose::parse(&id_token).expect("a JWT");
    let claims = parsed
        .verify_by(&keys, &["RS256"])
        .expect("signed with a published key");
    assert_eq!(claims["iss"], metadata["issuer"]);
    let expected = [
        ("sub", json!("7")),
        ("score", json!(3)),
        ("agreed", json!(true)),
        ("ver", json!("1.0")),
        ("nonce", json!("n")),
    ];
    for (name, value) in expected {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!(claims["acr"], ID.to_lowercase());
    let seconds = |name: &str| claims[name].as_i64().expect("a time");
    assert_eq!(seconds("exp") - seconds("iat"), 3600);
}

#[tokio::test]
async fn a_confidential_application_redeems_its_code_once_with_its_secret() {
    let world = world().await;
    let landing = code(&world, "web", "https://app.example/cb", &[]).await;
    assert_eq!(landing.field("state"), Some("s"));
    let code = landing.field("code").expect("a code");
    let form = |secret| {
        [
            ("grant_type", "authorization_code"),
            ("client_id", "web"),
            ("client_secret", secret),
            ("code", code),
            ("redirect_uri", "https://app.example/cb"),
        ]
    };
    let (status, refused) = token(&world, &form("wrong")).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
    let (status, answer) = token(&world, &form("s3cret-of-the-web")).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(
        answer["id_token"].is_string() && answer["refresh_token"].is_string(),
        "{answer}"
    );
    let (status, again) = token(&world, &form("s3cret-of-the-web")).await;
    assert_eq!(
        (status, &again["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
}

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::test]
async fn a_public_application_needs_pkce() {
    let world = world().await;
    let without = code(&world, "spa", "https://spa.example/cb", &[]).await;
    assert!(error(&without).contains("AADB2C99059"), "{}", error(&without));
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let landing = code(&world, "spa", "https://spa.example/cb", &pkce).await;
    let code = landing.field("code").expect("a code");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", code),
        ("redirect_uri", "https://spa.example/cb"),
    ];
    let wrong = [&form[..], &[("code_verifier", "x")]].concat();
    assert_eq!(token(&world, &wrong).await.0, StatusCode::BAD_REQUEST);
    let landing = self::code(&world, "spa", "https://spa.example/cb", &pkce).await;
    let code = landing.field("code").expect("a code");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", code),
        ("redirect_uri", "https://spa.example/cb"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(token(&world, &form).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_refresh_token_goes_through_the_policy_s_own_journey() {
    let world = world().await;
    let landing = code(&world, "web", "https://app.example/cb", &[]).await;
    let code = landing.field("code").expect("a code");
    let proof = [("client_id", "web"), ("client_secret", "s3cret-of-the-web")];
    let first = [
        &proof[..],
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "https://app.example/cb"),
        ],
    ]
    .concat();
    let (_, tokens) = token(&world, &first).await;
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    let again = [
        &proof[..],
        &[("grant_type", "refresh_token"), ("refresh_token", refresh)],
    ]
    .concat();
    let (status, tokens) = token(&world, &again).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let fresh = jose::parse(tokens["id_token"].as_str().expect("a token")).expect("a JWT");
    assert_eq!(fresh.claims["status"], "refreshed");
    let foreign = [
        ("client_id", "spa"),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
    ];
    assert_eq!(
        token(&world, &foreign).await.0,
        StatusCode::BAD_REQUEST,
        "another application's token"
    );
}

#[tokio::test]
async fn answers_come_by_query_fragment_or_form() {
    let world = world().await;
    let place = async |mode: &str| {
        let request = world.authorize(&[("response_mode", mode)]);
        send(world.client().get(request)).await
    };
    let fragment = place("fragment").await;
    let location = fragment.headers()["location"].to_str().expect("text").to_owned();
    assert!(
        location.contains("/runner/answer#") && location.contains("id_token="),
        "{location}"
    );
    let (_, form) = told(place("form_post").await).await;
    assert!(
        form.contains("method=\"POST\"") && form.contains("name=\"id_token\""),
        "{form}"
    );
    let query = place("query").await;
    let location = query
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    assert!(
        !location.contains("?id_token"),
        "a token never goes into a query: {location}"
    );
}

#[tokio::test]
async fn logout_goes_to_a_registered_address_with_the_state() {
    let world = world().await;
    let mut address = world.at("oauth2/v2.0/logout");
    address.query_pairs_mut().extend_pairs([
        ("post_logout_redirect_uri", "https://app.example/cb"),
        ("state", "x"),
    ]);
    let response = send(world.client().get(address)).await;
    assert_eq!(response.headers()["location"], "https://app.example/cb?state=x");
    let forgotten = response.headers().get_all("set-cookie").iter().any(|cookie| {
        cookie
            .to_str()
            .is_ok_and(|text| text.starts_with("x-ms-cpim-sso") && text.contains("Max-Age=0"))
    });
    assert!(forgotten);
}

#[tokio::test]
async fn a_page_has_b2c_s_globals_and_tells_status_200_always() {
    let page = Policy::default()
        .page(
            "Name",
            &[("language.button_continue", "Go")],
            &(inputs(&["displayName~Ada"]) + &outputs(&["displayName"])),
        )
        .step("Name");
    let world = World::start(&page, "").await;
    let (_, html) = told(send(world.client().get(world.authorize(&[]))).await).await;
    for global in [
        "window.CP = ",
        "window.SA_FIELDS = ",
        "window.CONTENT = ",
        "window.SETTINGS = ",
    ] {
        assert!(html.contains(global), "{global}: {html}");
    }
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    assert_eq!(page.setting("api"), "SelfAsserted");
    assert_eq!(page.setting("tenant"), format!("/contoso.onmicrosoft.com/{ID}"));
    assert!(page.setting("transId").starts_with("StateProperties="));
    assert!(page.setting("remoteResource").contains("/runner/template.html"));
    let field = page.fields().next().expect("a field").clone();
    assert_eq!(
        (&field["ID"], &field["UX_INPUT_TYPE"], &field["PRE"]),
        (&json!("displayName"), &json!("TextBox"), &json!("Ada"))
    );
    let address = page.address("SelfAsserted", &[]).expect("an address");
    let (status, body) = told(send(world.client().post(address)).await).await;
    assert_eq!(status, StatusCode::OK, "refusals, too, come with HTTP 200");
    assert!(body.contains("\"status\":\"400\""), "{body}");
    let cancel = browser
        .go(&page, "error", &[("code", "AADB2C90091")])
        .await
        .expect("an answer");
    assert!(
        error(&cancel).starts_with("access_denied AADB2C90091"),
        "{}",
        error(&cancel)
    );
}

#[tokio::test]
async fn an_issuer_s_metadata_shapes_the_token() {
    let metadata = [
        ("IssuanceClaimPattern", "AuthorityWithTfp"),
        ("AuthenticationContextReferenceClaimPattern", "None"),
        ("id_token_lifetime_secs", "600"),
    ];
    let items: String = metadata
        .iter()
        .map(|(key, value)| ["<Item Key=\"", key, "\">", value, "</Item>"].concat())
        .collect();
    let with = format!("<OutputTokenFormat>JWT</OutputTokenFormat><Metadata>{items}</Metadata>");
    let xml = silent()
        .xml()
        .replace("<OutputTokenFormat>JWT</OutputTokenFormat>", &with);
    let world = World::start_all(&[xml], CONFIG).await;
    let landing = world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let claims = runner::script::expect::token(&landing).expect("a token");
    let seconds = |name: &str| claims[name].as_i64().expect("a time");
    assert_eq!(seconds("exp") - seconds("iat"), 600);
    assert_eq!(claims.get("acr"), None);
    // Which case Azure writes is not documented.
    let policy = claims["tfp"].as_str().expect("the policy");
    assert!(policy.eq_ignore_ascii_case(ID), "{policy}");
    let issuer = claims["iss"].as_str().expect("an issuer");
    assert!(
        issuer.contains("/tfp/") && issuer.ends_with(&format!("/{}/v2.0/", ID.to_lowercase())),
        "{issuer}"
    );
}
