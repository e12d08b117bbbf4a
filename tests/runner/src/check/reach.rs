//! What a relying party can reach, and which claims are certainly set on the way.

use std::collections::{BTreeSet, HashSet};

use crate::model::{
    ClaimUse, ClaimsTransformation, Handler, Journey, Policy, RelyingParty, Step, TechnicalProfile,
    profile::DisplayTarget,
    words::{StepKind, SubJourneyKind},
};

/// Claim identifiers in lower case.
pub(super) type Claims = BTreeSet<String>;

/// How deep sub journeys may call each other before they are taken for a ring.
const DEPTH: usize = 8;

/// Journeys and technical profiles a relying party can reach.
pub(super) struct Reach<'a> {
    policy: &'a Policy,
    /// Journeys, then the sub journeys they invoke.
    pub(super) journeys: Vec<&'a Journey>,
    /// Profiles of steps, with all they call in turn.
    pub(super) profiles: Vec<&'a TechnicalProfile>,
}

impl<'a> Reach<'a> {
    /// Follows a policy from its relying party.
    pub(super) fn of(policy: &'a Policy) -> Self {
        let mut reach = Self {
            policy,
            journeys: Vec::new(),
            profiles: Vec::new(),
        };
        if let Some(party) = &policy.relying_party {
            let named = party.journey.iter().map(|journey| &journey.id);
            for id in named.chain(party.endpoints.iter().map(|endpoint| &endpoint.journey)) {
                reach.journey(policy.journeys.get(id));
            }
        }
        reach
    }

    /// The transformations the profiles call.
    pub(super) fn transformations(&self) -> Vec<&'a ClaimsTransformation> {
        let of = |profile: &&'a TechnicalProfile| {
            let lists = profile
                .input_transformations
                .iter()
                .chain(&profile.output_transformations);
            lists
                .filter_map(|name| self.policy.transformations.get(&name.id))
                .collect::<Vec<_>>()
        };
        let mut seen = HashSet::new();
        self.profiles
            .iter()
            .flat_map(of)
            .filter(|one| seen.insert(one.id.to_lowercase()))
            .collect()
    }

    fn journey(&mut self, journey: Option<&'a Journey>) {
        let Some(journey) = journey.filter(|one| !self.journeys.iter().any(|seen| std::ptr::eq(*seen, *one)))
        else {
            return;
        };
        self.journeys.push(journey);
        for step in &journey.steps {
            let issuer = step
                .issuer
                .iter()
                .chain(journey.default_issuer.iter().map(|issuer| &issuer.id));
            for profile in step
                .exchanges
                .iter()
                .map(|exchange| &exchange.profile)
                .chain(issuer)
            {
                self.profile(profile);
            }
            for candidate in &step.candidates {
                self.journey(self.policy.sub_journeys.get(&candidate.id));
            }
        }
    }

    fn profile(&mut self, id: &str) {
        let known = |one: &&TechnicalProfile| self.profiles.iter().any(|seen| std::ptr::eq(*seen, *one));
        let Some(profile) = self.policy.profiles.get(id).filter(|one| !known(one)) else {
            return;
        };
        self.profiles.push(profile);
        let others = profile
            .session
            .iter()
            .chain(&profile.include_claims_from)
            .map(|name| &name.id);
        for id in profile
            .validations
            .iter()
            .map(|validation| &validation.profile)
            .chain(others)
        {
            self.profile(id);
        }
        for display in &profile.display_claims {
            if let DisplayTarget::Control(id) = &display.target {
                self.control(id);
            }
        }
    }

    fn control(&mut self, id: &str) {
        let Some(control) = self.policy.display_controls.get(id) else {
            return;
        };
        for profile in control.actions.iter().flat_map(|action| &action.profiles) {
            self.profile(&profile.profile);
        }
    }
}

/// Before each step of a journey: the claims that are set whatever happened before.
pub(super) fn certain_before(policy: &Policy, journey: &Journey) -> Vec<Claims> {
    let mut certain = policy.relying_party.as_ref().map(given).unwrap_or_default();
    let before = |step: &Step| {
        let before = certain.clone();
        certain.extend(certain_of_step(policy, step, 0));
        before
    };
    journey.steps.iter().map(before).collect()
}

