//! What belongs to one client.

use super::*;

/// Whom the settings serve, and what is wrong with the others.
fn served(map: &Map) -> (Vec<String>, String) {
    let settings = Settings::load(map).unwrap();
    let proven = settings.clients.iter().filter(|client| client.proof.is_some());
    let aside: Vec<_> = settings.aside.iter().map(ToString::to_string).collect();
    (proven.map(|client| client.id.clone()).collect(), aside.join(" "))
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
