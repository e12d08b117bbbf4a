//! `RestfulProvider`: where claims go, how the tenant proves itself, and what happens when the service refuses.

use crate::policy::{ID, Policy, inputs, keys, outputs};
use crate::stub::Stub;
use crate::world::{World, error, walk};

/// One REST call in a step, then the token with what the service saw.
fn calls(metadata: &[(&str, &str)], rest: &str) -> Policy {
    Policy::default()
        .profile("Call", "RestfulProvider", metadata, rest)
        .step("Call")
        .token(&["seen", "status", "city", "agreed", "score", "email"])
}

fn claims() -> String {
    inputs(&["city=city~New York", "agreed=ok~true", "score~7", "seen"])
        + &outputs(&["seen", "status", "agreed", "score"])
}

/// What the service saw of a call with these settings.
async fn seen(metadata: &[(&str, &str)], rest: &str, configuration: &str) -> String {
    let stub = Stub::start().await;
    let replace = format!(
        "[outbound.replace]\n'https://api.contoso.example' = '{}'\n",
        stub.origin
    );
    let all = [&[("ServiceUrl", "https://api.contoso.example/echo")], metadata].concat();
    let script =
        "[[journey]]\nname = 'call'\n[journey.expect]\nclaims = { status = 'ok', agreed = true, score = 7 }";
    walk(&calls(&all, rest), &format!("{replace}{configuration}"), script).await;
    let asked = stub.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    asked.concat()
}

#[tokio::test]
async fn claims_go_into_a_json_body_with_their_types_and_without_the_absent() {
    let seen = seen(&[("AuthenticationType", "None")], &claims(), "").await;
    assert_eq!(
        seen,
        "POST /echo? content-type=application/json; charset=utf-8 {\"city\":\"New York\",\"ok\":true,\"score\":7}"
    );
}

#[tokio::test]
async fn claims_go_into_a_form() {
    let seen = seen(&[("SendClaimsIn", "Form")], &claims(), "").await;
    assert!(
        seen.starts_with("POST /echo? content-type=application/x-www-form-urlencoded "),
        "{seen}"
    );
    assert!(seen.ends_with("city=New+York&ok=True&score=7"), "{seen}");
}

#[tokio::test]
async fn claims_go_into_the_query() {
    let seen = seen(&[("SendClaimsIn", "QueryString")], &claims(), "").await;
    assert!(
        seen.starts_with("GET /echo?city=New+York&ok=True&score=7"),
        "{seen}"
    );
}

#[tokio::test]
async fn claims_fill_the_address_escaped() {
    let address = (
        "ServiceUrl",
        "https://api.contoso.example/echo/{city}?score={score}",
    );
    let stub = Stub::start().await;
    let replace = format!(
        "[outbound.replace]\n'https://api.contoso.example' = '{}'",
        stub.origin
    );
    let slashed = inputs(&["city=city~a/../b c", "score~7"]) + &outputs(&["status"]);
    let policy = calls(&[address, ("SendClaimsIn", "Url")], &slashed);
    walk(
        &policy,
        &replace,
        "[[journey]]\nname='url'\n[journey.expect]\nclaims = { status = 'ok' }",
    )
    .await;
    assert!(
        stub.asked()
            .concat()
            .starts_with("GET /echo/a%2F..%2Fb%20c?score=7"),
        "{:?}",
        stub.asked()
    );
}

#[tokio::test]
async fn claims_go_into_headers() {
    let seen = seen(&[("SendClaimsIn", "Header")], &claims(), "").await;
    assert!(seen.starts_with("GET /echo? city=New York"), "{seen}");
}

#[tokio::test]
async fn one_claim_is_the_whole_body() {
    let metadata = [("ClaimUsedForRequestPayload", "body")];
    let mut policy = calls(
        &[&[("ServiceUrl", "https://api.contoso.example/echo")], &metadata[..]].concat(),
        &("<InputClaimsTransformations><InputClaimsTransformation ReferenceId=\"Body\" /></InputClaimsTransformations>"
            .to_owned()
            + &inputs(&["body"])
            + &outputs(&["status"])),
    );
    policy.transformations = "<ClaimsTransformation Id=\"Body\" TransformationMethod=\"GenerateJson\"><InputParameters>\
        <InputParameter Id=\"to.0.name\" DataType=\"string\" Value=\"Ada\" /></InputParameters><OutputClaims>\
        <OutputClaim ClaimTypeReferenceId=\"body\" TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>"
        .to_owned();
    let stub = Stub::start().await;
    let replace = format!(
        "[outbound.replace]\n'https://api.contoso.example' = '{}'",
        stub.origin
    );
    walk(
        &policy,
        &replace,
        "[[journey]]\nname='body'\n[journey.expect]\nclaims = { status = 'ok' }",
    )
    .await;
    assert!(
        stub.asked().concat().ends_with("{\"to\":[{\"name\":\"Ada\"}]}"),
        "{:?}",
        stub.asked()
    );
}

