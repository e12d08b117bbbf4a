use proptest::prelude::proptest;

use std::cell::Cell;

use super::*;
use crate::seal::{KeyMaterial, StateKeys, SubjectKey};

fn person(given: &str, family: &str, birthdate: &str) -> Person {
    let value = |text: &str| (!text.is_empty()).then(|| Personal::new(text));
    Person {
        given_name: value(given),
        family_name: value(family),
        birthdate: value(birthdate),
        ..Person::default()
    }
}

fn under(state_key: u8) -> Seal {
    let key = |byte: u8| KeyMaterial::new([byte; 32]).unwrap();
    Seal::new(StateKeys::new(&key(state_key), None), SubjectKey::new(&key(100)))
}

fn seal() -> Seal {
    under(1)
}

thread_local! {
    /// How many texts this test has hashed.
    pub(super) static HASHED: Cell<usize> = const { Cell::new(0) };
}

fn hasher(seal: &Seal) -> Hasher<'_> {
    Hasher {
        seal,
        id: VerificationId([1; 16]),
        subject: SubjectHash([2; 32]),
    }
}

fn compare(account: (&str, &str), document: (&str, &str)) -> (Option<Like>, Option<Like>) {
    let seal = seal();
    let asked = hasher(&seal).asked(&person(account.0, account.1, ""));
    let likeness = hasher(&seal).compare(&asked, &person(document.0, document.1, ""));
    (likeness.given_name, likeness.family_name)
}

fn assert_alike(account: (&str, &str), document: (&str, &str), given: Like, family: Like) {
    assert_eq!(
        compare(account, document),
        (Some(given), Some(family)),
        "{account:?} {document:?}"
    );
}

#[test]
fn a_name_without_anything_to_compare_is_neither_confirmed_nor_forgotten() {
    let seal = seal();
    for empty in ["-", ".", "N/A", "…", "'"] {
        let asked = hasher(&seal).asked(&person(empty, "Lovelace", ""));
        assert!(asked.given_name.is_some(), "{empty}");
        assert_eq!(
            compare((empty, "Lovelace"), ("ADA", "LOVELACE")),
            (None, Some(Like::Same))
        );
        assert!(!asked.is_covered_by(&hasher(&seal).asked(&person("", "Lovelace", ""))));
    }
}

#[test]
fn accents_and_transliterations_agree() {
    for (account, document) in [
        (("Ada", "Lovelace"), ("ADA", "LOVELACE")),
        (("Jürgen", "Groß"), ("JUERGEN", "GROSS")),
        (("Jurgen", "Gross"), ("Jürgen", "Groß")),
        (("Søren", "Ågård"), ("SOEREN", "AAGAARD")),
        (("Soren", "Agard"), ("Søren", "Ågård")),
        (("Łukasz", "Żółć"), ("LUKASZ", "ZOLC")),
        (("Şerife", "Yıldız"), ("SERIFE", "YILDIZ")),
        (("Þóra", "Æsir"), ("THORA", "AESIR")),
        (("Анна", "Иванова"), ("АННА", "ИВАНОВА")),
        (("X", "Li"), ("X", "LI")),
    ] {
        assert_alike(account, document, Like::Same, Like::Same);
    }
}

#[test]
fn order_and_missing_names_agree() {
    assert_alike(
        ("Maria Anna", "O'Neill"),
        ("ANNA MARIA", "ONEILL"),
        Like::Same,
        Like::Same,
    );
    assert_alike(
        ("Anna", "Lopez"),
        ("ANNA MARIA", "LOPEZ GARCIA"),
        Like::Partial,
        Like::Partial,
    );
    assert_alike(
        ("Anna Maria", "von Berg"),
        ("ANNA", "BERG"),
        Like::Partial,
        Like::Same,
    );
    assert_alike(
        ("Van A", "Nguyen"),
        ("Nguyen", "Van A"),
        Like::Swapped,
        Like::Swapped,
    );
}

