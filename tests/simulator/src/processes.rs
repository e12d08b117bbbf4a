//! The processes: started, killed and started again by the host, each with a clock of its own.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use handler::testing::{
    Certificate, Client, ClientKeys, Login, Outcomes, Owner, Owners, Parts, Process, Proof, Rules, Secrets,
    SeededRandom, ShiftedClock, SigningKeys,
};
use secrecy::SecretString;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::jumio::Line;
use crate::keys;
use crate::points::Who;
use crate::store::Store;
use crate::world::{World, lock};

/// Wall clock when a run begins.
pub(crate) const START: OffsetDateTime = datetime!(2026-02-03 10:00 UTC);
/// Our own origin.
pub(crate) const ORIGIN: &str = "https://idv.example";
/// Where clients get their answers.
pub(crate) const REDIRECT: &str = "https://client.example/answer";
/// Password of the caller that registers.
pub(crate) const PASSWORD: &str = "password-of-the-caller";
/// Secret of every client that has one.
pub(crate) const SECRET: &str = "secret-of-the-client";

/// Signs our tokens; made once for all runs.
static SIGNING: LazyLock<Option<Arc<SigningKeys>>> = LazyLock::new(|| {
    let certificate = Certificate::from_pem(&keys::certificate()?).ok()?;
    SigningKeys::new(certificate, &[]).ok().map(Arc::new)
});

/// What the client that signs its assertions signs with; made once for all runs.
static CLIENT_KEYS: LazyLock<Option<ClientKeys>> =
    LazyLock::new(|| ClientKeys::from_jwks(&keys::client_jwks()?).ok());

/// A place where a process runs.
pub(crate) struct Slot {
    pub(crate) life: u32,
    pub(crate) process: Option<Process>,
    /// How far its clock is off.
    pub(crate) offset_ms: i64,
    /// The machine it is on: processes of one machine see each other.
    pub(crate) machine: u64,
}

/// Who is dead, as one process can know it.
struct Sight {
    world: Arc<World>,
    me: Who,
}

impl Sight {
    fn owner(&self, who: Who, machine: u64) -> Owner {
        Owner {
            boot: format!("boot-of-machine-{machine}"),
            pid_namespace: "pid:[4026531836]".to_owned(),
            pid: 1000 + u32::try_from(who.slot).unwrap_or(0) + 10 * who.life,
            started: 100_000 * (self.world.seed % 7 + 1) + u64::from(who.life),
        }
    }
}

impl Owners for Sight {
    fn me(&self) -> Owner {
        self.owner(self.me, self.world.machine(self.me.slot))
    }

    fn is_dead(&self, owner: &Owner) -> bool {
        let mine = self.world.machine(self.me.slot);
        let near = owner.boot == format!("boot-of-machine-{mine}");
        let living = self.world.living();
        near && !living
            .into_iter()
            .any(|(who, machine)| machine == mine && self.owner(who, machine) == *owner)
    }
}

impl World {
    /// Starts the first process at each place.
    pub(crate) fn populate(self: &Arc<Self>, offsets: &[(i64, u64)]) {
        for (offset_ms, machine) in offsets {
            lock(&self.slots).push(Slot {
                life: 0,
                process: None,
                offset_ms: *offset_ms,
                machine: *machine,
            });
        }
        for slot in 0..offsets.len() {
            self.start(slot);
        }
    }

    /// Starts a process at a place that is empty.
    pub(crate) fn start(self: &Arc<Self>, slot: usize) {
        let Some((who, offset_ms)) = self.next_life(slot) else {
            return;
        };
        let Some(keys) = SIGNING.clone() else {
            return self.violated("setting", "the signing key cannot be made");
        };
        let clock = ShiftedClock::at(START + (tokio::time::Instant::now() - self.began));
        clock.shift(offset_ms);
        let Ok(origin) = ORIGIN.parse() else { return };
        let lives = self.seed.wrapping_mul(1_000_003) ^ (slot as u64) << 32 ^ u64::from(who.life) << 40;
        let process = Process::start(Parts {
            store: Arc::new(Store {
                world: Arc::clone(self),
                who,
            }),
            vendor: Arc::new(Line {
                world: Arc::clone(self),
                who,
            }),
            clock: Arc::new(clock),
            random: Arc::new(SeededRandom::of(lives)),
            owners: Arc::new(Sight {
                world: Arc::clone(self),
                me: who,
            }),
            rules: Rules::default(),
            limits: self.limits.clone(),
            keys,
            state_key: vec![7; 32],
            origin,
            logins: vec![Login {
                user: "b2c".to_owned(),
                password: SecretString::from(PASSWORD),
            }],
            clients: clients(),
        });
        self.step(&who, || format!("starts, its clock {offset_ms} ms off"));
        if let Some(place) = lock(&self.slots).get_mut(slot) {
            place.process = Some(process);
        }
    }

    fn next_life(&self, slot: usize) -> Option<(Who, i64)> {
        let mut slots = lock(&self.slots);
        let place = slots.get_mut(slot)?;
        place.life += 1;
        let life = place.life;
        Some((Who { slot, life }, place.offset_ms))
    }

    /// SIGKILL. The host starts another one soon.
    pub(crate) fn kill(self: &Arc<Self>, who: Who) {
        let process = {
            let mut slots = lock(&self.slots);
            let place = slots.get_mut(who.slot).filter(|place| place.life == who.life);
            place.and_then(|place| place.process.take())
        };
        if process.is_none() {
            return;
        }
        drop(process);
        self.step(&who, || "is dead".to_owned());
        lock(&self.oracle).deaths.push((who, self.ms()));
        let (world, pause) = (Arc::clone(self), self.dice.one(40, &[40, 60, 400, 3000]));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            world.start(who.slot);
        });
    }

    pub(crate) fn lives(&self, who: Who) -> bool {
        let slots = lock(&self.slots);
        let place = slots.get(who.slot);
        place.is_some_and(|place| place.life == who.life && place.process.is_some())
    }

    fn living(&self) -> Vec<(Who, u64)> {
        let slots = lock(&self.slots);
        let alive = slots
            .iter()
            .enumerate()
            .filter(|(_, place)| place.process.is_some());
        alive
            .map(|(slot, place)| {
                (
                    Who {
                        slot,
                        life: place.life,
                    },
                    place.machine,
                )
            })
            .collect()
    }

    fn machine(&self, slot: usize) -> u64 {
        lock(&self.slots).get(slot).map_or(0, |place| place.machine)
    }

    /// Ends all processes for good: nothing may go on after its run.
    pub(crate) fn end(&self) {
        let processes: Vec<_> = lock(&self.slots)
            .iter_mut()
            .map(|place| place.process.take())
            .collect();
        drop(processes);
    }
}

fn clients() -> Vec<Client> {
    let secrets = || Secrets {
        current: SecretString::from(SECRET),
        previous: None,
    };
    let client = |id: &str, proof, require_pkce| Client {
        require_pkce,
        outcomes: Outcomes::Claims,
        return_within: None,
        ..Client::new(id, vec![REDIRECT.to_owned()], proof)
    };
    let mut clients = vec![
        client("b2c", Proof::Secret(secrets()), false),
        client("okta", Proof::Secret(secrets()), true),
    ];
    if let Some(keys) = CLIENT_KEYS.clone() {
        clients.push(client("keys", Proof::PrivateKeyJwt(keys), false));
    }
    clients
}
