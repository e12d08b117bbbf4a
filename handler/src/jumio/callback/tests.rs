//! Callbacks as they come, and as nobody should send them.

use proptest::prelude::*;

use super::*;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const ACCOUNT: &str = "7a0c2d0e-1111-4c2f-8f3a-5a1b2c3d4e5f";
const EXECUTION: &str = "9f1b6c2a-2222-4d3e-9a4b-6c7d8e9f0a1b";
const SCAN: &str = "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11";

const KYX_PROCESSED: &str = include_str!("../../../../tests/vectors/kyx_callback_processed.json");
const KYX_ACQUIRED: &str = include_str!("../../../../tests/vectors/kyx_callback_acquired.json");
const PORTAL_TEST: &str = include_str!("../../../../tests/vectors/portal_callback_test.json");
const NETVERIFY_APPROVED: &str = include_str!("../../../../tests/vectors/netverify_callback_approved.form");
const NETVERIFY_FRAUD: &str = include_str!("../../../../tests/vectors/netverify_callback_fraud.form");

/// Every field that the callback guide names, as far as it is about a person or their document.
const NETVERIFY_EVERYTHING: &str =
    include_str!("../../../../tests/vectors/netverify_callback_everything.form");

/// Every personal value of the Netverify samples.
const PERSONAL: &[&str] = &[
    "ERIKA",
    "MARIA",
    "MUSTER",
    "1980",
    "P0000001",
    "AUT",
    "192.0.2",
    "Musterweg",
    "Wien",
    "N0000002",
    "000000",
    "BERTA",
    "ANTON",
    "BEISPIEL",
    "none-of-yours",
    "wed",
    "Illinoisiana",
    "060580",
    "2021",
    "2031",
    "NATIONAL_ID",
    "recognition",
    "MATCH",
    "txn-42",
    "user-7",
    "workflow-200",
];

fn callback(content_type: &str, body: &str) -> Callback {
    match parse(content_type, body.trim_end().as_bytes()) {
        Ok(Announced::Callback(callback)) => callback,
        other => panic!("expected a callback, got {other:?}"),
    }
}

fn kyx(status: &str, sent_at: &str) -> Callback {
    Callback {
        execution: Some(EXECUTION.into()),
        account: Some(ACCOUNT.into()),
        status_word: status.into(),
        sent_at: Some(sent_at.into()),
    }
}

fn netverify(status: &str, sent_at: Option<&str>) -> Callback {
    Callback {
        execution: Some(SCAN.into()),
        account: None,
        status_word: status.into(),
        sent_at: sent_at.map(Into::into),
    }
}

#[test]
fn a_kyx_callback() {
    assert_eq!(
        callback(JSON, KYX_PROCESSED),
        kyx("PROCESSED", "2026-02-03T10:12:21.004Z")
    );
}

#[test]
fn an_interim_kyx_callback_with_a_numeric_key() {
    assert_eq!(
        callback(JSON, KYX_ACQUIRED),
        kyx("ACQUIRED", "2026-02-03T10:12:01Z")
    );
}

#[test]
fn a_content_type_may_have_parameters_and_any_case() {
    assert!(parse("Application/JSON; charset=UTF-8", KYX_PROCESSED.as_bytes()).is_ok());
}

#[test]
fn a_netverify_callback() {
    assert_eq!(
        callback(FORM, NETVERIFY_APPROVED),
        netverify("APPROVED_VERIFIED", Some("2026-02-03T10:15:00Z"))
    );
}

#[test]
fn a_netverify_callback_with_nested_text_and_without_dates() {
    assert_eq!(callback(FORM, NETVERIFY_FRAUD), netverify("DENIED_FRAUD", None));
}

#[test]
fn of_all_that_netverify_sends_only_reference_status_and_date_are_kept() {
    assert_eq!(
        callback(FORM, NETVERIFY_EVERYTHING),
        netverify("APPROVED_VERIFIED", Some("2026-02-03T10:15:00.12Z"))
    );
}

#[test]
fn netverify_names_in_another_case() {
    let body = format!("JUMIOIDSCANREFERENCE={SCAN}&verificationstatus=NO_ID_UPLOADED");
    assert_eq!(callback(FORM, &body), netverify("NO_ID_UPLOADED", None));
}

#[test]
fn netverify_fields_as_json() {
    let body = format!(
        r#"{{"jumioIdScanReference":"{SCAN}","verificationStatus":"DENIED_FRAUD","idFirstName":"ERIKA"}}"#
    );
    assert_eq!(callback(JSON, &body), netverify("DENIED_FRAUD", None));
}

