//! Claims transformations: every method of Microsoft's reference.
//!
//! # Layout
//! - `methods`: the table of methods with the parts their claims and parameters play
//! - `call`: one call, reading claims and parameters by part
//! - the rest: the methods, by the reference's own chapters
//!
//! Where the reference is silent on an absent claim, a method writes nothing rather than guess; an assertion that
//! cannot be made fails. Methods are found whatever their case.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every method of the table has the same signature"
)]

mod booleans;
mod call;
mod collections;
mod dates;
mod dotnet;
mod general;
mod identities;
mod json;
mod methods;
mod numbers;
mod phones;
mod strings;

#[cfg(test)]
mod bench;

use time::OffsetDateTime;

use crate::{
    claims::{Bag, Value},
    model::{ClaimType, ClaimsTransformation, Policy, page::LocalizedResources, words::DataType},
};

pub use methods::{METHODS, Method, method};

/// What a transformation may look at besides claims.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The merged policy: claim types, restrictions, predicates, and the tenant's name.
    pub policy: &'a Policy,
    /// The technical profile that calls, for `{TechnicalProfileId}`.
    pub profile: &'a str,
    /// The time of the call.
    pub now: OffsetDateTime,
    /// The texts of the profile's page in the language of the journey.
    pub texts: Option<&'a LocalizedResources>,
    /// The bytes of a policy key, for `Hash`.
    pub key: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Fills a buffer with random bytes.
    pub random: &'a dyn Fn(&mut [u8]),
}

/// Why a transformation did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// An assertion failed: the person is told the text the calling self-asserted profile has under `message`, or a text
    /// of the page's localised `ErrorMessage` of that name, or `default`.
    #[error("{default}")]
    Refused {
        /// Metadata item of the calling profile, for example `UserMessageIfClaimsTransformationStringsAreNotEqual`.
        message: &'static str,
        /// Text if there is no other.
        default: &'static str,
    },
    /// The transformation could not be made: the journey ends with an error.
    #[error("{0}")]
    Broken(String),
}

/// Executes a transformation on the claims of a journey or of a page.
///
/// # Errors
/// [`Failure::Refused`] when an assertion fails, [`Failure::Broken`] when the transformation cannot be made. The bag is
/// unchanged then.
pub fn apply(
    transformation: &ClaimsTransformation,
    bag: &mut Bag,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let unknown = || {
        Failure::Broken(format!(
            "there is no transformation method {}",
            transformation.method
        ))
    };
    let method = method(&transformation.method).ok_or_else(unknown)?;
    let made = (method.run)(&call::Call {
        transformation,
        bag,
        context,
    })?;
    let mut changes: Vec<(String, Option<Value>)> = Vec::new();
    for output in &transformation.outputs {
        let role = if output.role.is_empty() {
            &output.claim
        } else {
            &output.role
        };
        let found = made.iter().find(|(made, _)| made.eq_ignore_ascii_case(role));
        if let Some((_, value)) = found {
            changes.push((
                output.claim.clone(),
                convert(value.as_ref(), &output.claim, context)?,
            ));
        }
    }
    for (claim, value) in changes {
        match value {
            Some(value) => bag.set(&claim, value),
            None => bag.remove(&claim),
        };
    }
    Ok(())
}

/// The value in the data type of the claim it is written to.
fn convert(value: Option<&Value>, claim: &str, context: &Context<'_>) -> Result<Option<Value>, Failure> {
    let Some(value) = value else { return Ok(None) };
    let kind = context
        .policy
        .claim_types
        .get(claim)
        .map_or(DataType::String, ClaimType::kind);
    let converted = value.convert(kind);
    converted
        .map(Some)
        .map_err(|error| Failure::Broken(format!("the result does not fit claim {claim}: {error}")))
}
