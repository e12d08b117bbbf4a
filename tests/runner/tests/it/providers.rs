//! Outside providers in the midst of a journey, and hints that others signed.

use crate::policy::{Policy, inputs, keys, outputs};
use crate::stub::Stub;
use crate::world::{World, send, walk};
use loopback::jose::sign_hmac;
use serde_json::{Value as Json, json};

const METADATA: &str = "https://idp.example/.well-known/openid-configuration";
const SECRET: &str = "[keys.B2C_1A_Idp]\nvalue = 'a secret of the provider'";

/// A provider between two other steps, as identity verification is.
fn midway(output: &[&str]) -> Policy {
    let metadata = [
        ("METADATA", METADATA),
        ("client_id", "b2c"),
        ("response_types", "code"),
        ("scope", "openid"),
        ("HttpBinding", "POST"),
        ("UsePolicyInRedirectUri", "false"),
    ];
    let rest =
        keys(&[("client_secret", "B2C_1A_Idp")]) + &inputs(&["code=login_hint~ticket-1"]) + &outputs(output);
    Policy::default()
        .page("Before", &[], &outputs(&["displayName"]))
        .other("Idp", "<Protocol Name=\"OpenIdConnect\" />", &metadata, &rest)
        .step("Before")
        .step("Idp")
        .token(&["displayName", "status", "city", "agreed"])
}

fn journey(expect: &str) -> String {
    format!(
        "[[journey]]\nname='midway'\n[[journey.step]]\nfill = {{ displayName = 'Ada' }}\n[journey.expect]\n{expect}"
    )
}

#[tokio::test]
async fn a_provider_is_asked_in_the_midst_of_a_journey() {
    let provider = format!(
        "[[provider]]\nmetadata = '{METADATA}'\nclaims = {{ sub = '1', idv_status = 'approved', ok = true }}\n"
    );
    let script = provider
        + &journey(
            "steps = [1, 2, 3]\nclaims = { displayName = 'Ada', status = 'approved', city = 'none', agreed = true }",
        );
    walk(
        &midway(&["status=idv_status", "agreed=ok", "city=absent~none"]),
        SECRET,
        &script,
    )
    .await;
}

#[tokio::test]
async fn an_error_of_the_provider_ends_the_journey() {
    let provider = format!("[[provider]]\nmetadata = '{METADATA}'\nerror = 'access_denied'\n");
    let script = provider + &journey("error = 'access_denied'");
    walk(&midway(&["status=idv_status"]), SECRET, &script).await;
}

/// A journey that begins with a hint.
fn hinted(metadata: &[(&str, &str)], key: &str) -> Policy {
    let mut policy = Policy::default()
        .other(
            "Hint",
            "<Protocol Name=\"None\" />",
            metadata,
            &(key.to_owned() + &outputs(&["hinted=email", "city=city"])),
        )
        .raw("Type=\"GetClaims\" CpimIssuerTechnicalProfileReferenceId=\"Hint\">")
        .token(&["hinted", "city"]);
    "<InputClaim ClaimTypeReferenceId=\"hinted\" PartnerClaimType=\"email\" Required=\"true\" />"
        .clone_into(&mut policy.party_inputs);
    policy
}

fn token(secret: &str, more: &Json) -> String {
    let mut claims = json!({"iss": "me", "aud": "b2c", "exp": 4_000_000_000_u64, "email": "ada@example.com", "city": "Oslo"});
    let claims = claims.as_object_mut().expect("an object");
    for (name, value) in more.as_object().expect("an object") {
        claims.insert(name.clone(), value.clone());
    }
    let header = json!({"alg": "HS256", "typ": "JWT"});
    sign_hmac(&header, &Json::Object(claims.clone()), secret.as_bytes()).expect("a token")
}

async fn hint(token: Option<&str>, expect: &str) {
    let policy = hinted(
        &[("IdTokenAudience", "b2c"), ("issuer", "me")],
        &keys(&[("client_secret", "B2C_1A_Hint")]),
    );
    let parameters = token.map_or(String::new(), |token| {
        format!("parameters = {{ id_token_hint = '{token}' }}\n")
    });
    let script = format!("[[journey]]\nname='hint'\n{parameters}[journey.expect]\n{expect}");
    walk(&policy, "[keys.B2C_1A_Hint]\nvalue = 'shared'", &script).await;
}

#[tokio::test]
async fn a_hint_signed_with_the_shared_secret_gives_only_the_claims_the_relying_party_repeats() {
    hint(
        Some(&token("shared", &json!({}))),
        "claims = { hinted = 'ada@example.com' }\nabsent = ['city']",
    )
    .await;
}

#[tokio::test]
async fn a_missing_hint_is_refused_when_a_claim_of_it_is_required() {
    hint(None, "error = 'invalid_request'\nerror_contains = 'AADB2C90272'").await;
}

#[tokio::test]
async fn a_hint_signed_with_another_secret_is_refused() {
    hint(
        Some(&token("other", &json!({}))),
        "error_contains = 'AADB2C90233'",
    )
    .await;
}

