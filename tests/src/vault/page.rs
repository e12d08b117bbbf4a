//! Lists in pages: how many items a page has, and the address of the next one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::problem::bad_parameter;
use crate::serve::{Answer, Request};

/// Key Vault's own limit.
pub(super) const LARGEST: usize = 25;

/// What a request says about the page it wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// `maxresults`, if it was said.
    most: Option<usize>,
    /// Items before this page.
    from: usize,
}

impl Wish {
    /// Judges `maxresults` and `$skiptoken`; out of range is refused, never corrected.
    pub(super) fn of(request: &Request) -> Result<Self, Answer> {
        let most = request.query_value("maxresults").map(|text| most(&text));
        let from = request.query_value("$skiptoken").map(|text| skipped(&text));
        Ok(Self {
            most: most.transpose()?,
            from: from.transpose()?.unwrap_or(0),
        })
    }

    /// The page, and the query of the address where the list goes on.
    pub(super) fn cut(
        self,
        items: Vec<Value>,
        largest: usize,
        version: &str,
    ) -> (Vec<Value>, Option<String>) {
        let size = self.most.map_or(largest, |most| most.min(largest));
        let next = self.from.saturating_add(size);
        let query = (next < items.len()).then(|| {
            let again = self
                .most
                .map_or_else(String::new, |most| format!("&maxresults={most}"));
            format!("api-version={version}&$skiptoken={}{again}", marker(next))
        });
        (items.into_iter().skip(self.from).take(size).collect(), query)
    }
}

fn most(text: &str) -> Result<usize, Answer> {
    let number = text.parse().ok().filter(|number| (1..=LARGEST).contains(number));
    number.ok_or_else(|| {
        let message = format!("The value of maxresults ({text}) is not a number from 1 to {LARGEST}.");
        bad_parameter(&message)
    })
}

/// Opaque, as the service's: nobody can count in it.
fn marker(next: usize) -> String {
    let text = json!({ "NextMarker": format!("2!{next}"), "TargetLocation": 0 }).to_string();
    URL_SAFE_NO_PAD.encode(text)
}

fn skipped(text: &str) -> Result<usize, Answer> {
    let read = || {
        let whole: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let marker = whole.get("NextMarker")?.as_str()?.strip_prefix("2!")?;
        marker.parse().ok()
    };
    read().ok_or_else(|| bad_parameter("The request URI contains an invalid $skiptoken."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_leads_to_where_it_was_made_for() {
        assert_eq!(skipped(&marker(25)).unwrap(), 25);
        for text in ["", "25", "e30", &marker(25)[1..]] {
            assert_eq!(skipped(text).unwrap_err().status, 400, "{text}");
        }
    }
}
