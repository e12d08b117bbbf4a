use proptest::prelude::{any, prop, proptest};
use secrecy::ExposeSecret as _;
use time::Duration;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-02-03 10:00 UTC);

fn key(byte: u8) -> KeyMaterial {
    KeyMaterial::new(vec![byte; 32]).unwrap()
}

fn seal_of(current: u8, previous: Option<u8>) -> Seal {
    let previous = previous.map(key);
    let keys = StateKeys::new(&key(current), previous.as_ref());
    Seal::new(keys, SubjectKey::new(&key(100)))
}

fn seal() -> Seal {
    seal_of(1, None)
}

fn sealed(seal: &Seal) -> String {
    seal.seal(
        Purpose::Ticket,
        VerificationId([7; 16]),
        NOW + Duration::HOUR,
        [9; 16],
    )
}

/// The bytes of a ticket.
fn bytes_of(ticket: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(&ticket[TICKET_PREFIX.len()..]).unwrap()
}

#[test]
fn a_sealed_value_says_what_was_put_in() {
    let opened = seal().open(Purpose::Ticket, &sealed(&seal()), NOW).unwrap();
    assert_eq!(opened.id, VerificationId([7; 16]));
    assert_eq!(opened.extra, [9; 16]);
    assert_eq!(opened.expires_at, NOW + Duration::HOUR);
    assert!(!opened.key_is_previous);
}

#[test]
fn a_sealed_value_is_repeatable_and_short() {
    assert_eq!(sealed(&seal()), sealed(&seal()));
    assert_eq!(sealed(&seal()).len(), 95);
}

#[test]
fn a_ticket_is_recognised_however_it_was_damaged() {
    let ticket = sealed(&seal());
    assert!(ticket.starts_with(TICKET_PREFIX));
    for damaged in [
        ticket.clone(),
        format!(" {ticket}"),
        ticket.to_uppercase(),
        ticket[..20].to_owned(),
        ticket[TICKET_PREFIX.len()..].to_owned(),
    ] {
        assert!(seal().is_ours(&damaged), "{damaged}");
    }
}

#[test]
fn a_value_of_any_purpose_is_ours_even_when_it_is_over() {
    for purpose in Purpose::ALL {
        let text = seal().seal(
            purpose,
            VerificationId([7; 16]),
            OffsetDateTime::UNIX_EPOCH,
            [9; 16],
        );
        assert!(seal().is_ours(&text), "{purpose:?}");
        assert!(!seal_of(2, None).is_ours(&text) || purpose == Purpose::Ticket);
    }
}

#[test]
fn a_subject_of_a_client_is_not_ours() {
    for subject in [
        "",
        "00u1",
        "ada@example.com",
        "idvt",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ] {
        assert!(!seal().is_ours(subject), "{subject}");
    }
}

#[test]
fn a_value_of_another_purpose_is_refused() {
    let text = sealed(&seal());
    for purpose in Purpose::ALL
        .into_iter()
        .filter(|purpose| *purpose != Purpose::Ticket)
    {
        assert_eq!(seal().open(purpose, &text, NOW), Err(SealError::Malformed));
    }
}

#[test]
fn a_value_relabelled_for_another_purpose_is_forged() {
    let mut bytes = bytes_of(&sealed(&seal()));
    bytes[1] = Purpose::Code.byte();
    let text = URL_SAFE_NO_PAD.encode(bytes);
    assert_eq!(seal().open(Purpose::Code, &text, NOW), Err(SealError::Forged));
}

#[test]
fn a_value_is_over_at_its_expiry() {
    let text = sealed(&seal());
    assert!(
        seal()
            .open(Purpose::Ticket, &text, NOW + Duration::seconds(3599))
            .is_ok()
    );
    assert_eq!(
        seal().open(Purpose::Ticket, &text, NOW + Duration::HOUR),
        Err(SealError::Expired)
    );
}

