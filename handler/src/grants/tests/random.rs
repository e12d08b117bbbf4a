//! Random orders of everything that can happen, by two processes, with the clock moving in between.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;

use super::process::Process;
use super::vendor::{abandoned, approved, rejected};
use super::world::{World, authorization, presented, redeem, registration};
use crate::checks::vendor::Progress;
use crate::checks::{CallbackReceipt, Registration, Status};
use crate::grants::{Authorization, Visit};
use crate::ids::SubjectHash;

/// One thing that happens. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Happening {
    SignIn {
        subject: u8,
        correlation: u8,
        fresh: bool,
    },
    Begin {
        visit: u8,
    },
    Retry {
        visit: u8,
    },
    Cancel {
        visit: u8,
    },
    Return {
        visit: u8,
    },
    Look {
        visit: u8,
    },
    Judge {
        transaction: u8,
        how: u8,
    },
    Callback {
        transaction: u8,
    },
    Settle {
        visit: u8,
    },
    VendorDown {
        is_down: bool,
    },
    Code {
        visit: u8,
    },
    Redeem {
        code: u8,
    },
    RefuseStarts {
        times: u8,
    },
    Wait {
        seconds: u32,
    },
}

fn happening() -> impl Strategy<Value = Happening> {
    let n = || 0u8..8;
    prop_oneof![
        3 => (0u8..2, 0u8..3, any::<bool>())
            .prop_map(|(subject, correlation, fresh)| Happening::SignIn { subject, correlation, fresh }),
        4 => n().prop_map(|visit| Happening::Begin { visit }),
        2 => n().prop_map(|visit| Happening::Retry { visit }),
        1 => n().prop_map(|visit| Happening::Cancel { visit }),
        1 => n().prop_map(|visit| Happening::Return { visit }),
        2 => n().prop_map(|visit| Happening::Look { visit }),
        4 => (n(), 0u8..5).prop_map(|(transaction, how)| Happening::Judge { transaction, how }),
        2 => n().prop_map(|transaction| Happening::Callback { transaction }),
        3 => n().prop_map(|visit| Happening::Settle { visit }),
        1 => any::<bool>().prop_map(|is_down| Happening::VendorDown { is_down }),
        4 => n().prop_map(|visit| Happening::Code { visit }),
        4 => n().prop_map(|code| Happening::Redeem { code }),
        1 => (1u8..3).prop_map(|times| Happening::RefuseStarts { times }),
        2 => prop_oneof![1u32..90, 90u32..4000, 80_000u32..90_000]
            .prop_map(|seconds| Happening::Wait { seconds }),
    ]
}

/// What was seen so far, kept beside the core and without its help.
struct Story {
    world: World,
    processes: [Process; 2],
    turn: usize,
    visits: Vec<(Visit, u8)>,
    codes: Vec<(String, u8)>,
    redeemed: BTreeSet<String>,
    /// Whether the vendor approved, each time it gave a result of the n-th transaction.
    results: Vec<Vec<bool>>,
    /// How many of those results had been given when the last callback was acknowledged.
    announced: Vec<usize>,
    subjects: BTreeMap<u8, SubjectHash>,
    /// Whose check the n-th transaction is.
    owners: Vec<u8>,
}

impl Story {
    fn new() -> Self {
        let world = World::new();
        let processes = [world.process(), world.process()];
        Self {
            world,
            processes,
            turn: 0,
            visits: Vec::new(),
            codes: Vec::new(),
            redeemed: BTreeSet::new(),
            results: Vec::new(),
            announced: Vec::new(),
            subjects: BTreeMap::new(),
            owners: Vec::new(),
        }
    }

    /// The processes take turns.
    fn process(&mut self) -> Process {
        self.turn += 1;
        self.processes[self.turn % 2].clone()
    }

    fn visit(&self, n: u8) -> Option<(Visit, u8)> {
        (!self.visits.is_empty()).then(|| self.visits[usize::from(n) % self.visits.len()].clone())
    }

    fn transaction(&self, n: u8) -> Option<usize> {
        (!self.owners.is_empty()).then(|| usize::from(n) % self.owners.len())
    }

