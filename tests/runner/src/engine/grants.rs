//! Authorization codes: kept until redeemed, once.

use crate::expiring::Expiring;
use serde_json::{Map, Value as Json};
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// Life of a code. B2C's is 5 minutes.
const LIFE: Duration = Duration::minutes(5);

/// For so long an old code is told from one that nobody issued.
const REMEMBERED: Duration = Duration::days(1);

/// What a journey decided to tell an application.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The policy.
    pub policy: String,
    /// Technical profile of the token issuer.
    pub issuer: String,
    /// The application.
    pub client_id: String,
    /// Redirect address of the request; the redemption repeats it.
    pub redirect_uri: String,
    /// PKCE challenge and method.
    pub challenge: Option<(String, String)>,
    /// Scope asked for.
    pub scope: Vec<String>,
    /// `nonce` of the request.
    pub nonce: Option<String>,
    /// Token claims by their token names.
    pub claims: Map<String, Json>,
    /// Claims by their own names, for a refresh token.
    pub kept: Map<String, Json>,
    /// When the person was authenticated, seconds since 1970.
    pub auth_time: i64,
    /// Correlation id of the walk.
    pub walk: String,
    /// End of the refresh tokens that follow each other, seconds since 1970; none yet for a first grant.
    pub family_expires_at: Option<i64>,
}

/// Why a code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeError {
    /// Nobody issued it.
    Unknown,
    /// It is older than five minutes.
    Expired,
    /// It was redeemed before.
    Redeemed,
}

#[derive(Debug)]
enum Slot {
    Open(Box<Grant>, OffsetDateTime),
    Redeemed,
}

/// Codes by value.
#[derive(Debug, Default)]
pub struct Grants {
    slots: Mutex<Expiring<String, Slot>>,
}

impl Grants {
    /// Keeps a grant and gives the code for it.
    pub fn issue(&self, grant: Grant, now: OffsetDateTime) -> String {
        let code = loopback::random::token();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let expires_at = now + LIFE;
        let slot = Slot::Open(Box::new(grant), expires_at);
        slots.insert(code.clone(), slot, expires_at + REMEMBERED, now);
        code
    }

    /// Redeems a code. Whatever comes of it, the code is used up.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn redeem(&self, code: &str, now: OffsetDateTime) -> Result<Grant, CodeError> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.get_mut(code).ok_or(CodeError::Unknown)?;
        match std::mem::replace(slot, Slot::Redeemed) {
            Slot::Redeemed => Err(CodeError::Redeemed),
            Slot::Open(_, expires_at) if expires_at <= now => Err(CodeError::Expired),
            Slot::Open(grant, _) => Ok(*grant),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn grant() -> Grant {
        Grant {
            policy: "B2C_1A_Test".to_owned(),
            issuer: "JwtIssuer".to_owned(),
            client_id: "app".to_owned(),
            redirect_uri: "https://app.test/cb".to_owned(),
            challenge: None,
            scope: vec!["openid".to_owned()],
            nonce: None,
            claims: Map::new(),
            kept: Map::new(),
            auth_time: 0,
            walk: "w".to_owned(),
            family_expires_at: None,
        }
    }

    #[test]
    fn no_code_prints() {
        let grants = Grants::default();
        let code = grants.issue(grant(), OffsetDateTime::UNIX_EPOCH);
        assert!(!format!("{grants:?}").contains(&code));
    }

    #[test]
    fn a_code_works_once() {
        let (grants, now) = (Grants::default(), OffsetDateTime::UNIX_EPOCH);
        let code = grants.issue(grant(), now);
        assert!(grants.redeem(&code, now).is_ok());
        assert_eq!(grants.redeem(&code, now).unwrap_err(), CodeError::Redeemed);
    }

    #[test]
    fn an_old_code_is_refused_and_used_up() {
        let (grants, now) = (Grants::default(), OffsetDateTime::UNIX_EPOCH);
        let code = grants.issue(grant(), now);
        assert_eq!(grants.redeem(&code, now + LIFE).unwrap_err(), CodeError::Expired);
        assert_eq!(grants.redeem(&code, now).unwrap_err(), CodeError::Redeemed);
    }

    #[test]
    fn codes_of_days_ago_take_no_room() {
        let (grants, now) = (Grants::default(), OffsetDateTime::UNIX_EPOCH);
        let used = grants.issue(grant(), now);
        grants.redeem(&used, now).unwrap();
        grants.issue(grant(), now);
        grants.issue(grant(), now + Duration::days(2));
        assert_eq!(grants.slots.lock().unwrap().len(), 1);
    }

    #[test]
    fn there_are_never_more_codes_than_fit() {
        let (grants, now) = (Grants::default(), OffsetDateTime::UNIX_EPOCH);
        for second in 0..10_010 {
            grants.issue(grant(), now + Duration::milliseconds(second));
        }
        let last = grants.issue(grant(), now + Duration::minutes(1));
        assert_eq!(grants.slots.lock().unwrap().len(), 10_000);
        assert!(grants.redeem(&last, now + Duration::minutes(1)).is_ok());
    }

    #[test]
    fn an_invented_code_is_refused() {
        assert_eq!(
            Grants::default()
                .redeem("x", OffsetDateTime::UNIX_EPOCH)
                .unwrap_err(),
            CodeError::Unknown
        );
    }
}
