use proptest::prelude::*;
use time::macros::datetime;

use super::*;

fn named(name: &str) -> Result<(), Implausible> {
    let person = Person {
        family_name: Some(Personal::new(name)),
        ..Person::default()
    };
    plausible(&person, datetime!(2026-02-03 10:00 UTC))
}

fn born(day: &str, now: OffsetDateTime) -> Result<(), Implausible> {
    let person = Person {
        birthdate: Some(Personal::new(day)),
        ..Person::default()
    };
    plausible(&person, now)
}

#[test]
fn names_of_real_people_pass() {
    for name in [
        "O'Brien",
        "O’Brien",
        "d'Artagnan",
        "Jean-Luc",
        "Nguyễn",
        "Nguye\u{302}\u{303}n",
        "李小龍",
        "𠮷野",
        "葛\u{e0100}城",
        "佐々木",
        "マリア・ルイサ",
        "Muḥammad ibn ʿAbd",
        "محمد بن عبد الله",
        "علی\u{200c}رضا",
        "ශ්\u{200d}රී",
        "बिन्दु",
        "བསྟན་འཛིན",
        "Mary Ann",
        "St. John",
        "X Æ A-Xii",
        "Henry VIII",
        "Henry Ⅷ",
        "Dr. Martin Luther King, Jr.",
        "Müller (geb. Schmidt)",
        "Ravi s/o Kumar",
        "!Naruseb",
        "Kealiʻi",
        "Coll·lí",
        "ירון ז׳בוטינסקי",
        "Ÿ",
        "Maria\u{a0}Anna",
        "劉\u{3000}備",
        "Ğökçe İnönü",
        "Anaïs Þórsdóttir",
        "-",
    ] {
        assert_eq!(named(name), Ok(()), "{name}");
    }
}

#[test]
fn digits_of_any_script_are_in_no_name() {
    for name in ["R2", "1", "Ada٣", "Ada९", "Ada３", "Ada²", "Ada①", "½"] {
        assert_eq!(named(name), Err(Implausible::NameCharacters), "{name}");
    }
}

#[test]
fn markup_is_in_no_name() {
    for name in [
        "<Ada>", "A&a", "{Ada}", "[Ada]", "Ada;", "\"Ada\"", "Ada\\", "a:b", "a=b", "a|b", "a%b", "a@b",
        "a#b", "$a", "a*b", "a_b", "a~b", "a^b", "😀",
    ] {
        assert_eq!(named(name), Err(Implausible::NameCharacters), "{name}");
    }
}

#[test]
fn what_cannot_be_seen_is_in_no_name() {
    for name in [
        "A\tda",
        "A\nda",
        "A\0da",
        "A\u{7f}",
        "A\u{85}da",
        "A\u{200b}da",
        "A\u{200d}da",
        "\u{200c}Ada",
        "A\u{2060}da",
        "A\u{202e}da",
        "A\u{2066}da",
        "A\u{feff}da",
        "A\u{ad}da",
        "\u{3164}",
        "A\u{34f}da",
        "A\u{2028}da",
        "\u{e000}",
        "علی\u{200c}",
    ] {
        assert_eq!(named(name), Err(Implausible::NameCharacters), "{name:?}");
    }
}

#[test]
fn both_names_are_looked_at() {
    let person = Person {
        given_name: Some(Personal::new("4da")),
        ..Person::default()
    };
    let now = datetime!(2026-02-03 10:00 UTC);
    assert_eq!(plausible(&person, now), Err(Implausible::NameCharacters));
}

#[test]
fn a_birth_date_is_neither_in_the_future_nor_older_than_anybody() {
    let now = datetime!(2026-02-03 10:00 UTC);
    for (day, fits) in [
        ("2026-02-04", true),
        ("2026-02-05", false),
        ("1896-02-03", true),
        ("1896-02-02", false),
        ("9999-12-31", false),
        ("0000-01-01", false),
        ("soon", false),
    ] {
        assert_eq!(born(day, now).is_ok(), fits, "{day}");
    }
}

#[test]
fn a_leap_day_has_an_oldest_birth_date_too() {
    let now = datetime!(2028-02-29 10:00 UTC);
    assert!(born("1898-02-28", now).is_ok());
    assert!(born("1898-02-27", now).is_err());
}

proptest! {
    #[test]
    fn what_passes_has_nothing_to_escape(name in any::<String>()) {
        if named(&name).is_ok() {
            let escaped = "<>&\"\\{}0123456789";
            prop_assert!(!name.chars().any(|c| c.is_control() || escaped.contains(c)), "{:?}", name);
        }
    }
}
