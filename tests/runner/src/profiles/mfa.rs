//! `AzureMfaProtocolProvider`: codes by text or call, and authenticator apps, as local stand-ins.
//!
//! Texts and calls arrive in the mailbox page. Authenticator codes are real ones (RFC 6238: SHA-1, 30 s, 6 digits), kept as
//! an attribute of the account.

use super::onetimepassword::{CodeFault, Plan};
use crate::directory::account::Account;
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::mailbox::{Channel, Message};
use crate::model::TechnicalProfile;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Map, Value as Json, json};

const SLOT: &str = "mfa";
/// Attribute of the account that holds the authenticator's key, base32.
const KEY: &str = "runner_authenticatorKey";

pub(super) async fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
) -> Result<Returned, Failure> {
    let text = |partner: &str| Input::text_of(inputs, partner);
    match profile
        .meta("Operation")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "onewaysms" => send(stage, profile, Channel::Text, &text("phoneNumber")),
        "voice" | "twowayvoice" => send(stage, profile, Channel::Call, &text("phoneNumber")),
        "verify" => {
            let (number, code) = (text("phoneNumber"), text("verificationCode"));
            let outcome = stage
                .realm
                .codes
                .verify(stage.walk, SLOT, &number, &code, stage.realm.clock.now());
            outcome.map_err(|fault| refused(stage, profile, fault))?;
            Ok(Returned::new())
        }
        "getavailabledevices" => {
            let account = account(stage, &text("objectId"), &text("userPrincipalName"));
            let count = u8::from(account.is_some_and(|account| account.get(KEY).is_some()));
            Ok(Map::from_iter([(
                "numberOfAvailableDevices".to_owned(),
                json!(count),
            )]))
        }
        "beginverifyotp" => {
            let account = account(stage, &text("objectId"), &text("userPrincipalName"));
            let id = account.map_or_else(|| text("objectId"), |account| account.object_id().to_owned());
            let now = stage.realm.clock.now();
            stage.realm.codes.begin(stage.walk, (id, text("secretKey")), now);
            Ok(Returned::new())
        }
        "verifyotp" => {
            // As documented, this call has the code alone; who and which key, `BeginVerifyOTP` told.
            let (begun_id, begun_key) = stage.realm.codes.begun(stage.walk).unwrap_or_default();
            let or = |given: String, begun| if given.is_empty() { begun } else { given };
            let id = or(text("objectId"), begun_id);
            let key = or(text("secretKey"), begun_key);
            verify_app(stage, profile, &id, &key, &text("otpCode")).await
        }
        other => Err(Failure::unsupported(format_args!(
            "Operation '{other}' of '{}' ({})",
            profile.id, profile.span
        ))),
    }
}

fn send(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    channel: Channel,
    number: &str,
) -> Result<Returned, Failure> {
    let now = stage.realm.clock.now();
    let code = stage
        .realm
        .codes
        .generate(stage.walk, SLOT, number, Plan::default(), now);
    let code = code.map_err(|fault| refused(stage, profile, fault))?;
    let subject = format!("Your verification code ({})", profile.id);
    stage.realm.mailbox.deliver(Message {
        channel,
        to: number.to_owned(),
        subject,
        code,
        sent_at: now,
    });
    Ok(Returned::new())
}

fn refused(stage: Stage<'_>, profile: &TechnicalProfile, fault: CodeFault) -> Failure {
    let key = match fault {
        CodeFault::NoSession => "UserMessageIfCodeExpired",
        CodeFault::TooOften => "UserMessageIfMaxAllowedCodeRetryReached",
        CodeFault::Wrong => "UserMessageIfIncorrectCode",
        CodeFault::TooMany => "UserMessageIfThrottled",
    };
    let shown = stage
        .message(profile, key)
        .unwrap_or_else(|| fault.text().to_owned());
    Failure::new("AADB2C90037", format!("{fault:?}")).shown(shown)
}

/// The person's account, by either name that policies give.
fn account(stage: Stage<'_>, object_id: &str, principal: &str) -> Option<Account> {
    let directory = &stage.realm.directory;
    let by_id = directory.find("objectId", object_id);
    by_id.or_else(|| directory.find("userPrincipalName", principal))
}

/// Checks an authenticator's code; the first right one enrols the key.
async fn verify_app(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    object_id: &str,
    offered: &str,
    code: &str,
) -> Result<Returned, Failure> {
    let directory = &stage.realm.directory;
    let account = directory.find("objectId", object_id);
    let enrolled = account
        .as_ref()
        .and_then(|account| account.get(KEY)?.as_str().map(str::to_owned));
    let key = enrolled.clone().unwrap_or_else(|| offered.to_owned());
    let step = stage.realm.clock.now().unix_timestamp() / 30;
    // One step either way: clocks of phones differ.
    let right = [step - 1, step, step + 1]
        .iter()
        .any(|step| totp(&key, *step).is_some_and(|good| good == code.trim()));
    if !right {
        return Err(refused(stage, profile, CodeFault::Wrong));
    }
    if enrolled.is_none() && account.is_some() {
        let attributes = Map::from_iter([(KEY.to_owned(), Json::from(key))]);
        let changed = directory.change(object_id, attributes, None).await;
        changed.map_err(|fault| Failure::new("AADB2C90037", fault.to_string()))?;
    }
    Ok(Returned::new())
}

/// RFC 6238 over RFC 4226: the code of one time step.
fn totp(key: &str, step: i64) -> Option<String> {
    let key = PKey::hmac(&base32(key)?).ok()?;
    let counter = u64::try_from(step).ok()?.to_be_bytes();
    let mac = Signer::new(MessageDigest::sha1(), &key)
        .ok()?
        .sign_oneshot_to_vec(&counter)
        .ok()?;
    let offset = usize::from(mac.last()? & 0x0f);
    let part: [u8; 4] = mac.get(offset..offset + 4)?.try_into().ok()?;
    Some(format!(
        "{:06}",
        (u32::from_be_bytes(part) & 0x7fff_ffff) % 1_000_000
    ))
}

/// RFC 4648 §6, without padding; `None` when it is empty or something else.
fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (vec![], 0_u32, 0_u32);
    for character in text.trim_end_matches('=').bytes() {
        let value = match character.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, its 8 digits cut to 6; the key is the ASCII text "12345678901234567890".
        let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp(key, time / 30).as_deref(), Some(code));
        }
    }

    #[test]
    fn no_key_makes_no_code() {
        assert_eq!(totp("", 1), None);
        assert_eq!(totp("not base32!", 1), None);
    }
}
