//! Bodies of requests.

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use std::pin::pin;

/// Longer bodies are refused; forms of pages are small.
const LIMIT: usize = 256 << 10;

/// The whole body, however it is framed; `None` when it is longer than [`LIMIT`] or breaks off.
pub(super) async fn whole<B: Buf>(chunks: impl Stream<Item = Result<B, warp::Error>>) -> Option<Bytes> {
    let mut chunks = pin!(chunks);
    let mut body = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let mut chunk = chunk.ok()?;
        if body.len() + chunk.remaining() > LIMIT {
            return None;
        }
        while chunk.has_remaining() {
            let part = chunk.chunk();
            body.extend_from_slice(part);
            let taken = part.len();
            chunk.advance(taken);
        }
    }
    Some(body.freeze())
}
