//! `SelfAssertedAttributeProvider`: a page that asks a person, and what is done with the answer.

mod verification;

pub use verification::{control_action, request_code, validate_code};

use crate::claims::{Bag, Value};
use crate::engine::fields::{self, Field, Item, rules};
use crate::engine::language::Texts;
use crate::engine::pipeline::{self, OnPage, Stage, value_of};
use crate::engine::walk::PageState;
use crate::engine::{Failure, steps, transformations};
use crate::model::TechnicalProfile;
use crate::model::profile::ValidationProfile;
use crate::model::words::{PreconditionAction, UserInputType};
use crate::trace::Kind;

/// How often a wrong answer is taken before the page gives up, unless `setting.retryLimit` says otherwise.
const RETRY_LIMIT: u32 = 7;

/// A form as posted.
pub type Form = [(String, String)];

/// Runs the input transformations and says whether the page has anything to show.
///
/// # Errors
/// When a transformation fails.
pub fn begin(stage: Stage<'_>, profile: &TechnicalProfile, bag: &mut Bag) -> Result<bool, Failure> {
    let before = bag.clone();
    transformations::run_all(stage, profile, &profile.input_transformations, bag)?;
    let entry = stage
        .trace
        .entry(2, Kind::Page, profile.id.clone())
        .changes(&before, bag);
    let texts = Texts::of(stage.policy, None, stage.request);
    let shows = !fields::items(stage, profile, &texts, &Bag::default()).is_empty();
    entry
        .detail(
            "page",
            if shows {
                "shown"
            } else {
                "not shown: no claim has a UserInputType"
            },
        )
        .write();
    Ok(shows)
}

/// What the page is filled with: input claims, then what display controls produced.
///
/// # Errors
/// When a default value is not of its claim's type.
pub fn prefill(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    page: &PageState,
    bag: &Bag,
) -> Result<Bag, Failure> {
    let mut filled = Bag::default();
    for input in pipeline::inputs(stage, profile, bag)? {
        if let Some(value) = input.value {
            filled.set(&input.claim, value);
        }
    }
    filled.extend(page.control_claims.clone());
    Ok(filled)
}

/// Whether a person has to fill anything in before the page can be passed.
#[must_use]
pub fn requires_input(stage: Stage<'_>, profile: &TechnicalProfile, page: &PageState, bag: &Bag) -> bool {
    let texts = Texts::of(stage.policy, None, stage.request);
    let filled = prefill(stage, profile, page, bag).unwrap_or_default();
    let items = fields::items(stage, profile, &texts, &filled);
    items
        .iter()
        .flat_map(Item::fields)
        .any(|field| field.required && fields::is_input(field.input))
}

/// Takes a posted form: checks each field, then runs the validation profiles. On success the page can be confirmed.
///
/// # Errors
/// A [`Failure`] whose `shown` text the page displays.
pub async fn submit(
    stage: Stage<'_>,
    place: OnPage<'_>,
    page: &mut PageState,
    bag: &Bag,
    form: &Form,
) -> Result<(), Failure> {
    let limit = place
        .profile
        .meta("setting.retryLimit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(RETRY_LIMIT);
    page.submitted = None;
    if page.failures >= limit {
        let text = "User has exceeded the maximum number for retries for step.";
        return Err(
            Failure::new("AADB2C90157", text).shown("You have exceeded the number of retries allowed.")
        );
    }
    let outcome = accept(stage, place, page, bag, form).await;
    match outcome {
        Ok(scope) => page.submitted = Some(scope),
        Err(failure) => {
            page.failures += 1;
            stage
                .trace
                .entry(2, Kind::Error, failure.to_string())
                .detail("shown", failure.shown.clone().unwrap_or_default())
                .write();
            return Err(failure);
        }
    }
    Ok(())
}

async fn accept(
    stage: Stage<'_>,
    place: OnPage<'_>,
    page: &PageState,
    bag: &Bag,
    form: &Form,
) -> Result<Bag, Failure> {
    let texts = Texts::of(stage.policy, place.content, stage.request);
    let filled = prefill(stage, place.profile, page, bag)?;
    let mut scope = bag.clone();
    scope.extend(filled.clone());
    let items = fields::items(stage, place.profile, &texts, &filled);
    let taking = Taking {
        stage,
        page,
        texts: &texts,
        form,
    };
    items.iter().try_for_each(|item| taking.item(item, &mut scope))?;
    note_unasked(stage, &items, form);
    passwords_match(&texts, &scope)?;
    let stage = stage.on_page(place);
    validate(stage, &place.profile.validations, &mut scope).await?;
    Ok(scope)
}

fn refused(text: impl Into<String>) -> Failure {
    let text = text.into();
    Failure::new("AADB2C90037", text.clone()).shown(text)
}

/// A posted form on its way into a page's scope.
struct Taking<'a> {
    stage: Stage<'a>,
    page: &'a PageState,
    texts: &'a Texts<'a>,
    form: &'a Form,
}

