//! The body of a request on its way from the connection to whoever answers.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::{mpsc, oneshot};

use super::fields::Framing;
use crate::host::message::Fault;

/// A piece, or the end; a channel that closes without an end is a connection that broke.
pub(super) enum Piece {
    Data(Bytes),
    End,
}

/// The connection's side.
pub(super) struct Feed {
    pieces: mpsc::Sender<Result<Piece, Fault>>,
    wanted: Option<oneshot::Receiver<()>>,
}

/// What is asked for when whoever answers first asks for it.
pub(crate) struct Delivery {
    pieces: mpsc::Receiver<Result<Piece, Fault>>,
    wanting: Option<oneshot::Sender<()>>,
    /// What is left, when a length was told.
    left: Option<u64>,
    is_over: bool,
}

/// Both sides of a body that is framed like this.
pub(super) fn body(framing: Framing) -> (Feed, Delivery) {
    let (pieces, arriving) = mpsc::channel(1);
    let (wanting, wanted) = oneshot::channel();
    let delivery = Delivery {
        pieces: arriving,
        wanting: Some(wanting),
        left: match framing {
            Framing::Nothing => Some(0),
            Framing::Length(length) => Some(length),
            Framing::Chunks => None,
        },
        is_over: matches!(framing, Framing::Nothing | Framing::Length(0)),
    };
    (
        Feed {
            pieces,
            wanted: Some(wanted),
        },
        delivery,
    )
}

impl Feed {
    /// Returns when the body is first asked for; false when it never will be.
    pub(super) async fn wanted(&mut self) -> bool {
        let Some(wanted) = &mut self.wanted else {
            return true;
        };
        let is_wanted = wanted.await.is_ok();
        if is_wanted {
            self.wanted = None;
        }
        is_wanted
    }

    /// Waits for room for one piece; none when nobody reads any more.
    pub(super) async fn room(&self) -> Option<mpsc::Permit<'_, Result<Piece, Fault>>> {
        self.pieces.reserve().await.ok()
    }
}

impl HttpBody for Delivery {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(wanting) = self.wanting.take() {
            let _left_already = wanting.send(());
        }
        let Poll::Ready(piece) = self.pieces.poll_recv(context) else {
            return Poll::Pending;
        };
        let piece = piece.unwrap_or_else(|| Err("the caller has left".into()));
        self.is_over = !matches!(piece, Ok(Piece::Data(_)));
        Poll::Ready(match piece {
            Ok(Piece::Data(bytes)) => {
                self.left = self.left.map(|left| left.saturating_sub(bytes.len() as u64));
                self.is_over = self.left == Some(0);
                Some(Ok(Frame::data(bytes)))
            }
            Ok(Piece::End) => None,
            Err(fault) => Some(Err(fault)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_over
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
