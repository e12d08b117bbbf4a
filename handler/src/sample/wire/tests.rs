use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::*;

fn transaction() -> Value {
    json!({
        "ObjectId": "6f2d1c1e-1111-4222-8333-444455556666",
        "CorrelationId": "d2b9c0a4-1111-4222-8333-444455556666",
        "ClientId": "b2c-app",
        "RedirectUri": "https://jwt.ms",
        "Scope": "openid offline_access",
        "Policy": "B2C_1A_jumio_postUpload_AccountActivate",
    })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut body = transaction();
    body[name] = value.into();
    body
}

fn read(body: &Value) -> Result<InitializeTransaction, Unread> {
    InitializeTransaction::parse(body.to_string().as_bytes())
}

#[test]
fn what_the_policies_send_is_read() {
    let read = read(&transaction()).unwrap();
    assert_eq!(read.object_id, "6f2d1c1e-1111-4222-8333-444455556666");
    assert_eq!(read.correlation_id, "d2b9c0a4-1111-4222-8333-444455556666");
    assert_eq!(read.client_id, "b2c-app");
    assert_eq!(read.redirect_uri, "https://jwt.ms");
    assert_eq!(read.scope, "openid offline_access");
    assert_eq!(read.policy, "B2C_1A_jumio_postUpload_AccountActivate");
    assert!(read.person.is_empty() && read.locale.is_none());
}

#[test]
fn the_other_calls_are_read() {
    let body = br#"{"ObjectId":"o-1","TransactionReference":"t-1","VerificationToken":"a..b.c.d"}"#;
    let first = InitializeVerification::parse(body).unwrap();
    assert_eq!(
        (first.object_id.as_str(), first.transaction_reference.as_str()),
        ("o-1", "t-1")
    );
    let poll = VerifyTransactionStatus::parse(body).unwrap();
    assert_eq!(poll.verification_token.expose_secret(), "a..b.c.d");
    let last = ValidateVerificationToken::parse(body).unwrap();
    assert_eq!(
        (last.object_id.as_str(), last.transaction_reference.as_str()),
        ("o-1", "t-1")
    );
    assert_eq!(last.verification_token.expose_secret(), "a..b.c.d");
}

#[test]
fn names_are_read_in_any_case_and_unknown_ones_are_not() {
    let body = br#"{"OBJECTID":"o-1","transactionreference":"t-1","Other":{"ObjectId":[1,2]},"objectIdd":7}"#;
    let read = InitializeVerification::parse(body).unwrap();
    assert_eq!(
        (read.object_id.as_str(), read.transaction_reference.as_str()),
        ("o-1", "t-1")
    );
}

#[test]
fn of_a_repeated_name_the_last_counts() {
    let body = br#"{"objectId":"o-1","TransactionReference":"t-1","ObjectId":"o-2"}"#;
    assert_eq!(InitializeVerification::parse(body).unwrap().object_id, "o-2");
    let emptied = br#"{"objectId":"o-1","TransactionReference":"t-1","ObjectId":null}"#;
    assert_eq!(
        InitializeVerification::parse(emptied),
        Err(Unread::Missing("ObjectId"))
    );
}

