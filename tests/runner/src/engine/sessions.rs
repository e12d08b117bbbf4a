//! Single sign-on sessions: what session providers keep for a browser.

use crate::claims::Bag;
use crate::expiring::Expiring;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::{Duration, OffsetDateTime};

/// What one session provider kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Persisted claims.
    pub claims: Bag,
    /// Technical profile that ran.
    pub profile: String,
    /// Walk it ran in.
    pub walk: String,
    /// When the person was authenticated.
    pub auth_time: OffsetDateTime,
    expires_at: OffsetDateTime,
    life: Duration,
    rolling: bool,
}

impl Kept {
    /// Claims of a profile that ran just now.
    #[must_use]
    pub fn new(walk: &str, profile: &str, claims: Bag, now: OffsetDateTime, life: Life) -> Self {
        Self {
            claims,
            profile: profile.to_owned(),
            walk: walk.to_owned(),
            auth_time: now,
            expires_at: now + life.length,
            life: life.length,
            rolling: life.rolling,
        }
    }
}

/// How long a session lives.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// Its length.
    pub length: Duration,
    /// Whether use prolongs it.
    pub rolling: bool,
}

#[derive(Debug, Default)]
struct Session {
    kept: HashMap<String, Kept>,
    clients: HashSet<String>,
}

/// How long it is known which applications a session signed in to when nothing else is kept of it: B2C's usual session.
const UNKEPT: Duration = Duration::days(1);

/// All sessions by the random value of the browser's cookie, each until the last thing in it ends.
#[derive(Debug, Default)]
pub struct Sessions {
    sessions: Mutex<Expiring<String, Session>>,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Expiring<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps claims of just now under `slot` (scope and session provider).
    pub fn keep(&self, session: &str, slot: &str, kept: Kept) {
        let (mut sessions, now) = (self.lock(), kept.auth_time);
        let session = sessions.entry(session.to_owned(), kept.expires_at, now);
        session.kept.retain(|_, other| other.expires_at > now);
        session.kept.insert(slot.to_owned(), kept);
    }

    /// What is kept under `slot` and has not expired; reading it prolongs a rolling session.
    #[must_use]
    pub fn recall(&self, session: &str, slot: &str, now: OffsetDateTime) -> Option<Kept> {
        let mut sessions = self.lock();
        let found = sessions.get_mut(session)?.kept.get_mut(slot)?;
        if found.expires_at <= now {
            return None;
        }
        if found.rolling {
            found.expires_at = now + found.life;
        }
        let found = found.clone();
        sessions.prolong(session, found.expires_at);
        Some(found)
    }

    /// Notes that an application was signed in from this session.
    pub fn note_client(&self, session: &str, client_id: &str, now: OffsetDateTime) {
        self.lock()
            .entry(session.to_owned(), now + UNKEPT, now)
            .clients
            .insert(client_id.to_owned());
    }

    /// Ends a session; the applications that were signed in.
    pub fn end(&self, session: &str) -> Vec<String> {
        let ended = self.lock().remove(session);
        let mut clients: Vec<String> = ended
            .map(|ended| ended.clients.into_iter().collect())
            .unwrap_or_default();
        clients.sort();
        clients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn kept(rolling: bool) -> Sessions {
        let sessions = Sessions::default();
        let life = Life {
            length: Duration::minutes(15),
            rolling,
        };
        sessions.keep("s", "slot", Kept::new("walk", "tp", Bag::default(), START, life));
        sessions
    }

    #[test]
    fn an_absolute_session_ends_on_time() {
        let sessions = kept(false);
        assert!(
            sessions
                .recall("s", "slot", START + Duration::minutes(14))
                .is_some()
        );
        assert!(
            sessions
                .recall("s", "slot", START + Duration::minutes(15))
                .is_none()
        );
    }

    #[test]
    fn no_cookie_prints() {
        let sessions = Sessions::default();
        sessions.note_client("hush", "app", START);
        assert!(!format!("{sessions:?}").contains("hush"));
    }

    #[test]
    fn use_prolongs_a_rolling_session() {
        let sessions = kept(true);
        assert!(
            sessions
                .recall("s", "slot", START + Duration::minutes(14))
                .is_some()
        );
        assert!(
            sessions
                .recall("s", "slot", START + Duration::minutes(28))
                .is_some()
        );
    }

    #[test]
    fn another_slot_or_browser_has_nothing() {
        let sessions = kept(true);
        assert!(sessions.recall("s", "other", START).is_none());
        assert!(sessions.recall("t", "slot", START).is_none());
    }

    #[test]
    fn a_session_in_use_is_not_taken_for_one_that_is_over() {
        let sessions = kept(true);
        sessions
            .recall("s", "slot", START + Duration::minutes(14))
            .unwrap();
        sessions.note_client("t", "app", START + Duration::minutes(20));
        let later = START + Duration::minutes(28);
        assert!(sessions.recall("s", "slot", later).is_some());
    }

    #[test]
    fn sessions_that_are_over_take_no_room() {
        let sessions = kept(false);
        sessions.note_client("s", "app", START);
        sessions.note_client("visitor", "app", START);
        let life = Life {
            length: Duration::minutes(15),
            rolling: false,
        };
        let later = START + Duration::days(2);
        sessions.keep("t", "slot", Kept::new("walk", "tp", Bag::default(), later, life));
        assert_eq!(sessions.lock().len(), 1);
    }

    #[test]
    fn there_are_never_more_sessions_than_fit() {
        let sessions = kept(false);
        for at in 0..10_010 {
            sessions.note_client(&at.to_string(), "app", START);
        }
        assert_eq!(sessions.lock().len(), 10_000);
    }

    #[test]
    fn an_ended_session_is_forgotten() {
        let sessions = kept(true);
        sessions.note_client("s", "app", START);
        assert_eq!(sessions.end("s"), ["app"]);
        assert!(sessions.recall("s", "slot", START).is_none());
    }
}
