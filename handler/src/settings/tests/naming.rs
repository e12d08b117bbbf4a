//! Settings that are called otherwise than they should be, or point elsewhere.

use super::*;

#[test]
fn what_is_missing_and_there_under_another_name_is_told_by_both() {
    let map = least()
        .without("JumioSettings:WorkflowKey")
        .with("Jumio:WorkflowKey", "10011");
    let faults = Settings::load_at_start(&map).unwrap_err();
    let faults: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    let misspelt = "Jumio:WorkflowKey is not a setting; the nearest is JumioSettings:WorkflowKey";
    assert_eq!(faults, ["JumioSettings:WorkflowKey is missing", misspelt]);
    let remarks = Settings::load(&least().with("Client:0:Id", "b2c"))
        .unwrap()
        .remarks;
    let misspelt = "Client:0:Id is not a setting; the nearest is Clients:0:Id".to_owned();
    assert!(remarks.contains(&misspelt), "{remarks:?}");
}

#[test]
fn an_unresolved_key_vault_reference_is_not_taken_for_a_secret() {
    let reference = "@Microsoft.KeyVault(SecretUri=https://kv1.vault.azure.net/secrets/x)";
    refused(least(), "JumioSettings:AuthPassword", reference);
}

#[test]
fn misspelt_names_are_remarked_on_and_others_are_not_ours() {
    let map = least()
        .with("AppSettings:PublicURL", "x")
        .with("Clients:0:Nmae", "x")
        .with("AzureWebJobsStorage", "x")
        .with("Other:Key", "x");
    let remarks = Settings::load(&map).unwrap().remarks.join("\n");
    assert!(remarks.contains("AppSettings:PublicURL is not") && remarks.contains("Clients:0:Nmae is not"));
    assert!(!remarks.contains("AzureWebJobsStorage") && !remarks.contains("Other:Key"));
}
