//! The body of a request that can be sent again as long as nothing of it was read.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::watch;

use super::message::{Body, Fault};

/// A body and how far it went; clones share it.
#[derive(Clone)]
pub(crate) struct Loan {
    body: Arc<Mutex<Body>>,
    is_empty: bool,
    stage: watch::Sender<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Untouched,
    Begun,
    Sent,
    /// Its reader went away in the middle.
    Abandoned,
    /// Its caller went away in the middle: trying again is of no use.
    Broken,
}

/// The body for one attempt.
pub(crate) struct Lent(Loan);

impl Loan {
    pub(crate) fn new(body: Body) -> Self {
        let is_empty = body.is_end_stream();
        let stage = if is_empty { Stage::Sent } else { Stage::Untouched };
        Self {
            body: Arc::new(Mutex::new(body)),
            is_empty,
            stage: watch::Sender::new(stage),
        }
    }

    /// The body for an attempt. An empty one can be had again and again.
    ///
    /// # Errors
    /// An attempt before this one has read from it.
    pub(crate) fn lend(&self) -> Result<Lent, Fault> {
        if self.is_empty || self.is_untouched() {
            Ok(Lent(self.clone()))
        } else {
            Err("the body was sent before".into())
        }
    }

    /// Whether there is one and nobody has begun to read it.
    pub(crate) fn is_untouched(&self) -> bool {
        self.stage() == Stage::Untouched
    }

    /// Whether the caller's side of it broke.
    pub(crate) fn is_broken(&self) -> bool {
        self.stage() == Stage::Broken
    }

    /// Waits until it was read to its end.
    ///
    /// # Errors
    /// It never will be.
    pub(crate) async fn sent(&self) -> Result<(), Fault> {
        let mut stage = self.stage.subscribe();
        let last = stage
            .wait_for(|stage| !matches!(stage, Stage::Untouched | Stage::Begun))
            .await?;
        if *last == Stage::Sent {
            Ok(())
        } else {
            Err("the body was not taken to its end".into())
        }
    }

    fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    fn body(&self) -> MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let mut body = self.0.body();
        let frame = Pin::new(&mut *body).poll_frame(context);
        let stage = match &frame {
            Poll::Ready(Some(Err(_))) => Stage::Broken,
            Poll::Ready(None) => Stage::Sent,
            Poll::Ready(Some(Ok(_))) if body.is_end_stream() => Stage::Sent,
            Poll::Ready(Some(Ok(_))) | Poll::Pending => Stage::Begun,
        };
        self.0.stage.send_replace(stage);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.0.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.body().size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.0.stage() == Stage::Begun {
            self.0.stage.send_replace(Stage::Abandoned);
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::host::message::full;

    #[tokio::test]
    async fn a_body_is_lent_until_it_is_read() {
        let loan = Loan::new(full("hello"));
        drop(loan.lend().unwrap());
        assert!(loan.is_untouched());
        let mut lent = loan.lend().unwrap();
        assert_eq!(lent.frame().await.unwrap().unwrap().into_data().unwrap(), "hello");
        assert!(loan.sent().await.is_ok() && loan.lend().is_err());
    }

    #[tokio::test]
    async fn an_empty_body_is_lent_for_ever() {
        let loan = Loan::new(full(""));
        for _ in 0..3 {
            assert!(loan.lend().unwrap().is_end_stream());
        }
        assert!(loan.sent().await.is_ok() && !loan.is_untouched());
    }

    #[tokio::test]
    async fn a_reader_who_leaves_in_the_middle_is_noticed() {
        let (_sender, body) = tokio::sync::mpsc::channel::<()>(1);
        let waiting = futures::stream::unfold(body, |mut body| async move {
            body.recv().await.map(|()| (Ok(Frame::data(Bytes::new())), body))
        });
        let loan = Loan::new(http_body_util::StreamBody::new(waiting).boxed_unsync());
        let mut lent = loan.lend().unwrap();
        assert!(futures::poll!(lent.frame()).is_pending());
        drop(lent);
        assert!(loan.sent().await.is_err());
    }
}
