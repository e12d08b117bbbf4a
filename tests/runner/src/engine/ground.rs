//! What a technical profile stands on, for unit tests.

use super::pipeline::Stage;
use super::request::{AuthorizationRequest, Caller, ResponseMode};
use super::walk::ProviderTokens;
use super::{Realm, realm};
use crate::config::Config;
use crate::model::{Policy, Tenant};
use crate::trace::Recorder;
use loopback::clock::Clock;
use url::Url;

/// A tenant without policies, a policy without content, and a request of the built-in application.
pub(crate) struct Ground {
    pub(crate) realm: Realm,
    pub(crate) policy: Policy,
    pub(crate) request: AuthorizationRequest,
    pub(crate) provider_tokens: ProviderTokens,
    pub(crate) trace: Recorder,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let clock = Clock::default();
        let realm = Realm::open(
            Config::default(),
            Tenant::default(),
            "http://localhost",
            clock.clone(),
        );
        let realm = realm.unwrap();
        let trace = realm.traces.begin("w", "p", "j", realm::OWN_CLIENT, &clock);
        Self {
            policy: Policy::default(),
            request: AuthorizationRequest {
                client_id: realm::OWN_CLIENT.to_owned(),
                redirect_uri: Url::parse("http://localhost/runner/answer").unwrap(),
                response_type: vec!["code".to_owned()],
                response_mode: ResponseMode::Query,
                scope: vec!["openid".to_owned()],
                challenge: None,
                parameters: vec![],
                caller: Caller::default(),
            },
            provider_tokens: ProviderTokens::default(),
            trace,
            realm,
        }
    }

    pub(crate) fn stage(&self) -> Stage<'_> {
        Stage {
            realm: &self.realm,
            policy: &self.policy,
            request: &self.request,
            walk: "w",
            refresh: None,
            provider_tokens: &self.provider_tokens,
            keep_signed_in: false,
            page: None,
            trace: &self.trace,
        }
    }
}
