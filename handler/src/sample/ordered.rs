//! JSON with its members in the order in which a type declares them, as the sample writes them.

use serde::Serialize;

/// The JSON of a type of texts, numbers and booleans.
#[expect(
    clippy::expect_used,
    reason = "texts, numbers and booleans under text names are always JSON"
)]
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("always JSON")
}
