//! The app settings of one rig: addresses of the simulators, names of secrets, no secret itself.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Cast, Kind, Options, SIGNING_CERT, Simulators, sample};
use crate::host::mode_settings;
use crate::jumio;

/// Who sends people, and where they go back to.
pub(super) struct Surroundings {
    /// Redirect address of the local tenant, where there is one.
    pub(super) tenant: Option<String>,
    /// Where people go back to by a policy.
    pub(super) base: String,
    /// Redirect addresses of the demonstration application.
    pub(super) application: String,
}

/// Everything the handler is told.
pub(super) fn settings(
    options: &Options,
    cast: &Cast,
    simulators: &Simulators,
    surroundings: &Surroundings,
    folder: &Path,
) -> Result<BTreeMap<String, String>> {
    let Simulators {
        jumio, vault, entra, ..
    } = simulators;
    let authority = folder.join("authority.crt");
    std::fs::write(&authority, &vault.trusted_pem).context("writing the authority's certificate")?;
    let mut settings = BTreeMap::new();
    let mut set = |name: &str, value: String| settings.insert(name.replace(':', "__"), value);
    set("AppSettings:PublicUrl", cast.public_url.clone());
    set("AppSettings:LogLevel", "debug".into());
    set("AppSettings:SigningCertName", SIGNING_CERT.into());
    // The address names the port, because an override cannot.
    set(
        "AppSettings:KeyVaultUrl",
        format!("https://{}:{}", vault.host, vault.address.port()),
    );
    set("AppSettings:ExtraCaFile", authority.display().to_string());
    set(
        "AppSettings:ResolveOverrides",
        format!("{}={}", vault.host, vault.address.ip()),
    );
    set("IDENTITY_ENDPOINT", vault.identity_endpoint.to_string());
    set("IDENTITY_HEADER", vault.identity_header.clone());
    of_jumio(options, jumio, &mut set)?;
    set("VerifyAuth:BasicUsername", Cast::USER.into());
    set("VerifyAuth:EntraIssuer", entra.issuer.clone());
    set("VerifyAuth:EntraAudience", Cast::AUDIENCE.into());
    set("VerifyAuth:EntraAppIds", Cast::APP_ID.into());
    set(
        "FactStore:Location",
        format!("file:{}", folder.join("facts").display()),
    );
    clients(cast, &mut set)?;
    if let Some(redirect_uri) = &surroundings.tenant {
        b2c(redirect_uri, &mut set);
    }
    if let Some(cors) = options.sample {
        let application = (Cast::APPLICATION, surroundings.application.as_str());
        for (name, value) in sample::settings(&cast.sample, cors, &surroundings.base, application) {
            set(name, value);
        }
    }
    settings.extend(options.mode.into_iter().flat_map(mode_settings));
    for (name, value) in &options.settings {
        let name = name.replace(':', "__");
        if value.is_empty() {
            settings.remove(&name);
        } else {
            settings.insert(name, value.clone());
        }
    }
    Ok(settings)
}

/// Where Jumio is, and what it is told of us.
fn of_jumio(
    options: &Options,
    jumio: &jumio::Simulator,
    set: &mut impl FnMut(&str, String) -> Option<String>,
) -> Result<()> {
    let addresses = &jumio.addresses;
    set("JumioSettings:AuthBaseUrl", addresses.auth.to_string());
    set("JumioSettings:AccountBaseUrl", addresses.account.to_string());
    set("JumioSettings:RetrievalBaseUrl", addresses.retrieval.to_string());
    if options.is_netverify() {
        set("JumioSettings:BaseUrl", addresses.netverify.to_string());
        set("JumioSettings:NetverifyWorkflow", "200".into());
    }
    set("JumioSettings:WorkflowKey", workflow(options)?);
    set("JumioSettings:UserAgent", "Rig idv/1.0".into());
    set("JumioSettings:DefaultCountry", "DEU".into());
    // The simulated tenant has no rate unless a test switches it on.
    set("JumioSettings:CreatesPerSecond", "100".into());
    // Nor is a purse emptied by many journeys at once.
    set("Spend:KnownMaxStartsPerMinute", "100000".into());
    set("Spend:KnownMaxStartsPerDay", "10000000".into());
    Ok(())
}

