//! Fills claims resolvers with what a walk knows.

use super::language::negotiate;
use super::pipeline::Stage;
use crate::claims::Bag;
use crate::resolvers::{self, Context};
use std::collections::BTreeMap;

impl Stage<'_> {
    /// The text with every resolver filled; `None` when nothing is left of it, as of a resolver without a value.
    #[must_use]
    pub fn resolve(&self, text: &str, bag: &Bag) -> Option<String> {
        if !text.contains('{') {
            return Some(text.to_owned());
        }
        let mut request: BTreeMap<String, String> = self.request.parameters.iter().cloned().collect();
        request.insert("client_id".to_owned(), self.request.client_id.clone());
        request.insert("redirect_uri".to_owned(), self.request.redirect_uri.to_string());
        request
            .entry("scope".to_owned())
            .or_insert_with(|| self.request.scope.join(" "));
        let provider = self.provider_tokens.latest();
        let provider = provider
            .map(|token| ("access_token".to_owned(), token.to_owned()))
            .into_iter()
            .collect();
        let caller = &self.request.caller;
        let filled = resolvers::fill(
            text,
            &Context {
                policy: self.policy,
                claims: bag,
                request: &request,
                provider: &provider,
                culture: &negotiate(self.policy, self.request),
                tenant_object_id: &self.realm.tenant_id,
                correlation_id: self.walk,
                host: caller.host.as_deref().unwrap_or_default(),
                ip: caller.ip.as_deref().unwrap_or_default(),
                keep_signed_in: self.keep_signed_in,
                service: &format!("{}/{}", self.realm.origin, self.realm.tenant_id),
                now: self.realm.clock.now(),
            },
        );
        Some(filled).filter(|filled| !filled.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ground::Ground;

    #[test]
    fn of_several_providers_the_latest_token_is_told() {
        for last in ["idp-a", "idp-b", "idp-c"] {
            let mut ground = Ground::new();
            for profile in ["idp-a", "idp-b", "idp-c", last] {
                ground
                    .provider_tokens
                    .keep(profile, format!("token of {profile}"));
            }
            let told = ground.stage().resolve("{oauth2:access_token}", &Bag::default());
            assert_eq!(told, Some(format!("token of {last}")));
        }
    }
}
