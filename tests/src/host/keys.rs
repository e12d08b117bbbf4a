//! The host's own access keys, checked before the handler is asked.

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::function::AuthLevel;
use super::kestrel::target::Target;

/// How the host checks keys.
#[derive(Clone, Default)]
pub struct Keys {
    /// Off by default, as under `func start`.
    pub enforced: bool,
    /// Opens every function.
    pub master: Option<String>,
    /// Opens functions of level `function`.
    pub function: Vec<String>,
    /// The storage account that holds the keys does not answer.
    pub storage_is_down: bool,
}

loopback::debug_only!(Keys: enforced, storage_is_down);

impl Keys {
    /// Whether the request may pass.
    ///
    /// # Errors
    /// 401 without the right key; 500 when a key must be looked up in a storage that is down, after `patience`. The latter
    /// also happens to an *anonymous* function as soon as a request carries something that looks like a key, `?code=`
    /// included.
    pub(crate) async fn check(
        &self,
        level: AuthLevel,
        target: &Target,
        headers: &HeaderMap,
        patience: Duration,
    ) -> Result<(), StatusCode> {
        let query = target.query.as_deref();
        if self.enforced && self.storage_is_down && is_looked_up(level, query, headers) {
            tokio::time::sleep(patience).await;
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        }
        self.judge(level, query, headers)
    }

    fn judge(&self, level: AuthLevel, query: Option<&str>, headers: &HeaderMap) -> Result<(), StatusCode> {
        if !self.enforced {
            return Ok(());
        }
        let key = presented(query, headers);
        let is_master = key.is_some() && key == self.master;
        let is_function = key.as_ref().is_some_and(|key| self.function.contains(key));
        match level {
            AuthLevel::Anonymous => Ok(()),
            AuthLevel::Function if is_master || is_function => Ok(()),
            AuthLevel::Admin if is_master => Ok(()),
            AuthLevel::Function | AuthLevel::Admin => Err(StatusCode::UNAUTHORIZED),
        }
    }
}

fn is_looked_up(level: AuthLevel, query: Option<&str>, headers: &HeaderMap) -> bool {
    let is_presented = presented(query, headers).is_some() || headers.contains_key("x-ms-client-principal");
    level != AuthLevel::Anonymous || is_presented
}

fn presented(query: Option<&str>, headers: &HeaderMap) -> Option<String> {
    let header = headers
        .get("x-functions-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    header.or_else(|| {
        let query = url::form_urlencoded::parse(query?.as_bytes());
        query
            .filter(|(name, _)| name.eq_ignore_ascii_case("code"))
            .map(|(_, value)| value.into_owned())
            .next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys {
            enforced: true,
            master: Some("m".into()),
            function: vec!["f".into()],
            storage_is_down: false,
        }
    }

    fn check(keys: &Keys, level: AuthLevel, query: &str) -> Result<(), u16> {
        keys.judge(level, Some(query), &HeaderMap::new())
            .map_err(|status| status.as_u16())
    }

    #[test]
    fn no_key_prints() {
        let keys = Keys {
            master: Some("hush-1".into()),
            function: vec!["hush-2".into()],
            ..Keys::default()
        };
        assert!(!format!("{keys:?}").contains("hush"));
    }

    #[test]
    fn a_function_wants_its_key() {
        assert_eq!(check(&keys(), AuthLevel::Function, ""), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Function, "code=wrong"), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Function, "code=f"), Ok(()));
        assert_eq!(check(&keys(), AuthLevel::Function, "code=m"), Ok(()));
    }

    #[test]
    fn admin_wants_the_master_key() {
        assert_eq!(check(&keys(), AuthLevel::Admin, "code=f"), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Admin, "code=m"), Ok(()));
    }

    #[test]
    fn a_wrong_code_does_not_close_an_anonymous_function() {
        assert_eq!(check(&keys(), AuthLevel::Anonymous, "code=wrong"), Ok(()));
    }

    #[test]
    fn a_code_drags_an_anonymous_function_into_a_storage_outage() {
        let is_looked_up = |level, query| is_looked_up(level, query, &HeaderMap::new());
        assert!(!is_looked_up(AuthLevel::Anonymous, None));
        assert!(is_looked_up(AuthLevel::Anonymous, Some("code=anything")));
        assert!(is_looked_up(AuthLevel::Function, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_storage_outage_takes_its_time() {
        let keys = Keys {
            storage_is_down: true,
            ..keys()
        };
        let check = async |raw: &[u8]| {
            let target = Target::parse(raw, None).unwrap();
            let patience = Duration::from_secs(23);
            keys.check(AuthLevel::Anonymous, &target, &HeaderMap::new(), patience)
                .await
        };
        let begin = tokio::time::Instant::now();
        assert_eq!(check(b"/api/x").await, Ok(()));
        assert_eq!(begin.elapsed(), Duration::ZERO);
        assert_eq!(
            check(b"/api/x?code=abc").await,
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        );
        assert_eq!(begin.elapsed(), Duration::from_secs(23));
    }

    #[test]
    fn the_header_counts_too() {
        let headers = HeaderMap::from_iter([("x-functions-key".parse().unwrap(), "f".parse().unwrap())]);
        assert!(keys().judge(AuthLevel::Function, None, &headers).is_ok());
    }

    #[test]
    fn nothing_is_asked_unless_enforced() {
        assert_eq!(check(&Keys::default(), AuthLevel::Admin, ""), Ok(()));
    }
}