#[test]
fn initials_and_names_written_as_one_agree() {
    assert_alike(
        ("John F.", "Doe"),
        ("JOHN FITZGERALD", "DOE"),
        Like::Initials,
        Like::Same,
    );
    assert_alike(
        ("John Fitzgerald", "Doe"),
        ("JOHN F", "DOE"),
        Like::Initials,
        Like::Same,
    );
    assert_alike(
        ("Jean-Luc", "McDonald"),
        ("JEANLUC", "MC DONALD"),
        Like::Joined,
        Like::Joined,
    );
}

#[test]
fn names_cut_by_a_full_line_agree() {
    let document = ("PAPANDROPOUL", "JONATHOON ALEXANDRA");
    assert_alike(
        ("Papandropoulous", "Jonathoon"),
        document,
        Like::Cut,
        Like::Partial,
    );
}

#[test]
fn names_of_two_people_differ() {
    for (account, document) in [
        (("Ada", "Lovelace"), ("GRACE", "HOPPER")),
        (("Anna Maria", "Smith Jones"), ("ANNA LENA", "SMITH BROWN")),
        (("Michael", "Muller"), ("MICHAL", "MULLERIN")),
        (("J", "de Silva"), ("JANE", "DE SOUSA")),
        (("Jane", "Doe-Smith-Somebody"), ("JAN", "DOE SMYTH")),
        (("John", "van der Berg"), ("JACK", "VAN DER HOEVEN")),
    ] {
        assert_eq!(
            compare(account, document),
            (Some(Like::Different), Some(Like::Different)),
            "{account:?}"
        );
    }
}

#[test]
fn a_short_name_is_never_called_cut() {
    assert_eq!(
        compare(("Annabella", "Po"), ("ANNA", "PO")).0,
        Some(Like::Different)
    );
}

fn compare_exactly(account: (&str, &str), document: (&str, &str)) -> (Option<Like>, Option<Like>) {
    let seal = seal();
    let mut asked = person(account.0, account.1, "");
    asked.exact = crate::person::Exact {
        given_name: true,
        family_name: true,
    };
    let asked = hasher(&seal).asked(&asked);
    let likeness = hasher(&seal).compare(&asked, &person(document.0, document.1, ""));
    (likeness.given_name, likeness.family_name)
}

#[test]
fn an_exact_name_is_equal_but_for_case_and_the_form_of_its_characters() {
    for (account, document) in [
        (("Ada", "Lovelace"), ("ADA", "LOVELACE")),
        (("Ada", "Nguyễn"), ("ada", "NGUYE\u{302}\u{303}N")),
        (("Jürgen", "Groß"), ("JÜRGEN", "GROSS")),
        (("Mary  Ann", "O'Neill"), ("MARY ANN", "O'NEILL")),
        (("Νίκος", "Παππάς"), ("ΝΊΚΟΣ", "ΠΑΠΠΆΣ")),
    ] {
        assert_eq!(
            compare_exactly(account, document),
            (Some(Like::Same), Some(Like::Same)),
            "{account:?}"
        );
    }
}

#[test]
fn an_exact_name_is_not_alike() {
    for (account, document) in [
        (("Jürgen", "Lovelace"), ("JUERGEN", "LOVELACE-BYRON")),
        (("Anna Maria", "von Berg"), ("MARIA ANNA", "BERG")),
        (("John F.", "McDonald"), ("JOHN FITZGERALD", "MC DONALD")),
        (("Van A", "Nguyen"), ("Nguyen", "Van A")),
    ] {
        assert_eq!(
            compare_exactly(account, document),
            (Some(Like::Different), Some(Like::Different)),
            "{account:?}"
        );
    }
}

#[test]
fn an_exact_name_in_another_script_cannot_be_compared() {
    assert_eq!(
        compare_exactly(("Анна", "Lovelace"), ("ANNA", "N/A")),
        (None, None)
    );
}

