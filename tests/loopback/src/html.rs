//! Just enough HTML to walk through pages without a browser: forms with their fields, links and refresh instructions.
//!
//! Reads what the handler, the runner and the simulators write; no general parser. One that is (`scraper`) would bring 25
//! crates, two of them under a licence that nothing else here has, to save the hundred lines of reading tags.

/// A form of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// `id`.
    pub id: String,
    /// `action`, as written; empty means the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Names and values that a browser would send without further input: inputs and the chosen option of selects.
    pub fields: Vec<(String, String)>,
    /// Names and values of the submit buttons.
    pub buttons: Vec<(String, String)>,
    /// Names of the selects, and the values that each offers.
    pub selects: Vec<(String, Vec<String>)>,
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

    fn of(tag: &Tag<'_>) -> Self {
        let method = tag.value("method").to_lowercase();
        Self {
            id: tag.value("id"),
            action: tag.value("action"),
            method: if method.is_empty() {
                "get".to_owned()
            } else {
                method
            },
            ..Self::default()
        }
    }

    /// Takes over a tag that stands in the form.
    fn add(&mut self, tag: &Tag<'_>) {
        let named = || (tag.value("name"), tag.value("value"));
        match tag.name {
            "input" => self.add_input(tag),
            "button" => self.buttons.push(named()),
            "select" => {
                self.fields.push((tag.value("name"), String::new()));
                self.selects.push((tag.value("name"), Vec::new()));
            }
            "option" => self.add_option(tag),
            _ => {}
        }
    }

    fn add_input(&mut self, tag: &Tag<'_>) {
        let (name, value) = (tag.value("name"), tag.value("value"));
        match tag.value("type").as_str() {
            "submit" => self.buttons.push((name, value)),
            "checkbox" | "radio" if !tag.has("checked") => {}
            _ if name.is_empty() => {}
            _ => self.fields.push((name, value)),
        }
    }

    /// A browser sends the selected option, or the first one.
    fn add_option(&mut self, tag: &Tag<'_>) {
        let Some((name, options)) = self.selects.last_mut() else {
            return;
        };
        let value = tag.value("value");
        let sent = self.fields.iter_mut().rfind(|(field, _)| field == name);
        if let Some((_, sent)) = sent
            && (options.is_empty() || tag.has("selected"))
        {
            sent.clone_from(&value);
        }
        options.push(value);
    }
}

/// All forms of a page, in order.
#[must_use]
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut is_open = false;
    for tag in tags(html) {
        match (tag.name, forms.last_mut()) {
            ("form", _) => {
                is_open = true;
                forms.push(Form::of(&tag));
            }
            ("/form", _) => is_open = false,
            (_, Some(form)) if is_open => form.add(&tag),
            _ => {}
        }
    }
    forms
}

/// Where a `<meta http-equiv="refresh">` leads, and after how many seconds.
#[must_use]
pub fn refresh(html: &str) -> Option<(u64, Option<String>)> {
    let content = tags(html)
        .find(|tag| tag.name == "meta" && tag.value("http-equiv").eq_ignore_ascii_case("refresh"))?
        .value("content");
    let (seconds, rest) = content.split_once(';').unwrap_or((&content, ""));
    let address = rest
        .trim()
        .get(4..)
        .map(str::to_owned)
        .filter(|address| !address.is_empty());
    Some((seconds.trim().parse().ok()?, address))
}

/// A tag, its attributes not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    /// As written; all pages here write lower case. A closing one begins with `/`.
    pub name: &'a str,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// An attribute, decoded; empty when there is none.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        self.find(name).map(unescape).unwrap_or_default()
    }

    /// Whether there is such an attribute.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((found, value, after)) = attribute(rest) {
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}

/// All tags of a page, in order. Whatever stands in a script or style is no markup.
pub fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('<')?;
        let (tag, after) = read_tag(after);
        rest = match tag.name {
            "script" => after.split_once("</script").map_or("", |(_, rest)| rest),
            "style" => after.split_once("</style").map_or("", |(_, rest)| rest),
            _ => after,
        };
        Some(tag)
    })
}

fn read_tag(text: &str) -> (Tag<'_>, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    let (name, attributes) = text.split_at(end);
    let mut rest = attributes;
    while let Some((_, _, after)) = attribute(rest) {
        rest = after;
    }
    let tag = Tag {
        name: name.strip_suffix('/').unwrap_or(name),
        attributes,
    };
    (tag, rest)
}

/// Name, value as written, and what follows; nothing at the end of the tag.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
    if text.is_empty() || text.starts_with(['>', '<']) {
        return None;
    }
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
        .unwrap_or(text.len());
    // At least one character, or a stray one would be read for ever.
    let (name, rest) = text.split_at_checked(end.max(1)).unwrap_or((text, ""));
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return Some((name, "", rest));
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
    Some((name, value, rest))
}

/// The entities that escaping produces; `&amp;` last, so that nothing is decoded twice.
fn unescape(text: &str) -> String {
    const ENTITIES: [(&str, &str); 6] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') {
        return text.to_owned();
    }
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, letter)| {
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
        let offered = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(forms[0].selects, [("s".to_owned(), offered)]);
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
