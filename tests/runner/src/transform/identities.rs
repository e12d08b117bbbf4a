//! Social account transformations: identities of an account at outside providers.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Failure,
    call::{Call, Made, Outcome, broken, one},
};
use crate::{
    claims::{Identity, Value},
    model::words::DataType,
};

/// The user's identifier in base64, as the directory keeps it.
pub(super) fn create_alternative(call: &Call<'_>) -> Outcome {
    let (Some(key), Some(issuer)) = (call.text("key"), call.text("identityProvider")) else {
        return Ok(Made::new());
    };
    let identity = Identity {
        issuer,
        user_id: STANDARD.encode(key),
    };
    Ok(one("alternativeSecurityId", Value::Identity(identity)))
}

pub(super) fn create(call: &Call<'_>) -> Outcome {
    let (Some(user_id), Some(issuer)) = (call.text("issuerUserId"), call.text("issuer")) else {
        return Ok(Made::new());
    };
    Ok(one("userIdentity", Value::Identity(Identity { issuer, user_id })))
}

pub(super) fn add(call: &Call<'_>) -> Outcome {
    let mut identities = collection(call, "collection")?;
    match call.value("item") {
        None => {}
        Some(Value::Identity(identity)) => identities.push(identity.clone()),
        Some(other) => match Value::parse(DataType::UserIdentity, &other.text()) {
            Ok(Value::Identity(identity)) => identities.push(identity),
            _ => return Err(broken("the item is no identity")),
        },
    }
    Ok(one("collection", Value::Identities(identities)))
}

pub(super) fn providers(call: &Call<'_>) -> Outcome {
    let identities = collection(call, "alternativeSecurityIdCollection")?;
    Ok(one(
        "identityProvidersCollection",
        Value::Strings(names(identities)),
    ))
}

pub(super) fn issuers(call: &Call<'_>) -> Outcome {
    let identities = collection(call, "userIdentityCollection")?;
    Ok(one("issuersCollection", Value::Strings(names(identities))))
}

pub(super) fn remove_provider(call: &Call<'_>) -> Outcome {
    remove(call, "identityProvider")
}

pub(super) fn remove_issuer(call: &Call<'_>) -> Outcome {
    remove(call, "issuer")
}

fn remove(call: &Call<'_>, role: &str) -> Outcome {
    let issuer = call.need(role)?;
    let mut identities = collection(call, "collection")?;
    identities.retain(|identity| !identity.issuer.eq_ignore_ascii_case(&issuer));
    Ok(one("collection", Value::Identities(identities)))
}

/// Issuers in alphabetical order, each once, as in the reference's example.
fn names(identities: Vec<Identity>) -> Vec<String> {
    let mut names: Vec<_> = identities.into_iter().map(|identity| identity.issuer).collect();
    names.sort();
    names.dedup();
    names
}

fn collection(call: &Call<'_>, role: &str) -> Result<Vec<Identity>, Failure> {
    match call.value(role) {
        None => Ok(Vec::new()),
        Some(Value::Identities(identities)) => Ok(identities.clone()),
        Some(other) => match Value::parse(DataType::UserIdentityCollection, &other.text()) {
            Ok(Value::Identities(identities)) => Ok(identities),
            _ => Err(broken("the collection holds no identities")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::bench::Bench;
    use serde_json::{Value as Json, json};

    const LIVE: &str = r#"[{"issuer":"live.com","issuerUserId":"MTA4"}]"#;
    const BOTH: &str =
        r#"[{"issuer":"live.com","issuerUserId":"MTA4"},{"issuer":"facebook.com","issuerUserId":"MTI="}]"#;
    const KIND: &str = "c:alternativeSecurityIdCollection";

    fn made(bench: Bench, claim: &str) -> Json {
        bench.run().unwrap().get(claim).unwrap().json()
    }

    #[test]
    fn an_alternative_security_id_is_json_in_a_string_claim() {
        let bench = Bench::new("CreateAlternativeSecurityId").input("k", "key", "12345");
        let bench = bench
            .input("p", "identityProvider", "facebook.com")
            .output("out", "alternativeSecurityId");
        let text = bench.out().unwrap();
        let id: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(id, json!({"issuer": "facebook.com", "issuerUserId": "MTIzNDU="}));
    }

    #[test]
    fn an_alternative_security_id_is_added_at_the_end() {
        let item = r#"{"issuer":"facebook.com","issuerUserId":"MTI="}"#;
        let bench = Bench::new("AddItemToAlternativeSecurityIdCollection").input("i", "item", item);
        let bench = bench.input(KIND, "collection", LIVE).output(KIND, "collection");
        assert_eq!(made(bench, "c"), serde_json::from_str::<Json>(BOTH).unwrap());
    }

    #[test]
    fn providers_of_a_collection_are_listed() {
        let bench = Bench::new("GetIdentityProvidersFromAlternativeSecurityIdCollectionTransformation");
        let bench = bench.input(KIND, "alternativeSecurityIdCollection", BOTH);
        let bench = bench.output("out:stringCollection", "identityProvidersCollection");
        assert_eq!(made(bench, "out"), json!(["facebook.com", "live.com"]));
    }

    #[test]
    fn an_identity_is_removed_by_its_provider() {
        let bench = Bench::new("RemoveAlternativeSecurityIdByIdentityProvider");
        let bench = bench
            .input("p", "identityProvider", "facebook.com")
            .input(KIND, "collection", BOTH);
        assert_eq!(
            made(bench.output(KIND, "collection"), "c"),
            serde_json::from_str::<Json>(LIVE).unwrap()
        );
    }

    #[test]
    fn user_identities_are_made_added_listed_and_removed() {
        const KIND: &str = "c:userIdentityCollection";
        let bench = Bench::new("CreateUserIdentity")
            .input("u", "issuerUserId", "7")
            .input("i", "issuer", "a.com");
        let identity = made(bench.output("out:userIdentity", "userIdentity"), "out");
        assert_eq!(identity, json!({"issuer": "a.com", "issuerUserId": "7"}));

        let bench = Bench::new("AddItemToUserIdentityCollection");
        let bench = bench
            .input("i:userIdentity", "item", &identity.to_string())
            .absent(KIND, "collection");
        let all = made(bench.output(KIND, "collection"), "c");
        assert_eq!(all, json!([identity]));

        let bench = Bench::new("GetIssuersFromUserIdentityCollectionTransformation");
        let bench = bench.input(KIND, "userIdentityCollection", &all.to_string());
        assert_eq!(
            made(bench.output("out:stringCollection", "issuersCollection"), "out"),
            json!(["a.com"])
        );

        let bench = Bench::new("RemoveUserIdentityFromCollectionByIssuer").input("i", "issuer", "A.com");
        let bench = bench.input(KIND, "collection", &all.to_string());
        assert_eq!(made(bench.output(KIND, "collection"), "c"), json!([]));
    }

    #[test]
    fn an_item_that_is_no_identity_is_an_error() {
        let bench = Bench::new("AddItemToUserIdentityCollection").input("i", "item", "hello");
        assert!(bench.absent("c:userIdentityCollection", "collection").broken());
    }
}
