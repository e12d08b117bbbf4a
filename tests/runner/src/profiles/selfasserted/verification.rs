//! Codes on a page: old-style e-mail verification and display controls.

use super::{Form, posted, prefill, validate};
use crate::claims::{Bag, Value};
use crate::engine::fields::Control;
use crate::engine::pipeline::{OnPage, Stage};
use crate::engine::walk::PageState;
use crate::engine::{Failure, fields, language::Texts};
use crate::mailbox::{Channel, Message};
use crate::model::words::ControlKind;
use crate::profiles::onetimepassword::Plan;
use crate::trace::Kind;

/// The slot of the one-time codes that belongs to this page's address.
fn slot(claim: &str) -> String {
    format!("Verified.Email {}", claim.to_lowercase())
}

fn refused(text: &str) -> Failure {
    Failure::new("AADB2C90037", text).shown(text)
}

/// A text of the page in the person's language, else `otherwise`.
fn say(stage: Stage<'_>, place: OnPage<'_>, string: &str, otherwise: &str) -> Failure {
    let texts = Texts::of(stage.policy, place.content, stage.request);
    refused(texts.get("UxElement", None, string).unwrap_or(otherwise))
}

/// "Send verification code": mails a code for the address in `claim`.
///
/// # Errors
/// When the address is none, or codes were sent too often.
pub fn request_code(
    stage: Stage<'_>,
    place: OnPage<'_>,
    page: &mut PageState,
    claim: &str,
    address: &str,
) -> Result<(), Failure> {
    let kind = stage
        .policy
        .claim_types
        .get(claim)
        .ok_or_else(|| refused("There is no such field."))?;
    let pattern = kind.restriction.as_ref().and_then(|rule| rule.pattern.as_ref());
    let shaped = pattern.is_none_or(|pattern| fields::rules::matches(&pattern.regex, address));
    if !shaped || !address.contains('@') {
        let otherwise = "Please enter a valid email address.";
        return Err(say(stage, place, "ver_incorrect_format", otherwise));
    }
    page.verified.remove(&claim.to_lowercase());
    let code = stage.realm.codes.generate(
        stage.walk,
        &slot(claim),
        address,
        Plan::default(),
        stage.realm.clock.now(),
    );
    let code = code.map_err(|fault| say(stage, place, fault.ux(), fault.text()))?;
    stage.realm.mailbox.deliver(Message {
        channel: Channel::Email,
        to: address.to_owned(),
        subject: format!("Your verification code ({})", place.profile.id),
        code,
        sent_at: stage.realm.clock.now(),
    });
    stage
        .trace
        .entry(1, Kind::Submit, format!("verification code sent to {address}"))
        .write();
    Ok(())
}

/// "Verify code": checks a code that [`request_code`] sent.
///
/// # Errors
/// When it is wrong, too old or tried too often.
pub fn validate_code(
    stage: Stage<'_>,
    place: OnPage<'_>,
    page: &mut PageState,
    claim: &str,
    (address, code): (&str, &str),
) -> Result<(), Failure> {
    let now = stage.realm.clock.now();
    let outcome = stage
        .realm
        .codes
        .verify(stage.walk, &slot(claim), address, code, now);
    outcome.map_err(|fault| say(stage, place, fault.ux(), fault.text()))?;
    page.verified.insert(claim.to_lowercase(), address.to_owned());
    stage
        .trace
        .entry(1, Kind::Submit, format!("{address} verified"))
        .write();
    Ok(())
}

/// A button of a display control: runs the action's validation profiles on the control's claims.
///
/// # Errors
/// AADB2C90037 with a text for the page.
pub async fn control_action(
    stage: Stage<'_>,
    place: OnPage<'_>,
    page: &mut PageState,
    bag: &Bag,
    (control, action): (&str, &str),
    form: &Form,
) -> Result<(), Failure> {
    let definition = stage
        .policy
        .display_controls
        .get(control)
        .ok_or_else(|| refused("There is no such control."))?;
    let found = definition
        .actions
        .iter()
        .find(|known| known.id.eq_ignore_ascii_case(action));
    let found = found.ok_or_else(|| refused("There is no such action."))?;
    let mut scope = bag.clone();
    scope.extend(prefill(stage, place.profile, page, bag)?);
    for shown in &definition.display_claims {
        if let Some(text) = posted(form, &shown.claim) {
            let value = Value::parse(stage.kind_of(&shown.claim), &text);
            let value =
                value.map_err(|_| refused(&format!("The value of {} has a wrong form.", shown.claim)))?;
            scope.set(&shown.claim, value);
        }
    }
    stage
        .trace
        .entry(1, Kind::Submit, format!("{} of {}", found.id, definition.id))
        .write();
    let key = definition.id.to_lowercase();
    page.verified.remove(&key);
    validate(stage.on_page(place), &found.profiles, &mut scope).await?;
    for output in &definition.output_claims {
        if let Some(value) = scope.get(&output.claim) {
            page.control_claims.set(&output.claim, value.clone());
        }
    }
    if action.eq_ignore_ascii_case("VerifyCode") {
        page.verified.insert(
            key,
            shown_values(
                definition.display_claims.iter().map(|shown| shown.claim.as_str()),
                form,
            ),
        );
    }
    Ok(())
}

/// The values a control was verified with, without its code.
fn shown_values<'a>(claims: impl Iterator<Item = &'a str>, form: &Form) -> String {
    let values: Vec<String> = claims.filter_map(|claim| posted(form, claim)).collect();
    values.first().cloned().unwrap_or_default()
}

/// Whether a control asks nothing more: only verification controls with a `VerifyCode` action hold the page back, and only
/// for the values they were verified with.
pub(super) fn is_done(page: &PageState, control: &Control<'_>, form: &Form) -> bool {
    let definition = control.definition;
    let verifies = definition
        .actions
        .iter()
        .any(|action| action.id.eq_ignore_ascii_case("VerifyCode"));
    if definition.kind != ControlKind::VerificationControl || !verifies {
        return true;
    }
    let needed = control.fields.iter().any(|field| field.required);
    match page.verified.get(&definition.id.to_lowercase()) {
        Some(proven) => {
            let first = control
                .fields
                .first()
                .and_then(|field| posted(form, &field.claim));
            first.is_none_or(|first| first.eq_ignore_ascii_case(proven))
        }
        None => !needed,
    }
}
