//! The fields of a callback: everything Netverify knows about a person, in one flat form.

use loopback::clock::stamp;
use loopback::random;
use serde_json::{Value, json};

use super::super::asked::Api;
use super::super::settings::Settings;
use super::super::transaction::Transaction;
use super::blocks::{Place, additional, identity, reject_reason};
use super::codes::{FRAUD, NO_ID};
use super::quirks::Quirks;
use super::words::Words;
use super::{PRODUCTION, personal, scan};

/// A callback that lacks only the moment in which it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Name and value, in the order they are sent.
    pub fields: Vec<(String, String)>,
    quirks: Quirks,
}

/// Checks of a document: all `OK` when it is accepted, else not told.
const CHECKS: [&str; 7] = [
    "idCheckDataPositions",
    "idCheckDocumentValidation",
    "idCheckHologram",
    "idCheckMRZcode",
    "idCheckMicroprint",
    "idCheckSecurityFeatures",
    "idCheckSignature",
];

impl Form {
    /// What is told about a transaction as it stands; `verdict` is told instead of its own where it is given.
    #[must_use]
    pub fn of(transaction: &Transaction, verdict: Option<&str>, settings: &Settings) -> Self {
        let mut words = Words::of(transaction);
        if let Some(verdict) = verdict {
            words.verdict = Some(verdict.to_owned());
        }
        let quirks = super::quirks(transaction, settings);
        let mut writer = Writer {
            fields: Vec::new(),
            quirks,
        };
        let scan = if settings.callbacks.wrong_account {
            random::uuid()
        } else {
            transaction.execution.clone()
        };
        writer.result(&scan, transaction, &words);
        writer.references(transaction);
        writer.findings(transaction, &words);
        // A KYX transaction is told in this shape for the sake of the personal data in it.
        let is_stranger = transaction.asked.api == Api::Kyx;
        if words.is_approved() || transaction.updated_at.is_some() || is_stranger {
            writer.person(transaction);
            writer.pictures(&scan, transaction);
        }
        let mut fields = writer.fields;
        if quirks.opposite_order {
            fields.reverse();
        }
        Self { fields, quirks }
    }

    /// The verdict told.
    #[must_use]
    pub fn verdict(&self) -> &str {
        let field = self.fields.iter().find(|(name, _)| name == "verificationStatus");
        field.map_or("", |(_, value)| value)
    }

    /// Replaces fields by the members of an object; null removes one.
    pub fn patch(&mut self, patch: &Value) {
        for (name, value) in patch.as_object().into_iter().flatten() {
            let text = match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            self.fields.retain(|(known, _)| known != name);
            self.fields.extend(text.map(|text| (name.clone(), text)));
        }
    }

    /// The body, as sent at `sent_at`.
    #[must_use]
    pub fn render(&self, sent_at: &str) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&self.fields);
        if !self.quirks.without_dates {
            form.append_pair("callbackDate", &self.quirks.time(sent_at));
        }
        let body = form.finish();
        if self.quirks.percent_spaces {
            // A plus sign itself is always written `%2B`.
            body.replace('+', "%20")
        } else {
            body
        }
    }
}

struct Writer {
    fields: Vec<(String, String)>,
    quirks: Quirks,
}

impl Writer {
    fn put(&mut self, name: &str, value: impl Into<String>) {
        let name = match name {
            "callBackType" if self.quirks.other_case => "callbackType",
            "idCheckMRZcode" if self.quirks.other_case => "idCheckMrzCode",
            name => name,
        };
        self.fields.push((name.to_owned(), value.into()));
    }

