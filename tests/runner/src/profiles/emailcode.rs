//! `AadSsprProtocolProvider`: e-mails a code and checks it; the mail arrives in the mailbox page.

use super::onetimepassword::{CodeFault, Plan};
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::mailbox::{Channel, Message};
use crate::model::TechnicalProfile;

const SLOT: &str = "sspr";

pub(super) fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
) -> Result<Returned, Failure> {
    let text = |partner: &str| Input::text_of(inputs, partner);
    let (realm, now, address) = (stage.realm, stage.realm.clock.now(), text("emailAddress"));
    match profile
        .meta("Operation")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "sendcode" => {
            let code = realm
                .codes
                .generate(stage.walk, SLOT, &address, Plan::default(), now);
            let code = code.map_err(|fault| refused(stage, profile, fault))?;
            let subject = format!("Your verification code ({})", profile.id);
            realm.mailbox.deliver(Message {
                channel: Channel::Email,
                to: address,
                subject,
                code,
                sent_at: now,
            });
        }
        "verifycode" => {
            let outcome = realm
                .codes
                .verify(stage.walk, SLOT, &address, &text("verificationCode"), now);
            outcome.map_err(|fault| refused(stage, profile, fault))?;
        }
        other => {
            return Err(Failure::unsupported(format_args!(
                "Operation '{other}' of '{}' ({})",
                profile.id, profile.span
            )));
        }
    }
    Ok(Returned::new())
}

fn refused(stage: Stage<'_>, profile: &TechnicalProfile, fault: CodeFault) -> Failure {
    let key = match fault {
        CodeFault::NoSession => "UserMessageIfVerificationCodeExpired",
        CodeFault::TooOften => "UserMessageIfMaxRetryAttempted",
        CodeFault::Wrong => "UserMessageIfInvalidCode",
        CodeFault::TooMany => "UserMessageIfThrottled",
    };
    let shown = stage
        .message(profile, key)
        .unwrap_or_else(|| fault.text().to_owned());
    Failure::new("AADB2C90037", format!("{fault:?}")).shown(shown)
}
