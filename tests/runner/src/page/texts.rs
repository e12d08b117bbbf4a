//! English texts of the elements B2C localises, by their documented string ids.

/// Texts every page has.
const COMMON: [(&str, &str); 14] = [
    ("initial_intro", "Please provide the following details."),
    ("preloader_alt", "Please wait"),
    ("required_field", "This information is required."),
    (
        "verifying_blurb",
        "Please wait while we process your information.",
    ),
    ("button_continue", "Continue"),
    ("button_cancel", "Cancel"),
    (
        "error_fieldIncorrect",
        "One or more fields are filled out incorrectly. Please check your entries and try again.",
    ),
    (
        "error_requiredFieldMissing",
        "A required field is missing. Please fill out all required fields and try again.",
    ),
    (
        "error_passwordEntryMismatch",
        "The password entry fields do not match. Please enter the same password in both fields and try again.",
    ),
    ("helplink_text", "What is this?"),
    (
        "ServiceThrottled",
        "There are too many requests at this moment. Please wait for some time and try again.",
    ),
    (
        "UserMessageIfClaimsTransformationBooleanValueIsNotEqual",
        "This is not possible with your account.",
    ),
    (
        "script_off",
        "This page needs JavaScript. Please allow it and reload.",
    ),
    ("template_failed", "The page template could not be loaded from"),
];

const FIELDS: [(&str, &str); 22] = [
    (
        "ver_intro_msg",
        "Verification is necessary. Please click Send button.",
    ),
    (
        "ver_info_msg",
        "Verification code has been sent to your inbox. Please copy it to the input box below.",
    ),
    ("ver_input", "Verification code"),
    ("ver_but_send", "Send verification code"),
    ("ver_but_verify", "Verify code"),
    ("ver_but_resend", "Send new code"),
    ("ver_but_edit", "Change e-mail"),
    (
        "ver_success_msg",
        "E-mail address verified. You can now continue.",
    ),
    ("ver_fail_retry", "That code is incorrect. Please try again."),
    (
        "ver_fail_no_retry",
        "You've made too many incorrect attempts. Please try again later.",
    ),
    (
        "ver_fail_throttled",
        "There have been too many requests to verify this email address. Please wait a while, then try again.",
    ),
    (
        "ver_fail_code_expired",
        "That code is expired. Please request a new code.",
    ),
    (
        "ver_fail_server",
        "We are having trouble verifying your email address. Please enter a valid email address and try again.",
    ),
    ("ver_incorrect_format", "Incorrect format."),
    ("month", "Month"),
    ("day", "Day"),
    ("year", "Year"),
    (
        "months",
        "January, February, March, April, May, June, July, August, September, October, November, December",
    ),
    (
        "intro_msg",
        "Verification is necessary. Please click Send button.",
    ),
    ("but_send_code", "Send verification code"),
    ("but_verify_code", "Verify code"),
    ("but_send_new_code", "Send new code"),
];

const COMBINED: [(&str, &str); 14] = [
    ("local_intro_generic", "Sign in with your {0}"),
    ("social_intro", "Sign in with your social account"),
    ("button_signin", "Sign in"),
    ("forgotpassword_link", "Forgot your password?"),
    ("createaccount_intro", "Don't have an account?"),
    ("createaccount_one_link", "Sign up now"),
    ("divider_title", "OR"),
    ("remember_me", "Keep me signed in"),
    ("logonIdentifier_email", "Email Address"),
    ("logonIdentifier_username", "Username"),
    ("requiredField_email", "Please enter your email"),
    ("requiredField_password", "Please enter your password"),
    (
        "invalid_password",
        "The password you entered is not in the expected format.",
    ),
    (
        "unknown_error",
        "We are having trouble signing you in. Please try again later.",
    ),
];

const SELECTION: [(&str, &str); 1] = [("intro", "Sign in")];

const PHONE: [(&str, &str); 12] = [
    (
        "initial_intro",
        "Enter a number below that we can send a code via SMS or phone to authenticate you.",
    ),
    ("enter_code_text_intro", "Enter your verification code below, or"),
    ("countryCode", "Country or region"),
    ("phoneNumber", "Phone number"),
    ("enterCode", "Verification code"),
    ("button_text", "Send Code"),
    ("button_call", "Call Me"),
    ("button_verify", "Verify Code"),
    ("sendNewCode", "send a new code"),
    (
        "number_shown",
        "We have the following number on record for you. We can send a code via SMS or phone to authenticate you.",
    ),
    (
        "error_incorrect_code",
        "The verification code you have entered does not match our records. Please try again, or request a new code.",
    ),
    ("invalid_number", "Please enter a valid phone number."),
];

/// The texts of a page before the policy's own.
pub(super) fn defaults(api: super::Api) -> impl Iterator<Item = (&'static str, &'static str)> {
    let own: &[(&str, &str)] = match api {
        super::Api::SelfAsserted => &FIELDS,
        super::Api::Combined => &COMBINED,
        super::Api::Selection => &SELECTION,
        super::Api::Phone => &PHONE,
        super::Api::Dialog => &[],
    };
    COMMON.iter().chain(own).copied()
}

/// Texts of a display control before the policy's own.
pub(super) const CONTROL: [(&str, &str); 10] = [
    (
        "intro_msg",
        "Verification is necessary. Please click Send button.",
    ),
    (
        "success_send_code_msg",
        "Verification code has been sent. Please copy it to the input box below.",
    ),
    (
        "failure_send_code_msg",
        "We are having trouble verifying this. Please enter a valid value and try again.",
    ),
    ("success_verify_code_msg", "Verified. You can now continue."),
    (
        "failure_verify_code_msg",
        "We are having trouble verifying this. Please try again.",
    ),
    ("but_send_code", "Send verification code"),
    ("but_verify_code", "Verify code"),
    ("but_send_new_code", "Send new code"),
    ("but_change_claims", "Change"),
    ("ver_input", "Verification code"),
];
