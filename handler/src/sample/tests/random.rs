use proptest::prelude::*;

use super::refused::{NOW, keys, token};
use crate::sample::token::{VerificationToken, issue, read};
use crate::sample::wire::{
    InitializeTransaction, InitializeVerification, ValidateVerificationToken, VerifyTransactionStatus,
};

proptest! {
    #[test]
    fn whatever_is_made_is_read(
        object_id in ".{0,80}",
        transaction_reference in ".{0,80}",
        is_verified: bool,
        message in ".{0,200}",
        iv: [u8; 16],
    ) {
        let token = VerificationToken { object_id, transaction_reference, is_verified, message };
        let text = issue(&keys(), &token, NOW, iv).unwrap();
        prop_assert_eq!(read(&keys(), &text, NOW), Ok(token));
    }

    #[test]
    fn whatever_is_no_token_is_refused(text in ".{0,300}", parts in "[A-Za-z0-9_=-]{0,40}(\\.[A-Za-z0-9_-]{0,64}){3,5}") {
        prop_assert!(read(&keys(), &text, NOW).is_err());
        prop_assert!(read(&keys(), &parts, NOW).is_err());
    }

    #[test]
    fn whatever_is_sent_is_read_or_refused(body: Vec<u8>, json in r#"\{("(objectid|POLICY|Scope|x)":("a"|7|null|\[\]|\{\}),?){0,4}\}"#) {
        for body in [body.as_slice(), json.as_bytes()] {
            let _ = InitializeTransaction::parse(body);
            let _ = InitializeVerification::parse(body);
            let _ = VerifyTransactionStatus::parse(body);
            let _ = ValidateVerificationToken::parse(body);
        }
    }
}

/// Each bit of each letter, the dots among them: some changes are not even base64, none is believed.
#[test]
fn a_change_of_any_bit_is_refused() {
    let text = issue(&keys(), &token(), NOW, [9; 16]).unwrap();
    let mut changed = 0;
    for at in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let other = String::from_utf8(bytes).unwrap();
            assert!(read(&keys(), &other, NOW).is_err(), "bit {bit} of letter {at}");
            changed += 1;
        }
    }
    assert!(changed > 3500, "{changed}");
}