#[tokio::test]
async fn the_tenant_proves_itself_with_user_name_and_password() {
    let secrets = keys(&[
        ("BasicAuthenticationUsername", "B2C_1A_User"),
        ("BasicAuthenticationPassword", "B2C_1A_Password"),
    ]);
    let configuration = "[keys.B2C_1A_User]\nvalue = 'b2c'\n[keys.B2C_1A_Password]\nvalue = 'pä:ss'";
    let seen = seen(
        &[("AuthenticationType", "Basic")],
        &(secrets + &claims()),
        configuration,
    )
    .await;
    assert!(seen.contains(" authorization=Basic YjJjOnDDpDpzcw== "), "{seen}");
}

#[tokio::test]
async fn the_tenant_proves_itself_with_a_bearer_token_of_a_key_or_of_a_claim() {
    let secrets = keys(&[("BearerAuthenticationToken", "B2C_1A_Token")]);
    let configuration = "[keys.B2C_1A_Token]\nvalue = 'of-the-key'";
    let of_key = seen(
        &[("AuthenticationType", "Bearer")],
        &(secrets + &claims()),
        configuration,
    )
    .await;
    assert!(of_key.contains(" authorization=Bearer of-the-key "), "{of_key}");
    let rest = inputs(&["bearer~of-the-claim"]) + &outputs(&["status", "agreed", "score"]);
    let metadata = [
        ("AuthenticationType", "Bearer"),
        ("UseClaimAsBearerToken", "bearer"),
    ];
    let of_claim = seen(&metadata, &rest, "").await;
    assert!(
        of_claim.contains(" authorization=Bearer of-the-claim "),
        "{of_claim}"
    );
    assert!(
        of_claim.ends_with(" {}"),
        "the token is no member of the body: {of_claim}"
    );
}

#[tokio::test]
async fn the_tenant_proves_itself_with_an_api_key_in_the_header_the_key_names() {
    let secrets = keys(&[("x-functions-key", "B2C_1A_Api")]);
    let configuration = "[keys.B2C_1A_Api]\nvalue = 'k1'";
    let seen = seen(
        &[("AuthenticationType", "ApiKeyHeader")],
        &(secrets + &claims()),
        configuration,
    )
    .await;
    assert!(seen.contains(" x-functions-key=k1 "), "{seen}");
}

#[tokio::test]
async fn the_tenant_forwards_its_certificate_as_app_service_would() {
    let secrets = keys(&[("ClientCertificate", "B2C_1A_Cert")]);
    let configuration = "[keys.B2C_1A_Cert]\ngenerate = 'certificate'";
    let stub = Stub::start().await;
    let outbound = format!(
        "[outbound]\nforward_certificate_to = ['127.0.0.1']\n[outbound.replace]\n'https://api.contoso.example' = '{}'\n",
        stub.origin
    );
    let metadata = [
        ("ServiceUrl", "https://api.contoso.example/echo"),
        ("AuthenticationType", "ClientCertificate"),
    ];
    let policy = calls(&metadata, &(secrets + &claims()));
    walk(
        &policy,
        &(outbound + configuration),
        "[[journey]]\nname='c'\n[journey.expect]\nclaims = { status = 'ok' }",
    )
    .await;
    assert!(
        stub.asked().concat().contains(" x-arr-clientcert=MII"),
        "{:?}",
        stub.asked()
    );
}

#[tokio::test]
async fn a_missing_policy_key_is_named() {
    let secrets = keys(&[("BearerAuthenticationToken", "B2C_1A_Nowhere")]);
    let metadata = [
        ("ServiceUrl", "https://api.contoso.example/"),
        ("AuthenticationType", "Bearer"),
    ];
    let script =
        "[[journey]]\nname='k'\n[journey.expect]\nerror = 'server_error'\nerror_contains = 'B2C_1A_Nowhere'";
    walk(&calls(&metadata, &(secrets + &claims())), "", script).await;
}

