//! Requests out of pieces that are right, nearly right and wrong: every one is answered, none with a 5xx or a panic.

use proptest::prelude::*;

use super::world::{REDIRECT, SECRET, World, basic, encoded, request};
use crate::tests::mutated::{mutated, mutated_text};

/// Paths of all routes, with a place for a parameter.
const PATHS: [&str; 19] = [
    "/",
    "/api/verify",
    "/api/verify/par",
    "/api/verify/authorize",
    "/api/verify/authorize/back",
    "/api/verify/wait/{}",
    "/api/verify/wait/{}/status",
    "/api/verify/wait/{}/country",
    "/api/verify/wait/{}/continue",
    "/api/verify/assets/{}",
    "/api/callback/{}",
    "/api/callback/return/{}",
    "/api/token",
    "/api/token/userinfo",
    "/.well-known/openid-configuration",
    "/.well-known/security.txt",
    "/.well-known/{}",
    "/api/token/keys",
    "/api/{}",
];

#[derive(Clone, Debug)]
struct Any {
    method: &'static str,
    path: usize,
    parameter: String,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn form() -> String {
    encoded(&[
        ("client_id", "b2c"),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("login_hint", "subject"),
        ("action", "begin"),
    ])
}

fn header() -> impl Strategy<Value = (&'static str, String)> {
    let good = basic("b2c", "password-of-the-caller");
    let odd = "[ -~]{0,60}";
    prop_oneof![
        Just(("authorization", good)),
        odd.prop_map(|value| ("authorization", value)),
        odd.prop_map(|value| ("cookie", value)),
        odd.prop_map(|value| ("accept-language", value)),
        odd.prop_map(|value| ("traceparent", value)),
        odd.prop_map(|value| ("x-azure-functions-invocationid", value)),
        odd.prop_map(|value| ("x-arr-clientcert", value)),
        odd.prop_map(|value| ("content-length", value)),
        Just(("accept", "text/html".to_owned())),
        Just(("content-type", "application/json".to_owned())),
        Just((
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8".to_owned()
        )),
    ]
}

fn any_request() -> impl Strategy<Value = Any> {
    let method = prop_oneof![4 => Just("GET"), 4 => Just("POST"), 1 => Just("HEAD"), 1 => Just("PUT"), 1 => Just("TRACE")];
    let body = prop_oneof![
        mutated(form()),
        mutated(super::world::registration("c1").to_string()),
        mutated(include_str!(
            "../../../../tests/vectors/kyx_callback_processed.json"
        )),
        prop::collection::vec(any::<u8>(), 0..200),
    ];
    let parameter = "[A-Za-z0-9._~%+-]{0,100}";
    let headers = prop::collection::vec(header(), 0..5);
    (
        method,
        0..PATHS.len(),
        parameter,
        mutated_text(&form()),
        headers,
        body,
    )
        .prop_map(|(method, path, parameter, query, headers, body)| Any {
            method,
            path,
            parameter,
            query,
            headers,
            body,
        })
}

async fn answered(world: &World, any: &Any) -> u16 {
    // Only what the HTTP library lets through at all.
    let is_sent = |c: &char| c.is_ascii_alphanumeric() || "&=%+.-_~:/?[]@!$'(),;*".contains(*c);
    let query: String = any.query.chars().filter(is_sent).collect();
    let path = PATHS[any.path].replace("{}", &any.parameter);
    let mut sent = request(any.method, &format!("{path}?{query}"));
    for (name, value) in &any.headers {
        sent = sent.header(*name, value.as_str());
    }
    world.send(sent.body(&any.body)).await.status().as_u16()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_request_is_answered_and_none_breaks_us(any in any_request()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let status = runtime.block_on(async { answered(&World::new(), &any).await });
        prop_assert!(status < 500, "{status}");
    }
}
