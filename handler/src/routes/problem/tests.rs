use std::collections::BTreeMap;

use super::*;
use crate::checks::fact_store::StoreError;
use crate::checks::vendor::VendorError;
use crate::clients::{NONE, PRIVATE_KEY_JWT, SECRET};
use crate::openid::proof::client_auth::Unproven;
use crate::seal::SealError;
use crate::tokens::Refused;
use crate::tokens::entra::EntraError;

const PLANTED: &str = "Zebedee \"\\ \u{fc}";

/// One fault of every kind, with free text planted where there is room for any.
fn faults() -> Vec<Fault> {
    let store = || StoreError(PLANTED.into());
    let vendor = |error| Fault::Core(Error::Vendor(error));
    let mut faults = vec![
        Fault::NoRoute,
        Fault::Method("GET"),
        NotReady.into(),
        TooSlow.into(),
        Malformed::TooMany.into(),
        Malformed::Characters.into(),
        vendor(VendorError::unavailable(PLANTED)),
        vendor(VendorError::Unusable(PLANTED.into())),
        vendor(VendorError::Throttled { retry_after: None }),
        vendor(VendorError::Refused(PLANTED.into())),
        vendor(VendorError::Invalid(PLANTED.into())),
        Fault::Core(Error::Store(store())),
        Fault::Core(Error::Corrupt(PLANTED.into())),
        ClientError::CouldNotCheck(store()).into(),
        Refusal::invalid("x").into(),
        Untrusted::Client.into(),
        Untrusted::RedirectUri.into(),
        Untrusted::RedirectUriCase.into(),
        Panicked.into(),
        Fault::Embedded,
        Fault::Form,
        Fault::NoCookie,
        url::ParseError::EmptyHost.into(),
    ];
    faults.extend(core().into_iter().map(Fault::Core));
    faults.extend(core().into_iter().map(Fault::Ticket));
    let sealed = [
        SealError::Malformed,
        SealError::UnknownKey,
        SealError::Forged,
        SealError::Expired,
    ];
    faults.extend(sealed.map(Fault::CallbackCredential));
    faults.extend(redeem().into_iter().map(Fault::Redeem));
    faults.extend(redeem().into_iter().map(Fault::Bearer));
    faults.extend(clients().into_iter().map(|why| ClientError::from(why).into()));
    faults.extend(callers().into_iter().map(|error| Fault::Caller(error, "Basic")));
    faults
}

fn core() -> Vec<Error> {
    vec![
        SealError::Malformed.into(),
        SealError::UnknownKey.into(),
        SealError::Forged.into(),
        SealError::Expired.into(),
        Error::NotFound,
        Error::WrongBrowser,
        Error::WrongClient,
        Error::Used,
        Error::Finished,
        Error::OtherPerson,
        Error::TooMany,
        Error::OurOwnValue,
        Error::NotReady,
        Error::NotRetryable,
        Error::AttemptsExhausted,
        Error::StartsExhausted,
        Error::LineTooLong,
        Error::PurseEmpty,
        Error::Closed,
        Error::Busy,
    ]
}

fn redeem() -> Vec<RedeemError> {
    vec![
        RedeemError::Unknown,
        RedeemError::Expired,
        RedeemError::Replayed,
        RedeemError::WrongClient,
        RedeemError::WrongRedirect,
        RedeemError::WrongVerifier,
        RedeemError::MissingVerifier,
        RedeemError::UsedProof,
        Error::Busy.into(),
    ]
}

fn clients() -> Vec<Unproven> {
    let id = || "b2c".to_owned();
    let methods = [SECRET, PRIVATE_KEY_JWT, NONE];
    let pairs = methods
        .into_iter()
        .flat_map(|registered| methods.map(|used| (registered, used)));
    let other_ways = pairs.map(|(registered, used)| Unproven::OtherWay {
        client: id(),
        registered,
        used,
    });
    other_ways
        .chain([
            Unproven::Missing,
            Unproven::Unknown,
            Unproven::OtherId,
            Unproven::Unreadable(id()),
            Unproven::Secret(id()),
            Unproven::Assertion(id(), Refused::Signature),
            Unproven::Used(id()),
        ])
        .collect()
}

fn callers() -> Vec<CallerError> {
    vec![
        CallerError::Missing,
        CallerError::Ambiguous,
        CallerError::NotConfigured,
        CallerError::NotTrusted,
        CallerError::Unlisted(String::new()),
        CallerError::Password,
        EntraError::Refused(Refused::Expired).into(),
        EntraError::CouldNotCheck(PLANTED.into()).into(),
    ]
}

#[test]
fn descriptions_keep_to_the_characters_of_oauth_and_repeat_nothing() {
    for fault in faults() {
        let description = fault.row().refusal.description;
        let allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        assert!(
            !description.is_empty() && description.chars().all(allowed),
            "{fault:?}: {description}"
        );
        assert!(!description.contains("Zebedee"), "{fault:?}");
    }
}

#[test]
fn codes_are_words_with_dots_and_mean_one_status_each() {
    let mut known = BTreeMap::new();
    for fault in faults() {
        let row = fault.row();
        let plain = |b: u8| b.is_ascii_lowercase() || matches!(b, b'.' | b'_');
        assert!(row.code.bytes().all(plain), "{}", row.code);
        assert_eq!(
            *known.entry(row.code).or_insert(row.status),
            row.status,
            "{}",
            row.code
        );
    }
}

#[test]
fn what_could_not_be_checked_is_never_a_refusal() {
    for fault in [
        Fault::Core(Error::Store(StoreError(String::new()))),
        ClientError::CouldNotCheck(StoreError(String::new())).into(),
        Fault::Caller(EntraError::CouldNotCheck(String::new()).into(), "Bearer"),
        Fault::Redeem(Error::Store(StoreError(String::new())).into()),
        Fault::Bearer(Error::Vendor(VendorError::Throttled { retry_after: None }).into()),
    ] {
        let row = fault.row();
        assert_eq!(
            (row.status.as_u16(), row.refusal.code),
            (503, Code::TemporarilyUnavailable),
            "{fault:?}"
        );
        assert!(row.is_passing());
    }
}

#[test]
fn our_own_faults_are_logged_as_errors_and_no_callers_fault_is() {
    for fault in faults() {
        let row = fault.row();
        if row.status == StatusCode::INTERNAL_SERVER_ERROR {
            assert_eq!(row.level, Level::ERROR, "{fault:?}");
        }
        if row.status.is_client_error() {
            assert_ne!(row.level, Level::ERROR, "{fault:?}");
        }
    }
}

#[test]
fn every_401_has_a_challenge() {
    for fault in faults()
        .into_iter()
        .filter(|fault| fault.row().status == StatusCode::UNAUTHORIZED)
    {
        assert!(fault.challenge().is_some(), "{fault:?}");
    }
}

#[test]
fn operators_can_read_up_how_loud_each_code_is() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/logging.md");
    let page = std::fs::read_to_string(page).unwrap();
    for fault in faults() {
        let row = fault.row();
        let begin = format!("| `{}` | ", row.code);
        let line = page.lines().find_map(|line| line.strip_prefix(&begin));
        let levels = line.and_then(|line| line.split('|').next()).unwrap_or_default();
        let level = row.level.as_str().to_lowercase();
        // Without a dot it is an error code of OAuth, which the page lists in a sentence.
        assert!(
            !row.code.contains('.') || levels.contains(&level),
            "{level} {fault:?}: {levels}"
        );
    }
}
