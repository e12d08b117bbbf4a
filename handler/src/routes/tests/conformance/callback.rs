//! What comes back to the redirect address, as one of the two plans wants it.

use std::collections::BTreeMap;

use url::Url;

use super::super::world::{Answer, ISSUER, REDIRECT, header, location, text_of};
use super::asked::Asked;

/// How an answer comes back: by query in the basic plan, by a form in the form post plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Query,
    FormPost,
}

/// Each module is run by both.
pub(super) const MODES: [Mode; 2] = [Mode::Query, Mode::FormPost];

/// What an error may bring (`OpenID` Connect Core section 3.1.2.6, RFC 9207 section 2).
const OF_ERRORS: [&str; 5] = ["error", "error_description", "error_uri", "state", "iss"];

/// The parameters that came, each of them once.
#[derive(Debug)]
pub(super) struct Callback(BTreeMap<String, String>);

impl Callback {
    /// Reads an answer that leads to the redirect address in this way and in no other.
    pub(super) fn of(answer: &Answer, mode: Mode) -> Self {
        let pairs = match mode {
            Mode::Query => in_query(answer),
            Mode::FormPost => in_form(answer),
        };
        let count = pairs.len();
        let parameters: BTreeMap<_, _> = pairs.into_iter().collect();
        assert_eq!(parameters.len(), count, "one came twice: {parameters:?}");
        Self(parameters)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The code, for whoever asked so.
    pub(super) fn code(&self, asked: &Asked) -> &str {
        assert_eq!(self.get("error"), None, "{self:?}");
        self.is_to(asked.get("state"));
        self.get("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// The error, for a request with this state.
    pub(super) fn error(&self, state: Option<&str>) -> &str {
        self.is_to(state);
        for name in self.0.keys() {
            assert!(OF_ERRORS.contains(&name.as_str()), "{name}: {self:?}");
        }
        let description = self.get("error_description").unwrap_or_default();
        assert!(description.bytes().all(may_describe), "{description}");
        self.get("error").unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    fn is_to(&self, state: Option<&str>) {
        assert_eq!(self.get("state"), state, "{self:?}");
        assert_eq!(self.get("iss"), Some(ISSUER), "{self:?}");
    }
}

/// RFC 6749 appendix A.8.
pub(super) fn may_describe(byte: u8) -> bool {
    matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

fn in_query(answer: &Answer) -> Vec<(String, String)> {
    let url = Url::parse(location(answer)).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
    assert_eq!(url.as_str().split('?').next(), Some(REDIRECT), "{answer:?}");
    assert_eq!(url.fragment(), None);
    url.query_pairs().into_owned().collect()
}

/// Of the page that posts itself (OAuth 2.0 Form Post Response Mode section 2): the query of its address says nothing.
fn in_form(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(
        (answer.status().as_u16(), header(answer, "location")),
        (200, ""),
        "{answer:?}"
    );
    let page = text_of(answer);
    let form = page.split_once("<form method=\"post\" action=\"");
    let (_, form) = form.unwrap_or_else(|| panic!("no form: {page}"));
    let (form, _) = form.split_once("</form>").unwrap();
    let mut fields = form.split("<input type=\"hidden\" name=\"");
    let (address, _) = fields.next().unwrap().split_once('"').unwrap();
    assert_eq!(plain(address), REDIRECT);
    let read = |field: &str| {
        let (name, rest) = field.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        (plain(name), plain(value))
    };
    fields.map(read).collect()
}

/// Without the references of HTML.
fn plain(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&amp;", "&")
}
