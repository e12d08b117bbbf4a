//! Commands for operators, on the services that the handler itself works with. They take the same settings, and write
//! nothing but facts.

use std::fmt::Write as _;

use time::format_description::well_known::Rfc3339;

use crate::checks::decide::Operator;
use crate::checks::erase::Erasure;
use crate::checks::sweep::Swept;
use crate::checks::{Checks, Error, ManualDecision, Reason};
use crate::clock::to_milliseconds;
use crate::ids::{PersonReference, VerificationId};

/// What an operator is told who has written something else.
pub(crate) const USAGE: &str = "\
handler                                  serves, as the Functions host starts it
handler timeline VERIFICATION            what happened to a verification, oldest first
handler decide VERIFICATION accept|refuse WHO WHY
                                         settles a review, or takes an approval back; WHO is an id and WHY a reason such
                                         as the number of a ticket: neither may be personal
handler find REFERENCE                   the verifications of a reference that a person reads from their page
handler allow VERIFICATION WHO WHY       allows its person further attempts
handler erase VERIFICATION WHO WHY       erases everything about its person, here and at the vendor
handler sweep                            does what the timer does
VERIFICATION is the idv_reference of a token, or verification.id of the log.
";

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// What happened to a verification.
    Timeline(VerificationId),
    /// A human's decision about it.
    Decide(VerificationId, ManualDecision),
    /// The verifications of a person's reference.
    Find(PersonReference),
    /// Further attempts for its person.
    Allow(VerificationId, Operator),
    /// Everything about its person goes.
    Erase(VerificationId, Operator),
    /// What has to be done when nobody asks.
    Sweep,
}

impl Command {
    /// Reads the words behind the program's name; where they are no command, what is wrong with them.
    pub(crate) fn parse(words: &[String]) -> Result<Self, &'static str> {
        let known = ["timeline", "decide", "find", "allow", "erase", "sweep"];
        let first = words.first().map(String::as_str);
        Self::read(words).ok_or(match first {
            Some(word) if known.contains(&word) && words.len() > 1 && Self::has_bad_id(words) => {
                "that is no id of a verification, or no reference of a person"
            }
            Some(word) if known.contains(&word) => "this command takes other words",
            _ => "there is no such command",
        })
    }

    /// The word behind the command is neither an id nor a reference.
    fn has_bad_id(words: &[String]) -> bool {
        let id = words.get(1).map(String::as_str).unwrap_or_default();
        id.parse::<VerificationId>().is_err() && id.parse::<PersonReference>().is_err()
    }

    fn read(words: &[String]) -> Option<Self> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Some(match words.as_slice() {
            ["timeline", id] => Self::Timeline(id.parse().ok()?),
            ["decide", id, word @ ("accept" | "refuse"), who, why] => {
                let manual = ManualDecision {
                    who: (*who).to_owned(),
                    why: (*why).to_owned(),
                    accepts: *word == "accept",
                };
                Self::Decide(id.parse().ok()?, manual)
            }
            ["allow", id, who, why] => Self::Allow(id.parse().ok()?, operator(who, why)),
            ["erase", id, who, why] => Self::Erase(id.parse().ok()?, operator(who, why)),
            ["find", reference] => Self::Find(reference.parse().ok()?),
            ["sweep"] => Self::Sweep,
            _ => return None,
        })
    }

    /// Does it; gives what the operator is told.
    ///
    /// # Errors
    /// As the operation.
    pub(crate) async fn perform(&self, checks: &Checks) -> Result<String, Error> {
        match self {
            Self::Timeline(id) => timeline(checks, *id).await,
            Self::Decide(id, manual) => {
                let outcome = checks.decide(*id, manual).await?;
                let reason = outcome.reason.as_ref().map_or("", Reason::as_str);
                Ok(format!("{id} is {} ({reason})\n", outcome.status.as_str()))
            }
            Self::Allow(id, operator) => {
                let left = checks.allow(*id, operator).await?;
                Ok(format!("attempts left: {left}\n"))
            }
            Self::Erase(id, operator) => Ok(match checks.erase(*id, operator).await? {
                Erasure::Done => "erased\n".to_owned(),
                Erasure::WaitsForVendor => {
                    "erased here; Jumio could not delete everything and is asked again by the next sweep\n"
                        .to_owned()
                }
            }),
            Self::Find(reference) => {
                let found = checks.referred(*reference).await?;
                let lines: Vec<String> = found.iter().map(|id| format!("{id}\n")).collect();
                Ok(lines.concat())
            }
            Self::Sweep => Ok(swept(checks.sweep().await?)),
        }
    }
}

fn operator(who: &str, why: &str) -> Operator {
    Operator {
        who: who.to_owned(),
        why: why.to_owned(),
    }
}

fn swept(swept: Swept) -> String {
    if swept.by_another {
        return "another process has swept within this minute\n".to_owned();
    }
    let Swept {
        ended,
        erased,
        removed,
        ..
    } = swept;
    format!(
        "starts that have ended: {ended}; erasures completed: {erased}; verifications removed: {removed}\n"
    )
}

async fn timeline(checks: &Checks, id: VerificationId) -> Result<String, Error> {
    let mut text = String::new();
    for moment in checks.timeline(id).await? {
        let attempt = moment
            .attempt
            .map_or(String::new(), |number| format!("attempt {number}: "));
        // Writing to a String cannot fail.
        let at = to_milliseconds(moment.at).format(&Rfc3339).unwrap_or_default();
        let _ = writeln!(text, "{at}  {attempt}{}", moment.event);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AAECAwQFBgcICQoLDA0ODw";

    fn parsed(words: &[&str]) -> Option<Command> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Command::parse(&words).ok()
    }

    #[test]
    fn whoever_writes_something_else_is_told_what_is_wrong() {
        let why = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            Command::parse(&words).unwrap_err()
        };
        assert!(why(&["serve"]).contains("no such command"));
        assert!(why(&["timeline", "AAEC"]).contains("no id"));
        assert!(why(&["timeline"]).contains("other words"));
        assert!(why(&["erase", ID]).contains("other words"));
    }

    #[test]
    fn commands_are_understood() {
        let id = ID.parse().unwrap();
        assert_eq!(parsed(&["timeline", ID]), Some(Command::Timeline(id)));
        let manual = ManualDecision {
            who: "op-7".to_owned(),
            why: "ticket 12".to_owned(),
            accepts: false,
        };
        let words = ["decide", ID, "refuse", "op-7", "ticket 12"];
        assert_eq!(parsed(&words), Some(Command::Decide(id, manual)));
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for words in [
            &["serve"][..],
            &["timeline"],
            &["timeline", "x"],
            &["timeline", ID, "more"],
            &["decide", ID, "perhaps", "op-7", "ticket 12"],
            &["decide", ID, "accept", "op-7"],
            &["erase", ID],
            &["find", "7QX4"],
            &["sweep", "now"],
        ] {
            assert_eq!(parsed(words), None, "{words:?}");
        }
    }
}
