//! What a value may be.

use super::*;

#[test]
fn keys_must_be_long_enough() {
    refused(least(), "AppSettings:StateKey", "c2hvcnQ=");
    refused(least(), "AppSettings:StateKey", "not base64!");
}

#[test]
fn numbers_must_be_within_their_range() {
    refused(least(), "Verification:CodeLifeSeconds", "601");
    refused(least(), "Verification:CodeLifeSeconds", "9");
    refused(least(), "Verification:CodeLifeSeconds", "-60");
    refused(least(), "Verification:CodeLifeSeconds", "60s");
    refused(least(), "Verification:MaxAttempts", "0");
    refused(least(), "Verification:MaxStarts", "2");
    refused(least(), "Verification:StartLeaseSeconds", "12");
    refused(least(), "Verification:LineSeconds", "9");
    refused(least(), "JumioSettings:CreatesPerSecond", "0");
    refused(least(), "Spend:MaxStartsPerDay", "1000001");
    refused(least(), "Spend:MaxStartsPerBrowserPerDay", "0");
    refused(least(), "Spend:KnownMaxStartsPerDay", "0");
    refused(least(), "Verification:PollMarksSeconds", "60 40");
}

#[test]
fn that_nothing_is_begun_is_remarked_on() {
    let closed = |value: &str| Settings::load(&least().with("Verification:Closed", value)).unwrap();
    assert!(closed("true").limits.closed);
    assert!(closed("true").remarks.concat().contains("Verification:Closed"));
    assert!(!closed("false").remarks.concat().contains("Verification:Closed"));
    refused(least(), "Verification:Closed", "perhaps");
}

#[test]
fn words_must_be_among_those_known() {
    refused(least(), "Verification:OnWarning", "perhaps");
    refused(least(), "Verification:OnMismatch", "approve");
    refused(least(), "Verification:RequiredChecks", "usability likeness");
    refused(least(), "JumioSettings:Region", "mars-1");
    refused(least(), "AppSettings:DefaultLanguage", "tlh");
    refused(least(), "FactStore:Location", "tape:");
    refused(least(), "FactStore:Location", "file:");
    refused(
        least(),
        "FactStore:Location",
        "az:http://account.blob.core.windows.net/facts",
    );
    refused(
        least(),
        "FactStore:Location",
        "az:https://account.blob.core.windows.net/",
    );
}

#[test]
fn what_jumio_would_refuse_is_refused_here() {
    refused(least(), "JumioSettings:UserAgent", "no version at all");
    refused(least(), "JumioSettings:UserAgent", "Exämple-Bank idv/1.0");
    refused(least(), "JumioSettings:WorkflowKey", "10 164");
    refused(least(), "JumioSettings:DefaultCountry", "USA");
    refused(least(), "JumioSettings:DefaultCountry", "de");
    refused(
        least(),
        "JumioSettings:AuthBaseUrl",
        "http://auth.emea-1.jumio.ai",
    );
}

#[test]
fn lists_have_no_commas_and_addresses_may() {
    let map = with_client(least());
    for uris in [
        "https://a.example.com/cb,https://b.example.com/cb",
        "https://a.example.com/cb, https://b.example.com/cb",
        "https://a.example.com/cb;https://b.example.com/cb",
        "https://a.example.com/cb,",
    ] {
        let faults = faults(&map.clone().with("Clients:0:RedirectUris", uris));
        let [fault] = faults.as_slice() else {
            panic!("{faults:?}")
        };
        assert!(
            fault.starts_with("Clients:0:RedirectUris must have white space"),
            "{fault}"
        );
    }
    let one = map.with("Clients:0:RedirectUris", "https://a.example.com/cb?x=1,2;3");
    assert_eq!(Settings::load(&one).unwrap().clients[0].redirect_uris.len(), 1);
    refused(least(), "Verification:RequiredChecks", "usability,liveness");
    let entra = least()
        .with("VerifyAuth:EntraIssuer", "https://login.example.com/t/v2.0")
        .with("VerifyAuth:EntraAudience", "api://x");
    refused(entra, "VerifyAuth:EntraAppIds", "app-1,app-2");
}

#[test]
fn a_blob_container_may_come_with_a_key_and_others_may_not() {
    let container = least().with(
        "FactStore:Location",
        "az:http://127.0.0.1:10000/devstoreaccount1/facts",
    );
    let store = Settings::load(&container.with("FactStore:AccountKey", KEY))
        .unwrap()
        .store;
    assert!(matches!(store, Store::Container { key: Some(key), .. } if key.expose_secret() == KEY));
    refused(least(), "FactStore:AccountKey", KEY);
}