#[test]
fn a_forged_value_is_not_called_expired() {
    let foreign = seal_of(1, None);
    let mut bytes = bytes_of(&sealed(&foreign));
    bytes[60] ^= 1;
    let text = format!("{TICKET_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let late = NOW + Duration::days(9);
    assert_eq!(seal().open(Purpose::Ticket, &text, late), Err(SealError::Forged));
}

#[test]
fn the_previous_key_is_accepted_and_said_so() {
    let rotated = seal_of(2, Some(1));
    let opened = rotated.open(Purpose::Ticket, &sealed(&seal()), NOW).unwrap();
    assert!(opened.key_is_previous);
}

#[test]
fn a_foreign_key_is_refused() {
    let foreign = seal_of(3, Some(4));
    assert_eq!(
        foreign.open(Purpose::Ticket, &sealed(&seal()), NOW),
        Err(SealError::UnknownKey)
    );
}

#[test]
fn a_short_key_is_refused() {
    assert_eq!(KeyMaterial::new(vec![1; 31]).unwrap_err(), KeyTooShort);
}

#[test]
fn scope_and_subject_do_not_run_into_each_other() {
    assert_ne!(seal().hash_subject("ab", "c"), seal().hash_subject("a", "bc"));
}

#[test]
fn hashes_stay_the_same_when_state_keys_change_and_not_when_the_subject_key_does() {
    let (before, after) = (seal(), seal_of(7, None));
    assert_eq!(before.hash_subject("a", "b"), after.hash_subject("a", "b"));
    assert_eq!(before.keyed("label", &["x"]), after.keyed("label", &["x"]));
    assert_ne!(before.keyed("label", &["x"]), before.keyed("other", &["x"]));
    let (one, other) = (SubjectKey::new(&key(1)), SubjectKey::new(&key(2)));
    assert_ne!(one.hash_subject("a", "b"), other.hash_subject("a", "b"));
    assert_ne!(one.print(), other.print());
}

#[test]
fn keys_do_not_print() {
    let keys = StateKeys::new(&key(1), Some(&key(2)));
    let shown = format!(
        "{:?} {keys:?} {:?} {:?}",
        key(1),
        SubjectKey::new(&key(3)),
        seal()
    );
    assert_eq!(
        shown,
        format!("KeyMaterial StateKeys({}) SubjectKey Seal {{ .. }}", keys.name())
    );
}

#[test]
fn a_key_survives_being_locked_away() {
    let keys = StateKeys::new(&key(2), Some(&key(1)));
    let locked = keys.lock_under_all("place", || [5; 12], &key(9).to_text());
    let current: Vec<bool> = locked.iter().map(|text| keys.is_current(text)).collect();
    assert_eq!(current, [true, false]);
    for (holder, text) in [(2, &locked[0]), (1, &locked[1])] {
        let text = seal_of(holder, None).unlock("place", text).unwrap();
        let material = KeyMaterial::from_text(text.expose_secret()).unwrap();
        assert_eq!(
            SubjectKey::new(&material).print(),
            SubjectKey::new(&key(9)).print()
        );
    }
}

#[test]
fn same_needs_equal_lengths() {
    assert!(same(b"abc", b"abc"));
    assert!(!same(b"abc", b"abd"));
    assert!(!same(b"abc", b"ab"));
}

#[test]
fn a_locked_secret_opens_only_in_its_place() {
    let text = seal().lock("a/b", [5; 12], "https://vendor.example/?token=1");
    assert_eq!(
        seal().unlock("a/b", &text).unwrap().expose_secret(),
        "https://vendor.example/?token=1"
    );
    assert_eq!(seal().unlock("a/c", &text).unwrap_err(), SealError::Forged);
    assert_eq!(
        seal_of(2, None).unlock("a/b", &text).unwrap_err(),
        SealError::UnknownKey
    );
    assert!(seal_of(2, Some(1)).unlock("a/b", &text).is_ok());
    assert!(!text.contains("vendor"));
}

proptest! {
    #[test]
    fn any_one_byte_change_is_refused(
        at in 0usize..90,
        to in prop::char::range('!', '~'),
        id in any::<[u8; 16]>(),
        extra in any::<[u8; 16]>(),
    ) {
        let text = seal().seal(Purpose::Handle, VerificationId(id), NOW + Duration::HOUR, extra);
        let changed: String =
            text.chars().enumerate().map(|(i, c)| if i == at { to } else { c }).collect();
        assert_eq!(seal().open(Purpose::Handle, &changed, NOW).is_ok(), changed == text);
    }

    #[test]
    fn any_one_byte_change_of_a_locked_secret_is_refused(at in 0usize..60, to in prop::char::range('!', '~')) {
        let text = seal().lock("place", [1; 12], "secret of twelve and more characters");
        let changed: String =
            text.chars().enumerate().map(|(i, c)| if i == at { to } else { c }).collect();
        assert_eq!(seal().unlock("place", &changed).is_ok(), changed == text);
    }

    #[test]
    fn opening_never_panics(text in ".*") {
        for purpose in Purpose::ALL {
            assert!(seal().open(purpose, &text, NOW).is_err());
        }
        assert!(seal().unlock("place", &text).is_err());
    }
}
