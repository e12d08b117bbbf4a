//! `GenerateJson`: values at paths in dot notation, where a whole number is the index of an array.

use serde_json::{Map, Value as Json, json};

use super::super::{
    Failure,
    call::{Call, Outcome, broken, one},
};
use crate::{
    claims::Value,
    model::{claim::Parameter, words::DataType},
};

pub(in super::super) fn generate(call: &Call<'_>) -> Outcome {
    let mut root = Json::Null;
    for input in &call.transformation.inputs {
        if let Some(value) = call.bag.get(&input.claim) {
            let path = if input.role.is_empty() {
                &input.claim
            } else {
                &input.role
            };
            insert(&mut root, path, value.json())?;
        }
    }
    for parameter in &call.transformation.parameters {
        insert(&mut root, &parameter.id, constant(parameter)?)?;
    }
    let root = if root.is_null() { json!({}) } else { root };
    Ok(one("outputClaim", Value::String(root.to_string())))
}

/// A constant in its own data type: numbers and booleans are not quoted.
fn constant(parameter: &Parameter) -> Result<Json, Failure> {
    match parameter.data_type {
        DataType::String => Ok(json!(parameter.value)),
        kind => Value::parse(kind, &parameter.value)
            .map(|value| value.json())
            .map_err(|error| broken(format!("the parameter {} is {error}", parameter.id))),
    }
}

fn insert(at: &mut Json, path: &str, value: Json) -> Result<(), Failure> {
    let Some((first, rest)) = path
        .split_once('.')
        .or_else(|| (!path.is_empty()).then_some((path, "")))
    else {
        *at = value;
        return Ok(());
    };
    let clash = || broken(format!("the path {path} meets a value of another kind"));
    let next = match first.parse::<usize>() {
        Ok(index) => item(at, index).ok_or_else(clash)?,
        Err(_) => member(at, first).ok_or_else(clash)?,
    };
    insert(next, rest, value)
}

/// The item of an array, which may be the next new one: indexes are not skipped.
fn item(at: &mut Json, index: usize) -> Option<&mut Json> {
    if at.is_null() {
        *at = Json::Array(Vec::new());
    }
    let items = at.as_array_mut()?;
    if index == items.len() {
        items.push(Json::Null);
    }
    items.get_mut(index)
}

fn member<'a>(at: &'a mut Json, name: &str) -> Option<&'a mut Json> {
    if at.is_null() {
        *at = Json::Object(Map::new());
    }
    Some(at.as_object_mut()?.entry(name).or_insert(Json::Null))
}

#[cfg(test)]
mod tests {
    use super::super::super::bench::Bench;
    use super::{DataType, Json, json};

    fn made(bench: Bench) -> Json {
        serde_json::from_str(&bench.output("out", "outputClaim").out().unwrap()).unwrap()
    }

    #[test]
    fn a_body_for_a_mail_service_is_made() {
        let bench = Bench::new("GenerateJson")
            .input("email", "personalizations.0.to.0.email", "someone@example.com")
            .input("otp", "personalizations.0.dynamic_template_data.otp", "346349")
            .input(
                "copied",
                "personalizations.0.dynamic_template_data.verify-email",
                "someone@example.com",
            )
            .parameter("template_id", "d-4c56")
            .parameter("from.email", "service@contoso.com")
            .parameter("personalizations.0.subject", "Your code");
        let wanted = json!({
            "personalizations": [{
                "to": [{ "email": "someone@example.com" }],
                "dynamic_template_data": { "otp": "346349", "verify-email": "someone@example.com" },
                "subject": "Your code"
            }],
            "template_id": "d-4c56",
            "from": { "email": "service@contoso.com" }
        });
        assert_eq!(made(bench), wanted);
    }

    #[test]
    fn values_keep_their_types() {
        let bench = Bench::new("GenerateJson")
            .input("b:boolean", "customer.active", "true")
            .input("i:int", "customer.age", "7")
            .input("j", "customer.json", r#"["someone@contoso.com"]"#)
            .typed_parameter("customer.role.id", DataType::Long, "1");
        let customer =
            json!({ "active": true, "age": 7, "json": "[\"someone@contoso.com\"]", "role": { "id": 1 } });
        assert_eq!(made(bench), json!({ "customer": customer }));
    }

    #[test]
    fn an_absent_claim_leaves_its_member_out() {
        assert_eq!(
            made(Bench::new("GenerateJson").absent("a", "x.y").parameter("z", "1")),
            json!({ "z": "1" })
        );
        assert_eq!(made(Bench::new("GenerateJson").absent("a", "x.y")), json!({}));
    }

    #[test]
    fn a_skipped_index_and_a_path_through_a_value_are_errors() {
        assert!(Bench::new("GenerateJson").parameter("values.1.app", "x").broken());
        assert!(
            Bench::new("GenerateJson")
                .parameter("a", "x")
                .parameter("a.b", "y")
                .broken()
        );
    }
}