/// Claims a relying party has a value for before anything runs.
fn given(party: &RelyingParty) -> Claims {
    let inputs = party.profile.iter().flat_map(|profile| &profile.input_claims);
    inputs.filter(|claim| claim.default.is_some()).map(id).collect()
}

/// Claims a step certainly sets: nothing if it may be skipped or leaves a choice.
fn certain_of_step(policy: &Policy, step: &Step, depth: usize) -> Claims {
    if !step.preconditions.is_empty() || depth > DEPTH {
        return Claims::new();
    }
    match (step.kind, step.exchanges.as_slice(), step.candidates.as_slice()) {
        (StepKind::ClaimsExchange, [exchange], _) => policy
            .profiles
            .get(&exchange.profile)
            .map(|profile| certain_of(policy, profile))
            .unwrap_or_default(),
        (StepKind::InvokeSubJourney, _, [candidate]) => {
            let steps = policy
                .sub_journeys
                .get(&candidate.id)
                .map(|sub| sub.steps.as_slice())
                .unwrap_or_default();
            steps
                .iter()
                .flat_map(|step| certain_of_step(policy, step, depth + 1))
                .collect()
        }
        (StepKind::GetClaims, ..) => step
            .issuer
            .iter()
            .filter_map(|id| policy.profiles.get(id))
            .flat_map(|profile| certain_of(policy, profile))
            .collect(),
        _ => Claims::new(),
    }
}

/// Claims a profile certainly sets when it succeeds: defaults, what its page requires, what its transformations write.
fn certain_of(policy: &Policy, profile: &TechnicalProfile) -> Claims {
    let required = |claim: &&ClaimUse| {
        claim.default.is_some() || (claim.required && profile.handler() == Some(Handler::SelfAsserted))
    };
    let found = |claim: &&ClaimUse| {
        profile.handler() == Some(Handler::Directory)
            && profile.meta_flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false)
            && claim.claim.eq_ignore_ascii_case("objectId")
    };
    let outputs = profile
        .output_claims
        .iter()
        .filter(|claim| required(claim) || found(claim))
        .map(id);
    let transformations = profile
        .output_transformations
        .iter()
        .chain(&profile.input_transformations);
    let written = transformations.filter_map(|name| policy.transformations.get(&name.id));
    let written = written.flat_map(|one| one.outputs.iter().map(|claim| claim.claim.to_lowercase()));
    let validated = profile
        .validations
        .iter()
        .filter(|validation| validation.preconditions.is_empty() && !validation.continue_on_error)
        .filter_map(|validation| policy.profiles.get(&validation.profile))
        .flat_map(|inner| inner.output_claims.iter().filter(|claim| claim.default.is_some()))
        .map(id)
        .filter(|claim| profile.output_claims.iter().any(|own| id(own) == *claim));
    outputs.chain(written).chain(validated).collect()
}

/// Whether a step certainly ends the journey: an error, or a sub journey that does not come back.
pub(super) fn ends(policy: &Policy, step: &Step) -> bool {
    if !step.preconditions.is_empty() {
        return false;
    }
    match step.kind {
        StepKind::SendClaims => {
            let issuer = step.issuer.as_ref().and_then(|id| policy.profiles.get(id));
            issuer.is_some_and(|issuer| issuer.handler() == Some(Handler::ErrorIssuer))
        }
        StepKind::InvokeSubJourney => {
            let transfers = |id: &str| {
                let kind = policy.sub_journeys.get(id).map(|sub| sub.kind);
                kind == Some(crate::model::JourneyKind::Sub(SubJourneyKind::Transfer))
            };
            !step.candidates.is_empty() && step.candidates.iter().all(|candidate| transfers(&candidate.id))
        }
        _ => false,
    }
}

/// A claim's identifier in lower case.
pub(super) fn id(claim: &ClaimUse) -> String {
    claim.claim.to_lowercase()
}
