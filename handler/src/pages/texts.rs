//! The sentences of every language, read once from `ui/handler/locales`. A missing or an extra one fails the tests.

use std::borrow::Cow;
mod release;

use std::sync::OnceLock;

use serde::Deserialize;

use super::correction::Correction;
use super::language::Language;
use super::mishap::Mishap;
use super::state::State;
use crate::checks::decision::family::Family;

pub(super) use release::ReleaseTexts;

/// What a problem is called towards people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Message {
    /// No better words for it.
    WentWrong,
    /// No such page.
    NotFound,
    /// Passing; try again.
    Unavailable,
    /// The link is not one of ours, or damaged.
    Invalid,
    /// The link serves another browser.
    Taken,
    /// The link is over.
    Expired,
    /// The sign-in is over.
    Finished,
    /// Another browser or device began this.
    WrongBrowser,
    /// The client made a mistake.
    Misdirected,
    /// No attempts are left.
    NoAttempts,
    /// Nobody is called so.
    Name,
    /// Nobody was born then.
    Birthdate,
    /// The browser does not accept our cookie.
    NoCookies,
}

/// A heading and a sentence or two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub(super) title: String,
    pub(super) text: String,
}

/// All sentences of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) product: String,
    pub(super) steps_label: String,
    pub(super) steps: [String; 4],
    states: States,
    pub(super) mishaps: Mishaps,
    pub(super) rejections: Rejections,
    pub(super) may_leave: String,
    /// The same where whoever the person goes back to hears nothing later.
    pub(super) sign_in_later: String,
    pub(super) begin_again: String,
    attempts_left: String,
    pub(super) last_attempt: String,
    pub(super) none_left: String,
    pub(super) next_attempt: String,
    people_before: String,
    pub(super) actions: Actions,
    pub(super) onward: Said,
    pub(super) consent: ConsentTexts,
    pub(super) release: ReleaseTexts,
    pub(super) place: PlaceTexts,
    pub(super) account: Choice,
    pub(super) sign_out: Choice,
    pub(super) signed_out: Said,
    pub(super) still_signed_in: Said,
    pub(super) elsewhere: ElsewhereTexts,
    messages: Messages,
    pub(super) reference: String,
    pub(super) error_number: String,
    pub(super) copy: String,
    pub(super) copied: String,
    pub(super) help: String,
    pub(super) alternative: String,
    pub(super) footer: String,
}

/// What is said to a person who has not finished at the vendor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mishaps {
    pub(super) title: String,
    camera: String,
    network: String,
    upload: String,
    photos: String,
    face: String,
    session: String,
    technical: String,
    other: String,
}

impl Mishaps {
    pub(super) fn of(&self, mishap: Mishap) -> &str {
        match mishap {
            Mishap::Camera => &self.camera,
            Mishap::Network => &self.network,
            Mishap::Upload => &self.upload,
            Mishap::Photos => &self.photos,
            Mishap::Face => &self.face,
            Mishap::Session => &self.session,
            Mishap::Technical => &self.technical,
            Mishap::Other => &self.other,
        }
    }
}

/// Why a check was not accepted, and what helps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rejections {
    photo: String,
    copy: String,
    face: String,
    document: String,
    expired: String,
    details: String,
    /// The same where the person goes back to whoever has asked them for their details.
    details_to_correct: String,
    /// The same where only some are asked for them there.
    details_perhaps: String,
    /// The same where they have been corrected, and differ still.
    details_again: String,
    address: String,
    unexplained: String,
}

impl Rejections {
    /// Nothing where there are no better words than those of the state.
    pub(super) fn of(&self, family: Family, correction: Correction) -> Option<&str> {
        Some(match family {
            Family::Photo => &self.photo,
            Family::Copy => &self.copy,
            Family::Face => &self.face,
            Family::Document => &self.document,
            Family::Expired => &self.expired,
            Family::Details => match correction {
                Correction::Never => &self.details,
                Correction::Perhaps => &self.details_perhaps,
                Correction::Possible => &self.details_to_correct,
                Correction::InVain => &self.details_again,
            },
            Family::Address => &self.address,
            Family::Unexplained => &self.unexplained,
            Family::Other => return None,
        })
    }
}

