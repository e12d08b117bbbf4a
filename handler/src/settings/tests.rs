mod apis;
mod old_names;
mod sample;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::source::Map;
use super::table::markdown_table;
use super::*;
use crate::clients::Outcomes;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const THUMBPRINT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The least that is enough.
fn least() -> Map {
    Map::from_iter([
        ("AppSettings:PublicUrl", "https://idv.example.com"),
        ("AppSettings:SigningCertName", "idv-signing"),
        ("AppSettings:StateKey", KEY),
        ("JumioSettings:AuthUsername", "a-token"),
        ("JumioSettings:AuthPassword", "a-secret"),
        ("JumioSettings:Region", "emea-1"),
        ("JumioSettings:WorkflowKey", "10011"),
        ("JumioSettings:UserAgent", "Example-Bank idv/1.0"),
    ])
}

fn with_client(map: Map) -> Map {
    map.with("Clients:0:Id", "b2c")
        .with(
            "Clients:0:RedirectUris",
            "https://contoso.b2clogin.com/x/oauth2/authresp http://localhost:3000/cb",
        )
        .with("Clients:0:AuthMethod", "client_secret_post")
        .with("Clients:0:SecretName", "client-b2c")
        .with("Clients:0:RequirePkce", "false")
        .with("Clients:0:Outcomes", "claims")
}

/// The same with the least that the front for Microsoft's sample needs.
fn with_sample(map: Map) -> Map {
    map.with("AppSettings:IdTokenSigningKey", &"s".repeat(64))
        .with("AppSettings:IdTokenEncryptionKey", &"e".repeat(64))
        .with(
            "AppSettings:IdTokenIssuer",
            "7b0a3e52-0f63-4f0e-9a39-1d5d7f1b6a01",
        )
        .with(
            "AppSettings:IdTokenAudience",
            "2c1f7c84-6a55-4b0e-8d0b-3b6c7f1b6a02",
        )
        .with(
            "AppSettings:BaseRedirectUrl",
            "https://contoso.b2clogin.com/contoso.onmicrosoft.com",
        )
        .with("Sample:BaseSecret", &"a-secret-segment-".repeat(2))
        .with("Sample:Clients:0:Id", "33333333-4444-4555-8666-777777777777")
        .with(
            "Sample:Clients:0:RedirectUris",
            "https://app.example.com/signin-oidc",
        )
}

fn faults(map: &Map) -> Vec<String> {
    let faults = Settings::load(map).unwrap_err();
    faults.0.iter().map(ToString::to_string).collect()
}

fn refused(map: Map, name: &str, value: &str) {
    let faults = Settings::load(&map.with(name, value)).unwrap_err();
    assert!(
        faults.0.iter().any(|fault| fault.setting == name),
        "{name}: {faults}"
    );
    if value.len() > 9 {
        assert!(
            !faults.to_string().contains(value),
            "{name} tells its value: {faults}"
        );
    }
}

#[test]
fn the_least_is_enough_and_the_rest_has_defaults() {
    let settings = Settings::load(&least()).unwrap();
    assert_eq!(settings.public_url.as_str(), "https://idv.example.com/");
    assert_eq!(settings.limits, Limits::default());
    assert_eq!(settings.rules, Rules::default());
    let Api::Kyx(kyx) = &settings.jumio.present else {
        panic!("the current API is the default")
    };
    assert_eq!(kyx.auth_base.as_str(), "https://auth.emea-1.jumio.ai/");
    assert!(settings.jumio.beside.is_none());
    assert!(settings.callers.is_empty() && settings.clients.is_empty() && settings.sample.is_none());
    assert_eq!(settings.remarks.len(), 2, "{:?}", settings.remarks);
}

#[test]
fn nothing_given_names_everything_that_is_needed_at_once() {
    let faults = faults(&Map::default());
    for name in [
        "AppSettings:PublicUrl",
        "AppSettings:SigningCertName",
        "AppSettings:StateKey",
        "JumioSettings:AuthUsername",
        "JumioSettings:AuthPassword",
        "JumioSettings:AuthBaseUrl",
        "JumioSettings:WorkflowKey",
        "JumioSettings:UserAgent",
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(name)),
            "{name}: {faults:?}"
        );
    }
}

