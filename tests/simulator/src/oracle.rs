//! What must hold, judged by what the vendor said and what was acknowledged, never by what the handler has stored.

use std::sync::Arc;

use crate::jumio::{Document, LIFE_MS, Says, Transaction};
use crate::logs;
use crate::points::Who;
use crate::world::{World, lock};

/// A sign-in, as the client knows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    pub(crate) client: &'static str,
    pub(crate) subject: &'static str,
    /// Whose names were registered; nothing when none were.
    pub(crate) expects: Option<Document>,
    pub(crate) is_fresh: bool,
    /// The verification, once told.
    pub(crate) id: Option<String>,
    /// The person pressed a button that says so, on a page that did not say that it was all over.
    pub(crate) gave_up: bool,
    /// Those of its transactions whose number is lower are given up.
    pub(crate) given_up: usize,
    /// When its authorization was requested, at the latest: a handler that asks its store how things stand may find what
    /// was begun meanwhile.
    pub(crate) requested_ms: u64,
    /// The verification, as its token names it.
    pub(crate) reference: Option<String>,
    /// The transactions to which its browser was sent.
    pub(crate) visited: Vec<usize>,
    /// The number of transactions there were when the person last tried again.
    pub(crate) tried_again: usize,
}

impl Story {
    /// It was sent to a transaction, or has begun it; its verification is told when it is registered, or by its token.
    fn uses(&self, n: usize, transaction: &Transaction) -> bool {
        let reference = transaction.start.reference.as_str();
        let mut told = [&self.id, &self.reference].into_iter().flatten();
        self.visited.contains(&n) || told.any(|id| !id.is_empty() && reference.starts_with(id.as_str()))
    }
}

/// What is known beside the handler.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) violations: Vec<String>,
    pub(crate) stories: Vec<Story>,
    pub(crate) deaths: Vec<(Who, u64)>,
    /// What humans decided.
    pub(crate) words: Vec<Word>,
    /// Transactions that may have been paid although another one was under way: an operator must be told.
    doubles: Vec<usize>,
}

/// What may be told of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Tellable {
    pub(crate) transaction: usize,
    pub(crate) document: Document,
    /// The number of its oldest version that may still be told.
    oldest: usize,
    /// That version and those after it.
    pub(crate) says: Vec<Says>,
}

/// A human's decision.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// The transactions about one of which it is. A sign-in can have joined one to which its browser was never sent.
    pub(crate) about: Vec<About>,
    /// Whose names were registered where it was given.
    pub(crate) expects: Option<Document>,
    pub(crate) accepts: bool,
    /// The tick at which it was known to be recorded; nothing when it may or may not be.
    pub(crate) recorded: Option<u64>,
}

/// A transaction about which a human may have decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) transaction: usize,
    /// The last version when it was recorded; none after it can have been known. Any, while that is not known.
    pub(crate) version: usize,
}

impl Word {
    fn about(&self, transaction: usize) -> Option<&About> {
        self.about.iter().find(|about| about.transaction == transaction)
    }

    fn is_only_about(&self, transaction: usize) -> bool {
        self.about.len() == 1 && self.about(transaction).is_some()
    }
}

/// An outcome, as it was told.
pub(crate) struct Told<'a> {
    pub(crate) story: usize,
    /// The tick at which the request for it began.
    pub(crate) began: u64,
    pub(crate) status: &'a str,
    pub(crate) reason: &'a str,
    /// Where: `token`, `userinfo`, `page` or `register`.
    pub(crate) by: &'static str,
}

impl World {
    pub(crate) fn story<T>(&self, n: usize, change: impl FnOnce(&mut Story) -> T) -> Option<T> {
        lock(&self.oracle).stories.get_mut(n).map(change)
    }

    pub(crate) fn tell(&self, story: Story) -> usize {
        let mut oracle = lock(&self.oracle);
        oracle.stories.push(story);
        oracle.stories.len() - 1
    }