#[tokio::test]
async fn a_hint_of_another_issuer_audience_or_time_is_refused() {
    for (claim, code) in [
        (json!({"iss": "you"}), "AADB2C90232"),
        (json!({"aud": "x"}), "AADB2C90209"),
        (json!({"exp": 1}), "AADB2C90208"),
    ] {
        hint(
            Some(&token("shared", &claim)),
            &format!("error_contains = '{code}'"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_hint_is_verified_with_the_keys_its_metadata_names() {
    let issuer = World::start(
        &Policy::default()
            .profile(
                "Who",
                "ClaimsTransformationProtocolProvider",
                &[],
                &outputs(&["email~eve@example.com"]),
            )
            .step("Who")
            .token(&["email"]),
        "",
    )
    .await;
    let landing = issuer
        .browser()
        .open(&issuer.authorize(&[]))
        .await
        .expect("an answer");
    let token = landing.field("id_token").expect("a token").to_owned();
    let metadata = issuer.at("v2.0/.well-known/openid-configuration").to_string();
    let policy = hinted(&[("METADATA", &metadata)], "");
    let script = |token: &str, expect: &str| {
        format!(
            "[[journey]]\nname='hint'\nparameters = {{ id_token_hint = '{token}' }}\n[journey.expect]\n{expect}"
        )
    };
    walk(
        &policy,
        "",
        &script(&token, "claims = { hinted = 'eve@example.com' }"),
    )
    .await;
    let forged = sign_hmac(
        &json!({"alg": "HS256", "typ": "JWT"}),
        &json!({"email": "eve@example.com", "exp": 4_000_000_000_u64}),
        b"x",
    )
    .expect("a token");
    walk(&policy, "", &script(&forged, "error_contains = 'AADB2C90233'")).await;
}

/// What the provider is asked when a code comes back: the authorization request's query, and the token request.
async fn exchanged(method: Option<&str>) -> (String, String) {
    let stub = Stub::start().await;
    let metadata = format!("{}/metadata", stub.origin);
    let mut all = vec![
        ("METADATA", metadata.as_str()),
        ("client_id", "b2c"),
        ("response_types", "code"),
        ("scope", "openid"),
    ];
    all.extend(method.map(|method| ("token_endpoint_auth_method", method)));
    let secrets = keys(&[
        ("client_secret", "B2C_1A_Idp"),
        ("assertion_signing_key", "B2C_1A_Sign"),
    ]);
    let policy = Policy::default()
        .other(
            "Idp",
            "<Protocol Name=\"OpenIdConnect\" />",
            &all,
            &(secrets + &inputs(&["code=login_hint~ticket-1"])),
        )
        .step("Idp");
    let configuration = "[keys.B2C_1A_Idp]\nvalue = 'sh/h'\n[keys.B2C_1A_Sign]\ngenerate = 'certificate'";
    let world = World::start(&policy, configuration).await;
    let left = send(world.client().get(world.authorize(&[]))).await;
    let cookies: Vec<String> = left
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    let location = url::Url::parse(left.headers()["location"].to_str().expect("text")).expect("an address");
    let asked = |name: &str| {
        let found = location.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).expect("a parameter")
    };
    let state = asked("state");
    let form = [("state", state.as_str()), ("code", "c1")];
    let back = world
        .client()
        .post(asked("redirect_uri"))
        .header("cookie", cookies.join("; "))
        .form(&form);
    send(back).await;
    let token = stub
        .asked()
        .into_iter()
        .find(|seen| seen.starts_with("POST /token"))
        .expect("a token request");
    (location.query().unwrap_or_default().to_owned(), token)
}

#[tokio::test]
async fn a_provider_is_asked_with_form_post_nonce_and_hint() {
    let (query, token) = exchanged(None).await;
    for part in [
        "response_mode=form_post",
        "response_type=code",
        "nonce=",
        "login_hint=ticket-1",
        "client_id=b2c",
        "authresp",
    ] {
        assert!(query.contains(part), "{part}: {query}");
    }
    assert!(
        token.contains("grant_type=authorization_code") && token.contains("code=c1"),
        "{token}"
    );
    assert!(
        token.contains("client_secret=sh%2Fh"),
        "a secret in the form unless told otherwise: {token}"
    );
}

#[tokio::test]
async fn the_tenant_proves_itself_to_a_provider_with_basic_or_a_signed_assertion() {
    let (_, basic) = exchanged(Some("client_secret_basic")).await;
    assert!(
        basic.contains(" authorization=Basic YjJjOnNoJTJGaA== ") && !basic.contains("client_secret"),
        "{basic}"
    );
    let (_, signed) = exchanged(Some("private_key_jwt")).await;
    assert!(
        signed.contains("client_assertion=ey") && signed.contains("jwt-bearer"),
        "{signed}"
    );
    assert!(!signed.contains("client_secret="), "{signed}");
}
