//! Everything a test needs around the core.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use time::OffsetDateTime;
use time::macros::datetime;

use super::process::Process;
use super::vendor::FakeVendor;
use crate::background::Background;
use crate::checks::vendors::Vendors;
use crate::checks::{
    Addresses, Begun, Callback, Checks, Deps, Limits, Outcome, RedeemError, Registration, Rules,
};
use crate::clock::{Clock as _, MockClock};
use crate::fact_store::{FactStore, Place};
use crate::grants::{Authorization, Grant, Grants, Lives, Presented, Receipt, ResponseMode, Visit};
use crate::ids::VerificationId;
use crate::owners::{Owner, Owners};
use crate::person::{Person, Personal};
use crate::random::Random;
use crate::seal::{KeyMaterial, Seal, StateKeys, SubjectKey};

pub(super) const START: OffsetDateTime = datetime!(2026-02-03 10:00 UTC);
pub(super) const BROWSER: &str = "cookie-of-the-browser";
pub(super) const CLIENT: &str = "b2c";
pub(super) const REDIRECT: &str = "https://contoso.b2clogin.example/authresp";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One store, one vendor, one clock; as many processes as wanted.
pub(super) struct World {
    pub(super) clock: MockClock,
    pub(super) vendor: Arc<FakeVendor>,
    pub(super) store: Arc<dyn FactStore>,
    pub(super) limits: Limits,
    pub(super) lives: Lives,
    pub(super) rules: Rules,
    pub(super) keys: (u8, Option<u8>),
    random: Arc<Counting>,
    background: Background,
    pub(super) kin: Kin,
}

/// The processes of one machine.
#[derive(Clone, Default)]
pub(super) struct Kin(Arc<std::sync::Mutex<(u32, u32)>>);

struct Pid {
    kin: Kin,
    number: u32,
}

impl Kin {
    fn another(&self) -> Pid {
        let mut numbers = self.0.lock().unwrap();
        numbers.0 += 1;
        Pid {
            kin: self.clone(),
            number: numbers.0,
        }
    }

    /// All processes there are, are dead, and known to be.
    pub(super) fn all_died(&self) {
        let mut numbers = self.0.lock().unwrap();
        numbers.1 = numbers.0;
    }
}

impl Owners for Pid {
    fn me(&self) -> Owner {
        Owner {
            boot: "boot".to_owned(),
            pid_namespace: "pid:[1]".to_owned(),
            pid: self.number,
            started: 1,
        }
    }

    fn is_dead(&self, owner: &Owner) -> bool {
        owner.pid <= self.kin.0.lock().unwrap().1
    }
}

