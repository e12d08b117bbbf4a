//! From text to types. Each function gives the rule that a text breaks, never the text.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use url::{Host, Url};

use super::reader::Rule;

/// Any text at all.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all parsers")]
pub(super) fn text(value: &str) -> Result<String, Rule> {
    Ok(value.to_owned())
}

/// Any text, from here on secret.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all parsers")]
pub(super) fn secret(value: &str) -> Result<SecretString, Rule> {
    Ok(value.into())
}

/// Printable ASCII of at most 255 characters, fit for a header or a path.
pub(super) fn visible(value: &str) -> Result<String, Rule> {
    let fits = value.len() <= 255 && value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if fits {
        Ok(value.to_owned())
    } else {
        Err("must be at most 255 characters of visible ASCII".into())
    }
}

/// The name of an HTTP header, in lower case (RFC 9110 section 5.1).
pub(super) fn header_name(value: &str) -> Result<String, Rule> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if value.bytes().all(is_token) {
        Ok(value.to_ascii_lowercase())
    } else {
        Err("is not the name of a header".into())
    }
}

/// What is between words that must not have commas.
pub(super) const NO_COMMAS: &str = "must have white space between its words, and no commas or semicolons";

/// Words with white space between them; at least one.
pub(super) fn words(value: &str) -> Result<Vec<String>, Rule> {
    if value.contains([',', ';']) {
        return Err(NO_COMMAS.into());
    }
    Ok(value.split_whitespace().map(str::to_owned).collect())
}

/// An address we call or are called at: https, or http on this machine; without user, password or fragment.
pub(super) fn address(value: &str) -> Result<Url, Rule> {
    let rule = "must be an https address (http only on this machine)";
    let url = Url::parse(value).map_err(|_| rule)?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !safe {
        return Err(rule.into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must not contain a user name, a password or a fragment".into());
    }
    Ok(url)
}

/// An address without query.
pub(super) fn base(value: &str) -> Result<Url, Rule> {
    let url = address(value)?;
    match url.query() {
        None => Ok(url),
        Some(_) => Err("must not contain a query".into()),
    }
}

/// An address with nothing after the host.
pub(super) fn origin(value: &str) -> Result<Url, Rule> {
    let url = base(value)?;
    match url.path() {
        "/" => Ok(url),
        _ => Err("must be an origin: nothing after the host".into()),
    }
}

/// Where people write to, fit for a line of text: an https or mailto address (RFC 9116 section 2.5.3).
pub(super) fn contact(value: &str) -> Result<String, Rule> {
    let rule = "must be an https: or mailto: address of at most 255 visible characters";
    let url = Url::parse(value).map_err(|_| rule)?;
    let is_address = match url.scheme() {
        "https" => true,
        "mailto" => url.path().contains('@'),
        _ => false,
    };
    let is_visible = value.len() <= 255 && value.bytes().all(|byte| byte.is_ascii_graphic());
    if is_address && is_visible {
        Ok(value.to_owned())
    } else {
        Err(rule.into())
    }
}

/// A line of text of at most so many characters.
pub(super) fn line(at_most: usize) -> impl Fn(&str) -> Result<String, Rule> {
    move |value| {
        let is_line = !value.trim().is_empty() && !value.chars().any(char::is_control);
        if is_line && value.chars().count() <= at_most {
            Ok(value.trim().to_owned())
        } else {
            Err(format!("must be one line of at most {at_most} characters").into())
        }
    }
}

/// A page that people are led to: https, without user or password, fit for a link.
pub(super) fn page(value: &str) -> Result<String, Rule> {
    let rule = "must be an https address without user name and password, of at most 2048 characters";
    let url = Url::parse(value).map_err(|_| rule)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    if url.scheme() == "https" && is_plain && value.len() <= 2048 {
        Ok(url.into())
    } else {
        Err(rule.into())
    }
}

/// Whether the host is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// `true` or `false`.
pub(super) fn boolean(value: &str) -> Result<bool, Rule> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

/// A whole number of seconds.
pub(super) fn seconds(range: RangeInclusive<u64>) -> impl FnOnce(&str) -> Result<Duration, Rule> {
    move |value| number(value, &range).map(Duration::from_secs)
}

/// A whole number.
pub(super) fn count(range: RangeInclusive<u32>) -> impl FnOnce(&str) -> Result<u32, Rule> {
    move |value| {
        let wide = u64::from(*range.start())..=u64::from(*range.end());
        let number = number(value, &wide)?;
        u32::try_from(number).map_err(|_| outside(&wide))
    }
}

fn number(value: &str, range: &RangeInclusive<u64>) -> Result<u64, Rule> {
    let number: Option<u64> = value.parse().ok();
    number
        .filter(|number| range.contains(number))
        .ok_or_else(|| outside(range))
}

fn outside(range: &RangeInclusive<u64>) -> Rule {
    format!("must be a whole number from {} to {}", range.start(), range.end()).into()
}

/// Whole seconds, growing, with white space between them.
pub(super) fn marks(value: &str) -> Result<Vec<Duration>, Rule> {
    let rule = "must be at most 32 increasing whole numbers of seconds";
    let marks: Result<Vec<u64>, _> = value.split_whitespace().map(str::parse).collect();
    let marks = marks.map_err(|_| rule)?;
    if marks.len() > 32 || !marks.is_sorted_by(|one, next| one < next) {
        return Err(rule.into());
    }
    Ok(marks.into_iter().map(Duration::from_secs).collect())
}

/// Random bytes in base64.
pub(super) fn key(at_least: usize) -> impl FnOnce(&str) -> Result<SecretSlice<u8>, Rule> {
    move |value| {
        let bytes = STANDARD.decode(value).map(SecretSlice::from).ok();
        bytes
            .filter(|bytes| bytes.expose_secret().len() >= at_least)
            .ok_or_else(|| format!("must be base64 of at least {at_least} random bytes").into())
    }
}

/// Hexadecimal digits of a digest of `bytes` bytes, in capitals; colons and spaces as tools print them are dropped.
pub(super) fn thumbprint(value: &str, bytes: usize) -> Result<String, Rule> {
    let digits: String = value
        .chars()
        .filter(|digit| !matches!(digit, ':' | ' '))
        .collect();
    if digits.len() == 2 * bytes && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_uppercase());
    }
    Err(format!("must be {} hexadecimal digits", 2 * bytes).into())
}

/// The name of a secret or certificate in Key Vault.
pub(super) fn secret_name(value: &str) -> Result<String, Rule> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if (1..=127).contains(&value.len()) && value.bytes().all(plain) {
        return Ok(value.to_owned());
    }
    Err("must be a Key Vault name: at most 127 letters, digits and hyphens".into())
}

/// `host=ip` pairs, each to this machine. The port of an address stays its own, so it is 0 here.
pub(super) fn resolve(value: &str) -> Result<Vec<(String, SocketAddr)>, Rule> {
    let pair = |pair: &str| {
        let (host, ip) = pair.split_once('=')?;
        let ip: IpAddr = ip.parse().ok()?;
        (!host.is_empty() && ip.is_loopback()).then(|| (host.to_owned(), SocketAddr::new(ip, 0)))
    };
    let pairs: Option<Vec<_>> = value.split_whitespace().map(pair).collect();
    pairs.ok_or_else(|| "must be pairs host=ip, each with a loopback address".into())
}

/// One word of a list, in any case.
pub(super) fn one_of<T: Copy>(words: &'static [(&'static str, T)]) -> impl FnOnce(&str) -> Result<T, Rule> {
    move |value| {
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(value));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("must be one of {}", words.join(", ")).into()
        })
    }
}
