//! String transformations.

mod compare;
mod edit;
mod format;
mod lookup;
mod make;

pub(super) use compare::{
    assert_equal, compare, compare_to_value, contains, set_if_booleans_match, set_if_regex_matches,
    set_if_strings_are_equal, set_if_strings_match,
};
pub(super) use edit::{change_case, domain, null, replace, substring};
pub(super) use format::{create, format, format_localized, format_two};
pub(super) use lookup::{copy_if_predicate, localized, lookup, mapped_value};
pub(super) use make::{build_uri, otp_secret, random};
