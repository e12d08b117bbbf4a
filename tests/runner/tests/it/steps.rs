//! Every type of step, preconditions, pages that block and pages that only look so.

use crate::policy::{Policy, inputs, outputs};
use crate::world::{World, walk};

const TRANSFORMATION: &str = "ClaimsTransformationProtocolProvider";

/// A profile that sets a claim to a word.
fn sets(policy: Policy, id: &str, claim: &str, word: &str) -> Policy {
    policy.profile(id, TRANSFORMATION, &[], &outputs(&[&format!("{claim}~{word}")]))
}

const ALL_TEN: &str = r#"
[[journey]]
name = "all ten"
[[journey.step]]
page = "api.signin"
fill = { displayName = "Ada" }
[[journey.step]]
page = "api.choice"
choose = "ToOslo"
[[journey.step]]
page = "api.page"
[[journey.step]]
page = "api.page"
[[journey.step]]
page = "api.page"
[journey.expect]
steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 10]
ran = ["Chosen", "InSub"]
not_ran = ["NotChosen"]
claims = { status = "from-sub", city = "Oslo", displayName = "Ada" }
"#;

#[tokio::test]
async fn every_type_of_step_is_taken() {
    let sub = |id: &str, kind: &str, profile: &str| {
        format!(
            "<SubJourney Id=\"{id}\" Type=\"{kind}\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\">\
             <ClaimsExchanges><ClaimsExchange Id=\"{id}1\" TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges>\
             </OrchestrationStep></OrchestrationSteps></SubJourney>"
        )
    };
    let mut policy = sets(Policy::default(), "InSub", "status", "from-sub");
    policy = sets(policy, "Chosen", "city", "Oslo");
    policy = sets(policy, "NotChosen", "city", "Rome");
    policy = policy
        .page("SignIn", &[], &outputs(&["displayName"]))
        .other("Hint", "<Protocol Name=\"None\" />", &[], &outputs(&["hinted"]))
        .raw("Type=\"Noop\">")
        .raw("Type=\"GetClaims\" CpimIssuerTechnicalProfileReferenceId=\"Hint\">")
        .raw(
            "Type=\"CombinedSignInAndSignUp\" ContentDefinitionReferenceId=\"api.signin\"><ClaimsProviderSelections>\
             <ClaimsProviderSelection ValidationClaimsExchangeId=\"SignInExchange\" /></ClaimsProviderSelections>\
             <ClaimsExchanges><ClaimsExchange Id=\"SignInExchange\" TechnicalProfileReferenceId=\"SignIn\" /></ClaimsExchanges>",
        )
        .raw(
            "Type=\"ClaimsProviderSelection\" ContentDefinitionReferenceId=\"api.choice\"><ClaimsProviderSelections>\
             <ClaimsProviderSelection TargetClaimsExchangeId=\"ToOslo\" /><ClaimsProviderSelection TargetClaimsExchangeId=\"ToRome\" />\
             </ClaimsProviderSelections>",
        )
        .raw(
            "Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"ToOslo\" TechnicalProfileReferenceId=\"Chosen\" />\
             <ClaimsExchange Id=\"ToRome\" TechnicalProfileReferenceId=\"NotChosen\" /></ClaimsExchanges>",
        )
        .raw("Type=\"ConsentScreen\" ContentDefinitionReferenceId=\"api.page\">")
        .raw("Type=\"ReviewScreen\" ContentDefinitionReferenceId=\"api.page\">")
        .raw("Type=\"UserDialog\" ContentDefinitionReferenceId=\"api.page\">")
        .raw("Type=\"InvokeSubJourney\"><JourneyList><Candidate SubJourneyReferenceId=\"Called\" /></JourneyList>")
        .token(&["status", "city", "displayName", "hinted"]);
    policy.journeys = format!(
        "</UserJourneys><SubJourneys>{}</SubJourneys>",
        sub("Called", "Call", "InSub")
    );
    policy.party_inputs = "<InputClaim ClaimTypeReferenceId=\"hinted\" />".to_owned();
    walk(&policy, "", ALL_TEN).await;
}

