//! One access token, and how long it serves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use zeroize::{Zeroize as _, Zeroizing};

use crate::checks::vendor::VendorError;

/// A token is renewed this long before it expires, or after half of what was left of it, whichever is later.
const MARGIN: Duration = Duration::minutes(5);
/// Life of a token that does not tell: long enough for one operation.
const UNKNOWN_LIFE: Duration = Duration::minutes(1);
/// No token is kept longer than this, whatever it says.
const LONGEST_LIFE: Duration = Duration::hours(24);

/// One access token.
#[derive(Debug)]
pub(in crate::jumio::kyx) struct AccessToken {
    /// `Authorization` header; marked sensitive, so it does not print.
    pub(in crate::jumio::kyx) bearer: HeaderValue,
    pub(super) renew_at: OffsetDateTime,
    pub(super) expires_at: OffsetDateTime,
}

/// RFC 6749 section 5.1.
#[derive(Deserialize)]
pub(super) struct WireToken {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<i64>,
}

impl Drop for WireToken {
    fn drop(&mut self) {
        self.access_token.zeroize();
    }
}

impl AccessToken {
    pub(super) fn new(wire: &WireToken, now: OffsetDateTime) -> Result<Self, VendorError> {
        if wire
            .token_type
            .as_deref()
            .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
        {
            return Err(VendorError::Refused(
                "the token endpoint gave a token that is not a bearer token".into(),
            ));
        }
        let header = Zeroizing::new(format!("Bearer {}", wire.access_token));
        let malformed = |_| VendorError::unsent("the token endpoint gave a malformed token");
        let mut bearer = HeaderValue::from_str(&header).map_err(malformed)?;
        bearer.set_sensitive(true);
        let life = remaining(wire, now).clamp(Duration::ZERO, LONGEST_LIFE);
        Ok(Self {
            bearer,
            renew_at: now + (life - MARGIN).max(life / 2),
            expires_at: now + life,
        })
    }
}

/// How long a token will still live: by its own `exp`, because the server may hand out one it issued earlier; else by
/// `expires_in`. An expired one (or one that a wrong clock makes look so) is used once and not kept.
fn remaining(wire: &WireToken, now: OffsetDateTime) -> Duration {
    match (unverified_exp(&wire.access_token), wire.expires_in) {
        (Some(exp), _) => exp - now,
        (None, Some(seconds)) => Duration::seconds(seconds),
        (None, None) => UNKNOWN_LIFE,
    }
}

/// `exp` of a JWT (RFC 7519 section 4.1.4), read without verifying it: it only says when to ask for another.
fn unverified_exp(token: &str) -> Option<OffsetDateTime> {
    #[derive(Deserialize)]
    struct Claims {
        exp: serde_json::Number,
    }
    let payload = Zeroizing::new(URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?);
    let exp = serde_json::from_slice::<Claims>(&payload).ok()?.exp;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a NumericDate with a fraction; saturates, then is refused"
    )]
    let seconds = exp
        .as_i64()
        .or_else(|| exp.as_f64().map(|seconds| seconds as i64))?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-02-03 10:00 UTC);

    fn jwt(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    fn token(access_token: String, expires_in: Option<i64>) -> AccessToken {
        let token_type = Some("Bearer".into());
        AccessToken::new(
            &WireToken {
                access_token,
                token_type,
                expires_in,
            },
            NOW,
        )
        .unwrap()
    }

    fn expiring_in(seconds: i64) -> AccessToken {
        token(
            jwt(&format!(r#"{{"exp":{}}}"#, NOW.unix_timestamp() + seconds)),
            Some(3600),
        )
    }

    #[test]
    fn a_fresh_token_is_renewed_five_minutes_early() {
        assert_eq!(expiring_in(3600).renew_at, NOW + Duration::minutes(55));
    }

    #[test]
    fn a_token_that_is_old_already_counts_by_its_own_exp_not_by_expires_in() {
        assert_eq!(expiring_in(900).renew_at, NOW + Duration::minutes(10));
        assert_eq!(expiring_in(900).expires_at, NOW + Duration::minutes(15));
    }

    #[test]
    fn a_short_token_is_renewed_after_half_its_life() {
        assert_eq!(expiring_in(200).renew_at, NOW + Duration::seconds(100));
    }

    #[test]
    fn an_expired_token_is_not_kept() {
        let old = expiring_in(-10);
        assert_eq!((old.renew_at, old.expires_at), (NOW, NOW));
    }

    #[test]
    fn a_token_without_exp_counts_by_expires_in() {
        assert_eq!(
            token("opaque".into(), Some(1200)).renew_at,
            NOW + Duration::minutes(15)
        );
        assert_eq!(token(jwt("{}"), Some(1200)).renew_at, NOW + Duration::minutes(15));
    }

    #[test]
    fn a_token_that_tells_nothing_lives_a_minute() {
        assert_eq!(
            token("opaque".into(), None).expires_at,
            NOW + Duration::minutes(1)
        );
    }

    #[test]
    fn exp_may_have_a_fraction_and_absurd_ones_are_bounded() {
        let exp = NOW.unix_timestamp() + 100;
        assert_eq!(
            token(jwt(&format!(r#"{{"exp":{exp}.5}}"#)), None).expires_at,
            NOW + Duration::seconds(100)
        );
        let far = token(jwt(r#"{"exp":253402300799}"#), None);
        assert_eq!(far.expires_at, NOW + Duration::hours(24));
        assert_eq!(
            token(jwt(r#"{"exp":9e99}"#), Some(60)).expires_at,
            NOW + Duration::seconds(60)
        );
        assert_eq!(token("x".into(), Some(i64::MIN)).expires_at, NOW);
    }

    #[test]
    fn a_token_of_another_type_is_refused() {
        let wire = WireToken {
            access_token: "x".into(),
            token_type: Some("mac".into()),
            expires_in: None,
        };
        assert!(matches!(
            AccessToken::new(&wire, NOW),
            Err(VendorError::Refused(_))
        ));
    }

    #[test]
    fn a_token_that_would_break_the_header_is_refused() {
        let wire = WireToken {
            access_token: "x\r\ny: z".into(),
            token_type: None,
            expires_in: None,
        };
        assert!(matches!(
            AccessToken::new(&wire, NOW),
            Err(VendorError::Unavailable { .. })
        ));
    }

    proptest::proptest! {
        #[test]
        fn any_token_lives_between_nothing_and_a_day(text in "[!-~]{0,80}", exp in "-?[0-9.e+]{0,25}", seconds: Option<i64>) {
            for access_token in [text.clone(), jwt(&format!(r#"{{"exp":{exp}}}"#))] {
                let kept = token(access_token, seconds);
                proptest::prop_assert!(NOW <= kept.renew_at && kept.renew_at <= kept.expires_at);
                proptest::prop_assert!(kept.expires_at <= NOW + LONGEST_LIFE);
            }
        }
    }

    #[test]
    fn a_token_does_not_print() {
        let shown = format!("{:?}", token(jwt(r#"{"secret":1}"#), Some(1)));
        assert!(!shown.contains("e30"), "{shown}");
    }
}
