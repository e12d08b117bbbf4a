//! What the schedule simulator works with: a whole process without sockets and settings, and the traits to stand behind
//! it; and, in `parsers` and `sample`, what the fuzz targets feed. Not in the shipped binary (feature `testing`).

pub mod parsers;
pub mod sample;
pub mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;
use warp::filters::BoxedFilter;

pub use crate::background::{Background, Panicked, Spawner};
pub use crate::checks::vendor::id::VendorId;
pub use crate::checks::vendor::{
    Check, Consent, End, Finding, Found, Mark, Progress, Start, Started, TransactionIds, Vendor, VendorError,
};
pub use crate::checks::vendors::Vendors;
pub use crate::checks::{Announced, Limits, ManualDecision, Reason, Rules, Status, Unreadable};
pub use crate::clients::{Client, Outcomes, Proof, Secrets};
pub use crate::clock::{Clock, MockClock};
pub use crate::fact_store::{Created, FactStore, Place, StoreError, open};
pub use crate::openid::proof::caller::Login;
pub use crate::owners::{Owner, Owners};
pub use crate::person::{Person, Personal};
pub use crate::random::Random;
pub use crate::tokens::client_assertion::ClientKeys;
pub use crate::tokens::{Certificate, SigningKeys};

use crate::checks::decide::Operator;
use crate::checks::erase::Erasure;
use crate::checks::{Addresses, Checks, Deps};
use crate::clients::Clients;
use crate::grants::assertions::Assertions;
use crate::grants::{Grants, Lives};
use crate::openid::answer::metadata;
use crate::openid::proof::caller::Callers;
use crate::openid::proof::client_auth::ClientAuth;
use crate::pages::{Language, Provider};
use crate::routes::exchange::gate::Gate;
use crate::seal::{KeyMaterial, Seal, StateKeys, SubjectKey};
use crate::services::Services;

/// A wall clock that follows tokio's, which a test may have paused, with an offset of its own: clocks of machines differ.
#[derive(Debug)]
pub struct ShiftedClock {
    began: Instant,
    shows: OffsetDateTime,
    offset_ms: AtomicI64,
}

impl ShiftedClock {
    /// A clock that shows `shows` now. Must be made inside a runtime.
    #[must_use]
    pub fn at(shows: OffsetDateTime) -> Self {
        Self {
            began: Instant::now(),
            shows,
            offset_ms: AtomicI64::new(0),
        }
    }

    /// Sets it this many milliseconds ahead of the true time, or behind it when negative.
    pub fn shift(&self, ms: i64) {
        self.offset_ms.store(ms, Ordering::Relaxed);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> OffsetDateTime {
        let offset = time::Duration::milliseconds(self.offset_ms.load(Ordering::Relaxed));
        self.shows + self.began.elapsed() + offset
    }
}

/// The same bytes for the same seed, by splitmix64.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    /// Starts a sequence.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }
}

/// What a process is made of.
pub struct Parts {
    /// The store, which processes may share.
    pub store: Arc<dyn FactStore>,
    /// The vendor.
    pub vendor: Arc<dyn Vendor>,
    /// Its wall clock.
    pub clock: Arc<dyn Clock>,
    /// Its randomness.
    pub random: Arc<dyn Random>,
    /// Who it is, and who is dead.
    pub owners: Arc<dyn Owners>,
    /// How a finding becomes a decision.
    pub rules: Rules,
    /// How long and how often.
    pub limits: Limits,
    /// What signs; one may serve any number of processes.
    pub keys: Arc<SigningKeys>,
    /// Root of our own sealed values, at least 32 bytes.
    pub state_key: Vec<u8>,
    /// Our own origin.
    pub origin: Url,
    /// Who may register.
    pub logins: Vec<Login>,
    /// Who may authorize and redeem.
    pub clients: Vec<Client>,
}

/// A process. Dropping it is what SIGKILL does: nothing of it runs on.
pub struct Process {
    routes: BoxedFilter<(warp::reply::Response,)>,
    background: Background,
    services: watch::Sender<Option<Arc<Services>>>,
}

impl Process {
    /// Starts a process that is ready at once. Must be called inside a runtime.
    ///
    /// # Panics
    /// The key is too short.
    #[must_use]
    #[expect(clippy::expect_used, reason = "only tests start a process this way")]
    pub fn start(parts: Parts) -> Self {
        let background = Background::default();
        let (clock, random) = (Arc::clone(&parts.clock), Arc::clone(&parts.random));
        let (sender, gate) = Gate::new(clock, random, background.spawner());
        let services = services(parts, background.spawner()).expect("the parts fit together");
        sender.send_replace(Some(Arc::new(services)));
        Self {
            routes: crate::routes::all(&gate),
            background,
            services: sender,
        }
    }

