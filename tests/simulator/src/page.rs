//! Reads a page as far as a person can act on it: links that look like buttons, forms, and where it leads by itself.

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
        let state = attribute(html, "data-state=\"")
            .or_else(|| between(html, "<title>", "</title>"))
            .unwrap_or_default();
        let refresh = html.split("http-equiv=\"refresh\"").nth(1).and_then(|rest| {
            let content = attribute(rest, "content=\"")?;
            let (after, to) = content.split_once(';')?;
            let to = to.trim().strip_prefix("url=")?.to_owned();
            Some((after.trim().parse().ok()?, to))
        });
        let main = html.split("<main").nth(1).unwrap_or_default();
        Self {
            status,
            state,
            offers: offers(main),
            refresh,
            sends_itself: main.contains("data-send"),
        }
    }
}

/// In the order of the page.
fn offers(main: &str) -> Vec<Offer> {
    let mut found: Vec<(usize, Offer)> = Vec::new();
    for (at, _) in main.match_indices("<a ") {
        let tag = main
            .get(at..)
            .and_then(|rest| rest.split('>').next())
            .unwrap_or_default();
        if let Some(to) = attribute(tag, "href=\"") {
            found.push((
                at,
                Offer {
                    name: "link".to_owned(),
                    to,
                    fields: None,
                },
            ));
        }
    }
    for (at, _) in main.match_indices("<form ") {
        let form = main
            .get(at..)
            .and_then(|rest| rest.split("</form>").next())
            .unwrap_or_default();
        let tag = form.split('>').next().unwrap_or_default();
        let fields = fields(form);
        let action = fields.iter().find(|(name, _)| name == "action");
        found.push((
            at,
            Offer {
                name: action.map_or_else(|| "form".to_owned(), |(_, value)| value.clone()),
                to: attribute(tag, "action=\"").unwrap_or_default(),
                fields: Some(fields),
            },
        ));
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, offer)| offer).collect()
}

fn fields(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let name = attribute(tag, "name=\"")?;
        Some((name, attribute(tag, "value=\"").unwrap_or_default()))
    });
    let selects = form.split("<select ").skip(1).filter_map(|rest| {
        let name = attribute(rest.split('>').next()?, "name=\"")?;
        let mut values = rest
            .split("<option ")
            .skip(1)
            .filter_map(|option| attribute(option, "value=\""));
        Some((name, values.find(|value| !value.is_empty())?))
    });
    inputs.chain(selects).collect()
}

fn attribute(text: &str, opening: &str) -> Option<String> {
    between(text, opening, "\"").map(|value| {
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    })
}

fn between(text: &str, opening: &str, closing: &str) -> Option<String> {
    let (_, rest) = text.split_once(opening)?;
    rest.split_once(closing).map(|(value, _)| value.to_owned())
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
