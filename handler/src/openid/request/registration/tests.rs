use super::*;
use crate::clients::{Client, Proof};

fn read(json: &str) -> Result<Registration, Invalid> {
    parse(
        json.as_bytes(),
        "b2c",
        time::macros::datetime!(2026-02-03 10:00 UTC),
        &clients(&["web"]),
    )
}

fn clients(ids: &[&str]) -> Clients {
    let client = |id: &&str| Client::new(id, Vec::new(), Proof::Unreadable);
    Clients::new(ids.iter().map(client).collect())
}

#[test]
fn who_names_no_client_means_the_only_one() {
    let body = br#"{"objectId":"o1","correlationId":"c1"}"#;
    let now = time::macros::datetime!(2026-02-03 10:00 UTC);
    let of = |ids: &[&str]| parse(body, "b2c", now, &clients(ids)).map(|read| read.client_id);
    assert_eq!(of(&["web"]), Ok(Some("web".to_owned())));
    assert_eq!(of(&["web", "okta"]), Err(Invalid::WhichClient));
    assert_eq!(of(&[]), Ok(None), "the sample front alone");
}

#[test]
fn a_registration_is_of_its_clients_sector() {
    let joined = Client {
        sector: Some("contoso".to_owned()),
        ..Client::new("web", Vec::new(), Proof::Unreadable)
    };
    let now = time::macros::datetime!(2026-02-03 10:00 UTC);
    let body = br#"{"objectId":"o1","correlationId":"c1","clientId":"web"}"#;
    let read = parse(body, "b2c", now, &Clients::new(vec![joined])).unwrap();
    assert_eq!(read.sector.as_deref(), Some("contoso"));
}

