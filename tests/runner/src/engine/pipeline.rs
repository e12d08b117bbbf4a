//! Runs one technical profile that needs no person: transformations, input claims, the call, output claims,
//! transformations.

mod defaults;

pub use defaults::value_of;

use super::language::Texts;
use super::request::AuthorizationRequest;
use super::tokens::RefreshGrant;
use super::walk::{ProviderTokens, Walk};
use super::{Failure, Realm, transformations};
use crate::claims::{Bag, Value};
use crate::model::words::{DataType, EnabledFor};
use crate::model::{ClaimType, ClaimUse, ContentDefinition, Policy, TechnicalProfile};
use crate::profiles;
use crate::trace::{Kind, Recorder};
use defaults::default_of;
use serde_json::{Map, Value as Json};

/// What a technical profile sees besides the claims.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a> {
    /// The tenant.
    pub realm: &'a Realm,
    /// The merged policy.
    pub policy: &'a Policy,
    /// What the application asked for.
    pub request: &'a AuthorizationRequest,
    /// Correlation id.
    pub walk: &'a str,
    /// The refresh token's content, if one began the walk.
    pub refresh: Option<&'a RefreshGrant>,
    /// Tokens of outside providers.
    pub provider_tokens: &'a ProviderTokens,
    /// Whether the person asked to stay signed in.
    pub keep_signed_in: bool,
    /// The page a validation profile runs for.
    pub page: Option<OnPage<'a>>,
    /// Where it is written down.
    pub trace: &'a Recorder,
}

/// The page a validation profile runs for: it has the texts for the person.
#[derive(Debug, Clone, Copy)]
pub struct OnPage<'a> {
    /// The self-asserted profile.
    pub profile: &'a TechnicalProfile,
    /// The page's content definition.
    pub content: Option<&'a ContentDefinition>,
}

impl<'a> Stage<'a> {
    /// The stage of a walk, and its claims bag to work on.
    pub fn of(realm: &'a Realm, policy: &'a Policy, walk: &'a mut Walk) -> (Self, &'a mut Bag) {
        let stage = Self {
            realm,
            policy,
            request: &walk.request,
            walk: &walk.id,
            refresh: walk.refresh.as_ref(),
            provider_tokens: &walk.provider_tokens,
            keep_signed_in: walk.keep_signed_in,
            page: None,
            trace: &walk.trace,
        };
        (stage, &mut walk.claims)
    }

    /// The technical profile with this id.
    ///
    /// # Errors
    /// AADB2C90021 when the policy has none.
    pub fn profile(&self, id: &str) -> Result<&'a TechnicalProfile, Failure> {
        find_profile(self.policy, id)
    }

    /// The same stage for a validation profile of a page.
    #[must_use]
    pub fn on_page(self, page: OnPage<'a>) -> Self {
        Self {
            page: Some(page),
            ..self
        }
    }

    /// A text for the person: localised, else of the page's profile, else of the profile itself.
    #[must_use]
    pub fn message(&self, profile: &TechnicalProfile, key: &str) -> Option<String> {
        let page = self.page;
        let texts = Texts::of(self.policy, page.and_then(|page| page.content), self.request);
        let localized = texts.get("ErrorMessage", None, key).map(str::to_owned);
        let of_page = || page.and_then(|page| page.profile.meta(key)).map(str::to_owned);
        localized
            .or_else(of_page)
            .or_else(|| profile.meta(key).map(str::to_owned))
    }

    /// The data type of a claim; strings when the schema does not know it.
    #[must_use]
    pub fn kind_of(&self, claim: &str) -> DataType {
        self.policy
            .claim_types
            .get(claim)
            .map_or(DataType::String, ClaimType::kind)
    }
}

/// The technical profile with this id.
///
/// # Errors
/// AADB2C90021 when the policy has none.
pub fn find_profile<'p>(policy: &'p Policy, id: &str) -> Result<&'p TechnicalProfile, Failure> {
    policy.profiles.get(id).ok_or_else(|| {
        let text = format!(
            "The technical profile '{id}' doesn't exist in the policy '{}'.",
            policy.id
        );
        Failure::new("AADB2C90021", text)
    })
}

/// One input claim as the other side will see it.
#[derive(Debug, Clone)]
pub struct Input {
    /// The other side's name.
    pub partner: String,
    /// The claim.
    pub claim: String,
    /// Its value, when it has one.
    pub value: Option<Value>,
}

impl Input {
    /// The value of the input that the other side calls `partner`, whatever the case; empty when it has none.
    #[must_use]
    pub fn text_of(inputs: &[Self], partner: &str) -> String {
        let found = inputs
            .iter()
            .find(|input| input.partner.eq_ignore_ascii_case(partner));
        found
            .and_then(|input| input.value.as_ref())
            .map(Value::text)
            .unwrap_or_default()
    }
}

/// What a profile's handler gave back, by partner claim name.
pub type Returned = Map<String, Json>;

