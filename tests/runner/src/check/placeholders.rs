//! Placeholders nobody filled: those of the starter packs, of samples, and of people in a hurry.

use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;
use roxmltree::{Document, Node};

use crate::{finding::Finding, load::Source, model::Span};

/// Values that stand for a value, wherever they appear in an attribute or a text.
static PLACEHOLDERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?x) (?i:your[-_]?tenant (?: -?name)?) | \bfacebook_clientid\b | ^(?:Proxy)?IdentityExperienceFrameworkAppId$",
        r"| \{(?i:your)[^{}]*\} | <(?i:your)[^<>]*> | \[(?i:your)[^\[\]]*\] | \b(?:ADD_)?YOUR[_-][A-Z_-]+",
        r"| (?i:\byour-(?:app|client|function|storage|blob|site|domain|b2c)[a-z-]*) | \bREPLACE[_-]?(?:ME|WITH)\w*",
        r"| ^x{8}-(?:x{4}-){3}x{12}$",
    ))
    .ok()
});

/// Reports placeholders once per line and value. Comments are left out.
pub(super) fn check(sources: &[Source], found: &mut Vec<Finding>) {
    let Some(regex) = PLACEHOLDERS.as_ref() else {
        return;
    };
    for source in sources {
        // A file that is no XML was reported by loading.
        let Ok(document) = Document::parse(&source.text) else {
            continue;
        };
        let mut seen = HashSet::new();
        for (at, value) in document.descendants().flat_map(values) {
            if let Some(placeholder) = regex.find(value) {
                let line = source.text.get(..at).unwrap_or_default().matches('\n').count() + 1;
                if seen.insert((line, placeholder.as_str().to_owned())) {
                    found.push(left_over(source, line, placeholder.as_str()));
                }
            }
        }
    }
}

/// The texts and attribute values of a node, with where they start.
fn values<'a>(node: Node<'a, '_>) -> Vec<(usize, &'a str)> {
    if node.is_text() {
        return node
            .text()
            .map(|text| (node.range().start, text.trim()))
            .into_iter()
            .collect();
    }
    node.attributes()
        .map(|attribute| (attribute.range().start, attribute.value()))
        .collect()
}

fn left_over(source: &Source, line: usize, placeholder: &str) -> Finding {
    let span = Span {
        file: source.name.clone(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
    };
    Finding::error(
        "placeholder",
        &span,
        format!("the placeholder {placeholder} is not filled"),
    )
    .why("Azure AD B2C takes it for the value: the upload is refused, or calls go to nowhere")
    .instead("the value of your tenant, or {Settings:Name} with an entry in appsettings.json")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::load::Source;

    fn lines(text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        check(
            &[Source {
                name: "a.xml".into(),
                text: text.to_owned(),
            }],
            &mut found,
        );
        found.iter().map(|finding| finding.span.line).collect()
    }

    #[test]
    fn placeholders_of_the_starter_packs_are_found_in_texts_and_attributes() {
        let text = "<a TenantId=\"yourtenant.onmicrosoft.com\">\n<b>facebook_clientid</b>\n\
                    <b V=\"ProxyIdentityExperienceFrameworkAppId\"/>\n<b>IdentityExperienceFrameworkAppId</b>\n</a>";
        assert_eq!(lines(text), [1, 2, 3, 4]);
    }

    #[test]
    fn placeholders_of_samples_are_found() {
        for value in [
            "{your-ui-blob-container-url}exception.html",
            "https://your-app-name.azurewebsites.net",
            "YOUR_KEY_HERE",
        ] {
            assert_eq!(lines(&format!("<a>{value}</a>")), [1], "{value}");
        }
    }

    #[test]
    fn ordinary_words_and_comments_are_not() {
        let text = "<a><!-- yourtenant -->\n<b>Enter your e-mail address or your password</b><b>{OIDC:LoginHint}</b></a>";
        assert_eq!(lines(text), [0; 0]);
        assert_eq!(
            lines("<a B=\"https://contoso.example/IdentityExperienceFrameworkAppId/x\"/>"),
            [0; 0]
        );
    }

    #[test]
    fn the_same_value_is_said_once_per_line() {
        assert_eq!(lines("<a A=\"yourtenant\" B=\"http://yourtenant/x\"/>"), [1]);
    }
}
