//! Where people and browsers are led, and who tells them.

use super::*;

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
