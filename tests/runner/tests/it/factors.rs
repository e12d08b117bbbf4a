//! Accounts, sessions, and second factors by their local stand-ins.

use crate::policy::{Policy, inputs, outputs};
use crate::world::{World, walk};

const DIRECTORY: &str = "AzureActiveDirectoryProvider";

fn persisted(claims: &[&str]) -> String {
    outputs(claims).replace("OutputClaim", "PersistedClaim")
}

fn validated_by(profile: &str) -> String {
    format!(
        "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"{profile}\" /></ValidationTechnicalProfiles>"
    )
}

/// Signs up on one page; the account is read again after.
fn signs_up() -> Policy {
    let key = inputs(&["email=signInNames.emailAddress"]);
    let write = key.clone()
        + &persisted(&[
            "email=signInNames.emailAddress",
            "newPassword=password",
            "displayName",
        ])
        + &outputs(&["objectId", "agreed=newClaimsPrincipalCreated"]);
    let exists = [
        ("Operation", "Write"),
        ("RaiseErrorIfClaimsPrincipalAlreadyExists", "true"),
    ];
    let gone = [
        ("Operation", "Read"),
        ("RaiseErrorIfClaimsPrincipalDoesNotExist", "true"),
    ];
    Policy::default()
        .profile("Write", DIRECTORY, &exists, &write)
        .profile(
            "Read",
            DIRECTORY,
            &gone,
            &(inputs(&["objectId"]) + &outputs(&["objectId", "city=displayName"])),
        )
        .profile(
            "Forget",
            DIRECTORY,
            &[("Operation", "DeleteClaims")],
            &(inputs(&["objectId"]) + &persisted(&["objectId", "displayName"])),
        )
        .profile(
            "Remove",
            DIRECTORY,
            &[("Operation", "DeleteClaimsPrincipal")],
            &inputs(&["objectId"]),
        )
        .page(
            "SignUp",
            &[],
            &(outputs(&["objectId", "agreed", "email", "newPassword", "displayName"])
                + &validated_by("Write")),
        )
        .step("SignUp")
        .step("Read")
        .token(&["city", "agreed"])
}

const ADA: &str = "[[journey]]\nname='sign up'\n[[journey.step]]\n\
                   fill = { email = 'ada@example.com', newPassword = 'Passw0rd!', displayName = 'Ada' }\n";

#[tokio::test]
async fn an_account_is_written_and_read_and_not_written_twice() {
    let again =
        ADA.replace("sign up", "again") + "refused = 'already exists'\n[journey.expect]\npage = 'api.page'";
    let script = format!(
        "{ADA}[journey.expect]\nclaims = {{ city = 'Ada', agreed = true }}\n\
         account = {{ 'signInNames.emailAddress' = 'ada@example.com', displayName = 'Ada' }}\n{again}"
    );
    walk(&signs_up(), "", &script).await;
}

#[tokio::test]
async fn claims_and_accounts_are_deleted() {
    let forgets = format!("{ADA}[journey.expect]\nabsent = ['nothing']\nran = ['Forget', 'Again']");
    let mut policy = signs_up();
    policy = policy.profile(
        "Again",
        DIRECTORY,
        &[("Operation", "Read")],
        &(inputs(&["objectId"]) + &outputs(&["status=displayName~forgotten"])),
    );
    let policy = policy.step("Forget").step("Again").token(&["status"]);
    walk(&policy, "", &(forgets + "\nclaims = { status = 'forgotten' }")).await;
    let removes = format!("{ADA}[journey.expect]\nran = ['Remove']\nno_account = ['ada@example.com']");
    walk(&signs_up().step("Remove"), "", &removes).await;
}

#[tokio::test]
async fn a_session_passes_the_page_in_the_same_browser_only() {
    let session = "<TechnicalProfile Id=\"Session\"><DisplayName>s</DisplayName><Protocol Name=\"Proprietary\" \
        Handler=\"Web.TPEngine.SSO.DefaultSSOSessionProvider, Web.TPEngine\" /><PersistedClaims>\
        <PersistedClaim ClaimTypeReferenceId=\"displayName\" /></PersistedClaims></TechnicalProfile>";
    let uses = "<UseTechnicalProfileForSessionManagement ReferenceId=\"Session\" />";
    let mut policy = Policy::default()
        .page("Name", &[], &(outputs(&["displayName"]) + uses))
        .step("Name")
        .token(&["displayName"]);
    policy.profiles.push_str(session);
    let script = "[[journey]]\nname='first'\n[[journey.step]]\nfill = { displayName = 'Ada' }\n[journey.expect]\nclaims = { displayName = 'Ada' }\n\
                  [[journey]]\nname='second'\nsame_browser = true\n[journey.expect]\nclaims = { displayName = 'Ada' }\n\
                  [[journey]]\nname='another browser'\n[journey.expect]\npage = 'api.page'";
    walk(&policy, "", script).await;
    policy.behaviors = "<SingleSignOn Scope=\"Suppressed\" />".to_owned();
    let suppressed = script.replace(
        "name='second'\nsame_browser = true\n[journey.expect]\nclaims = { displayName = 'Ada' }",
        "name='second'\nsame_browser = true\n[journey.expect]\npage = 'api.page'",
    );
    walk(&policy, "", &suppressed).await;
}

