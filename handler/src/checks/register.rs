//! Registers a verification and hands out its ticket. Never calls the vendor: instant, free and safe to repeat.
//!
//! # Layout
//! - `former`: a subject of the time when callers named no client
//! - `place`: where the person says they are; `consent`: what they agreed to
//! - `kept`: for whoever keeps one reference a subject

pub(crate) mod consent;
mod former;
mod kept;
pub(crate) mod place;

use std::borrow::Cow;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use time::OffsetDateTime;

use crate::checks::confirm::Word;
use crate::checks::decision::matching::Hasher;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Added, Location, Request, V2};
use crate::checks::history::earlier::{self, Earlier, Wanted};
use crate::checks::vendor::{Consent, Need, Place};
use crate::checks::{Checks, Deps, Entry, Error, Outcome, Verification};
use crate::digest::digest;
use crate::ids::{FactHash, SubjectHash, VerificationId, leading};
use crate::person::{Person, Personal};
use crate::seal::Purpose;

/// Maximum number of different additions to one registration. An honest client adds the same at each sign-in.
const MAX_ADDED: usize = 20;
/// Maximum number of different people registered under one subject and correlation id. An honest caller changes a name once
/// or twice.
const MAX_PEOPLE: u32 = 50;

/// Who is to be verified, as the client says.
#[derive(Clone, Default)]
pub struct Registration {
    /// The authenticated caller; the scope of the subject where no client is named.
    pub caller: String,
    /// The client that will authorize with the ticket. When given, no other may, and it is the scope of the subject unless it
    /// has a sector.
    pub client_id: Option<String>,
    /// The sector of that client (OpenID Connect Core section 8.1): all of its clients mean the same subject by one reference.
    pub sector: Option<String>,
    /// The caller may have registered the subject before without naming a client, so that the caller was its scope.
    pub was_callers: bool,
    /// The client's stable reference of its user. Kept as a keyed hash only.
    pub subject: String,
    /// The client's reference of this request; the same one gives the same ticket for ever.
    pub correlation_id: Option<String>,
    /// What the document has to confirm. Kept as keyed hashes only.
    pub person: Person,
    /// The person's mail address, to be told to the client that gave it. Kept encrypted only.
    pub email: Option<Personal>,
    /// Language of the person (BCP 47).
    pub locale: Option<String>,
    /// Address of the person's browser. Kept encrypted only, for the vendor's consent record.
    pub ip: Option<String>,
    /// The person's consent.
    pub consent: Option<Consent>,
    /// Nobody named a subject: it is the browser's own, and never one that a client or caller could name.
    pub walk_in: bool,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration")
            .field("caller", &self.caller)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A registered verification.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Registered {
    /// For `login_hint`. A credential.
    pub ticket: String,
    /// Not secret.
    pub id: VerificationId,
    /// When the ticket ends.
    pub expires_at: OffsetDateTime,
    /// The latest still valid approval of the subject that would be reused, or else how its last attempt stands
    /// (pending, review, rejected ...).
    pub earlier: Option<Outcome>,
    /// How many attempts the subject has left now.
    pub attempts_left: u32,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .field("earlier", &self.earlier)
            .field("attempts_left", &self.attempts_left)
            .finish_non_exhaustive()
    }
}

impl Checks {
    /// Registers a verification. The same scope, subject and correlation id give the same ticket; when the person to be
    /// matched differs from the first time, it is another verification, so that a check of one name never answers for
    /// another.
    ///
    /// # Errors
    /// The subject is one of our own values; too many people under one correlation id; the store.
    pub(crate) async fn register(&self, registration: Registration) -> Result<Registered, Error> {
        let (verification, request) = self.verification_of(&registration).await?;
        self.registered(&verification, &request).await
    }

    /// The ticket of a verification that is stored, and what is known of its subject.
    async fn registered(&self, verification: &Verification, request: &Request) -> Result<Registered, Error> {
        let (id, seen) = (verification.id, &verification.seen);
        let starts = seen.known_starts().await?;
        let now = self.deps.clock.now();
        let wanted = Wanted {
            by: id,
            asked: &request.asked,
            approved_since: now - self.deps.limits.approval_valid,
            word: Word::Unneeded,
        };
        let attempts_left = starts.left(&self.deps.limits, now);
        let earlier = earlier::best(&self.deps, seen, &starts, &wanted).await?;
        if let Some(Earlier::UnderWay(of)) = &earlier {
            // It may be pending only because a callback is unread. Registering itself never asks the vendor.
            self.catch_up_later(of.id);
        }
        Ok(Registered {
            ticket: self
                .deps
                .seal
                .seal(Purpose::Ticket, id, request.expires_at, [0; 16]),
            id,
            expires_at: request.expires_at,
            earlier: earlier.map(|earlier| earlier.outcome(now, attempts_left)),
            attempts_left,
        })
    }

