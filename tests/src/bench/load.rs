//! The load generator: some connections that never wait longer than for their answer, until all requests are sent.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::task::{JoinSet, LocalSet};

use super::figures::Round;
use super::wire::Connection;

/// No round takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// What is sent.
#[derive(Clone, Debug)]
pub struct Load {
    /// Sent in this order, from the beginning again when they are through.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many are sent in all.
    pub count: usize,
    /// The status every answer must have.
    pub status: u16,
    /// What every answer must hold.
    pub holds: &'static str,
}

impl Load {
    /// Every request once.
    #[must_use]
    pub fn once(requests: Vec<Vec<u8>>) -> Self {
        Self::repeated(requests.len(), requests)
    }

    /// As many as `count`.
    #[must_use]
    pub fn repeated(count: usize, requests: Vec<Vec<u8>>) -> Self {
        Self {
            requests: Arc::new(requests),
            count,
            status: 200,
            holds: "",
        }
    }

    /// Every answer must hold this.
    #[must_use]
    pub fn holding(mut self, text: &'static str) -> Self {
        self.holds = text;
        self
    }

    /// Sends everything to a port of this machine, over so many connections at the same time, from a thread of its own, so
    /// that nothing else of this process runs in between.
    ///
    /// # Errors
    /// A connection breaks, an answer is not what it must be, or it takes longer than a minute.
    pub async fn run(self, port: u16, connections: usize) -> Result<Round> {
        tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let all = async { tokio::time::timeout(LIMIT, self.send(port, connections)).await };
            LocalSet::new()
                .block_on(&runtime, all)
                .context("a minute was not enough")?
        })
        .await?
    }

    async fn send(self, port: u16, connections: usize) -> Result<Round> {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(port).await?);
        }
        let (next, load) = (Rc::new(Cell::new(0)), Rc::new(self));
        let mut talks = JoinSet::new();
        let begin = Instant::now();
        for connection in open {
            talks.spawn_local(talk(connection, Rc::clone(&load), Rc::clone(&next)));
        }
        let mut latencies = Vec::with_capacity(load.count);
        while let Some(talk) = talks.join_next().await {
            latencies.extend(talk??);
        }
        Ok(Round {
            elapsed: begin.elapsed(),
            busy: Duration::ZERO,
            latencies,
        })
    }
}

async fn talk(mut connection: Connection, load: Rc<Load>, next: Rc<Cell<usize>>) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    loop {
        let number = next.get();
        if number >= load.count {
            return Ok(latencies);
        }
        next.set(number + 1);
        let request = load.requests.get(number % load.requests.len().max(1));
        let request = request.context("there is nothing to send")?;
        let begin = Instant::now();
        let answer = connection.send(request).await?.expect(load.status)?;
        anyhow::ensure!(
            answer.text().contains(load.holds),
            "{} is missing: {}",
            load.holds,
            answer.text()
        );
        latencies.push(begin.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::net::TcpListener;
    use warp::Filter as _;
    use warp::http::StatusCode;

    use super::*;
    use crate::bench::wire;

    /// A server that counts, and answers the fifth request and those after it with 500.
    async fn server(fails_from: usize) -> (u16, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counted = Arc::clone(&count);
        let answer = warp::any().map(move || {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            let status = if number < fails_from { 200 } else { 500 };
            warp::reply::with_status("done", StatusCode::from_u16(status).unwrap())
        });
        tokio::spawn(warp::serve(answer).incoming(listener).run());
        (port, count)
    }

    #[tokio::test]
    async fn as_many_requests_are_sent_as_were_ordered() {
        let (port, count) = server(usize::MAX).await;
        let load = Load::repeated(30, vec![wire::get("/", &[])]).holding("done");
        assert_eq!(load.run(port, 4).await.unwrap().latencies.len(), 30);
        assert_eq!(count.load(Ordering::Relaxed), 30);
    }

    #[tokio::test]
    async fn one_wrong_answer_spoils_the_round() {
        let (port, _) = server(5).await;
        let load = Load::repeated(30, vec![wire::get("/", &[])]);
        assert!(load.run(port, 2).await.unwrap_err().to_string().contains("500"));
    }

    #[tokio::test]
    async fn an_answer_without_what_it_must_hold_spoils_the_round() {
        let (port, _) = server(usize::MAX).await;
        let load = Load::once(vec![wire::get("/", &[])]).holding("id_token");
        assert!(load.run(port, 1).await.is_err());
    }
}
