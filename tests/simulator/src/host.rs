//! The Functions host in front of the processes: gives each request to one of them, and sends what has no body again when
//! that one dies (measured: up to forty times).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use handler::testing::Process;
use http::{Request, Response, StatusCode};
use tokio::task::JoinHandle;

use crate::points::Who;
use crate::world::{World, lock};

/// So often a request without a body is sent again.
const TRIES: u32 = 40;
/// A person looks at a blank page for that long at most: the vendor's answer is waited for, and read.
const PATIENCE_MS: u64 = 12_000;
/// A store that takes no longer, in ms, is no reason to wait.
const SWIFT_MS: u64 = 20;

/// Pause of the host before it looks for a living process again.
const PAUSE: Duration = Duration::from_millis(25);

/// What became of a request.
pub(crate) struct Exchange {
    /// The tick at which it began.
    pub(crate) began: u64,
    /// The answer, as the client has it; nothing when it did not arrive.
    pub(crate) answer: Option<Response<Bytes>>,
    /// The answers that a process has written, with who wrote it: at most one, whether or not it arrived.
    pub(crate) written: Option<(Who, StatusCode, Bytes)>,
}

/// Ends the work on a request when the one who waits for it leaves, as the host does in proxying mode.
struct Served(JoinHandle<Response<Bytes>>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl World {
    /// Sends a request to whichever process the seed chooses.
    pub(crate) async fn send(self: &Arc<Self>, name: &'static str, request: Request<Bytes>) -> Exchange {
        let began = self.tick();
        let line = format!("{} {}", request.method(), short(request.uri()));
        let leaves = {
            let weather = lock(&self.weather).clone();
            let leaves = self.dice.chance(weather.clients_leave);
            leaves.then(|| Duration::from_millis(self.dice.between(1, 3000)))
        };
        self.step(&crate::world::Outside(name), || format!("sends {line}"));
        let (since, was_swift) = (self.ms(), self.is_swift());
        let serving = self.serve(&request);
        let written = match leaves {
            Some(after) => tokio::time::timeout(after, serving).await.unwrap_or(None),
            None => serving.await,
        };
        if was_swift && self.is_swift() {
            self.judge_patience(name, since, &line);
        }
        let lost = self.dice.chance(lock(&self.weather).answers_lost);
        let answer = written
            .as_ref()
            .map(|(_, answer)| answer.clone())
            .filter(|_| !lost);
        self.step(&crate::world::Outside(name), || match (&answer, &written) {
            (Some(answer), _) => format!("gets {} for {line}{}", answer.status(), onward(answer)),
            (None, Some((_, answer))) => format!("does not get the {} for {line}", answer.status()),
            (None, None) => format!("gets no answer for {line}"),
        });
        Exchange {
            began,
            answer,
            written: written.map(|(who, answer)| (who, answer.status(), answer.into_body())),
        }
    }

    /// Nothing makes anybody wait for long.
    fn is_swift(&self) -> bool {
        let weather = lock(&self.weather);
        weather.stalls == 0 && weather.store_ms <= SWIFT_MS && weather.vendor_ms <= 1200
    }

    /// Nobody looks at a blank page for long unless everything is slow.
    fn judge_patience(&self, name: &str, since: u64, line: &str) {
        let waited = self.ms() - since;
        if name == "browser" && waited > PATIENCE_MS {
            self.violated("patience", &format!("{line} is answered after {waited} ms"));
        }
    }

    /// Has some living process begin something.
    pub(crate) fn by_some<T>(&self, begin: impl FnOnce(&Process) -> T) -> Option<T> {
        let slots = lock(&self.slots);
        let alive: Vec<_> = slots.iter().filter_map(|place| place.process.as_ref()).collect();
        self.dice.pick(&alive).map(|process| begin(process))
    }

    /// A human decides by some process; tells whether it is known to be recorded.
    pub(crate) async fn decide(self: &Arc<Self>, reference: &str, accepts: bool) -> bool {
        let deciding = self.by_some(|process| process.spawner().start(process.decide(reference, accepts)));
        let Some(deciding) = deciding else { return false };
        matches!(deciding.await, Ok(Some(_)))
    }

    async fn serve(self: &Arc<Self>, request: &Request<Bytes>) -> Option<(Who, Response<Bytes>)> {
        let tries = if request.body().is_empty() { TRIES } else { 1 };
        for _ in 0..tries {
            let (who, serving) = self.begin(request).await;
            let mut serving = Served(serving);
            if let Ok(answer) = (&mut serving.0).await {
                return Some((who, answer));
            }
        }
        None
    }

    /// Begins to serve a request by a living process; waits until there is one.
    async fn begin(&self, request: &Request<Bytes>) -> (Who, JoinHandle<Response<Bytes>>) {
        loop {
            {
                let slots = lock(&self.slots);
                let alive: Vec<usize> = (0..slots.len())
                    .filter(|slot| slots.get(*slot).is_some_and(|place| place.process.is_some()))
                    .collect();
                let wanted = *lock(&self.preferred);
                let chosen = wanted
                    .filter(|slot| alive.contains(slot))
                    .or_else(|| self.dice.pick(&alive).copied());
                if let Some((slot, place)) = chosen.and_then(|slot| Some((slot, slots.get(slot)?)))
                    && let Some(process) = &place.process
                {
                    let who = Who {
                        slot,
                        life: place.life,
                    };
                    return (who, process.spawner().start(process.serve(request)));
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// A path without what is random in it.
fn short(uri: &http::Uri) -> String {
    let path = uri
        .path()
        .split('/')
        .map(|part| if part.len() > 40 { "…" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let query = uri.query().unwrap_or_default();
    match query
        .split('&')
        .find(|part| part.starts_with("prompt=") || part.starts_with("at="))
    {
        Some(part) => format!("{path}?{part}"),
        None => path,
    }
}

/// Where an answer leads.
fn onward(answer: &Response<Bytes>) -> String {
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
    let Some(to) = to else { return String::new() };
    let cut = to.split(['?', '#']).next().unwrap_or_default();
    let parts = cut
        .split('/')
        .map(|part| if part.len() > 40 { "…" } else { part });
    format!(" to {}", parts.collect::<Vec<_>>().join("/"))
}
