//! What the vendor says of a person who did not finish, in the address to which it sends their browser back. Anybody can write
//! it, so nothing of it is repeated, and no text of it reaches a page or the log.

use url::form_urlencoded;

use crate::pages::Mishap;

/// Where the vendor says how it ended: in its older API, and in its newer one.
const ENDINGS: [&str; 2] = ["transactionStatus", "acquisitionStatus"];

/// Nothing where the browser says of no error.
pub(super) fn mishap(query: &str) -> Option<Mishap> {
    let mut codes = Vec::new();
    let mut has_failed = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        has_failed |= ENDINGS.contains(&&*name) && value == "ERROR";
        if name == "errorCode" && !value.is_empty() {
            codes.push(value);
        }
    }
    match codes.as_slice() {
        [] => has_failed.then_some(Mishap::Other),
        [code] => Some(by_code(code)),
        _ => Some(Mishap::Other),
    }
}

/// The codes that Jumio documents for both of its APIs; 9836 is the newer one's alone.
fn by_code(code: &str) -> Mishap {
    match code {
        "9820" | "9822" => Mishap::Camera,
        "9800" | "9810" => Mishap::Network,
        "9300" => Mishap::Upload,
        "9835" => Mishap::Photos,
        "9821" => Mishap::Face,
        "9200" | "9210" => Mishap::Session,
        "9100" | "9400" | "9801" | "9836" => Mishap::Technical,
        _ => Mishap::Other,
    }
}
