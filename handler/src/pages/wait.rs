//! The waiting page: what is going on, and what the person may do about it.

use maud::{Markup, html};
use time::OffsetDateTime;

use super::correction::Correction;
use super::icon;
use super::language::Language;
use super::layout::{Refresh, page, token};
use super::mishap::Mishap;
use super::provider::{Number, Provider, foot};
use super::sentence::{filled, naming};
use super::state::State;
use super::texts::{self, Texts};
use crate::checks::decision::family::Family;

/// What the page shows.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown or not, independent of the others"
)]
pub(crate) struct View {
    /// In which language.
    pub language: Language,
    /// What is going on.
    pub state: State,
    /// Address of this page.
    pub path: String,
    /// Stands in its forms.
    pub form_token: String,
    /// Whom the sign-in is for, where the person is asked whether it is theirs.
    pub client: String,
    /// Why the person has not finished at the vendor, while the vendor itself waits for them still.
    pub mishap: Option<Mishap>,
    /// What a rejection is about.
    pub family: Family,
    /// Whether what was registered can be corrected where the person goes back to.
    pub correction: Correction,
    /// When the next attempt is possible, where none is left.
    pub next_at: Option<OffsetDateTime>,
    /// What the person may read out to whoever helps them.
    pub reference: String,
    /// Where they find help.
    pub provider: Provider,
    /// How many attempts the person has left.
    pub attempts_left: u32,
    /// Whether another attempt may be made.
    pub can_retry: bool,
    /// Whether the page offers a way back at all.
    pub has_way_back: bool,
    /// Whether the person may go back without waiting.
    pub may_leave: bool,
    /// Whether whoever they go back to hears the result later; otherwise only another sign-in tells it.
    pub is_told_later: bool,
    /// Whether the person may go (back) to the vendor's pages.
    pub can_resume: bool,
    /// How many people are before, for one who is in line.
    pub before: Option<usize>,
    /// The number of the attempt that the one waited for is to follow.
    pub after: Option<u32>,
}

/// The page.
#[must_use]
pub(crate) fn wait(view: &View) -> String {
    let texts = texts::of(view.language);
    let (title, text) = said(texts, view);
    let poll = polls(view).then(|| here(view, "/status"));
    let looks = view.mishap.map_or(view.state, |_| State::Expired);
    let content = html! {
        main class={ "card " (looks.as_str()) } data-state=(view.state.as_str()) data-poll=[poll] {
            (icon::of(looks))
            h1 { (title) }
            p.soft role="status" { (text) }
            (besides(texts, view))
            div.actions { (actions(texts, view)) }
            @if view.state.may_need_help() || view.mishap.is_some() {
                (foot(texts, &view.provider, Number::Reference(&view.reference)))
            }
        }
    };
    let renewal = renewal(view);
    let refresh = renewal.as_ref().map(|(after_s, to, without_script)| Refresh {
        after_s: *after_s,
        to,
        without_script: *without_script,
    });
    page(view.language, title, refresh.as_ref(), &content)
}

/// Whether the script asks how things stand.
fn polls(view: &View) -> bool {
    let is_held = view.state == State::Review && !view.has_way_back;
    is_held || matches!(view.state, State::AtVendor | State::Checking)
}

/// An address at this page that says the same of what went wrong at the vendor.
fn here(view: &View, at: &str) -> String {
    match view.mishap {
        Some(mishap) => format!("{}{at}?{MISHAP}={}", view.path, mishap.as_str()),
        None => format!("{}{at}", view.path),
    }
}

/// When the page goes where by itself: seconds, address, and whether only in browsers without script.
fn renewal(view: &View) -> Option<(u32, String, bool)> {
    match view.state {
        State::Approved => Some((2, format!("{}/continue", view.path), false)),
        // Each asks again, by which it keeps its place or goes on to the vendor; so it needs no script either way.
        State::Starting | State::InLine => Some((2, begin(view), false)),
        State::Checking => Some((5, here(view, ""), true)),
        _ if polls(view) => Some((15, view.path.clone(), true)),
        _ => None,
    }
}

/// What is said besides: whether to wait, for whom, how often still, and where on the way.
fn besides(texts: &Texts, view: &View) -> Markup {
    let may_go = view.may_leave && view.has_way_back;
    html! {
        @if view.state == State::Checking && view.mishap.is_none() && may_go {
            p.soft { @if view.is_told_later { (texts.may_leave) } @else { (texts.sign_in_later) } }
        }
        @if let Some(before) = view.before { p.note { (texts.people_before(before)) } }
        @if view.state.step().is_none() { (attempts(texts, view)) }
        @if let Some(step) = step(view) { (trail(texts, step)) }
    }
}

/// Name of the parameter of the page's address that says what went wrong at the vendor.
pub(crate) const MISHAP: &str = "mishap";

/// The heading, and what is said below it.
fn said<'a>(texts: &'a Texts, view: &View) -> (&'a str, Markup) {
    let state = texts.state(view.state);
    match view.mishap {
        Some(mishap) => (&texts.mishaps.title, html! { (texts.mishaps.of(mishap)) }),
        None if view.state == State::Rejected => {
            let text = texts.rejections.of(view.family, view.correction);
            (&state.title, html! { (text.unwrap_or(&state.text)) })
        }
        None if view.state == State::Trouble && view.next_at.is_some() => {
            (&texts.state(State::Exhausted).title, html! { (texts.none_left) })
        }
        None => (&state.title, naming(&state.text, "{client}", &view.client)),
    }
}

/// Which of the four steps the person is at.
fn step(view: &View) -> Option<usize> {
    match view.mishap {
        Some(_) => State::AtVendor.step(),
        None => view.state.step(),
    }
}

