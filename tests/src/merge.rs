//! JSON merge patch (RFC 7396): how the control port changes a part of something.

use serde_json::Value;

/// Patches `target`: objects are merged, null removes, everything else replaces.
pub fn merge(target: &mut Value, patch: &Value) {
    let (Value::Object(target), Value::Object(patch)) = (&mut *target, patch) else {
        *target = patch.clone();
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_removes_and_objects_merge() {
        let mut target = json!({ "a": 1, "b": { "c": 2, "d": 3 } });
        merge(
            &mut target,
            &json!({ "a": null, "b": { "c": [] }, "e": { "f": 4 } }),
        );
        assert_eq!(target, json!({ "b": { "c": [], "d": 3 }, "e": { "f": 4 } }));
    }
}
