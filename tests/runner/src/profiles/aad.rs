//! `AzureActiveDirectoryProvider`: reads and writes accounts of the local directory.

use crate::claims::{Bag, Value};
use crate::directory::DirectoryError;
use crate::directory::account::Account;
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage, value_of};
use crate::model::{ClaimUse, TechnicalProfile};
use serde_json::{Map, Value as Json};

/// The account a profile is about: the key's name in the directory and its value.
struct Key {
    name: String,
    value: String,
}

pub(super) async fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Returned, Failure> {
    let key = key(profile, inputs)?;
    let found = stage.realm.directory.find(&key.name, &key.value);
    match profile
        .meta("Operation")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "read" => read(stage, profile, &key, found),
        "write" => write(stage, profile, &key, found, bag).await,
        "deleteclaims" => delete_claims(stage, profile, &key, found).await,
        "deleteclaimsprincipal" => delete(stage, profile, &key, found),
        other => Err(Failure::unsupported(format_args!(
            "Operation '{other}' of '{}' ({})",
            profile.id, profile.span
        ))),
    }
}

fn key(profile: &TechnicalProfile, inputs: &[Input]) -> Result<Key, Failure> {
    let [input] = inputs else {
        let text = format!(
            "the technical profile '{}' must have exactly one input claim, the key",
            profile.id
        );
        return Err(Failure::new("AADB2C90277", text));
    };
    let value = input
        .value
        .as_ref()
        .map(Value::text)
        .filter(|text| !text.is_empty());
    let value = value.ok_or_else(|| {
        let text = format!("the key claim '{}' of '{}' has no value", input.claim, profile.id);
        Failure::new("AADB2C90277", text)
    })?;
    Ok(Key {
        name: input.partner.clone(),
        value,
    })
}

fn does_not_exist(stage: Stage<'_>, profile: &TechnicalProfile, key: &Key) -> Failure {
    let shown = stage.message(profile, "UserMessageIfClaimsPrincipalDoesNotExist");
    let text = format!(
        "User does not exist. Please sign up before you can sign in. ({})",
        key.name
    );
    let failure = Failure::new("AADB2C99002", text);
    failure
        .shown(shown.unwrap_or_else(|| "An account could not be found for the provided user ID.".to_owned()))
}

fn already_exists(stage: Stage<'_>, profile: &TechnicalProfile, key: &str) -> Failure {
    let shown = stage.message(profile, "UserMessageIfClaimsPrincipalAlreadyExists");
    let failure = Failure::new(
        "AADB2C90037",
        format!("an account with this {key} exists already"),
    );
    let text = || "A user with the specified ID already exists. Please choose a different one.".to_owned();
    failure.shown(shown.unwrap_or_else(text))
}

fn refused(stage: Stage<'_>, profile: &TechnicalProfile, fault: DirectoryError) -> Failure {
    match fault {
        DirectoryError::Taken(key) => already_exists(stage, profile, &key),
        other => Failure::new("AADB2C90037", other.to_string()),
    }
}

fn read(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    key: &Key,
    found: Option<Account>,
) -> Result<Returned, Failure> {
    match found {
        Some(account) => Ok(returned(profile, &account, false)),
        None if profile.meta_flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false) => {
            Err(does_not_exist(stage, profile, key))
        }
        None => Ok(Returned::new()),
    }
}

async fn write(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    key: &Key,
    found: Option<Account>,
    bag: &Bag,
) -> Result<Returned, Failure> {
    let (attributes, password) = persisted(stage, profile, found.as_ref(), bag)?;
    let directory = &stage.realm.directory;
    let (account, created) = match found {
        Some(_) if profile.meta_flag("RaiseErrorIfClaimsPrincipalAlreadyExists", false) => {
            return Err(already_exists(stage, profile, &key.name));
        }
        None if profile.meta_flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false) => {
            return Err(does_not_exist(stage, profile, key));
        }
        Some(account) => (
            directory
                .change(account.object_id(), attributes, password.as_deref())
                .await,
            false,
        ),
        None => (directory.create(attributes, password.as_deref()).await, true),
    };
    let account = account.map_err(|fault| refused(stage, profile, fault))?;
    Ok(returned(profile, &account, created))
}

/// The attributes to write, and the password, which never becomes an attribute.
fn persisted(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    found: Option<&Account>,
    bag: &Bag,
) -> Result<(Map<String, Json>, Option<String>), Failure> {
    let (mut attributes, mut password) = (Map::new(), None);
    for claim in &profile.persisted_claims {
        let Some(value) = value_of(stage, profile, claim, bag)? else {
            continue;
        };
        let name = claim.partner_name();
        let exists = found.is_some_and(|account| account.get(name).is_some());
        if name.eq_ignore_ascii_case("password") {
            password = Some(value.text());
        } else if claim.overwrite || !exists {
            attributes.insert(name.to_owned(), stored(name, &value));
        }
    }
    Ok((attributes, password))
}

/// Sign-in names are kept in lower case, as the directory compares them.
fn stored(name: &str, value: &Value) -> Json {
    if name.to_ascii_lowercase().starts_with("signinnames.") {
        return Json::from(value.text().to_lowercase());
    }
    match value {
        // One alternative security id is an opaque text to the directory.
        Value::Identity(identity) => Json::from(identity.json().to_string()),
        Value::Identities(items) => {
            Json::Array(items.iter().map(|item| item.json().to_string().into()).collect())
        }
        other => other.json(),
    }
}

async fn delete_claims(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    key: &Key,
    found: Option<Account>,
) -> Result<Returned, Failure> {
    let account = found.ok_or_else(|| does_not_exist(stage, profile, key))?;
    let names = profile
        .persisted_claims
        .iter()
        .map(|claim| claim.partner_name().to_owned());
    let gone: Map<String, Json> = names
        .filter(|name| !name.eq_ignore_ascii_case(&key.name))
        .map(|name| (name, Json::Null))
        .collect();
    let directory = &stage.realm.directory;
    let changed = directory.change(account.object_id(), gone, None).await;
    changed
        .map(|account| returned(profile, &account, false))
        .map_err(|fault| refused(stage, profile, fault))
}

fn delete(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    key: &Key,
    found: Option<Account>,
) -> Result<Returned, Failure> {
    match found {
        Some(account) => {
            stage
                .realm
                .directory
                .delete(account.object_id())
                .map_err(|fault| refused(stage, profile, fault))?;
            Ok(Returned::new())
        }
        None if profile.meta_flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false) => {
            Err(does_not_exist(stage, profile, key))
        }
        None => Ok(Returned::new()),
    }
}

/// The account's attributes under the names the profile's output claims ask for.
fn returned(profile: &TechnicalProfile, account: &Account, created: bool) -> Returned {
    let one = |name: &str| match name.to_ascii_lowercase().as_str() {
        "objectid" => Some(Json::from(account.object_id())),
        "newclaimsprincipalcreated" => Some(Json::from(created)),
        _ => account.get(name).cloned(),
    };
    let names = profile.output_claims.iter().map(ClaimUse::partner_name);
    names
        .filter_map(|name| Some((name.to_owned(), one(name)?)))
        .collect()
}