    /// The person of a sign-in does not want to go on.
    pub(crate) fn gives_up(&self, story: usize) {
        let given_up = lock(&self.jumio).transactions.len();
        self.story(story, |story| {
            story.gave_up = true;
            story.given_up = given_up;
        });
    }

    /// The person of a sign-in was told of an end, and tries again.
    pub(crate) fn tries_again(&self, story: usize) {
        let there_were = lock(&self.jumio).transactions.len();
        self.story(story, |story| story.tried_again = there_were);
    }

    /// The browser of a sign-in is sent to a transaction.
    pub(crate) fn visited(&self, story: usize, n: usize) {
        self.story(story, |story| story.visited.push(n));
        if let Some(transaction) = lock(&self.jumio).transactions.get_mut(n) {
            transaction.is_visited = true;
        }
    }

    /// The subject's transactions about one of which somebody decides who looks at this sign-in: the one to which its browser
    /// was sent last, if there is no later one that it can have joined.
    pub(crate) fn decidable(&self, story: &Story) -> Vec<usize> {
        let references = self.references(story);
        let jumio = lock(&self.jumio);
        let since = story.visited.last().copied().unwrap_or(0);
        let all = jumio.transactions.iter().enumerate().skip(since);
        all.filter(|(_, transaction)| references.contains(&transaction.start.user_reference))
            .map(|(n, _)| n)
            .collect()
    }

    /// Whose transaction it is, in the vendor's words.
    fn references(&self, story: &Story) -> Vec<String> {
        let jumio = lock(&self.jumio);
        let stories: Vec<Story> = lock(&self.oracle)
            .stories
            .iter()
            .filter(|other| other.client == story.client && other.subject == story.subject)
            .cloned()
            .collect();
        let is_theirs =
            |n: usize, transaction: &Transaction| stories.iter().any(|other| other.uses(n, transaction));
        let all = jumio.transactions.iter().enumerate();
        all.filter(|(n, transaction)| is_theirs(*n, transaction))
            .map(|(_, transaction)| transaction.start.user_reference.clone())
            .collect()
    }

    /// Every transaction of the same subject, with what may still be told of it by an answer whose request began then.
    pub(crate) fn tellable(&self, story: &Story, began: u64) -> Vec<Tellable> {
        let references = self.references(story);
        let jumio = lock(&self.jumio);
        let all = jumio.transactions.iter().enumerate();
        all.filter(|(_, transaction)| references.contains(&transaction.start.user_reference))
            .map(|(n, transaction)| {
                let acknowledged = transaction.acknowledged.iter().filter(|(_, tick)| *tick < began);
                let oldest = acknowledged.map(|(version, _)| *version).max().unwrap_or(0);
                let versions = transaction.versions.iter().skip(oldest);
                Tellable {
                    transaction: n,
                    document: transaction.document,
                    oldest,
                    says: versions.map(|version| version.says).collect(),
                }
            })
            .collect()
    }

    /// Judges an answer.
    pub(crate) fn judge(&self, told: &Told<'_>) {
        let Some(story) = self.story(told.story, |story| story.clone()) else {
            return;
        };
        let tellable = self.tellable(&story, told.began);
        if self.is_true(&story, told, &tellable) {
            return;
        }
        let said: Vec<String> = tellable
            .iter()
            .map(|all| {
                format!(
                    "transaction {} ({:?}): {:?}",
                    all.transaction, all.document, all.says
                )
            })
            .collect();
        let why = format!(
            "{} tells sign-in {} {} {}, and the vendor, since the last callback it was acknowledged: {said:?}",
            told.by, told.story, told.status, told.reason
        );
        self.violated("truth", &why);
    }

