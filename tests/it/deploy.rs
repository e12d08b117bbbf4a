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

/// How the names of settings begin that the Functions host reads, not the handler.
const OF_THE_HOST: [&str; 2] = ["AzureWebJobs", "APPLICATIONINSIGHTS_"];

/// Names and expressions of the app settings.
fn app_settings(bicep: &str) -> impl Iterator<Item = (&str, &str)> {
    bicep.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("{ name: '")?.split_once("', value: ")?;
        let (expression, _) = rest.split_once(" }")?;
        Some((name, expression))
    })
}

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

/// The host passes on each line of the handler, if it is told to whom; without this nobody reads a log in Azure.
#[test]
fn the_log_goes_to_application_insights() {
    let bicep = std::fs::read_to_string(workspace().join("deploy/main.bicep")).unwrap();
    let guide = std::fs::read_to_string(workspace().join("deploy/README.md")).unwrap();
    let connection = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    let (_, expression) = app_settings(&bicep)
        .find(|(name, _)| *name == connection)
        .unwrap();
    assert_eq!(expression, "insights.properties.ConnectionString");
    assert!(guide.contains(connection) && guide.contains("logRetentionDays"));
    let (_, insights) = bicep
        .split_once("resource insights 'Microsoft.Insights/components@")
        .unwrap();
    let (insights, _) = insights.split_once("\n}\n").unwrap();
    assert!(insights.contains("WorkspaceResourceId: logs.id"), "{insights}");
    assert!(bicep.contains("resource logs 'Microsoft.OperationalInsights/workspaces@"));
    let host: serde_json::Value =
        serde_json::from_slice(&std::fs::read(workspace().join("host.json")).unwrap()).unwrap();
    let sampling = &host["logging"]["applicationInsights"]["samplingSettings"];
    assert!(
        sampling["excludedTypes"]
            .as_str()
            .unwrap()
            .split(';')
            .any(|kind| kind == "Trace")
    );
}

#[test]
fn every_name_in_an_app_setting_is_declared() {
    let bicep = std::fs::read_to_string(workspace().join("deploy/main.bicep")).unwrap();
    let mut seen = 0;
    for (setting, expression) in app_settings(&bicep) {
        let in_text = expression
            .split("${")
            .skip(1)
            .filter_map(|part| part.split('}').next());
        let bare = (!expression.starts_with('\'')).then_some(expression);
        for used in in_text.chain(bare) {
            let name = used.split('.').next().unwrap();
            let is_declared = ["resource", "param", "var"]
                .iter()
                .any(|kind| bicep.contains(&format!("\n{kind} {name} ")));
            assert!(is_declared, "{name} of {setting}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn the_app_settings_and_secrets_of_the_guide_are_enough() {
    let bicep = std::fs::read_to_string(workspace().join("deploy/main.bicep")).unwrap();
    let guide = std::fs::read_to_string(workspace().join("deploy/README.md")).unwrap();
    let settings: Vec<_> = app_settings(&bicep)
        .filter(|(name, _)| !OF_THE_HOST.iter().any(|of_host| name.starts_with(of_host)))
        .map(|(name, expression)| (name.replace("__", ":"), value(expression, &bicep)))
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