#[tokio::test]
async fn a_step_does_not_answer_for_a_later_page_of_the_same_journey() {
    let uses = "<UseTechnicalProfileForSessionManagement ReferenceId=\"Session\" />";
    let session = "<TechnicalProfile Id=\"Session\"><DisplayName>s</DisplayName><Protocol Name=\"Proprietary\" \
        Handler=\"Web.TPEngine.SSO.DefaultSSOSessionProvider, Web.TPEngine\" /><PersistedClaims>\
        <PersistedClaim ClaimTypeReferenceId=\"displayName\" /><PersistedClaim ClaimTypeReferenceId=\"status\" />\
        </PersistedClaims></TechnicalProfile>";
    let mut policy = Policy::default()
        .profile(
            "Early",
            "ClaimsTransformationProtocolProvider",
            &[],
            &(outputs(&["status~early"]) + uses),
        )
        .page("Name", &[], &(outputs(&["displayName"]) + uses))
        .step("Early")
        .step("Name")
        .token(&["displayName", "status"]);
    policy.profiles.push_str(session);
    let script = "[[journey]]\nname='first'\n[[journey.step]]\npage = 'api.page'\nfill = { displayName = 'Ada' }\n\
                  [journey.expect]\nclaims = { displayName = 'Ada' }\n\
                  [[journey]]\nname='second'\nsame_browser = true\n[journey.expect]\nclaims = { displayName = 'Ada', status = 'early' }";
    walk(&policy, "", script).await;
}

const OTP: &str = "OneTimePasswordProtocolProvider";

fn control() -> Policy {
    let exchange = |action: &str, profile: &str| {
        format!(
            "<Action Id=\"{action}\"><ValidationClaimsExchange><ValidationClaimsExchangeTechnicalProfile \
             TechnicalProfileReferenceId=\"{profile}\" /></ValidationClaimsExchange></Action>"
        )
    };
    let page = "<DisplayClaims><DisplayClaim DisplayControlReferenceId=\"emailControl\" /></DisplayClaims>"
        .to_owned();
    let mut policy = Policy::default()
        .profile(
            "Generate",
            OTP,
            &[
                ("Operation", "GenerateCode"),
                ("CodeLength", "6"),
                ("CodeExpirationInSeconds", "60"),
            ],
            &(inputs(&["email=identifier"]) + &outputs(&["secret=otpGenerated"])),
        )
        .profile(
            "Verify",
            OTP,
            &[("Operation", "VerifyCode")],
            &inputs(&["email=identifier", "code=otpToVerify"]),
        )
        .page("Prove", &[], &(page + &outputs(&["email"])))
        .step("Prove")
        .token(&["email"]);
    policy.controls = format!(
        "<DisplayControl Id=\"emailControl\" UserInterfaceControlType=\"VerificationControl\"><DisplayClaims>\
         <DisplayClaim ClaimTypeReferenceId=\"email\" Required=\"true\" />\
         <DisplayClaim ClaimTypeReferenceId=\"code\" ControlClaimType=\"VerificationCode\" Required=\"true\" /></DisplayClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"email\" /></OutputClaims><Actions>{}{}</Actions></DisplayControl>",
        exchange("SendCode", "Generate"),
        exchange("VerifyCode", "Verify")
    );
    policy
}

#[tokio::test]
async fn a_display_control_takes_the_code_from_the_mailbox() {
    let script = "[[journey]]\nname='control'\n[[journey.step]]\nfill = { email = 'ada@example.com' }\nverify = ['email']\n\
                  [journey.expect]\nclaims = { email = 'ada@example.com' }";
    walk(&control(), "", script).await;
}

#[tokio::test]
async fn a_display_control_is_not_passed_unverified() {
    let script = "[[journey]]\nname='control'\n[[journey.step]]\nfill = { email = 'ada@example.com', code = '123456' }\n\
                  refused = 'Verification is necessary'\n[journey.expect]\npage = 'api.page'";
    walk(&control(), "", script).await;
}

fn phone(known: &str) -> Policy {
    let metadata = [
        ("ContentDefinitionReferenceId", "api.phone"),
        ("ManualPhoneNumberEntryAllowed", "true"),
    ];
    let claims = inputs(&[&format!("phone=strongAuthenticationPhoneNumber{known}")])
        + &outputs(&["status=Verified.OfficePhone", "agreed=newPhoneNumberEntered"]);
    Policy::default()
        .profile("Phone", "PhoneFactorProtocolProvider", &metadata, &claims)
        .step("Phone")
        .token(&["status", "agreed"])
}