    fn is_true(&self, story: &Story, told: &Told<'_>, tellable: &[Tellable]) -> bool {
        let words = lock(&self.oracle).words.clone();
        let any = |is: &dyn Fn(&Tellable, Says) -> bool| {
            tellable
                .iter()
                .any(|all| all.says.iter().any(|says| is(all, *says)))
        };
        let word = |is: &dyn Fn(&Tellable, &Word, &About) -> bool| {
            let of = |all: &Tellable| {
                let mut words = words.iter();
                words.any(|word| {
                    word.about(all.transaction)
                        .is_some_and(|about| is(all, word, about))
                })
            };
            tellable.iter().any(of)
        };
        let fits = |document: Document| story.expects.is_none_or(|expected| expected == document);
        // A human's no is never turned into an approval by the vendor.
        let is_refused = |all: &Tellable| {
            let refuses = |word: &Word| {
                !word.accepts
                    && word.expects == story.expects
                    && word.recorded.is_some_and(|tick| tick < told.began)
            };
            let is_no = words
                .iter()
                .filter(|word| word.is_only_about(all.transaction))
                .any(refuses);
            let accepts = |word: &Word| word.accepts && word.about(all.transaction).is_some();
            is_no && !words.iter().any(accepts)
        };
        let is_registration = told.by == "register";
        match told.status {
            "approved" => {
                any(&|all, says| says == Says::Passed && fits(all.document) && !is_refused(all))
                    || word(&|all, word, about| word.accepts && about.version >= all.oldest)
            }
            "rejected" => {
                told.reason == "attempts_exhausted"
                    || word(&|_, word, _| !word.accepts)
                    || any(&|all, says| {
                        matches!(says, Says::OtherFace | Says::Fraud)
                            || matches!(says, Says::Passed | Says::Warning)
                                && (is_registration || !fits(all.document))
                    })
            }
            "review" => any(&|_, says| says == Says::Warning) || word(&|_, _, _| true),
            "expired" => any(&|_, says| matches!(says, Says::Abandoned | Says::NeverOpened)),
            "cancelled" => is_registration || story.gave_up,
            _ => true,
        }
    }

    /// The vendor has created a transaction.
    pub(crate) fn paid(self: &Arc<Self>, n: usize) {
        let Some((new, others)) = self.under_way_beside(n) else {
            return;
        };
        let starter = new.start.reference.rsplit_once('-').map(|(id, _)| id.to_owned());
        for (old_n, old) in others {
            if self.is_given_up(old_n, &old)
                || self.is_asked_afresh(starter.as_deref(), &new, &old)
                || self.is_tried_again(starter.as_deref(), n, old_n)
            {
                continue;
            }
            if self.may_be_unknown(&old) {
                self.step(&crate::world::Outside("vendor"), || {
                    format!("transaction {n} beside {old_n}, which the handler may not know: it must be told")
                });
                lock(&self.oracle).doubles.push(n);
            } else {
                let why = format!(
                    "transaction {n} is created while transaction {old_n} of the same subject is under way"
                );
                self.violated("payments", &why);
            }
        }
        let all = lock(&self.jumio)
            .transactions
            .iter()
            .filter(|other| other.start.user_reference == new.start.user_reference)
            .count();
        if all > usize::try_from(self.limits.max_starts).unwrap_or(usize::MAX) {
            self.violated(
                "payments",
                &format!(
                    "{all} transactions of one subject, {} are allowed",
                    self.limits.max_starts
                ),
            );
        }
    }

    /// Whether anybody has had as many transactions as one subject may have: they are told of trouble, since nobody was refused.
    pub(crate) fn is_out_of_starts(&self) -> bool {
        let jumio = lock(&self.jumio);
        let allowed = usize::try_from(self.limits.max_starts).unwrap_or(usize::MAX);
        jumio.transactions.iter().any(|one| {
            let of_one = |other: &&Transaction| other.start.user_reference == one.start.user_reference;
            jumio.transactions.iter().filter(of_one).count() >= allowed
        })
    }

    fn under_way_beside(&self, n: usize) -> Option<(Transaction, Vec<(usize, Transaction)>)> {
        let jumio = lock(&self.jumio);
        let new = jumio.transactions.get(n)?.clone();
        let now = self.ms();
        let others = jumio.transactions.iter().enumerate().filter(|(m, other)| {
            *m != n
                && other.start.user_reference == new.start.user_reference
                && !other.says().is_end()
                && (other.says() == Says::Captured || other.created_ms + LIFE_MS > now + 1000)
        });
        let others = others.map(|(m, other)| (m, other.clone())).collect();
        Some((new, others))
    }

