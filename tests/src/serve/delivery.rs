//! From a request to what really reaches the caller: history, faults and manners, and answers that break on the way.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use loopback::clock::stamp;
use loopback::serve::{Abort, Body, Incoming, LIMIT_BYTES};

use super::{Answer, Host, Request};
use crate::faults::{Active, Effect, Fault};
use crate::history::Entry;

/// Long enough for the first half of a truncated body to leave before the connection does.
const HALF_WAY: Duration = Duration::from_millis(10);

impl Host {
    /// Reads, records, answers and, when a fault strikes, spoils.
    pub(super) async fn deliver(&self, incoming: Incoming, abort: &Abort) -> hyper::Response<Body> {
        let request = match Request::read(incoming, LIMIT_BYTES).await {
            Ok(request) => request,
            Err(unreadable) => return self.service.failure(unreadable.status()).whole(),
        };
        let name = self.service.name();
        let operation = self.service.operation(&request);
        let mut entry = Entry::of(name, operation, stamp(self.backstage.clock.now()), &request);
        let struck = self.backstage.faults.strike(name, operation);
        entry.fault = struck.as_ref().map(|active| active.id);
        let response = match struck {
            None => self.behave(operation, request, &mut entry).await,
            Some(Active { fault, .. }) => self.spoil(fault, request, abort).await,
        };
        entry.status = (!abort.is_reset()).then(|| response.status().as_u16());
        self.backstage.history.record(entry);
        response
    }

    /// Answers as the manners of the moment are. Where somebody injects failures, these are the only ones.
    async fn behave(
        &self,
        operation: &'static str,
        request: Request,
        entry: &mut Entry,
    ) -> hyper::Response<Body> {
        let is_left_alone = self.backstage.faults.all().is_empty();
        let throttle = self.service.throttle(operation).filter(|_| is_left_alone);
        let whim = self
            .backstage
            .manners
            .whim(self.service.name(), operation, throttle);
        tokio::time::sleep(Duration::from_millis(whim.delay_ms)).await;
        entry.is_rude = whim.throttle.is_some();
        let answer = match whim.throttle {
            Some(throttle) => self.refusal(throttle.status, throttle.retry_after_s),
            None => self.service.answer(request).await,
        };
        whim.dress(answer)
    }

    async fn spoil(&self, fault: Fault, request: Request, abort: &Abort) -> hyper::Response<Body> {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        let replaces = matches!(fault.effect, Some(Effect::Status(_) | Effect::Reset));
        let answer = if replaces && !fault.after {
            Answer::empty(200) // never sent: the fault stands in for it
        } else {
            self.service.answer(request).await
        };
        match fault.effect {
            None => answer.whole(),
            Some(Effect::Status(status)) => self.refusal(status, fault.retry_after_s).whole(),
            Some(Effect::Truncate) => half(answer),
            Some(Effect::Garbage) => Answer {
                body: Bytes::from_static(b"<?not json at all \xff"),
                ..answer
            }
            .whole(),
            Some(Effect::ContentType(value)) => answer.header(CONTENT_TYPE, &value).whole(),
            Some(Effect::Reset) => {
                abort.reset();
                Answer::empty(500).whole() // the socket refuses to write it
            }
        }
    }

    fn refusal(&self, status: u16, retry_after_s: Option<u32>) -> Answer {
        let answer = self.service.failure(status);
        match retry_after_s {
            Some(seconds) => answer.header(RETRY_AFTER, &seconds.to_string()),
            None => answer,
        }
    }
}

/// Announces the whole length, sends half, then fails, which makes hyper drop the connection.
fn half(answer: Answer) -> hyper::Response<Body> {
    let whole_length = answer.body.len();
    let first = answer.body.slice(..whole_length / 2);
    let frames = stream::unfold(Some(first), |left| async move {
        if let Some(first) = left {
            return Some((Ok(Frame::data(first)), None));
        }
        tokio::time::sleep(HALF_WAY).await;
        Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), None))
    });
    let mut response = Answer {
        body: Bytes::new(),
        ..answer
    }
    .whole();
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(whole_length.max(1)));
    *response.body_mut() = StreamBody::new(frames).boxed();
    response
}