    /// The verification of a ticket that `client_id` brings.
    ///
    /// # Errors
    /// The ticket is malformed, forged or expired; the verification is not there, or was registered for another client;
    /// the store.
    pub(crate) async fn resolve_ticket(&self, ticket: &str, client_id: &str) -> Result<Verification, Error> {
        let opened = self
            .deps
            .seal
            .open(Purpose::Ticket, ticket, self.deps.clock.now())?;
        let verification = self.open(opened.id);
        verification.check_client(client_id).await?;
        Ok(verification)
    }

    /// Stores a registration, or finds the one that was stored first.
    ///
    /// # Errors
    /// As [`Checks::register`].
    pub(crate) async fn verification_of(
        &self,
        registration: &Registration,
    ) -> Result<(Verification, Request), Error> {
        let present = self.subject_of(registration)?;
        let (subject, seen) = self.present_or_former(registration, present).await?;
        let (id, request) = request_of(&self.deps, &seen, subject, registration).await?;
        Ok((Verification { id, seen }, request))
    }

    /// Who is registered, and what this request is going to know of them.
    pub(super) fn subject_of(
        &self,
        registration: &Registration,
    ) -> Result<(SubjectHash, Arc<Snapshot>), Error> {
        // Whoever calls this takes the text for a name of somebody. One of our own values there is a ticket that strayed:
        // taken for a name it would begin a check that compares nothing of what was registered.
        if self.deps.seal.is_ours(&registration.subject) {
            return Err(Error::OurOwnValue);
        }
        let scope = match (&registration.sector, &registration.client_id) {
            (Some(sector), _) => Scope::Sector(sector),
            (None, Some(client_id)) => Scope::Client(client_id),
            (None, None) => Scope::Caller(&registration.caller),
        };
        let scope = match scope {
            Scope::Sector(sector) if registration.walk_in => Scope::WalkInSector(sector),
            Scope::Client(client_id) if registration.walk_in => Scope::WalkIn(client_id),
            named => named,
        };
        let subject = subject_of(&self.deps, scope, &registration.subject);
        Ok((subject, self.snapshot(subject.key())))
    }

    /// The mail address that was registered with a verification. Nothing where there was none, and where the key that it was
    /// encrypted with is gone: it is no more than what the client gave.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn email(&self, entry: &Entry) -> Result<Option<Personal>, Error> {
        let request: Request = entry.seen.fact(entry.id, FactName::Request).await?;
        let place = place_of_email(entry.id);
        let email = request
            .email
            .and_then(|email| self.deps.seal.unlock(&place, &email).ok());
        Ok(email.map(|email| Personal::new(email.expose_secret())))
    }

    /// What the vendor still has to be told about the place of this sign-in's person.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn unknown_place(&self, entry: &Entry) -> Result<Option<Need>, Error> {
        let request = entry.seen.request(entry.id).await?;
        let place = place::place(&self.deps, &entry.seen, entry.id, &request).await?;
        Ok(self.deps.vendors.present().needs(&place))
    }

    /// Keeps what the person said for all attempts of the verification, or tells what is still missing of it. The first
    /// answer stays.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn locate(&self, entry: &Entry, place: Place) -> Result<Option<Need>, Error> {
        if let Some(need) = self.deps.vendors.present().needs(&place) {
            return Ok(Some(need));
        }
        let location = Location {
            version: V2,
            at: self.deps.clock.now(),
            place,
        };
        let created = entry.seen.create(entry.id, FactName::Location, &location);
        created.await.map(|_| None)
    }

    /// Records that the person agrees, on a page of ours, to a text of this version, at most 100 characters. The first
    /// agreement stays.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn agree(&self, entry: &Entry, text_version: &str) -> Result<(), Error> {
        consent::record(&self.deps, entry, text_version).await
    }

    /// Adds to what has to match, for good and for every sign-in of the verification. Nothing is written where the same was
    /// registered.
    ///
    /// # Errors
    /// More additions than any honest client makes; the store.
    pub(crate) async fn add(&self, verification: &Verification, person: &Person) -> Result<(), Error> {
        let Verification { id, seen } = verification;
        let request = seen.fact::<Request>(*id, FactName::Request).await?;
        let hasher = Hasher {
            seal: &self.deps.seal,
            id: *id,
            subject: request.subject,
        };
        let asked = hasher.asked(person);
        if asked.is_covered_by(&request.asked) {
            return Ok(());
        }
        let text = serde_json::to_string(&asked).map_err(|_| Error::Corrupt("added".to_owned()))?;
        let name = FactName::Added(FactHash::of(&["added", &text]));
        let is_added = |name: &FactName| matches!(name, FactName::Added(_));
        if verification.count(is_added).await? >= MAX_ADDED && !seen.has(*id, name).await? {
            return Err(Error::TooMany);
        }
        let added = Added {
            version: V2,
            at: self.deps.clock.now(),
            asked,
        };
        seen.create(*id, name, &added).await.map(|_| ())
    }
}

