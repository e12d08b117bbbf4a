//! The shapes of single values in a registration.

use std::net::IpAddr;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

/// 1 to `longest` characters, none of them a control character.
pub(super) fn is_reference(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

/// A language tag in the characters of BCP 47, at most 35.
pub(super) fn is_locale(text: &str) -> bool {
    text.len() <= 35 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// ISO 3166-1 alpha-3.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// A calendar date, `YYYY-MM-DD`.
#[must_use]
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok()
}

/// A mail address by its looks: something on both sides of one at sign, at most 254 characters (RFC 5321 §4.5.3.1.3), and
/// nothing that could end a line. Whether it is anybody's is for the client to know.
#[must_use]
pub(crate) fn is_email(text: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    let sides = text.split_once('@');
    let sides = sides.filter(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
    sides.is_some() && text.chars().count() <= 254 && text.chars().all(is_plain)
}

/// A date, or the date of a B2C `dateTime`, as `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<&str> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    is_date(day).then_some(day)
}

/// An address without port, or with one as App Service writes it.
pub(super) fn address(text: &str) -> Option<String> {
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()));
    address.map(|a| a.to_string())
}

/// RFC 3339, or seconds since 1970, in UTC. Moments of other ages are nobody's consent, and facts and the vendor have no
/// way to write some of them.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    let seconds = text
        .parse()
        .ok()
        .and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    let moment = seconds.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok())?;
    let moment = moment.checked_to_offset(UtcOffset::UTC)?;
    (1970..=2999).contains(&moment.year()).then_some(moment)
}
