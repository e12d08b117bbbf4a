//! Address, workflow and times of one Netverify tenant.

use std::time::Duration;

use url::Url;

use super::workflow::Workflow;
use crate::jumio::config::{BASE, Fault, common, faults, is_base};
use crate::jumio::transport::Retry;

/// What the client needs to know. Build it with [`Config::at`] and change what differs.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where everything is: `https://netverify.com`, `https://lon.netverify.com` or `https://core-sgp.jumio.com`.
    pub base: Url,
    /// What new transactions are made with. Without one nothing is started.
    pub workflow: Option<Workflow>,
    /// The mandatory `User-Agent`, of the form `Company Application/version`. Without it Jumio answers 403.
    pub user_agent: String,
    /// How long the hosted page's link lives: 5 minutes to 60 days, whole seconds. Jumio counts in minutes
    /// (`tokenLifetimeInMinutes`); what is beyond the last whole one is left out.
    pub link_life: Duration,
    /// The longest one operation may take, repeats and pauses included.
    pub budget: Duration,
    /// When a request is repeated.
    pub retry: Retry,
}

impl Config {
    /// The usual configuration of a tenant: links live 30 minutes, operations take at most 8 s.
    #[must_use]
    pub(crate) fn at(base: Url, workflow: Option<Workflow>, user_agent: impl Into<String>) -> Self {
        Self {
            base,
            workflow,
            user_agent: user_agent.into(),
            link_life: Duration::from_secs(30 * 60),
            budget: Duration::from_secs(8),
            retry: Retry::default(),
        }
    }

    /// Everything that is wrong, at once; empty when all is well.
    #[must_use]
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let own = [("base", BASE, is_base(&self.base))];
        let common = common(&self.user_agent, self.link_life, self.budget, self.retry.attempts);
        faults(own.into_iter().chain(common))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A tenant in Europe.
    pub(in crate::jumio::netverify) fn good() -> Config {
        let base = "https://lon.netverify.com/".parse().unwrap();
        Config::at(base, Workflow::of(200), "Contoso Verification/1.0")
    }

    fn faulty(change: impl Fn(&mut Config)) -> Vec<&'static str> {
        let mut config = good();
        change(&mut config);
        config.faults().iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn all_faults_are_told_at_once() {
        assert!(faulty(|_| {}).is_empty());
        let found = faulty(|config| {
            config.base = "http://netverify.com/".parse().unwrap();
            config.user_agent.clear();
            config.link_life = Duration::from_secs(299);
            config.budget = Duration::ZERO;
            config.retry.attempts = 0;
        });
        assert_eq!(
            found,
            ["base", "user_agent", "link_life", "budget", "retry.attempts"]
        );
    }

    #[test]
    fn a_link_lives_as_long_as_jumios_minutes_allow() {
        let life = |seconds| faulty(|config| config.link_life = Duration::from_secs(seconds));
        assert!(life(5 * 60).is_empty() && life(86_400 * 60).is_empty());
        assert_eq!(life(86_400 * 60 + 1), ["link_life"]);
    }
}
