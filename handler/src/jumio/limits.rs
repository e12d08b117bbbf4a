//! What Jumio accepts in a request, checked before it is sent: an odd value gets a 400 or even a 403 from there, which
//! cannot be told from a wrong configuration. Errors name the field and the rule, never the value.

use url::{Host, Url};

use crate::checks::vendor::VendorError;

/// Maximum length of `customerInternalReference` and `userReference`, in characters.
const REFERENCE_MAX: usize = 100;
/// Maximum length of `callbackUrl`, `web.successUrl` and `web.errorUrl`, in characters. Netverify takes a longer
/// `successUrl`, but no longer `errorUrl`.
const URL_MAX: usize = 255;
/// Maximum length of `userConsent.userLocation.state`, in characters.
const STATE_MAX: usize = 100;
/// Maximum length of an id of Jumio's; real ones are UUIDs of 36 characters.
const ID_MAX: usize = 64;
/// Length of a scan reference of Netverify's, a UUID.
const SCAN_LEN: usize = 36;
/// Maximum length of `web.href` and `redirectUrl`; real ones have about 600 characters.
const HREF_MAX: usize = 8192;
/// What `customerInternalReference` must not contain. Documented for that field only; safe for both references.
const FORBIDDEN: &[char] = &['<', '>', '"', '/', ';', '`', '%', '{', '}', '|'];

fn broken(field: &str, rule: &str) -> VendorError {
    VendorError::Invalid(format!("{field}: {rule}"))
}

/// A reference: 1 to 100 printable ASCII characters, none of the forbidden ones.
pub(super) fn reference<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    if value.is_empty() || value.len() > REFERENCE_MAX {
        return Err(broken(field, "must have 1 to 100 characters"));
    }
    if value.contains(FORBIDDEN) {
        return Err(broken(field, "must not contain any of < > \" / ; ` % { } |"));
    }
    if !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return Err(broken(field, "must be printable ASCII"));
    }
    Ok(value)
}

/// Which of the address rules can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Jumio itself: it can only call and send browsers to public https hosts on the default port.
    Public,
    /// A simulator on this machine: `http`, loopback hosts and ports are fine.
    Loopback,
}

impl Reach {
    /// The reach of a Jumio that is called at `base`. Nothing but Jumio's own address relaxes the rules.
    pub(super) fn of(base: &Url) -> Self {
        if is_loopback(base) {
            Self::Loopback
        } else {
            Self::Public
        }
    }
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address that Jumio calls or sends a browser to: https, a host name, no port, no query, no fragment, no
/// credentials, at most 255 characters.
pub(super) fn address<'a>(field: &str, url: &'a Url, reach: Reach) -> Result<&'a str, VendorError> {
    if url.as_str().len() > URL_MAX {
        return Err(broken(field, "must have at most 255 characters"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(broken(field, "must have neither query nor fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(broken(field, "must not contain credentials"));
    }
    let local = reach == Reach::Loopback && is_loopback(url);
    if url.scheme() != "https" && !(local && url.scheme() == "http") {
        return Err(broken(field, "must be https"));
    }
    if !local && url.port().is_some() {
        return Err(broken(field, "must not name a port"));
    }
    if !local && !matches!(url.host(), Some(Host::Domain(_))) {
        return Err(broken(field, "must have a host name, not an IP address"));
    }
    Ok(url.as_str())
}

/// An ISO 3166-1 alpha-3 country code, upper case (`XKX` included).
pub(super) fn country<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    if value.len() != 3 || !value.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(broken(field, "must be an ISO 3166-1 alpha-3 code, upper case"));
    }
    Ok(value)
}

/// A state or province.
pub(super) fn state<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    if value.is_empty() || value.chars().count() > STATE_MAX || value.chars().any(char::is_control) {
        return Err(broken(
            field,
            "must have 1 to 100 characters, none of them a control character",
        ));
    }
    Ok(value)
}

/// The address of the person's browser.
pub(super) fn ip<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    match value.parse::<std::net::IpAddr>() {
        Ok(_) => Ok(value),
        Err(_) => Err(broken(field, "must be an IP address")),
    }
}