/// Runs a profile on a bag. On failure the bag keeps what transformations did before the call, as B2C's does.
///
/// # Errors
/// Whatever the profile's handler or an assertion says.
pub async fn run(stage: Stage<'_>, profile: &TechnicalProfile, bag: &mut Bag) -> Result<(), Failure> {
    let began = stage.trace.elapsed_ms();
    if let Some(why) = disabled(profile, bag) {
        stage
            .trace
            .entry(2, Kind::Skipped, format!("{}: {why}", profile.id))
            .write();
        return Ok(());
    }
    let before = bag.clone();
    let outcome = run_enabled(stage, profile, bag).await;
    let entry = stage
        .trace
        .entry(2, Kind::Profile, profile.id.clone())
        .since(began)
        .changes(&before, bag);
    let entry = entry.detail("handler", handler_name(profile));
    match &outcome {
        Ok(()) => entry.write(),
        Err(failure) => entry.detail("failed", failure.to_string()).write(),
    }
    outcome
}

async fn run_enabled(stage: Stage<'_>, profile: &TechnicalProfile, bag: &mut Bag) -> Result<(), Failure> {
    transformations::run_all(stage, profile, &profile.input_transformations, bag)?;
    let inputs = inputs(stage, profile, bag)?;
    let returned = profiles::call(stage, profile, &inputs, bag).await?;
    outputs(stage, profile, &returned, bag)?;
    transformations::run_all(stage, profile, &profile.output_transformations, bag)
}

fn handler_name(profile: &TechnicalProfile) -> String {
    profile
        .handler()
        .map_or_else(|| "none".to_owned(), |handler| format!("{handler:?}"))
}

/// Why `EnabledForUserJourneys` keeps a profile from running, if it does.
#[must_use]
pub fn disabled(profile: &TechnicalProfile, bag: &Bag) -> Option<String> {
    let claim = profile.meta("ClaimTypeOnWhichToEnable").unwrap_or_default();
    let item = profile.meta("ClaimValueOnWhichToEnable").unwrap_or_default();
    let contains = || match bag.get(claim) {
        Some(Value::Strings(items)) => items.iter().any(|found| found == item),
        Some(value) => value.text() == item,
        None => false,
    };
    let enabled = match profile.enabled_for {
        None | Some(EnabledFor::True | EnabledFor::Always) => true,
        Some(EnabledFor::False | EnabledFor::Never) => false,
        Some(EnabledFor::OnClaimsExistence) => bag.contains(claim),
        Some(EnabledFor::OnItemExistenceInStringCollectionClaim) => contains(),
        Some(EnabledFor::OnItemAbsenceInStringCollectionClaim) => !contains(),
    };
    let word = profile.enabled_for.map(EnabledFor::word).unwrap_or_default();
    (!enabled).then(|| {
        format!("EnabledForUserJourneys is {word} {claim} {item}")
            .trim_end()
            .to_owned()
    })
}

/// The profile's input claims with their values.
///
/// # Errors
/// AADB2C90273 when a default value is not of the claim's type.
pub fn inputs(stage: Stage<'_>, profile: &TechnicalProfile, bag: &Bag) -> Result<Vec<Input>, Failure> {
    let one = |claim: &ClaimUse| {
        let value = value_of(stage, profile, claim, bag)?;
        if claim.required && value.is_none() {
            stage.trace.warn(format!(
                "{}: the required input claim {} has no value",
                profile.id, claim.claim
            ));
        }
        Ok(Input {
            partner: claim.partner_name().to_owned(),
            claim: claim.claim.clone(),
            value,
        })
    };
    profile.input_claims.iter().map(one).collect()
}

/// Puts what came back into the bag, by the profile's output claims.
///
/// # Errors
/// AADB2C90273 when a value is not of its claim's type.
pub fn outputs(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    returned: &Returned,
    bag: &mut Bag,
) -> Result<(), Failure> {
    for claim in &profile.output_claims {
        if let Some(value) = output(stage, profile, claim, returned, bag)? {
            bag.set(&claim.claim, value);
        }
    }
    let Some(other) = &profile.include_claims_from else {
        return Ok(());
    };
    for claim in &stage.profile(&other.id)?.output_claims {
        if let Some(value) = output(stage, profile, claim, returned, bag)? {
            bag.set(&claim.claim, value);
        }
    }
    Ok(())
}

fn output(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    claim: &ClaimUse,
    returned: &Returned,
    bag: &Bag,
) -> Result<Option<Value>, Failure> {
    if claim.always_default
        && let Some(value) = default_of(stage, profile, claim, bag)?
    {
        return Ok(Some(value));
    }
    match returned.get(claim.partner_name()) {
        None if bag.contains(&claim.claim) => Ok(None),
        None => default_of(stage, profile, claim, bag),
        Some(Json::Null) => {
            let text = "is null: B2C refuses JSON null; leave the member out or give a default";
            stage
                .trace
                .warn(format!("{}: {} {text}", profile.id, claim.partner_name()));
            default_of(stage, profile, claim, bag)
        }
        Some(json) => {
            let kind = stage.kind_of(&claim.claim);
            let refused = |fault| {
                let text = format!("The claim '{}' received as {json} is {fault}.", claim.claim);
                Failure::new("AADB2C90273", text)
            };
            Value::from_json(kind, json).map(Some).map_err(refused)
        }
    }
}
