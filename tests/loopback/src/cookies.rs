//! Cookies in the order in which a browser got them, as browsers send them (RFC 6265 section 5.4).

use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use reqwest::cookie::{CookieStore, Jar};
use url::Url;

/// A browser's cookies.
#[derive(Debug, Default)]
pub(crate) struct Cookies {
    jar: Jar,
    /// Names, the oldest first. One that is set again keeps its place.
    order: Mutex<Vec<String>>,
}

impl CookieStore for Cookies {
    fn set_cookies(&self, headers: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        let headers: Vec<&HeaderValue> = headers.collect();
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        for name in headers.iter().filter_map(|header| name_of(header)) {
            if !order.contains(&name) {
                order.push(name);
            }
        }
        self.jar.set_cookies(&mut headers.into_iter(), url);
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let all = self.jar.cookies(url)?;
        let mut pairs: Vec<&str> = all.to_str().ok()?.split("; ").collect();
        let order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.sort_by_key(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            order.iter().position(|known| known == name)
        });
        HeaderValue::from_str(&pairs.join("; ")).ok()
    }
}

fn name_of(header: &HeaderValue) -> Option<String> {
    let name = header.to_str().ok()?.split('=').next()?;
    Some(name.trim().to_owned())
}
