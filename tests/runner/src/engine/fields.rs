//! What a page asks for, and whether what came back is acceptable.

pub mod rules;

use super::language::Texts;
use super::pipeline::Stage;
use crate::claims::Bag;
use crate::model::claim::Choice;
use crate::model::profile::DisplayTarget;
use crate::model::words::UserInputType;
use crate::model::{ClaimType, DisplayControl, TechnicalProfile};

/// One input of a page.
#[derive(Debug, Clone)]
pub struct Field {
    /// The claim, which is also the element's id.
    pub claim: String,
    /// How it is asked for.
    pub input: UserInputType,
    /// Label.
    pub label: String,
    /// Help.
    pub help: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// What stands in it already.
    pub value: Option<String>,
    /// Pattern and its help.
    pub pattern: Option<(String, String)>,
    /// Choices of a list.
    pub choices: Vec<Choice>,
    /// Whether the address has to be verified with a code (`PartnerClaimType="Verified.Email"`).
    pub verify: bool,
    /// Part it plays in a display control, such as `VerificationCode`.
    pub control_type: Option<String>,
}

/// A display control with its fields.
#[derive(Debug, Clone)]
pub struct Control<'p> {
    /// Its definition.
    pub definition: &'p DisplayControl,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// Something a page shows, in order.
#[derive(Debug, Clone)]
pub enum Item<'p> {
    /// An input.
    Field(Box<Field>),
    /// A display control.
    Control(Control<'p>),
}

impl Item<'_> {
    /// The inputs in it.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Field(field) => std::slice::from_ref(field),
            Self::Control(control) => &control.fields,
        }
    }
}

/// What a page of this profile shows: display claims if there are any, else output claims that have an input type.
#[must_use]
pub fn items<'p>(
    stage: Stage<'p>,
    profile: &'p TechnicalProfile,
    texts: &Texts<'_>,
    prefill: &Bag,
) -> Vec<Item<'p>> {
    if profile.display_claims.is_empty() {
        return old_style(stage, profile, texts, prefill);
    }
    let shown = profile
        .display_claims
        .iter()
        .filter_map(|shown| match &shown.target {
            DisplayTarget::Claim(id) => {
                let verify = is_verified(profile, id);
                let field = field(stage, texts, id, prefill)?;
                Some(Item::Field(Box::new(Field {
                    required: shown.required,
                    verify,
                    ..field
                })))
            }
            DisplayTarget::Control(id) => control(stage, texts, id, prefill).map(Item::Control),
        });
    shown.collect()
}

fn old_style<'p>(
    stage: Stage<'p>,
    profile: &'p TechnicalProfile,
    texts: &Texts<'_>,
    prefill: &Bag,
) -> Vec<Item<'p>> {
    let shown = profile.output_claims.iter().filter_map(|claim| {
        let verify = is_verified(profile, &claim.claim);
        let field = field(stage, texts, &claim.claim, prefill)?;
        Some(Item::Field(Box::new(Field {
            required: claim.required,
            verify,
            ..field
        })))
    });
    shown.collect()
}

/// Old-style e-mail verification, unless the profile switches it off.
fn is_verified(profile: &TechnicalProfile, claim: &str) -> bool {
    let output = profile
        .output_claims
        .iter()
        .find(|output| output.claim.eq_ignore_ascii_case(claim));
    let verified = output.is_some_and(|output| output.partner_name().eq_ignore_ascii_case("Verified.Email"));
    verified && profile.meta_flag("EnforceEmailVerification", true)
}

fn control<'p>(stage: Stage<'p>, texts: &Texts<'_>, id: &str, prefill: &Bag) -> Option<Control<'p>> {
    let definition = stage.policy.display_controls.get(id)?;
    let one = |shown: &crate::model::page::ControlClaim| {
        let field = field(stage, texts, &shown.claim, prefill)?;
        Some(Field {
            required: shown.required,
            control_type: shown.control_type.clone(),
            ..field
        })
    };
    Some(Control {
        definition,
        fields: definition.display_claims.iter().filter_map(one).collect(),
    })
}

fn field(stage: Stage<'_>, texts: &Texts<'_>, claim: &str, prefill: &Bag) -> Option<Field> {
    let kind: &ClaimType = stage.policy.claim_types.get(claim)?;
    let input = kind.input_type?;
    let pattern = kind.restriction.as_ref().and_then(|rule| rule.pattern.as_ref());
    let texts_of = |string: &str| texts.get("ClaimType", Some(&kind.id), string).map(str::to_owned);
    let pattern_help =
        texts_of("PatternHelpText").or_else(|| pattern.and_then(|pattern| pattern.help.clone()));
    Some(Field {
        claim: kind.id.clone(),
        input,
        label: texts_of("DisplayName")
            .or_else(|| kind.display_name.clone())
            .unwrap_or_else(|| kind.id.clone()),
        help: texts_of("UserHelpText")
            .or_else(|| kind.user_help.clone())
            .filter(|help| !help.is_empty()),
        required: false,
        value: prefill.text(claim).filter(|_| input != UserInputType::Password),
        pattern: pattern.map(|pattern| (pattern.regex.clone(), pattern_help.unwrap_or_default())),
        choices: choices(texts, kind),
        verify: false,
        control_type: None,
    })
}

fn choices(texts: &Texts<'_>, kind: &ClaimType) -> Vec<Choice> {
    let localized = texts.collection(&kind.id);
    let own = kind.restriction.as_ref().map(|rule| rule.choices.as_slice());
    localized.or(own).unwrap_or_default().to_vec()
}

/// Whether the person may type into it.
#[must_use]
pub fn is_input(input: UserInputType) -> bool {
    !matches!(
        input,
        UserInputType::Readonly | UserInputType::Paragraph | UserInputType::Button
    )
}
