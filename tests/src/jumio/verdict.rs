//! What a check concluded: one decision for each capability and one for all.

use super::capability::{CAPABILITIES, Capability};

/// Jumio's decision types.
pub(super) const PASSED: &str = "PASSED";
pub(super) const WARNING: &str = "WARNING";
pub(super) const REJECTED: &str = "REJECTED";
pub(super) const NOT_EXECUTED: &str = "NOT_EXECUTED";

/// A decision with its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `PASSED`, `WARNING`, `REJECTED`, `NOT_EXECUTED`, or a word nobody has heard of.
    pub kind: String,
    /// Why.
    pub label: String,
}

impl Decision {
    pub(super) fn new(kind: &str, label: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            label: label.to_owned(),
        }
    }
}

/// The whole conclusion.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The decision about the workflow.
    pub overall: Decision,
    /// Its risk score, -1 to 100.
    pub score: f64,
    /// For each capability its decisions, in execution order.
    pub capabilities: Vec<(&'static str, Vec<Decision>)>,
}

impl Verdict {
    /// Everything checked, everything fine.
    pub(super) fn passed() -> Self {
        let usual = CAPABILITIES.iter().filter(|capability| capability.usual);
        let fine = |capability: &Capability| vec![Decision::new(PASSED, capability.passed)];
        Self {
            overall: Decision::new(PASSED, PASSED),
            score: 0.0,
            capabilities: usual
                .map(|capability| (capability.name, fine(capability)))
                .collect(),
        }
    }

    /// Nothing was executed.
    pub(super) fn not_executed(label: &str) -> Self {
        Self {
            overall: Decision::new(NOT_EXECUTED, label),
            score: -1.0,
            capabilities: Vec::new(),
        }
    }

    /// A decision about the workflow with no capability behind it.
    pub(super) fn overall(kind: &str, score: f64) -> Self {
        Self {
            overall: Decision::new(kind, kind),
            score,
            capabilities: Vec::new(),
        }
    }

    /// All capabilities pass but one, which ends with these labels; what depends on it is not executed.
    /// `None` when the capability does not exist or never says one of the labels.
    pub(super) fn but(name: &str, labels: &[&str]) -> Option<Self> {
        let capability = Capability::named(name)?;
        let decide = |label: &&str| Some(Decision::new(capability.decision_type(label)?, label));
        let decisions = labels.iter().map(decide).collect::<Option<Vec<_>>>()?;
        Some(Self::with(capability, decisions))
    }

    /// The same with a type that the label may never have had: tenants have rules of their own, and Jumio has new labels.
    /// `None` when there is no such capability or type.
    pub(super) fn but_as(name: &str, kind: &str, label: &str) -> Option<Self> {
        let capability = Capability::named(name)?;
        let is_type = [PASSED, WARNING, REJECTED, NOT_EXECUTED].contains(&kind);
        is_type.then(|| Self::with(capability, vec![Decision::new(kind, label)]))
    }

    fn with(capability: &'static Capability, decisions: Vec<Decision>) -> Self {
        let mut verdict = Self::passed();
        verdict.put(capability, decisions);
        verdict.stop_dependants();
        verdict.conclude();
        verdict
    }

    fn put(&mut self, capability: &'static Capability, decisions: Vec<Decision>) {
        match self
            .capabilities
            .iter_mut()
            .find(|(name, _)| *name == capability.name)
        {
            Some((_, existing)) => *existing = decisions,
            None => self.capabilities.push((capability.name, decisions)),
        }
    }

    /// A capability whose precondition is missing is not executed, and neither is what needs that one.
    fn stop_dependants(&mut self) {
        let mut stopped: Vec<&str> = Vec::new();
        for (name, decisions) in &mut self.capabilities {
            let Some(capability) = Capability::named(name) else {
                continue;
            };
            if capability.needs.iter().any(|needed| stopped.contains(needed)) {
                *decisions = vec![Decision::new(NOT_EXECUTED, "PRECONDITION_NOT_FULFILLED")];
            }
            if decisions.iter().any(|decision| stops(name, decision)) {
                stopped.push(name);
            }
        }
    }

