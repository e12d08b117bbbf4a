//! `PhoneFactorProtocolProvider`: a page that texts or calls a phone; both arrive in the mailbox page.

use super::onetimepassword::{CodeFault, Plan};
use crate::claims::{Bag, Value};
use crate::engine::Failure;
use crate::engine::language::Texts;
use crate::engine::pipeline::{self, Returned, Stage};
use crate::engine::walk::PageState;
use crate::mailbox::{Channel, Message};
use crate::model::TechnicalProfile;
use crate::model::words::UserInputType;
use crate::page::{PageField, PageItem};
use crate::trace::Kind;
use serde_json::json;

const SLOT: &str = "phonefactor";
/// Where a page remembers the number it texted.
const NUMBER: &str = "phonefactor number";

fn refused(text: &str) -> Failure {
    Failure::new("AADB2C90037", text).shown(text)
}

/// The number the account has already.
fn known(stage: Stage<'_>, profile: &TechnicalProfile, bag: &Bag) -> Result<Option<String>, Failure> {
    let inputs = pipeline::inputs(stage, profile, bag)?;
    let number = inputs.iter().find(|input| {
        input
            .partner
            .eq_ignore_ascii_case("strongAuthenticationPhoneNumber")
    });
    Ok(number
        .and_then(|input| input.value.as_ref())
        .map(Value::text)
        .filter(|text| !text.is_empty()))
}

/// What the page shows: the number, fixed when the account has one.
///
/// # Errors
/// When a default value is not of its claim's type.
pub fn items(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    texts: &Texts<'_>,
    bag: &Bag,
) -> Result<Vec<PageItem>, Failure> {
    let known = known(stage, profile, bag)?;
    let label = texts
        .get("UxElement", None, "phoneNumber")
        .unwrap_or("Phone number");
    let input = if known.is_some() {
        UserInputType::Readonly
    } else {
        UserInputType::TextBox
    };
    Ok(vec![PageItem::Field(PageField {
        id: "number".to_owned(),
        input,
        label: label.to_owned(),
        help: String::new(),
        value: known.unwrap_or_default(),
        pattern: None,
        required: true,
        verify: false,
        verified: false,
        choices: vec![],
        control_type: None,
    })])
}

/// "Send code" and "Call me". A number the account has cannot be replaced by the page's.
///
/// # Errors
/// When the number is none or too many codes were sent.
pub fn send(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    page: &mut PageState,
    bag: &Bag,
    typed: &str,
    call: bool,
) -> Result<(), Failure> {
    let number = known(stage, profile, bag)?
        .unwrap_or_else(|| typed.chars().filter(|one| !" -()".contains(*one)).collect());
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if digits.len() < 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused("Please enter a valid phone number."));
    }
    let now = stage.realm.clock.now();
    let code = stage
        .realm
        .codes
        .generate(stage.walk, SLOT, &number, Plan::default(), now);
    let code = code.map_err(|fault| refused(fault.text()))?;
    let channel = if call { Channel::Call } else { Channel::Text };
    let subject = format!("Your verification code ({})", profile.id);
    stage.realm.mailbox.deliver(Message {
        channel,
        to: number.clone(),
        subject,
        code,
        sent_at: now,
    });
    stage
        .trace
        .entry(1, Kind::Submit, format!("code sent to {number}"))
        .write();
    page.verified.insert(NUMBER.to_owned(), number);
    Ok(())
}

/// "Verify code": the page can be confirmed afterwards.
///
/// # Errors
/// When the code is wrong, too old or tried too often.
pub fn verify(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    page: &mut PageState,
    bag: &Bag,
    code: &str,
) -> Result<(), Failure> {
    let number = page
        .verified
        .get(NUMBER)
        .cloned()
        .ok_or_else(|| refused(CodeFault::NoSession.text()))?;
    let outcome = stage
        .realm
        .codes
        .verify(stage.walk, SLOT, &number, code, stage.realm.clock.now());
    outcome.map_err(|fault| refused(fault.text()))?;
    let entered = known(stage, profile, bag)?.is_none();
    let mut returned = Returned::new();
    returned.insert("Verified.OfficePhone".to_owned(), json!(number));
    // Policies ask whether the claim exists, so it does only when there is a new number.
    if entered {
        returned.insert("newPhoneNumberEntered".to_owned(), json!(true));
    }
    let mut scope = bag.clone();
    pipeline::outputs(stage, profile, &returned, &mut scope)?;
    page.submitted = Some(scope);
    Ok(())
}