#[tokio::test]
async fn a_transfer_does_not_come_back() {
    let mut policy = sets(Policy::default(), "InSub", "status", "from-sub");
    policy = sets(policy, "After", "status", "after")
        .raw("Type=\"InvokeSubJourney\"><JourneyList><Candidate SubJourneyReferenceId=\"Away\" /></JourneyList>")
        .step("After")
        .token(&["status"]);
    policy.journeys = "</UserJourneys><SubJourneys><SubJourney Id=\"Away\" Type=\"Transfer\"><OrchestrationSteps>\
        <OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\"><ClaimsExchanges>\
        <ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\"InSub\" /></ClaimsExchanges></OrchestrationStep>\
        <OrchestrationStep Order=\"2\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" />\
        </OrchestrationSteps></SubJourney></SubJourneys>"
        .to_owned();
    let script = "[[journey]]\nname='transfer'\n[journey.expect]\nsteps = [1, 1, 2]\nnot_ran = ['After']\n\
                  claims = { status = 'from-sub' }";
    walk(&policy, "", script).await;
}

fn when(kind: &str, execute_if: &str, values: &[&str]) -> String {
    let values: String = values
        .iter()
        .map(|value| ["<Value>", value, "</Value>"].concat())
        .collect();
    format!(
        "<Preconditions><Precondition Type=\"{kind}\" ExecuteActionsIf=\"{execute_if}\">{values}\
         <Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>"
    )
}

#[tokio::test]
async fn preconditions_skip_as_written_and_an_absent_claim_fails_open() {
    let cases = [
        (when("ClaimsExist", "true", &["city"]), true),
        (when("ClaimsExist", "false", &["city"]), false),
        (when("ClaimsExist", "false", &["score"]), true),
        (when("ClaimEquals", "true", &["city", "Oslo"]), true),
        (when("ClaimEquals", "true", &["city", "oslo"]), false),
        (when("ClaimEquals", "false", &["city", "Rome"]), true),
        (when("ClaimEquals", "true", &["always", "True"]), true),
        (when("ClaimEquals", "true", &["always", "true"]), false),
        // The weak spot: an absent claim makes the condition do nothing, whichever way it is written.
        (when("ClaimEquals", "true", &["agreed", "True"]), false),
        (when("ClaimEquals", "false", &["agreed", "True"]), false),
    ];
    for (condition, skipped) in cases {
        let mut policy = sets(Policy::default(), "Before", "city", "Oslo");
        policy = sets(policy, "Boolean", "always", "true");
        policy = sets(policy, "Guarded", "status", "ran")
            .step("Before")
            .step("Boolean");
        policy = policy.guarded("Guarded", &condition).token(&["status"]);
        let steps = if skipped { "[1, 2, 4]" } else { "[1, 2, 3, 4]" };
        let script = format!("[[journey]]\nname = '''{condition}'''\n[journey.expect]\nsteps = {steps}");
        walk(&policy, "", &script).await;
    }
}

const HIDDEN: &[(&str, &str)] = &[("setting.showContinueButton", "false")];
const RELOAD: &str = "[[journey]]\nname='reload'\n[[journey.step]]\nreload = true\n";
const POST: &str = "[[journey]]\nname='post'\n[[journey.step]]\n";

#[tokio::test]
async fn a_page_that_only_hides_its_button_is_passed_by_a_reload_and_by_a_post() {
    let policy = Policy::default()
        .page(
            "Block",
            HIDDEN,
            &(inputs(&["reason~No."]) + &outputs(&["reason"])),
        )
        .step("Block")
        .token(&["reason"]);
    for script in [RELOAD, POST] {
        walk(
            &policy,
            "",
            &format!("{script}[journey.expect]\nclaims = {{ reason = 'No.' }}"),
        )
        .await;
    }
}

#[tokio::test]
async fn a_page_whose_validation_always_fails_holds_against_both() {
    let assert = "<ClaimsTransformation Id=\"Never\" TransformationMethod=\"AssertBooleanClaimIsEqualToValue\"><InputClaims>\
        <InputClaim ClaimTypeReferenceId=\"always\" TransformationClaimType=\"inputClaim\" /></InputClaims><InputParameters>\
        <InputParameter Id=\"valueToCompareTo\" DataType=\"boolean\" Value=\"true\" /></InputParameters></ClaimsTransformation>";
    let fails = inputs(&["always~false"])
        + &outputs(&["always~false"])
        + "<OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"Never\" /></OutputClaimsTransformations>";
    let validation = "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Fails\" />\
                      </ValidationTechnicalProfiles>";
    let mut policy = Policy::default()
        .profile("Fails", TRANSFORMATION, &[], &fails)
        .page(
            "Block",
            HIDDEN,
            &(inputs(&["reason~No."]) + &outputs(&["reason"]) + validation),
        )
        .step("Block");
    policy.transformations = assert.to_owned();
    walk(
        &policy,
        "",
        &format!("{RELOAD}[journey.expect]\npage = 'api.page'"),
    )
    .await;
    walk(
        &policy,
        "",
        &format!("{POST}refused = ''\n[journey.expect]\npage = 'api.page'"),
    )
    .await;
}

