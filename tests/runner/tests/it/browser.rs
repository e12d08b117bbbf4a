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

/// A template with this script, in which B2C runs scripts, and a field, a text and Continue.
async fn with_script(script: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let html = format!(
        "<!DOCTYPE html><html><body><div id=\"api\"></div><ul id=\"told\"></ul></body><script>{script}</script></html>"
    );
    std::fs::write(folder.path().join("page.html"), html).expect("a file");
    let mut policy = Policy::default()
        .page(
            "Name",
            &[],
            &(inputs(&["displayName~Ada", "reason~Because."]) + &outputs(&["displayName", "reason"])),
        )
        .step("Name");
    "<ScriptExecution>Allow</ScriptExecution>".clone_into(&mut policy.behaviors);
    let text = policy.xml().replacen(
        "~/tenant/templates/AzureBlue/selfAsserted.cshtml",
        "https://pages.example/page.html",
        1,
    );
    let config = format!(
        "[pages]\n'https://pages.example/' = '{}'",
        folder.path().display()
    );
    let world = World::start_all(&[text], &config).await;
    document(world.authorize(&[]).as_str()).await
}

/// Templates made for B2C expect `$`, which its pages bring.
#[tokio::test]
async fn scripts_of_a_template_find_jquery() {
    let script = r##"
        function tell(what) { $("#told").append($("<li></li>").text(what)); }
        $(document).ready(function () {
            tell("text " + $("#reason").text());
            tell("value " + $("#displayName").val());
            $("#displayName").val("Grace").attr("data-seen", "yes").addClass("a b").removeClass("b");
            tell("chained " + $(".a").val() + " " + $("#displayName").hasClass("b"));
            tell("none " + $("#nothing").val());
            $("button#continue").on("click", function (event) { tell("clicked " + this.id); return false; });
            $("button#continue").trigger("click");
            $("#cancel").hide();
            tell("hidden " + $("#cancel").is("[style*=none]"));
            $.each(["x", "y"], function (at, one) { tell("each " + at + one); });
        });
    "##;
    let Some(body) = with_script(script).await else {
        return;
    };
    for line in [
        "text Because.",
        "value Ada",
        "chained Grace false",
        "none undefined",
        "clicked continue",
        "hidden true",
        "each 1y",
    ] {
        assert!(body.contains(&format!("<li>{line}</li>")), "{line}: {body}");
    }
}

#[tokio::test]
async fn a_template_s_request_is_answered_or_refused_as_jquery_tells_it() {
    let script = r##"
        function tell(what) { $("#told").append($("<li></li>").text(what)); }
        $.ajax({
            type: "POST", url: "/runner/clock", data: JSON.stringify({ a: 1 }), headers: { "Content-Type": "application/json" },
            success: function () { tell("good"); },
            error: function (request, word) {
                tell("refused " + request.status + " " + word + " " + (typeof request.statusText));
                $.ajax({ url: "/runner/traces.json" }).done(function (list, word) { tell(word + " " + Array.isArray(list)); });
            }
        });
    "##;
    let Some(body) = with_script(script).await else {
        return;
    };
    for line in ["refused 400 error string", "success true"] {
        assert!(body.contains(&format!("<li>{line}</li>")), "{line}: {body}");
    }
}

/// Without `ScriptExecution` no script of a template runs in B2C, and none finds anything.
#[tokio::test]
async fn a_page_without_scripts_has_no_jquery() {
    let policy = Policy::default()
        .page("Name", &[], &outputs(&["displayName"]))
        .step("Name");
    let world = World::start(&policy, "").await;
    let (_, html) =
        crate::world::told(crate::world::send(world.client().get(world.authorize(&[]))).await).await;
    assert!(html.contains("/runner/renderer.js"), "{html}");
    assert!(!html.contains("/runner/jquery.js"), "{html}");
}