fn trail(texts: &Texts, at: usize) -> Markup {
    html! {
        ol.trail aria-label=(texts.steps_label) {
            @for (index, step) in texts.steps.iter().enumerate() {
                li class=[(index < at).then_some("past")] aria-current=[(index == at).then_some("step")] { (step) }
            }
        }
    }
}

/// What the person may do, the likeliest first.
fn actions(texts: &Texts, view: &View) -> Markup {
    let words = &texts.actions;
    let may_go = view.may_leave && view.has_way_back;
    let leave = || html! { @if view.has_way_back { (press(view, "leave", &words.leave, false)) } };
    let onward = |label, first| html! { @if view.has_way_back { (onward(view, label, first)) } };
    html! {
        @match view.state {
            State::Ready => { (press(view, "begin", &words.begin, true)) (leave()) }
            State::InLine | State::Starting => {
                (press(view, "cancel", &words.cancel, false))
                a.button href=(begin(view)) { (words.reload) }
            }
            State::AtVendor => { (resume(view, &words.resume, true)) (press(view, "cancel", &words.cancel, false)) }
            State::Checking if view.mishap.is_some_and(Mishap::has_ended) => {
                (press(view, "restart", &words.retry, true))
                (press(view, "cancel", &words.cancel, false))
            }
            State::Checking if view.mishap.is_some() => {
                (resume(view, &words.resume, true))
                (press(view, "cancel", &words.cancel, false))
            }
            State::Checking => {
                @if view.can_resume {
                    (resume(view, &words.resume, true))
                    (press(view, "cancel", &words.cancel, false))
                }
                @if view.may_leave { (onward(&words.leave_waiting, false)) }
                @if !view.can_resume && !may_go { a.button href=(view.path) { (words.reload) } }
            }
            State::Unconfirmed => {
                (press(view, "own", &words.own, true))
                (press(view, "not_own", &words.not_own, false))
            }
            State::Approved | State::Review => { (onward(&words.go_on, true)) }
            State::Rejected if is_to_be_corrected(view) => {
                @let back = if view.correction == Correction::Possible { &words.correct } else { &words.back };
                @if view.can_retry {
                    (press(view, "leave", back, true))
                    (press(view, "retry", &words.retry, false))
                } @else { (onward(back, true)) }
            }
            State::Rejected | State::Expired | State::Cancelled => {
                @if view.can_retry { (press(view, "retry", &words.retry, true)) (leave()) }
                @else { (onward(&words.go_on, true)) }
            }
            // Pressing anything else leads to the same page.
            State::Trouble if view.next_at.is_some() => {
                @if view.has_way_back { (press(view, "leave", &words.leave, true)) } @else { a.button href=(view.path) { (words.reload) } }
            }
            State::Trouble | State::Full | State::Closed => {
                (press(view, if view.can_retry { "retry" } else { "begin" }, &words.retry, true))
                (leave())
            }
            State::Exhausted => { @if view.has_way_back { (press(view, "leave", &words.go_on, true)) } }
        }
    }
}

/// What another check with the same document would not change.
fn is_to_be_corrected(view: &View) -> bool {
    let leads_back = matches!(view.correction, Correction::Possible | Correction::Perhaps);
    view.family == Family::Details && leads_back && view.has_way_back
}

/// How many attempts are left, or when there is one again.
fn attempts(texts: &Texts, view: &View) -> Markup {
    let begin_again = matches!(view.state, State::Expired | State::Cancelled);
    html! {
        @match (view.can_retry, view.attempts_left) {
            (true, left) => {
                @if begin_again { p.soft { (texts.begin_again) } }
                p.note { @if left == 1 { (texts.last_attempt) } @else { (texts.attempts_left(left)) } }
            }
            (false, 0) if view.state == State::Rejected => { p.note { (texts.none_left) } }
            _ => {}
        }
        @if let Some(at) = view.next_at.filter(|_| !view.can_retry) {
            p.note { (filled(&texts.next_attempt, "{at}", &moment(at))) }
        }
    }
}

/// A moment that is not before `at`, to the minute. The script writes it as people do where the browser is.
fn moment(at: OffsetDateTime) -> Markup {
    let at = (at + (time::Duration::MINUTE - time::Duration::NANOSECOND)).to_offset(time::UtcOffset::UTC);
    let (date, hour, minute) = (at.date(), at.hour(), at.minute());
    html! {
        time datetime={ (date) (format!("T{hour:02}:{minute:02}Z")) } dir="ltr" { (date) (format!(" {hour:02}:{minute:02} UTC")) }
    }
}

/// A link to whatever is next.
fn onward(view: &View, label: &str, first: bool) -> Markup {
    html! { a.button.first[first] href={ (view.path) "/continue" } { (label) } }
}

/// A link to the vendor's pages.
fn resume(view: &View, label: &str, first: bool) -> Markup {
    html! { a.button.first[first] href=(to_vendor(&view.path)) { (label) } }
}

/// Where a browser goes on at the vendor.
#[must_use]
pub(crate) fn to_vendor(path: &str) -> String {
    format!("{path}/continue?at=vendor")
}

/// Where a browser asks again for a check that is not begun yet.
fn begin(view: &View) -> String {
    let to = to_vendor(&view.path);
    match view.after {
        Some(number) => format!("{to}&after={number}"),
        None => to,
    }
}

/// A button that does something.
fn press(view: &View, action: &str, label: &str, first: bool) -> Markup {
    html! {
        form method="post" action=(view.path) {
            input type="hidden" name="action" value=(action);
            (token(&view.form_token))
            button.button.first[first] type="submit" { (label) }
        }
    }
}