#[tokio::test]
async fn an_error_issuing_profile_ends_the_journey_with_the_policy_s_own_error() {
    let mut policy = Policy::default().other(
        "Refuse",
        "<Protocol Name=\"None\" /><OutputTokenFormat>OAuth2Error</OutputTokenFormat>",
        &[],
        &(keys() + &inputs(&["code=errorCode~C-1", "reason=errorMessage~Not today."])),
    );
    policy = sets(policy, "After", "status", "after")
        .raw("Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"Refuse\">")
        .step("After");
    let script = "[[journey]]\nname='error'\n[journey.expect]\nerror = 'access_denied'\nerror_contains = 'AAD_Custom_C-1: Not today.'\nnot_ran = ['After']";
    walk(&policy, "", script).await;
}

#[tokio::test]
async fn an_application_is_answered_once() {
    let mut policy = sets(Policy::default(), "First", "status", "first");
    policy = sets(policy, "Second", "status", "second")
        .step("First")
        .raw("Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\">")
        .step("Second")
        .token(&["status"]);
    let script =
        "[[journey]]\nname='once'\n[journey.expect]\nran = ['Second']\nclaims = { status = 'first' }";
    walk(&policy, "", script).await;
}

fn keys() -> String {
    crate::policy::keys(&[("issuer_secret", "B2C_1A_Signing")])
}

#[tokio::test]
async fn the_journey_s_context_becomes_claims() {
    let policy = Policy::default()
        .profile(
            "Context",
            "UserJourneyContextProvider",
            &[],
            &outputs(&["correlation=correlationId"]),
        )
        .step("Context")
        .token(&["correlation"]);
    let script =
        "[[journey]]\nname='context'\n[journey.expect]\nclaims = { correlation = '/^[0-9a-f-]{36}$/' }";
    walk(&policy, "", script).await;
}

#[tokio::test]
async fn an_application_insights_event_is_in_the_trace() {
    let metadata = [("InstrumentationKey", "00000000-0000-0000-0000-000000000000")];
    let claims = inputs(&[
        "status=eventName~LOGIN",
        "city={property:City}~Oslo",
        "code={property:Policy}~{Policy:PolicyId}",
    ]);
    let policy = Policy::default()
        .profile(
            "Event",
            "Insights.AzureApplicationInsightsProvider",
            &metadata,
            &claims,
        )
        .step("Event");
    let world = World::start(&policy, "").await;
    world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let (_, page) = world.get("/runner/traces.json").await;
    assert!(
        page.contains("LOGIN")
            && page.contains("Oslo")
            && page.contains("City")
            && page.contains("[\"Policy\",\"B2C_1A_contoso\"]"),
        "{page}"
    );
}

#[tokio::test]
async fn a_trace_tells_taken_and_skipped_steps_with_reasons_changes_and_a_diagram() {
    let mut policy = sets(Policy::default(), "Before", "city", "Oslo");
    policy = sets(policy, "Guarded", "status", "ran").step("Before");
    policy = policy.guarded("Guarded", &when("ClaimsExist", "true", &["city"]));
    let world = World::start(&policy, "").await;
    world
        .browser()
        .open(&world.authorize(&[]))
        .await
        .expect("an answer");
    let trace = world.realm.traces.all().into_iter().next().expect("a trace");
    let text = runner::trace::terminal::one(&trace, runner::trace::terminal::Style::default());
    for part in [
        "Step 1 ClaimsExchange",
        "Before",
        "city",
        "Oslo",
        "Step 2 ClaimsExchange skipped",
        "city exists",
        "Step 3 SendClaims",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Guarded"), "{text}");
    let (_, page) = world.get(&format!("/runner/traces/{}", trace.id)).await;
    for part in [
        "<svg",
        "3 steps of Main",
        "stroke-dasharray",
        "city exists",
        "<ins>= Oslo</ins>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
