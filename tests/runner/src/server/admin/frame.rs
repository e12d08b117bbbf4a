//! What the tenant's own pages have in common.

use crate::server::{Answer, reply, shield};
use loopback::head::head;
use maud::{DOCTYPE, Markup, html};

/// Style sheet of the tenant's own pages.
pub(super) const STYLE: &str = include_str!("admin.css");

const PLACES: [(&str, &str, &str); 4] = [
    ("start", "/", "Start"),
    ("directory", "/runner/directory", "Directory"),
    ("mailbox", "/runner/mailbox", "Mailbox"),
    ("traces", "/runner/traces", "Traces"),
];

/// A page with heading and navigation, on its way to the browser.
pub(super) fn answer(title: &str, place: &str, content: &Markup) -> Answer {
    let mut answer = reply::html(page(title, place, content));
    shield::own_page(&mut answer);
    answer
}

fn page(title: &str, place: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(&format!("{title} · runner")))
                link rel="stylesheet" href="/runner/admin.css";
            }
            body {
                header {
                    a class="brand" href="/" { "runner" }
                    nav aria-label="Pages" {
                        @for (id, href, name) in PLACES {
                            a href=(href) aria-current=[(id == place).then_some("page")] { (name) }
                        }
                    }
                }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}
