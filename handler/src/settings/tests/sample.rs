//! The front for Microsoft's sample: what switches it on, and every way to be wrong.

use std::time::Duration;

use super::*;
use crate::sample::tests::published::published_keys;
use crate::settings::sample::{Cors, Sample};

const REDIRECT: &str = "AppSettings:BaseRedirectUrl";
const SECRET: &str = "Sample:BaseSecret";

fn given() -> Map {
    with_sample(least())
}

fn read(map: &Map) -> Sample {
    let settings = Settings::load(map).unwrap_or_else(|faults| panic!("{faults}"));
    settings.sample.unwrap()
}

fn remarks(map: &Map) -> String {
    Settings::load(map).unwrap().remarks.join("\n")
}

#[test]
fn the_least_is_enough_and_the_rest_has_defaults() {
    let sample = read(&given());
    assert_eq!(sample.signing_key.expose_secret(), "s".repeat(64));
    assert_eq!(sample.encryption_key.expose_secret(), "e".repeat(64));
    assert_eq!(sample.issuer, "7b0a3e52-0f63-4f0e-9a39-1d5d7f1b6a01");
    assert_eq!(sample.audience, "2c1f7c84-6a55-4b0e-8d0b-3b6c7f1b6a02");
    assert_eq!(
        sample.base_redirect.as_str(),
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com"
    );
    assert_eq!((sample.secrets.len(), sample.allow_anonymous), (1, false));
    assert_eq!(sample.clients[0].id, "33333333-4444-4555-8666-777777777777");
    assert_eq!(
        sample.clients[0].redirect_uris,
        ["https://app.example.com/signin-oidc"]
    );
    assert_eq!(sample.policies, ["B2C_1A_jumio_postUpload_AccountActivate"]);
    assert_eq!(sample.return_within, Duration::from_secs(840));
    assert_eq!(sample.cors, Cors::Platform);
}

#[test]
fn any_setting_of_it_switches_it_on_and_what_is_missing_is_told_at_once() {
    for (name, value) in [
        ("AppSettings:IdTokenSigningKey", "s".repeat(64)),
        (SECRET, "a".repeat(32)),
        ("Sample:AllowAnonymous", "false".to_owned()),
        (
            "Sample:Clients:7:RedirectUris",
            "https://app.example.com/cb".to_owned(),
        ),
        ("Sample:ReturnWithinSeconds", "600".to_owned()),
    ] {
        let faults = faults(&least().with(name, &value)).join("\n");
        for needed in [
            "AppSettings:IdTokenSigningKey",
            "AppSettings:IdTokenEncryptionKey",
            "AppSettings:IdTokenIssuer",
            "AppSettings:IdTokenAudience",
            REDIRECT,
            SECRET,
            "Sample:Clients:",
        ] {
            let told = faults.lines().any(|fault| fault.starts_with(needed));
            assert_eq!(told, needed != name, "{name}: {needed}: {faults}");
        }
    }
}

#[test]
fn without_it_the_openid_issuer_is_ours_and_what_is_of_its_alone_is_remarked_on() {
    let map = least()
        .with("AppSettings:IdTokenIssuer", "https://elsewhere.example.com")
        .with("AppSettings:Cors", "handler");
    let settings = Settings::load(&map).unwrap();
    assert!(settings.sample.is_none());
    assert_eq!(settings.cors, Cors::Handler, "pages of public clients ask, too");
    assert_eq!(settings.public_url.as_str(), "https://idv.example.com/");
    let remarks = settings.remarks.join("\n");
    assert!(remarks.contains("AppSettings:IdTokenIssuer is of"), "{remarks}");
    assert!(
        !remarks.contains("AppSettings:Cors"),
        "any page may read the keys: {remarks}"
    );
}

#[test]
fn nobody_is_sent_back_after_their_page_has_ended() {
    let map = given()
        .with("Sample:ReturnWithinSeconds", "1200")
        .with("Verification:AuthorizationLifeSeconds", "900");
    let faults = Settings::load(&map).unwrap_err().to_string();
    assert!(
        faults.contains("Sample:ReturnWithinSeconds must not be more"),
        "{faults}"
    );
    assert!(Settings::load(&map.with("Verification:AuthorizationLifeSeconds", "1200")).is_ok());
}

/// The sample's own file names Netverify's address, and nothing of the other API.
#[test]
fn an_address_of_netverify_without_an_api_is_one_fault() {
    let map = given()
        .without("JumioSettings:Region")
        .without("JumioSettings:WorkflowKey")
        .with("JumioSettings:BaseUrl", "https://www.netverify.com");
    let faults = Settings::load(&map).unwrap_err().to_string();
    assert!(
        faults.contains("JumioSettings:Api is missing: JumioSettings:BaseUrl is Netverify's"),
        "{faults}"
    );
    assert!(!faults.contains("JumioSettings:Region"), "{faults}");
}

