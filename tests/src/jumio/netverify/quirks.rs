//! Where the wire departs from the manual, or the manual from itself.

use loopback::dice::Dice;
use serde::{Deserialize, Serialize};

use super::super::settings::Shape;

/// Variations that a client must bear, each by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent variations, as a tester thinks of them"
)]
pub struct Quirks {
    /// How `validity` is written.
    pub validity: Validity,
    /// A valid selfie has `reason: "VALID"`.
    pub valid_reason: bool,
    /// `rejectReasonDetails` is an array even with one detail in it.
    pub listed_details: bool,
    /// `images` is an object instead of an array; only the front is in it.
    pub single_image: bool,
    /// `findings` of a repeated face is text instead of an array.
    pub text_findings: bool,
    /// `httpStatus` of an error is a number instead of text.
    pub number_status: bool,
    /// Times with this many fraction digits less than three.
    pub fewer_digits: u8,
    /// No `clientIp`.
    pub without_ip: bool,
    /// Callbacks without `transactionDate` and `callbackDate`.
    pub without_dates: bool,
    /// `source` as the manual spells it, with a hyphen.
    pub hyphens: bool,
    /// Spaces in a callback are `%20` instead of `+`.
    pub percent_spaces: bool,
    /// Callback fields in the opposite order.
    pub opposite_order: bool,
    /// `callbackType` and `idCheckMrzCode`, as in other guides.
    pub other_case: bool,
    /// `rejectReason` in a callback is no JSON any more: something on the way wrote it anew.
    pub mangled_reason: bool,
    /// Members and fields that Jumio has never documented.
    pub unknown_members: bool,
    /// `/data` without this block: `document`, `transaction` or `verification`.
    pub without: Option<Block>,
}

/// A block of `/data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "named as the blocks are")]
pub enum Block {
    Document,
    Transaction,
    Verification,
}

/// How `validity` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Validity {
    /// Text in retrieval, a boolean in callbacks.
    #[default]
    Documented,
    /// `true` everywhere.
    Bool,
    /// `"true"` everywhere.
    Text,
    /// `"TRUE"` everywhere.
    Capitals,
}

impl Quirks {
    /// The variations of a scenario, which are KYX's, in what Netverify varies.
    #[must_use]
    pub fn of(shape: Shape) -> Self {
        Self {
            validity: if shape.swapped_types {
                Validity::Capitals
            } else {
                Validity::Documented
            },
            number_status: shape.swapped_types,
            valid_reason: shape.many_entries,
            listed_details: shape.many_entries,
            single_image: shape.many_entries,
            text_findings: shape.swapped_types,
            fewer_digits: shape.fewer_digits,
            without_ip: shape.without_decision,
            without_dates: shape.without_decision,
            opposite_order: shape.opposite_order,
            percent_spaces: shape.opposite_order,
            unknown_members: shape.unknown_members,
            ..Self::default()
        }
    }

    /// Those of the `nth` transaction by a seed. None of them changes what a result means.
    #[must_use]
    pub fn drawn(seed: u64, nth: u64) -> Self {
        let dice = Dice::of(seed ^ nth.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let validity = [Validity::Bool, Validity::Text, Validity::Capitals];
        let some = || dice.chance(3_000);
        Self {
            validity: dice.one(Validity::Documented, &validity),
            valid_reason: some(),
            listed_details: some(),
            single_image: some(),
            text_findings: some(),
            number_status: some(),
            fewer_digits: u8::try_from(dice.below(4)).unwrap_or_default(),
            without_ip: some(),
            without_dates: some(),
            hyphens: some(),
            percent_spaces: some(),
            opposite_order: some(),
            other_case: some(),
            mangled_reason: some(),
            unknown_members: some(),
            without: None,
        }
    }

    /// Both sets of variations.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            validity: if self.validity == Validity::Documented {
                other.validity
            } else {
                self.validity
            },
            valid_reason: self.valid_reason || other.valid_reason,
            listed_details: self.listed_details || other.listed_details,
            single_image: self.single_image || other.single_image,
            text_findings: self.text_findings || other.text_findings,
            number_status: self.number_status || other.number_status,
            fewer_digits: self.fewer_digits.max(other.fewer_digits),
            without_ip: self.without_ip || other.without_ip,
            without_dates: self.without_dates || other.without_dates,
            hyphens: self.hyphens || other.hyphens,
            percent_spaces: self.percent_spaces || other.percent_spaces,
            opposite_order: self.opposite_order || other.opposite_order,
            other_case: self.other_case || other.other_case,
            mangled_reason: self.mangled_reason || other.mangled_reason,
            unknown_members: self.unknown_members || other.unknown_members,
            without: self.without.or(other.without),
        }
    }

    /// A time of Jumio's with as many fraction digits as it has here; what is no such time stays as it is.
    #[must_use]
    pub fn time(self, stamp: &str) -> String {
        let digits = 3_usize.saturating_sub(usize::from(self.fewer_digits));
        let Some((seconds, fraction)) = stamp.trim_end_matches('Z').split_once('.') else {
            return stamp.to_owned();
        };
        match fraction.get(..digits).unwrap_or(fraction) {
            "" => format!("{seconds}Z"),
            kept => format!("{seconds}.{kept}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_digits() {
        let time = |fewer_digits| {
            let quirks = Quirks {
                fewer_digits,
                ..Quirks::default()
            };
            quirks.time("2026-02-03T10:11:12.345Z")
        };
        assert_eq!(time(0), "2026-02-03T10:11:12.345Z");
        assert_eq!(time(2), "2026-02-03T10:11:12.3Z");
        assert_eq!(time(3), "2026-02-03T10:11:12Z");
        assert_eq!(time(200), "2026-02-03T10:11:12Z");
    }

    #[test]
    fn a_seed_and_a_number_decide() {
        assert_eq!(Quirks::drawn(7, 1), Quirks::drawn(7, 1));
        let all: Vec<Quirks> = (0..200).map(|nth| Quirks::drawn(7, nth)).collect();
        assert!(all.iter().any(|quirks| quirks.mangled_reason));
        assert!(all.iter().any(|quirks| !quirks.mangled_reason));
        assert!(all.iter().all(|quirks| quirks.without.is_none()));
    }

    #[test]
    fn both_sets_are_in_force() {
        let (one, other) = (
            Quirks {
                listed_details: true,
                validity: Validity::Bool,
                ..Quirks::default()
            },
            Quirks {
                fewer_digits: 2,
                ..Quirks::default()
            },
        );
        let both = one.and(other);
        assert!(both.listed_details && both.fewer_digits == 2 && both.validity == Validity::Bool);
        assert_eq!(both, other.and(one));
    }
}
