//! One Jumio customer: settings, keys, accounts, and what happens to them.

use std::sync::{Arc, OnceLock};

use loopback::clock::Clock;
use loopback::random;
use time::OffsetDateTime;

use super::asked::{Api, Asked};
use super::book::Book;
use super::callback::{self, Lanes, Post};
use super::document::Document;
use super::link::Links;
use super::netverify::quirks::Quirks;
use super::person::Person;
use super::rates::Rates;
use super::scenario::{Face, Plan};
use super::settings::Settings;
use super::token::Tokens;
use super::transaction::{Event, Transaction};
use super::{Addresses, Config};
use crate::shared::Shared;

/// Finds the person of a customer's reference, if anybody knows.
pub type Who = Box<dyn Fn(&str) -> Option<Person> + Send + Sync>;

/// The state behind all hosts.
pub struct Tenant {
    /// OAuth 2.0 client id.
    pub client_id: String,
    /// OAuth 2.0 client secret.
    pub client_secret: String,
    /// User of the second pair of Netverify's, which only reads and deletes.
    pub reader_id: String,
    /// Its password.
    pub reader_secret: String,
    /// What can be changed while running.
    pub settings: Shared<Settings>,
    /// Accounts and transactions.
    pub book: Shared<Book>,
    /// The simulators' time.
    pub clock: Clock,
    pub(super) tokens: Tokens,
    pub(super) links: Links,
    pub(super) rates: Rates,
    pub(super) post: Post,
    pub(super) lanes: Lanes,
    addresses: OnceLock<Addresses>,
    who: OnceLock<Who>,
}

loopback::debug_only!(Tenant: client_id, settings, addresses);

impl Tenant {
    pub(super) fn new(config: Config, clock: Clock) -> Self {
        Self {
            client_id: config.client_id,
            client_secret: config.client_secret,
            reader_id: random::uuid(),
            reader_secret: random::hex::<24>(),
            settings: Shared::new(config.settings),
            book: Shared::default(),
            clock,
            tokens: Tokens::new(),
            links: Links::new(),
            rates: Rates::default(),
            post: Post::new(config.trusted_pem),
            lanes: Lanes::default(),
            addresses: OnceLock::new(),
            who: OnceLock::new(),
        }
    }

    /// Tells the tenant where its hosts are, once.
    pub(super) fn settle_in(&self, addresses: Addresses) {
        let _ = self.addresses.set(addresses); // only the first time counts
    }

    /// Tells the tenant who knows people, once.
    pub fn knows(&self, who: Who) {
        let _ = self.who.set(who); // only the first time counts
    }

    /// Where the hosts are; `None` only before they listen.
    #[must_use]
    pub fn addresses(&self) -> Option<&Addresses> {
        self.addresses.get()
    }

    /// The next token request gets a new access token; the old one stays valid until it runs out.
    pub fn forget_token(&self) {
        self.tokens.forget();
    }

    /// Opens a transaction, for a new account unless one is named.
    pub(super) fn create(&self, account: Option<String>, asked: Asked) -> Transaction {
        let (scenario, seed) = self
            .settings
            .with(|settings| (settings.scenario.clone(), settings.netverify.seed));
        let plan = Plan::named(&scenario).unwrap_or_default();
        let account = account.unwrap_or_else(random::uuid);
        let person = self.who.get().and_then(|who| who(&asked.customer_reference));
        let mut transaction = Transaction::new(account, asked, plan, self.clock.now());
        if let Some(person) = person {
            transaction.is_of(&person);
        }
        self.book.with(|book| {
            if let Some(seed) = seed {
                transaction.quirks = Quirks::drawn(seed, book.len());
            }
            book.add(transaction.clone());
        });
        transaction
    }

    /// The web link of a transaction.
    #[must_use]
    pub fn href(&self, transaction: &Transaction) -> Option<String> {
        self.addresses()
            .map(|addresses| match transaction.asked.api {
                Api::Kyx => &addresses.web,
                Api::Netverify => &addresses.netverify,
            })
            .map(|host| self.links.href(host, transaction))
    }

