//! Rules that hold for every profile: defaults, resolvers, validation profiles, languages; and the tenant's own pages.

use crate::policy::{Policy, inputs, outputs};
use crate::world::{World, send, walk};
use http::StatusCode;

const TRANSFORMATION: &str = "ClaimsTransformationProtocolProvider";

/// One output claim as written, in a profile with this metadata; the claim was set to `before` when that is some.
async fn value(claim: &str, metadata: &[(&str, &str)], before: Option<&str>) -> String {
    let mut policy = Policy::default();
    if let Some(before) = before {
        let sets = outputs(&[&format!("city~{before}")]);
        policy = policy
            .profile("Before", TRANSFORMATION, &[], &sets)
            .step("Before");
    }
    let output =
        format!("<OutputClaims><OutputClaim ClaimTypeReferenceId=\"city\" {claim} /></OutputClaims>");
    let policy = policy
        .profile("After", TRANSFORMATION, metadata, &output)
        .step("After")
        .token(&["city"]);
    let world = World::start(&policy, "").await;
    let landing = world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let token = runner::script::expect::token(&landing).expect("a token");
    token
        .get("city")
        .and_then(|city| city.as_str())
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_default_counts_only_for_a_claim_nothing_has_set_unless_it_is_forced() {
    let forced = "DefaultValue=\"Rome\" AlwaysUseDefaultValue=\"true\"";
    assert_eq!(value("DefaultValue=\"Rome\"", &[], None).await, "Rome");
    assert_eq!(value("DefaultValue=\"Rome\"", &[], Some("Oslo")).await, "Oslo");
    assert_eq!(value(forced, &[], Some("Oslo")).await, "Rome");
}

#[tokio::test]
async fn a_resolver_needs_both_the_metadata_and_a_forced_default() {
    let forced = "DefaultValue=\"{OIDC:ClientId}\" AlwaysUseDefaultValue=\"true\"";
    let allows = [("IncludeClaimResolvingInClaimsHandling", "true")];
    let client = runner::engine::realm::OWN_CLIENT;
    assert_eq!(value(forced, &allows, None).await, client);
    assert_eq!(value(forced, &[], None).await, "{OIDC:ClientId}");
    assert_eq!(
        value("DefaultValue=\"{OIDC:ClientId}\"", &allows, None).await,
        "{OIDC:ClientId}"
    );
}

fn validated(validations: &str) -> Policy {
    let fails = "<InputClaimsTransformations><InputClaimsTransformation ReferenceId=\"Never\" /></InputClaimsTransformations>"
        .to_owned();
    let mut policy = Policy::default()
        .profile(
            "First",
            TRANSFORMATION,
            &[],
            &outputs(&["status~first", "seen~first"]),
        )
        .profile(
            "Fails",
            TRANSFORMATION,
            &[],
            &(fails + &inputs(&["always~false"])),
        )
        .profile("Last", TRANSFORMATION, &[], &outputs(&["city~last"]))
        .page(
            "Page",
            &[(
                "UserMessageIfClaimsTransformationBooleanValueIsNotEqual",
                "Never ever.",
            )],
            &(inputs(&["always~false"])
                + &outputs(&["displayName", "always~false", "status", "city"])
                + &format!("<ValidationTechnicalProfiles>{validations}</ValidationTechnicalProfiles>")),
        )
        .step("Page")
        .token(&["status", "city", "seen"]);
    "<ClaimsTransformation Id=\"Never\" TransformationMethod=\"AssertStringClaimsAreEqual\"><InputClaims>\
         <InputClaim ClaimTypeReferenceId=\"displayName\" TransformationClaimType=\"inputClaim1\" />\
         <InputClaim ClaimTypeReferenceId=\"status\" TransformationClaimType=\"inputClaim2\" /></InputClaims><InputParameters>\
         <InputParameter Id=\"stringComparison\" DataType=\"string\" Value=\"ordinal\" /></InputParameters>\
         </ClaimsTransformation>".clone_into(&mut policy.transformations);
    policy
}

fn validation(profile: &str, attributes: &str, condition: &str) -> String {
    format!(
        "<ValidationTechnicalProfile ReferenceId=\"{profile}\" {attributes}>{condition}</ValidationTechnicalProfile>"
    )
}

const PAGE: &str = "[[journey]]\nname='page'\n[[journey.step]]\nfill = { displayName = 'Ada' }\n";

#[tokio::test]
async fn validations_run_in_order_and_only_the_page_s_own_claims_come_back() {
    let both = validation("First", "", "") + &validation("Last", "", "");
    let expect = "[journey.expect]\nclaims = { status = 'first', city = 'last' }\nabsent = ['seen']";
    walk(&validated(&both), "", &(PAGE.to_owned() + expect)).await;
}

#[tokio::test]
async fn a_failed_validation_stops_those_after_it_unless_it_may_fail() {
    let stops = validation("First", "", "") + &validation("Fails", "", "") + &validation("Last", "", "");
    let refused = PAGE.to_owned() + "refused = ''\n[journey.expect]\npage = 'api.page'\nnot_ran = ['Last']";
    walk(&validated(&stops), "", &refused).await;
    let goes_on = stops.replace("\"Fails\" ", "\"Fails\" ContinueOnError=\"true\"");
    walk(
        &validated(&goes_on),
        "",
        &(PAGE.to_owned() + "[journey.expect]\nclaims = { city = 'last' }"),
    )
    .await;
}

#[tokio::test]
async fn a_validation_ends_the_others_on_success_or_is_skipped_by_its_own_condition() {
    let enough = validation("First", "ContinueOnSuccess=\"false\"", "") + &validation("Last", "", "");
    walk(
        &validated(&enough),
        "",
        &(PAGE.to_owned() + "[journey.expect]\nran = ['First']\nnot_ran = ['Last']"),
    )
    .await;
    let condition = "<Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\"><Value>displayName</Value>\
                     <Value>Ada</Value><Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions>";
    let skipped = validation("First", "", condition) + &validation("Last", "", "");
    walk(
        &validated(&skipped),
        "",
        &(PAGE.to_owned() + "[journey.expect]\nran = ['Last']\nnot_ran = ['First']"),
    )
    .await;
}

#[tokio::test]
async fn a_page_speaks_the_language_that_was_asked_for() {
    let resources = |language: &str, label: &str| {
        format!(
            "<LocalizedResources Id=\"api.page.{language}\"><LocalizedStrings>\
             <LocalizedString ElementType=\"ClaimType\" ElementId=\"displayName\" StringId=\"DisplayName\">{label}</LocalizedString>\
             <LocalizedString ElementType=\"UxElement\" StringId=\"button_continue\">{label}!</LocalizedString>\
             </LocalizedStrings></LocalizedResources>"
        )
    };
    let localization = format!(
        "</ContentDefinitions><Localization Enabled=\"true\"><SupportedLanguages DefaultLanguage=\"en\" MergeBehavior=\"ReplaceAll\">\
         <SupportedLanguage>en</SupportedLanguage><SupportedLanguage>de</SupportedLanguage></SupportedLanguages>{}{}</Localization>",
        resources("en", "Name"),
        resources("de", "Ihr Name")
    );
    let references = "<LocalizedResourcesReferences MergeBehavior=\"Prepend\">\
        <LocalizedResourcesReference Language=\"en\" LocalizedResourcesReferenceId=\"api.page.en\" />\
        <LocalizedResourcesReference Language=\"de\" LocalizedResourcesReferenceId=\"api.page.de\" />\
        </LocalizedResourcesReferences></ContentDefinition>";
    let page = Policy::default()
        .page("Name", &[], &outputs(&["displayName"]))
        .step("Name");
    let xml = page
        .xml()
        .replacen("</ContentDefinition>", references, 1)
        .replace("</ContentDefinitions>", &localization);
    let world = World::start_all(&[xml], "").await;
    for (asked, label) in [
        ("de", "Ihr Name"),
        ("en", "Name"),
        ("fr de", "Ihr Name"),
        ("fr", "Name"),
    ] {
        let request = world.authorize(&[("ui_locales", asked)]);
        let page = world
            .browser()
            .open(&request)
            .await
            .expect("an answer")
            .page()
            .expect("a page");
        let field = page.fields().next().expect("a field").clone();
        assert_eq!(field["DN"], label, "{asked}");
        assert_eq!(
            page.text("button_continue"),
            Some(format!("{label}!").as_str()),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn an_account_is_made_changed_and_deleted_on_the_directory_page() {
    let world = World::start(&Policy::default(), "").await;
    let post = async |path: &str, form: &[(&str, &str)]| {
        send(world.client().post(world.url(path)).form(form))
            .await
            .status()
    };
    let made = [
        ("email", "Ada@Example.com"),
        ("displayName", "Ada"),
        ("password", "Passw0rd!"),
    ];
    assert_eq!(post("/runner/directory", &made).await, StatusCode::FOUND);
    let account = world
        .realm
        .directory
        .find("signInNames.emailAddress", "ada@example.com")
        .expect("an account");
    let own = format!("/runner/directory/{}", account.object_id());
    assert_eq!(
        post(&own, &[("name", "extension_agreed"), ("value", "true")]).await,
        StatusCode::FOUND
    );
    let (_, page) = world.get("/runner/directory").await;
    assert!(
        page.contains("ada@example.com") && page.contains("agreed"),
        "{page}"
    );
    assert!(!page.contains("Passw0rd!"), "{page}");
    let (_, json) = world.get("/runner/directory.json").await;
    assert!(
        json.contains("\"hasPassword\":true") && !json.contains("Passw0rd!"),
        "{json}"
    );
    assert_eq!(
        post("/runner/directory", &made).await,
        StatusCode::BAD_REQUEST,
        "taken"
    );
    assert_eq!(post(&format!("{own}/delete"), &[]).await, StatusCode::FOUND);
    assert!(world.realm.directory.accounts().is_empty());
}

#[tokio::test]
async fn a_code_by_mail_is_on_the_mailbox_page() {
    let page = Policy::default()
        .page("Mail", &[], &outputs(&["email=Verified.Email"]))
        .step("Mail");
    let world = World::start(&page, "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let ask = [
        field("request_type", "VERIFICATION_REQUEST"),
        field("claim_id", "email"),
        field("claim_value", "ada@example.com"),
    ];
    browser
        .call(&page, "SelfAsserted", &ask)
        .await
        .expect("an answer");
    let code = world.realm.mailbox.read(Some("ada@example.com"))[0].code.clone();
    let (_, page) = world.get("/runner/mailbox").await;
    assert!(page.contains("ada@example.com") && page.contains(&code), "{page}");
}

#[tokio::test]
async fn accounts_survive_a_restart_when_the_tenant_has_a_state_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let configuration = format!("state = '{}'", folder.path().display());
    let world = World::start(&Policy::default(), &configuration).await;
    let attributes = [("signInNames.emailAddress".to_owned(), "ada@example.com".into())];
    world
        .realm
        .directory
        .create(attributes.into_iter().collect(), Some("Passw0rd!"))
        .await
        .expect("an account");
    let keys = world.get(world.at("discovery/v2.0/keys").path()).await.1;
    drop(world);
    let again = World::start(&Policy::default(), &configuration).await;
    assert!(
        again
            .realm
            .directory
            .find("signInNames.emailAddress", "ada@example.com")
            .is_some()
    );
    assert_eq!(
        again.get(again.at("discovery/v2.0/keys").path()).await.1,
        keys,
        "the signing key, too"
    );
}
