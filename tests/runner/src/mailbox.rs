//! Where the tenant's e-mails, texts and calls arrive: nothing leaves this machine.

use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// How many messages are kept; older ones go.
const KEPT: usize = 200;

/// The road a message took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// An e-mail.
    Email,
    /// A text message.
    Text,
    /// A voice call.
    Call,
}

/// One message.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// How it would have been sent.
    pub channel: Channel,
    /// Address or number.
    pub to: String,
    /// Subject line or purpose.
    pub subject: String,
    /// The one-time code in it.
    pub code: String,
    /// When it was sent.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
}

/// All messages, newest first.
#[derive(Debug, Default)]
pub struct Mailbox {
    messages: Mutex<VecDeque<Message>>,
}

impl Mailbox {
    /// Delivers a message.
    pub fn deliver(&self, message: Message) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push_front(message);
        messages.truncate(KEPT);
    }

    /// Everything delivered, newest first; only what went to `to` when given (without case).
    #[must_use]
    pub fn read(&self, to: Option<&str>) -> Vec<Message> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |message: &&Message| to.is_none_or(|to| message.to.eq_ignore_ascii_case(to));
        messages.iter().filter(wanted).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: &str, code: &str) -> Message {
        Message {
            channel: Channel::Email,
            to: to.to_owned(),
            subject: "code".to_owned(),
            code: code.to_owned(),
            sent_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_newest_comes_first_and_addresses_ignore_case() {
        let mailbox = Mailbox::default();
        for (to, code) in [
            ("a@example.com", "1"),
            ("b@example.com", "2"),
            ("a@example.com", "3"),
        ] {
            mailbox.deliver(message(to, code));
        }
        let codes: Vec<String> = mailbox
            .read(Some("A@example.com"))
            .into_iter()
            .map(|m| m.code)
            .collect();
        assert_eq!(codes, ["3", "1"]);
        assert_eq!(mailbox.read(None).len(), 3);
    }

    #[test]
    fn old_messages_go() {
        let mailbox = Mailbox::default();
        (0..KEPT + 5).for_each(|_| mailbox.deliver(message("a@example.com", "1")));
        assert_eq!(mailbox.read(None).len(), KEPT);
    }
}