/// Different each time, the same in each run.
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed).to_string();
        let bytes = crate::digest::digest(&[&n]);
        buffer
            .iter_mut()
            .zip(bytes.into_iter().cycle())
            .for_each(|(to, from)| *to = from);
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::over(crate::fact_store::open(&Place::Memory).unwrap())
    }

    pub(super) fn over(store: Arc<dyn FactStore>) -> Self {
        Self {
            clock: MockClock::at(START),
            vendor: Arc::default(),
            store,
            limits: Limits {
                start_pace: Duration::ZERO,
                ..Limits::default()
            },
            lives: Lives::default(),
            rules: Rules::default(),
            keys: (1, None),
            random: Arc::new(Counting(AtomicU64::new(0))),
            background: Background::default(),
            kin: Kin::default(),
        }
    }

    /// The same store and vendor, seen by another machine whose clock is ahead.
    pub(super) fn ahead_by(&self, by: Duration) -> Self {
        Self {
            clock: MockClock::at(self.now() + by),
            vendor: Arc::clone(&self.vendor),
            random: Arc::clone(&self.random),
            ..Self::over(Arc::clone(&self.store))
        }
    }

    /// A process that has just started.
    pub(super) fn process(&self) -> Process {
        self.process_by(self.clock.clone())
    }

    /// The same with what a process remembers.
    pub(super) fn process_remembering(&self, memory: &crate::checks::Memory) -> Process {
        self.process_with(self.clock.clone(), memory.clone())
    }

    /// A process whose clock is so much ahead, and stays there.
    pub(super) fn process_ahead_s(&self, seconds: u64) -> Process {
        self.process_by(MockClock::at(self.now() + Duration::from_secs(seconds)))
    }

    fn process_by(&self, clock: MockClock) -> Process {
        self.process_with(clock, crate::checks::Memory::default())
    }

    fn process_with(&self, clock: MockClock, memory: crate::checks::Memory) -> Process {
        self.process_asking(Vendors::new(Arc::clone(&self.vendor) as _), clock, memory)
    }

    /// A process with vendors of its own.
    pub(super) fn process_of(&self, vendors: Vendors) -> Process {
        self.process_asking(vendors, self.clock.clone(), crate::checks::Memory::default())
    }

    fn process_asking(&self, vendors: Vendors, clock: MockClock, memory: crate::checks::Memory) -> Process {
        let key = |byte: u8| KeyMaterial::new(vec![byte; 32]).unwrap();
        let previous = self.keys.1.map(key);
        let deps = Deps {
            store: Arc::clone(&self.store),
            vendors,
            clock: Arc::new(clock),
            random: Arc::clone(&self.random) as _,
            owners: Arc::new(self.kin.another()),
            background: self.background.spawner(),
            seal: Arc::new(Seal::new(
                StateKeys::new(&key(self.keys.0), previous.as_ref()),
                SubjectKey::new(&key(100)),
            )),
            rules: self.rules.clone(),
            limits: self.limits.clone(),
            addresses: Addresses {
                callback_base: "https://idv.example/api/callback/".parse().unwrap(),
                return_base: "https://idv.example/api/callback/return/".parse().unwrap(),
            },
        };
        Process {
            grants: Grants::new(Checks::remembering(deps, memory), self.lives.clone()),
        }
    }

    /// Until all that was begun in the background has ended.
    pub(super) async fn idle(&self) {
        assert!(self.background.idle(Duration::from_secs(600)).await);
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(super) fn advance_s(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A registered and authorized sign-in of a process that has just started.
    pub(super) async fn sign_in(&self, correlation_id: &str) -> SignIn {
        self.sign_in_as(registration(correlation_id), authorization())
            .await
    }

    pub(super) async fn sign_in_as(&self, registration: Registration, request: Authorization) -> SignIn {
        let process = self.process();
        let registered = process.register(registration).await.unwrap();
        let id = process.resolve_ticket(&registered.ticket, CLIENT).await.unwrap();
        let handle = process.authorize(id, request, BROWSER).await.unwrap();
        let visit = process.visit(&handle, Some(BROWSER)).await.unwrap();
        SignIn { process, visit }
    }
}

/// One browser's sign-in.
pub(super) struct SignIn {
    pub(super) process: Process,
    pub(super) visit: Visit,
}

impl SignIn {
    /// Begins; the person is sent to the vendor.
    pub(super) async fn begin(&self) -> String {
        address(self.process.begin(&self.visit).await.unwrap())
    }

    /// Begins as a browser does that is shown a page which renews itself.
    pub(super) async fn begin_patiently(&self) -> String {
        for _ in 0..300 {
            match self.process.begin(&self.visit).await.unwrap() {
                Begun::Waiting { .. } => tokio::time::sleep(Duration::from_secs(2)).await,
                begun => return address(begun),
            }
        }
        panic!("still waiting")
    }

    pub(super) async fn begin_settled(&self) -> Outcome {
        settled(self.process.begin(&self.visit).await.unwrap())
    }

    pub(super) async fn settle(&self) -> Outcome {
        self.process.settle(self.visit.entry.id).await.unwrap()
    }

    /// Redeems a code and reads the answer.
    pub(super) async fn redeem(&self, code: &str) -> Result<Grant, RedeemError> {
        redeem(&self.process, &presented(code)).await
    }

    /// A genuine callback of the n-th transaction arrives and is acknowledged.
    pub(super) async fn callback(&self, world: &World, n: usize) {
        world.advance_s(1);
        let noticed = world
            .process()
            .callback(&world.vendor.credential_of(n), callback(world, n, "PROCESSED"))
            .await;
        assert_eq!(noticed.unwrap(), crate::checks::CallbackReceipt::Recorded);
    }

    /// Issues a code and redeems it.
    pub(super) async fn grant(&self) -> Grant {
        let code = self.process.code(&self.visit).await.unwrap();
        self.redeem(&code).await.unwrap()
    }
}

pub(super) fn address(begun: Begun) -> String {
    match begun {
        Begun::Redirect(href) => href.expose_secret().to_owned(),
        other => panic!("not sent to the vendor: {other:?}"),
    }
}

pub(super) fn settled(begun: Begun) -> Outcome {
    match begun {
        Begun::Settled(outcome) => outcome,
        other => panic!("not settled: {other:?}"),
    }
}

pub(super) fn registration(correlation_id: &str) -> Registration {
    Registration {
        caller: "policy".to_owned(),
        client_id: Some(CLIENT.to_owned()),
        sector: None,
        was_callers: false,
        subject: "subject-of-ada".to_owned(),
        correlation_id: Some(correlation_id.to_owned()),
        person: ada(),
        email: None,
        locale: Some("de".to_owned()),
        ip: Some("203.0.113.7".to_owned()),
        consent: None,
        walk_in: false,
    }
}

pub(super) fn ada() -> Person {
    Person {
        given_name: Some(Personal::new("Ada")),
        family_name: Some(Personal::new("Lovelace")),
        birthdate: Some(Personal::new("1985-12-10")),
        ..Person::default()
    }
}

pub(super) fn authorization() -> Authorization {
    Authorization {
        client_id: CLIENT.to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        state: Some("state-1".to_owned()),
        nonce: Some("nonce-1".to_owned()),
        code_challenge: Some(CHALLENGE.to_owned()),
        response_mode: ResponseMode::Query,
        scope: "openid".to_owned(),
        locale: None,
        max_age_s: None,
        fresh: false,
        asks_anew: false,
        claims: serde_json::Value::Null,
        stranger: false,
        way_back: super::super::WayBack::Code,
        walk_in: None,
        sector: None,
        acr: None,
        may_release: false,
        released: crate::person::release::Released::default(),
    }
}

pub(super) fn callback(world: &World, n: usize, status_word: &str) -> Callback {
    let ids = world.vendor.ids_of(n);
    Callback {
        execution: Some(ids.execution),
        account: Some(ids.account),
        status_word: status_word.to_owned(),
        sent_at: world
            .now()
            .format(&time::format_description::well_known::Rfc3339)
            .ok(),
    }
}

/// What the client presents for a code.
pub(super) fn presented(code: &str) -> Presented<'_> {
    Presented {
        code,
        client_id: CLIENT,
        redirect_uri: REDIRECT,
        code_verifier: Some(VERIFIER),
        assertion: None,
    }
}

/// Redeems a code; the answer arrives.
pub(super) async fn redeem(process: &Process, presented: &Presented<'_>) -> Result<Grant, RedeemError> {
    let (grant, receipt) = redeem_in_vain(process, presented).await?;
    process.answered(receipt);
    process.record_answered(receipt).await;
    Ok(grant)
}

/// Redeems a code; nobody says that the answer arrived.
pub(super) async fn redeem_in_vain(
    process: &Process,
    presented: &Presented<'_>,
) -> Result<(Grant, Receipt), RedeemError> {
    process.redeem(presented, |grant| Ok(grant.clone())).await
}

/// Where the facts of a verification lie.
pub(super) fn folder_of(id: VerificationId) -> String {
    format!("facts/2/subjects/{}/{}", id.subject(), id.folder())
}
