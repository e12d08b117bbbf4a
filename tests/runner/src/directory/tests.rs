use super::*;
use serde_json::json;

fn directory() -> Directory {
    Directory::open("contoso.onmicrosoft.com", None, Clock::default()).unwrap()
}

fn map(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else {
        panic!("an object")
    };
    members
}

async fn with_mail(directory: &Directory, mail: &str) -> Result<Account, DirectoryError> {
    directory
        .create(
            map(json!({"signInNames.emailAddress": mail, "displayName": "Ada"})),
            Some("Passw0rd!"),
        )
        .await
}

#[tokio::test]
async fn a_new_account_is_enabled_and_named() {
    let account = with_mail(&directory(), "ada@example.com").await.unwrap();
    assert_eq!(account.get("accountEnabled"), Some(&json!(true)));
    let upn = account.get("userPrincipalName").unwrap().as_str().unwrap();
    assert_eq!(upn, format!("{}@contoso.onmicrosoft.com", account.object_id()));
}

#[tokio::test]
async fn a_taken_name_is_refused_in_any_case() {
    let directory = directory();
    with_mail(&directory, "ada@example.com").await.unwrap();
    assert!(matches!(
        with_mail(&directory, "ADA@example.com").await,
        Err(DirectoryError::Taken(_))
    ));
    assert_eq!(directory.accounts().len(), 1);
}

#[tokio::test]
async fn changing_to_a_taken_name_is_refused() {
    let directory = directory();
    with_mail(&directory, "ada@example.com").await.unwrap();
    let other = with_mail(&directory, "bob@example.com").await.unwrap();
    let wanted = map(json!({"signInNames.emailAddress": "ada@example.com"}));
    assert!(matches!(
        directory.change(other.object_id(), wanted, None).await,
        Err(DirectoryError::Taken(_))
    ));
    assert!(
        directory
            .find("signInNames.emailAddress", "bob@example.com")
            .is_some()
    );
}

#[tokio::test]
async fn sign_in_tells_unknown_wrong_and_disabled_apart() {
    let directory = directory();
    let account = with_mail(&directory, "ada@example.com").await.unwrap();
    assert!(directory.sign_in("Ada@Example.com", "Passw0rd!").await.is_ok());
    assert!(matches!(
        directory.sign_in("ada@example.com", "nope").await,
        Err(DirectoryError::WrongPassword)
    ));
    assert!(matches!(
        directory.sign_in("eve@example.com", "x").await,
        Err(DirectoryError::Unknown(_))
    ));
    directory
        .change(account.object_id(), map(json!({"accountEnabled": false})), None)
        .await
        .unwrap();
    assert!(matches!(
        directory.sign_in("ada@example.com", "Passw0rd!").await,
        Err(DirectoryError::Disabled)
    ));
}

#[tokio::test]
async fn an_account_without_password_signs_nobody_in() {
    let directory = directory();
    directory
        .create(map(json!({"signInNames.emailAddress": "a@example.com"})), None)
        .await
        .unwrap();
    assert!(matches!(
        directory.sign_in("a@example.com", "").await,
        Err(DirectoryError::WrongPassword)
    ));
}

#[tokio::test]
async fn custom_attributes_are_found_by_either_name_and_defined_by_the_first_write() {
    let directory = directory();
    let account = with_mail(&directory, "ada@example.com").await.unwrap();
    directory
        .change(
            account.object_id(),
            map(json!({"extension_idvStatus": "verified"})),
            None,
        )
        .await
        .unwrap();
    let account = directory.find("objectId", account.object_id()).unwrap();
    let graph = "extension_0123456789abcdef0123456789abcdef_idvStatus";
    assert_eq!(account.get(graph), Some(&json!("verified")));
    assert_eq!(directory.custom_attributes(), ["idvStatus"]);
}

#[tokio::test]
async fn null_removes_an_attribute() {
    let directory = directory();
    let account = with_mail(&directory, "ada@example.com").await.unwrap();
    let account = directory
        .change(account.object_id(), map(json!({"displayName": null})), None)
        .await
        .unwrap();
    assert!(account.get("displayName").is_none());
}

#[tokio::test]
async fn a_new_password_ends_earlier_refresh_tokens() {
    let clock = Clock::default();
    let directory = Directory::open("c.onmicrosoft.com", None, clock.clone()).unwrap();
    let before = with_mail(&directory, "ada@example.com").await.unwrap();
    clock.shift_s(60);
    let after = directory
        .change(before.object_id(), Map::new(), Some("An0ther!pw"))
        .await
        .unwrap();
    let name = "refreshTokensValidFromDateTime";
    assert!(after.get(name).unwrap().as_str() > before.get(name).unwrap().as_str());
    assert!(directory.sign_in("ada@example.com", "Passw0rd!").await.is_err());
}

#[tokio::test]
async fn one_alternative_security_id_is_found_among_several() {
    let directory = directory();
    directory
        .create(map(json!({"alternativeSecurityIds": ["one", "two"]})), None)
        .await
        .unwrap();
    assert!(directory.find("alternativeSecurityId", "two").is_some());
    let again = directory
        .create(map(json!({"alternativeSecurityId": "two"})), None)
        .await;
    assert!(matches!(again, Err(DirectoryError::Taken(_))));
}

#[tokio::test]
async fn the_file_keeps_accounts_but_no_password() {
    let state = tempfile::tempdir().unwrap();
    let open = || Directory::open("c.onmicrosoft.com", Some(state.path()), Clock::default()).unwrap();
    with_mail(&open(), "ada@example.com").await.unwrap();
    assert!(open().sign_in("ada@example.com", "Passw0rd!").await.is_ok());
    let text = std::fs::read_to_string(state.path().join("accounts.json")).unwrap();
    assert!(!text.contains("Passw0rd!"));
}

#[tokio::test]
async fn a_deleted_account_is_gone() {
    let directory = directory();
    let account = with_mail(&directory, "ada@example.com").await.unwrap();
    directory.delete(account.object_id()).unwrap();
    assert!(directory.find("objectId", account.object_id()).is_none());
    assert!(matches!(
        directory.delete(account.object_id()),
        Err(DirectoryError::Unknown(_))
    ));
}
