//! Pages in a real browser: element ids that templates and style sheets for B2C rely on, and text that stays text.

use crate::policy::{Policy, inputs, outputs};
use crate::world::World;
use std::process::Stdio;

/// The document after its scripts ran, or `None` after saying that there is no browser.
async fn document(address: &str) -> Option<String> {
    let profile = tempfile::tempdir().expect("a folder");
    let mut command = tokio::process::Command::new("chromium");
    command
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=4000",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(address)
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let Ok(output) = command.output().await else {
        println!("SKIPPED: chromium is not installed");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The globals come before the page; what follows is what a person sees.
    text.split_once("<body").map(|(_, body)| body.to_owned())
}

#[tokio::test]
async fn a_page_of_fields_has_b2c_s_element_ids() {
    let policy = Policy::default()
        .page(
            "Name",
            &[],
            &(inputs(&["displayName~Ada", "reason~Because."]) + &outputs(&["displayName", "reason"])),
        )
        .step("Name");
    let world = World::start(&policy, "").await;
    let Some(body) = document(world.authorize(&[]).as_str()).await else {
        return;
    };
    for part in [
        "id=\"api\"",
        "data-name=\"SelfAsserted\"",
        "id=\"attributeVerification\"",
        "id=\"attributeList\"",
        "class=\"attrEntry\"",
        "for=\"displayName\"",
        "id=\"displayName\"",
        "id=\"reason\"",
        "id=\"continue\"",
        "id=\"cancel\"",
        "id=\"requiredFieldMissing\"",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[tokio::test]
async fn a_sign_in_page_has_b2c_s_element_ids() {
    let policy = Policy::default()
        .page("SignIn", &[("SignUpTarget", "SignUp")], &outputs(&["email", "password"]))
        .page("SignUp", &[], &outputs(&["displayName"]))
        .raw(
            "Type=\"CombinedSignInAndSignUp\" ContentDefinitionReferenceId=\"api.signin\"><ClaimsProviderSelections>\
             <ClaimsProviderSelection ValidationClaimsExchangeId=\"In\" /></ClaimsProviderSelections>\
             <ClaimsExchanges><ClaimsExchange Id=\"In\" TechnicalProfileReferenceId=\"SignIn\" /></ClaimsExchanges>",
        )
        .raw(
            "Type=\"ClaimsExchange\"><ClaimsExchanges>\
             <ClaimsExchange Id=\"SignUp\" TechnicalProfileReferenceId=\"SignUp\" /></ClaimsExchanges>",
        );
    let world = World::start(&policy, "").await;
    let Some(body) = document(world.authorize(&[]).as_str()).await else {
        return;
    };
    for id in ["email", "password", "next", "forgotPassword", "createAccount"] {
        assert!(body.contains(&format!("id=\"{id}\"")), "{id}: {body}");
    }
}

#[tokio::test]
async fn a_claim_stays_text_in_the_document() {
    let evil = "&lt;img src=x onerror=&quot;document.title='owned'&quot;&gt;";
    let show = format!("displayName~{evil}");
    let paragraph = format!("reason~{evil}");
    let policy = Policy::default()
        .page(
            "Name",
            &[],
            &(inputs(&[&show, &paragraph]) + &outputs(&["displayName", "reason"])),
        )
        .step("Name");
    let world = World::start(&policy, "").await;
    let Some(body) = document(world.authorize(&[]).as_str()).await else {
        return;
    };
    assert!(body.contains("onerror"), "the claim is shown: {body}");
    assert!(!body.contains("<img"), "{body}");
}
