//! How long a service wants to be left alone, kept for every request to it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{Headers, RETRY_AFTER};
use azure_core::http::policies::get_retry_after;
use azure_core::http::{AsyncRawResponse, StatusCode};
use azure_core::time::OffsetDateTime;
use tokio::time::Instant;

/// The first pause after a refusal that tells none; it doubles for each further one, as Key Vault's guidance has it.
const FIRST: Duration = Duration::from_secs(1);
/// The longest of these pauses.
const LONGEST: Duration = Duration::from_secs(16);
/// The longest pause that is kept because a service asks for it.
const LONGEST_TOLD: Duration = Duration::from_secs(3600);

/// A pause that is kept.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    /// Refusals in a row that told no pause.
    refusals: u32,
}

impl Pace {
    /// What is left of the pause.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.lock().until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// An error while the pause lasts.
    ///
    /// # Errors
    /// The service wants to be left alone.
    pub(super) fn check(&self) -> azure_core::Result<()> {
        match self.left() {
            None => Ok(()),
            Some(left) => Err(wants(StatusCode::TooManyRequests, left)),
        }
    }

    /// Heeds an answer.
    ///
    /// # Errors
    /// It says that too much is asked for.
    pub(super) fn heed(&self, answer: AsyncRawResponse) -> azure_core::Result<AsyncRawResponse> {
        let (status, told) = (answer.status(), told(answer.headers()));
        let pause = match (status, told) {
            (StatusCode::TooManyRequests | StatusCode::ServiceUnavailable, Some(told)) => told,
            (StatusCode::TooManyRequests, None) => self.next(),
            (status, _) => {
                if status.is_success() {
                    self.lock().refusals = 0;
                }
                return Ok(answer);
            }
        };
        let mut state = self.lock();
        let until = Instant::now() + pause;
        state.until = Some(state.until.map_or(until, |before| before.max(until)));
        Err(wants(status, pause))
    }

    /// Reads that were under way together are refused together; they count once.
    fn next(&self) -> Duration {
        let mut state = self.lock();
        if state.until.is_none_or(|until| until <= Instant::now()) {
            state.refusals = state.refusals.saturating_add(1);
        }
        let factor = 1_u32
            .checked_shl(state.refusals.saturating_sub(1))
            .unwrap_or(u32::MAX);
        FIRST.saturating_mul(factor).min(LONGEST)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the header may tell a date, which the SDK compares with the wall clock by a plain function"
)]
fn told(headers: &Headers) -> Option<Duration> {
    let told = get_retry_after(headers, OffsetDateTime::now_utc, &[RETRY_AFTER])?;
    Some(Duration::try_from(told).unwrap_or_default().min(LONGEST_TOLD))
}

/// Of a kind that the SDK does not repeat by itself.
fn wants(status: StatusCode, pause: Duration) -> Error {
    let kind = ErrorKind::HttpResponse {
        status,
        error_code: None,
        raw_response: None,
    };
    Error::with_message(
        kind,
        format!("it wants to be left alone for {} s", pause.as_secs_f32().ceil()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: StatusCode, retry_after: Option<&'static str>) -> AsyncRawResponse {
        let mut headers = Headers::new();
        if let Some(value) = retry_after {
            headers.insert(RETRY_AFTER, value);
        }
        AsyncRawResponse::from_bytes(status, headers, "")
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_told_is_kept_whole() {
        let pace = Pace::default();
        assert!(
            pace.heed(answer(StatusCode::TooManyRequests, Some("120")))
                .is_err()
        );
        assert_eq!(pace.left(), Some(Duration::from_secs(120)));
        // A later word that is shorter does not shorten it.
        assert!(
            pace.heed(answer(StatusCode::ServiceUnavailable, Some("5")))
                .is_err()
        );
        tokio::time::advance(Duration::from_secs(119)).await;
        assert!(pace.check().is_err());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(pace.check().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_word_the_pause_doubles_from_one_second_to_sixteen() {
        let pace = Pace::default();
        for seconds in [1, 2, 4, 8, 16, 16] {
            for _ in 0..3 {
                assert!(pace.heed(answer(StatusCode::TooManyRequests, None)).is_err());
            }
            assert_eq!(pace.left(), Some(Duration::from_secs(seconds)));
            tokio::time::advance(Duration::from_secs(seconds)).await;
        }
        assert!(pace.heed(answer(StatusCode::Ok, None)).is_ok());
        assert!(pace.heed(answer(StatusCode::TooManyRequests, None)).is_err());
        assert_eq!(pace.left(), Some(Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn other_answers_ask_for_no_pause() {
        let pace = Pace::default();
        for status in [
            StatusCode::ServiceUnavailable,
            StatusCode::Unauthorized,
            StatusCode::Ok,
        ] {
            assert!(pace.heed(answer(status, None)).is_ok());
        }
        assert_eq!(pace.left(), None);
    }
}