#[test]
fn a_check_that_was_not_exact_covers_no_exact_one() {
    let seal = seal();
    let fuzzy = person("Ada", "Lovelace", "");
    let mut exact = fuzzy.clone();
    exact.exact.given_name = true;
    let (fuzzy, exact) = (hasher(&seal).asked(&fuzzy), hasher(&seal).asked(&exact));
    assert!(!exact.is_covered_by(&fuzzy));
    assert!(exact.is_covered_by(&exact));
    assert!(fuzzy.is_covered_by(&exact));
}

#[test]
fn what_cannot_be_compared_is_not_called_different() {
    assert_eq!(compare(("Анна", "Lovelace"), ("ANNA", "N/A")), (None, None));
    assert_eq!(compare(("--", "Lovelace"), ("ANNA", "")), (None, None));
}

#[test]
fn a_birth_date_is_equal_or_not_or_not_said() {
    let seal = seal();
    let asked = hasher(&seal).asked(&person("", "", "1980-02-03"));
    let like = |day| hasher(&seal).compare(&asked, &person("", "", day)).birthdate;
    assert_eq!(like("1980-02-03"), Some(Like::Same));
    assert_eq!(like("1980-03-02"), Some(Like::Different));
    assert_eq!(like("1980"), None);
    assert_eq!(like(""), None);
}

#[test]
fn a_changed_key_still_compares() {
    let old = seal();
    let asked = hasher(&old).asked(&person("Ada", "Lovelace", "1815-12-10"));
    let new = under(2);
    let likeness = hasher(&new).compare(&asked, &person("ADA", "LOVELACE", "1815-12-10"));
    assert_eq!(
        likeness.matched(),
        Matched {
            given_name: Some(true),
            family_name: Some(true),
            birthdate: Some(true)
        }
    );
    assert!(
        hasher(&new)
            .asked(&person("Ada", "Lovelace", ""))
            .is_covered_by(&asked)
    );
}

#[test]
fn asking_more_or_other_is_not_covered() {
    let seal = seal();
    let asked = |given, family, day| hasher(&seal).asked(&person(given, family, day));
    assert!(asked("Ada", "", "").is_covered_by(&asked("ADA", "Lovelace", "")));
    assert!(asked("", "", "").is_covered_by(&asked("", "", "")));
    assert!(!asked("Ada", "Byron", "").is_covered_by(&asked("Ada", "Lovelace", "")));
    assert!(!asked("Ada", "", "1815-12-10").is_covered_by(&asked("Ada", "", "")));
}

#[test]
fn nothing_readable_is_kept() {
    let asked = hasher(&seal()).asked(&person("Ada Augusta", "Lovelace", "1815-12-10"));
    let text = serde_json::to_string(&asked).unwrap().to_lowercase();
    for word in ["ada", "augusta", "lovelace", "1815"] {
        assert!(!text.contains(&format!("\"{word}")), "{word}");
    }
}

proptest! {
    #[test]
    fn a_name_always_agrees_with_itself(given in "\\PC{1,40}") {
        if Name::of(&Personal::new(given.as_str())).is_some() {
            assert_eq!(compare((&given, ""), (&given, "")).0, Some(Like::Same));
        }
    }
}

#[test]
fn each_spelling_on_a_document_is_hashed_at_most_once() {
    let seal = seal();
    let account = person(
        "Maximiliane Wilhelmine Alexandrine Josephine Charlotte Theodora",
        "Müller-Lüdenscheidt zu Hohenstein",
        "1990-01-02",
    );
    let asked = hasher(&seal).asked(&account);
    let before = HASHED.get();
    let document = person(
        "Friederike Sieglinde Rosamunde Katharina Margarethe Elisabeth",
        "Größenwahn von Oberammergau",
        "1990-01-02",
    );
    let likeness = hasher(&seal).compare(&asked, &document);
    assert_eq!(likeness.family_name, Some(Like::Different));
    // Given names: 1 as one, 6 alone, 6 first letters. Family names: 2 as one, 4 alone, 4 first letters. And the date.
    assert!(HASHED.get() - before <= 24, "{} hashes", HASHED.get() - before);
}
