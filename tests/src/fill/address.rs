//! Addresses that are filled in.

use std::net::IpAddr;

use anyhow::{Result, bail, ensure};
use url::{Host, Url};

/// The handler's public origin, `https://host`, without a slash at its end.
///
/// # Errors
/// No such address; anything behind the host, above all the base secret, which is given in a file.
pub fn origin(text: &str) -> Result<String> {
    let url = checked(text)?;
    let path = url.path();
    if path.to_ascii_lowercase().starts_with("/api/jumio/") {
        bail!(
            "--api holds the base secret. Pages are public, and a command line is kept: give the origin alone \
             ({}), and the secret of the policies in a file (--base-secret). If a page with it was ever uploaded, rotate it",
            url.origin().ascii_serialization()
        );
    }
    ensure!(
        path == "/",
        "--api is the origin alone, such as https://idv.contoso.example, without a path"
    );
    Ok(url.origin().ascii_serialization())
}

/// The address of a folder of pages, without a slash at its end.
///
/// # Errors
/// No such address, or one with characters that would have to be escaped in pages.
pub fn folder(text: &str) -> Result<String> {
    let url = checked(text)?;
    let path = url.path().trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._~-%$".contains(c);
    ensure!(
        path.chars().all(plain),
        "{text} has characters in its path that pages cannot hold"
    );
    Ok(format!("{}{path}", url.origin().ascii_serialization()))
}

/// https, or http to this machine; no credentials, no query, no fragment.
fn checked(text: &str) -> Result<Url> {
    let Ok(url) = Url::parse(text) else {
        bail!("{text} is no address such as https://idv.contoso.example");
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    ensure!(
        secure,
        "{text} is not https; plain http is for this machine (localhost) only"
    );
    ensure!(
        url.username().is_empty() && url.password().is_none(),
        "the address must not hold credentials"
    );
    ensure!(
        url.query().is_none() && url.fragment().is_none(),
        "the address must have no query (a container that needs a signature in it cannot serve pages) and no fragment"
    );
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_is_left_out() {
        assert_eq!(
            origin("https://idv.contoso.example/").unwrap(),
            "https://idv.contoso.example"
        );
        assert_eq!(
            folder("https://x.blob.core.windows.net/ui/").unwrap(),
            "https://x.blob.core.windows.net/ui"
        );
        assert_eq!(
            folder("https://x.z1.web.core.windows.net").unwrap(),
            "https://x.z1.web.core.windows.net"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for here in [
            "http://localhost:7071",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://b2c.localhost",
        ] {
            assert!(origin(here).is_ok(), "{here}");
        }
        for elsewhere in [
            "http://idv.contoso.example",
            "http://10.0.0.1",
            "http://localhost.contoso.example",
        ] {
            assert!(
                origin(elsewhere).unwrap_err().to_string().contains("not https"),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn the_base_secret_is_refused_and_not_repeated() {
        let secret = "s".repeat(43);
        for path in ["api/jumio", "API/Jumio"] {
            let fault = origin(&format!("https://idv.contoso.example/{path}/{secret}/"))
                .unwrap_err()
                .to_string();
            assert!(
                fault.contains("base secret") && !fault.contains(&secret),
                "{fault}"
            );
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://idv.contoso.example/api").is_err());
    }

    #[test]
    fn neither_credentials_nor_a_query_are_part_of_an_address() {
        for text in [
            "https://me:pass@contoso.example",
            "https://contoso.example/ui?sig=x",
            "https://contoso.example/#x",
        ] {
            assert!(folder(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_that_pages_cannot_hold_is_refused() {
        assert!(folder("https://contoso.example/it's").is_err());
        assert!(folder("not an address").is_err());
    }
}
