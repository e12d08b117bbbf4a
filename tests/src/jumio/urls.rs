//! Jumio's rules for the customer's addresses, and the parameters it appends to them.

use url::{Host, Url};

/// What one product wants of one address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// In characters.
    pub(super) longest: usize,
    /// Names that Jumio appends and that may therefore not be there already.
    pub(super) appended: &'static [&'static str],
    /// Whether it may have a query.
    pub(super) query: bool,
}

/// `callbackUrl`, `successUrl` and `errorUrl` of KYX.
pub(super) const KYX: Rule = Rule {
    longest: 255,
    appended: &[
        "accountId",
        "workflowExecutionId",
        "acquisitionStatus",
        "customerInternalReference",
        "errorCode",
    ],
    query: false,
};

/// Says what is wrong with an address, if anything. Without `strict` an address of the rig will do: http, a port, an
/// IP address and a query are let through.
pub(super) fn check(rule: Rule, field: &str, text: &str, strict: bool) -> Result<(), String> {
    let refuse = |why: &str| Err(format!("{field} {why}"));
    if text.chars().count() > rule.longest {
        return refuse(&format!("is longer than {} characters", rule.longest));
    }
    if !text.is_ascii() {
        return refuse("is not ASCII");
    }
    let Ok(url) = Url::parse(text) else {
        return refuse("is not an absolute URL");
    };
    if url.fragment().is_some() {
        return refuse("has a fragment");
    }
    if url
        .query_pairs()
        .any(|(name, _)| rule.appended.contains(&name.as_ref()))
    {
        return refuse("already has a parameter that is appended");
    }
    if !strict {
        return if matches!(url.scheme(), "http" | "https") {
            Ok(())
        } else {
            refuse("is not http or https")
        };
    }
    check_strictly(rule, &url, text).or_else(refuse)
}

fn check_strictly(rule: Rule, url: &Url, text: &str) -> Result<(), &'static str> {
    if url.scheme() != "https" {
        return Err("is not https");
    }
    let Some(Host::Domain(domain)) = url.host() else {
        return Err("has an IP address");
    };
    if !domain.contains('.') {
        return Err("has no public domain");
    }
    // `Url` drops a port that is the scheme's own, so the text is looked at.
    let authority = text
        .trim_start_matches("https://")
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    if authority.contains(':') {
        return Err("has a port");
    }
    if text.contains('?') && !rule.query {
        Err("has a query")
    } else {
        Ok(())
    }
}

/// The address with parameters appended, after `?` or, when it has a query, after `&`.
pub(super) fn append(address: &str, pairs: &[(&str, &str)]) -> String {
    let encoded = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strictly(text: &str) -> String {
        check(KYX, "successUrl", text, true).err().unwrap_or_default()
    }

    #[test]
    fn a_plain_public_address_is_fine() {
        assert_eq!(strictly("https://id.contoso.example/api/callback/return/abc"), "");
    }

    #[test]
    fn each_rule_refuses_on_its_own() {
        assert_eq!(strictly("http://id.contoso.example/r"), "successUrl is not https");
        assert_eq!(
            strictly("https://id.contoso.example:443/r"),
            "successUrl has a port"
        );
        assert_eq!(
            strictly("https://id.contoso.example:8443/r"),
            "successUrl has a port"
        );
        assert_eq!(strictly("https://192.0.2.1/r"), "successUrl has an IP address");
        assert_eq!(
            strictly("https://[2001:db8::1]/r"),
            "successUrl has an IP address"
        );
        assert_eq!(strictly("https://localhost/r"), "successUrl has no public domain");
        assert_eq!(
            strictly("https://id.contoso.example/r?a=b"),
            "successUrl has a query"
        );
        assert_eq!(
            strictly("https://id.contoso.example/r#a"),
            "successUrl has a fragment"
        );
        assert_eq!(strictly("/r"), "successUrl is not an absolute URL");
        let long = format!("https://id.contoso.example/{}", "a".repeat(229));
        assert_eq!(strictly(&long), "successUrl is longer than 255 characters");
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let longest = format!("https://id.contoso.example/{}", "a".repeat(228));
        assert_eq!(longest.len(), 255);
        assert_eq!(strictly(&longest), "");
    }

    #[test]
    fn an_appended_name_may_not_be_there_already() {
        let refused = check(KYX, "errorUrl", "http://127.0.0.1:1/r?errorCode=1", false).unwrap_err();
        assert_eq!(refused, "errorUrl already has a parameter that is appended");
    }

    #[test]
    fn parameters_follow_a_query_with_an_ampersand() {
        assert_eq!(
            append("https://a.example/r", &[("x", "1 2")]),
            "https://a.example/r?x=1+2"
        );
        assert_eq!(
            append("https://a.example/r?y=0", &[("x", "1")]),
            "https://a.example/r?y=0&x=1"
        );
    }
}
