mod addresses;
mod apis;
mod calling;
mod certificates;
mod naming;
mod of_clients;
mod old_names;
mod sample;
mod values;

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
