//! The mailbox page.

use super::frame;
use crate::engine::Realm;
use crate::mailbox::Channel;
use crate::server::Answer;
use maud::html;

pub(super) fn answer(realm: &Realm) -> Answer {
    let messages = realm.mailbox.read(None);
    let word = |channel: Channel| match channel {
        Channel::Email => "e-mail",
        Channel::Text => "text",
        Channel::Call => "call",
    };
    let content = html! {
        p class="quiet" { "E-mails, texts and calls of this tenant end here; reload after asking for a code." }
        @if messages.is_empty() { p { "Nothing has arrived yet." } }
        div class="cards" {
            @for message in &messages {
                article class="card" {
                    h2 { (message.to) " " span class="badge" { (word(message.channel)) } }
                    p class="code" { (message.code) }
                    p class="quiet" { (message.subject) br; span class="time" { (message.sent_at) } }
                }
            }
        }
    };
    frame::answer("Mailbox", "mailbox", &content)
}