    /// Starts tasks that die with this process.
    #[must_use]
    pub fn spawner(&self) -> Spawner {
        self.background.spawner()
    }

    /// Serves one request as `routes::all` does, and gives the whole answer.
    pub fn serve(
        &self,
        request: &http::Request<Bytes>,
    ) -> impl Future<Output = http::Response<Bytes>> + Send + use<> {
        let mut builder = warp::test::request()
            .method(request.method().as_str())
            .path(&request.uri().to_string())
            .body(request.body());
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let routes = self.routes.clone();
        async move { builder.reply(&routes).await }
    }

    /// A human decides a verification, named as in `idv_reference`. Tells the status that results; nothing when it could not
    /// be done.
    pub fn decide(&self, id: &str, accepts: bool) -> impl Future<Output = Option<Status>> + Send + use<> {
        let (services, id) = (self.services.borrow().clone(), id.parse());
        async move {
            let manual = ManualDecision {
                who: "operator-1".to_owned(),
                why: "looked at it again".to_owned(),
                accepts,
            };
            let decided = services?.checks.decide(id.ok()?, &manual).await;
            decided.ok().map(|outcome| outcome.status)
        }
    }

    /// Erases the person of a verification, named as in `idv_reference`. Tells whether nothing is left; nothing when it could
    /// not be begun, or gone on with.
    pub fn erase(&self, id: &str) -> impl Future<Output = Option<bool>> + Send + use<> {
        let (services, id) = (self.services.borrow().clone(), id.parse());
        async move {
            let operator = Operator {
                who: "operator-1".to_owned(),
                why: "asked to".to_owned(),
            };
            let erased = services?.checks.erase(id.ok()?, &operator).await;
            erased.ok().map(|erasure| erasure == Erasure::Done)
        }
    }

    /// What the timer does. Tells whether it could be done, or another does it.
    pub fn sweep(&self) -> impl Future<Output = bool> + Send + use<> {
        let services = self.services.borrow().clone();
        async move {
            match services {
                Some(services) => services.checks.sweep().await.is_ok(),
                None => false,
            }
        }
    }

    /// Waits until nothing runs in its background, at most so long. Tells whether that came true.
    pub async fn idle(&self, at_most: Duration) -> bool {
        self.background.idle(at_most).await
    }
}

fn services(parts: Parts, background: Spawner) -> anyhow::Result<Services> {
    let root = KeyMaterial::new(parts.state_key)?;
    let seal = Arc::new(Seal::new(StateKeys::new(&root, None), SubjectKey::new(&root)));
    let addresses = metadata::Addresses::of(parts.origin.clone());
    let deps = Deps {
        store: Arc::clone(&parts.store),
        vendors: Vendors::new(parts.vendor),
        clock: parts.clock,
        random: parts.random,
        owners: parts.owners,
        background,
        seal: Arc::clone(&seal),
        rules: parts.rules,
        limits: parts.limits,
        addresses: Addresses {
            callback_base: parts.origin.join("/api/callback/")?,
            return_base: parts.origin.join("/api/callback/return/")?,
        },
    };
    let checks = Checks::new(deps);
    Ok(Services {
        grants: Grants::new(checks.clone(), Lives::default()),
        checks,
        callers: Callers {
            thumbprints: Vec::new(),
            logins: parts.logins,
            entra: None,
        },
        client_auth: ClientAuth {
            clients: Arc::new(Clients::new(parts.clients)),
            assertions: Assertions::new(parts.store),
            audiences: addresses.audiences(),
        },
        key_set: metadata::KeySet::new(parts.keys.jwks(), Duration::from_secs(86_400)),
        keys: parts.keys,
        answers_preflight: false,
        id_token_life: Duration::from_secs(300),
        addresses,
        seal,
        sample: None,
        provider: Provider::default(),
        default_language: Language::English,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_shifted_clock_follows_the_paused_one() {
        let clock = ShiftedClock::at(time::macros::datetime!(2026-02-03 10:00 UTC));
        tokio::time::sleep(Duration::from_secs(90)).await;
        assert_eq!(clock.now(), time::macros::datetime!(2026-02-03 10:01:30 UTC));
        clock.shift(-2_000);
        assert_eq!(clock.now(), time::macros::datetime!(2026-02-03 10:01:28 UTC));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let bytes = |seed| {
            let random = SeededRandom::of(seed);
            (&random as &dyn Random).bytes::<19>()
        };
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }
}
