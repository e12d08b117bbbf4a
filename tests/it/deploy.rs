//! The Bicep file gives settings that the handler takes.

use std::collections::BTreeMap;

use handler::testing::settings::understood;
use rig::package::workspace;

/// What the expressions of the file become in Azure.
const EXPRESSIONS: [(&str, &str); 8] = [
    ("origin", "https://idv-x1.azurewebsites.net"),
    ("vault.properties.vaultUri", "https://idv-x1.vault.azure.net/"),
    (
        "identity.properties.clientId",
        "11111111-2222-4333-8444-555555555555",
    ),
    ("jumioRegion", "emea-1"),
    ("jumioWorkflowKey", "10164"),
    ("jumioUserAgent", "Example-Bank idv/1.0"),
    (
        "clientRedirectUri",
        "https://contoso.b2clogin.com/contoso.onmicrosoft.com/oauth2/authresp",
    ),
    ("storage.name", "idvx1"),
];

/// Every secret of the table in `deploy/README.md`, as the setting it fills.
const SECRETS: [(&str, &str); 5] = [
    ("JumioSettings:AuthUsername", "a-token"),
    ("JumioSettings:AuthPassword", "a-secret"),
    (
        "AppSettings:StateKey",
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ),
    ("VerifyAuth:BasicUsername", "b2c"),
    ("VerifyAuth:BasicPassword", "a-long-enough-password"),
];

/// `param name string = 'default'` of the file.
fn parameters(bicep: &str) -> BTreeMap<&str, &str> {
    let lines = bicep.lines().filter_map(|line| line.strip_prefix("param "));
    lines
        .filter_map(|line| {
            let (name, default) = line.split_once(" string = '")?;
            Some((name, default.strip_suffix('\'')?))
        })
        .collect()
}

fn value(expression: &str, bicep: &str) -> String {
    if let Some(text) = expression
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return text
            .replace(
                "${storage.properties.primaryEndpoints.blob}",
                "https://idvx1.blob.core.windows.net/",
            )
            .replace("${facts.name}", "facts");
    }
    let known = EXPRESSIONS.iter().find(|(name, _)| *name == expression);
    known.map_or_else(
        || parameters(bicep)[expression].to_owned(),
        |(_, value)| (*value).to_owned(),
    )
}

#[test]
fn the_app_settings_and_secrets_of_the_guide_are_enough() {
    let bicep = std::fs::read_to_string(workspace().join("deploy/main.bicep")).unwrap();
    let guide = std::fs::read_to_string(workspace().join("deploy/README.md")).unwrap();
    let settings = bicep.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("{ name: '")?.split_once("', value: ")?;
        let (expression, _) = rest.split_once(" }")?;
        Some((name.replace("__", ":"), value(expression, &bicep)))
    });
    let settings: Vec<_> = settings
        .filter(|(name, _)| !name.starts_with("AzureWebJobs"))
        .collect();
    assert!(settings.len() > 10, "{settings:?}");
    for (name, _) in SECRETS {
        assert!(guide.contains(&name.replace(':', "--")), "{name}");
    }
    let secrets = SECRETS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let loaded = understood(settings.into_iter().chain(secrets)).unwrap();
    assert_eq!(loaded.remarks, Vec::<String>::new());
    assert!(loaded.keeps_facts_in_a_container);
    assert!(!loaded.requires_pkce, "Azure AD B2C does not use PKCE");
}
