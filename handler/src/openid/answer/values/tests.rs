use time::macros::date;

use super::*;

fn person(given: Option<&str>, family: Option<&str>, birthdate: Option<&str>) -> Person {
    let personal = |text: &str| Personal::new(text);
    Person {
        given_name: given.map(personal),
        family_name: family.map(personal),
        birthdate: birthdate.map(personal),
        ..Person::default()
    }
}

fn told(value: Value, person: &Person) -> Option<Json> {
    claim(value, person, date!(2026 - 02 - 28))
}

#[test]
fn names_are_told_as_the_document_says_them() {
    let ada = person(Some("ADA AUGUSTA"), Some("LOVELACE"), None);
    assert_eq!(told(Value::GivenName, &ada), Some("ADA AUGUSTA".into()));
    assert_eq!(told(Value::FamilyName, &ada), Some("LOVELACE".into()));
    assert_eq!(told(Value::Name, &ada), Some("ADA AUGUSTA LOVELACE".into()));
    assert_eq!(told(Value::Birthdate, &ada), None);
    assert_eq!(told(Value::AgeOver18, &ada), None);
}

#[test]
fn what_is_missing_or_masked_is_left_out() {
    for hidden in ["", " ", "N/A", "n/a", "XXXX", "LOVE XXXX", "L*******"] {
        let half = person(Some("ADA"), Some(hidden), None);
        assert_eq!(told(Value::FamilyName, &half), None, "{hidden}");
        assert_eq!(told(Value::Name, &half), None, "{hidden}");
        assert_eq!(told(Value::GivenName, &half), Some("ADA".into()));
    }
}

#[test]
fn an_age_is_one_of_full_years() {
    for (birthdate, over) in [
        ("2008-02-28", Some(true)),
        ("2008-02-29", Some(false)),
        ("2008-03-01", Some(false)),
        ("2010-02-28", Some(false)),
        ("1900-01-01", Some(true)),
        ("2026-03-01", None),
        ("2008-02", None),
        ("", None),
    ] {
        let somebody = person(None, None, Some(birthdate));
        let over = over.map(Json::from);
        assert_eq!(told(Value::AgeOver18, &somebody), over, "{birthdate}");
    }
    let sixteen = person(None, None, Some("2010-02-28"));
    assert_eq!(told(Value::AgeOver16, &sixteen), Some(true.into()));
    assert_eq!(told(Value::AgeOver21, &sixteen), Some(false.into()));
}
