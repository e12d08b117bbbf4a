//! Registers a verification and hands out its ticket. Never calls the vendor: instant, free and safe to repeat.

use std::borrow::Cow;

use time::OffsetDateTime;

use super::earlier::{Earlier, Wanted};
use super::facts::{Happened, Request, V1};
use super::matching::{Asked, Hasher, exact_prints};
use super::paths::{self, Name};
use super::subject::lead;
use super::vendor::Consent;
use super::{Deps, Error, Outcome, Verifications};
use crate::ids::{SubjectHash, VerificationId};
use crate::person::Person;
use crate::seal::{self, Purpose};

/// Who is to be verified, as the client says.
#[derive(Clone, Default)]
pub struct Registration {
    /// The authenticated caller; the scope of the subject where no client is named.
    pub caller: String,
    /// The client that will authorize with the ticket. When given, no other may, and it is the scope of the subject.
    pub client_id: Option<String>,
    /// The client's stable reference of its user. Kept as a keyed hash only.
    pub subject: String,
    /// The client's reference of this request; the same one gives the same ticket for ever.
    pub correlation_id: Option<String>,
    /// What the document has to confirm. Kept as keyed hashes only.
    pub person: Person,
    /// Language of the person (BCP 47).
    pub locale: Option<String>,
    /// Address of the person's browser. Kept encrypted only, for the vendor's consent record.
    pub ip: Option<String>,
    /// The person's consent.
    pub consent: Option<Consent>,
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
pub struct Registered {
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

impl Verifications {
    /// Registers a verification. The same scope, subject and correlation id give the same ticket; when the person to be
    /// matched differs from the first time, it is another verification, so that a check of one name never answers for
    /// another.
    ///
    /// # Errors
    /// The store.
    pub async fn register(&self, registration: Registration) -> Result<Registered, Error> {
        let (id, request) = self.deps.request(&registration).await?;
        let slots = self.deps.slots(request.subject).await?;
        let now = self.deps.clock.now();
        let wanted = Wanted {
            by: id,
            asked: &request.asked,
            approved_since: now - self.deps.limits.approval_valid,
        };
        let attempts_left = slots.left(&self.deps.limits, now);
        let earlier = self.deps.earlier(&slots, &wanted).await?;
        Ok(Registered {
            ticket: self
                .deps
                .seal
                .seal(Purpose::Ticket, id, request.expires_at, [0; 16]),
            id,
            expires_at: request.expires_at,
            earlier: earlier.map(|earlier| match earlier {
                Earlier::Approved(of, decision) | Earlier::Other(of, decision) => {
                    Outcome::decided(of.id, &decision, attempts_left)
                }
                Earlier::UnderWay(of) => Outcome::pending(of.id, now, attempts_left),
            }),
            attempts_left,
        })
    }

    /// The verification of a ticket.
    ///
    /// # Errors
    /// The ticket is malformed, forged or expired; the verification is not there; the store.
    pub async fn resolve_ticket(&self, ticket: &str) -> Result<VerificationId, Error> {
        let id = self
            .deps
            .seal
            .open(Purpose::Ticket, ticket, self.deps.clock.now())?
            .id;
        let request = self.deps.read::<Request>(&Name::Request.path(id)).await?;
        request.map(|_| id).ok_or(Error::NotFound)
    }
}

impl Deps {
    /// Stores a registration, or finds the one that was stored first.
    pub(super) async fn request(
        &self,
        registration: &Registration,
    ) -> Result<(VerificationId, Request), Error> {
        // No client's id has a line break, so no client can share its subjects with a caller of that name.
        let of_caller = || format!("caller\n{}", registration.caller).into();
        let scope = registration
            .client_id
            .as_deref()
            .map_or_else(of_caller, Cow::Borrowed);
        let subject = self.subject(&scope, &registration.subject).await?;
        let id = self.id_of(subject, registration.correlation_id.as_deref());
        let (id, request) = self.request_as(id, subject, registration).await?;
        self.create(&paths::index(subject, id), &Happened::at(request.at))
            .await?;
        Ok((id, request))
    }

    async fn request_as(
        &self,
        id: VerificationId,
        subject: SubjectHash,
        registration: &Registration,
    ) -> Result<(VerificationId, Request), Error> {
        let ours = self.new_request(id, subject, registration);
        let asked = ours.asked.clone();
        let first = self.settle_on(&Name::Request.path(id), ours).await?;
        if asked.is_covered_by(&first.asked) && first.asked.is_covered_by(&asked) {
            return Ok((id, first));
        }
        let id = amended(id, &asked);
        let ours = self.new_request(id, subject, registration);
        Ok((id, self.settle_on(&Name::Request.path(id), ours).await?))
    }

    fn new_request(&self, id: VerificationId, subject: SubjectHash, registration: &Registration) -> Request {
        let now = self.clock.now();
        let hasher = Hasher {
            seal: &self.seal,
            id,
            subject,
        };
        let place = Name::Request.path(id);
        Request {
            version: V1,
            at: now,
            expires_at: now + self.limits.ticket_life,
            caller: registration.caller.clone(),
            client_id: registration.client_id.clone(),
            subject,
            asked: hasher.asked(&registration.person),
            locale: registration.locale.clone(),
            ip: registration
                .ip
                .as_ref()
                .map(|ip| self.seal.lock(&place, self.random.bytes(), ip)),
            consent: registration.consent.clone(),
        }
    }
}

/// The verification of the same subject and correlation id in which another person is to be matched.
fn amended(id: VerificationId, asked: &Asked) -> VerificationId {
    let prints = |prints: Option<&Vec<String>>| prints.and_then(|p| p.first()).cloned().unwrap_or_default();
    let given = prints(asked.given_name.as_ref().map(|name| &name.prints));
    let family = prints(asked.family_name.as_ref().map(|name| &name.prints));
    let birthdate = prints(asked.birthdate.as_ref().map(|date| &date.prints));
    let exact_given = prints(exact_prints(asked.given_name.as_ref()));
    let exact_family = prints(exact_prints(asked.family_name.as_ref()));
    VerificationId(lead(&seal::digest(&[
        "amended",
        &id.to_string(),
        &given,
        &family,
        &birthdate,
        &exact_given,
        &exact_family,
    ])))
}
