//! The web server of the Functions host (Kestrel): limits, time-outs and what it answers by itself.
//!
//! # Layout
//! - `head`, `target`, `fields`: the request line and the headers
//! - `intake`, `frames`, `body`: bytes that come in; `answer`: bytes that go out

mod answer;
mod body;
mod fields;
mod frames;
mod head;
mod intake;
pub(crate) mod target;

use futures::FutureExt as _;
use futures::future::FusedFuture;
use http::header::HeaderMap;
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use loopback::serve::Abort;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};

use super::message::{Body, Fault, bare};
use super::times::Times;
use answer::{Asked, Broken};
use body::Feed;
pub(crate) use fields::{Framing, has_option};
use head::Head;
use intake::{Intake, Next, Waited};
use target::Target;

/// A request that Kestrel let in.
pub(crate) struct Arrival {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) framing: Framing,
    pub(crate) body: Body,
}

/// What answers requests.
pub(crate) trait Site {
    /// Answers one. Dropped when the caller leaves.
    fn answer(&self, arrival: Arrival) -> impl Future<Output = Response<Body>> + Send;
}

/// One connection and what it must know.
pub(crate) struct Connection<S> {
    pub(crate) stream: S,
    /// Ends the stream with a reset.
    pub(crate) abort: Abort,
    pub(crate) times: Times,
}

/// Whether a connection goes on after an exchange.
enum Onward {
    Same,
    /// Answered for the last time; the caller may still be sending.
    Linger,
    Over,
    Switched(Box<Response<Body>>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Answers requests until either side ends it. Once `closing` has returned, no further request is taken.
    pub(crate) async fn serve(self, site: &impl Site, closing: impl Future<Output = ()>) {
        let (read, mut write) = tokio::io::split(self.stream);
        let mut intake = Intake::new(read);
        let closing = closing.fuse();
        tokio::pin!(closing);
        loop {
            let next = tokio::select! {
                biased;
                () = &mut closing => Next::Over,
                next = intake.head(&self.times) => next,
            };
            let onward = match next {
                Next::Over => Onward::Over,
                Next::Refused(status) => refuse(&mut write, status).await,
                Next::Head(head) => {
                    let mut exchange = Exchange {
                        intake: &mut intake,
                        write: &mut write,
                        times: &self.times,
                    };
                    let onward = exchange.run(*head, site, closing.as_mut()).await;
                    onward.unwrap_or_else(|_broken| {
                        self.abort.reset();
                        Onward::Over
                    })
                }
            };
            match onward {
                Onward::Same => {}
                Onward::Linger => {
                    // Whoever is gone needs no goodbye.
                    let _gone = write.shutdown().await;
                    return intake.linger(self.times.linger).await;
                }
                Onward::Over => return,
                Onward::Switched(response) => return tunnel(intake, write, *response).await,
            }
        }
    }
}

async fn refuse(write: &mut (impl AsyncWrite + Unpin), status: StatusCode) -> Onward {
    let asked = Asked {
        method: Method::GET,
        is_old: false,
        keeps_alive: false,
    };
    match answer::send(write, bare(status), &asked).await {
        Ok(_) => Onward::Linger,
        Err(_) => Onward::Over,
    }
}

/// One request and its answer.
struct Exchange<'a, R, W> {
    intake: &'a mut Intake<R>,
    write: &'a mut W,
    times: &'a Times,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Exchange<'_, R, W> {
    /// # Errors
    /// An answer that broke off: only a reset tells the caller so.
    async fn run(
        &mut self,
        head: Head,
        site: &impl Site,
        closing: impl FusedFuture<Output = ()>,
    ) -> Result<Onward, Fault> {
        let mut asked = Asked {
            method: head.method.clone(),
            is_old: head.is_old,
            keeps_alive: head.keeps_alive,
        };
        let waits = head.waits();
        let (mut feed, delivery) = body::body(head.framing);
        let arrival = Arrival {
            method: head.method,
            target: head.target,
            headers: head.headers,
            framing: head.framing,
            body: delivery.boxed_unsync(),
        };
        let mut waited = Waited::default();
        let Some(response) = self
            .answered(site.answer(arrival), &mut feed, &mut waited, waits)
            .await
        else {
            return Ok(Onward::Over);
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Onward::Switched(Box::new(response)));
        }
        asked.keeps_alive &= !closing.is_terminated() && closing.now_or_never().is_none();
        let sent = tokio::select! {
            biased;
            sent = answer::send(self.write, response, &asked) => sent,
            () = self.intake.attend(&mut feed, &mut waited, self.times) => Err(Broken::Connection),
        };
        match sent {
            Ok(true) if self.intake.drain(self.times.linger).await => Ok(Onward::Same),
            Ok(_) => Ok(Onward::Linger),
            Err(Broken::Connection) => Ok(Onward::Over),
            Err(Broken::Source(fault)) => Err(fault),
        }
    }

    /// The answer; none when the caller has left before.
    async fn answered(
        &mut self,
        answer: impl Future<Output = Response<Body>>,
        feed: &mut Feed,
        waited: &mut Waited,
        waits: bool,
    ) -> Option<Response<Body>> {
        tokio::pin!(answer);
        if waits {
            tokio::select! {
                response = &mut answer => return Some(response),
                true = feed.wanted() => self.write.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?,
            }
        }
        tokio::select! {
            biased;
            response = &mut answer => Some(response),
            () = self.intake.attend(feed, waited, self.times) => None,
        }
    }
}

/// Says that the protocol changes, and passes bytes to and fro until either side ends it.
async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(
    intake: Intake<ReadHalf<S>>,
    mut write: WriteHalf<S>,
    mut response: Response<Body>,
) {
    let upgrade = hyper::upgrade::on(&mut response);
    let asked = Asked {
        method: Method::GET,
        is_old: false,
        keeps_alive: true,
    };
    let Ok(true) = answer::send(&mut write, response, &asked).await else {
        return;
    };
    let Ok(upgraded) = upgrade.await else {
        return;
    };
    let (ahead, read) = intake.into_parts();
    let (mut caller, mut handler) = (read.unsplit(write), TokioIo::new(upgraded));
    if handler.write_all(&ahead).await.is_ok() {
        // How it ends is for the two sides to notice.
        let _ended = tokio::io::copy_bidirectional(&mut caller, &mut handler).await;
    }
}