    async fn happen(&mut self, happening: Happening) -> Result<(), TestCaseError> {
        match happening {
            Happening::SignIn {
                subject,
                correlation,
                fresh,
            } => self.sign_in(subject, correlation, fresh).await,
            Happening::Begin { visit } => self.begin(visit, false).await,
            Happening::Retry { visit } => self.begin(visit, true).await,
            Happening::Judge { transaction, how } => self.judge(transaction, how),
            Happening::Callback { transaction } => return self.callback(transaction).await,
            Happening::Code { visit } => self.code(visit).await,
            Happening::Redeem { code } => return self.redeem(code).await,
            Happening::VendorDown { is_down } => self.world.vendor.set_down(is_down),
            Happening::RefuseStarts { times } => self.world.vendor.refuse_starts(u32::from(times)),
            Happening::Wait { seconds } => self.world.advance_s(u64::from(seconds)),
            Happening::Cancel { visit }
            | Happening::Return { visit }
            | Happening::Look { visit }
            | Happening::Settle { visit } => {
                let Some((visit, _)) = self.visit(visit) else {
                    return Ok(());
                };
                let process = self.process();
                let _ = match happening {
                    Happening::Cancel { .. } => process.cancel(&visit).await,
                    Happening::Return { .. } => process.returned(&visit).await,
                    Happening::Look { .. } => process.poll(&visit).await.map(|_| ()),
                    _ => process.settle(visit.entry.id).await.map(|_| ()),
                };
            }
        }
        Ok(())
    }

    async fn sign_in(&mut self, subject: u8, correlation: u8, fresh: bool) {
        let process = self.process();
        let asked = Registration {
            subject: format!("subject-{subject}"),
            ..registration(&correlation.to_string())
        };
        let state = Some(self.visits.len().to_string());
        let request = Authorization {
            state,
            fresh,
            ..authorization()
        };
        let id = process.register(asked).await.unwrap().id;
        let Ok(handle) = process.authorize(id, request, "x").await else {
            return;
        };
        let visit = process.visit(&handle, Some("x")).await.unwrap();
        self.visits.push((visit, subject));
    }

    async fn begin(&mut self, visit: u8, again: bool) {
        let Some((visit, subject)) = self.visit(visit) else {
            return;
        };
        let process = self.process();
        let _ = if again {
            process.retry(&visit).await
        } else {
            process.begin(&visit).await
        };
        let starts = self.world.vendor.starts();
        self.owners.resize(starts, subject);
        self.results.resize(starts, Vec::new());
        self.announced.resize(starts, 0);
    }

    fn judge(&mut self, transaction: u8, how: u8) {
        let Some(n) = self.transaction(transaction) else {
            return;
        };
        // A result is followed by results alone.
        if how > 2 && !self.results[n].is_empty() {
            return;
        }
        let progress = match how {
            0 | 1 => {
                self.results[n].push(true);
                approved()
            }
            2 => {
                self.results[n].push(false);
                rejected()
            }
            3 => abandoned(),
            _ => Progress::Captured,
        };
        self.world.vendor.set(n, progress);
    }

    async fn callback(&mut self, transaction: u8) -> Result<(), TestCaseError> {
        let Some(n) = self.transaction(transaction) else {
            return Ok(());
        };
        let callback = super::world::callback(&self.world, n, "PROCESSED");
        let credential = self.world.vendor.credential_of(n);
        if let Ok(noticed) = self.process().callback(&credential, callback).await {
            prop_assert!(noticed != CallbackReceipt::Foreign);
            // A copy of an earlier callback tells nothing newer.
            if noticed != CallbackReceipt::Duplicate {
                self.announced[n] = self.results[n].len();
            }
        }
        Ok(())
    }

    async fn code(&mut self, visit: u8) {
        let Some((visit, subject)) = self.visit(visit) else {
            return;
        };
        if let Ok(code) = self.process().code(&visit).await {
            self.codes.push((code, subject));
        }
    }

    async fn redeem(&mut self, code: u8) -> Result<(), TestCaseError> {
        if self.codes.is_empty() {
            return Ok(());
        }
        let (code, subject) = self.codes[usize::from(code) % self.codes.len()].clone();
        let Ok(grant) = redeem(&self.process(), &presented(&code)).await else {
            return Ok(());
        };
        prop_assert!(self.redeemed.insert(code), "a code was redeemed twice");
        let sub = *self.subjects.entry(subject).or_insert(grant.subject);
        prop_assert_eq!(grant.subject, sub, "a subject changed its hash, or two share one");
        if grant.outcome.status == Status::Approved {
            // Not older than the last callback: that result, or a later one, was an approval.
            let is_told = |n: &usize| {
                let since = self.announced[*n].saturating_sub(1);
                self.owners[*n] == subject && self.results[*n].iter().skip(since).any(|approved| *approved)
            };
            prop_assert!(
                (0..self.owners.len()).any(|n| is_told(&n)),
                "approved without an approval of that subject since the last callback"
            );
        }
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let references = self.world.vendor.references();
        let distinct: BTreeSet<&String> = references.iter().collect();
        prop_assert_eq!(
            distinct.len(),
            references.len(),
            "two transactions for one attempt"
        );
        let subs: BTreeSet<&SubjectHash> = self.subjects.values().collect();
        prop_assert_eq!(subs.len(), self.subjects.len(), "two subjects share a hash");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_an_approval_is_only_told_after_one_and_never_against_a_later_callback(happenings in vec(happening(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut story = Story::new();
            for happening in happenings {
                story.happen(happening).await?;
                story.check()?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
