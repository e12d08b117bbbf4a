//! How callers prove themselves.

use super::*;

#[test]
fn client_certificates_need_trust_in_the_header_and_two_thumbprints() {
    let other = THUMBPRINT.replace('0', "f");
    let both = format!("{THUMBPRINT} {other}");
    let given = least().with("VerifyAuth:ClientCertThumbprints", &both);
    assert!(faults(&given)[0].starts_with("VerifyAuth:TrustClientCertHeader"));
    let trusted = given.clone().with("VerifyAuth:TrustClientCertHeader", "true");
    assert_eq!(Settings::load(&trusted).unwrap().callers.certificates.len(), 2);
    let distrusted = given.with("VerifyAuth:TrustClientCertHeader", "false");
    assert!(
        Settings::load(&distrusted)
            .unwrap()
            .callers
            .certificates
            .is_empty()
    );
    refused(trusted.clone(), "VerifyAuth:ClientCertThumbprints", THUMBPRINT);
    refused(
        trusted.clone(),
        "VerifyAuth:ClientCertThumbprints",
        &format!("{THUMBPRINT} {THUMBPRINT}"),
    );
    assert!(
        faults(&trusted.without("VerifyAuth:ClientCertThumbprints"))[0].contains("ClientCertThumbprints")
    );
}

#[test]
fn a_basic_pair_is_whole_or_absent() {
    let name = "VerifyAuth:BasicUsername";
    let word = "VerifyAuth:BasicPassword";
    assert!(faults(&least().with(name, "b2c"))[0].starts_with(word));
    let whole = least().with(name, "b2c").with(word, "a-long-enough-password");
    assert_eq!(Settings::load(&whole).unwrap().callers.basic.len(), 1);
    refused(whole.clone(), word, "short");
    refused(whole.clone(), name, "b:2c");
    let orphan = least()
        .with("VerifyAuth:PreviousBasicUsername", "b2c")
        .with("VerifyAuth:PreviousBasicPassword", "a-long-enough-password");
    assert!(faults(&orphan)[0].starts_with("VerifyAuth:PreviousBasicUsername"));
}

#[test]
fn entra_is_whole_or_absent() {
    let issuer = "https://login.microsoftonline.com/contoso/v2.0";
    let part = least().with("VerifyAuth:EntraIssuer", issuer);
    assert_eq!(faults(&part).len(), 2);
    let whole = part
        .with("VerifyAuth:EntraAudience", "api://x")
        .with("VerifyAuth:EntraAppIds", "one two");
    let entra = Settings::load(&whole).unwrap().callers.entra.unwrap();
    assert_eq!(
        entra.metadata.as_str(),
        format!("{issuer}/.well-known/openid-configuration")
    );
    assert_eq!(entra.app_ids, ["one", "two"]);
    let old = whole.with("VerifyAuth:EntraIssuer", "https://sts.windows.net/contoso/");
    let entra = Settings::load(&old).unwrap().callers.entra.unwrap();
    assert_eq!(
        entra.metadata.as_str(),
        "https://login.microsoftonline.com/contoso/.well-known/openid-configuration"
    );
    assert_eq!(entra.issuer, "https://sts.windows.net/contoso/");
}

#[test]
fn one_way_of_callers_that_is_wrong_is_closed_and_no_other() {
    let basic = least()
        .with("VerifyAuth:BasicUsername", "b2c")
        .with("VerifyAuth:BasicPassword", "a-long-enough-password");
    let settings = Settings::load(&basic.clone().with("VerifyAuth:EntraAudience", "api://x")).unwrap();
    assert!(settings.callers.entra.is_none() && settings.callers.basic.len() == 1);
    assert!(
        settings
            .aside
            .iter()
            .any(|fault| fault.setting == "VerifyAuth:EntraIssuer")
    );
    let previous = basic
        .with("VerifyAuth:PreviousBasicUsername", "b2c")
        .with("VerifyAuth:PreviousBasicPassword", "the-password-before-it")
        .with("VerifyAuth:BasicPassword", "short");
    let settings = Settings::load(&previous).unwrap();
    assert_eq!(settings.callers.basic.len(), 1);
    assert_eq!(
        settings.callers.basic[0].password.expose_secret(),
        "the-password-before-it"
    );
    assert_eq!(settings.aside[0].setting, "VerifyAuth:BasicPassword");
}