#[test]
fn who_serves_the_sample_alone_is_not_told_that_nobody_is_served() {
    let settings = Settings::load(&given()).unwrap();
    let remarks = settings.remarks.join("\n");
    assert!(!remarks.contains("nobody may"), "{remarks}");
}

#[test]
fn each_that_is_needed_is_missed_by_name() {
    for name in [
        "AppSettings:IdTokenSigningKey",
        "AppSettings:IdTokenEncryptionKey",
        "AppSettings:IdTokenIssuer",
        "AppSettings:IdTokenAudience",
        REDIRECT,
        SECRET,
        "Sample:Clients:0:Id",
        "Sample:Clients:0:RedirectUris",
    ] {
        let faults = faults(&given().without(name));
        assert!(faults[0].starts_with(name), "{name}: {faults:?}");
        assert_eq!(faults.len(), 1, "{name}: {faults:?}");
    }
}

#[test]
fn keys_are_texts_and_must_be_long_enough() {
    refused(given(), "AppSettings:IdTokenSigningKey", "fifteen letters");
    refused(given(), "AppSettings:IdTokenEncryptionKey", &"e".repeat(63));
    // What looks like base64 or hexadecimal is not decoded.
    let text = format!("{KEY}{KEY}");
    let sample = read(&given().with("AppSettings:IdTokenEncryptionKey", &text));
    assert_eq!(sample.encryption_key.expose_secret(), text);
    let map = given().with("AppSettings:IdTokenSigningKey", "sixteen letters!");
    assert_eq!(read(&map).signing_key.expose_secret(), "sixteen letters!");
}

#[test]
fn the_keys_of_the_sample_are_refused_by_name() {
    let Some([signing, encryption]) = published_keys() else {
        return;
    };
    let keys = [
        ("AppSettings:IdTokenSigningKey", signing),
        ("AppSettings:IdTokenEncryptionKey", encryption),
    ];
    let known = "is the key that is published with the sample: everybody can forge tokens with it";
    let told = |(name, _): &(&str, String)| format!("{name} {known}");
    for key in &keys {
        assert_eq!(faults(&given().with(key.0, &key.1)), [told(key)]);
    }
    let both = keys.iter().fold(given(), |map, (name, key)| map.with(name, key));
    assert_eq!(faults(&both), keys.each_ref().map(told));
}

#[test]
fn one_key_for_both_is_taken_and_remarked_on() {
    let map = given().with("AppSettings:IdTokenSigningKey", &"e".repeat(64));
    assert_eq!(read(&map).signing_key.expose_secret(), "e".repeat(64));
    assert!(remarks(&map).contains("AppSettings:IdTokenEncryptionKey is the same"));
    assert!(!remarks(&given()).contains("is the same"));
}

#[test]
fn the_address_of_b2c_is_an_https_origin_and_its_tenant() {
    for value in [
        "http://contoso.b2clogin.com/contoso.onmicrosoft.com",
        "https://contoso.b2clogin.com",
        "https://contoso.b2clogin.com/",
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1A_x",
        "https://contoso.b2clogin.com//contoso.onmicrosoft.com",
        "https://contoso.b2clogin.com/a%2Fb",
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com?p=B2C_1A_x",
        "https://user@contoso.b2clogin.com/contoso.onmicrosoft.com",
        "contoso.b2clogin.com/contoso.onmicrosoft.com",
    ] {
        refused(given(), REDIRECT, value);
    }
    for value in [
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com/",
        "https://login.contoso.example/11111111-2222-4333-8444-555555555555",
        "http://127.0.0.1:4000/tenant",
    ] {
        assert!(Settings::load(&given().with(REDIRECT, value)).is_ok(), "{value}");
    }
}

/// The sample's README asks for the id of the application, which B2C does not know there.
#[test]
fn the_segment_of_b2c_is_not_an_application() {
    for id in [
        "33333333-4444-4555-8666-777777777777",
        "33333333-4444-4555-8666-77777777777A",
    ] {
        let map = given().with("Sample:Clients:0:Id", &id.to_ascii_lowercase());
        let faults = faults(&map.with(REDIRECT, &format!("https://contoso.b2clogin.com/{id}")));
        assert!(
            faults[0].starts_with(REDIRECT) && faults[0].contains("id of an application"),
            "{faults:?}"
        );
    }
}