/// What the person is asked to agree to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentTexts {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) points: Vec<Said>,
    /// Who is responsible where the settings name nobody.
    pub(super) controller: String,
    pub(super) privacy: String,
    pub(super) notice: String,
    pub(super) agree: String,
    pub(super) refuse: String,
}

/// What is asked about the person's place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceTexts {
    pub(super) choose: String,
    pub(super) country: Question,
    pub(super) state: Question,
}

/// A question with two answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) first: String,
    pub(super) second: String,
}

/// What is said to a browser that did not begin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ElsewhereTexts {
    pub(super) asked: Said,
    pub(super) stopped: Said,
}

/// A question that is answered by choosing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) label: String,
    pub(super) refused: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct States {
    ready: Said,
    in_line: Said,
    starting: Said,
    at_vendor: Said,
    checking: Said,
    unconfirmed: Said,
    approved: Said,
    rejected: Said,
    review: Said,
    expired: Said,
    cancelled: Said,
    trouble: Said,
    exhausted: Said,
    full: Said,
    closed: Said,
}

/// Words on buttons and links.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Actions {
    pub(super) begin: String,
    pub(super) resume: String,
    pub(super) retry: String,
    pub(super) correct: String,
    pub(super) back: String,
    pub(super) cancel: String,
    pub(super) leave: String,
    pub(super) leave_waiting: String,
    pub(super) go_on: String,
    pub(super) reload: String,
    pub(super) own: String,
    pub(super) not_own: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    went_wrong: Said,
    not_found: Said,
    unavailable: Said,
    invalid: Said,
    taken: Said,
    expired: Said,
    finished: Said,
    wrong_browser: Said,
    misdirected: Said,
    no_attempts: Said,
    name: Said,
    birthdate: Said,
    no_cookies: Said,
}

impl Texts {
    pub(super) fn message(&self, message: Message) -> &Said {
        match message {
            Message::WentWrong => &self.messages.went_wrong,
            Message::NotFound => &self.messages.not_found,
            Message::Unavailable => &self.messages.unavailable,
            Message::Invalid => &self.messages.invalid,
            Message::Taken => &self.messages.taken,
            Message::Expired => &self.messages.expired,
            Message::Finished => &self.messages.finished,
            Message::WrongBrowser => &self.messages.wrong_browser,
            Message::Misdirected => &self.messages.misdirected,
            Message::NoAttempts => &self.messages.no_attempts,
            Message::Name => &self.messages.name,
            Message::Birthdate => &self.messages.birthdate,
            Message::NoCookies => &self.messages.no_cookies,
        }
    }

    pub(super) fn state(&self, state: State) -> &Said {
        match state {
            State::Ready => &self.states.ready,
            State::InLine => &self.states.in_line,
            State::Starting => &self.states.starting,
            State::AtVendor => &self.states.at_vendor,
            State::Checking => &self.states.checking,
            State::Unconfirmed => &self.states.unconfirmed,
            State::Approved => &self.states.approved,
            State::Rejected => &self.states.rejected,
            State::Review => &self.states.review,
            State::Expired => &self.states.expired,
            State::Cancelled => &self.states.cancelled,
            State::Trouble => &self.states.trouble,
            State::Exhausted => &self.states.exhausted,
            State::Full => &self.states.full,
            State::Closed => &self.states.closed,
        }
    }

    /// "Attempts left: 2". A number after a colon needs no plural in any of the languages.
    pub(super) fn attempts_left(&self, attempts: u32) -> String {
        self.attempts_left.replace("{n}", &attempts.to_string())
    }

    /// "People before you: 12".
    pub(super) fn people_before(&self, people: usize) -> String {
        self.people_before.replace("{n}", &people.to_string())
    }
}

const SOURCES: [&str; 5] = [
    include_str!("../../../ui/handler/locales/en.json"),
    include_str!("../../../ui/handler/locales/de.json"),
    include_str!("../../../ui/handler/locales/fr.json"),
    include_str!("../../../ui/handler/locales/es.json"),
    include_str!("../../../ui/handler/locales/ar.json"),
];

