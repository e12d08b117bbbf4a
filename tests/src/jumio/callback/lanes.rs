//! Callbacks of one transaction leave in the order they came; transactions do not wait for each other.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::super::settings::Callbacks;
use super::super::tenant::Tenant;
use super::{Callback, deliver};
use crate::shared::Shared;

type Queue = VecDeque<(Callback, Callbacks)>;

/// What is still to be sent, for each execution that has something.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Shared<HashMap<String, Queue>>);

impl Lanes {
    /// Queues callbacks, each with the rules it is sent by; the first one in a lane sets a task going.
    pub(crate) fn send(&self, tenant: &Arc<Tenant>, callbacks: Vec<Callback>, rules: &Callbacks) {
        for callback in callbacks {
            let execution = callback.execution.clone();
            let is_first = self.0.with(|lanes| {
                let is_first = !lanes.contains_key(&execution);
                lanes
                    .entry(execution.clone())
                    .or_default()
                    .push_back((callback, rules.clone()));
                is_first
            });
            if is_first {
                tokio::spawn(work_off(Arc::clone(tenant), execution));
            }
        }
    }

    /// A lane is there until its last callback was delivered or given up.
    pub(crate) fn are_empty(&self) -> bool {
        self.0.with(|lanes| lanes.is_empty())
    }

    /// The next one of a lane; an empty lane is taken away in the same breath.
    fn next(&self, execution: &str) -> Option<(Callback, Callbacks)> {
        self.0.with(|lanes| {
            let next = lanes.get_mut(execution).and_then(VecDeque::pop_front);
            if next.is_none() {
                lanes.remove(execution);
            }
            next
        })
    }
}

/// Sends what is in a lane, each after its delay, until nothing is left.
async fn work_off(tenant: Arc<Tenant>, execution: String) {
    while let Some((callback, rules)) = tenant.lanes.next(&execution) {
        tokio::time::sleep(Duration::from_millis(rules.delay_ms)).await;
        deliver(&tenant, &callback, &rules).await;
    }
}