#[test]
fn a_secret_segment_is_long_and_plain() {
    for name in [SECRET, "Sample:PreviousBaseSecret"] {
        for value in [
            "short",
            &"a".repeat(31),
            &"a".repeat(256),
            &format!("{}/", "a".repeat(32)),
            &"ä".repeat(32),
            &"a b".repeat(16),
            &"%2e".repeat(16),
        ] {
            let map = given().with(name, value);
            let settings = Settings::load(&map);
            let told = match &settings {
                Ok(settings) => settings.spared.iter().map(ToString::to_string).collect(),
                Err(faults) => faults.to_string(),
            };
            assert!(
                told.starts_with(name) && !told.contains(value),
                "{name} {value}: {told}"
            );
        }
    }
}

#[test]
fn two_secret_segments_are_taken_at_a_time() {
    let map = given().with("Sample:PreviousBaseSecret", &"b".repeat(32));
    let secrets: Vec<String> = read(&map)
        .secrets
        .iter()
        .map(|secret| secret.expose_secret().to_owned())
        .collect();
    assert_eq!(secrets, ["a-secret-segment-".repeat(2), "b".repeat(32)]);
    let orphan = faults(&map.without(SECRET));
    assert!(
        orphan
            .iter()
            .any(|fault| fault.starts_with("Sample:PreviousBaseSecret")),
        "{orphan:?}"
    );
}

#[test]
fn anonymous_callers_are_let_in_only_when_told_and_loudly() {
    let map = given().without(SECRET).with("Sample:AllowAnonymous", "true");
    let sample = read(&map);
    assert!(sample.allow_anonymous && sample.secrets.is_empty());
    assert!(remarks(&map).contains("Sample:AllowAnonymous is true"));
    assert!(!remarks(&given()).contains("AllowAnonymous"));
    refused(given(), "Sample:AllowAnonymous", "perhaps");
}

#[test]
fn one_client_that_is_wrong_is_set_aside_and_no_other() {
    for (name, value) in [
        ("Id", "33333333-4444-4555-8666-777777777777"),
        ("Id", ""),
        ("RedirectUris", ""),
        ("RedirectUris", "http://other.example.com/cb"),
        (
            "RedirectUris",
            "https://a.example.com/cb,https://b.example.com/cb",
        ),
    ] {
        let map = given()
            .with("Sample:Clients:1:Id", "other")
            .with("Sample:Clients:1:RedirectUris", "https://other.example.com/cb")
            .with(&format!("Sample:Clients:1:{name}"), value);
        let settings = Settings::load(&map).unwrap();
        assert!(
            settings.aside[0].setting.starts_with("Sample:Clients:1:"),
            "{name}"
        );
        assert_eq!(settings.sample.unwrap().clients.len(), 1, "{name} {value}");
    }
}

#[test]
fn policies_are_names() {
    let map = given().with("Sample:Policies", "B2C_1A_one B2C_1A_two");
    assert_eq!(read(&map).policies, ["B2C_1A_one", "B2C_1A_two"]);
    for value in ["B2C_1A_one,B2C_1A_two", "a/../b", "..", "B2C_1A_x?p=1"] {
        refused(given(), "Sample:Policies", value);
    }
}

#[test]
fn the_time_to_return_and_who_answers_other_origins_are_among_those_known() {
    for value in ["59", "86401", "soon"] {
        refused(given(), "Sample:ReturnWithinSeconds", value);
    }
    refused(given(), "AppSettings:Cors", "*");
    assert_eq!(
        read(&given().with("AppSettings:Cors", "handler")).cors,
        Cors::Handler
    );
}

#[test]
fn the_samples_user_agent_is_completed_and_remarked_on() {
    let name = "JumioSettings:UserAgent";
    let map = given().with(name, "Jumio API Integration");
    let settings = Settings::load(&map).unwrap();
    let expected = format!("Jumio API Integration/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(settings.jumio.user_agent, expected);
    assert!(
        settings
            .remarks
            .join("\n")
            .contains("JumioSettings:UserAgent should be")
    );
    // A form of it that is wrong is still wrong, and so is none.
    refused(given(), name, "Jumio/ ");
    refused(given(), name, "Exämple-Bank");
    assert_eq!(
        faults(&given().without(name)),
        ["JumioSettings:UserAgent is missing"]
    );
    refused(least(), name, "Jumio API Integration");
}

#[test]
fn it_shows_no_secret_in_debug() {
    let shown = format!("{:?}", read(&given()));
    for secret in ["sss", "eee", "a-secret-segment"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// What the page may read before Key Vault has been, by the environment alone.
#[test]
fn the_origin_of_the_page_is_known_early_where_the_handler_tells_browsers() {
    let origin = |map: &Map| Early::page_origin(map);
    let handler = given().with("AppSettings:Cors", "handler");
    assert_eq!(origin(&handler).unwrap(), "https://contoso.b2clogin.com");
    assert_eq!(origin(&given()), None, "the platform does");
    assert_eq!(origin(&handler.clone().with(REDIRECT, "")), None);
    assert_eq!(origin(&handler.with("AppSettings:Cors", "both")), None);
}
