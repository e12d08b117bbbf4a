//! Runs a technical profile's claims transformations and writes down what they changed.

use super::Failure;
use super::language::Texts;
use super::pipeline::Stage;
use crate::claims::Bag;
use crate::model::{Reference, TechnicalProfile};
use crate::policy_keys::PolicyKey;
use crate::trace::Kind;
use crate::transform::{self, Context};

/// Runs transformations in order.
///
/// # Errors
/// A failed assertion, with the text the page's profile or its language has for it; anything that cannot be computed.
pub fn run_all(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    transformations: &[Reference],
    bag: &mut Bag,
) -> Result<(), Failure> {
    transformations
        .iter()
        .try_for_each(|reference| run(stage, profile, &reference.id, bag))
}

fn run(stage: Stage<'_>, profile: &TechnicalProfile, id: &str, bag: &mut Bag) -> Result<(), Failure> {
    let missing = || {
        Failure::new(
            "AADB2C90021",
            format!("the claims transformation '{id}' doesn't exist"),
        )
    };
    let transformation = stage.policy.transformations.get(id).ok_or_else(missing)?;
    let before = bag.clone();
    let outcome = apply(stage, profile, transformation, bag);
    let title = format!("{} ({})", transformation.id, transformation.method);
    let entry = stage
        .trace
        .entry(3, Kind::Transformation, title)
        .changes(&before, bag);
    match outcome {
        Ok(()) => {
            entry.write();
            Ok(())
        }
        Err(fault) => {
            entry.detail("failed", fault.to_string()).write();
            Err(failure(stage, profile, id, &fault))
        }
    }
}

fn apply(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    transformation: &crate::model::ClaimsTransformation,
    bag: &mut Bag,
) -> Result<(), transform::Failure> {
    let page = stage.page.and_then(|page| page.content).or_else(|| {
        stage
            .policy
            .content_definitions
            .get(profile.meta("ContentDefinitionReferenceId")?)
    });
    let texts = Texts::of(stage.policy, page, stage.request);
    let key = |name: &str| match stage.realm.keys.get(name).as_deref() {
        Some(PolicyKey::Secret(secret)) => Some(secret.expose().as_bytes().to_vec()),
        Some(PolicyKey::Rsa(key)) => key.to_pem().ok(),
        None => None,
    };
    let random = |buffer: &mut [u8]| buffer.fill_with(|| u8::from_be_bytes(loopback::random::bytes::<1>()));
    let context = Context {
        policy: stage.policy,
        profile: &profile.id,
        now: stage.realm.clock.now(),
        texts: texts.first(),
        key: &key,
        random: &random,
    };
    transform::apply(transformation, bag, &context)
}

fn failure(stage: Stage<'_>, profile: &TechnicalProfile, id: &str, fault: &transform::Failure) -> Failure {
    match fault {
        transform::Failure::Refused { message, default } => {
            let shown = stage
                .message(profile, message)
                .unwrap_or_else(|| (*default).to_owned());
            Failure::new("AADB2C90037", format!("claims transformation '{id}': {fault}")).shown(shown)
        }
        transform::Failure::Broken(_) => {
            Failure::new("AADB2C90277", format!("claims transformation '{id}': {fault}"))
        }
    }
}
