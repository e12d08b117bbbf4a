//! What stand-ins say in one journey: first this, then that.

use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// An object of JSON.
type Object = Map<String, Json>;

/// The lines of the present journey, for all stand-ins of one kind; each stand-in begins with the first. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    lines: Vec<Object>,
    /// How many each stand-in has said.
    said: HashMap<usize, usize>,
}

impl Lines {
    /// Begins a journey, in which each stand-in says these one after the other. The last one stays; without any, it says its own.
    pub fn begin(&self, lines: &[Object]) {
        let said = HashMap::new();
        let lines = lines.to_vec();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Script { lines, said };
    }

    /// The next one of a stand-in, on top of what it says of its own.
    pub fn next(&self, stand_in: usize, own: &Object) -> Object {
        let mut script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = script.said.entry(stand_in).or_default();
        let at = *said;
        *said += 1;
        let mut object = own.clone();
        let line = script.lines.get(at).or(script.lines.last());
        object.extend(line.cloned().unwrap_or_default());
        object
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Json) -> Object {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_stand_in_says_the_lines_in_their_order_and_the_last_one_stays() {
        let (lines, own) = (Lines::default(), object(&json!({ "a": 1, "b": 1 })));
        lines.begin(&[object(&json!({ "b": 2 })), object(&json!({ "b": 3, "c": 3 }))]);
        let said = || Json::Object(lines.next(0, &own));
        assert_eq!(said(), json!({ "a": 1, "b": 2 }));
        assert_eq!(said(), json!({ "a": 1, "b": 3, "c": 3 }));
        assert_eq!(said(), json!({ "a": 1, "b": 3, "c": 3 }));
        assert_eq!(lines.next(1, &own)["b"], 2, "another one begins with the first");
    }

    #[test]
    fn the_next_journey_begins_anew_and_without_lines_a_stand_in_says_its_own() {
        let (lines, own) = (Lines::default(), object(&json!({ "a": 1 })));
        assert_eq!(lines.next(0, &own), own);
        lines.begin(&[object(&json!({ "a": 2 }))]);
        assert_eq!(lines.next(0, &own)["a"], 2);
        lines.begin(&[]);
        assert_eq!(lines.next(0, &own), own);
    }
}
