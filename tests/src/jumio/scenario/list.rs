//! Every scenario that has a name.

use super::super::settings::Shape;
use super::super::verdict::{Decision, PASSED, REJECTED, Verdict};
use super::{Afterwards, Channel, Ending, Face, Pace, Plan};

/// A scenario's name and what the hosted page calls it.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The name in settings and in the control port.
    pub name: &'static str,
    /// A person of this given name plays it, whatever new transactions play otherwise.
    pub given_name: &'static str,
    /// A short explanation.
    pub title: &'static str,
    pub(super) plan: fn(Plan) -> Plan,
}

/// Every named scenario.
pub const SCENARIOS: &[Named] = &[
    Named {
        name: "pass",
        given_name: "Approved",
        title: "Approved",
        plan: |plan| plan,
    },
    Named {
        name: "misspelt",
        given_name: "Misspelt",
        title: "Document whose given name is Mira",
        plan: |p| Plan {
            given_names: Some("MIRA"),
            ..p
        },
    },
    Named {
        name: "other-face",
        given_name: "OtherFace",
        title: "Selfie shows somebody else",
        plan: |p| p.but("similarity", &["NO_MATCH"]),
    },
    Named {
        name: "fraud",
        given_name: "Rejected",
        title: "Manipulated document",
        plan: |p| p.but("imageChecks", &["MANIPULATED_DOCUMENT"]),
    },
    Named {
        name: "fraud-many",
        given_name: "FraudMany",
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
        given_name: "Unreadable",
        title: "Blurred picture",
        plan: |p| p.but("usability", &["BLURRED"]),
    },
    Named {
        name: "unsupported-type",
        given_name: "UnsupportedType",
        title: "Kind of document not accepted",
        plan: |p| p.but("usability", &["UNSUPPORTED_DOCUMENT_TYPE"]),
    },
    Named {
        name: "unsupported-country",
        given_name: "UnsupportedCountry",
        title: "Country of document not accepted",
        plan: |p| p.but("usability", &["UNSUPPORTED_COUNTRY"]),
    },
    Named {
        name: "warning",
        given_name: "Review",
        title: "Warning: face seen before",
        plan: |p| p.but("imageChecks", &["REPEATED_FACE"]),
    },
    Named {
        name: "repeated-face-own",
        given_name: "RepeatedFaceOwn",
        title: "Warning: face seen in this person’s earlier checks",
        plan: |p| Plan {
            face: Face::Own,
            ..p.but("imageChecks", &["REPEATED_FACE"])
        },
    },
    Named {
        name: "repeated-face-other",
        given_name: "RepeatedFaceOther",
        title: "Warning: face seen in other people’s checks",
        plan: |p| Plan {
            face: Face::Others,
            ..p.but("imageChecks", &["REPEATED_FACE"])
        },
    },
    Named {
        name: "technical-error",
        given_name: "TechnicalError",
        title: "A check could not run",
        plan: |p| p.but("dataChecks", &["TECHNICAL_ERROR"]),
    },
    Named {
        name: "never-opened",
        given_name: "NeverOpened",
        title: "Link never opened",
        plan: |p| p.ending(Ending::TokenExpired, Verdict::not_executed("TOKEN_EXPIRED")),
    },
    Named {
        name: "abandoned",
        given_name: "Expired",
        title: "Begun and left",
        plan: |p| p.ending(Ending::SessionExpired, Verdict::not_executed("SESSION_EXPIRED")),
    },
    Named {
        name: "abandoned-late",
        given_name: "AbandonedLate",
        title: "Begun, left after a picture that could not be read",
        plan: |p| Plan {
            attempts: 1,
            ..p.ending(Ending::SessionExpired, Verdict::not_executed("SESSION_EXPIRED"))
        },
    },
    Named {
        name: "expired-rejected",
        given_name: "ExpiredRejected",
        title: "Begun and left, with a rejecting decision",
        plan: |p| p.ending(Ending::SessionExpired, Verdict::overall(REJECTED, 100.0)),
    },
    Named {
        name: "nothing-checked",
        given_name: "NothingChecked",
        title: "Passed with no check configured",
        plan: |p| Plan {
            verdict: Verdict::overall(PASSED, 0.0),
            ..p
        },
    },
    Named {
        name: "no-face-match",
        given_name: "NoFaceMatch",
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
        given_name: "UnknownWords",
        title: "Decision in words nobody knows",
        plan: |mut p| {
            p.verdict.overall = Decision::new("PROBABLY", "LOOKS_FINE");
            p
        },
    },
    Named {
        name: "slow",
        given_name: "Slow",
        title: "Slow, with interim callbacks",
        plan: |p| Plan {
            pace: Pace::Slow,
            ..p
        },
    },
    Named {
        name: "held",
        given_name: "Pending",
        title: "Never decided, until somebody plays another end",
        plan: |p| Plan {
            pace: Pace::Held,
            ..p
        },
    },
    Named {
        name: "callback-before-result",
        given_name: "CallbackBeforeResult",
        title: "Callback before the result is readable",
        plan: |p| Plan {
            callback_first: true,
            ..p
        },
    },
    Named {
        name: "late-reversal",
        given_name: "LateReversal",
        title: "Approved, later rejected",
        plan: |p| Plan {
            afterwards: Some(Afterwards::Reversal),
            ..p
        },
    },
    Named {
        name: "deleted",
        given_name: "Deleted",
        title: "Approved, later deleted",
        plan: |p| Plan {
            afterwards: Some(Afterwards::Deletion),
            ..p
        },
    },
    Named {
        name: "portal-test",
        given_name: "PortalTest",
        title: "With the portal's test message",
        plan: |p| Plan {
            portal_test: true,
            ..p
        },
    },
    Named {
        name: "web-off",
        given_name: "WebOff",
        title: "Account reply without web link",
        plan: |p| Plan {
            without: Some(Channel::Web),
            ..p
        },
    },
    Named {
        name: "sdk-off",
        given_name: "SdkOff",
        title: "Account reply without SDK token",
        plan: |p| Plan {
            without: Some(Channel::Sdk),
            ..p
        },
    },
    Named {
        name: "shape-v3",
        given_name: "ShapeOld",
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
        given_name: "ShapeTypes",
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
        given_name: "ShapeMany",
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
        given_name: "ShapeOrder",
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
