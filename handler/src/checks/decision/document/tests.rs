use super::*;
use crate::seal::{KeyMaterial, StateKeys, SubjectKey};

/// Sealed under this state key, hashed under the one subject key.
fn seal(state: u8) -> Seal {
    let key = |byte: u8| KeyMaterial::new(vec![byte; 32]).unwrap();
    Seal::new(
        StateKeys::new(&key(state), Some(&key(state + 1))),
        SubjectKey::new(&key(100)),
    )
}

fn document() -> Document {
    Document {
        kind: "DRIVING_LICENSE".into(),
        country: "USA".into(),
        state: "CA".into(),
        number: Personal::new("D1234567"),
        birthdate: Personal::new("1985-12-10"),
    }
}

fn hash_of(document: &Document) -> Option<FactHash> {
    of(&seal(1), document)
}

fn numbered(number: &str) -> Option<FactHash> {
    hash_of(&Document {
        number: Personal::new(number),
        ..document()
    })
}

#[test]
fn three_rotations_of_the_state_key_change_nothing() {
    assert!(hash_of(&document()).is_some());
    for state in [2, 3, 4] {
        assert_eq!(of(&seal(state), &document()), hash_of(&document()));
    }
}

#[test]
fn the_same_number_in_two_states_is_two_documents() {
    let other = Document {
        state: "NV".into(),
        ..document()
    };
    assert_ne!(hash_of(&other), hash_of(&document()));
}

#[test]
fn kind_country_and_birth_date_tell_documents_apart() {
    for other in [
        Document {
            kind: "ID_CARD".into(),
            ..document()
        },
        Document {
            country: "AUT".into(),
            ..document()
        },
        Document {
            birthdate: Personal::new("1985-12-11"),
            ..document()
        },
    ] {
        assert!(hash_of(&other).is_some());
        assert_ne!(hash_of(&other), hash_of(&document()));
    }
}

#[test]
fn a_renewed_document_is_another_one() {
    assert!(numbered("D7654321").is_some());
    assert_ne!(numbered("D7654321"), numbered("D1234567"));
}

#[test]
fn how_the_number_is_written_does_not_matter() {
    for same in ["d1234567", " D123 4567 ", "D-1234-567", "D1234567<"] {
        assert_eq!(numbered(same), numbered("D1234567"), "{same}");
    }
}

#[test]
fn a_number_that_is_missing_or_masked_tells_nothing() {
    for nothing in [
        "",
        " ",
        "N/A",
        "n/a",
        "***",
        "D****567",
        "XXXXXXXX",
        "XXXXX567",
        "00000000",
        "D12",
        "D123#567",
        "D123•567",
    ] {
        assert_eq!(numbered(nothing), None, "{nothing}");
    }
}

#[test]
fn without_kind_country_or_birth_date_it_tells_nothing() {
    for other in [
        Document {
            kind: String::new(),
            ..document()
        },
        Document {
            country: " ".into(),
            ..document()
        },
        Document {
            birthdate: Personal::default(),
            ..document()
        },
    ] {
        assert_eq!(hash_of(&other), None);
    }
}
