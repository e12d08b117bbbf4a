//! The host's own access keys, checked before the handler is asked.

use http::{HeaderMap, StatusCode, Uri};

use super::function::AuthLevel;

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

runner::debug_only!(Keys: enforced, storage_is_down);

impl Keys {
    /// Whether the request may pass.
    ///
    /// # Errors
    /// 401 without the right key; 500 when a key must be looked up in a storage that is down. The latter also happens
    /// to an *anonymous* function as soon as a request carries something that looks like a key, `?code=` included.
    pub(crate) fn check(&self, level: AuthLevel, uri: &Uri, headers: &HeaderMap) -> Result<(), StatusCode> {
        if !self.enforced {
            return Ok(());
        }
        let key = presented(uri, headers);
        let looked_up =
            level != AuthLevel::Anonymous || key.is_some() || headers.contains_key("x-ms-client-principal");
        if looked_up && self.storage_is_down {
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        }
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

fn presented(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let header = headers
        .get("x-functions-key")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    header.or_else(|| {
        let query = url::form_urlencoded::parse(uri.query()?.as_bytes());
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

    fn check(keys: &Keys, level: AuthLevel, uri: &str) -> Result<(), u16> {
        keys.check(level, &uri.parse().unwrap(), &HeaderMap::new())
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
        assert_eq!(check(&keys(), AuthLevel::Function, "/api/x"), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Function, "/api/x?code=wrong"), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Function, "/api/x?code=f"), Ok(()));
        assert_eq!(check(&keys(), AuthLevel::Function, "/api/x?code=m"), Ok(()));
    }

    #[test]
    fn admin_wants_the_master_key() {
        assert_eq!(check(&keys(), AuthLevel::Admin, "/api/x?code=f"), Err(401));
        assert_eq!(check(&keys(), AuthLevel::Admin, "/api/x?code=m"), Ok(()));
    }

    #[test]
    fn a_wrong_code_does_not_close_an_anonymous_function() {
        assert_eq!(check(&keys(), AuthLevel::Anonymous, "/api/x?code=wrong"), Ok(()));
    }

    #[test]
    fn a_code_drags_an_anonymous_function_into_a_storage_outage() {
        let keys = Keys {
            storage_is_down: true,
            ..keys()
        };
        assert_eq!(check(&keys, AuthLevel::Anonymous, "/api/x"), Ok(()));
        assert_eq!(
            check(&keys, AuthLevel::Anonymous, "/api/x?code=anything"),
            Err(500)
        );
    }

    #[test]
    fn the_header_counts_too() {
        let headers = HeaderMap::from_iter([("x-functions-key".parse().unwrap(), "f".parse().unwrap())]);
        assert!(
            keys()
                .check(AuthLevel::Function, &"/api/x".parse().unwrap(), &headers)
                .is_ok()
        );
    }

    #[test]
    fn nothing_is_asked_unless_enforced() {
        assert_eq!(check(&Keys::default(), AuthLevel::Admin, "/api/x"), Ok(()));
    }
}
