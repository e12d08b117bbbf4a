//! Just enough HTML to walk through pages without a browser: forms with their fields, and refresh instructions.
//!
//! Reads what the handler and the simulators write; no general parser.

use std::collections::BTreeMap;

/// A form of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// `action`, as written; empty means the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Names and values that a browser would send without further input: inputs and the chosen option of selects.
    pub fields: Vec<(String, String)>,
    /// Names and values of the submit buttons.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// Whether sending it can say `name=value`, by a button or a hidden field.
    #[must_use]
    pub fn can_say(&self, name: &str, value: &str) -> bool {
        self.buttons
            .iter()
            .chain(&self.fields)
            .any(|(a, b)| a == name && b == value)
    }
}

/// All forms of a page, in order.
#[must_use]
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<(String, Option<String>)> = None;
    for tag in tags(html) {
        match (tag.name.as_str(), forms.last_mut()) {
            ("form", _) => {
                open = true;
                forms.push(Form {
                    action: tag.value("action"),
                    method: tag.method(),
                    ..Form::default()
                });
            }
            ("/form", _) => open = false,
            ("input", Some(form)) if open => add_input(form, &tag),
            ("button", Some(form)) if open => form.buttons.push((tag.value("name"), tag.value("value"))),
            ("select", _) => select = Some((tag.value("name"), None)),
            ("option", _) => choose(&mut select, &tag),
            ("/select", Some(form)) if open => {
                form.fields.extend(
                    select
                        .take()
                        .map(|(name, value)| (name, value.unwrap_or_default())),
                );
            }
            _ => {}
        }
    }
    forms
}

/// Where a `<meta http-equiv="refresh">` leads, and after how many seconds.
#[must_use]
pub fn refresh(html: &str) -> Option<(u64, Option<String>)> {
    let content = tags(html)
        .into_iter()
        .find(|tag| tag.name == "meta" && tag.value("http-equiv").eq_ignore_ascii_case("refresh"))?;
    let content = content.value("content");
    let (seconds, rest) = content.split_once(';').unwrap_or((&content, ""));
    let address = rest
        .trim()
        .get(4..)
        .map(str::to_owned)
        .filter(|address| !address.is_empty());
    Some((seconds.trim().parse().ok()?, address))
}

fn add_input(form: &mut Form, tag: &Tag) {
    let (name, value) = (tag.value("name"), tag.value("value"));
    match tag.value("type").as_str() {
        "submit" => form.buttons.push((name, value)),
        "checkbox" | "radio" if !tag.attributes.contains_key("checked") => {}
        _ if name.is_empty() => {}
        _ => form.fields.push((name, value)),
    }
}

/// A browser sends the selected option, or the first one.
fn choose(select: &mut Option<(String, Option<String>)>, option: &Tag) {
    if let Some((_, chosen)) = select
        && (chosen.is_none() || option.attributes.contains_key("selected"))
    {
        *chosen = Some(option.value("value"));
    }
}

struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    fn value(&self, name: &str) -> String {
        self.attributes.get(name).cloned().unwrap_or_default()
    }

    fn method(&self) -> String {
        let method = self.value("method").to_lowercase();
        if method.is_empty() {
            "get".to_owned()
        } else {
            method
        }
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = read_tag(after);
        rest = match tag.name.as_str() {
            // Whatever stands in a script or style is no markup.
            name @ ("script" | "style") => after
                .split_once(&format!("</{name}"))
                .map_or("", |(_, rest)| rest),
            _ => after,
        };
        found.push(tag);
    }
    found
}

fn read_tag(text: &str) -> (Tag, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with(['>', '<']) {
            break;
        }
        let (name, value, after) = read_attribute(rest);
        attributes.insert(name, value);
        rest = after;
    }
    (
        Tag {
            name: name.trim_end_matches('/').to_lowercase(),
            attributes,
        },
        rest,
    )
}

fn read_attribute(text: &str) -> (String, String, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
        .unwrap_or(text.len());
    // At least one character, or a stray one would be read for ever.
    let (name, rest) = text.split_at_checked(end.max(1)).unwrap_or((text, ""));
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return (name.to_lowercase(), String::new(), rest);
    };
    let value = value.trim_start();
    let quoted = value.strip_prefix('"').and_then(|value| value.split_once('"'));
    let quoted = quoted.or_else(|| value.strip_prefix('\'').and_then(|value| value.split_once('\'')));
    let (value, rest) = quoted.unwrap_or_else(|| {
        let end = value
            .find(|c: char| c.is_whitespace() || c == '>')
            .unwrap_or(value.len());
        value.split_at(end)
    });
    (name.to_lowercase(), unescape(value), rest)
}

/// The entities that escaping produces; `&amp;` last, so that nothing is decoded twice.
fn unescape(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text.to_owned(), |text, (entity, letter)| {
        text.replace(entity, letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_fields_and_buttons() {
        let html = r#"<!DOCTYPE html><form method="POST" action="/x?a=1&amp;b=2">
            <input type="hidden" name="state" value="&quot;&lt;a&gt;&quot;"><input name='n' value=v>
            <input type=radio name=r value=1 checked><input type="radio" name="r" value="2">
            <select name="s"><option value="a">A</option><option value="b" selected>B</option></select>
            <button type="submit" name="action" value="go">Go</button></form><input name="outside">"#;
        let forms = forms(html);
        assert_eq!(forms.len(), 1);
        assert_eq!(forms[0].action, "/x?a=1&b=2");
        assert_eq!(forms[0].method, "post");
        let fields: Vec<_> = forms[0]
            .fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(fields, [("state", "\"<a>\""), ("n", "v"), ("r", "1"), ("s", "b")]);
        assert!(forms[0].can_say("action", "go"));
    }

    #[test]
    fn scripts_hide_nothing_and_add_nothing() {
        let html = "<script>if (a<b) { '<form action=evil>' }</script><form action=good></form>";
        assert_eq!(
            forms(html)
                .iter()
                .map(|form| form.action.as_str())
                .collect::<Vec<_>>(),
            ["good"]
        );
    }

    #[test]
    fn a_refresh_says_when_and_where() {
        let page = |content: &str| format!(r#"<meta http-equiv="refresh" content="{content}">"#);
        assert_eq!(refresh(&page("3")), Some((3, None)));
        assert_eq!(
            refresh(&page("0; url=/next")),
            Some((0, Some("/next".to_owned())))
        );
        assert_eq!(refresh("<p>nothing</p>"), None);
    }

    #[test]
    fn broken_markup_ends() {
        for broken in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<a =",
            "<<<",
            "<form <input name=x>",
        ] {
            let _ends = forms(broken);
        }
    }
}
