//! Which language a page speaks and what its texts are.

use super::request::AuthorizationRequest;
use crate::model::claim::Choice;
use crate::model::page::LocalizedResources;
use crate::model::{ContentDefinition, Policy};

/// The language of a request: `ui_locales`, then the browser's, among those the policy supports.
#[must_use]
pub fn negotiate(policy: &Policy, request: &AuthorizationRequest) -> String {
    let localization = &policy.localization;
    let supported: Vec<&str> = localization
        .languages
        .iter()
        .map(|language| language.id.as_str())
        .collect();
    let fallback = localization.default_language.as_deref().unwrap_or("en");
    if localization.enabled == Some(false) || supported.is_empty() {
        return fallback.to_owned();
    }
    let asked = request
        .parameter("ui_locales")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned);
    let browser = accepted(request.caller.accept_language.as_deref().unwrap_or_default());
    asked
        .chain(browser)
        .find_map(|tag| best(&supported, &tag))
        .unwrap_or(fallback)
        .to_owned()
}

/// Languages of an `Accept-Language` header, best first.
fn accepted(header: &str) -> Vec<String> {
    let one = |part: &str| {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        (tag.trim().to_owned(), weight)
    };
    let mut tags: Vec<(String, f32)> = header
        .split(',')
        .map(one)
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    tags.sort_by(|left, right| right.1.total_cmp(&left.1));
    tags.into_iter().map(|(tag, _)| tag).collect()
}

/// The same tag, else the same primary language.
fn best<'a>(supported: &[&'a str], tag: &str) -> Option<&'a str> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let exact = supported.iter().find(|known| known.eq_ignore_ascii_case(tag));
    exact
        .or_else(|| supported.iter().find(|known| primary(known) == primary(tag)))
        .copied()
}

/// The texts of one page in one language.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    /// The language, for example `en` or `pt-BR`.
    pub language: String,
    resources: Vec<&'a LocalizedResources>,
}

impl<'a> Texts<'a> {
    /// Texts of a content definition: in the request's language, then in the default language.
    #[must_use]
    pub fn of(
        policy: &'a Policy,
        content: Option<&ContentDefinition>,
        request: &AuthorizationRequest,
    ) -> Self {
        let language = negotiate(policy, request);
        let fallback = policy.localization.default_language.as_deref().unwrap_or("en");
        let mut resources: Vec<&LocalizedResources> = vec![];
        let references = content
            .map(|content| content.localized.as_slice())
            .unwrap_or_default();
        for wanted in [language.as_str(), fallback] {
            let known: Vec<&str> = references
                .iter()
                .map(|reference| reference.language.as_str())
                .collect();
            let Some(chosen) = best(&known, wanted) else {
                continue;
            };
            let chosen = references.iter().filter(|reference| reference.language == chosen);
            resources.extend(
                chosen.filter_map(|reference| policy.localization.resources.get(&reference.resources)),
            );
        }
        Self { language, resources }
    }

    /// The text of an element, such as `("ClaimType", Some("email"), "DisplayName")`.
    #[must_use]
    pub fn get(&self, element: &str, id: Option<&str>, string: &str) -> Option<&'a str> {
        self.resources
            .iter()
            .find_map(|resources| resources.text(element, id, string))
    }

    /// The resources in the language of the page, if it has any.
    #[must_use]
    pub fn first(&self) -> Option<&'a LocalizedResources> {
        self.resources.first().copied()
    }

    /// A claim's localised choices, if there are any.
    #[must_use]
    pub fn collection(&self, claim: &str) -> Option<&'a [Choice]> {
        let all = self.resources.iter().flat_map(|resources| &resources.collections);
        let mut of_claim = all.filter(|collection| {
            collection.element.eq_ignore_ascii_case("ClaimType") && collection.id.eq_ignore_ascii_case(claim)
        });
        of_claim.next().map(|collection| collection.items.as_slice())
    }

    /// Every localised text of the page itself.
    pub fn ux(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let rows = self
            .resources
            .iter()
            .rev()
            .flat_map(|resources| &resources.strings);
        rows.filter(|row| {
            row.element.eq_ignore_ascii_case("UxElement") || row.element.eq_ignore_ascii_case("ErrorMessage")
        })
        .map(|row| (row.string.as_str(), row.text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_order_counts() {
        assert_eq!(accepted("de;q=0.5, fr, en;q=0"), ["fr", "de"]);
    }

    #[test]
    fn a_primary_language_is_near_enough() {
        assert_eq!(best(&["en", "pt-BR"], "pt-PT"), Some("pt-BR"));
        assert_eq!(best(&["en", "pt-BR", "pt"], "PT"), Some("pt"));
        assert_eq!(best(&["en"], "de"), None);
    }
}
