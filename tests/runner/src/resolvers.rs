//! Claims resolvers: `{Context:CorrelationId}`, `{OIDC:LoginHint}`, `{Claim:email}` and the rest, as pure functions.
//!
//! Names compare whatever their case, as the service does in practice. A resolver that is known but has no value is
//! filled with nothing; text in braces that is no resolver stays as it is. When a `DefaultValue` may be resolved at all
//! is the caller's business: it needs `IncludeClaimResolvingInClaimsHandling` and `AlwaysUseDefaultValue`, except in
//! Application Insights profiles, content definitions and the relying party.

mod culture;

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};
use time::{OffsetDateTime, macros::format_description};

use crate::{claims::Bag, model::Policy};

static RESOLVER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{([A-Za-z0-9_-]+):([^{}]+)\}|\{(tenant)\}").ok());

/// What resolvers look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The policy the application called.
    pub policy: &'a Policy,
    /// The claims of the journey.
    pub claims: &'a Bag,
    /// Parameters of the authorization or token request by name, as sent; `{OIDC:…}` and `{OAUTH-KV:…}` read them.
    pub request: &'a BTreeMap<String, String>,
    /// Answer of an OAuth 2 provider, for `{oauth2:access_token}` and its like; usually empty.
    pub provider: &'a BTreeMap<String, String>,
    /// Language of the journey (RFC 5646), for example `en-US`.
    pub culture: &'a str,
    /// Object id of the tenant.
    pub tenant_object_id: &'a str,
    /// Correlation id of the journey.
    pub correlation_id: &'a str,
    /// Host name of the request.
    pub host: &'a str,
    /// Address of the user.
    pub ip: &'a str,
    /// Whether the user asked to stay signed in.
    pub keep_signed_in: bool,
    /// Address of the service itself, for `{service:te}`.
    pub service: &'a str,
    /// The time of the request.
    pub now: OffsetDateTime,
}

/// Fills every resolver in a text.
#[must_use]
pub fn fill(text: &str, context: &Context<'_>) -> String {
    let Some(regex) = RESOLVER.as_ref() else {
        return text.to_owned();
    };
    let value = |found: &Captures<'_>| {
        let whole = found.get(0).map(|all| all.as_str()).unwrap_or_default();
        let part = |index| found.get(index).map(|part| part.as_str()).unwrap_or_default();
        if found.get(3).is_some() {
            Some(context.policy.tenant.clone())
        } else {
            resolve(part(1), part(2), context)
        }
        .unwrap_or_else(|| whole.to_owned())
    };
    regex.replace_all(text, value).into_owned()
}

/// The resolvers in a text, as written.
#[must_use]
pub fn mentioned(text: &str) -> Vec<&str> {
    let regex = RESOLVER.as_ref();
    regex
        .map(|regex| regex.find_iter(text).map(|found| found.as_str()).collect())
        .unwrap_or_default()
}

