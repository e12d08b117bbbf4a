//! The timer that sweeps, and a person who is erased at the end: they stay erased, whatever failed meanwhile.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::run::Left;
use crate::weather::Weather;
use crate::world::{Outside, World, lock};

/// How often the timer goes off.
const TIMER: Duration = Duration::from_secs(90);
/// An erasure is demanded again until it is done, so often at most.
const TRIES: u32 = 200;

impl World {
    /// The timer of the host, until the run ends.
    pub(crate) fn begin_to_sweep(self: &Arc<Self>) {
        let world = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TIMER).await;
                world.sweep().await;
            }
        });
    }

    async fn sweep(self: &Arc<Self>) -> bool {
        let sweeping = self.by_some(|process| process.spawner().start(process.sweep()));
        let Some(sweeping) = sweeping else { return false };
        self.step(&Outside("timer"), || "sweeps".to_owned());
        matches!(sweeping.await, Ok(true))
    }

    async fn erase(self: &Arc<Self>, reference: &str) -> bool {
        let erasing = self.by_some(|process| process.spawner().start(process.erase(reference)));
        let Some(erasing) = erasing else { return false };
        matches!(erasing.await, Ok(Some(_)))
    }

    /// Erases the person of a sign-in while things fail again, and judges what is left once they do not.
    pub(crate) async fn erased(self: &Arc<Self>, left: &[Left]) {
        let known = left.iter().find_map(|one| {
            let story = self.story(one.story, |story| story.clone())?;
            Some((story.clone(), story.reference?))
        });
        let Some((story, reference)) = known else { return };
        *lock(&self.weather) = Weather {
            store_ms: 20,
            store_fails_before: 300,
            store_fails_after: 300,
            vendor_fails_before: 2000,
            kills: 100,
            deaths_left: 2,
            ..Weather::calm()
        };
        self.step(&Outside("operator"), || {
            format!("erases the person of {reference}")
        });
        let mut is_acknowledged = false;
        for _ in 0..TRIES {
            is_acknowledged = self.erase(&reference).await;
            if is_acknowledged {
                break;
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        *lock(&self.weather) = Weather::calm();
        if !is_acknowledged {
            return self.violated(
                "erasure",
                "an erasure that is demanded again and again is not acknowledged",
            );
        }
        for _ in 0..20 {
            tokio::time::sleep(TIMER).await;
            self.sweep().await;
        }
        for one in left {
            let Some(other) = self.story(one.story, |other| other.clone()) else {
                continue;
            };
            let is_theirs = other.client == story.client && other.subject == story.subject;
            if let (true, Some(tokens)) = (is_theirs, &one.tokens)
                && let Some((StatusCode::OK, status)) = self.userinfo(one.story, &tokens.access).await
            {
                self.violated(
                    "erasure",
                    &format!("userinfo still tells {status} of an erased person"),
                );
            }
        }
        self.judge_what_is_left(&reference);
    }

    fn judge_what_is_left(&self, reference: &str) {
        let facts: Vec<String> = lock(&self.facts).keys().cloned().collect();
        // The folder of the subject: where the verification's tombstone lies.
        let Some(folder) = lock(&self.jumio)
            .transactions
            .iter()
            .find(|one| one.start.reference.starts_with(reference))
            .map(|one| one.start.user_reference.clone())
        else {
            return;
        };
        let theirs: Vec<usize> = {
            let jumio = lock(&self.jumio);
            let all = jumio.transactions.iter().enumerate();
            let theirs = all.filter(|(_, one)| one.start.user_reference == folder);
            // One whose answer was lost is known to nobody.
            let known = theirs.filter(|(_, one)| one.is_answered && self.lives(one.by) && !one.is_forgotten);
            known.map(|(n, _)| n).collect()
        };
        if !theirs.is_empty() {
            self.violated(
                "erasure",
                &format!("the vendor still has transactions {theirs:?} of an erased person"),
            );
        }
        let is_left = |path: &&String| {
            let subject = facts
                .iter()
                .find(|fact| fact.ends_with("/erased.json"))
                .map(|fact| fact.rsplitn(3, '/').nth(2).unwrap_or_default().to_owned());
            subject.is_some_and(|subject| {
                path.starts_with(&format!("{subject}/"))
                    && !path.contains("/starts/")
                    && !path.ends_with("/erased.json")
            })
        };
        let left: Vec<&String> = facts.iter().filter(is_left).collect();
        if !left.is_empty() {
            self.violated("erasure", &format!("of an erased person there is still {left:?}"));
        }
    }
}
