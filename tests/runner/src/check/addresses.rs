//! Addresses without encryption, and addresses the service cannot reach.

use url::{Host, Url};

use crate::{
    finding::Finding,
    model::{Item, Policy},
};

pub(super) fn check(policy: &Policy, found: &mut Vec<Finding>) {
    for page in &policy.content_definitions {
        for address in page.load_uri.iter().chain(&page.recovery_uri) {
            one(address, &format!("{} of \"{}\"", address.key, page.id), found);
        }
    }
    for profile in &policy.profiles {
        for item in profile.metadata.iter().filter(|item| is_address(&item.key)) {
            one(item, &format!("{} of \"{}\"", item.key, profile.id), found);
        }
    }
}

/// Metadata items that are called; names such as `ProviderName` may hold an address that never is.
fn is_address(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "metadata" || key.ends_with("endpoint") || key.ends_with("url") || key.ends_with("uri")
}

fn one(item: &Item, what: &str, found: &mut Vec<Finding>) {
    if !item.value.to_ascii_lowercase().starts_with("http://") {
        return;
    }
    // Resolvers may stand anywhere but in the host.
    let plain = item.value.replace(['{', '}'], "_");
    if Url::parse(&plain).is_ok_and(|url| is_local(&url)) {
        found.push(
            Finding::note("local-address", &item.span, format!("{what} is on this machine"))
                .why("Azure AD B2C refuses private and loopback addresses; only a local runner reaches them")
                .instead("an https address, by a {Settings:…} placeholder that differs by environment"),
        );
        return;
    }
    found.push(
        Finding::error(
            "https",
            &item.span,
            format!("{what} is not encrypted: {}", item.value),
        )
        .why("claims and scripts could be read and changed on the way, and Azure AD B2C demands https")
        .instead(item.value.replacen("http://", "https://", 1)),
    );
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    #[test]
    fn an_address_without_encryption_is_an_error() {
        let sample = Sample::new().profile(
            "Rest",
            "RestfulProvider",
            "<Item Key=\"ServiceUrl\">http://a.example/x</Item>",
            "",
        );
        assert_eq!(rules(&sample, "https"), [Sample::PROFILE_LINE]);
    }

    #[test]
    fn a_local_address_is_a_note_and_https_is_fine() {
        let local = Sample::new().profile(
            "Rest",
            "RestfulProvider",
            "<Item Key=\"ServiceUrl\">http://localhost:1/x</Item>",
            "",
        );
        assert_eq!(
            (rules(&local, "https").len(), rules(&local, "local-address").len()),
            (0, 1)
        );
        let safe = Sample::new().profile(
            "Rest",
            "RestfulProvider",
            "<Item Key=\"ServiceUrl\">https://a.example/{id}</Item>",
            "",
        );
        assert_eq!(
            (rules(&safe, "https").len(), rules(&safe, "local-address").len()),
            (0, 0)
        );
    }

    #[test]
    fn a_name_that_looks_like_an_address_is_none() {
        let sample = Sample::new().profile(
            "Rest",
            "RestfulProvider",
            "<Item Key=\"ProviderName\">http://a.example/</Item>",
            "",
        );
        assert!(rules(&sample, "https").is_empty());
    }

    #[test]
    fn a_page_without_encryption_is_an_error() {
        let page = "<ContentDefinition Id=\"api.x\"><LoadUri>http://cdn.example/x.html</LoadUri></ContentDefinition>";
        assert_eq!(rules(&Sample::new().pages(page), "https").len(), 1);
    }
}