impl Taking<'_> {
    fn item(&self, item: &Item<'_>, scope: &mut Bag) -> Result<(), Failure> {
        if let Item::Control(control) = item
            && !verification::is_done(self.page, control, self.form)
        {
            return Err(refused("Verification is necessary before you continue."));
        }
        for field in item.fields() {
            // A control's code was checked by its own action and is no claim of the page.
            if field.control_type.as_deref() != Some("VerificationCode") {
                self.field(field, scope)?;
            }
        }
        Ok(())
    }

    fn field(&self, field: &Field, scope: &mut Bag) -> Result<(), Failure> {
        let posted = posted(self.form, &field.claim);
        if !fields::is_input(field.input) {
            return self.read_only(field, posted, scope);
        }
        let text = posted.unwrap_or_default();
        rules::check(self.stage, self.texts, field, &text).map_err(refused)?;
        let proven = self.page.verified.get(&field.claim.to_lowercase());
        if field.verify && proven.is_none_or(|proven| !proven.eq_ignore_ascii_case(&text)) {
            let text = self
                .texts
                .get("ErrorMessage", None, "UserMessageIfClaimNotVerified");
            let text = text.unwrap_or("Claim not verified: {0}");
            return Err(refused(text.replace("{0}", &field.label)));
        }
        if text.is_empty() {
            scope.remove(&field.claim);
            return Ok(());
        }
        set(self.stage, &field.claim, &text, scope)
    }

    /// B2C does not document that a read-only value cannot be posted changed; believe the worst.
    fn read_only(&self, field: &Field, posted: Option<String>, scope: &mut Bag) -> Result<(), Failure> {
        let Some(text) = posted.filter(|text| scope.text(&field.claim).as_ref() != Some(text)) else {
            return Ok(());
        };
        let note = "is read-only but was posted changed; Azure may take it, so it is taken";
        self.stage.trace.warn(format!("{} {note}", field.claim));
        set(self.stage, &field.claim, &text, scope)
    }
}

fn set(stage: Stage<'_>, claim: &str, text: &str, scope: &mut Bag) -> Result<(), Failure> {
    let value = Value::parse(stage.kind_of(claim), text);
    let value = value.map_err(|_| refused(format!("The value of {claim} has a wrong form.")))?;
    scope.set(claim, value);
    Ok(())
}

/// A posted field; several of one name, as check boxes are, become one text with commas.
fn posted(form: &Form, claim: &str) -> Option<String> {
    let values: Vec<&str> = form
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(claim))
        .map(|(_, value)| value.as_str())
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn note_unasked(stage: Stage<'_>, items: &[Item<'_>], form: &Form) {
    let asked = |name: &str| {
        items
            .iter()
            .flat_map(Item::fields)
            .any(|field| field.claim.eq_ignore_ascii_case(name))
            || name.eq_ignore_ascii_case("request_type")
    };
    for (name, _) in form.iter().filter(|(name, _)| !asked(name)) {
        stage.trace.warn(format!(
            "the form has a field {name} that the page does not ask for; it is ignored"
        ));
    }
}

/// B2C compares these two claims by their names.
fn passwords_match(texts: &Texts<'_>, scope: &Bag) -> Result<(), Failure> {
    match (scope.text("newPassword"), scope.text("reenterPassword")) {
        (Some(one), Some(two)) if one != two => {
            let text = texts.get("UxElement", None, "password_entry_mismatch");
            Err(refused(text.unwrap_or(
                "The password entry fields do not match. Enter the same password in both fields.",
            )))
        }
        _ => Ok(()),
    }
}

/// Runs validation profiles in order on the page's claims.
///
/// # Errors
/// The first failure of a profile without `ContinueOnError`.
pub async fn validate(
    stage: Stage<'_>,
    validations: &[ValidationProfile],
    scope: &mut Bag,
) -> Result<(), Failure> {
    for validation in validations {
        if skipped(stage, validation, scope) {
            continue;
        }
        let outcome = pipeline::run(stage, stage.profile(&validation.profile)?, scope).await;
        match outcome {
            Ok(()) if validation.continue_on_success => {}
            Ok(()) => break,
            Err(failure) if validation.continue_on_error => {
                stage.trace.warn(format!(
                    "{}: {failure}; ContinueOnError is true",
                    validation.profile
                ));
            }
            Err(failure) => return Err(for_person(stage, &validation.profile, failure)),
        }
    }
    Ok(())
}

/// Every failure of a validation has some text to show.
fn for_person(stage: Stage<'_>, profile: &str, failure: Failure) -> Failure {
    if failure.shown.is_some() {
        return failure;
    }
    let text = stage
        .policy
        .profiles
        .get(profile)
        .and_then(|profile| stage.message(profile, "DefaultMessage"));
    failure.shown(text.unwrap_or_else(|| "Unable to validate the information provided.".to_owned()))
}

fn skipped(stage: Stage<'_>, validation: &ValidationProfile, scope: &Bag) -> bool {
    for condition in &validation.preconditions {
        let text = scope.text(&condition.claim);
        let skips = condition.action == PreconditionAction::SkipThisValidationTechnicalProfile;
        if skips && condition.satisfied(text.as_deref()) {
            let entry = stage
                .trace
                .entry(2, Kind::Skipped, format!("{} skipped", validation.profile));
            entry
                .detail("because", steps::reason(condition, text.as_deref()))
                .write();
            return true;
        }
    }
    false
}

/// After the page was confirmed: output claims into the journey's bag (passwords stay behind), then the output
/// transformations.
///
/// # Errors
/// When a transformation fails.
pub fn finish(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    scope: &Bag,
    bag: &mut Bag,
) -> Result<(), Failure> {
    let before = bag.clone();
    for claim in &profile.output_claims {
        let input = stage
            .policy
            .claim_types
            .get(&claim.claim)
            .and_then(|kind| kind.input_type);
        if input == Some(UserInputType::Password) {
            continue;
        }
        if let Some(value) = value_of(stage, profile, claim, scope)? {
            bag.set(&claim.claim, value);
        }
    }
    transformations::run_all(stage, profile, &profile.output_transformations, bag)?;
    stage
        .trace
        .entry(2, Kind::Profile, format!("{} confirmed", profile.id))
        .changes(&before, bag)
        .write();
    Ok(())
}
