//! One call of a method: claims and parameters by the part they play.

use super::{Context, Failure};
use crate::{
    claims::{Bag, Value},
    model::ClaimsTransformation,
};

/// What a method makes: values by the part they play; `None` takes the claim away.
pub(super) type Made = Vec<(String, Option<Value>)>;

/// What a method answers.
pub(super) type Outcome = Result<Made, Failure>;

/// A method's input.
pub(super) struct Call<'a> {
    pub(super) transformation: &'a ClaimsTransformation,
    pub(super) bag: &'a Bag,
    pub(super) context: &'a Context<'a>,
}

/// One value for one part.
pub(super) fn one(role: &str, value: Value) -> Made {
    vec![(role.to_owned(), Some(value))]
}

/// A failure that ends the journey.
pub(super) fn broken(why: impl Into<String>) -> Failure {
    Failure::Broken(why.into())
}

impl Call<'_> {
    /// The claim that plays a part.
    pub(super) fn value(&self, role: &str) -> Option<&Value> {
        let inputs = &self.transformation.inputs;
        let input = inputs
            .iter()
            .find(|input| input.role.eq_ignore_ascii_case(role))?;
        self.bag.get(&input.claim)
    }

    /// Its text.
    pub(super) fn text(&self, role: &str) -> Option<String> {
        self.value(role).map(Value::text)
    }

    /// Its text, without which the method cannot work.
    pub(super) fn need(&self, role: &str) -> Result<String, Failure> {
        self.text(role)
            .ok_or_else(|| broken(format!("the claim for {role} has no value")))
    }

    /// Its boolean.
    pub(super) fn flag(&self, role: &str) -> Option<bool> {
        match self.value(role)? {
            Value::Boolean(flag) => Some(*flag),
            other => parse_flag(&other.text()),
        }
    }

    /// The items of a collection claim; none if it has no value.
    pub(super) fn strings(&self, role: &str) -> Vec<String> {
        match self.value(role) {
            Some(Value::Strings(items)) => items.clone(),
            Some(other) => vec![other.text()],
            None => Vec::new(),
        }
    }

    /// The texts of all input claims, in order; absent claims are empty.
    pub(super) fn all_texts(&self) -> Vec<String> {
        let inputs = &self.transformation.inputs;
        inputs
            .iter()
            .map(|input| self.bag.text(&input.claim).unwrap_or_default())
            .collect()
    }

    /// An input parameter.
    pub(super) fn parameter(&self, id: &str) -> Option<&str> {
        let parameters = &self.transformation.parameters;
        parameters
            .iter()
            .find(|parameter| parameter.id.eq_ignore_ascii_case(id))
            .map(|found| found.value.as_str())
    }

    /// An input parameter, without which the method cannot work.
    pub(super) fn need_parameter(&self, id: &str) -> Result<&str, Failure> {
        self.parameter(id)
            .ok_or_else(|| broken(format!("the parameter {id} is missing")))
    }

    /// A boolean parameter; the reference gives some of them the data type string.
    pub(super) fn switch(&self, id: &str, default: bool) -> bool {
        self.parameter(id).and_then(parse_flag).unwrap_or(default)
    }

    /// A whole-number parameter.
    pub(super) fn number(&self, id: &str) -> Result<Option<i64>, Failure> {
        let wrong = |text: &str| broken(format!("the parameter {id} is no whole number: {text}"));
        self.parameter(id)
            .map(|text| text.trim().parse().map_err(|_| wrong(text)))
            .transpose()
    }

    /// A parameter with the expressions of string transformations filled:
    /// `{TechnicalProfileId}`, `{RelyingPartyTenantId}`, `{TrustFrameworkTenantId}`, `{AuthenticatorIssuer}`.
    pub(super) fn expression(&self, text: &str) -> String {
        let tenant = &self.context.policy.tenant;
        text.replace("{TechnicalProfileId}", self.context.profile)
            .replace("{RelyingPartyTenantId}", tenant)
            .replace("{TrustFrameworkTenantId}", tenant)
            .replace("{AuthenticatorIssuer}", tenant)
    }

    /// A localised text of an element type.
    pub(super) fn localized(&self, element: &str, string: &str) -> Option<String> {
        self.context
            .texts
            .and_then(|texts| texts.text(element, None, string))
            .map(str::to_owned)
    }
}

fn parse_flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
