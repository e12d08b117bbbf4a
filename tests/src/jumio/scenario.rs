//! Scenarios: by name, what a check ends with and how Jumio behaves on the way.
//!
//! Beside the named ones, `<capability>/<LABEL>` (for example `liveness/NO_FACE_PRESENT`) lets everything pass but
//! that one capability, for every label Jumio has; `<capability>/<TYPE>/<LABEL>` does so for any type and label.

mod list;

pub use list::{Named, SCENARIOS};

use super::settings::Shape;
use super::verdict::{NOT_EXECUTED, Verdict};

/// So many letters are what a misspelt name still has in common with the right one.
const BEGINNING: usize = 3;

/// How a transaction ends when its scenario is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Captured, processed, result available.
    Processed,
    /// Begun and left.
    SessionExpired,
    /// Never opened.
    TokenExpired,
}

/// Something that happens to a transaction some time after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// The result turns into a rejection and another callback is sent.
    Reversal,
    /// Somebody deletes the transaction.
    Deletion,
}

/// Channels missing from the account reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The hosted page.
    Web,
    /// The mobile SDK.
    Sdk,
}

/// In whose earlier transactions the face is found, if the check says that it was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// It does not say.
    Unnamed,
    /// Those of the same account.
    Own,
    /// Those of all other accounts.
    Others,
}

/// How long Jumio takes for what was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As the settings say.
    Usual,
    /// Several times as long, with interim callbacks.
    Slow,
    /// For ever.
    Held,
}

/// All there is to know to play a scenario.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario's name.
    pub name: String,
    /// How it ends.
    pub ending: Ending,
    /// What the check concludes.
    pub verdict: Verdict,
    /// Variations in the JSON.
    pub shape: Shape,
    /// How long its processing takes.
    pub pace: Pace,
    /// The final callback comes before the result can be read.
    pub callback_first: bool,
    /// A channel switched off; matters only when the transaction is created.
    pub without: Option<Channel>,
    /// Where the face was seen before.
    pub face: Face,
    /// What happens later.
    pub afterwards: Option<Afterwards>,
    /// The portal's test message is sent too.
    pub portal_test: bool,
    /// Pictures sent before that could not be read.
    pub attempts: u32,
    /// The given names that the document says, whoever was registered.
    pub given_names: Option<&'static str>,
}

impl Default for Plan {
    /// Everything passes.
    fn default() -> Self {
        Self::pass("pass")
    }
}

impl Plan {
    /// The plan of a scenario; `None` for a name that is neither listed nor a known `<capability>/<LABEL>`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let pass = Self::pass(name);
        if let Some((capability, label)) = name.split_once('/') {
            let verdict = match label.split_once('/') {
                Some((kind, label)) => Verdict::but_as(capability, kind, label)?,
                None => Verdict::but(capability, &[label])?,
            };
            return Some(Self { verdict, ..pass });
        }
        SCENARIOS
            .iter()
            .find(|scenario| scenario.name == name)
            .map(|scenario| (scenario.plan)(pass))
    }

    /// The plan of the scenario that people of this given name play; upper and lower case are the same.
    #[must_use]
    pub fn of_given_name(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let scenario = SCENARIOS
            .iter()
            .find(|scenario| scenario.given_name.to_lowercase() == name)?;
        Self::named(scenario.name)
    }

    fn pass(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ending: Ending::Processed,
            verdict: Verdict::passed(),
            shape: Shape::default(),
            pace: Pace::Usual,
            callback_first: false,
            without: None,
            face: Face::Unnamed,
            afterwards: None,
            portal_test: false,
            attempts: 0,
            given_names: None,
        }
    }

    /// Capabilities and labels here come from the table; a wrong one gives a result that no test would take for a pass.
    fn but(self, capability: &str, labels: &[&str]) -> Self {
        let verdict =
            Verdict::but(capability, labels).unwrap_or_else(|| Verdict::overall(NOT_EXECUTED, -1.0));
        Self { verdict, ..self }
    }

    fn ending(self, ending: Ending, verdict: Verdict) -> Self {
        Self {
            ending,
            verdict,
            ..self
        }
    }

    fn shape(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }
}

/// What is said about a name that is no scenario's: which ones begin alike.
#[must_use]
pub fn unknown(name: &str) -> String {
    let beginning: String = name.trim().to_lowercase().chars().take(BEGINNING).collect();
    let is_alike = |text: &str| text.to_lowercase().starts_with(&beginning);
    let alike = SCENARIOS
        .iter()
        .filter(|one| is_alike(one.name) || is_alike(one.given_name));
    let alike: Vec<&str> = alike.map(|scenario| scenario.name).collect();
    if beginning.is_empty() || alike.is_empty() {
        return format!("there is no scenario {name:?}");
    }
    format!("there is no scenario {name:?}; perhaps {}", alike.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::super::verdict::REJECTED;
    use super::*;

    #[test]
    fn every_listed_scenario_has_a_plan_of_its_name() {
        for scenario in SCENARIOS {
            assert_eq!(Plan::named(scenario.name).unwrap().name, scenario.name);
        }
    }

    #[test]
    fn labels_in_the_list_are_labels_of_the_table() {
        for name in [
            "other-face",
            "fraud",
            "fraud-many",
            "unreadable",
            "unsupported-type",
            "unsupported-country",
        ] {
            let plan = Plan::named(name).unwrap();
            assert_eq!(plan.verdict.overall.kind, REJECTED, "{name}");
            assert!(!plan.verdict.capabilities.is_empty(), "{name}");
        }
    }

    #[test]
    fn a_capability_and_label_is_a_scenario() {
        let plan = Plan::named("liveness/NO_FACE_PRESENT").unwrap();
        assert_eq!(plan.verdict.overall.kind, REJECTED);
    }

    #[test]
    fn each_scenario_has_a_given_name_of_its_own_that_a_form_takes() {
        for scenario in SCENARIOS {
            let name = scenario.given_name;
            assert!(name.chars().all(|c| c.is_ascii_alphabetic()), "{name}");
            for written in [name, &name.to_uppercase(), &format!(" {name} ")] {
                assert_eq!(Plan::of_given_name(written).unwrap().name, scenario.name);
            }
        }
        assert!(Plan::of_given_name("Mira").is_none());
    }

    #[test]
    fn a_misspelt_name_is_told_with_what_begins_alike() {
        assert_eq!(unknown("Xyz"), "there is no scenario \"Xyz\"");
        assert!(unknown("approve").ends_with("\"; perhaps pass"));
        assert!(unknown("unreadible").ends_with("; perhaps unreadable"));
        assert_eq!(unknown(""), "there is no scenario \"\"");
    }

    #[test]
    fn an_invented_name_is_none() {
        assert!(Plan::named("approve").is_none());
        assert!(Plan::named("liveness/MATCH").is_none());
    }
}
