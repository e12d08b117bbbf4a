//! The documents of the retrieval API.

use loopback::clock::stamp;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::super::document::Document;
use super::super::settings::Settings;
use super::super::transaction::Transaction;
use super::blocks::{Place, additional, identity, reject_reason};
use super::codes::NO_ID;
use super::quirks::{Block, Quirks};
use super::words::{DONE, PENDING, Words, status};
use super::{PRODUCTION, personal};

/// One scan, as it is read at one moment.
pub(super) struct Scan<'t> {
    transaction: &'t Transaction,
    /// `PENDING`, `DONE`, `FAILED`; pending for a while longer where results are late.
    pub(super) status: &'static str,
    words: Words,
    pub(super) quirks: Quirks,
    now: OffsetDateTime,
}

impl<'t> Scan<'t> {
    pub(super) fn of(transaction: &'t Transaction, settings: &Settings, now: OffsetDateTime) -> Self {
        let is_readable = transaction.is_readable(&settings.timers, now);
        Self {
            transaction,
            status: if is_readable { status(transaction) } else { PENDING },
            words: if is_readable {
                Words::of(transaction)
            } else {
                Words::default()
            },
            quirks: super::quirks(transaction, settings),
            now,
        }
    }

    fn time(&self, at: OffsetDateTime) -> Value {
        json!(self.quirks.time(&stamp(at)))
    }

    /// Every answer begins like this.
    fn head(&self) -> Map<String, Value> {
        let mut head = Map::new();
        head.insert("timestamp".to_owned(), self.time(self.now));
        head.insert("scanReference".to_owned(), json!(self.transaction.execution));
        if self.quirks.unknown_members {
            head.insert("sandbox".to_owned(), json!({ "is": [true] }));
        }
        head
    }

    /// `GET …/{ref}`.
    pub(super) fn state(&self) -> Value {
        let mut state = self.head();
        state.insert("status".to_owned(), json!(self.status));
        Value::Object(state)
    }

    /// `GET …/{ref}/data`.
    pub(super) fn data(&self) -> Value {
        let mut data = self.head();
        let blocks = [
            ("document", Block::Document, self.document()),
            ("transaction", Block::Transaction, Some(self.transaction())),
            ("verification", Block::Verification, self.verification()),
        ];
        for (name, block, content) in blocks {
            if let (Some(content), true) = (content, self.quirks.without != Some(block)) {
                data.insert(name.to_owned(), Value::Object(content));
            }
        }
        Value::Object(data)
    }

    /// `GET …/{ref}/data/{block}`: a block by itself; none where there is none.
    pub(super) fn block(&self, block: Block) -> Option<Value> {
        let content = match block {
            Block::Document => self.document(),
            Block::Transaction => Some(self.transaction()),
            Block::Verification => self.verification(),
        };
        let is_told = self.quirks.without != Some(block);
        let mut whole = self.head();
        whole.extend(content.filter(|_| is_told)?);
        Some(Value::Object(whole))
    }

    /// Documents that were never accepted have little on them.
    fn document(&self) -> Option<Map<String, Value>> {
        let verdict = self.words.verdict.as_deref()?;
        let document = &self.transaction.document;
        let mut told = Map::new();
        let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
        tell("status", json!(verdict));
        if verdict != NO_ID {
            let is_unsupported = verdict == "DENIED_UNSUPPORTED_ID_TYPE";
            let kind = if is_unsupported {
                "UNSUPPORTED"
            } else {
                document.kind.as_str()
            };
            tell("type", json!(kind));
            tell("issuingCountry", json!(document.issuing_country));
        }
        if self.words.is_approved() || self.transaction.updated_at.is_some() {
            told.extend(extracted(document));
        }
        Some(told)
    }