fn with(member: &str) -> Result<Registration, Invalid> {
    read(&format!(r#"{{"objectId":"o1","correlationId":"c1",{member}}}"#))
}

#[test]
fn a_full_registration_is_read() {
    let read = read(
        r#"{"objectId":"o1","correlationId":"c1","clientId":"web","givenName":"Ada","surname":"Muster",
        "birthdate":"1990-02-03","locale":"de-AT","ipAddress":"192.0.2.1","consentVersion":"v1",
        "consentTime":"2026-02-03T10:00:00Z","consentCountry":"usa","consentState":"Illinois"}"#,
    )
    .unwrap();
    assert_eq!(
        (read.subject.as_str(), read.correlation_id.as_deref()),
        ("o1", Some("c1"))
    );
    assert_eq!(
        (read.caller.as_str(), read.client_id.as_deref()),
        ("b2c", Some("web"))
    );
    assert_eq!(read.person.given_name, Some(Personal::new("Ada")));
    assert_eq!(read.person.family_name, Some(Personal::new("Muster")));
    assert_eq!(read.person.birthdate, Some(Personal::new("1990-02-03")));
    assert_eq!(
        (read.locale.as_deref(), read.ip.as_deref()),
        (Some("de-AT"), Some("192.0.2.1"))
    );
    let consent = read.consent.unwrap();
    assert_eq!(
        (consent.country.as_deref(), consent.state.as_deref()),
        (Some("USA"), Some("Illinois"))
    );
}

#[test]
fn names_are_compared_without_case() {
    assert_eq!(
        read(r#"{"OBJECTID":"o1","CorrelationID":"c1"}"#).unwrap().subject,
        "o1"
    );
}

#[test]
fn numbers_and_booleans_count_as_texts() {
    assert_eq!(
        read(r#"{"objectId":17,"correlationId":true}"#).unwrap().subject,
        "17"
    );
}

#[test]
fn null_and_empty_count_as_absent() {
    let read = with(r#""clientId":null,"givenName":"","locale":" ""#).unwrap();
    assert_eq!(
        (read.client_id, read.person.given_name, read.locale),
        (Some("web".to_owned()), None, None),
        "who names no client means the only one"
    );
}

#[test]
fn a_date_time_of_b2c_is_a_birthdate() {
    let read = with(r#""birthdate":"1990-02-03T00:00:00.0000000Z""#).unwrap();
    assert_eq!(read.person.birthdate, Some(Personal::new("1990-02-03")));
}

#[test]
fn an_address_with_port_loses_the_port() {
    assert_eq!(
        with(r#""ipAddress":"192.0.2.1:443""#).unwrap().ip.as_deref(),
        Some("192.0.2.1")
    );
    assert_eq!(with(r#""ipAddress":"home""#).unwrap().ip, None);
}

#[test]
fn a_locale_with_foreign_characters_is_dropped() {
    assert_eq!(with(r#""locale":"de/../x""#).unwrap().locale, None);
}

#[test]
fn the_locale_is_found_in_a_registration_that_is_refused() {
    assert_eq!(locale(br#"{"Culture":"fr-FR"}"#).as_deref(), Some("fr-FR"));
    assert_eq!(locale(b"nonsense"), None);
}

#[test]
fn a_repeated_member_is_refused() {
    assert_eq!(with(r#""objectId":"o2""#).err(), Some(Invalid::Repeated));
}

#[test]
fn a_member_repeated_in_another_case_is_refused() {
    assert_eq!(with(r#""objectID":"o2""#).err(), Some(Invalid::Repeated));
}

#[test]
fn a_nested_object_is_refused() {
    assert_eq!(with(r#""consent":{"version":"1"}"#).err(), Some(Invalid::NotFlat));
    assert_eq!(with(r#""names":["a"]"#).err(), Some(Invalid::NotFlat));
}

#[test]
fn what_is_no_object_is_refused() {
    for body in ["", "[]", "\"x\"", "{\"objectId\":", "objectId=o1"] {
        assert_eq!(read(body).err(), Some(Invalid::NotFlat), "{body}");
    }
}

#[test]
fn a_missing_subject_is_refused() {
    assert_eq!(read(r#"{"correlationId":"c1"}"#).err(), Some(Invalid::Subject));
}

#[test]
fn a_subject_that_is_too_long_is_refused() {
    let body = format!(r#"{{"objectId":"{}","correlationId":"c"}}"#, "x".repeat(256));
    assert_eq!(read(&body).err(), Some(Invalid::Subject));
}

#[test]
fn a_subject_with_control_characters_is_refused() {
    assert_eq!(
        read(r#"{"objectId":"a\u0000b","correlationId":"c"}"#).err(),
        Some(Invalid::Subject)
    );
}

#[test]
fn a_missing_correlation_id_is_refused() {
    assert_eq!(read(r#"{"objectId":"o1"}"#).err(), Some(Invalid::CorrelationId));
}

#[test]
fn an_unknown_client_is_refused() {
    assert_eq!(with(r#""clientId":"other""#).err(), Some(Invalid::ClientId));
}

#[test]
fn a_name_that_is_too_long_is_refused() {
    assert_eq!(
        with(&format!(r#""givenName":"{}""#, "x".repeat(201))).err(),
        Some(Invalid::Name)
    );
}

#[test]
fn a_birthdate_that_is_no_date_is_refused() {
    for text in ["1990-02-30", "3.2.1990", "1990-2-3", "1990-02-03x"] {
        assert_eq!(
            with(&format!(r#""birthdate":"{text}""#)).err(),
            Some(Invalid::Birthdate),
            "{text}"
        );
    }
}

#[test]
fn a_consent_without_time_is_refused() {
    assert_eq!(with(r#""consentVersion":"v1""#).err(), Some(Invalid::Consent));
}

#[test]
fn a_consent_without_text_version_is_refused() {
    assert_eq!(
        with(r#""consentTime":"2026-02-03T10:00:00Z""#).err(),
        Some(Invalid::Consent)
    );
}

#[test]
fn a_consent_with_a_country_of_two_letters_is_refused() {
    let member = r#""consentVersion":"v1","consentTime":1770112800,"consentCountry":"US""#;
    assert_eq!(with(member).err(), Some(Invalid::Consent));
}

#[test]
fn a_consent_in_the_usa_may_leave_the_state_open() {
    let member = r#""consentVersion":"v1","consentTime":1770112800,"consentCountry":"usa""#;
    assert_eq!(with(member).unwrap().consent.unwrap().state, None);
    let with_state = with(&format!(r#"{member},"consentState":"IL""#)).unwrap();
    assert_eq!(with_state.consent.unwrap().state.as_deref(), Some("IL"));
}

#[test]
fn a_consent_of_another_age_is_refused() {
    for time in [
        "-1",
        "-99999999999",
        "253402300799",
        r#""9999-12-31T23:59:59-23:59""#,
        r#""0000-01-01T00:00:00+23:59""#,
        r#""1969-12-31T23:59:59Z""#,
    ] {
        let member = format!(r#""consentVersion":"v1","consentTime":{time}"#);
        assert_eq!(with(&member).err(), Some(Invalid::Consent), "{time}");
    }
}

#[test]
fn a_consent_is_kept_in_utc() {
    let member = r#""consentVersion":"v1","consentTime":"2026-02-03T11:00:00+01:00""#;
    let consent = with(member).unwrap().consent.unwrap();
    assert_eq!(consent.obtained_at.offset(), time::UtcOffset::UTC);
    assert_eq!(consent.obtained_at.unix_timestamp(), 1_770_112_800);
}

#[test]
fn a_mail_address_is_read_and_what_is_none_is_refused() {
    let body = br#"{"objectId":"o1","correlationId":"c1","email":"ada@example.com"}"#;
    let now = time::macros::datetime!(2026-02-03 10:00 UTC);
    let kept = |email| {
        let client = Client {
            email,
            ..Client::new("web", Vec::new(), Proof::Unreadable)
        };
        parse(body, "b2c", now, &Clients::new(vec![client]))
            .unwrap()
            .email
    };
    assert_eq!(kept(EmailClaim::Given), Some(Personal::new("ada@example.com")));
    assert_eq!(kept(EmailClaim::None), None, "nobody is told it");
    assert_eq!(kept(EmailClaim::Subject), None, "nobody is told it");
    assert_eq!(with(r#""email":null"#).unwrap().email, None);
    for none in ["ada", "@example.com", "ada@", "a@b@c", "a da@example.com"] {
        let refused = with(&format!(r#""email":"{none}""#)).unwrap_err();
        assert_eq!(refused, Invalid::Email, "{none}");
    }
}

/// A name of the table to which the policies and their pages are held as well.
#[derive(serde::Deserialize)]
struct Named {
    name: String,
    #[serde(default = "once")]
    times: usize,
    fits: bool,
}

const fn once() -> usize {
    1
}

#[test]
fn the_names_of_the_table_are_taken_or_refused_as_it_says() {
    let table = include_str!("../../../../../policies/tests/names.json");
    let table: Vec<Named> = serde_json::from_str(table).unwrap();
    assert!(table.len() > 40);
    for row in table {
        let typed = row.name.repeat(row.times);
        for member in ["givenName", "familyName"] {
            let body = serde_json::json!({ "objectId": "o1", "correlationId": "c1", member: typed });
            let person = read(&body.to_string()).map(|read| read.person);
            let is_told =
                person.is_ok_and(|person| person.given_name.is_some() || person.family_name.is_some());
            assert_eq!(is_told, row.fits, "{member} {:?} {}", row.name, row.times);
        }
    }
}
