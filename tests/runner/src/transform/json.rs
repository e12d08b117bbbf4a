//! JSON transformations. JSON that cannot be read, or lacks what is asked for, ends the journey.

mod generate;
mod ordered;
mod xml;

use serde_json::{Value as Json, json};

use super::{
    Failure,
    call::{Call, Made, Outcome, broken, one},
};
use crate::claims::Value;

pub(super) use generate::generate;

pub(super) fn create_array(call: &Call<'_>) -> Outcome {
    let text = call.text("inputClaim");
    Ok(text.map_or_else(Made::new, |text| {
        one("outputClaim", Value::String(json!([text]).to_string()))
    }))
}

pub(super) fn claim(call: &Call<'_>) -> Outcome {
    Ok(one("extractedClaim", Value::String(plain(&member(call)?))))
}

pub(super) fn number(call: &Call<'_>) -> Outcome {
    let member = member(call)?;
    let number = member.as_i64().or_else(|| member.as_str()?.trim().parse().ok());
    let number = number.ok_or_else(|| broken("the element is no whole number"))?;
    Ok(one("extractedClaim", Value::Long(number)))
}

pub(super) fn first_item(call: &Call<'_>) -> Outcome {
    let text = call.need("inputJson")?;
    let (key, value) = ordered::first_member(&text).ok_or_else(|| broken("the JSON has no first element"))?;
    Ok(vec![
        ("key".to_owned(), Some(Value::String(key))),
        ("value".to_owned(), Some(Value::String(plain(&value)))),
    ])
}

pub(super) fn first_value(call: &Call<'_>) -> Outcome {
    let json = read(&call.need("inputJsonClaim")?)?;
    let first = json.as_array().and_then(|items| items.first());
    let first = first.ok_or_else(|| broken("the JSON is no array with an element"))?;
    Ok(one("extractedClaim", Value::String(plain(first))))
}

pub(super) fn claims(call: &Call<'_>) -> Outcome {
    match read(&call.need("jsonSource")?)? {
        Json::Array(items) => pairs(call, &items),
        one => pairs(call, &[one]),
    }
}

pub(super) fn claims_of_collection(call: &Call<'_>) -> Outcome {
    let items = call
        .strings("jsonSource")
        .iter()
        .map(|text| read(text))
        .collect::<Result<Vec<_>, _>>()?;
    pairs(call, &items)
}

pub(super) fn from_xml(call: &Call<'_>) -> Outcome {
    let text = call.need("xml")?;
    let json = xml::to_json(&text).map_err(|error| broken(format!("the XML cannot be read: {error}")))?;
    Ok(one("json", Value::String(json)))
}

/// The values of key and value pairs, by output claim.
fn pairs(call: &Call<'_>, items: &[Json]) -> Outcome {
    let key = call.need_parameter("jsonSourceKeyName")?;
    let value = call.need_parameter("jsonSourceValueName")?;
    let find = |name: &str| {
        let named = |item: &&Json| item.get(key).and_then(Json::as_str) == Some(name);
        items.iter().find(named).and_then(|item| item.get(value))
    };
    let mut made = Made::new();
    for output in &call.transformation.outputs {
        let role = if output.role.is_empty() {
            &output.claim
        } else {
            &output.role
        };
        match find(role).filter(|value| !value.is_null()) {
            Some(found) if plain(found).is_empty() && !call.switch("includeEmptyClaims", false) => {}
            Some(found) => made.push((role.clone(), Some(Value::String(plain(found))))),
            None if call.switch("errorOnMissingClaims", false) => {
                return Err(broken(format!("the JSON has no {role}")));
            }
            None => {}
        }
    }
    Ok(made)
}

fn member(call: &Call<'_>) -> Result<Json, Failure> {
    let json = read(&call.need("inputJson")?)?;
    let name = call.need_parameter("claimToExtract")?;
    let member = json.get(name).filter(|member| !member.is_null()).cloned();
    member.ok_or_else(|| broken(format!("the JSON has no element {name}")))
}

fn read(text: &str) -> Result<Json, Failure> {
    serde_json::from_str(text).map_err(|error| broken(format!("the JSON cannot be read: {error}")))
}

