//! The vendor at work: it judges what was captured, tells so by callbacks (never, twice, late, in the wrong order), and may
//! reverse what it said.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::jumio::{Document, Says, Version};
use crate::oracle::{About, Word};
use crate::processes::START;
use crate::world::{Outside, World, lock};

/// How callbacks about one change are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callbacks {
    /// None at all.
    Never,
    /// One, soon.
    Once,
    /// Two of the same.
    Twice,
    /// One, a minute or so later.
    Late,
}

/// A callback, with the version of its transaction that it tells of: a copy that comes later tells nothing newer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Callback {
    body: Bytes,
    version: usize,
}

impl World {
    /// A person shows a document; then the vendor judges, in so many milliseconds.
    pub(crate) fn captured(self: &Arc<Self>, n: usize, document: Document, verdict: Says, ms: u64) {
        if let Some(transaction) = lock(&self.jumio).transactions.get_mut(n) {
            transaction.document = document;
        }
        let (told, how) = (self.dice.chance(2000), self.callbacks());
        self.says(
            n,
            Says::Captured,
            if told { Callbacks::Once } else { Callbacks::Never },
        );
        let world = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            world.says(n, verdict, how);
            let Some(reversal) = world.reversal(verdict) else {
                return;
            };
            tokio::time::sleep(Duration::from_millis(world.dice.between(500, 60_000))).await;
            let how = world.callbacks();
            world.says(n, reversal, how);
        });
    }

    /// What it will say later, if anything.
    fn reversal(&self, verdict: Says) -> Option<Says> {
        match verdict {
            Says::Passed if self.dice.chance(2500) => Some(Says::Fraud),
            Says::OtherFace | Says::Warning if self.dice.chance(1000) => Some(Says::Passed),
            _ => None,
        }
    }

    /// How the seed wants a change to be told.
    pub(crate) fn callbacks(&self) -> Callbacks {
        self.dice.one(
            Callbacks::Once,
            &[
                Callbacks::Once,
                Callbacks::Never,
                Callbacks::Twice,
                Callbacks::Late,
            ],
        )
    }

    /// The vendor says something else from now on.
    pub(crate) fn says(self: &Arc<Self>, n: usize, says: Says, how: Callbacks) {
        {
            let mut jumio = lock(&self.jumio);
            let Some(transaction) = jumio.transactions.get_mut(n) else {
                return;
            };
            transaction.versions.push(Version { says });
        }
        self.step(&Outside("vendor"), || {
            format!("transaction {n}: {says:?} (callbacks: {how:?})")
        });
        let first = match how {
            Callbacks::Never => return,
            Callbacks::Once | Callbacks::Twice => self.dice.between(0, 3000),
            Callbacks::Late => self.dice.between(20_000, 90_000),
        };
        let body = self.body(n, says);
        self.callback(n, body.clone(), first);
        if how == Callbacks::Twice {
            self.callback(n, body, self.dice.between(0, 30_000));
        }
    }

    /// Sends a callback later; repeats it until it is acknowledged, three times at most.
    pub(crate) fn callback(self: &Arc<Self>, n: usize, callback: Callback, after_ms: u64) {
        if let Some(transaction) = lock(&self.jumio).transactions.get_mut(n) {
            transaction.callbacks_open += 1;
        }
        let world = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(after_ms)).await;
            for _ in 0..3 {
                if world.call_back(n, callback.clone()).await {
                    break;
                }
                let pause = world.dice.between(1000, 20_000);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            if let Some(transaction) = lock(&world.jumio).transactions.get_mut(n) {
                transaction.callbacks_open -= 1;
            }
        });
    }

    /// Sends a callback once, and tells whether it was acknowledged.
    pub(crate) async fn call_back(self: &Arc<Self>, n: usize, callback: Callback) -> bool {
        let path = {
            let jumio = lock(&self.jumio);
            let Some(transaction) = jumio.transactions.get(n) else {
                return false;
            };
            transaction.start.callback_url.path().to_owned()
        };
        let Callback { body, version } = callback;
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .body(body);
        let Ok(request) = request else { return false };
        let exchange = self.send("vendor", request).await;
        let is_acknowledged = exchange.answer.is_some_and(|answer| answer.status() == 200);
        if is_acknowledged {
            let tick = self.tick();
            if let Some(transaction) = lock(&self.jumio).transactions.get_mut(n) {
                transaction.acknowledged.push((version, tick));
            }
            self.step(&Outside("vendor"), || {
                format!("callback of transaction {n}, version {version}, is acknowledged")
            });
        }
        is_acknowledged
    }

    /// A human decides a sign-in's verification, over what the vendor says by then.
    pub(crate) async fn review(self: &Arc<Self>, story: usize, accepts: bool) {
        let Some(known) = self.story(story, |story| story.clone()) else {
            return;
        };
        let (Some(reference), Some(_)) = (known.reference.clone(), known.visited.last()) else {
            return;
        };
        let about = |version: &dyn Fn(usize) -> usize| {
            let all = self.decidable(&known).into_iter();
            let about = all.map(|transaction| About {
                transaction,
                version: version(transaction),
            });
            about.collect::<Vec<_>>()
        };
        self.step(&Outside("operator"), || {
            format!("decides sign-in {story}: {accepts}")
        });
        let word = Word {
            about: about(&|_| usize::MAX),
            expects: known.expects,
            accepts,
            recorded: None,
        };
        let place = {
            let mut oracle = lock(&self.oracle);
            oracle.words.push(word);
            oracle.words.len() - 1
        };
        let is_recorded = self.decide(&reference, accepts).await;
        let tick = self.tick();
        self.step(&Outside("operator"), || {
            format!("decision of sign-in {story} is recorded: {is_recorded}")
        });
        let about = about(&|transaction| self.version(transaction));
        if let Some(word) = lock(&self.oracle).words.get_mut(place).filter(|_| is_recorded) {
            word.recorded = Some(tick);
            word.about = about;
        }
    }

    fn version(&self, n: usize) -> usize {
        let jumio = lock(&self.jumio);
        let transaction = jumio.transactions.get(n);
        transaction.map_or(0, |transaction| transaction.versions.len() - 1)
    }

    /// Where the browser is sent when it is done with a transaction.
    pub(crate) fn back(&self, n: usize) -> String {
        let jumio = lock(&self.jumio);
        let transaction = jumio.transactions.get(n);
        transaction.map_or_else(String::new, |transaction| {
            transaction.start.return_url.path().to_owned()
        })
    }

    /// What a callback says now.
    pub(crate) fn body(&self, n: usize, says: Says) -> Callback {
        let word = match says {
            Says::Started => "INITIATED",
            Says::Captured => "ACQUIRED",
            Says::Abandoned => "SESSION_EXPIRED",
            Says::NeverOpened => "TOKEN_EXPIRED",
            Says::Passed | Says::OtherFace | Says::Fraud | Says::Warning => "PROCESSED",
        };
        let sent_at = (START + Duration::from_millis(self.ms())).format(&Rfc3339);
        let jumio = lock(&self.jumio);
        let Some(transaction) = jumio.transactions.get(n) else {
            return Callback::default();
        };
        let body = json!({
            "callbackSentAt": sent_at.unwrap_or_default(),
            "workflowExecution": { "id": transaction.ids.execution, "status": word },
            "account": { "id": transaction.ids.account },
        });
        Callback {
            body: Bytes::from(body.to_string()),
            version: transaction.versions.len() - 1,
        }
    }
}
