//! The bodies of callbacks.

use serde_json::{Value, json};

use super::super::netverify::form::Form;

/// What a callback says.
#[derive(Clone, Debug)]
pub enum Content {
    /// KYX: JSON with ids and a status, nothing else.
    Kyx {
        /// The workflow status told.
        status: String,
        /// Everything but `callbackSentAt`.
        body: Value,
    },
    /// Netverify, the older product: a form with personal data in it.
    Netverify {
        /// The status told: the verdict, or the workflow status it stands for.
        status: String,
        /// Everything but `callbackDate`.
        form: Form,
    },
    /// What the test button of Jumio's portal sends.
    PortalTest,
    /// Anything at all, for receivers that must survive it.
    Raw {
        /// Value of the header.
        content_type: String,
        /// Sent as it is.
        body: String,
    },
}

impl Content {
    /// The status told; `test` for the portal's message.
    #[must_use]
    pub fn status(&self) -> &str {
        match self {
            Self::Kyx { status, .. } | Self::Netverify { status, .. } => status,
            Self::PortalTest => "test",
            Self::Raw { .. } => "raw",
        }
    }

    /// Content type and body, as sent at `sent_at`.
    #[must_use]
    pub fn render(&self, sent_at: &str) -> (&str, String) {
        match self {
            Self::Kyx { body, .. } => {
                let mut body = body.clone();
                if let Some(members) = body.as_object_mut() {
                    members.insert("callbackSentAt".to_owned(), json!(sent_at));
                }
                ("application/json", body.to_string())
            }
            Self::Netverify { form, .. } => ("application/x-www-form-urlencoded", form.render(sent_at)),
            Self::PortalTest => ("application/json", r#"{"message": "Test callback"}"#.to_owned()),
            Self::Raw { content_type, body } => (content_type, body.clone()),
        }
    }
}
