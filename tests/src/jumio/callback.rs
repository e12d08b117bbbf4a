//! What Jumio sends on its own: unsigned, without a verdict, sometimes twice, sometimes never.

mod content;
mod lanes;
mod post;
mod write;

use std::time::Duration;

pub use content::Content;
pub(super) use lanes::Lanes;
use loopback::clock::stamp;
pub(super) use post::Post;
pub use write::content;

use super::asked::Api;
use super::scenario::{Afterwards, Pace};
use super::settings::{Callbacks, Settings};
use super::tenant::Tenant;
use super::transaction::{Event, Sent, Transaction};

/// One callback to send.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The execution it is about; its attempts are noted there.
    pub execution: String,
    /// The receiver.
    pub to: String,
    /// What it says.
    pub content: Content,
    /// When it says it was sent, instead of the truth.
    pub sent_at: Option<String>,
}

/// The callbacks that follow from what happened to a transaction, in the order they are sent.
pub(super) fn of_events(
    transaction: &mut Transaction,
    events: Vec<Event>,
    settings: &Settings,
) -> Vec<Callback> {
    let has_ended = events.iter().any(|event| matches!(event, Event::Final(_)));
    let mut contents = contents_of(transaction, events, settings);
    let Some(to) = transaction
        .asked
        .callback_url
        .clone()
        .filter(|_| settings.callbacks.send)
    else {
        return Vec::new();
    };
    if has_ended && transaction.plan.portal_test {
        contents.push(Content::PortalTest);
    }
    let execution = &transaction.execution;
    let address = |content| Callback {
        execution: execution.clone(),
        to: to.clone(),
        content,
        sent_at: None,
    };
    contents.into_iter().map(address).collect()
}

/// What is said of each event, in the order it is said.
fn contents_of(transaction: &mut Transaction, events: Vec<Event>, settings: &Settings) -> Vec<Content> {
    let rules = &settings.callbacks;
    let has_interim =
        (rules.interim || transaction.plan.pace == Pace::Slow) && transaction.asked.api == Api::Kyx;
    let mut contents = Vec::new();
    for event in events {
        match event {
            Event::Interim(status) if has_interim => {
                let content = content(transaction, status, settings);
                if rules.reversed {
                    transaction.held.push(content);
                } else {
                    contents.push(content);
                }
            }
            Event::Interim(_) => {}
            Event::Final(status) => {
                let content = content(transaction, status, settings);
                if rules.reversed && waits_for_another(transaction) {
                    transaction.held.push(content);
                } else {
                    contents.push(content);
                    contents.extend(std::mem::take(&mut transaction.held).into_iter().rev());
                }
            }
        }
    }
    contents
}

/// Netverify has no interim callbacks to put in another order, only a result that will change.
fn waits_for_another(transaction: &Transaction) -> bool {
    transaction.asked.api == Api::Netverify && transaction.plan.afterwards == Some(Afterwards::Reversal)
}

/// Sends one callback as often as the rules say and returns what was answered to each attempt.
pub async fn deliver(tenant: &Tenant, callback: &Callback, rules: &Callbacks) -> Vec<Sent> {
    let first = rules.same_stamp.then(|| stamp(tenant.clock.now()));
    let fixed = callback.sent_at.clone().or(first);
    let mut attempts = Vec::new();
    for _ in 0..rules.copies.max(1) {
        for repeat in 0..=rules.retries {
            if repeat > 0 {
                tokio::time::sleep(Duration::from_millis(rules.retry_ms)).await;
            }
            let now = stamp(tenant.clock.now());
            let sent_at = fixed.as_deref().unwrap_or(&now);
            let answered = tenant.post.send(tenant, callback, sent_at).await;
            attempts.push(note(tenant, callback, now.clone(), answered));
            if answered == Some(200) {
                break;
            }
        }
    }
    attempts
}

fn note(tenant: &Tenant, callback: &Callback, at: String, answered: Option<u16>) -> Sent {
    let sent = Sent {
        at,
        status: callback.content.status().to_owned(),
        answered,
    };
    tenant.book.with(|book| {
        if let Some(transaction) = book.get_mut(&callback.execution) {
            transaction.sent.push(sent.clone());
        }
    });
    sent
}