    /// The person opens the hosted page; `None` when there is no such execution.
    pub fn open(self: &Arc<Self>, execution: &str) -> Option<Transaction> {
        self.change(execution, Transaction::begin)
    }

    /// The person shows a document and the check ends as planned.
    pub fn finish(self: &Arc<Self>, execution: &str, plan: Plan, document: Document) -> Option<Transaction> {
        let seen_in = self.book.with(|book| seen_in(book, execution, plan.face));
        self.change(execution, |transaction, now| {
            transaction.document = document;
            transaction.seen_in = seen_in;
            transaction.finish(plan, now)
        })
    }

    /// The person sends a picture that cannot be read. Says whether it was the last one that is allowed; `None` when there
    /// is no such execution.
    pub(super) fn attempt(self: &Arc<Self>, execution: &str) -> Option<(Transaction, bool)> {
        let mut was_last = false;
        let transaction = self.change(execution, |transaction, now| {
            let (events, is_last) = transaction.attempt(now);
            was_last = is_last;
            events
        });
        transaction.map(|transaction| (transaction, was_last))
    }

    /// The person left long ago.
    pub fn expire(self: &Arc<Self>, execution: &str) -> Option<Transaction> {
        self.change(execution, Transaction::expire)
    }

    /// A transaction as it stands now.
    pub fn look(self: &Arc<Self>, execution: &str) -> Option<Transaction> {
        self.change(execution, |_, _| Vec::new())
    }

    /// Whether no callback is under way or still to be sent for what has happened so far.
    #[must_use]
    pub fn has_told_everything(&self) -> bool {
        self.lanes.are_empty()
    }

    /// Wipes one execution; false when it does not exist or is wiped already.
    pub fn wipe(self: &Arc<Self>, execution: &str) -> bool {
        let now = self.clock.now();
        self.book.with(|book| {
            let transaction = book
                .get_mut(execution)
                .filter(|transaction| transaction.wiped_at.is_none());
            transaction
                .map(|transaction| transaction.wiped_at = Some(now))
                .is_some()
        })
    }

    /// Does what is due, then `change`, and sends the callbacks that follow from both.
    fn change(
        self: &Arc<Self>,
        execution: &str,
        change: impl FnOnce(&mut Transaction, OffsetDateTime) -> Vec<Event>,
    ) -> Option<Transaction> {
        let (settings, now) = (self.settings.get(), self.clock.now());
        self.book.with(|book| {
            let transaction = book.get_mut(execution)?;
            let mut events = transaction.pass_time(&settings.timers, now);
            events.extend(change(transaction, now));
            self.tell(transaction, events, &settings);
            Some(transaction.clone())
        })
    }

    /// Does what is due, everywhere.
    pub(super) fn pass_time(self: &Arc<Self>) {
        let (settings, now) = (self.settings.get(), self.clock.now());
        self.book.with(|book| {
            book.each_live(|transaction| {
                let events = transaction.pass_time(&settings.timers, now);
                self.tell(transaction, events, &settings);
            });
        });
    }

    /// Queues callbacks while the transaction is still held, so that they leave in the order of the events.
    fn tell(self: &Arc<Self>, transaction: &mut Transaction, events: Vec<Event>, settings: &Settings) {
        let callbacks = callback::of_events(transaction, events, settings);
        self.lanes.send(self, callbacks, &settings.callbacks);
    }
}

/// The executions in which the face of one is found.
fn seen_in(book: &Book, execution: &str, face: Face) -> Vec<String> {
    let Some(account) = book.get(execution).map(|transaction| transaction.account.clone()) else {
        return Vec::new();
    };
    let is_meant = |transaction: &&Transaction| match face {
        Face::Unnamed => false,
        Face::Own => transaction.account == account && transaction.execution != execution,
        Face::Others => transaction.account != account,
    };
    let seen = book.all().filter(is_meant);
    seen.map(|transaction| transaction.execution.clone()).collect()
}
