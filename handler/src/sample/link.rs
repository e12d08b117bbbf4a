//! The address that takes a person back to B2C, to the second policy of the sample.

use url::Url;

/// What stands in the address. Each value is percent-encoded; the sample writes them as they are.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    /// Origin of B2C and the tenant, such as `https://contoso.b2clogin.com/contoso.onmicrosoft.com`.
    pub base: &'a Url,
    /// The policy; see [`is_policy`].
    pub policy: &'a str,
    /// The application that asked.
    pub client_id: &'a str,
    /// Where the application is answered.
    pub redirect_uri: &'a str,
    /// What the application asked for, with blanks between.
    pub scope: &'a str,
    /// The `id_token_hint`.
    pub hint: &'a str,
    /// The correlation id that B2C gave when the transaction was begun.
    pub correlation_id: &'a str,
    /// The transaction, as it was named to B2C: the policy compares it with what the account says.
    pub reference: &'a str,
}

/// Not a policy that can stand in an address, or a base that has no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy or the base cannot stand in an address")]
pub(crate) struct Unlinkable;

impl Link<'_> {
    /// The address. `transactionStatus`, `customerInternalReference` and `transactionReference` are what Jumio's older API
    /// appends to a return address, and what the policy reads.
    ///
    /// # Errors
    /// See [`Unlinkable`].
    pub(crate) fn address(&self) -> Result<Url, Unlinkable> {
        if !is_policy(self.policy) {
            return Err(Unlinkable);
        }
        let mut address = self.base.clone();
        address
            .path_segments_mut()
            .map_err(|()| Unlinkable)?
            .pop_if_empty()
            .extend([self.policy, "oauth2", "v2.0", "authorize"]);
        address
            .query_pairs_mut()
            .clear()
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("scope", self.scope)
            .append_pair("response_type", "id_token")
            .append_pair("id_token_hint", self.hint)
            .append_pair("transactionStatus", "SUCCESS")
            .append_pair("customerInternalReference", self.correlation_id)
            .append_pair("transactionReference", self.reference);
        Ok(address)
    }
}

/// Whether a text is the name of a policy: one plain segment of a path, of at most 255 letters, digits, `_`, `-` and `.`.
#[must_use]
pub(crate) fn is_policy(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    // Nothing but dots is another folder.
    let is_step = text.bytes().all(|byte| byte == b'.');
    text.len() <= 255 && !is_step && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://contoso.b2clogin.com/contoso.onmicrosoft.com";

    fn linked(base: &str, policy: &str, redirect_uri: &str, scope: &str) -> Result<String, Unlinkable> {
        let link = Link {
            base: &Url::parse(base).unwrap(),
            policy,
            client_id: "b2c-app",
            redirect_uri,
            scope,
            hint: "a.b-_.c",
            correlation_id: "d2b9c0a4",
            reference: "v-1",
        };
        link.address().map(String::from)
    }

    #[test]
    fn it_is_the_address_of_the_sample_and_what_jumio_appended() {
        let expected = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1A_x/oauth2/v2.0/authorize\
            ?client_id=b2c-app&redirect_uri=https%3A%2F%2Fjwt.ms&scope=openid+offline_access&response_type=id_token\
            &id_token_hint=a.b-_.c&transactionStatus=SUCCESS&customerInternalReference=d2b9c0a4&transactionReference=v-1";
        for base in [BASE.to_owned(), format!("{BASE}/")] {
            let address = linked(&base, "B2C_1A_x", "https://jwt.ms", "openid offline_access");
            assert_eq!(address.as_deref(), Ok(expected));
        }
    }

    #[test]
    fn no_value_adds_a_parameter() {
        let address = linked(
            BASE,
            "p",
            "https://a.example/cb?x=1&y=2#z",
            "a&response_type=code",
        );
        let address = Url::parse(&address.unwrap()).unwrap();
        let pairs: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        assert_eq!(pairs.len(), 8);
        assert_eq!(pairs[1].1, "https://a.example/cb?x=1&y=2#z");
        assert_eq!(pairs[2].1, "a&response_type=code");
        assert_eq!(pairs[3].1, "id_token");
        assert_eq!(address.fragment(), None);
    }

    #[test]
    fn a_policy_that_is_no_plain_segment_is_refused() {
        for policy in [
            "",
            ".",
            "..",
            "a/../b",
            "a/b",
            "a?b",
            "a#b",
            "a%2fb",
            "a b",
            "ä",
            "a\\b",
            &"a".repeat(256),
        ] {
            assert_eq!(
                linked(BASE, policy, "https://jwt.ms", "openid"),
                Err(Unlinkable),
                "{policy}"
            );
        }
    }

    #[test]
    fn a_base_without_path_is_refused() {
        assert_eq!(
            linked("mailto:a@b.example", "p", "https://jwt.ms", "openid"),
            Err(Unlinkable)
        );
    }
}
