//! One request, and when it may be repeated.
//!
//! A repeat is safe for the token, for reads and for deletes. Creating a transaction is never repeated here: it may have
//! been charged already, and after a 429 the person waits in the core's line, where all wait for the same rate.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{RequestBuilder, StatusCode};
use tokio::time::Instant;
use zeroize::Zeroize as _;

use crate::checks::vendor::VendorError;
use crate::http_client::{self, Party, ReadError};
use crate::jumio::config::Fault;
use crate::jumio::slow::Slow;
use crate::random::Random;

/// Maximum length of an answer, in bytes. The largest real ones list every image and reach about 50 kB.
pub(super) const BODY_MAX: usize = 1024 * 1024;

/// How often and how soon a request is repeated, where that is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Tries in all, the first included; 1 never repeats.
    pub attempts: u32,
    /// Pause before the first repeat; doubles for each further one. A random part of up to half is taken off.
    pub first_delay: Duration,
    /// The longest pause.
    pub longest_delay: Duration,
}

impl Default for Retry {
    /// Four tries, pausing about 0.3 s, 0.6 s and 1.2 s: enough for the limit of one account request per second.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(300),
            longest_delay: Duration::from_secs(2),
        }
    }
}

/// Sends requests with the headers Jumio insists on.
pub(super) struct Transport {
    pub(super) http: reqwest::Client,
    user_agent: HeaderValue,
    retry: Retry,
    random: Arc<dyn Random>,
    slow: Slow,
}

/// Jumio's answer. The body may hold personal data and is wiped when dropped.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    content_type: Option<HeaderValue>,
    body: Bytes,
}

/// Why one request gave no answer that can be used.
#[derive(Debug)]
pub(super) enum Failure {
    /// 429, with the pause Jumio asks for, if any. The request was not executed.
    Throttled(Option<Duration>),
    /// No connection, no whole answer, or a 5xx. Unless it was not even sent, the request may have been executed.
    Down {
        /// What happened.
        why: String,
        /// Whether it may have reached Jumio.
        sent: bool,
    },
    /// Not worth a repeat.
    Final(VendorError),
}

/// Whether a request may be sent again although it may have been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Reads, deletes, tokens.
    Safe,
    /// Creates: never.
    Unsafe,
}

impl Transport {
    /// A transport of a client in whose configuration these `faults` were found. A call is slow that takes more than half of
    /// `budget`.
    ///
    /// # Errors
    /// The faults, one of which is the `user_agent` that is no header.
    pub(super) fn new(
        http: reqwest::Client,
        user_agent: &str,
        (retry, budget): (Retry, Duration),
        random: Arc<dyn Random>,
        faults: Vec<Fault>,
    ) -> Result<Self, Vec<Fault>> {
        match HeaderValue::from_str(user_agent) {
            Ok(user_agent) if faults.is_empty() => Ok(Self {
                http,
                user_agent,
                retry,
                random,
                slow: Slow::beyond(budget / 2),
            }),
            _ => Err(faults),
        }
    }

    /// Sends a request once and reads its answer whole. `call` is its name in the log.
    pub(super) async fn once(&self, call: &'static str, request: RequestBuilder) -> Result<Reply, Failure> {
        let began = Instant::now();
        let answer = self.exchange(call, request).await;
        self.slow.note(call, began.elapsed());
        answer
    }

    async fn exchange(&self, call: &'static str, request: RequestBuilder) -> Result<Reply, Failure> {
        let request = request
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, self.user_agent.clone());
        let response = http_client::send(Party::Vendor, request)
            .await
            .map_err(|error| unanswered(call, &error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Failure::Throttled(pause(response.headers())));
        }
        if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
            let why = format!("answered {} to the {call}", status.as_u16());
            return Err(Failure::Down { why, sent: true });
        }
        let content_type = response.headers().get(CONTENT_TYPE).cloned();
        Ok(Reply {
            status,
            content_type,
            body: http_client::read_capped(response, BODY_MAX)
                .await
                .map_err(|error| unread(call, &error))?,
        })
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Ok(mut body) = std::mem::take(&mut self.body).try_into_mut() {
            body.zeroize();
        }
    }
}

impl Reply {
    /// Parses the body of a success. What it says is not repeated in the error: it may be personal.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, VendorError> {
        if self.content_type.as_ref().is_some_and(|kind| !is_json(kind)) {
            return Err(VendorError::unavailable(
                "answered with something other than JSON",
            ));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            VendorError::unavailable(format!("answered unreadable JSON ({kind:?} at {line}:{column})"))
        })
    }
}

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn unread(call: &str, error: &ReadError) -> Failure {
    let why = format!("the answer to the {call}: {}", causes(error));
    match error {
        ReadError::TooLong(_) => Failure::Final(VendorError::unavailable(why)),
        ReadError::Broken(_) => Failure::Down { why, sent: true },
    }
}