impl Verification {
    /// A verification that was registered for one client is authorized by no other.
    pub(crate) async fn check_client(&self, client_id: &str) -> Result<Request, Error> {
        let request: Request = self.seen.fact(self.id, FactName::Request).await?;
        if request.is_for(client_id) {
            Ok(request)
        } else {
            Err(Error::WrongClient)
        }
    }
}

/// By whom one reference means one person.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// By all clients of a sector.
    Sector(&'a str),
    /// By a client.
    Client(&'a str),
    /// By a caller that names no client.
    Caller(&'a str),
    /// By a client that does not name whom it sends.
    WalkIn(&'a str),
    /// By all clients of a sector that do not name whom they send.
    WalkInSector(&'a str),
}

/// Who a subject is.
pub(super) fn subject_of(deps: &Deps, scope: Scope<'_>, subject: &str) -> SubjectHash {
    // No client's id has a line break, so no client can share its subjects with a caller or a sector of that name.
    let scope: Cow<'_, str> = match scope {
        Scope::Sector(sector) => format!("sector\n{sector}").into(),
        Scope::Client(client_id) => client_id.into(),
        Scope::Caller(caller) => format!("caller\n{caller}").into(),
        Scope::WalkIn(client_id) => format!("walk-in\n{client_id}").into(),
        Scope::WalkInSector(sector) => format!("walk-in sector\n{sector}").into(),
    };
    deps.seal.hash_subject(&scope, subject)
}

/// The verification of this subject and correlation id in which this person is to be matched: the first one, or one of
/// those that follow it. They are numbered and not named after the person, whose hashes change with the keys: the same
/// person finds the same one for ever. One that was erased is passed over: who registers again begins anew.
pub(super) async fn request_of(
    deps: &Deps,
    seen: &Snapshot,
    subject: SubjectHash,
    registration: &Registration,
) -> Result<(VerificationId, Request), Error> {
    for number in 0..MAX_PEOPLE {
        let id = id_of(deps, subject, registration.correlation_id.as_deref(), number);
        if seen.is_erased(id).await? {
            continue;
        }
        let ours = new_request(deps, id, subject, registration);
        let asked = ours.asked.clone();
        let known = seen.create_or_read(id, FactName::Request, ours).await?;
        if asked.is_covered_by(&known.asked) && known.asked.is_covered_by(&asked) {
            return Ok((id, known));
        }
    }
    Err(Error::TooMany)
}

/// The id of what a subject registers under a correlation id: always the same one. Without a correlation id, a new one.
fn id_of(deps: &Deps, subject: SubjectHash, correlation_id: Option<&str>, number: u32) -> VerificationId {
    let Some(correlation_id) = correlation_id else {
        return VerificationId::of(subject.key(), deps.random.bytes());
    };
    let hash = digest(&[
        "verification",
        &subject.to_string(),
        correlation_id,
        &number.to_string(),
    ]);
    VerificationId::of(subject.key(), leading(&hash))
}

fn new_request(
    deps: &Deps,
    id: VerificationId,
    subject: SubjectHash,
    registration: &Registration,
) -> Request {
    let now = deps.clock.now();
    let hasher = Hasher {
        seal: &deps.seal,
        id,
        subject,
    };
    let place = FactName::Request.path(id);
    Request {
        version: V2,
        at: now,
        expires_at: now + deps.limits.ticket_life,
        caller: registration.caller.clone(),
        client_id: registration.client_id.clone(),
        subject,
        asked: hasher.asked(&registration.person),
        locale: registration.locale.clone(),
        ip: registration
            .ip
            .as_ref()
            .map(|ip| deps.seal.lock(&place, deps.random.bytes(), ip)),
        email: registration.email.as_ref().map(|email| {
            deps.seal
                .lock(&place_of_email(id), deps.random.bytes(), email.expose())
        }),
        consent: registration.consent.clone(),
        walk_in: registration.walk_in,
    }
}

/// Where a mail address is kept, as part of how it is encrypted: nothing else of the document can stand in its place.
fn place_of_email(id: VerificationId) -> String {
    format!("{}#email", FactName::Request.path(id))
}
