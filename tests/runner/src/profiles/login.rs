//! `login-NonInteractive`: the local account's password, checked in the directory.

use crate::claims::Value;
use crate::directory::DirectoryError;
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::model::TechnicalProfile;
use serde_json::{Value as Json, json};

pub(super) async fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
) -> Result<Returned, Failure> {
    let text = |name: &str| {
        let input = inputs
            .iter()
            .find(|input| input.partner.eq_ignore_ascii_case(name));
        input
            .and_then(|input| input.value.as_ref())
            .map(Value::text)
            .unwrap_or_default()
    };
    let found = stage
        .realm
        .directory
        .sign_in(&text("username"), &text("password"))
        .await;
    let account = found.map_err(|fault| refused(stage, profile, fault))?;
    let attribute = |name: &str| account.get(name).cloned().unwrap_or(Json::Null);
    let claims = json!({
        "oid": account.object_id(),
        "tid": stage.realm.tenant_id,
        "given_name": attribute("givenName"),
        "family_name": attribute("surname"),
        "name": attribute("displayName"),
        "upn": attribute("userPrincipalName"),
    });
    // A claim the account lacks is not in the id token at all.
    let Json::Object(claims) = claims else {
        return Ok(Returned::new());
    };
    Ok(claims.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

/// B2C's codes; the page's texts can make wrong password and unknown name read alike.
fn refused(stage: Stage<'_>, profile: &TechnicalProfile, fault: DirectoryError) -> Failure {
    let (code, message, key, text) = match fault {
        DirectoryError::Unknown(_) => (
            "AADB2C90053",
            "A user with the specified credential could not be found.",
            "UserMessageIfClaimsPrincipalDoesNotExist",
            "We can't seem to find your account.",
        ),
        DirectoryError::WrongPassword => (
            "AADB2C90054",
            "Invalid username or password.",
            "UserMessageIfInvalidPassword",
            "Your password is incorrect.",
        ),
        DirectoryError::Disabled => (
            "AADB2C90092",
            "The account is disabled.",
            "UserMessageIfUserAccountDisabled",
            "Your account has been locked. Contact your support person to unlock it, then try again.",
        ),
        other => return Failure::new("AADB2C90085", other.to_string()),
    };
    let shown = stage.message(profile, key).unwrap_or_else(|| text.to_owned());
    Failure::new(code, message).shown(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ground::Ground;
    use serde_json::Map;
    use std::pin::pin;
    use tokio::runtime::Builder;

    fn input(name: &str, text: &str) -> Input {
        Input {
            partner: name.to_owned(),
            claim: name.to_owned(),
            value: Some(Value::string(text)),
        }
    }

    /// The only thread for such work is busy, so a password that is hashed there waits; elsewhere it would be done.
    #[test]
    fn passwords_are_not_hashed_on_the_thread_that_serves() {
        let ground = Ground::new();
        let profile = TechnicalProfile::default();
        let inputs = [
            input("username", "ada@example.com"),
            input("password", "Passw0rd!"),
        ];
        let attributes = Map::from_iter([("signInNames.emailAddress".to_owned(), "ada@example.com".into())]);
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build();
        runtime.unwrap().block_on(async {
            ground
                .realm
                .directory
                .create(attributes, Some("Passw0rd!"))
                .await
                .unwrap();
            let (go, wait) = std::sync::mpsc::channel::<()>();
            let busy = tokio::task::spawn_blocking(move || wait.recv());
            let mut signing_in = pin!(call(ground.stage(), &profile, &inputs));
            assert!(futures::poll!(&mut signing_in).is_pending());
            drop(go);
            assert!(signing_in.await.is_ok());
            assert!(busy.await.is_ok());
        });
    }
}
