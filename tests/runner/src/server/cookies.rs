//! The browser's cookies, by B2C's names.

use super::{Answer, ask::Ask, reply};
use crate::engine::Realm;

/// Binds walks to a browser.
const TRANSACTION: &str = "x-ms-cpim-trans";
/// Repeated by every request of a page.
const CSRF: &str = "x-ms-cpim-csrf";

/// What a browser is known by.
#[derive(Clone)]
pub(super) struct Browser {
    pub(super) transaction: String,
    pub(super) csrf: String,
    pub(super) session: String,
}

fn session_name(realm: &Realm) -> String {
    format!("x-ms-cpim-sso:{}_0", realm.domain)
}

fn read(ask: &Ask, name: &str) -> Option<String> {
    let all = ask
        .headers
        .get_all("cookie")
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = all
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}

impl Browser {
    /// The browser of a request; what it lacks is made.
    pub(super) fn of(realm: &Realm, ask: &Ask) -> Self {
        let known = |name: &str| read(ask, name).unwrap_or_else(loopback::random::token);
        Self {
            transaction: known(TRANSACTION),
            csrf: known(CSRF),
            session: known(&session_name(realm)),
        }
    }

    /// The transaction cookie alone, when the browser has one.
    pub(super) fn transaction_of(ask: &Ask) -> Option<String> {
        read(ask, TRANSACTION)
    }

    /// Whether the browser has the cookie of this CSRF token.
    pub(super) fn has_csrf(ask: &Ask, csrf: &str) -> bool {
        read(ask, CSRF).is_some_and(|found| loopback::jose::same(found.as_bytes(), csrf.as_bytes()))
    }

    /// Sets the cookies; the session outlives the browser only when the person asked for it.
    pub(super) fn keep(&self, realm: &Realm, answer: &mut Answer, keep_signed_in: bool) {
        let secure = if realm.origin.starts_with("https:") {
            "; Secure"
        } else {
            ""
        };
        let lasting = if keep_signed_in { "; Max-Age=7776000" } else { "" };
        let session = session_name(realm);
        for (name, value, more) in [
            (TRANSACTION, &self.transaction, ""),
            (CSRF, &self.csrf, ""),
            (session.as_str(), &self.session, lasting),
        ] {
            reply::set(
                answer,
                "set-cookie",
                &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}"),
            );
        }
    }

    /// Takes the session cookie away.
    pub(super) fn forget(realm: &Realm, answer: &mut Answer) {
        let name = session_name(realm);
        reply::set(
            answer,
            "set-cookie",
            &format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
        );
    }
}