#[test]
fn a_kyx_callback_as_a_form_of_json_texts() {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("callbackSentAt", "2026-02-03T10:12:21Z");
    form.append_pair(
        "workflowExecution",
        &format!(r#"{{"id":"{EXECUTION}","status":"PROCESSED"}}"#),
    );
    form.append_pair("account", &format!(r#"{{"id":"{ACCOUNT}"}}"#));
    assert_eq!(
        callback(FORM, &form.finish()),
        kyx("PROCESSED", "2026-02-03T10:12:21Z")
    );
}

#[test]
fn the_portals_test_message() {
    assert_eq!(parse(JSON, PORTAL_TEST.as_bytes()), Ok(Announced::Test));
}

#[test]
fn a_message_beside_ids_is_still_a_callback() {
    let body = format!(r#"{{"message":"Test callback","workflowExecution":{{"id":"{EXECUTION}"}}}}"#);
    assert_eq!(callback(JSON, &body).execution.as_deref(), Some(EXECUTION));
}

#[test]
fn nothing_personal_survives() {
    for body in [NETVERIFY_APPROVED, NETVERIFY_FRAUD, NETVERIFY_EVERYTHING] {
        let kept = format!("{:?}", callback(FORM, body));
        for value in PERSONAL {
            assert!(!kept.contains(value), "{value} in {kept}");
        }
    }
}

#[test]
fn a_status_that_is_no_word_of_jumios_is_not_kept() {
    for odd in ["Erika Muster", "erika", "A1", &"A".repeat(41)] {
        let body = format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}","status":"{odd}"}}}}"#);
        assert_eq!(callback(JSON, &body).status_word, "UNKNOWN", "{odd}");
    }
}

#[test]
fn a_new_status_word_is_kept() {
    let body = format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}","status":"IN_REVIEW"}}}}"#);
    assert_eq!(callback(JSON, &body).status_word, "IN_REVIEW");
}

#[test]
fn timestamps_have_zero_to_three_digits_and_sometimes_no_zone() {
    for text in [
        "2026-02-03T10:12:21Z",
        "2026-02-03T10:12:21.1Z",
        "2026-02-03T10:12:21.123",
        "2026-02-03T10:12:21.12+01:00",
    ] {
        let body = format!(r#"{{"callbackSentAt":"{text}","workflowExecution":{{"id":"{EXECUTION}"}}}}"#);
        assert_eq!(callback(JSON, &body).sent_at.as_deref(), Some(text));
    }
}

#[test]
fn a_time_that_is_none_is_not_kept() {
    let body = format!(r#"{{"callbackSentAt":"Erika","workflowExecution":{{"id":"{EXECUTION}"}}}}"#);
    assert_eq!(callback(JSON, &body).sent_at, None);
}

#[test]
fn another_content_type_is_refused() {
    for kind in ["", "text/plain", "multipart/form-data", "application/jsonp"] {
        assert_eq!(
            parse(kind, KYX_PROCESSED.as_bytes()),
            Err(Unreadable::ContentType),
            "{kind}"
        );
    }
}

#[test]
fn an_empty_body_is_refused() {
    assert_eq!(parse(JSON, b""), Err(Unreadable::Malformed));
    assert_eq!(parse(FORM, b""), Err(Unreadable::NoTransaction));
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let body = format!("{KYX_PROCESSED}{}", " ".repeat(CALLBACK_MAX));
    assert_eq!(parse(JSON, body.as_bytes()), Err(Unreadable::TooLong));
}

#[test]
fn a_body_that_is_too_deep_is_refused() {
    let nested = format!(r#"{{"x":{}1{}}}"#, "[".repeat(17), "]".repeat(17));
    assert_eq!(parse(JSON, nested.as_bytes()), Err(Unreadable::TooDeep));
    let deep = "[".repeat(CALLBACK_MAX);
    assert_eq!(parse(JSON, deep.as_bytes()), Err(Unreadable::TooDeep));
    let text = format!("account={}", "%5B".repeat(20));
    assert_eq!(parse(FORM, text.as_bytes()), Err(Unreadable::TooDeep));
}

#[test]
fn brackets_inside_a_text_are_not_nesting() {
    let body = format!(
        r#"{{"userReference":"\"{}","workflowExecution":{{"id":"{EXECUTION}"}}}}"#,
        "[".repeat(50)
    );
    assert_eq!(callback(JSON, &body).execution.as_deref(), Some(EXECUTION));
}

#[test]
fn a_body_cut_off_is_refused() {
    let half = &KYX_PROCESSED[..KYX_PROCESSED.len() / 2];
    assert_eq!(parse(JSON, half.as_bytes()), Err(Unreadable::Malformed));
}

#[test]
fn something_behind_the_body_is_refused() {
    assert_eq!(
        parse(JSON, format!("{KYX_PROCESSED}{{}}").as_bytes()),
        Err(Unreadable::Malformed)
    );
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    for body in ["[]", "1", "null", "\"x\""] {
        assert_eq!(parse(JSON, body.as_bytes()), Err(Unreadable::Malformed), "{body}");
    }
}

#[test]
fn a_body_that_names_no_transaction_is_refused() {
    for body in [
        "{}",
        r#"{"account":{"id":"a"}}"#,
        r#"{"workflowExecution":{"status":"PROCESSED"}}"#,
        r#"{"workflowExecution":null}"#,
    ] {
        assert_eq!(
            parse(JSON, body.as_bytes()),
            Err(Unreadable::NoTransaction),
            "{body}"
        );
    }
}

#[test]
fn an_id_that_is_none_is_refused() {
    for id in ["", "../../x", "a b", "Erika Muster", &"a".repeat(65)] {
        let body = format!(r#"{{"workflowExecution":{{"id":"{id}"}}}}"#);
        assert_eq!(parse(JSON, body.as_bytes()), Err(Unreadable::Malformed), "{id}");
        let body = format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}"}},"account":{{"id":"{id}"}}}}"#);
        assert_eq!(parse(JSON, body.as_bytes()), Err(Unreadable::Malformed), "{id}");
    }
}

#[test]
fn a_field_of_the_wrong_form_is_refused() {
    for part in [
        r#""workflowExecution":[]"#,
        r#""workflowExecution":1"#,
        r#""workflowExecution":{"id":1}"#,
        r#""account":"x""#,
        r#""callbackSentAt":{}"#,
    ] {
        assert_eq!(
            parse(JSON, format!("{{{part}}}").as_bytes()),
            Err(Unreadable::Malformed),
            "{part}"
        );
    }
}

#[test]
fn a_field_that_is_there_twice_is_refused() {
    let twice = [
        format!(
            r#"{{"workflowExecution":{{"id":"{EXECUTION}"}},"workflowExecution":{{"id":"{EXECUTION}"}}}}"#
        ),
        format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}","id":"{SCAN}"}}}}"#),
        format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}","ID":"{SCAN}"}}}}"#),
        format!(r#"{{"workflowExecution":{{"id":"{EXECUTION}"}},"jumioIdScanReference":"{SCAN}"}}"#),
    ];
    for body in twice {
        assert_eq!(parse(JSON, body.as_bytes()), Err(Unreadable::Duplicate), "{body}");
    }
    let form = format!("jumioIdScanReference={SCAN}&jumioidscanreference={SCAN}");
    assert_eq!(parse(FORM, form.as_bytes()), Err(Unreadable::Duplicate));
}

/// A sample with some bytes replaced, removed or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let samples = [
        KYX_PROCESSED,
        KYX_ACQUIRED,
        PORTAL_TEST,
        NETVERIFY_APPROVED,
        NETVERIFY_FRAUD,
        NETVERIFY_EVERYTHING,
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..8);
    (prop::sample::select(samples.to_vec()), edits).prop_map(|(sample, edits)| {
        let mut body = sample.as_bytes().to_vec();
        for (at, byte, kind) in edits.iter().filter(|_| !sample.is_empty()) {
            let at = at.index(body.len().max(1)).min(body.len() - 1);
            match kind {
                0 => body[at] = *byte,
                1 => body.insert(at, *byte),
                _ => drop(body.drain(at..=at)),
            }
        }
        body
    })
}

proptest! {
    #[test]
    fn any_bytes_at_all_are_read_without_panic(body in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse(JSON, &body);
        let _ = parse(FORM, &body);
    }

    #[test]
    fn any_text_of_brackets_and_quotes_is_read_without_panic(body in r#"[\[\]{}":,\\a0 ]{0,300}"#) {
        let _ = parse(JSON, body.as_bytes());
        let _ = parse(FORM, format!("account={body}&workflowExecution={body}").as_bytes());
    }

    #[test]
    fn what_is_kept_of_a_mutated_sample_is_well_formed_and_impersonal(body in mutated()) {
        for kind in [JSON, FORM] {
            let Ok(Announced::Callback(callback)) = parse(kind, &body) else { continue };
            prop_assert!(callback.execution.as_deref().is_some_and(limits::is_id));
            prop_assert!(is_status(&callback.status_word));
            let kept = format!("{callback:?}");
            for value in PERSONAL.iter().filter(|value| value.len() > 4) {
                prop_assert!(!kept.contains(value));
            }
        }
    }
}