#[test]
fn a_required_text_that_is_missing_null_or_empty_is_a_conflict() {
    for name in [
        "ObjectId",
        "CorrelationId",
        "ClientId",
        "RedirectUri",
        "Scope",
        "Policy",
    ] {
        let mut absent = transaction();
        absent.as_object_mut().unwrap().remove(name);
        for body in [absent, with(name, ""), with(name, Value::Null)] {
            let unread = read(&body).unwrap_err();
            assert_eq!(unread, Unread::Missing(name));
            assert!(unread.is_conflict());
        }
        assert!(read(&with(name, " ")).is_ok(), "white space counts");
    }
    let missing = |name| Err(Unread::Missing(name));
    assert_eq!(InitializeVerification::parse(b"{}"), missing("ObjectId"));
    assert_eq!(
        VerifyTransactionStatus::parse(b"{}").map(|_| ()),
        missing("VerificationToken").map(|_: InitializeVerification| ())
    );
    assert_eq!(
        ValidateVerificationToken::parse(br#"{"ObjectId":"o","TransactionReference":"t"}"#).unwrap_err(),
        Unread::Missing("VerificationToken")
    );
}

#[test]
fn what_is_no_json_is_refused() {
    for body in [
        "",
        " ",
        "{",
        r#"{"ObjectId":"o-1",}"#,
        "{} {}",
        "{'a':1}",
        "\u{feff}{}",
    ] {
        let unread = InitializeVerification::parse(body.as_bytes()).unwrap_err();
        assert_eq!(unread, Unread::NotJson, "{body}");
        assert!(!unread.is_conflict());
    }
    let not_utf_8 = b"{\"ObjectId\":\"\xff\"}";
    assert_eq!(InitializeVerification::parse(not_utf_8), Err(Unread::NotJson));
}

#[test]
fn json_that_is_no_object_is_refused() {
    for body in ["null", "7", "true", "[]", r#"["o-1","t-1"]"#, r#""{}""#] {
        let unread = InitializeVerification::parse(body.as_bytes()).unwrap_err();
        assert_eq!(unread, Unread::NotAnObject, "{body}");
    }
}

#[test]
fn a_value_that_is_no_text_is_refused() {
    for value in [json!(7), json!(true), json!([]), json!({}), json!(["o-1"])] {
        assert_eq!(read(&with("ObjectId", value)), Err(Unread::NotText("ObjectId")));
    }
    assert_eq!(read(&with("GivenName", 7)), Err(Unread::NotText("GivenName")));
    // Also where a text follows under the same name.
    let body = br#"{"ObjectId":7,"TransactionReference":"t-1","ObjectId":"o-1"}"#;
    assert_eq!(
        InitializeVerification::parse(body),
        Err(Unread::NotText("ObjectId"))
    );
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    for (name, longest) in [
        ("ObjectId", 255),
        ("CorrelationId", 255),
        ("ClientId", 255),
        ("RedirectUri", 2048),
        ("Scope", 1024),
        ("Policy", 255),
        ("GivenName", 200),
        ("Surname", 200),
        ("FamilyName", 200),
        ("UiLocales", 255),
    ] {
        assert!(read(&with(name, "ä".repeat(longest))).is_ok(), "{name}");
        assert_eq!(
            read(&with(name, "ä".repeat(longest + 1))),
            Err(Unread::TooLong(name))
        );
    }
    let long = format!(r#"{{"VerificationToken":"{}"}}"#, "a".repeat(MAX_TOKEN + 1));
    assert_eq!(
        VerifyTransactionStatus::parse(long.as_bytes()).unwrap_err(),
        Unread::TooLong("VerificationToken")
    );
}

#[test]
fn a_control_character_is_refused() {
    for name in ["ObjectId", "RedirectUri", "Surname"] {
        for text in ["a\nb", "a\0b", "a\u{7f}b"] {
            assert_eq!(read(&with(name, text)), Err(Unread::Control(name)));
        }
    }
}

#[test]
fn who_the_person_is_may_be_told() {
    let mut body = with("GivenName", " Mia ");
    body["Surname"] = json!("Muster");
    body["FamilyName"] = json!("Other");
    body["Birthdate"] = json!("1990-02-28T00:00:00.0000000Z");
    let person = read(&body).unwrap().person;
    let exposed = |value: Option<Personal>| value.map(|value| value.expose().to_owned());
    assert_eq!(exposed(person.given_name.clone()).as_deref(), Some("Mia"));
    assert_eq!(exposed(person.family_name.clone()).as_deref(), Some("Muster"));
    assert_eq!(exposed(person.birthdate.clone()).as_deref(), Some("1990-02-28"));
    body["Surname"] = json!("");
    let person = read(&body).unwrap().person;
    assert_eq!(exposed(person.family_name.clone()).as_deref(), Some("Other"));
}

#[test]
fn a_birth_date_that_is_none_is_refused() {
    for day in ["28.02.1990", "1990-02-30", "1990-2-8", "T", "next year"] {
        assert_eq!(read(&with("Birthdate", day)), Err(Unread::Birthdate), "{day}");
    }
    for absent in [json!(null), json!(""), json!(" ")] {
        assert!(read(&with("Birthdate", absent)).unwrap().person.is_empty());
    }
}

#[test]
fn the_first_language_tag_counts() {
    for (list, locale) in [
        ("de-AT en", Some("de-AT")),
        ("d_e fr", Some("fr")),
        ("<b> *", None),
        ("", None),
    ] {
        assert_eq!(read(&with("UiLocales", list)).unwrap().locale.as_deref(), locale);
    }
}

#[test]
fn nothing_of_a_body_is_told() {
    let read = read(&transaction()).unwrap();
    assert_eq!(format!("{read:?}"), "InitializeTransaction");
    let words = read_error("a-secret-in-the-wrong-box");
    assert!(!words.contains("a-secret"), "{words}");
}

fn read_error(value: &str) -> String {
    let unread = read(&with("Birthdate", value)).unwrap_err();
    format!("{unread} {unread:?}")
}