#[test]
fn a_fault_tells_no_value() {
    let secret = "s3cr3t-in-the-wrong-box";
    let map = least()
        .with("AppSettings:PublicUrl", secret)
        .with("AppSettings:StateKey", secret);
    let faults = Settings::load(&map).unwrap_err();
    assert_eq!(faults.0.len(), 2);
    assert!(!format!("{faults} {faults:?}").contains(secret));
}

#[test]
fn settings_show_no_secret_in_debug() {
    let settings = Settings::load(
        &with_client(least())
            .with("Clients:1:Id", "okta")
            .with("Clients:1:RedirectUris", "https://okta.example.com/cb")
            .with("Clients:1:AuthMethod", "client_secret_basic")
            .with("Clients:1:Secret", "a-very-long-client-secret"),
    )
    .unwrap();
    let shown = format!("{settings:?}");
    // The last is how bytes of the state key would show.
    for secret in ["a-very-long-client-secret", "a-token", "a-secret", "48, 49, 50"] {
        assert!(!shown.contains(secret));
    }
}

#[test]
fn every_listed_setting_is_read_and_no_other() {
    struct Recorder(Map, Mutex<BTreeSet<String>>);
    impl Source for Recorder {
        fn get(&self, name: &str) -> Option<String> {
            self.1.lock().unwrap().insert(name.replace(":0:", ":<n>:"));
            self.0.get(name)
        }
        fn names(&self) -> Vec<String> {
            Vec::new()
        }
    }
    let recorder = Recorder(with_sample(with_client(least())), Mutex::default());
    Settings::load(&recorder).unwrap();
    Early::load(&recorder).unwrap();
    let read = recorder.1.into_inner().unwrap();
    let read: BTreeSet<String> = read
        .into_iter()
        .filter(|name| !name.contains("Clients:") || name.contains("<n>"))
        .collect();
    let listed: BTreeSet<String> = table::ALL
        .iter()
        .flat_map(table::Setting::names)
        .map(str::to_owned)
        .collect();
    assert_eq!(read, listed);
}

