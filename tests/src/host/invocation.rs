//! One run of a function, and what happens when it takes longer than `functionTimeout`: the whole handler is ended, with
//! everybody's requests in it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::instance::Instance;
use super::log::Level;
use super::message::{Body, Fault, bare};

/// A function that has begun.
#[derive(Clone)]
pub(crate) struct Invocation {
    instance: Arc<Instance>,
    function: String,
    /// None when it may run for ever.
    deadline: Option<Instant>,
}

impl Invocation {
    pub(crate) fn new(instance: &Arc<Instance>, function: &str, limit: Duration) -> Self {
        Self {
            instance: Arc::clone(instance),
            function: function.to_owned(),
            deadline: Instant::now().checked_add(limit),
        }
    }

    /// The answer of `work`, or 500 when it is still not there some time after the deadline: then the handler is ended
    /// and started again.
    pub(crate) async fn run(
        &self,
        work: impl Future<Output = (Response<Body>, Option<Fault>)>,
    ) -> Response<Body> {
        tokio::pin!(work);
        let (response, fault) = tokio::select! {
            biased;
            done = &mut work => done,
            () = self.overdue() => match timeout(self.instance.times.kill_grace, work).await {
                Ok(done) => done,
                Err(_elapsed) => {
                    self.end_handler().await;
                    return bare(StatusCode::INTERNAL_SERVER_ERROR);
                }
            },
        };
        if let Some(fault) = fault {
            self.complain(format!(
                "Exception while executing function: {}: {fault}",
                self.function
            ));
        }
        response
    }

    /// A function runs until its answer is delivered.
    pub(crate) fn watch(&self, body: Body) -> Body {
        match self
            .deadline
            .and_then(|deadline| deadline.checked_add(self.instance.times.kill_grace))
        {
            Some(end) if !body.is_end_stream() => {
                let end = Box::pin(sleep_until(end));
                Watched {
                    body,
                    end,
                    invocation: self.clone(),
                }
                .boxed_unsync()
            }
            _ => body,
        }
    }

    async fn overdue(&self) {
        match self.deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
        self.complain(format!("Timeout value exceeded by function: {}", self.function));
    }

    async fn end_handler(&self) {
        self.complain("A function timeout has occurred. Restarting worker process.".to_owned());
        self.instance.worker.recycle().await;
    }

    fn complain(&self, text: String) {
        self.instance.log.host(Level::Error, text);
    }
}

/// The body of an answer that must be delivered in time.
struct Watched {
    body: Body,
    end: Pin<Box<Sleep>>,
    invocation: Invocation,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        if self.end.as_mut().poll(context).is_ready() {
            let invocation = self.invocation.clone();
            tokio::spawn(async move { invocation.end_handler().await });
            return Poll::Ready(Some(Err("the function ran out of time".into())));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