    /// The default risk bands: one rejection rejects, one warning warns.
    fn conclude(&mut self) {
        let all = || {
            self.capabilities
                .iter()
                .flat_map(|(name, decisions)| decisions.iter().map(move |d| (*name, d)))
        };
        let has = |kind: &str| all().any(|(_, decision)| decision.kind == kind);
        let unusable = all().any(|(name, decision)| name == "usability" && decision.kind == WARNING);
        let (kind, score) = if has(REJECTED) || unusable {
            (REJECTED, 100.0)
        } else if has(WARNING) {
            (WARNING, 50.0)
        } else if has(NOT_EXECUTED) {
            (NOT_EXECUTED, -1.0)
        } else {
            (PASSED, 0.0)
        };
        self.overall = Decision::new(kind, kind);
        self.score = score;
    }
}

/// Whether what depends on this capability cannot run after this decision.
fn stops(capability: &str, decision: &Decision) -> bool {
    let warned = capability == "usability" && decision.kind == WARNING;
    warned || decision.kind == REJECTED || decision.kind == NOT_EXECUTED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision<'v>(verdict: &'v Verdict, name: &str) -> &'v Decision {
        &verdict
            .capabilities
            .iter()
            .find(|(capability, _)| *capability == name)
            .unwrap()
            .1[0]
    }

    #[test]
    fn an_unusable_document_stops_all_that_needs_it() {
        let verdict = Verdict::but("usability", &["BLURRED"]).unwrap();
        assert_eq!(verdict.overall, Decision::new(REJECTED, REJECTED));
        for stopped in ["imageChecks", "extraction", "dataChecks", "similarity"] {
            assert_eq!(
                decision(&verdict, stopped).label,
                "PRECONDITION_NOT_FULFILLED",
                "{stopped}"
            );
        }
        assert_eq!(decision(&verdict, "liveness").kind, PASSED);
    }

    #[test]
    fn an_unsupported_document_warns_and_is_rejected() {
        let verdict = Verdict::but("usability", &["UNSUPPORTED_DOCUMENT_TYPE"]).unwrap();
        assert_eq!(decision(&verdict, "usability").kind, WARNING);
        assert_eq!(verdict.overall.kind, REJECTED);
        assert_eq!(decision(&verdict, "extraction").kind, NOT_EXECUTED);
    }

    #[test]
    fn a_repeated_face_only_warns() {
        let verdict = Verdict::but("imageChecks", &["REPEATED_FACE"]).unwrap();
        assert_eq!((verdict.overall.kind.as_str(), verdict.score), (WARNING, 50.0));
        assert_eq!(decision(&verdict, "extraction").kind, PASSED);
    }

    #[test]
    fn every_label_of_the_table_makes_a_verdict() {
        for capability in CAPABILITIES {
            let all = [capability.rejected, capability.warning, capability.not_executed].concat();
            for label in all {
                let verdict = Verdict::but(capability.name, &[label]).unwrap();
                assert_ne!(verdict.overall.kind, PASSED, "{} {label}", capability.name);
            }
        }
    }

    #[test]
    fn a_type_may_go_with_any_label() {
        let verdict = Verdict::but_as("liveness", WARNING, "LIVENESS_UNDETERMINED").unwrap();
        assert_eq!(verdict.overall.kind, WARNING);
        assert!(Verdict::but_as("usability", REJECTED, "TOO_DARK").is_some());
        assert_eq!(Verdict::but_as("usability", "MAYBE", "OK"), None);
    }

    #[test]
    fn a_label_the_capability_never_says_makes_none() {
        assert_eq!(Verdict::but("similarity", &["BLURRED"]), None);
        assert_eq!(Verdict::but("telepathy", &["OK"]), None);
    }
}