    fn put_if(&mut self, name: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// What every callback has.
    fn result(&mut self, scan: &str, transaction: &Transaction, words: &Words) {
        let is_approved = words.is_approved();
        self.put("callBackType", "NETVERIFYID");
        self.put("jumioIdScanReference", scan);
        self.put("verificationStatus", words.verdict.as_deref().unwrap_or(NO_ID));
        self.put("idScanStatus", if is_approved { "SUCCESS" } else { "ERROR" });
        self.put("idScanSource", scan::source(transaction));
        for name in CHECKS {
            let is_ok = is_approved && (name != "idCheckMRZcode" || words.has_zone);
            self.put(name, if is_ok { "OK" } else { "N/A" });
        }
        if !self.quirks.without_dates {
            let date = self.quirks.time(&stamp(transaction.created_at));
            self.put("transactionDate", date);
        }
    }

    /// What the customer said, back again.
    fn references(&mut self, transaction: &Transaction) {
        let asked = &transaction.asked;
        self.put("merchantIdScanReference", &asked.customer_reference);
        self.put_if("customerId", asked.user_reference.as_ref());
        self.put_if("merchantReportingCriteria", asked.reporting_criteria.as_ref());
        if let Some((country, kind)) = &asked.preset {
            self.put("presetCountry", country);
            self.put("presetIdType", kind);
        }
        if transaction.started_at.is_some() && !self.quirks.without_ip {
            self.put("clientIp", personal::CLIENT_IP);
        }
        let begun = transaction.started_at.map(|at| self.quirks.time(&stamp(at)));
        self.put_if("firstAttemptDate", begun);
        if self.quirks.unknown_members {
            self.put("idSandbox", "7");
        }
    }

    fn findings(&mut self, transaction: &Transaction, words: &Words) {
        let quirks = self.quirks;
        let reason = words.reason.as_ref().map(|reason| {
            let text = reject_reason(reason, quirks).to_string();
            if quirks.mangled_reason {
                text.replace('"', "'")
            } else {
                text
            }
        });
        self.put_if("rejectReason", reason);
        let document = &transaction.document;
        if words.verdict.as_deref().is_some_and(|verdict| verdict != NO_ID) {
            self.put("idType", &document.kind);
            self.put("idCountry", &document.issuing_country);
        }
        // The guide has the selfie's result for accepted documents alone.
        let selfie = words.selfie.filter(|_| words.verdict.as_deref() != Some(FRAUD));
        let selfie = selfie.map(|selfie| identity(selfie, quirks, Place::Callback));
        self.put_if("identityVerification", selfie.map(|selfie| selfie.to_string()));
        let more = additional(words, &transaction.seen_in, quirks, Place::Callback);
        self.put_if("additionalChecks", more.map(|more| more.to_string()));
    }

    /// What was read from the document.
    fn person(&mut self, transaction: &Transaction) {
        let document = &transaction.document;
        self.put("idSubtype", document.sub_type());
        self.put("idFirstName", &document.first_name);
        self.put("idLastName", &document.last_name);
        self.put("idDob", &document.date_of_birth);
        self.put(
            "dateOfBirthParts",
            personal::parts(&document.date_of_birth).to_string(),
        );
        self.put("idExpiry", &document.expiry_date);
        self.put(
            "expiryDateParts",
            personal::parts(&document.expiry_date).to_string(),
        );
        self.put("idNumber", &document.document_number);
        self.put("personalNumber", personal::number(document));
        self.put("gender", &document.gender);
        self.put("nationality", &document.issuing_country);
        self.put("placeOfBirth", personal::PLACE_OF_BIRTH);
        self.put("idAddress", personal::address(document).to_string());
        if document.kind == "DRIVING_LICENSE" {
            let categories =
                json!([{ "category": "B", "expiryDate": document.expiry_date, "isReadable": true }]);
            self.put("dlCategories", categories.to_string());
        }
    }

    fn pictures(&mut self, scan: &str, transaction: &Transaction) {
        let address = |name: &str| format!("{PRODUCTION}/recognition/v1/idscan/{scan}/{name}");
        self.put("idScanImage", address("front"));
        if transaction.document.kind != "PASSPORT" {
            self.put("idScanImageBackside", address("back"));
        }
        if transaction.asked.takes_selfie() {
            self.put("idScanImageFace", address("face"));
        }
    }
}
