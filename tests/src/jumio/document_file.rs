//! A document as a small file, which a tester shows instead of taking a picture: what it says, and what happens then.
//!
//! ```json
//! { "scenario": "pass", "document": { "firstName": "MIRA", "dateOfBirth": "1988-04-12" } }
//! ```
//!
//! Both members may be left out, and so may those of `document`, whose names are Jumio's: what is not there stays as chosen.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::Document;
use super::scenario::Plan;

/// Maximum length of such a file, in bytes.
const MOST: usize = 4096;

/// What stands in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Members {
    scenario: Option<String>,
    document: Map<String, Value>,
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct DocumentFile {
    /// What happens, if the file says it.
    pub(super) plan: Option<Plan>,
    document: Map<String, Value>,
}

impl DocumentFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// It is too long, is no JSON of this form, names no scenario, or says of a document what none has.
    pub(super) fn parse(text: &str) -> Result<Self> {
        ensure!(text.len() <= MOST, "it is longer than {MOST} bytes");
        let members: Members = serde_json::from_str(text)?;
        let plan = |name: String| Plan::named(&name).with_context(|| format!("there is no scenario {name}"));
        let file = Self {
            plan: members.scenario.map(plan).transpose()?,
            document: members.document,
        };
        file.over(&Document::default())?;
        Ok(file)
    }

    /// The document with what the file says of it.
    ///
    /// # Errors
    /// It says what no document has.
    pub(super) fn over(&self, chosen: &Document) -> Result<Document> {
        let mut members = serde_json::to_value(chosen)?;
        if let Some(members) = members.as_object_mut() {
            members.extend(self.document.clone());
        }
        Ok(serde_json::from_value(members)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::workspace;

    #[test]
    fn every_file_that_is_there_can_be_shown() {
        let folder = std::fs::read_dir(workspace().join("tests/documents")).unwrap();
        let mut files = 0;
        for entry in folder {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            DocumentFile::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            files += 1;
        }
        assert!(files >= 5, "{files}");
    }

    #[test]
    fn what_is_not_said_stays_as_chosen() {
        let file = DocumentFile::parse(r#"{"document": {"firstName": "ANA"}}"#).unwrap();
        let chosen = Document::default();
        let shown = file.over(&chosen).unwrap();
        assert_eq!(
            shown,
            Document {
                first_name: "ANA".to_owned(),
                ..chosen
            }
        );
        assert!(file.plan.is_none());
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_the_reason() {
        let long = format!("{{\"scenario\": \"{}\"}}", "x".repeat(MOST));
        for (text, why) in [
            ("", "EOF"),
            ("7", "invalid type"),
            (r#"{"scenario": "nowhere"}"#, "no scenario nowhere"),
            (r#"{"given_name": "Mira"}"#, "unknown field `given_name`"),
            (
                r#"{"document": {"given_name": "Mira"}}"#,
                "unknown field `given_name`",
            ),
            (r#"{"document": {"firstName": 7}}"#, "invalid type"),
            (long.as_str(), "longer than"),
        ] {
            let error = DocumentFile::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
