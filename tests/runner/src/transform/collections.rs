//! String collection transformations.

use super::call::{Call, Made, Outcome, broken, one};
use crate::claims::Value;

pub(super) fn add_item(call: &Call<'_>) -> Outcome {
    let mut items = call.strings("collection");
    items.extend(call.text("item"));
    Ok(one("collection", Value::Strings(items)))
}

/// Adds a constant, unless the collection has it already.
pub(super) fn add_parameter(call: &Call<'_>) -> Outcome {
    let item = call.need_parameter("item")?.to_owned();
    let mut items = call.strings("collection");
    if !items.contains(&item) {
        items.push(item);
    }
    Ok(one("collection", Value::Strings(items)))
}

pub(super) fn first(call: &Call<'_>) -> Outcome {
    let first = call.strings("collection").into_iter().next();
    Ok(first.map_or_else(Made::new, |item| one("extractedItem", Value::String(item))))
}

pub(super) fn contains(call: &Call<'_>) -> Outcome {
    let item = call.need_parameter("item")?;
    Ok(found(call, &call.strings("inputClaim"), Some(item)))
}

pub(super) fn contains_claim(call: &Call<'_>) -> Outcome {
    Ok(found(
        call,
        &call.strings("collection"),
        call.text("item").as_deref(),
    ))
}

fn found(call: &Call<'_>, items: &[String], wanted: Option<&str>) -> Made {
    let fold = |text: &str| {
        if call.switch("ignoreCase", false) {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let found = wanted.is_some_and(|wanted| items.iter().any(|item| fold(item) == fold(wanted)));
    one("outputClaim", Value::Boolean(found))
}

pub(super) fn join(call: &Call<'_>) -> Outcome {
    let delimiter = call.need_parameter("delimiter")?;
    let joined = call
        .value("inputClaim")
        .map(|_| call.strings("inputClaim").join(delimiter));
    Ok(joined.map_or_else(Made::new, |text| one("outputClaim", Value::String(text))))
}

pub(super) fn split(call: &Call<'_>) -> Outcome {
    let delimiter = call.need_parameter("delimiter")?;
    if delimiter.is_empty() {
        return Err(broken("the delimiter is empty"));
    }
    let Some(text) = call.text("inputClaim") else {
        return Ok(Made::new());
    };
    let items = text.split(delimiter).map(str::to_owned).collect();
    Ok(one("outputClaim", Value::Strings(items)))
}

#[cfg(test)]
mod tests {
    use super::super::bench::Bench;
    use serde_json::{Value as Json, json};

    const MAILS: &str = r#"["someone@outlook.com"]"#;
    const ROLES: &str = r#"["reader", "author", "admin"]"#;

    fn items(bench: Bench) -> Json {
        bench.run().unwrap().get("c").unwrap().json()
    }

    #[test]
    fn an_item_is_added_at_the_end() {
        let bench = Bench::new("AddItemToStringCollection").input("i", "item", "admin@contoso.com");
        let bench = bench.input("c:stringCollection", "collection", MAILS);
        let made = items(bench.output("c:stringCollection", "collection"));
        assert_eq!(made, json!(["someone@outlook.com", "admin@contoso.com"]));
    }

    #[test]
    fn an_item_starts_a_new_collection() {
        let bench = Bench::new("AddItemToStringCollection").input("i", "item", "admin@contoso.com");
        let bench = bench.absent("c:stringCollection", "collection");
        assert_eq!(
            items(bench.output("c:stringCollection", "collection")),
            json!(["admin@contoso.com"])
        );
    }

    #[test]
    fn a_parameter_is_added_once() {
        let bench = |item: &str| {
            let bench = Bench::new("AddParameterToStringCollection").parameter("item", item);
            let bench = bench.input("c:stringCollection", "collection", MAILS);
            items(bench.output("c:stringCollection", "collection"))
        };
        assert_eq!(
            bench("admin@contoso.com"),
            json!(["someone@outlook.com", "admin@contoso.com"])
        );
        assert_eq!(bench("someone@outlook.com"), json!(["someone@outlook.com"]));
    }

    #[test]
    fn the_first_item_is_taken() {
        let bench = Bench::new("GetSingleItemFromStringCollection");
        let bench = bench.input(
            "c:stringCollection",
            "collection",
            r#"["someone@outlook.com", "x@contoso.com"]"#,
        );
        assert_eq!(
            bench.output("out", "extractedItem").out().as_deref(),
            Some("someone@outlook.com")
        );
    }

    #[test]
    fn a_collection_is_searched_for_a_constant() {
        let bench = |ignore: &str| {
            let bench =
                Bench::new("StringCollectionContains").input("c:stringCollection", "inputClaim", ROLES);
            let bench = bench.parameter("item", "Admin").parameter("ignoreCase", ignore);
            bench.output("out:boolean", "outputClaim").out()
        };
        assert_eq!(bench("true").as_deref(), Some("True"));
        assert_eq!(bench("false").as_deref(), Some("False"));
    }

    #[test]
    fn a_collection_is_searched_for_a_claim() {
        let bench = || {
            let bench =
                Bench::new("StringCollectionContainsClaim").input("c:stringCollection", "collection", ROLES);
            bench
                .parameter("ignoreCase", "true")
                .output("out:boolean", "outputClaim")
        };
        assert_eq!(bench().input("i", "item", "Admin").out().as_deref(), Some("True"));
        assert_eq!(bench().absent("i", "item").out().as_deref(), Some("False"));
    }

    #[test]
    fn a_collection_is_joined_and_split() {
        let bench = Bench::new("StringJoin")
            .parameter("delimiter", ",")
            .output("out", "outputClaim");
        let bench = bench.input(
            "c:stringCollection",
            "inputClaim",
            r#"["Admin","Author","Reader"]"#,
        );
        assert_eq!(bench.out().as_deref(), Some("Admin,Author,Reader"));
        let bench = Bench::new("StringSplit").parameter("delimiter", ",").input(
            "a",
            "inputClaim",
            "Admin,Author,Reader",
        );
        let made = items(bench.output("c:stringCollection", "outputClaim"));
        assert_eq!(made, json!(["Admin", "Author", "Reader"]));
    }

    #[test]
    fn splitting_replaces_what_was_there() {
        let bench = Bench::new("StringSplit")
            .parameter("delimiter", "-")
            .input("a", "inputClaim", "x");
        let bench = bench.input("c:stringCollection", "other", MAILS);
        assert_eq!(
            items(bench.output("c:stringCollection", "outputClaim")),
            json!(["x"])
        );
    }
}
