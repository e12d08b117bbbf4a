//! What the tenant answers a browser with.

use super::request::ResponseMode;
use super::{Failure, Realm, Walk};
use crate::page::Page;
use url::Url;
use url::form_urlencoded::Serializer;

/// An answer to the browser.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A page.
    Page(Box<Page>),
    /// A redirect.
    Redirect(Url),
    /// A page that posts a form at once.
    Post {
        /// Where to.
        action: Url,
        /// Its fields.
        fields: Vec<(String, String)>,
    },
}

impl Reply {
    /// Parameters to a redirect address, in the mode the application asked for.
    #[must_use]
    pub fn to_client(uri: &Url, mode: ResponseMode, fields: Vec<(String, String)>) -> Self {
        let mut uri = uri.clone();
        match mode {
            ResponseMode::FormPost => return Self::Post { action: uri, fields },
            ResponseMode::Query => {
                uri.query_pairs_mut().extend_pairs(fields);
            }
            ResponseMode::Fragment => {
                let text = Serializer::new(String::new()).extend_pairs(fields).finish();
                uri.set_fragment(Some(&text));
            }
        }
        Self::Redirect(uri)
    }

    /// The end of a walk that failed: B2C tells the application, not the person.
    #[must_use]
    pub fn failure(realm: &Realm, walk: &Walk, failure: &Failure) -> Self {
        let mut fields = vec![
            ("error".to_owned(), failure.oauth.to_owned()),
            (
                "error_description".to_owned(),
                failure.description(&walk.id, realm.clock.now()),
            ),
        ];
        if let Some(state) = walk.request.parameter("state") {
            fields.push(("state".to_owned(), state.to_owned()));
        }
        Self::to_client(&walk.request.redirect_uri, walk.request.response_mode, fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(mode: ResponseMode) -> String {
        let uri = Url::parse("https://app.test/cb?tab=1").unwrap();
        match Reply::to_client(&uri, mode, vec![("code".to_owned(), "a b".to_owned())]) {
            Reply::Redirect(uri) => uri.to_string(),
            Reply::Post { action, fields } => format!("POST {action} {fields:?}"),
            Reply::Page(_) => unreachable!("an answer to a client is no page"),
        }
    }

    #[test]
    fn each_mode_puts_the_answer_where_it_belongs() {
        assert_eq!(target(ResponseMode::Query), "https://app.test/cb?tab=1&code=a+b");
        assert_eq!(
            target(ResponseMode::Fragment),
            "https://app.test/cb?tab=1#code=a+b"
        );
        assert_eq!(
            target(ResponseMode::FormPost),
            r#"POST https://app.test/cb?tab=1 [("code", "a b")]"#
        );
    }
}
