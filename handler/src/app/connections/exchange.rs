//! One request and its answer. hyper is made for it and taken apart again: between requests a connection is a socket and
//! nothing more.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Request, header};
use warp::reply::Response;

use super::watched::{Watched, Watcher};
use crate::routes::traffic::Admission;

/// The most that is read or written at a time for one connection, and so the longest head.
const BUFFER: usize = 64 * 1024;

/// An answer's body that tells when all of it was handed over to be written.
struct Answer<B> {
    body: B,
    watcher: Watcher,
}

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        self.watcher.answered();
    }
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Serves the request whose head has come; `taken` is what was read of it already. Gives the stream back when it may carry
/// another.
pub(super) async fn exchange(
    (stream, taken): (TcpStream, Bytes),
    watcher: &Watcher,
    filter: BoxedFilter<(Response,)>,
    admission: Admission,
    ended: &mut watch::Receiver<()>,
) -> Option<TcpStream> {
    let stream = TokioIo::new(Watched::new(stream, taken, watcher.clone()));
    let routes = TowerToHyperService::new(warp::service(filter));
    let served = watcher.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (routes, served) = (routes.clone(), served.clone());
        let length = request.body().size_hint().exact();
        served.begin(length.unwrap_or(u64::MAX));
        request.extensions_mut().insert(admission.clone());
        async move {
            let mut answer = hyper::service::Service::call(&routes, request).await?;
            // In chunks: where they end, and another head begins, nobody tells us. And nobody who pools connections sends the
            // next head before the answer; whoever does begins it again on another.
            if length.is_none() || served.is_ahead() {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            let watcher = served;
            Ok::<_, std::convert::Infallible>(answer.map(|body| Answer { body, watcher }))
        }
    });
    let mut http = http1::Builder::new();
    let mut connection = http.max_buf_size(BUFFER).serve_connection(stream, service);
    let mut is_ending = false;
    loop {
        let over = poll_fn(|context| {
            // Polled again when all is written: whether hyper is through with the body it shows by asking for more.
            for _ in 0..2 {
                // What breaks a connection is the client's doing; a request that was begun has its own record.
                if Pin::new(&mut connection).poll(context).is_ready() {
                    return Poll::Ready(false);
                }
                if watcher.is_over() {
                    return Poll::Ready(true);
                }
                if !watcher.is_written() {
                    break;
                }
            }
            Poll::Pending
        });
        tokio::select! {
            may_rest = over => if may_rest { break } else { return None },
            () = watcher.closed() => return None,
            _ = ended.changed(), if !is_ending => {
                is_ending = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let parts = connection.into_parts();
    let stream = parts.io.into_inner().into_inner();
    parts.read_buf.is_empty().then_some(stream)
}