/// Texts without quotes, everything else as JSON writes it.
fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::bench::Bench;

    const PERSON: &str =
        r#"{"emailAddress": "someone@example.com", "displayName": "Someone", "id": 6353399}"#;

    #[test]
    fn an_array_of_one_is_made() {
        let bench = Bench::new("CreateJsonArray").input("a", "inputClaim", "someone@contoso.com");
        assert_eq!(
            bench.output("out", "outputClaim").out().as_deref(),
            Some(r#"["someone@contoso.com"]"#)
        );
    }

    fn extract(method: &str, kind: &str, name: &str) -> Bench {
        let bench = Bench::new(method)
            .input("j", "inputJson", PERSON)
            .parameter("claimToExtract", name);
        bench.output(kind, "extractedClaim")
    }

    #[test]
    fn an_element_is_extracted() {
        let text = |name| extract("GetClaimFromJson", "out", name).out();
        assert_eq!(text("emailAddress").as_deref(), Some("someone@example.com"));
        assert_eq!(text("displayName").as_deref(), Some("Someone"));
        assert_eq!(
            extract("GetNumericClaimFromJson", "out:long", "id")
                .out()
                .as_deref(),
            Some("6353399")
        );
    }

    #[test]
    fn an_element_that_is_not_there_or_no_number_is_an_error() {
        assert!(extract("GetClaimFromJson", "out", "phone").broken());
        assert!(extract("GetNumericClaimFromJson", "out:long", "displayName").broken());
        let bench = Bench::new("GetClaimFromJson")
            .input("j", "inputJson", "{")
            .parameter("claimToExtract", "x");
        assert!(bench.broken());
    }

    #[test]
    fn the_first_element_is_the_first_as_written() {
        let bench = Bench::new("GetSingleItemFromJson").input(
            "j",
            "inputJson",
            r#"{"zip": "Emily", "lastName": "S"}"#,
        );
        let bag = bench.output("k", "key").output("out", "value").run().unwrap();
        assert_eq!(
            (bag.text("k").as_deref(), bag.text("out").as_deref()),
            (Some("zip"), Some("Emily"))
        );
    }

    #[test]
    fn the_first_item_of_an_array_is_taken() {
        let bench = Bench::new("GetSingleValueFromJsonArray").output("out", "extractedClaim");
        let bench = bench.input(
            "j",
            "inputJsonClaim",
            r#"["someone@example.com", "Someone", 6353399]"#,
        );
        assert_eq!(bench.out().as_deref(), Some("someone@example.com"));
        assert!(
            Bench::new("GetSingleValueFromJsonArray")
                .input("j", "inputJsonClaim", "[]")
                .broken()
        );
    }

    const PAIRS: &str = r#"[{"key": "email", "value": "someone@example.com"}, {"key": "displayName", "value": ""},
        {"key": "membershipID", "value": 6353399}, {"key": "active", "value": true},
        {"key": "birthDate", "value": "2005-09-23T00:00:00Z"}]"#;

    fn pairs(errors: &str, empty: &str) -> Bench {
        Bench::new("GetClaimsFromJsonArray")
            .input("j", "jsonSource", PAIRS)
            .parameter("errorOnMissingClaims", errors)
            .parameter("includeEmptyClaims", empty)
            .parameter("jsonSourceKeyName", "key")
            .parameter("jsonSourceValueName", "value")
    }

    #[test]
    fn pairs_become_claims_of_their_types() {
        let bench = pairs("false", "false")
            .output("email", "")
            .output("membershipID:int", "");
        let bag = bench
            .output("active:boolean", "")
            .output("birthDate:dateTime", "")
            .run()
            .unwrap();
        assert_eq!(bag.text("email").as_deref(), Some("someone@example.com"));
        assert_eq!(bag.text("membershipID").as_deref(), Some("6353399"));
        assert_eq!(bag.text("active").as_deref(), Some("True"));
        assert_eq!(bag.text("birthDate").as_deref(), Some("2005-09-23T00:00:00Z"));
    }

    #[test]
    fn missing_and_empty_pairs_do_as_the_parameters_say() {
        assert!(
            !pairs("false", "false")
                .output("phone", "")
                .run()
                .unwrap()
                .contains("phone")
        );
        assert!(pairs("true", "false").output("phone", "").broken());
        assert!(
            !pairs("false", "false")
                .output("displayName", "")
                .run()
                .unwrap()
                .contains("displayName")
        );
        assert!(
            pairs("false", "true")
                .output("displayName", "")
                .run()
                .unwrap()
                .contains("displayName")
        );
    }

    #[test]
    fn pairs_of_a_collection_become_claims() {
        let items = r#"["{\"key\":\"email\",\"value\":\"someone@example.com\"}","{\"key\":\"active\",\"value\":true}"]"#;
        let bench = Bench::new("GetClaimsFromJsonArrayV2").input("j:stringCollection", "jsonSource", items);
        let bench = bench
            .parameter("jsonSourceKeyName", "key")
            .parameter("jsonSourceValueName", "value");
        let bag = bench
            .output("email", "")
            .output("active:boolean", "")
            .run()
            .unwrap();
        assert_eq!(bag.text("email").as_deref(), Some("someone@example.com"));
        assert_eq!(bag.text("active").as_deref(), Some("True"));
    }

    #[test]
    fn xml_becomes_json_in_document_order() {
        let xml = "<user>\n  <name>Someone</name>\n  <email>someone@example.com</email>\n</user>";
        let bench = Bench::new("XmlStringToJsonString")
            .input("x", "xml", xml)
            .output("out", "json");
        let json = r#"{"user":{"name":"Someone","email":"someone@example.com"}}"#;
        assert_eq!(bench.out().as_deref(), Some(json));
        assert!(
            Bench::new("XmlStringToJsonString")
                .input("x", "xml", "<user>")
                .broken()
        );
    }
}
