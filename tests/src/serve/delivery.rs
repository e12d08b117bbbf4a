//! From a request to what really reaches the caller: history, faults, and answers that break on the way.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use loopback::clock::stamp;

use super::request::Unreadable;
use super::socket::Abort;
use super::{Answer, Host, Request};
use crate::faults::{Active, Effect, Fault};
use crate::history::Entry;

/// Long enough for the first half of a truncated body to leave before the connection does.
const HALF_WAY: Duration = Duration::from_millis(10);

pub(super) type Body = BoxBody<Bytes, io::Error>;

/// Reads, records, answers and, when a fault strikes, spoils.
pub(super) async fn deliver(
    incoming: hyper::Request<Incoming>,
    host: &Host,
    abort: &Abort,
) -> hyper::Response<Body> {
    let request = match Request::read(incoming).await {
        Ok(request) => request,
        Err(Unreadable::TooLarge) => return whole(host.service.failure(413)),
        Err(Unreadable::CutOff) => return whole(host.service.failure(400)),
    };
    let name = host.service.name();
    let operation = host.service.operation(&request);
    let mut entry = Entry::of(name, operation, stamp(host.backstage.clock.now()), &request);
    let struck = host.backstage.faults.strike(name, operation);
    entry.fault = struck.as_ref().map(|active| active.id);
    let response = match struck {
        None => whole(host.service.answer(request).await),
        Some(Active { fault, .. }) => spoil(fault, request, host, abort).await,
    };
    entry.status = (!abort.is_reset()).then(|| response.status().as_u16());
    host.backstage.history.record(entry);
    response
}

async fn spoil(fault: Fault, request: Request, host: &Host, abort: &Abort) -> hyper::Response<Body> {
    tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    let replaces = matches!(fault.effect, Some(Effect::Status(_) | Effect::Reset));
    let answer = if replaces && !fault.after {
        Answer::empty(200) // never sent: the fault stands in for it
    } else {
        host.service.answer(request).await
    };
    match fault.effect {
        None => whole(answer),
        Some(Effect::Status(status)) => whole(refusal(status, fault.retry_after_s, host)),
        Some(Effect::Truncate) => half(answer),
        Some(Effect::Garbage) => whole(Answer {
            body: Bytes::from_static(b"<?not json at all \xff"),
            ..answer
        }),
        Some(Effect::ContentType(value)) => whole(answer.header(CONTENT_TYPE, &value)),
        Some(Effect::Reset) => {
            abort.reset();
            whole(Answer::empty(500)) // the socket refuses to write it
        }
    }
}

fn refusal(status: u16, retry_after_s: Option<u32>, host: &Host) -> Answer {
    let answer = host.service.failure(status);
    match retry_after_s {
        Some(seconds) => answer.header(RETRY_AFTER, &seconds.to_string()),
        None => answer,
    }
}

fn whole(answer: Answer) -> hyper::Response<Body> {
    let body = Full::new(answer.body).map_err(|never| match never {}).boxed();
    let mut response = hyper::Response::new(body);
    *response.status_mut() = answer.status;
    response.headers_mut().extend(answer.headers);
    response
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
    let mut response = whole(Answer {
        body: Bytes::new(),
        ..answer
    });
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(whole_length.max(1)));
    *response.body_mut() = StreamBody::new(frames).boxed();
    response
}
