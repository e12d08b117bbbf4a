//! What is kept of a callback, of either generation: the ids, the word for what happened and when. Everything else,
//! names and documents above all, is dropped while it is being read.
//!
//! Callbacks are unsigned, so nothing here is believed: the caller has authenticated the address they came to, and what
//! happened is read again from Jumio. Still, two values for one field make a body unreadable rather than ambiguous.
//!
//! # Layout
//! - `fields`: the fields that count, under any capitalisation, from JSON, a form, or JSON text inside a form

mod fields;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::fields::Fields;
use crate::checks::{Announced, CALLBACK_MAX, Callback, Unreadable};
use crate::jumio::limits;

/// Deepest nesting that is read; real bodies have 3.
const DEPTH_MAX: usize = 16;
/// Maximum length of a status that is kept.
const STATUS_MAX: usize = 40;

/// Reads a callback. `content_type` is the header's value, parameters included.
///
/// # Errors
/// See [`Unreadable`].
pub fn parse(content_type: &str, body: &[u8]) -> Result<Announced, Unreadable> {
    if body.len() > CALLBACK_MAX {
        return Err(Unreadable::TooLong);
    }
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let fields = if kind.eq_ignore_ascii_case("application/json") {
        Fields::from_json(body)?
    } else if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Fields::from_form(body)?
    } else {
        return Err(Unreadable::ContentType);
    };
    match fields.execution {
        Some(execution) => callback(execution, fields.account, fields.status, fields.sent_at),
        None if fields.message => Ok(Announced::Test),
        None => Err(Unreadable::NoTransaction),
    }
}

fn callback(
    execution: String,
    account: Option<String>,
    status: Option<String>,
    sent_at: Option<String>,
) -> Result<Announced, Unreadable> {
    let well_formed = limits::is_id(&execution) && account.as_deref().is_none_or(limits::is_id);
    if !well_formed {
        return Err(Unreadable::Malformed);
    }
    Ok(Announced::Callback(Callback {
        execution: Some(execution),
        account,
        status_word: status
            .filter(|word| is_status(word))
            .unwrap_or_else(|| "UNKNOWN".to_owned()),
        sent_at: sent_at.filter(|text| is_timestamp(text)),
    }))
}

/// Whether a word looks like one of Jumio's (`SESSION_EXPIRED`); anything else could be somebody's name.
fn is_status(word: &str) -> bool {
    (1..=STATUS_MAX).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// RFC 3339 with any number of fraction digits; the `Z` is forgotten now and then.
fn is_timestamp(text: &str) -> bool {
    let parses = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    text.len() <= 40 && (parses(text) || parses(&format!("{text}Z")))
}

#[cfg(test)]
mod tests;