/// Whether a resolver, as [`mentioned`] gives it, is one the service knows.
#[must_use]
pub fn known(resolver: &str) -> bool {
    let inner = resolver.trim_start_matches('{').trim_end_matches('}');
    let Some((family, name)) = inner.split_once(':') else {
        return inner.eq_ignore_ascii_case("tenant");
    };
    let names = FAMILIES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(family))
        .map(|(_, names)| *names);
    names.is_some_and(|names| names.is_empty() || names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// Families with their names; a family without names takes any.
const FAMILIES: &[(&str, &[&str])] = &[
    ("Culture", &["LanguageName", "LCID", "RegionName", "RFC5646"]),
    (
        "Policy",
        &[
            "PolicyId",
            "RelyingPartyTenantId",
            "TenantObjectId",
            "TrustFrameworkTenantId",
        ],
    ),
    (
        "Context",
        &[
            "BuildNumber",
            "CorrelationId",
            "DateTimeInUtc",
            "DeploymentMode",
            "HostName",
            "IPAddress",
            "KMSI",
        ],
    ),
    ("Claim", &[]),
    (
        "OIDC",
        &[
            "AuthenticationContextReferences",
            "ClientId",
            "DomainHint",
            "LoginHint",
            "MaxAge",
            "Nonce",
            "Password",
            "Prompt",
            "RedirectUri",
            "Resource",
            "ResponseMode",
            "ResponseType",
            "Scope",
            "Username",
        ],
    ),
    ("OAUTH-KV", &[]),
    (
        "SAML",
        &[
            "AuthnContextClassReferences",
            "NameIdPolicyFormat",
            "Issuer",
            "AllowCreate",
            "ForceAuthn",
            "ProviderName",
            "RelayState",
            "Subject",
            "Binding",
        ],
    ),
    (
        "oauth2",
        &["access_token", "token_type", "expires_in", "refresh_token"],
    ),
    ("service", &["te"]),
];

/// The value of one resolver; `None` if there is no resolver of that name.
fn resolve(family: &str, name: &str, context: &Context<'_>) -> Option<String> {
    let name = name.trim();
    match family.to_ascii_lowercase().as_str() {
        "culture" => culture::resolve(name, context.culture),
        "policy" => policy(name, context),
        "context" => request_context(name, context),
        "claim" => Some(context.claims.text(name).unwrap_or_default()),
        "oidc" => Some(request(oidc_parameter(name)?, context)),
        "oauth-kv" => Some(request(name, context)),
        "oauth2" => known(&format!("{{oauth2:{name}}}")).then(|| {
            context
                .provider
                .get(&name.to_ascii_lowercase())
                .cloned()
                .unwrap_or_default()
        }),
        // There are no SAML requests here: the resolver is known, and without a value.
        "saml" => known(&format!("{{SAML:{name}}}")).then(String::new),
        "service" if name.eq_ignore_ascii_case("te") => Some(context.service.to_owned()),
        _ => None,
    }
}

fn policy(name: &str, context: &Context<'_>) -> Option<String> {
    let value = match name.to_ascii_lowercase().as_str() {
        "policyid" => &context.policy.id,
        "relyingpartytenantid" | "trustframeworktenantid" => &context.policy.tenant,
        "tenantobjectid" => context.tenant_object_id,
        _ => return None,
    };
    Some(value.to_owned())
}

fn request_context(name: &str, context: &Context<'_>) -> Option<String> {
    Some(match name.to_ascii_lowercase().as_str() {
        "buildnumber" => env!("CARGO_PKG_VERSION").to_owned(),
        "correlationid" => context.correlation_id.to_owned(),
        "datetimeinutc" => date_time(context.now),
        "deploymentmode" => context
            .policy
            .deployment_mode
            .map_or("Production", |mode| mode.word())
            .to_owned(),
        "hostname" => context.host.to_owned(),
        "ipaddress" => context.ip.to_owned(),
        "kmsi" => context.keep_signed_in.to_string(),
        _ => return None,
    })
}

/// `10/10/2021 12:00:00 PM`, as the reference shows it.
fn date_time(at: OffsetDateTime) -> String {
    let format = format_description!(
        "[month padding:none]/[day padding:none]/[year] [hour repr:12 padding:none]:[minute]:[second] [period]"
    );
    at.to_offset(time::UtcOffset::UTC)
        .format(format)
        .unwrap_or_default()
}

/// The request parameter behind an OpenID Connect resolver.
fn oidc_parameter(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "authenticationcontextreferences" => "acr_values",
        "clientid" => "client_id",
        "domainhint" => "domain_hint",
        "loginhint" => "login_hint",
        "maxage" => "max_age",
        "nonce" => "nonce",
        "password" => "password",
        "prompt" => "prompt",
        "redirecturi" => "redirect_uri",
        "resource" => "resource",
        "responsemode" => "response_mode",
        "responsetype" => "response_type",
        "scope" => "scope",
        "username" => "username",
        _ => return None,
    })
}