#[tokio::test]
async fn a_phone_is_enrolled_with_the_code_that_was_texted() {
    let script = "[[journey]]\nname='wrong'\n[[journey.step]]\nfill = { number = '+44 20 7946 0000', code = '12' }\nrefused = 'incorrect'\n\
                  [[journey.step]]\npage = 'api.phone'\nfill = { number = '+44 20 7946 0000' }\n\
                  [journey.expect]\nclaims = { status = '+442079460000', agreed = true }";
    walk(&phone(""), "", script).await;
}

#[tokio::test]
async fn a_number_the_account_has_cannot_be_replaced_by_the_page() {
    let world = World::start(&phone("~+442079460000"), "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let ask = [
        field("request_type", "VERIFICATION_REQUEST"),
        field("id", "+15550100"),
    ];
    browser
        .call(&page, "Phonefactor/verify", &ask)
        .await
        .expect("an answer");
    assert!(world.realm.mailbox.read(Some("+15550100")).is_empty());
    assert_eq!(world.realm.mailbox.read(Some("+442079460000")).len(), 1);
}

#[tokio::test]
async fn a_phone_page_is_not_passed_by_a_reload() {
    let script =
        "[[journey]]\nname='reload'\n[[journey.step]]\nreload = true\n[journey.expect]\npage = 'api.phone'";
    walk(&phone(""), "", script).await;
}

/// RFC 6238, appendix B: the key, and its code (cut to six digits) at 20000000000 seconds.
const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const CODE: &str = "353130";

/// Asks for an authenticator's code; the account exists.
async fn authenticator(offered: &str) -> World {
    let mfa = "AzureMfaProtocolProvider";
    let begin = inputs(&["objectId", &format!("secret=secretKey{offered}")]);
    let who = inputs(&["email=signInNames.emailAddress~ada@example.com"]) + &outputs(&["objectId"]);
    let count = inputs(&["email=userPrincipalName~ada@contoso.onmicrosoft.com"])
        + &outputs(&["score=numberOfAvailableDevices"]);
    let policy = Policy::default()
        .profile("Who", DIRECTORY, &[("Operation", "Read")], &who)
        .profile("Count", mfa, &[("Operation", "GetAvailableDevices")], &count)
        .profile("Begin", mfa, &[("Operation", "BeginVerifyOTP")], &begin)
        .profile(
            "Verify",
            mfa,
            &[("Operation", "VerifyOTP")],
            &inputs(&["code=otpCode"]),
        )
        .page(
            "Code",
            &[],
            &(inputs(&["objectId"]) + &outputs(&["objectId", "code"]) + &validated_by("Verify")),
        )
        .step("Who")
        .step("Begin")
        .step("Code")
        .step("Count")
        .token(&["score"]);
    let world = World::start(&policy, "").await;
    let attributes = [
        ("signInNames.emailAddress".to_owned(), "ada@example.com".into()),
        (
            "userPrincipalName".to_owned(),
            "ada@contoso.onmicrosoft.com".into(),
        ),
    ];
    world
        .realm
        .directory
        .create(attributes.into_iter().collect(), None)
        .await
        .expect("an account");
    let ahead = 20_000_000_000 - world.realm.clock.now().unix_timestamp();
    world.realm.clock.shift_s(ahead);
    world
}

/// What the page says to a code, and the devices the account has after it.
async fn answer(world: &World, code: &str) -> (String, Option<i64>) {
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let fields = [("code".to_owned(), code.to_owned())];
    let answer = browser
        .call(&page, "SelfAsserted", &fields)
        .await
        .expect("an answer");
    let landing = browser.go(&page, "confirmed", &[]).await.expect("an answer");
    let token = runner::script::expect::token(&landing);
    (
        answer.get("status").map(ToString::to_string).unwrap_or_default(),
        token.and_then(|token| token.get("score")?.as_i64()),
    )
}

#[tokio::test]
async fn an_authenticator_is_enrolled_with_its_first_right_code_and_asked_from_then_on() {
    let world = authenticator(&format!("~{KEY}")).await;
    assert_eq!(answer(&world, "000000").await, ("\"400\"".to_owned(), None));
    assert_eq!(answer(&world, CODE).await, ("\"200\"".to_owned(), Some(1)));
    let (_, directory) = world.get("/runner/directory").await;
    assert!(
        directory.contains(KEY),
        "the key is there to be typed into an app: {directory}"
    );
    assert_eq!(answer(&world, CODE).await.0, "\"200\"");
}

#[tokio::test]
async fn an_authenticator_nobody_enrolled_has_no_right_code() {
    let world = authenticator("").await;
    assert_eq!(answer(&world, CODE).await, ("\"400\"".to_owned(), None));
}
