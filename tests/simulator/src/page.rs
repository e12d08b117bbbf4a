//! Reads a page as far as a person can act on it: links that look like buttons, forms, and where it leads by itself.

use loopback::html::{Form, forms, refresh, tags};

/// What a page offers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// What the page says of itself (`data-state`), or its title.
    pub(crate) state: String,
    pub(crate) offers: Vec<Offer>,
    /// Where it leads by itself, after so many seconds.
    pub(crate) refresh: Option<(u64, String)>,
    /// A script of the page sends its form at once.
    pub(crate) sends_itself: bool,
}

/// Something to press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The value of its field `action`, or `link`.
    pub(crate) name: String,
    pub(crate) to: String,
    /// Fields of a form; none for a link.
    pub(crate) fields: Option<Vec<(String, String)>>,
}

impl Page {
    pub(crate) fn read(status: u16, html: &str) -> Self {
        let state = tags(html).find(|tag| tag.has("data-state"));
        let title = || {
            between(html, "<title>", "</title>")
                .unwrap_or_default()
                .to_owned()
        };
        let main = html.split("<main").nth(1).unwrap_or_default();
        Self {
            status,
            state: state.map_or_else(title, |tag| tag.value("data-state")),
            offers: offers(main),
            refresh: refresh(html).and_then(|(after, to)| Some((after, to?))),
            sends_itself: main.contains("data-send"),
        }
    }
}

/// In the order of the page.
fn offers(main: &str) -> Vec<Offer> {
    let mut forms = forms(main).into_iter();
    let offers = tags(main).filter_map(|tag| match tag.name {
        "a" => Some(Offer {
            name: "link".to_owned(),
            to: tag.value("href"),
            fields: None,
        }),
        "form" => forms.next().map(form),
        _ => None,
    });
    offers.collect()
}

/// A form as somebody fills it in: with the first option of a select that says something.
fn form(form: Form) -> Offer {
    let mut fields = form.fields;
    for (name, options) in form.selects {
        let chosen = options.into_iter().find(|option| !option.is_empty());
        let field = fields.iter_mut().find(|(field, _)| *field == name);
        if let (Some((_, value)), Some(chosen)) = (field, chosen) {
            *value = chosen;
        }
    }
    let action = fields.iter().find(|(name, _)| name == "action");
    Offer {
        name: action.map_or_else(|| "form".to_owned(), |(_, value)| value.clone()),
        to: form.action,
        fields: Some(fields),
    }
}

fn between<'a>(text: &'a str, opening: &str, closing: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(opening)?;
    rest.split_once(closing).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_offers_its_buttons_in_order() {
        let page = Page::read(
            200,
            r#"<noscript><meta http-equiv="refresh" content="5; url=/w/1"></noscript><main data-state="ready">
            <form method="post" action="/w/1"><input type="hidden" name="action" value="begin"></form>
            <a class="button" href="/w/1/continue?a=1&amp;b=2">x</a></main>"#,
        );
        assert_eq!(page.state, "ready");
        assert_eq!(page.refresh, Some((5, "/w/1".to_owned())));
        let names: Vec<_> = page.offers.iter().map(|offer| offer.name.as_str()).collect();
        assert_eq!(names, ["begin", "link"]);
        assert_eq!(page.offers[1].to, "/w/1/continue?a=1&b=2");
    }
}