/// A request parameter: exactly that name, else the same name in another case.
fn request(name: &str, context: &Context<'_>) -> String {
    let exact = context.request.get(name);
    let folded = || {
        context
            .request
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    };
    exact.or_else(folded).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Context, fill, known, mentioned};
    use crate::{
        claims::{Bag, Value},
        model::{Policy, words::DeploymentMode},
    };
    use std::collections::BTreeMap;
    use time::macros::datetime;

    fn filled(text: &str) -> String {
        let policy = Policy {
            id: "B2C_1A_signup_signin".to_owned(),
            tenant: "contoso.onmicrosoft.com".to_owned(),
            deployment_mode: Some(DeploymentMode::Development),
            ..Policy::default()
        };
        let mut claims = Bag::default();
        claims.set("displayName", Value::string("Emily"));
        claims.set("verified", Value::Boolean(true));
        let pairs = [
            ("client_id", "app1"),
            ("login_hint", "emily@contoso.com"),
            ("campaignId", "Hawaii"),
        ];
        let request = pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        let provider = BTreeMap::from([("access_token".to_owned(), "abc".to_owned())]);
        let context = Context {
            policy: &policy,
            claims: &claims,
            request: &request,
            provider: &provider,
            culture: "pt-BR",
            tenant_object_id: "11111111-2222-3333-4444-555555555555",
            correlation_id: "c0ffee",
            host: "localhost",
            ip: "127.0.0.1",
            keep_signed_in: false,
            service: "https://localhost/te",
            now: datetime!(2021-10-09 15:04:05 UTC),
        };
        fill(text, &context)
    }

    #[test]
    fn every_family_is_filled() {
        assert_eq!(
            filled("{Culture:RFC5646} {Culture:LCID} {Culture:LanguageName}"),
            "pt-BR 1046 pt"
        );
        assert_eq!(
            filled("{Policy:PolicyId}@{Policy:TrustFrameworkTenantId}"),
            "B2C_1A_signup_signin@contoso.onmicrosoft.com"
        );
        assert_eq!(
            filled("{Policy:TenantObjectId}"),
            "11111111-2222-3333-4444-555555555555"
        );
        assert_eq!(filled("{Context:CorrelationId} {Context:KMSI}"), "c0ffee false");
        assert_eq!(filled("{Context:DateTimeInUtc}"), "10/9/2021 3:04:05 PM");
        assert_eq!(
            filled("{Context:DeploymentMode} {Context:IPAddress}"),
            "Development 127.0.0.1"
        );
        assert_eq!(filled("{Claim:DISPLAYNAME} {Claim:verified}"), "Emily True");
        assert_eq!(
            filled("{OIDC:ClientId} {OIDC:LoginHint}"),
            "app1 emily@contoso.com"
        );
        assert_eq!(filled("{OAUTH-KV:campaignId}"), "Hawaii");
        assert_eq!(
            filled("{oauth2:access_token} {service:te} {tenant}"),
            "abc https://localhost/te contoso.onmicrosoft.com"
        );
    }

    #[test]
    fn names_compare_whatever_their_case() {
        assert_eq!(
            filled("{OIDC:loginHINT} {oauth-kv:campaignid} {context:correlationid}"),
            "emily@contoso.com Hawaii c0ffee"
        );
    }

    #[test]
    fn a_known_resolver_without_value_is_empty() {
        assert_eq!(
            filled("[{OIDC:Nonce}{OAUTH-KV:other}{Claim:none}{SAML:Issuer}]"),
            "[]"
        );
    }

    #[test]
    fn what_is_no_resolver_stays() {
        for text in [
            "{Settings:Tenant}",
            "{OIDC:Mood}",
            "{0}",
            "{property:Name}",
            "{Context:Weather}",
            "{}",
        ] {
            assert_eq!(filled(text), text);
        }
    }

    #[test]
    fn resolvers_are_found_and_known() {
        assert_eq!(mentioned("a {OIDC:Scope} b {x:y}"), ["{OIDC:Scope}", "{x:y}"]);
        assert!(known("{oidc:scope}") && known("{OAUTH-KV:anything}") && known("{tenant}"));
        assert!(!known("{x:y}") && !known("{OIDC:Mood}"));
    }
}
