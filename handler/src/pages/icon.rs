//! Icons: one for each state, drawn in the colour of the text around it and silent for screen readers.

use maud::{Markup, PreEscaped, html};

use super::state::State;

/// The icon of a state.
pub(super) fn of(state: State) -> Markup {
    let inside = match state {
        State::Ready | State::AtVendor => CARD,
        State::Checking | State::InLine | State::Starting => CLOCK,
        State::Approved => TICK,
        State::Rejected | State::Exhausted => CROSS,
        State::Review | State::Unconfirmed => EYE,
        State::Expired | State::Cancelled | State::Full | State::Closed => PAUSE,
        State::Trouble => EXCLAMATION,
    };
    drawing(inside)
}

fn drawing(inside: &str) -> Markup {
    html! {
        svg.mark viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"
            stroke-linejoin="round" aria-hidden="true" focusable="false" { (PreEscaped(inside)) }
    }
}

const CARD: &str = r#"<rect x="5" y="11" width="38" height="26" rx="4"/><circle cx="16" cy="22" r="4"/><path d="M10 31c1-3 3-4 6-4s5 1 6 4M28 20h9M28 27h9"/>"#;
const CLOCK: &str =
    r#"<circle cx="24" cy="24" r="19"/><path class="hand" d="M24 24V11"/><path d="M24 24h8"/>"#;
const TICK: &str = r#"<circle cx="24" cy="24" r="19"/><path d="m15 25 6 6 12-13"/>"#;
const CROSS: &str = r#"<circle cx="24" cy="24" r="19"/><path d="m17 17 14 14M31 17 17 31"/>"#;
const EYE: &str =
    r#"<path d="M4 24s7-12 20-12 20 12 20 12-7 12-20 12S4 24 4 24z"/><circle cx="24" cy="24" r="5"/>"#;
const PAUSE: &str = r#"<circle cx="24" cy="24" r="19"/><path d="M19 17v14M29 17v14"/>"#;
const EXCLAMATION: &str = r#"<circle cx="24" cy="24" r="19"/><path d="M24 14v12M24 33v.5"/>"#;