fn workflow(options: &Options) -> Result<String> {
    options
        .jumio
        .workflow_keys
        .first()
        .cloned()
        .context("the simulator has no workflow")
}

fn clients(cast: &Cast, set: &mut impl FnMut(&str, String) -> Option<String>) -> Result<()> {
    for (number, kind) in Kind::ALL.into_iter().enumerate() {
        let mut say = |key: &str, value: String| set(&format!("Clients:{number}:{key}"), value);
        let agreement = cast.agreement(kind)?;
        say("Id", agreement.id.clone());
        say("RedirectUris", cast.redirect_uri.clone());
        say("AuthMethod", agreement.proof.method().to_owned());
        say("RequirePkce", agreement.pkce.to_string());
        say("WalkIn", (kind == Kind::Plain).to_string());
        if kind != Kind::Plain {
            say("Outcomes", "claims".into());
            say("ReturnWithinSeconds", "0".into());
        }
        match kind {
            Kind::Key => say("Jwks", cast.key.jwks()?.to_string()),
            Kind::Post | Kind::Basic | Kind::Plain => say("SecretName", agreement.id),
        };
    }
    Ok(())
}

/// The local tenant, which like Azure AD B2C posts its secret and does without PKCE.
fn b2c(redirect_uri: &str, set: &mut impl FnMut(&str, String) -> Option<String>) {
    let pairs = [
        ("Id", Cast::B2C),
        ("RedirectUris", redirect_uri),
        ("AuthMethod", "client_secret_post"),
        ("RequirePkce", "false"),
        ("Outcomes", "claims"),
        ("ReturnWithinSeconds", "0"),
        ("SecretName", Cast::B2C),
    ];
    for (key, value) in pairs {
        set(&format!("Clients:{}:{key}", Kind::ALL.len()), value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certs::{Authority, install_tls};
    use crate::serve::Backstage;

    /// The settings of a rig with these ones, and where its simulators are.
    async fn wired(given: &[(&str, &str)]) -> (BTreeMap<String, String>, Simulators) {
        install_tls();
        let mut options = Options::new("nowhere".into());
        for (name, value) in given {
            options = options.with(name, value);
        }
        let cast = Cast::new("https://rig.test".to_owned(), "https://rig.test/cb".to_owned()).unwrap();
        let authority = Authority::new().unwrap();
        let backstage = Backstage::default();
        let simulators = Simulators::start(&options, &cast, &authority, b"", &backstage)
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            tenant: None,
            base: "https://b2c.test/tenant".to_owned(),
            application: "https://app.test/cb".to_owned(),
        };
        let settings = settings(&options, &cast, &simulators, &surroundings, folder.path()).unwrap();
        (settings, simulators)
    }

    #[tokio::test]
    async fn netverify_is_where_its_simulator_is_and_takes_selfies() {
        for name in ["JumioSettings:Api", "JumioSettings__Api"] {
            let (settings, simulators) = wired(&[(name, "netverify")]).await;
            let host = &simulators.jumio.addresses.netverify;
            assert_eq!(settings["JumioSettings__Api"], "netverify");
            assert_eq!(settings["JumioSettings__BaseUrl"], host.as_str());
            assert_eq!(settings["JumioSettings__NetverifyWorkflow"], "200");
            assert_eq!(&simulators.hosted_page, host);
        }
    }

    #[tokio::test]
    async fn a_given_workflow_counts_more() {
        let given = [
            ("JumioSettings:Api", "netverify"),
            ("JumioSettings:NetverifyWorkflow", "101"),
        ];
        let (settings, _simulators) = wired(&given).await;
        assert_eq!(settings["JumioSettings__NetverifyWorkflow"], "101");
    }

    #[tokio::test]
    async fn kyx_is_told_nothing_of_netverify() {
        for given in [&[][..], &[("JumioSettings:Api", "kyx")]] {
            let (settings, simulators) = wired(given).await;
            assert!(!settings.contains_key("JumioSettings__BaseUrl"));
            assert!(!settings.contains_key("JumioSettings__NetverifyWorkflow"));
            assert_eq!(simulators.hosted_page, simulators.jumio.addresses.web);
        }
    }
}
