//! The modules of three plans of the `OpenID` conformance suite (5.2.4), each as a test of the same name that demands what the
//! module demands. Where the suite skips a module, the test says how we refuse or ignore what it would have tried.
//!
//! # Layout
//! - `client`: a relying party and the person in front of its browser; `asked`: what it asks; `callback`: what comes back to it;
//!   `signed_in`: what it gets for a code; `id_token`: how it believes a token
//! - the others: the modules, by subject

mod asked;
mod callback;
mod claims;
mod client;
mod codes;
mod config;
mod display;
mod hints;
mod id_token;
mod prompt;
mod request_object;
mod response;
mod scope;
mod signature;
mod signed_in;
mod userinfo;

/// The module of oidcc-config-certification-test-plan.
const CONFIG: [&str; 1] = ["oidcc-discovery-endpoint-verification"];

/// Those of oidcc-basic-certification-test-plan and of oidcc-formpost-basic-certification-test-plan, which has the same by a form, in
/// their order.
const BASIC_AND_FORM_POST: [&str; 35] = [
    "oidcc-server",
    "oidcc-response-type-missing",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-post-request-succeeds",
    "oidcc-server-client-secret-post",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
];

/// Those that these two have for clients that register themselves, and that a static client, as ours are, is not given.
const FOR_WHO_REGISTERS: [&str; 3] = [
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
];

/// Where the tests stand.
const FILES: [&str; 11] = [
    include_str!("conformance/claims.rs"),
    include_str!("conformance/codes.rs"),
    include_str!("conformance/config.rs"),
    include_str!("conformance/display.rs"),
    include_str!("conformance/hints.rs"),
    include_str!("conformance/prompt.rs"),
    include_str!("conformance/request_object.rs"),
    include_str!("conformance/response.rs"),
    include_str!("conformance/scope.rs"),
    include_str!("conformance/signature.rs"),
    include_str!("conformance/userinfo.rs"),
];

/// Each test: its name and its code.
fn tests() -> Vec<(&'static str, &'static str)> {
    let of_file = |file: &'static str| file.split("#[tokio::test]\nasync fn ").skip(1);
    let tests = FILES.into_iter().flat_map(of_file);
    tests.map(|test| test.split_once("()").unwrap()).collect()
}

/// Each module, and whether two plans have it.
fn modules() -> Vec<(String, bool)> {
    let of_two = BASIC_AND_FORM_POST.into_iter().chain(FOR_WHO_REGISTERS);
    let of_one = CONFIG.map(|module| (module, false));
    let modules = of_two.map(|module| (module, true)).chain(of_one);
    modules
        .map(|(module, two)| (module.replace('-', "_"), two))
        .collect()
}

#[test]
fn every_module_has_a_test_of_its_name_by_the_mode_of_each_plan() {
    let tests = tests();
    for (module, of_two) in modules() {
        let named: Vec<_> = tests.iter().filter(|(test, _)| *test == module).collect();
        let [(_, code)] = named[..] else {
            panic!("{} tests are called {module}", named.len());
        };
        assert_eq!(code.contains("in MODES {"), of_two, "{module}");
    }
}

#[test]
fn every_test_is_named_after_a_module() {
    let modules = modules();
    for (test, _) in tests() {
        assert!(
            modules.iter().any(|(module, _)| module == test),
            "no module is called {test}"
        );
    }
    let attributes: usize = FILES.iter().map(|file| file.matches("test]").count()).sum();
    assert_eq!(
        attributes,
        modules.len(),
        "a test is written otherwise than this list reads it"
    );
}

/// A static client is given as many as the table of `tests/README.md` counts.
#[test]
fn the_plans_are_as_long_as_those_that_were_run() {
    let run = include_str!("../../../../tests/README.md");
    for (plan, modules) in [
        ("config", CONFIG.len()),
        ("basic", BASIC_AND_FORM_POST.len()),
        ("formpost-basic", BASIC_AND_FORM_POST.len()),
    ] {
        let row = format!("| oidcc-{plan}-certification ({modules}) |");
        assert!(run.contains(&row), "{row}");
    }
}
