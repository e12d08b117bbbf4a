//! Finds the placeholders of a text and fills them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::values::{Found, Values};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page or what it loads: public.
    Page,
    /// A custom policy: for the tenant's administrators only.
    Policy,
}

/// A placeholder that was not filled.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, below its folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The placeholder as it stands there.
    pub placeholder: String,
    /// What would fill it.
    pub remedy: String,
}

/// Every form of placeholder that the sample, the starter pack and our own files have; resolvers such as `{OIDC:ClientId}`
/// are B2C's.
static BLANK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?x) (?i: \{settings:[^{}]*\} | \{your[^{}\s]*\} | yourtenant )",
        r"| \b (?: (?:Proxy)?IdentityExperienceFrameworkAppId | ExtensionsApp(?:Object)?Id | AppInsightsInstrumentationKey ) \b",
    ))
    .ok()
});

/// The text with its placeholders filled, and those that were not.
#[must_use]
pub fn fill(text: &str, file: &str, kind: Kind, values: &Values) -> (String, Vec<Fault>) {
    let Some(blank) = BLANK.as_ref() else {
        return (text.to_owned(), Vec::new());
    };
    let path = Path::new(file);
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let markup = ["xml", "html", "htm", "svg"].contains(&ending.to_ascii_lowercase().as_str());
    let mut faults = Vec::new();
    let filled = blank.replace_all(text, |found: &Captures<'_>| {
        let (placeholder, start) = found.get(0).map_or(("", 0), |all| (all.as_str(), all.start()));
        let remedy = match values.of(placeholder, kind, stem) {
            Found::Value(value) if markup => return escaped(&value),
            Found::Value(value) | Found::Raw(value) => return value,
            Found::Missing(option) => format!("give {option}"),
            Found::Unknown => format!("nobody knows this placeholder of a {kind}"),
        };
        let before = text.get(..start).unwrap_or_default();
        faults.push(Fault {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            placeholder: placeholder.to_owned(),
            remedy,
        });
        placeholder.to_owned()
    });
    (filled.into_owned(), faults)
}

/// The faults in a few lines: each placeholder once, with its first place and how often it occurs.
#[must_use]
pub fn told(faults: &[Fault]) -> String {
    let mut counted: BTreeMap<(&str, &str), (&Fault, usize)> = BTreeMap::new();
    for fault in faults {
        let entry = counted
            .entry((&fault.placeholder, &fault.remedy))
            .or_insert((fault, 0));
        entry.1 += 1;
    }
    let mut text = String::new();
    for ((placeholder, remedy), (first, count)) in counted {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{}:{} {placeholder} ({count}×): {remedy}",
            first.file, first.line
        );
    }
    text
}

/// As text or attribute of XML and HTML.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let all = Values::default().with_tenant("contoso").unwrap();
        let all = all.with_api("https://idv.contoso.example").unwrap();
        let all = all.with_ui("https://contoso.blob.core.windows.net/ui").unwrap();
        all.with_word("--issuer", "a<b & \"c\"").unwrap()
    }

    fn filled(text: &str, file: &str, kind: Kind) -> String {
        let (text, faults) = fill(text, file, kind, &values().anonymous());
        assert_eq!(faults, []);
        text
    }

    #[test]
    fn pages_write_a_slash_of_their_own_and_policies_do_not() {
        let page = "{your-ui-blob-container-url}/ocean_blue/css/x.css {your-intermediate-api-url}/api/Jumio/VerifyTransactionStatus";
        assert_eq!(
            filled(page, "p.html", Kind::Page),
            "https://contoso.blob.core.windows.net/ui/ocean_blue/css/x.css https://idv.contoso.example/api/Jumio/VerifyTransactionStatus"
        );
        let policy = "{your-ui-blob-container-url}exception.html {your-intermediate-api-url}api/Jumio/InitializeTransaction";
        assert_eq!(
            filled(policy, "p.xml", Kind::Policy),
            "https://contoso.blob.core.windows.net/ui/ocean_blue/exception.html https://idv.contoso.example/api/Jumio/InitializeTransaction"
        );
    }

    #[test]
    fn values_are_escaped_where_markup_is() {
        let text = "<Item Key=\"issuer\">{your-id-token-issuer}</Item>";
        assert_eq!(
            filled(text, "p.xml", Kind::Policy),
            "<Item Key=\"issuer\">a&lt;b &amp; &quot;c&quot;</Item>"
        );
    }

    #[test]
    fn resolvers_of_b2c_and_words_inside_others_stay() {
        let text = "{OIDC:ClientId} {Policy:TenantObjectId} {tenant} ApplicationObjectId ExtensionsAppIdentity yourself";
        assert_eq!(filled(text, "p.xml", Kind::Policy), text);
    }

    #[test]
    fn a_word_inside_a_setting_is_part_of_it() {
        let values = values().with_setting("ExtensionsAppId", "one");
        let (text, faults) = fill(
            "{Settings:ExtensionsAppId} ExtensionsAppId",
            "p.xml",
            Kind::Policy,
            &values,
        );
        assert_eq!(text, "one ExtensionsAppId");
        assert_eq!(faults[0].placeholder, "ExtensionsAppId");
    }

    #[test]
    fn what_is_missing_is_told_with_its_line_and_what_fills_it() {
        let (_, faults) = fill(
            "a\n<b>AppInsightsInstrumentationKey</b>",
            "p.xml",
            Kind::Policy,
            &values(),
        );
        assert_eq!(
            (faults[0].line, faults[0].remedy.as_str()),
            (2, "give --insights")
        );
    }

    #[test]
    fn who_calls_must_be_said_for_policies() {
        let text = "{your-intermediate-api-url}api";
        let (_, faults) = fill(text, "p.xml", Kind::Policy, &values());
        assert!(faults[0].remedy.contains("--base-secret"), "{faults:?}");
        assert_eq!(fill(text, "p.html", Kind::Page, &values()).1, []);
    }

    #[test]
    fn a_placeholder_that_nobody_knows_is_a_fault() {
        let (_, faults) = fill(
            "{your-new-thing} {your-new-thing}",
            "p.html",
            Kind::Page,
            &values(),
        );
        assert_eq!(faults.len(), 2);
        assert_eq!(
            told(&faults),
            "p.html:1 {your-new-thing} (2×): nobody knows this placeholder of a page\n"
        );
    }

    #[test]
    fn a_tenant_is_filled_whatever_its_case() {
        assert_eq!(
            filled("http://YourTenant.onmicrosoft.com/x", "p.xml", Kind::Policy),
            "http://contoso.onmicrosoft.com/x"
        );
    }
}
