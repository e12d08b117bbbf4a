//! The bodies of callbacks.

use loopback::random;
use serde_json::{Value, json};

use super::super::settings::Settings;
use super::super::transaction::{PROCESSED, Transaction};

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
    /// The older Netverify product: a form with personal data in it.
    Netverify {
        /// The workflow status it stands for.
        status: String,
        /// Everything but `callbackDate`.
        fields: Vec<(&'static str, String)>,
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
    /// The callback for a status of a transaction, by the settings in force.
    #[must_use]
    pub fn of(transaction: &Transaction, status: &str, settings: &Settings) -> Self {
        if settings.callbacks.netverify {
            return Self::Netverify {
                status: status.to_owned(),
                fields: netverify(transaction, status),
            };
        }
        let account = if settings.callbacks.wrong_account {
            &random::uuid()
        } else {
            &transaction.account
        };
        Self::Kyx {
            status: status.to_owned(),
            body: kyx(transaction, status, account, settings),
        }
    }

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
            Self::Netverify { fields, .. } => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(fields).append_pair("callbackDate", sent_at);
                ("application/x-www-form-urlencoded", form.finish())
            }
            Self::PortalTest => ("application/json", r#"{"message": "Test callback"}"#.to_owned()),
            Self::Raw { content_type, body } => (content_type, body.clone()),
        }
    }
}

/// Hosts in `href` are Jumio's real ones: a receiver that follows them leaves the rig, which is how a test notices.
fn kyx(transaction: &Transaction, status: &str, account: &str, settings: &Settings) -> Value {
    const API: &str = "https://retrieval.emea-1.jumio.ai/api/v1";
    let execution = &transaction.execution;
    let key = &transaction.asked.workflow_key;
    let shape = settings.shape.and(transaction.plan.shape);
    let mut body = json!({
        "workflowExecution": {
            "id": execution, "href": format!("{API}/workflow-executions/{execution}"), "status": status,
            "definitionKey": if shape.swapped_types { json!(key.parse::<u64>().unwrap_or(0)) } else { json!(key) },
        },
        "account": { "id": account, "href": format!("{API}/accounts/{account}") },
    });
    if let (Some(members), Some(reference)) = (body.as_object_mut(), &transaction.asked.user_reference) {
        members.insert("userReference".to_owned(), json!(reference));
    }
    body
}

fn netverify(transaction: &Transaction, status: &str) -> Vec<(&'static str, String)> {
    let approved = status == PROCESSED && transaction.verdict().overall.kind == "PASSED";
    let rejected = status == PROCESSED && !approved;
    let verdict = if approved {
        "APPROVED_VERIFIED"
    } else if rejected {
        "DENIED_FRAUD"
    } else {
        "NO_ID_UPLOADED"
    };
    let check = if approved { "OK" } else { "N/A" };
    let document = &transaction.document;
    let mut fields = vec![
        ("callBackType", "NETVERIFYID".to_owned()),
        ("jumioIdScanReference", transaction.execution.clone()),
        ("verificationStatus", verdict.to_owned()),
        (
            "idScanStatus",
            if approved { "SUCCESS" } else { "ERROR" }.to_owned(),
        ),
        ("idScanSource", "WEB_CAM".to_owned()),
        ("transactionDate", loopback::clock::stamp(transaction.created_at)),
        ("idType", document.kind.clone()),
        ("idCountry", document.issuing_country.clone()),
        ("idFirstName", document.first_name.clone()),
        ("idLastName", document.last_name.clone()),
        ("idDob", document.date_of_birth.clone()),
        ("idExpiry", document.expiry_date.clone()),
        ("idNumber", document.document_number.clone()),
        (
            "merchantIdScanReference",
            transaction.asked.customer_reference.clone(),
        ),
        (
            "customerId",
            transaction.asked.user_reference.clone().unwrap_or_default(),
        ),
    ];
    let checks = [
        "idCheckDataPositions",
        "idCheckDocumentValidation",
        "idCheckHologram",
        "idCheckMRZcode",
        "idCheckMicroprint",
        "idCheckSecurityFeatures",
        "idCheckSignature",
    ];
    fields.extend(checks.map(|name| (name, check.to_owned())));
    if approved {
        fields.push((
            "identityVerification",
            r#"{"similarity":"MATCH","validity":true}"#.to_owned(),
        ));
    }
    if rejected {
        let reason = json!({ "rejectReasonCode": "100", "rejectReasonDescription": "MANIPULATED_DOCUMENT",
            "rejectReasonDetails": { "detailsCode": "1005", "detailsDescription": "NAME" } });
        fields.push(("rejectReason", reason.to_string()));
    }
    fields
}
