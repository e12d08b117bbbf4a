//! Every scenario that has a name.

use super::super::settings::Shape;
use super::super::verdict::{Decision, PASSED, REJECTED, Verdict};
use super::{Afterwards, Channel, Ending, Face, Plan};

/// A scenario's name and what the hosted page calls it.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The name in settings and in the control port.
    pub name: &'static str,
    /// A short explanation.
    pub title: &'static str,
    pub(super) plan: fn(Plan) -> Plan,
}

/// Every named scenario.
pub const SCENARIOS: &[Named] = &[
    Named {
        name: "pass",
        title: "Approved",
        plan: |plan| plan,
    },
    Named {
        name: "other-face",
        title: "Selfie shows somebody else",
        plan: |p| p.but("similarity", &["NO_MATCH"]),
    },
    Named {
        name: "fraud",
        title: "Manipulated document",
        plan: |p| p.but("imageChecks", &["MANIPULATED_DOCUMENT"]),
    },
    Named {
        name: "fraud-many",
        title: "Manipulated document, several findings",
        plan: |p| {
            p.but(
                "imageChecks",
                &["MANIPULATED_DOCUMENT_NAME", "MANIPULATED_DOCUMENT_PHOTO"],
            )
        },
    },
    Named {
        name: "unreadable",
        title: "Blurred picture",
        plan: |p| p.but("usability", &["BLURRED"]),
    },
    Named {
        name: "unsupported-type",
        title: "Kind of document not accepted",
        plan: |p| p.but("usability", &["UNSUPPORTED_DOCUMENT_TYPE"]),
    },
    Named {
        name: "unsupported-country",
        title: "Country of document not accepted",
        plan: |p| p.but("usability", &["UNSUPPORTED_COUNTRY"]),
    },
    Named {
        name: "warning",
        title: "Warning: face seen before",
        plan: |p| p.but("imageChecks", &["REPEATED_FACE"]),
    },
    Named {
        name: "repeated-face-own",
        title: "Warning: face seen in this person’s earlier checks",
        plan: |p| Plan {
            face: Face::Own,
            ..p.but("imageChecks", &["REPEATED_FACE"])
        },
    },
    Named {
        name: "repeated-face-other",
        title: "Warning: face seen in other people’s checks",
        plan: |p| Plan {
            face: Face::Others,
            ..p.but("imageChecks", &["REPEATED_FACE"])
        },
    },
    Named {
        name: "technical-error",
        title: "A check could not run",
        plan: |p| p.but("dataChecks", &["TECHNICAL_ERROR"]),
    },
    Named {
        name: "never-opened",
        title: "Link never opened",
        plan: |p| p.ending(Ending::TokenExpired, Verdict::not_executed("TOKEN_EXPIRED")),
    },
    Named {
        name: "abandoned",
        title: "Begun and left",
        plan: |p| p.ending(Ending::SessionExpired, Verdict::not_executed("SESSION_EXPIRED")),
    },
    Named {
        name: "abandoned-late",
        title: "Begun, left after a picture that could not be read",
        plan: |p| Plan {
            attempts: 1,
            ..p.ending(Ending::SessionExpired, Verdict::not_executed("SESSION_EXPIRED"))
        },
    },
    Named {
        name: "expired-rejected",
        title: "Begun and left, with a rejecting decision",
        plan: |p| p.ending(Ending::SessionExpired, Verdict::overall(REJECTED, 100.0)),
    },
    Named {
        name: "nothing-checked",
        title: "Passed with no check configured",
        plan: |p| Plan {
            verdict: Verdict::overall(PASSED, 0.0),
            ..p
        },
    },
    Named {
        name: "no-face-match",
        title: "Passed without comparing faces",
        plan: |mut p| {
            p.verdict
                .capabilities
                .retain(|(name, _)| !matches!(*name, "similarity" | "liveness"));
            p
        },
    },
    Named {
        name: "unknown-words",
        title: "Decision in words nobody knows",
        plan: |mut p| {
            p.verdict.overall = Decision::new("PROBABLY", "LOOKS_FINE");
            p
        },
    },
    Named {
        name: "slow",
        title: "Slow, with interim callbacks",
        plan: |p| Plan { slow: true, ..p },
    },
    Named {
        name: "callback-before-result",
        title: "Callback before the result is readable",
        plan: |p| Plan {
            callback_first: true,
            ..p
        },
    },
    Named {
        name: "late-reversal",
        title: "Approved, later rejected",
        plan: |p| Plan {
            afterwards: Some(Afterwards::Reversal),
            ..p
        },
    },
    Named {
        name: "deleted",
        title: "Approved, later deleted",
        plan: |p| Plan {
            afterwards: Some(Afterwards::Deletion),
            ..p
        },
    },
    Named {
        name: "portal-test",
        title: "With the portal's test message",
        plan: |p| Plan {
            portal_test: true,
            ..p
        },
    },
    Named {
        name: "web-off",
        title: "Account reply without web link",
        plan: |p| Plan {
            without: Some(Channel::Web),
            ..p
        },
    },
    Named {
        name: "sdk-off",
        title: "Account reply without SDK token",
        plan: |p| Plan {
            without: Some(Channel::Sdk),
            ..p
        },
    },
    Named {
        name: "shape-v3",
        title: "Approved, JSON without decision and steps",
        plan: |p| {
            p.shape(Shape {
                without_decision: true,
                ..Shape::default()
            })
        },
    },
    Named {
        name: "shape-types",
        title: "Approved, numbers as text and the reverse",
        plan: |p| {
            p.shape(Shape {
                swapped_types: true,
                fewer_digits: 3,
                ..Shape::default()
            })
        },
    },
    Named {
        name: "shape-many",
        title: "Approved, several entries for each capability",
        plan: |p| {
            p.shape(Shape {
                many_entries: true,
                ..Shape::default()
            })
        },
    },
    Named {
        name: "shape-order",
        title: "Approved, opposite order and unknown members",
        plan: |p| {
            p.shape(Shape {
                opposite_order: true,
                unknown_members: true,
                fewer_digits: 2,
                ..Shape::default()
            })
        },
    },
];