/// An id of Jumio's, before it becomes part of an address: 1 to 64 of `A-Z a-z 0-9 -`.
pub(super) fn id<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    if is_id(value) {
        Ok(value)
    } else {
        Err(broken(field, "must be 1 to 64 letters, digits and hyphens"))
    }
}

/// Whether a text has the form of one of Jumio's ids.
pub(super) fn is_id(value: &str) -> bool {
    (1..=ID_MAX).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A scan reference of Netverify's, before it becomes part of an address: 36 of `A-Z a-z 0-9 -`.
pub(super) fn scan<'a>(field: &str, value: &'a str) -> Result<&'a str, VendorError> {
    if is_scan(value) {
        Ok(value)
    } else {
        Err(broken(field, "must be 36 letters, digits and hyphens"))
    }
}

/// Whether a text has the form of a scan reference.
pub(super) fn is_scan(value: &str) -> bool {
    value.len() == SCAN_LEN && is_id(value)
}

/// Whether the hosted page's address may be given to a browser: https (or a simulator on this machine), plain ASCII,
/// of sane length. Its path and query are never read.
pub(super) fn is_href(value: &str, reach: Reach) -> bool {
    let plain = value.len() <= HREF_MAX && value.bytes().all(|b| b.is_ascii_graphic());
    plain
        && Url::parse(value).is_ok_and(|url| match url.scheme() {
            "https" => url.has_host(),
            "http" => reach == Reach::Loopback && is_loopback(&url),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule<T: std::fmt::Debug>(result: Result<T, VendorError>) -> String {
        match result {
            Err(VendorError::Invalid(rule)) => rule,
            other => panic!("expected a broken rule, got {other:?}"),
        }
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn public(text: &str) -> String {
        rule(address("callbackUrl", &url(text), Reach::Public))
    }

    #[test]
    fn a_reference_of_100_characters_is_fine() {
        assert!(reference("userReference", &"a".repeat(100)).is_ok());
    }

    #[test]
    fn a_reference_of_101_characters_is_refused() {
        assert!(rule(reference("userReference", &"a".repeat(101))).contains("1 to 100"));
    }

    #[test]
    fn an_empty_reference_is_refused() {
        assert!(rule(reference("userReference", "")).contains("1 to 100"));
    }

    #[test]
    fn each_forbidden_character_is_refused_and_the_value_is_not_repeated() {
        for c in ['<', '>', '"', '/', ';', '`', '%', '{', '}', '|'] {
            let said = rule(reference("customerInternalReference", &format!("secret{c}x")));
            assert!(
                said.starts_with("customerInternalReference: must not contain"),
                "{c}: {said}"
            );
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_reference_with_a_control_or_foreign_character_is_refused() {
        for bad in ["a\nb", "a\tb", "ä", "a\u{202e}b"] {
            assert!(rule(reference("userReference", bad)).contains("printable ASCII"));
        }
    }

    #[test]
    fn an_address_may_have_255_characters_and_no_more() {
        let of = |n: usize| url(&format!("https://id.contoso.example/{}", "a".repeat(n - 27)));
        assert_eq!(of(255).as_str().len(), 255);
        assert!(address("callbackUrl", &of(255), Reach::Public).is_ok());
        assert!(rule(address("callbackUrl", &of(256), Reach::Public)).contains("255"));
    }

    #[test]
    fn an_address_with_a_query_is_refused() {
        assert!(public("https://id.contoso.example/r?code=1").contains("query"));
    }

    #[test]
    fn an_address_with_a_fragment_is_refused() {
        assert!(public("https://id.contoso.example/r#x").contains("fragment"));
    }

    #[test]
    fn an_address_with_a_port_is_refused() {
        assert!(public("https://id.contoso.example:8443/r").contains("port"));
    }

    #[test]
    fn an_address_with_an_ip_is_refused() {
        assert!(public("https://192.0.2.1/r").contains("IP"));
        assert!(public("https://[2001:db8::1]/r").contains("IP"));
    }

    #[test]
    fn an_address_without_tls_is_refused() {
        assert!(public("http://id.contoso.example/r").contains("https"));
    }

    #[test]
    fn an_address_with_credentials_is_refused() {
        assert!(public("https://u:p@id.contoso.example/r").contains("credentials"));
    }

    #[test]
    fn loopback_is_refused_by_the_real_jumio_and_fine_for_a_simulator() {
        let local = url("http://localhost:7071/api/callback/x");
        assert!(rule(address("callbackUrl", &local, Reach::Public)).contains("https"));
        assert!(address("callbackUrl", &local, Reach::Loopback).is_ok());
    }

    #[test]
    fn a_simulator_does_not_relax_the_rules_for_other_hosts() {
        let foreign = url("http://id.contoso.example/r");
        assert!(rule(address("callbackUrl", &foreign, Reach::Loopback)).contains("https"));
    }

    #[test]
    fn only_a_base_on_this_machine_makes_a_simulator() {
        assert_eq!(Reach::of(&url("http://127.0.0.1:9/x")), Reach::Loopback);
        assert_eq!(Reach::of(&url("http://[::1]:9/x")), Reach::Loopback);
        assert_eq!(Reach::of(&url("https://account.emea-1.jumio.ai")), Reach::Public);
        assert_eq!(Reach::of(&url("https://localhost.example")), Reach::Public);
    }

    #[test]
    fn a_country_is_three_capital_letters() {
        assert!(country("c", "AUT").is_ok());
        assert!(country("c", "XKX").is_ok());
        for bad in ["AT", "aut", "Austria", "A1T", ""] {
            assert!(rule(country("c", bad)).contains("alpha-3"), "{bad}");
        }
    }

    #[test]
    fn a_state_is_bounded() {
        assert!(state("s", "IL").is_ok());
        assert!(state("s", &"é".repeat(100)).is_ok());
        for bad in [String::new(), "x".repeat(101), "I\nL".into()] {
            assert!(rule(state("s", &bad)).contains("1 to 100"));
        }
    }

    #[test]
    fn an_address_of_a_browser_is_an_ip_address() {
        assert!(ip("userIp", "192.0.2.7").is_ok());
        assert!(ip("userIp", "2001:db8::7").is_ok());
        assert!(rule(ip("userIp", "192.0.2.7:5060")).contains("IP address"));
    }

    #[test]
    fn an_id_that_could_change_an_address_is_refused() {
        assert!(id("account.id", "7a0c2d0e-1111-4c2f-8f3a-5a1b2c3d4e5f").is_ok());
        for bad in ["", "..", "a/b", "a%2fb", "a?b", "a b", "ä", &"a".repeat(65)] {
            assert!(rule(id("account.id", bad)).contains("letters"), "{bad}");
        }
    }

    #[test]
    fn a_scan_reference_that_could_change_an_address_is_refused() {
        assert!(scan("scanReference", "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11").is_ok());
        for bad in [
            "",
            "0b6d0f0e",
            "../../../../../../api/v4/initiate///",
            "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a1/",
            "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a%2",
            "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11a",
        ] {
            assert!(rule(scan("scanReference", bad)).contains("36"), "{bad}");
        }
    }

    #[test]
    fn the_hosted_page_is_https() {
        assert!(is_href(
            "https://contoso.web.emea-1.jumio.ai/web/client?a=b&c=d",
            Reach::Public
        ));
        for bad in [
            "http://contoso.web.emea-1.jumio.ai/",
            "javascript:alert(1)",
            "//x",
            "https://a\r\nb",
            "",
        ] {
            assert!(!is_href(bad, Reach::Public), "{bad}");
        }
        assert!(!is_href("http://127.0.0.1:1/p", Reach::Public));
        assert!(is_href("http://127.0.0.1:1/p", Reach::Loopback));
        assert!(!is_href(
            &format!("https://a/{}", "x".repeat(8192)),
            Reach::Public
        ));
    }
}