#[test]
fn every_default_keeps_its_own_rule() {
    for setting in table::ALL.iter().filter(|setting| setting.default.is_some()) {
        let name = setting.name.replace("<n>", "0");
        let given = with_sample(with_client(least())).with(&name, setting.default.unwrap());
        assert!(
            Settings::load(&given).is_ok() && Early::load(&given).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn a_secret_has_neither_default_nor_example() {
    for setting in table::ALL.iter().filter(|setting| setting.secret) {
        assert!(
            setting.default.is_none() && setting.example.is_empty(),
            "{}",
            setting.name
        );
    }
}

#[test]
fn the_table_has_a_row_for_each_setting() {
    let text = markdown_table();
    assert_eq!(text.lines().count(), 2 + table::ALL.len());
    assert!(
        text.lines()
            .all(|line| line.starts_with('|') && line.ends_with('|'))
    );
}

#[test]
fn addresses_must_be_https_unless_on_this_machine() {
    for value in [
        "http://idv.example.com",
        "ftp://idv.example.com",
        "idv.example.com",
        "https://idv.example.com/path",
        "https://user@idv.example.com",
        "https://idv.example.com?q",
        "http://localhost.example.com",
    ] {
        refused(least(), "AppSettings:PublicUrl", value);
    }
    for value in ["http://localhost:7071", "http://127.0.0.1:80", "http://[::1]:1"] {
        assert!(
            Settings::load(&least().with("AppSettings:PublicUrl", value)).is_ok(),
            "{value}"
        );
    }
}

#[test]
fn a_contact_is_an_address_on_one_line() {
    let name = "AppSettings:SecurityContact";
    for value in [
        "security@example.com",
        "http://example.com/security",
        "tel:+491234",
        "mailto:nobody",
        "mailto:a@example.com b",
        "https://example.com/\nContact:x",
    ] {
        refused(least(), name, value);
    }
    for value in ["mailto:security@example.com", "https://example.com/security?x#y"] {
        assert!(Settings::load(&least().with(name, value)).is_ok(), "{value}");
    }
}

#[test]
fn people_are_led_to_https_pages_alone() {
    for name in [
        "Verification:HelpUrl",
        "Verification:AlternativeUrl",
        "Verification:PrivacyUrl",
    ] {
        for value in [
            "http://www.example.com/help",
            "http://localhost/help",
            "www.example.com/help",
            "javascript:alert(1)",
            "mailto:help@example.com",
            "https://user@www.example.com",
            &format!("https://www.example.com/{}", "a".repeat(2048)),
        ] {
            refused(least(), name, value);
        }
    }
    let provider = Settings::load(&least()).unwrap().provider;
    assert_eq!((provider.help, provider.alternative), (None, None));
    let named = least()
        .with("Verification:HelpUrl", "https://www.example.com/help?topic=1#id")
        .with("Verification:AlternativeUrl", "https://desk.example.com");
    let provider = Settings::load(&named).unwrap().provider;
    assert_eq!(
        provider.help.as_deref(),
        Some("https://www.example.com/help?topic=1#id")
    );
    assert_eq!(provider.alternative.as_deref(), Some("https://desk.example.com/"));
}

#[test]
fn who_is_responsible_is_named_on_one_line() {
    let name = "Verification:Controller";
    for value in ["a\nb", &"a".repeat(201)] {
        refused(least(), name, value);
    }
    let provider = Settings::load(&least().with(name, "Contoso GmbH, Köln"))
        .unwrap()
        .provider;
    assert_eq!(provider.controller.as_deref(), Some("Contoso GmbH, Köln"));
}

#[test]
fn who_tells_browsers_is_one_of_two_be_the_sample_front_on_or_off() {
    refused(least(), "AppSettings:Cors", "everybody");
    for (value, tells) in [("handler", true), ("platform", false), ("everybody", false)] {
        let public = Public::load(&least().with("AppSettings:Cors", value));
        assert_eq!(public.tells_browsers, tells, "{value}");
    }
    assert!(!Public::load(&least()).tells_browsers);
}

#[test]
fn what_is_told_before_the_vault_is_read_is_not_told_when_it_is_wrong() {
    let public = Public::load(&least().with("AppSettings:SecurityContact", "nobody"));
    assert_eq!(
        public.url.map(String::from).as_deref(),
        Some("https://idv.example.com/")
    );
    assert_eq!(public.security_contact, None);
    assert!(
        Public::load(&least().with("AppSettings:PublicUrl", "nowhere"))
            .url
            .is_none()
    );
}

#[test]
fn keys_must_be_long_enough() {
    refused(least(), "AppSettings:StateKey", "c2hvcnQ=");
    refused(least(), "AppSettings:StateKey", "not base64!");
}

#[test]
fn numbers_must_be_within_their_range() {
    refused(least(), "Verification:CodeLifeSeconds", "601");
    refused(least(), "Verification:CodeLifeSeconds", "9");
    refused(least(), "Verification:CodeLifeSeconds", "-60");
    refused(least(), "Verification:CodeLifeSeconds", "60s");
    refused(least(), "Verification:MaxAttempts", "0");
    refused(least(), "Verification:MaxStarts", "2");
    refused(least(), "Verification:StartLeaseSeconds", "12");
    refused(least(), "Verification:LineSeconds", "9");
    refused(least(), "JumioSettings:CreatesPerSecond", "0");
    refused(least(), "Spend:MaxStartsPerDay", "1000001");
    refused(least(), "Spend:MaxStartsPerBrowserPerDay", "0");
    refused(least(), "Spend:KnownMaxStartsPerDay", "0");
    refused(least(), "Verification:PollMarksSeconds", "60 40");
}

#[test]
fn that_nothing_is_begun_is_remarked_on() {
    let closed = |value: &str| Settings::load(&least().with("Verification:Closed", value)).unwrap();
    assert!(closed("true").limits.closed);
    assert!(closed("true").remarks.concat().contains("Verification:Closed"));
    assert!(!closed("false").remarks.concat().contains("Verification:Closed"));
    refused(least(), "Verification:Closed", "perhaps");
}

#[test]
fn words_must_be_among_those_known() {
    refused(least(), "Verification:OnWarning", "perhaps");
    refused(least(), "Verification:OnMismatch", "approve");
    refused(least(), "Verification:RequiredChecks", "usability likeness");
    refused(least(), "JumioSettings:Region", "mars-1");
    refused(least(), "AppSettings:DefaultLanguage", "tlh");
    refused(least(), "FactStore:Location", "tape:");
    refused(least(), "FactStore:Location", "file:");
    refused(
        least(),
        "FactStore:Location",
        "az:http://account.blob.core.windows.net/facts",
    );
    refused(
        least(),
        "FactStore:Location",
        "az:https://account.blob.core.windows.net/",
    );
}

#[test]
fn what_jumio_would_refuse_is_refused_here() {
    refused(least(), "JumioSettings:UserAgent", "no version at all");
    refused(least(), "JumioSettings:UserAgent", "Exämple-Bank idv/1.0");
    refused(least(), "JumioSettings:WorkflowKey", "10 164");
    refused(least(), "JumioSettings:DefaultCountry", "USA");
    refused(least(), "JumioSettings:DefaultCountry", "de");
    refused(
        least(),
        "JumioSettings:AuthBaseUrl",
        "http://auth.emea-1.jumio.ai",
    );
}

#[test]
fn exactly_one_certificate_signs() {
    let both = least().with("AppSettings:SigningCert", "-----BEGIN …");
    assert_eq!(
        faults(&both),
        [
            "AppSettings:SigningCertName and AppSettings:SigningCert each name a certificate: keep the setting of the one \
            that is meant, and delete the other"
        ]
    );
    let all = both.with("AppSettings:SigningCertThumbprint", &"6F".repeat(20));
    let told = faults(&all).join("\n");
    for other in ["AppSettings:SigningCertThumbprint", "AppSettings:SigningCert"] {
        let words = format!("AppSettings:SigningCertName and {other} each");
        assert!(told.contains(&words), "{told}");
    }
}

#[test]
fn without_a_signing_certificate_every_way_to_give_one_is_named() {
    assert_eq!(
        faults(&least().without("AppSettings:SigningCertName")),
        [
            "AppSettings:SigningCertName is missing: name the Key Vault certificate that signs here, or else one that \
            App Service loads in AppSettings:SigningCertThumbprint, or give it in AppSettings:SigningCert"
        ]
    );
}

#[test]
fn at_most_one_certificate_signed_before() {
    let both = least()
        .with("AppSettings:PreviousSigningCertName", "idv-signing-2025")
        .with("AppSettings:PreviousSigningCertThumbprint", &"6F".repeat(20));
    let told = faults(&both);
    assert_eq!(told.len(), 1, "{told:?}");
    let words = "AppSettings:PreviousSigningCertName and AppSettings:PreviousSigningCertThumbprint each";
    assert!(told[0].starts_with(words), "{told:?}");
}

#[test]
fn a_thumbprint_must_be_among_the_certificates_to_load() {
    let thumbprint = "6f2e00000000000000000000000000000000abcd";
    let map = least()
        .without("AppSettings:SigningCertName")
        .with("AppSettings:SigningCertThumbprint", thumbprint);
    let loads = |told: &str| Settings::load(&map.clone().with("WEBSITE_LOAD_CERTIFICATES", told)).is_ok();
    assert!(Settings::load(&map).is_ok());
    assert!(loads("*") && loads("1234, 6F2E00000000000000000000000000000000ABCD"));
    assert!(!loads("1234"));
    refused(map.clone(), "AppSettings:SigningCertThumbprint", "6f2e");
}

#[test]
fn client_certificates_need_trust_in_the_header_and_two_thumbprints() {
    let other = THUMBPRINT.replace('0', "f");
    let both = format!("{THUMBPRINT} {other}");
    let given = least().with("VerifyAuth:ClientCertThumbprints", &both);
    assert!(faults(&given)[0].starts_with("VerifyAuth:TrustClientCertHeader"));
    let trusted = given.clone().with("VerifyAuth:TrustClientCertHeader", "true");
    assert_eq!(Settings::load(&trusted).unwrap().callers.certificates.len(), 2);
    let distrusted = given.with("VerifyAuth:TrustClientCertHeader", "false");
    assert!(
        Settings::load(&distrusted)
            .unwrap()
            .callers
            .certificates
            .is_empty()
    );
    refused(trusted.clone(), "VerifyAuth:ClientCertThumbprints", THUMBPRINT);
    refused(
        trusted.clone(),
        "VerifyAuth:ClientCertThumbprints",
        &format!("{THUMBPRINT} {THUMBPRINT}"),
    );
    assert!(
        faults(&trusted.without("VerifyAuth:ClientCertThumbprints"))[0].contains("ClientCertThumbprints")
    );
}

#[test]
fn a_basic_pair_is_whole_or_absent() {
    let name = "VerifyAuth:BasicUsername";
    let word = "VerifyAuth:BasicPassword";
    assert!(faults(&least().with(name, "b2c"))[0].starts_with(word));
    let whole = least().with(name, "b2c").with(word, "a-long-enough-password");
    assert_eq!(Settings::load(&whole).unwrap().callers.basic.len(), 1);
    refused(whole.clone(), word, "short");
    refused(whole.clone(), name, "b:2c");
    let orphan = least()
        .with("VerifyAuth:PreviousBasicUsername", "b2c")
        .with("VerifyAuth:PreviousBasicPassword", "a-long-enough-password");
    assert!(faults(&orphan)[0].starts_with("VerifyAuth:PreviousBasicUsername"));
}

#[test]
fn entra_is_whole_or_absent() {
    let issuer = "https://login.microsoftonline.com/contoso/v2.0";
    let part = least().with("VerifyAuth:EntraIssuer", issuer);
    assert_eq!(faults(&part).len(), 2);
    let whole = part
        .with("VerifyAuth:EntraAudience", "api://x")
        .with("VerifyAuth:EntraAppIds", "one two");
    let entra = Settings::load(&whole).unwrap().callers.entra.unwrap();
    assert_eq!(
        entra.metadata.as_str(),
        format!("{issuer}/.well-known/openid-configuration")
    );
    assert_eq!(entra.app_ids, ["one", "two"]);
    let old = whole.with("VerifyAuth:EntraIssuer", "https://sts.windows.net/contoso/");
    let entra = Settings::load(&old).unwrap().callers.entra.unwrap();
    assert_eq!(
        entra.metadata.as_str(),
        "https://login.microsoftonline.com/contoso/.well-known/openid-configuration"
    );
    assert_eq!(entra.issuer, "https://sts.windows.net/contoso/");
}

/// A second client, wrong in one thing.
fn with_another(name: &str, value: &str) -> Map {
    with_client(least())
        .with("Clients:1:Id", "okta")
        .with("Clients:1:RedirectUris", "https://okta.example.com/cb")
        .with("Clients:1:AuthMethod", "private_key_jwt")
        .with("Clients:1:CertificateName", "okta-certificate")
        .with(&format!("Clients:1:{name}"), value)
}

/// Whom the settings serve, and what is wrong with the others.
fn served(map: &Map) -> (Vec<String>, String) {
    let settings = Settings::load(map).unwrap();
    let proven = settings.clients.iter().filter(|client| client.proof.is_some());
    let aside: Vec<_> = settings.aside.iter().map(ToString::to_string).collect();
    (proven.map(|client| client.id.clone()).collect(), aside.join(" "))
}

#[test]
fn one_client_that_is_wrong_is_set_aside_by_name_and_no_other() {
    for (name, value) in [
        ("Id", "b2c"),
        ("Id", ""),
        ("RedirectUris", "http://okta.example.com/cb"),
        ("AuthMethod", "perhaps"),
        ("AuthMethod", "client_secret_post"),
        ("CertificateName", "no/name"),
        ("RequirePkce", "perhaps"),
        ("Jwks", "{}"),
    ] {
        let (served, aside) = served(&with_another(name, value));
        assert_eq!(served, ["b2c"], "{name} {value}");
        assert!(aside.starts_with("Clients:1:"), "{name} {value}: {aside}");
    }
    let whole = served(&with_another("RequirePkce", "true"));
    assert_eq!(whole, (vec!["b2c".to_owned(), "okta".to_owned()], String::new()));
}

#[test]
fn if_no_client_is_left_their_faults_stop_everything() {
    let neither = with_another("AuthMethod", "perhaps").with("Clients:0:AuthMethod", "perhaps");
    let faults = faults(&neither);
    for client in ["Clients:0:AuthMethod", "Clients:1:AuthMethod"] {
        assert!(faults.iter().any(|fault| fault.starts_with(client)), "{faults:?}");
    }
}

#[test]
fn one_way_of_callers_that_is_wrong_is_closed_and_no_other() {
    let basic = least()
        .with("VerifyAuth:BasicUsername", "b2c")
        .with("VerifyAuth:BasicPassword", "a-long-enough-password");
    let settings = Settings::load(&basic.clone().with("VerifyAuth:EntraAudience", "api://x")).unwrap();
    assert!(settings.callers.entra.is_none() && settings.callers.basic.len() == 1);
    assert!(
        settings
            .aside
            .iter()
            .any(|fault| fault.setting == "VerifyAuth:EntraIssuer")
    );
    let previous = basic
        .with("VerifyAuth:PreviousBasicUsername", "b2c")
        .with("VerifyAuth:PreviousBasicPassword", "the-password-before-it")
        .with("VerifyAuth:BasicPassword", "short");
    let settings = Settings::load(&previous).unwrap();
    assert_eq!(settings.callers.basic.len(), 1);
    assert_eq!(
        settings.callers.basic[0].password.expose_secret(),
        "the-password-before-it"
    );
    assert_eq!(settings.aside[0].setting, "VerifyAuth:BasicPassword");
}

#[test]
fn outcomes_are_errors_unless_a_client_reads_claims() {
    let settings = Settings::load(&with_another("RequirePkce", "true")).unwrap();
    let told: Vec<_> = settings.clients.iter().map(|client| client.outcomes).collect();
    assert_eq!(told, [Outcomes::Claims, Outcomes::Errors]);
    let okta = &settings.clients[1];
    assert_eq!(
        (okta.iss_in_errors, okta.return_within),
        (true, Some(Duration::from_secs(840)))
    );
    assert_eq!(okta.sector, None);
    for (name, value) in [
        ("Outcomes", "tokens"),
        ("IssInErrors", "perhaps"),
        ("ReturnWithinSeconds", "86401"),
        ("Sector", "a\tb"),
    ] {
        let (served, aside) = served(&with_another(name, value));
        assert_eq!(served, ["b2c"], "{name} {value}");
        assert!(aside.starts_with(&format!("Clients:1:{name} ")), "{aside}");
    }
    let never = Settings::load(&with_another("ReturnWithinSeconds", "0")).unwrap();
    assert_eq!(never.clients[1].return_within, None);
}

/// Their policies branch by `idv_status`, and would meet an error instead.
#[test]
fn who_reads_claims_by_its_address_and_is_not_told_them_is_remarked_on() {
    let remarks = |map: &Map| Settings::load(map).unwrap().remarks.join("\n");
    let told = with_client(least());
    assert!(!remarks(&told).contains("Outcomes"), "{}", remarks(&told));
    for uris in [
        "https://contoso.b2clogin.com/x/oauth2/authresp",
        "https://a.example.com/cb https://contoso.okta.com/idp/identity-verification/callback",
    ] {
        let errors = told
            .clone()
            .without("Clients:0:Outcomes")
            .with("Clients:0:RedirectUris", uris);
        let said = remarks(&errors);
        assert!(
            said.contains("Clients:0:Outcomes ") && said.contains("set it to claims"),
            "{said}"
        );
    }
    let other = told
        .without("Clients:0:Outcomes")
        .with("Clients:0:RedirectUris", "https://a.example.com/authresp");
    assert!(!remarks(&other).contains("Outcomes"));
}

#[test]
fn a_gap_between_clients_is_remarked_on() {
    let gap = with_another("RequirePkce", "true").without("Clients:0:Id");
    let gap = [
        "RedirectUris",
        "AuthMethod",
        "SecretName",
        "RequirePkce",
        "Outcomes",
    ]
    .into_iter()
    .fold(gap, |map, name| map.without(&format!("Clients:0:{name}")));
    let settings = Settings::load(&gap).unwrap();
    assert_eq!(settings.clients[0].id, "okta");
    assert!(
        settings.remarks.concat().contains("Clients:1:Id leaves a gap"),
        "{:?}",
        settings.remarks
    );
}

#[test]
fn a_client_proves_itself_in_one_way() {
    let given = with_client(least());
    refused(given.clone(), "Clients:0:AuthMethod", "none");
    refused(given.clone(), "Clients:0:AuthMethod", "private_key_jwt_");
    for method in ["client_secret_basic", "client_secret_post"] {
        let settings = Settings::load(&given.clone().with("Clients:0:AuthMethod", method)).unwrap();
        let proof = &settings.clients[0].proof;
        assert!(matches!(proof, Some(ClientProof::Secret { .. })), "{proof:?}");
    }
    assert!(
        faults(&given.clone().with("Clients:0:AuthMethod", "private_key_jwt"))[0]
            .starts_with("Clients:0:Jwks")
    );
    assert!(faults(&given.clone().without("Clients:0:SecretName"))[0].starts_with("Clients:0:SecretName"));
    refused(given.clone(), "Clients:0:Secret", "a-long-enough-client-secret");
    refused(given.without("Clients:0:SecretName"), "Clients:0:Secret", "short");
}

#[test]
fn keys_are_given_or_published_or_both_and_not_beside_certificates() {
    let keys = with_client(least())
        .without("Clients:0:SecretName")
        .with("Clients:0:AuthMethod", "private_key_jwt")
        .with("Clients:0:JwksUri", "https://client.example.com/jwks.json");
    for map in [keys.clone(), keys.clone().with("Clients:0:Jwks", "{}")] {
        let settings = Settings::load(&map).unwrap();
        let proof = &settings.clients[0].proof;
        assert!(
            matches!(
                proof,
                Some(ClientProof::KeySet {
                    published: Some(_),
                    ..
                })
            ),
            "{proof:?}"
        );
    }
    refused(
        keys.clone(),
        "Clients:0:JwksUri",
        "http://client.example.com/jwks.json",
    );
    let both = keys.with("Clients:0:CertificateName", "client-b2c-certificate");
    assert!(faults(&both)[0].starts_with("Clients:0:Jwks"));
}

#[test]
fn es256_needs_a_certificate_for_it() {
    let given = with_client(least()).with("Clients:0:SigningAlg", "ES256");
    assert!(faults(&given)[0].starts_with("Clients:0:SigningAlg"));
    let settings = Settings::load(&given.with("AppSettings:SigningEcCertName", "idv-signing-ec")).unwrap();
    assert_eq!(settings.clients[0].signing_alg, crate::tokens::SigningAlg::Es256);
    refused(with_client(least()), "Clients:0:SigningAlg", "HS256");
    refused(with_client(least()), "Clients:0:IdTokenLifeSeconds", "3601");
}

#[test]
fn a_public_client_has_no_secret_and_always_uses_pkce() {
    let public = with_client(least())
        .without("Clients:0:SecretName")
        .without("Clients:0:RequirePkce")
        .with("Clients:0:AuthMethod", "none");
    let client = &Settings::load(&public).unwrap().clients[0];
    assert!(matches!(client.proof, Some(ClientProof::None)) && client.require_pkce);
    refused(public, "Clients:0:RequirePkce", "false");
}

#[test]
fn pkce_is_demanded_of_a_client_with_a_secret_by_its_setting_alone() {
    let given = with_client(least()).without("Clients:0:RequirePkce");
    assert!(!Settings::load(&given).unwrap().clients[0].require_pkce);
    let demanding = given.with("Clients:0:RequirePkce", "true");
    assert!(Settings::load(&demanding).unwrap().clients[0].require_pkce);
}

#[test]
fn redirect_addresses_stay_as_written() {
    let uris = "https://Contoso.example.com:443/cb?x=%41 com.example.app:/cb";
    let map = with_client(least()).with("Clients:0:RedirectUris", uris);
    let settings = Settings::load(&map).unwrap();
    assert_eq!(settings.clients[0].redirect_uris.join(" "), uris);
    for uri in [
        "http://contoso.example.com/cb",
        "https://x.example.com/#f",
        "javascript:alert(1)",
        "/cb",
    ] {
        refused(map.clone(), "Clients:0:RedirectUris", uri);
    }
}

#[test]
fn lists_have_no_commas_and_addresses_may() {
    let map = with_client(least());
    for uris in [
        "https://a.example.com/cb,https://b.example.com/cb",
        "https://a.example.com/cb, https://b.example.com/cb",
        "https://a.example.com/cb;https://b.example.com/cb",
        "https://a.example.com/cb,",
    ] {
        let faults = faults(&map.clone().with("Clients:0:RedirectUris", uris));
        let [fault] = faults.as_slice() else {
            panic!("{faults:?}")
        };
        assert!(
            fault.starts_with("Clients:0:RedirectUris must have white space"),
            "{fault}"
        );
    }
    let one = map.with("Clients:0:RedirectUris", "https://a.example.com/cb?x=1,2;3");
    assert_eq!(Settings::load(&one).unwrap().clients[0].redirect_uris.len(), 1);
    refused(least(), "Verification:RequiredChecks", "usability,liveness");
    let entra = least()
        .with("VerifyAuth:EntraIssuer", "https://login.example.com/t/v2.0")
        .with("VerifyAuth:EntraAudience", "api://x");
    refused(entra, "VerifyAuth:EntraAppIds", "app-1,app-2");
}

#[test]
fn what_is_missing_and_there_under_another_name_is_told_by_both() {
    let map = least()
        .without("JumioSettings:WorkflowKey")
        .with("Jumio:WorkflowKey", "10011");
    let faults = Settings::load_at_start(&map).unwrap_err();
    let faults: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    let misspelt = "Jumio:WorkflowKey is not a setting; the nearest is JumioSettings:WorkflowKey";
    assert_eq!(faults, ["JumioSettings:WorkflowKey is missing", misspelt]);
    let remarks = Settings::load(&least().with("Client:0:Id", "b2c"))
        .unwrap()
        .remarks;
    let misspelt = "Client:0:Id is not a setting; the nearest is Clients:0:Id".to_owned();
    assert!(remarks.contains(&misspelt), "{remarks:?}");
}

#[test]
fn an_unresolved_key_vault_reference_is_not_taken_for_a_secret() {
    let reference = "@Microsoft.KeyVault(SecretUri=https://kv1.vault.azure.net/secrets/x)";
    refused(least(), "JumioSettings:AuthPassword", reference);
}

#[test]
fn misspelt_names_are_remarked_on_and_others_are_not_ours() {
    let map = least()
        .with("AppSettings:PublicURL", "x")
        .with("Clients:0:Nmae", "x")
        .with("AzureWebJobsStorage", "x")
        .with("Other:Key", "x");
    let remarks = Settings::load(&map).unwrap().remarks.join("\n");
    assert!(remarks.contains("AppSettings:PublicURL is not") && remarks.contains("Clients:0:Nmae is not"));
    assert!(!remarks.contains("AzureWebJobsStorage") && !remarks.contains("Other:Key"));
}

#[test]
fn a_blob_container_may_come_with_a_key_and_others_may_not() {
    let container = least().with(
        "FactStore:Location",
        "az:http://127.0.0.1:10000/devstoreaccount1/facts",
    );
    let store = Settings::load(&container.with("FactStore:AccountKey", KEY))
        .unwrap()
        .store;
    assert!(matches!(store, Store::Container { key: Some(key), .. } if key.expose_secret() == KEY));
    refused(least(), "FactStore:AccountKey", KEY);
}

#[test]
fn early_settings_reach_only_this_machine_and_only_https_vaults() {
    let early = Map::from_iter([
        ("AppSettings:KeyVaultUrl", "https://kv1.vault.azure.net"),
        ("AppSettings:ResolveOverrides", "kv1.vault.azure.net=127.0.0.1"),
    ]);
    let read = Early::load(&early).unwrap();
    assert_eq!(read.vault.unwrap().url.as_str(), "https://kv1.vault.azure.net/");
    assert!(read.resolve[0].1.ip().is_loopback());
    for (name, value) in [
        ("AppSettings:KeyVaultUrl", "http://127.0.0.1:8443"),
        ("AppSettings:ResolveOverrides", "kv1.vault.azure.net=10.0.0.1"),
        ("AppSettings:SecretsRefreshSeconds", "1"),
        ("AppSettings:LogLevel", "loud"),
    ] {
        let faults = Early::load(&early.clone().with(name, value)).unwrap_err();
        assert_eq!(faults.0[0].setting, name);
    }
}

proptest! {
    #[test]
    fn no_value_of_any_setting_makes_loading_panic_or_is_told(
        at in 0..table::ALL.len(),
        value in prop_oneof![".{0,80}", "[ -~]{12,80}", "[0-9a-fA-F:]{20,80}", "https?://[ -~]{0,40}", "az:[ -~]{0,40}"],
    ) {
        let name = table::ALL[at].name.replace("<n>", "0");
        let map = with_sample(with_client(least())).with(&name, &value);
        for faults in [Settings::load(&map).err(), Early::load(&map).err()].into_iter().flatten() {
            let rest = faults.to_string().replace(&name, "");
            prop_assert!(value.trim().len() < 12 || !rest.contains(value.trim()), "{name} tells its value");
        }
    }
}

#[test]
fn only_values_that_there_are_can_be_released() {
    let told = |map: &Map| Settings::load(map).unwrap().clients[0].release;
    let some = with_client(least()).with("Clients:0:Release", "given_name  age_over_18");
    assert_eq!(
        told(&some).names().collect::<Vec<_>>(),
        ["given_name", "age_over_18"]
    );
    assert!(told(&with_client(least())).is_empty());
    for words in ["given_name, name", "Given_Name", "nationality", "age_over_19"] {
        refused(with_client(least()), "Clients:0:Release", words);
    }
}
