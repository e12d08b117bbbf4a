//! Addresses, keys and times of one Jumio tenant.

use std::time::Duration;

use url::Url;

use crate::jumio::config::{BASE, Fault, common, faults, is_base};
use crate::jumio::limits;
use crate::jumio::transport::Retry;

/// What the client needs to know. Build it with [`Config::at`] and change what differs.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where tokens come from: `https://auth.<region>.jumio.ai`.
    pub auth_base: Url,
    /// Where accounts are created: `https://account.<region>.jumio.ai`.
    pub account_base: Url,
    /// Where results are read and deleted: `https://retrieval.<region>.jumio.ai`.
    pub retrieval_base: Url,
    /// `workflowDefinition.key`; differs from tenant to tenant.
    pub workflow_key: String,
    /// The mandatory `User-Agent`, of the form `Company Application/version`. Without it Jumio answers 403.
    pub user_agent: String,
    /// How long the hosted page's link lives (`tokenLifetime`): 5 minutes to 60 days, whole seconds.
    pub link_life: Duration,
    /// Country (ISO 3166-1 alpha-3) to report for a person whose client did not say. Without any, `userConsent` is
    /// left out and Jumio's page asks.
    pub default_country: Option<String>,
    /// The longest one operation may take, token, repeats and pauses included.
    pub budget: Duration,
    /// When a request is repeated.
    pub retry: Retry,
}

impl Config {
    /// The usual configuration of a tenant at three addresses, of tokens, accounts and retrieval: links live 30 minutes,
    /// operations take at most 8 s.
    #[must_use]
    pub(crate) fn at(
        bases: [Url; 3],
        workflow_key: impl Into<String>,
        user_agent: impl Into<String>,
    ) -> Self {
        let [auth_base, account_base, retrieval_base] = bases;
        Self {
            auth_base,
            account_base,
            retrieval_base,
            workflow_key: workflow_key.into(),
            user_agent: user_agent.into(),
            link_life: Duration::from_secs(30 * 60),
            default_country: None,
            budget: Duration::from_secs(8),
            retry: Retry::default(),
        }
    }

    /// Everything that is wrong, at once; empty when all is well.
    #[must_use]
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let key = &self.workflow_key;
        let own = [
            ("auth_base", BASE, is_base(&self.auth_base)),
            ("account_base", BASE, is_base(&self.account_base)),
            ("retrieval_base", BASE, is_base(&self.retrieval_base)),
            (
                "workflow_key",
                "must be 1 to 36 letters, digits and hyphens",
                key.len() <= 36 && limits::is_id(key),
            ),
            (
                "default_country",
                "must be an ISO 3166-1 alpha-3 code, upper case, other than USA, which needs a state",
                self.default_country
                    .as_deref()
                    .is_none_or(|code| code != "USA" && limits::country("", code).is_ok()),
            ),
        ];
        let common = common(&self.user_agent, self.link_life, self.budget, self.retry.attempts);
        faults(own.into_iter().chain(common))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A tenant in Europe.
    pub(in crate::jumio::kyx) fn good() -> Config {
        let bases = ["auth", "account", "retrieval"];
        let bases = bases.map(|service| format!("https://{service}.emea-1.jumio.ai/").parse().unwrap());
        Config::at(bases, "10164", "Contoso Verification/1.0")
    }

    fn faulty(change: impl Fn(&mut Config)) -> Vec<&'static str> {
        let mut config = good();
        change(&mut config);
        config.faults().iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let found = faulty(|config| {
            config.user_agent.clear();
            config.workflow_key.clear();
            config.budget = Duration::ZERO;
        });
        assert_eq!(found, ["workflow_key", "user_agent", "budget"]);
    }

    #[test]
    fn a_user_agent_names_product_and_version() {
        for bad in [
            "",
            "Contoso",
            "/1",
            "Contoso/",
            "Contoso\n/1",
            " Contoso/1",
            "Côntoso/1",
        ] {
            assert_eq!(
                faulty(|config| config.user_agent = bad.into()),
                ["user_agent"],
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_base_address_is_https_unless_it_is_on_this_machine() {
        let bases = [
            "http://auth.emea-1.jumio.ai/",
            "https://u:p@a.example/",
            "https://a.example/?q",
            "ftp://a/",
        ];
        for bad in bases {
            assert_eq!(
                faulty(|config| config.auth_base = bad.parse().unwrap()),
                ["auth_base"],
                "{bad}"
            );
        }
        assert!(
            faulty(|config| config.auth_base = "http://127.0.0.1:5000/jumio".parse().unwrap()).is_empty()
        );
    }

    #[test]
    fn a_link_lives_five_minutes_to_sixty_days() {
        let life = |seconds| faulty(|config| config.link_life = Duration::from_secs(seconds));
        assert!(life(300).is_empty());
        assert!(life(60 * 24 * 3600).is_empty());
        assert_eq!(life(299), ["link_life"]);
        assert_eq!(life(60 * 24 * 3600 + 1), ["link_life"]);
        assert_eq!(
            faulty(|config| config.link_life = Duration::from_millis(400_500)),
            ["link_life"]
        );
    }

    #[test]
    fn a_default_country_cannot_be_one_that_needs_a_state() {
        assert!(faulty(|config| config.default_country = Some("DEU".into())).is_empty());
        assert_eq!(
            faulty(|config| config.default_country = Some("USA".into())),
            ["default_country"]
        );
        assert_eq!(
            faulty(|config| config.default_country = Some("de".into())),
            ["default_country"]
        );
    }

    #[test]
    fn a_workflow_key_is_a_plain_word() {
        for bad in ["", "10 164", "1/2", &"1".repeat(37)] {
            assert_eq!(
                faulty(|config| config.workflow_key = bad.into()),
                ["workflow_key"],
                "{bad}"
            );
        }
    }

    #[test]
    fn no_attempts_at_all_is_a_fault() {
        assert_eq!(faulty(|config| config.retry.attempts = 0), ["retry.attempts"]);
    }
}