/// The sentences of a language; parsed when first needed.
#[expect(
    clippy::expect_used,
    reason = "the files are compiled in and a test reads each of them"
)]
pub(super) fn of(language: Language) -> &'static Texts {
    static TEXTS: [OnceLock<Texts>; 5] = [const { OnceLock::new() }; 5];
    let index = match language {
        Language::English => 0,
        Language::German => 1,
        Language::French => 2,
        Language::Spanish => 3,
        Language::Arabic => 4,
    };
    let (cell, source) = TEXTS
        .iter()
        .zip(SOURCES)
        .nth(index)
        .expect("one for each language");
    cell.get_or_init(|| serde_json::from_str(&unbroken(language, source)).expect("a whole set of sentences"))
}

/// French has spaces inside of its quotation marks and before some others, and no line may begin with one of those. The files
/// have ordinary ones, which are easier to write.
fn unbroken(language: Language, source: &str) -> Cow<'_, str> {
    if language != Language::French {
        return source.into();
    }
    let closing = [" ?", " !", " ;", " :", " »"];
    let joined = closing
        .into_iter()
        .fold(source.replace("« ", "«\u{a0}"), |text, mark| {
            text.replace(mark, &mark.replace(' ', "\u{a0}"))
        });
    joined.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_sentence_and_no_other() {
        for (language, source) in Language::ALL.into_iter().zip(SOURCES) {
            let texts: Texts = serde_json::from_str(source).unwrap_or_else(|e| panic!("{language:?}: {e}"));
            assert_eq!(texts.product, of(language).product);
            assert!(texts.attempts_left(2).contains('2'), "{language:?}");
            assert!(texts.people_before(12).contains("12"), "{language:?}");
        }
    }

    /// Sie, vous, usted: never du, tu, tú.
    #[test]
    fn people_are_spoken_to_in_one_voice() {
        let familiar: [(usize, &[&str]); 3] = [
            (
                1,
                &["du", "dich", "dir", "dein", "deine", "deinen", "deiner", "deines"],
            ),
            (2, &["tu", "toi", "ton", "ta", "tes"]),
            (
                3,
                &[
                    "tú", "tu", "tus", "ti", "te", "has", "eres", "estás", "puedes", "vienes", "tienes",
                ],
            ),
        ];
        for (index, words) in familiar {
            let text = SOURCES[index].to_lowercase();
            for word in text.split(|c: char| !c.is_alphabetic()) {
                assert!(!words.contains(&word), "{word} in {index}");
            }
        }
    }

    /// The check is one word in each language; Spanish has two to choose from.
    #[test]
    fn the_check_has_one_word() {
        let spanish = SOURCES[3].to_lowercase();
        assert!(spanish.contains("verificación") && !spanish.contains("comprob"));
    }

    #[test]
    fn no_french_line_begins_with_a_mark() {
        let said = of(Language::French);
        let asked = &said.elsewhere.asked;
        assert!(asked.title.ends_with("\u{a0}?"), "{}", asked.title);
        assert!(asked.text.contains("«\u{a0}{client}\u{a0}»"), "{}", asked.text);
        assert!(!of(Language::English).elsewhere.asked.text.contains('\u{a0}'));
    }

    #[test]
    fn no_sentence_is_left_in_english() {
        let english = serde_json::from_str::<serde_json::Value>(SOURCES[0]).unwrap();
        let said = |value: &serde_json::Value, part: &str, name: &str| value[part][name]["text"].clone();
        for source in &SOURCES[1..] {
            let other: serde_json::Value = serde_json::from_str(source).unwrap();
            for said in ["account", "sign_out", "signed_out", "still_signed_in"] {
                assert_ne!(english[said]["text"], other[said]["text"], "{said}");
            }
            for part in ["states", "messages", "elsewhere"] {
                for name in english[part].as_object().unwrap().keys() {
                    assert_ne!(said(&english, part, name), said(&other, part, name), "{name}");
                }
            }
        }
    }
}