/// No answer. Certainly not sent is only what found no address, no connection or no TLS: once the request is being
/// written, nobody knows how much of it arrived.
fn unanswered(call: &str, error: &reqwest::Error) -> Failure {
    Failure::Down {
        why: format!("the {call}: {}", causes(error)),
        sent: !(error.is_connect() || error.is_builder()),
    }
}

/// A transport error with its causes. `http_client` has taken the address off it, which holds ids.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}

/// `Retry-After` in seconds (RFC 9110 section 10.2.3); its date form is not used by Jumio and is ignored.
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The repeats of one operation.
pub(super) struct Pace<'a> {
    transport: &'a Transport,
    repeat: Repeat,
    deadline: Instant,
    failed: u32,
}

impl<'a> Pace<'a> {
    pub(super) fn new(transport: &'a Transport, repeat: Repeat, deadline: Instant) -> Self {
        Self {
            transport,
            repeat,
            deadline,
            failed: 0,
        }
    }

    /// Waits until the request may be sent again.
    ///
    /// # Errors
    /// The failure, when it must not be repeated or there is no time left for that.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), VendorError> {
        let (asked, error) = match failure {
            Failure::Final(error) => return Err(error),
            Failure::Throttled(retry_after) => (retry_after, VendorError::Throttled { retry_after }),
            Failure::Down { why, sent } => (None, VendorError::Unavailable { why, sent }),
        };
        let repeatable = self.repeat == Repeat::Safe;
        self.failed += 1;
        let pause = delay(self.transport.retry, self.failed, self.transport.random.as_ref());
        let pause = asked.map_or(pause, |asked| asked.max(pause));
        let in_time = Instant::now()
            .checked_add(pause)
            .is_some_and(|then| then < self.deadline);
        if !repeatable || self.failed >= self.transport.retry.attempts || !in_time {
            return Err(error);
        }
        tracing::debug!(attempt = self.failed, pause_ms = pause.as_millis(), cause = %error, "retrying the Jumio request");
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// The pause after the `failed`-th failure: doubling, capped, less a random part of up to half, so that handlers that
/// failed together do not come back together.
fn delay(retry: Retry, failed: u32, random: &dyn Random) -> Duration {
    let doubled = retry.first_delay.saturating_mul(1 << (failed - 1).min(16));
    let full = doubled.min(retry.longest_delay);
    let share = u32::from(u16::from_be_bytes(random.bytes()));
    full.saturating_sub(full.saturating_mul(share) / (2 * u32::from(u16::MAX)))
}

/// What a status means that is neither success nor worth a repeat. Bodies are not repeated: they may echo values.
pub(super) fn refusal(to: &str, status: StatusCode) -> VendorError {
    let code = status.as_u16();
    match code {
        400 | 422 => VendorError::Invalid(format!(
            "answered {code} {to}: a field, or a setting such as the workflow key"
        )),
        401 => VendorError::Refused(format!("answered {code} {to}: check API token and secret")),
        403 => VendorError::Refused(format!(
            "answered {code} {to}: check User-Agent, the credentials' permissions and the allowed addresses"
        )),
        404 => VendorError::Refused(format!(
            "answered {code} {to}: check the base addresses and the region"
        )),
        _ => VendorError::Refused(format!("answered {code} {to}: check the base addresses")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);
    impl Random for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    const RETRY: Retry = Retry {
        attempts: 9,
        first_delay: Duration::from_millis(100),
        longest_delay: Duration::from_millis(500),
    };

    fn delays(random: u8) -> Vec<u128> {
        (1..=5)
            .map(|failed| delay(RETRY, failed, &Always(random)).as_millis())
            .collect()
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        assert_eq!(delays(0), [100, 200, 400, 500, 500]);
    }

    #[test]
    fn chance_takes_off_at_most_half() {
        assert_eq!(delays(255), [50, 100, 200, 250, 250]);
    }

    #[test]
    fn many_failures_do_not_overflow() {
        assert_eq!(delay(RETRY, u32::MAX, &Always(0)), RETRY.longest_delay);
    }

    #[test]
    fn retry_after_is_read_in_seconds_only() {
        let of = |text: &'static str| {
            pause(&HeaderMap::from_iter([(
                RETRY_AFTER,
                HeaderValue::from_static(text),
            )]))
        };
        assert_eq!(of("2"), Some(Duration::from_secs(2)));
        assert_eq!(of("-1"), None);
        assert_eq!(of("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(pause(&HeaderMap::new()), None);
    }

    #[test]
    fn json_has_more_than_one_name() {
        for good in [
            "application/json",
            "Application/JSON;charset=UTF-8",
            "application/problem+json",
        ] {
            assert!(is_json(&HeaderValue::from_static(good)), "{good}");
        }
        for bad in ["text/html", "text/json", "application/jsonp", ""] {
            assert!(!is_json(&HeaderValue::from_static(bad)), "{bad}");
        }
    }
}