    fn transaction(&self) -> Map<String, Value> {
        let Transaction { asked, .. } = self.transaction;
        let mut told = Map::new();
        let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
        tell("status", json!(self.status));
        tell("source", json!(self.source()));
        tell("date", self.time(self.transaction.created_at));
        tell("customerId", json!(asked.user_reference));
        tell("merchantScanReference", json!(asked.customer_reference));
        if let Some(criteria) = &asked.reporting_criteria {
            tell("merchantReportingCriteria", json!(criteria));
        }
        if self.transaction.started_at.is_some() && !self.quirks.without_ip {
            tell("clientIp", json!(personal::CLIENT_IP));
        }
        if let Some(at) = self.transaction.updated_at {
            tell("updatedAt", self.time(at));
        }
        told
    }

    fn source(&self) -> String {
        let source = source(self.transaction);
        if self.quirks.hyphens {
            source.replace('_', "-")
        } else {
            source.to_owned()
        }
    }

    fn verification(&self) -> Option<Map<String, Value>> {
        let (words, quirks) = (&self.words, self.quirks);
        if !words.has_verification {
            return None;
        }
        let mut told = Map::new();
        let zone = if words.has_zone { "OK" } else { "NOT_AVAILABLE" };
        told.insert("mrzCheck".to_owned(), json!(zone));
        let blocks = [
            (
                "rejectReason",
                words.reason.as_ref().map(|reason| reject_reason(reason, quirks)),
            ),
            (
                "identityVerification",
                words
                    .selfie
                    .map(|selfie| identity(selfie, quirks, Place::Retrieval)),
            ),
            (
                "additionalChecks",
                additional(words, &self.transaction.seen_in, quirks, Place::Retrieval),
            ),
        ];
        let blocks = blocks.into_iter();
        told.extend(blocks.filter_map(|(name, block)| Some((name.to_owned(), block?))));
        Some(told)
    }

    /// `GET …/{ref}/images`: addresses of pictures that were taken.
    pub(super) fn images(&self) -> Value {
        let mut images = self.head();
        let mut all: Vec<Value> = self.pictures().iter().map(|name| self.picture(name)).collect();
        let listed = if self.quirks.single_image && !all.is_empty() {
            all.remove(0)
        } else {
            Value::Array(all)
        };
        images.insert("images".to_owned(), listed);
        if self.pictures().contains(&"face") {
            let liveness: Vec<String> = [2, 1].map(|n| self.address(&format!("liveness/{n}"))).to_vec();
            images.insert("livenessImages".to_owned(), json!(liveness));
        }
        Value::Object(images)
    }

    /// What was photographed: nothing before there is a result, or when the person never sent one.
    fn pictures(&self) -> &'static [&'static str] {
        let has_selfie = self.transaction.asked.takes_selfie();
        match (self.status, self.transaction.document.kind.as_str(), has_selfie) {
            (DONE, "PASSPORT", true) => &["front", "face"],
            (DONE, "PASSPORT", false) => &["front"],
            (DONE, _, true) => &["front", "back", "face"],
            (DONE, _, false) => &["front", "back"],
            _ => &[],
        }
    }

    fn picture(&self, name: &str) -> Value {
        json!({ "classifier": name, "href": self.address(name) })
    }

    fn address(&self, picture: &str) -> String {
        let scan = &self.transaction.execution;
        format!("{PRODUCTION}/api/netverify/v2/scans/{scan}/images/{picture}")
    }
}

/// Where the pictures come from, as the wire spells it.
pub(super) fn source(transaction: &Transaction) -> &'static str {
    if transaction.asked.uploads() {
        "WEB_UPLOAD"
    } else {
        "WEB_CAM"
    }
}

/// Everything read from an accepted document.
fn extracted(document: &Document) -> Map<String, Value> {
    let read = json!({
        "idSubtype": document.sub_type(), "firstName": document.first_name, "lastName": document.last_name,
        "dob": document.date_of_birth, "dateOfBirthParts": personal::parts(&document.date_of_birth),
        "expiry": document.expiry_date, "expiryDateParts": personal::parts(&document.expiry_date),
        "number": document.document_number, "gender": document.gender,
        "nationality": document.issuing_country, "placeOfBirth": personal::PLACE_OF_BIRTH,
        "personalNumber": personal::number(document), "address": personal::address(document),
    });
    match read {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
