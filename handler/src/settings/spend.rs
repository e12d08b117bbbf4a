//! How many starts are paid.

use super::reader::Reader;
use super::{parse, table};
use crate::checks::{Allowance, Spend};

/// Most of what a day or minute may be allowed.
const MANY: u32 = 1_000_000;

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Spend> {
    let mut count = |setting, range| reader.required(setting, parse::count(range));
    let a_day = count(&table::SPEND_DAY, 0..=MANY);
    let a_minute = count(&table::SPEND_MINUTE, 0..=MANY / 10);
    let known_day = count(&table::SPEND_KNOWN_DAY, 1..=10 * MANY);
    let known_minute = count(&table::SPEND_KNOWN_MINUTE, 1..=MANY / 10);
    let per_browser = count(&table::SPEND_BROWSER, 1..=1_000);
    let per_address = count(&table::SPEND_ADDRESS, 1..=MANY);
    let per_client = reader.optional(&table::SPEND_CLIENT, parse::count(0..=MANY));
    Some(Spend {
        known: Allowance {
            a_day: known_day?,
            a_minute: known_minute?,
        },
        unknown: Allowance {
            a_day: a_day?,
            a_minute: a_minute?,
        },
        per_client: per_client?,
        per_browser: per_browser?,
        per_address: per_address?,
    })
}
