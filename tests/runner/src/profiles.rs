//! Technical profiles: one file for each kind of handler.
//!
//! [`call`] runs those that need no person. Pages ([`selfasserted`], [`phonefactor`]) and outside providers
//! ([`openidconnect`]) take part in a walk instead and are driven by [`crate::engine::steps`].

pub mod aad;
pub mod emailcode;
pub mod idtokenhint;
pub mod insights;
pub mod login;
pub mod mfa;
pub mod onetimepassword;
pub mod openidconnect;
pub mod phonefactor;
pub mod refreshtoken;
pub mod restful;
pub mod selfasserted;
pub mod userjourneycontext;

use crate::claims::Bag;
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::model::{Handler, TechnicalProfile};

/// Algorithms of tokens that others sign with a key they publish.
const KEY_ALGORITHMS: &[&str] = &["RS256", "RS512"];

/// Calls the handler of a profile that needs no person.
///
/// # Errors
/// Whatever the handler says; AADB2C90277 for a profile that needs a person.
pub async fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Returned, Failure> {
    let Some(handler) = profile.handler() else {
        return Err(Failure::unsupported(format_args!(
            "the protocol of '{}' ({})",
            profile.id, profile.span
        )));
    };
    match handler {
        Handler::Directory => aad::call(stage, profile, inputs, bag).await,
        Handler::Rest => restful::call(stage, profile, inputs, bag).await,
        Handler::PasswordGrant => login::call(stage, profile, inputs).await,
        Handler::Transformation | Handler::Framework => Ok(Returned::new()),
        Handler::JourneyContext => Ok(userjourneycontext::call(stage)),
        Handler::OneTimePassword => onetimepassword::call(stage, profile, inputs),
        Handler::EmailCode => emailcode::call(stage, profile, inputs),
        Handler::Mfa => mfa::call(stage, profile, inputs).await,
        Handler::Insights => Ok(insights::call(stage, profile, inputs)),
        Handler::IdTokenHint => idtokenhint::call(stage, profile).await,
        Handler::RefreshToken => refreshtoken::call(stage),
        Handler::SelfAsserted | Handler::PhoneFactor | Handler::OpenIdConnect | Handler::OAuth2 => {
            let text = format!(
                "the technical profile '{}' needs a person and cannot run here",
                profile.id
            );
            Err(Failure::new("AADB2C90277", text))
        }
        Handler::ConditionalAccess
        | Handler::Session(_)
        | Handler::OAuth1
        | Handler::Saml2
        | Handler::JwtIssuer
        | Handler::SamlIssuer
        | Handler::ErrorIssuer => Err(Failure::unsupported(format_args!(
            "{handler:?} as a claims exchange: '{}' ({})",
            profile.id, profile.span
        ))),
    }
}