    /// Everybody who was sent to it does not want to go on with it. Where nobody is known to have been sent there, it is of a
    /// sign-in whose verification the client was not told.
    fn is_given_up(&self, n: usize, transaction: &Transaction) -> bool {
        let oracle = lock(&self.oracle);
        let gave_it_up = |story: &Story| n < story.given_up;
        let mut theirs = oracle.stories.iter().filter(|story| story.uses(n, transaction));
        match theirs.next() {
            Some(first) => gave_it_up(first) && theirs.all(gave_it_up),
            None => oracle
                .stories
                .iter()
                .any(|story| story.id.is_none() && gave_it_up(story)),
        }
    }

    /// Some transaction has not ended.
    pub(crate) fn is_something_under_way(&self) -> bool {
        let jumio = lock(&self.jumio);
        jumio.transactions.iter().any(|one| !one.says().is_end())
    }

    /// Whoever starts it has come to the end of a later one than the old one, which others had passed over, and tries again:
    /// that takes another one. The end may have been told by a page alone.
    fn is_tried_again(&self, starter: Option<&str>, new: usize, old: usize) -> bool {
        let between: Vec<(usize, Transaction)> = {
            let jumio = lock(&self.jumio);
            let all = jumio.transactions.iter().cloned().enumerate();
            all.filter(|(n, one)| (old + 1..new).contains(n) && one.says().is_end())
                .collect()
        };
        let oracle = lock(&self.oracle);
        let mut starters = oracle
            .stories
            .iter()
            .filter(|story| story.id.is_some() && story.id.as_deref() == starter);
        starters.any(|story| {
            let has_come_to = |n: &usize, one: &Transaction| {
                story.uses(*n, one) || *n < story.tried_again && !story.visited.contains(&old)
            };
            between.iter().any(|(n, one)| has_come_to(n, one))
        })
    }

    /// Somebody demanded a check begun after their request, and the other one was begun before it.
    fn is_asked_afresh(&self, starter: Option<&str>, new: &Transaction, old: &Transaction) -> bool {
        let oracle = lock(&self.oracle);
        let by_id = |story: &&Story| story.id.is_some() && story.id.as_deref() == starter;
        let known = oracle.stories.iter().find(by_id);
        // Who gave a transaction up, and tries again, gets another one.
        let exempt = |story: &Story| story.gave_up || story.is_fresh && old.created_ms <= story.requested_ms;
        match known {
            Some(story) => exempt(story) || new.start.user_reference != old.start.user_reference,
            None => oracle.stories.iter().any(exempt),
        }
    }

    /// The answer of its start was lost, or its process died or met a faulty store.
    fn may_be_unknown(&self, transaction: &Transaction) -> bool {
        let has_fault = lock(&self.faults)
            .iter()
            .any(|(who, ms)| *who == transaction.by && *ms >= transaction.created_ms);
        transaction.is_lost || !self.lives(transaction.by) || has_fault
    }

    /// What can be judged only when all is over.
    pub(crate) fn judge_the_end(&self) {
        let doubles = lock(&self.oracle).doubles.clone();
        let told = logs::told();
        let tells = |record: &&String| record.contains("code=\"start.may_have_been_paid\"");
        if !doubles.is_empty() && !told.iter().any(|record| tells(&record)) {
            let why =
                format!("nobody is told that transactions {doubles:?} may have been paid beside another");
            self.violated("payments told", &why);
        }
    }

    /// Whether the vendor was read, with an end as its answer, about that moment: ms since the run began.
    pub(crate) fn was_read_about(&self, ms: i64) -> bool {
        const NEAR_MS: i64 = 20_000;
        let jumio = lock(&self.jumio);
        jumio
            .readings
            .iter()
            .filter(|reading| reading.says.is_end())
            .any(|reading| i64::try_from(reading.ms).is_ok_and(|read| (read - ms).abs() <= NEAR_MS))
    }
}
