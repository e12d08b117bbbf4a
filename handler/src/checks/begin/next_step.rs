//! What to do next when a check is begun: one decision, from facts alone.
//!
//! It has two halves, so that the subject's facts are read only where the verification's own do not say enough.

use crate::checks::facts::AttemptOf;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::earlier::Reusable;
use crate::checks::history::starts::Room;

/// Which attempt is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Which {
    /// The present one, or the first that is good enough for the authorization.
    Present,
    /// One after the attempt of this number, when that one has ended.
    After(u32),
}

/// What a verification knows by itself.
pub(in crate::checks) struct Own<'a> {
    pub(in crate::checks) which: Which,
    /// The attempt that counts, if it is good enough for the authorization.
    pub(in crate::checks) attempt: Option<&'a Attempt>,
    /// The address of its transaction at the vendor can be decrypted.
    pub(in crate::checks) can_go_on: bool,
}

/// The last start of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Latest {
    /// There is none, or another may follow.
    Concluded,
    /// Somebody calls the vendor right now.
    Leased,
    /// Its lease is over, or its owner dead, and there is no word of how it went.
    Abandoned(AttemptOf),
    /// Its transaction is open at the vendor.
    UnderWay(AttemptOf),
}

/// What a subject's facts say.
pub(in crate::checks) struct OfSubject {
    pub(in crate::checks) latest: Latest,
    /// Earlier checks elsewhere that save another one.
    pub(in crate::checks) reusable: Reusable,
    /// The last transaction, where the document named somebody else, and this sign-in says who was meant.
    pub(in crate::checks) correctable: Option<AttemptOf>,
    /// Whether one more start is allowed.
    pub(in crate::checks) room: Room,
    /// Its number: the one after the last that was seen.
    pub(in crate::checks) next: u32,
    /// Only a later start is of use: number of the verification's present attempt, or of the last one that was there when
    /// a fresh check was demanded; 0 for none.
    pub(in crate::checks) after: u32,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum NextStep {
    /// Say how things are.
    Tell,
    /// Send the browser to the vendor's page.
    GoOn,
    /// Use this transaction too.
    Join(AttemptOf),
    /// Use this finished transaction too, and compare it with other details.
    Correct(AttemptOf),
    /// Look what became of this start.
    Recover(AttemptOf),
    /// Give up waiting for this transaction: it cannot be used here.
    Supersede(AttemptOf),
    /// Make the start of this number.
    Start(u32),
    /// Wait for whoever is starting one.
    Wait,
    /// There is nothing to try again.
    NotRetryable,
    /// No attempts are left.
    Exhausted,
    /// No starts are left, though attempts are.
    OutOfStarts,
}

/// What a verification's own facts say is next; nothing when it needs a transaction.
pub(in crate::checks) fn by_own(own: &Own<'_>) -> Option<NextStep> {
    let attempt = own.attempt?;
    let Some(decision) = &attempt.decision else {
        return match attempt.has_transaction {
            true if attempt.captured => Some(NextStep::Tell),
            // With its keys gone, only another transaction helps.
            true if own.can_go_on => Some(NextStep::GoOn),
            _ => None,
        };
    };
    match own.which {
        Which::After(number) if attempt.number <= number => {
            (!decision.conclusion.is_retryable()).then_some(NextStep::NotRetryable)
        }
        Which::Present | Which::After(_) => Some(NextStep::Tell),
    }
}

/// What is next for a verification that needs a transaction.
pub(in crate::checks) fn by_subject(facts: &OfSubject) -> NextStep {
    if let Some(of) = facts.reusable.approval {
        return NextStep::Join(of);
    }
    match facts.latest {
        // Also for whoever wants a fresh one: nobody has been sent to it yet.
        Latest::Leased => NextStep::Wait,
        Latest::Abandoned(of) => NextStep::Recover(of),
        Latest::UnderWay(of) if of.attempt > facts.after => NextStep::Join(of),
        Latest::UnderWay(of) => NextStep::Supersede(of),
        Latest::Concluded => concluded(facts),
    }
}

/// Nothing is paid for what can be had otherwise, so it needs no room.
fn concluded(facts: &OfSubject) -> NextStep {
    let open = facts.reusable.review.or(facts.reusable.passed_over);
    match (open, facts.correctable, facts.room) {
        (Some(of), _, _) => NextStep::Join(of),
        (None, Some(of), _) => NextStep::Correct(of),
        (None, None, Room::Free) => NextStep::Start(facts.next),
        (None, None, Room::UsedUp) => NextStep::Exhausted,
        (None, None, Room::NoStarts) => NextStep::OutOfStarts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VerificationId;

    const OF: AttemptOf = AttemptOf {
        id: VerificationId([7; 16]),
        attempt: 3,
    };

    fn facts(latest: Latest) -> OfSubject {
        OfSubject {
            latest,
            reusable: Reusable::default(),
            correctable: None,
            room: Room::Free,
            next: 4,
            after: 0,
        }
    }

    #[test]
    fn one_transaction_at_a_time() {
        for (latest, step) in [
            (Latest::Concluded, NextStep::Start(4)),
            (Latest::Leased, NextStep::Wait),
            (Latest::Abandoned(OF), NextStep::Recover(OF)),
            (Latest::UnderWay(OF), NextStep::Join(OF)),
        ] {
            assert_eq!(by_subject(&facts(latest)), step);
        }
    }

    #[test]
    fn what_was_there_before_is_not_joined() {
        for (after, step) in [
            (OF.attempt - 1, NextStep::Join(OF)),
            (OF.attempt, NextStep::Supersede(OF)),
        ] {
            let facts = OfSubject {
                after,
                ..facts(Latest::UnderWay(OF))
            };
            assert_eq!(by_subject(&facts), step);
        }
    }

    #[test]
    fn who_is_being_reviewed_pays_nothing_more() {
        let reusable = Reusable {
            approval: None,
            review: Some(OF),
            passed_over: None,
        };
        let facts = OfSubject {
            reusable,
            ..facts(Latest::Concluded)
        };
        assert_eq!(by_subject(&facts), NextStep::Join(OF));
    }

    #[test]
    fn what_a_fresh_check_has_passed_over_is_open_to_others() {
        let reusable = Reusable {
            passed_over: Some(OF),
            ..Reusable::default()
        };
        let facts = OfSubject {
            reusable,
            ..facts(Latest::Concluded)
        };
        assert_eq!(by_subject(&facts), NextStep::Join(OF));
    }

    #[test]
    fn who_has_no_room_may_still_join() {
        for room in [Room::UsedUp, Room::NoStarts] {
            let facts = OfSubject {
                room,
                ..facts(Latest::UnderWay(OF))
            };
            assert_eq!(by_subject(&facts), NextStep::Join(OF));
        }
    }

    #[test]
    fn who_has_no_room_may_still_correct_what_was_registered() {
        for room in [Room::Free, Room::UsedUp, Room::NoStarts] {
            let facts = OfSubject {
                room,
                correctable: Some(OF),
                ..facts(Latest::Concluded)
            };
            assert_eq!(by_subject(&facts), NextStep::Correct(OF));
        }
    }

    #[test]
    fn failures_are_not_the_person_s() {
        for (room, step) in [
            (Room::UsedUp, NextStep::Exhausted),
            (Room::NoStarts, NextStep::OutOfStarts),
        ] {
            let facts = OfSubject {
                room,
                ..facts(Latest::Concluded)
            };
            assert_eq!(by_subject(&facts), step);
        }
    }
}