fn replaced(stub: &Stub) -> String {
    format!(
        "[outbound.replace]\n'https://api.contoso.example' = '{}'",
        stub.origin
    )
}

#[tokio::test]
async fn a_409_keeps_the_person_on_the_page_with_the_service_s_words() {
    let stub = Stub::start().await;
    let validation = "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Call\" />\
                      </ValidationTechnicalProfiles>";
    let policy = Policy::default()
        .profile(
            "Call",
            "RestfulProvider",
            &[("ServiceUrl", "https://api.contoso.example/refuse")],
            &inputs(&["displayName"]),
        )
        .page("Name", &[], &(outputs(&["displayName"]) + validation))
        .step("Name");
    let script = "[[journey]]\nname='409'\n[[journey.step]]\nfill = { displayName = 'Ada' }\n\
                  refused = 'Not in this town.'\n[journey.expect]\npage = 'api.page'";
    walk(&policy, &replaced(&stub), script).await;
}

#[tokio::test]
async fn a_409_in_a_step_throws_the_person_out_to_the_application() {
    let stub = Stub::start().await;
    let policy = calls(&[("ServiceUrl", "https://api.contoso.example/refuse")], &claims());
    let script =
        "[[journey]]\nname='409'\n[journey.expect]\nerror = 'server_error'\nerror_contains = 'AADB2C90075'";
    walk(&policy, &replaced(&stub), script).await;
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_an_error() {
    let stub = Stub::start().await;
    let policy = calls(&[("ServiceUrl", "https://api.contoso.example/html")], &claims());
    walk(
        &policy,
        &replaced(&stub),
        "[[journey]]\nname='html'\n[journey.expect]\nerror = 'server_error'",
    )
    .await;
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_repeated_once_and_then_given_up() {
    let stub = Stub::start().await;
    let policy = calls(&[("ServiceUrl", "https://api.contoso.example/slow")], &claims());
    let configuration = format!("[outbound]\ntimeout_ms = 150\n{}", replaced(&stub));
    walk(
        &policy,
        &configuration,
        "[[journey]]\nname='slow'\n[journey.expect]\nerror = 'server_error'",
    )
    .await;
    assert_eq!(stub.asked().len(), 2, "{:?}", stub.asked());
}

#[tokio::test]
async fn a_null_is_warned_of_and_sets_nothing() {
    let stub = Stub::start().await;
    let policy = calls(&[("ServiceUrl", "https://api.contoso.example/null")], &claims());
    let world = World::start(&policy, &replaced(&stub)).await;
    let landing = world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let token = runner::script::expect::token(&landing).unwrap_or_else(|| panic!("{}", error(&landing)));
    assert!(token.get("status").is_none_or(|status| status == ""), "{token:?}");
    let trace = serde_json::to_string(&world.realm.traces.all()).expect("JSON");
    assert!(trace.contains("null"), "{trace}");
}

#[tokio::test]
async fn a_path_into_the_answer_is_followed() {
    let stub = Stub::start().await;
    let rest = inputs(&["city~x"]) + &outputs(&["email=data[0].to[0].email"]);
    let metadata = [
        ("ServiceUrl", "https://api.contoso.example/nested"),
        ("ResolveJsonPathsInJsonTokens", "true"),
    ];
    let script = "[[journey]]\nname='path'\n[journey.expect]\nclaims = { email = 'deep@example.com' }";
    walk(&calls(&metadata, &rest), &replaced(&stub), script).await;
}

#[tokio::test]
async fn secrets_of_a_call_do_not_get_into_the_trace() {
    let stub = Stub::start().await;
    let secrets = keys(&[("BearerAuthenticationToken", "B2C_1A_Token")]);
    let metadata = [
        ("ServiceUrl", "https://api.contoso.example/quiet"),
        ("AuthenticationType", "Bearer"),
    ];
    let policy = calls(
        &metadata,
        &(secrets + &inputs(&["password~hunter2"]) + &outputs(&["status"])),
    );
    let configuration = format!("[keys.B2C_1A_Token]\nvalue = 'very-secret'\n{}", replaced(&stub));
    let world = World::start(&policy, &configuration).await;
    world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    assert!(stub.asked().concat().contains("very-secret"));
    let (_, told) = world.get("/runner/traces.json").await;
    assert!(
        told.contains(ID) && !told.contains("very-secret") && !told.contains("hunter2"),
        "{told}"
    );
}
