//! The HTML around a page.

use super::{Page, wire};
use loopback::head::head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The renderer.
pub const RENDERER: &str = include_str!("renderer.js");
/// `$` for the scripts of templates, which find jQuery in B2C's pages.
pub const JQUERY: &str = include_str!("jquery.js");
/// Style sheet of the built-in template.
pub const STYLE: &str = include_str!("template.css");
/// The built-in template, used for B2C's own `~/tenant/templates/…`.
pub const TEMPLATE: &str = include_str!("template.html");

/// The shell of a page: its globals and the renderer; the template comes by the browser.
#[must_use]
pub fn html(page: &Page) -> Markup {
    let text = |id: &str| page.texts.get(id).map(String::as_str).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang=(page.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (text("page_title")) }
                script data-runner="" { (PreEscaped(wire::script(page))) }
                @if page.scripts { script data-runner="" src="/runner/jquery.js" defer {} }
                script data-runner="" src="/runner/renderer.js" defer {}
            }
            body {
                noscript { p { (text("script_off")) } }
                p id="runner-wait" role="status" { (text("preloader_alt")) }
            }
        }
    }
}

/// A page that posts a form at once, as `response_mode=form_post` and the POST binding want; a button without script.
#[must_use]
pub fn post_form(action: &str, fields: &[(String, String)]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Continue" } }
            body {
                form id="auto" method="POST" action=(action) {
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    noscript { button type="submit" { "Continue" } }
                }
                script { (PreEscaped("document.getElementById('auto').submit();")) }
            }
        }
    }
}

/// What a person sees when nobody else can be told.
#[must_use]
pub fn failure(title: &str, text: &str, correlation_id: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(title))
                link rel="stylesheet" href="/runner/template.css";
            }
            body {
                main class="card" {
                    div id="api" data-name="GlobalException" {
                        h1 { (title) }
                        p class="error pageLevel" role="alert" { (text) }
                        @if let Some(id) = correlation_id {
                            p { a href={"/runner/traces/" (id)} { "See the trace" } }
                        }
                        p { a href="/" { "Start again" } }
                    }
                }
            }
        }
    }
}
