//! Everything an operator can say, as types. Read once at start and again when Key Vault is read again.
//!
//! A setting `Section:Key` comes from the environment (`Section__Key`) or from the Key Vault secret `Section--Key`; if both
//! are given the environment holds. All faults are told together. Nothing here names a secret's value.
//!
//! # Layout
//! - `table`: every setting, with meaning, default and example
//! - `source`: where values come from
//! - `reader`, `parse`, `fault`: from text to types, and what is wrong with it
//! - `misspelt`: names that were probably meant as settings
//! - `early`: what is needed before Key Vault can be read; `public`: what is told anybody before it is
//! - `signing`, `jumio`, `callers`, `clients`, `sample`, `store`, `verification`, `spend`: the sections

mod callers;
mod clients;
mod early;
mod fault;
mod jumio;
pub(crate) mod misspelt;
mod parse;
mod public;
mod reader;
pub(crate) mod sample;
mod signing;
pub(crate) mod source;
mod spend;
mod store;
pub(crate) mod table;
mod verification;

use std::time::Duration;

use secrecy::SecretSlice;
use url::Url;

pub(crate) use callers::{BasicPair, Callers, MIN_SECRET};
pub(crate) use clients::{ClientProof, ClientSettings, MAX_CLIENTS, SecretRef};
pub(crate) use early::{Early, Names, Vault};
pub(crate) use fault::{Fault, Faults};
pub(crate) use jumio::{Api, Jumio};
pub(crate) use public::Public;
pub(crate) use signing::{CertificateRef, Signing};
pub(crate) use source::{ProcessEnv, Source};
pub(crate) use store::Store;

use crate::checks::Limits;
use crate::checks::decision::rules::Rules;
use crate::grants::Lives;
use reader::Reader;

/// Languages that pages and messages exist in; the first is the source.
pub(crate) const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "ar"];

/// All settings.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Public origin of this app.
    pub public_url: Url,
    /// How long an `id_token` is valid.
    pub id_token_life: Duration,
    /// Language of pages when none of the browser's fits; one of [`LANGUAGES`].
    pub default_language: &'static str,
    /// Which certificate signs.
    pub signing: Signing,
    /// Root key of sealed values and hashes, at least 32 bytes.
    pub state_key: SecretSlice<u8>,
    /// The root key before it.
    pub previous_state_key: Option<SecretSlice<u8>>,
    /// Key of the hashes of subjects, at least 32 bytes; without one, the fact store keeps the one that was drawn.
    pub subject_key: Option<SecretSlice<u8>>,
    /// The vendor.
    pub jumio: Jumio,
    /// Who may register verifications.
    pub callers: Callers,
    /// OpenID clients.
    pub clients: Vec<ClientSettings>,
    /// Who tells browsers which pages may read our answers.
    pub cors: sample::Cors,
    /// The front for Microsoft's sample; none where it is off.
    pub sample: Option<sample::Sample>,
    /// Where facts are kept.
    pub store: Store,
    /// How a finding becomes a decision.
    pub rules: Rules,
    /// How long and how often.
    pub limits: Limits,
    /// How long grants live.
    pub lives: Lives,
    /// Where people find help.
    pub provider: verification::Provider,
    /// What is wrong with keys and secrets that were in force before; it is gone on without them.
    pub spared: Vec<Fault>,
    /// What is wrong with single clients and callers: these alone cannot prove themselves. Never all clients or all callers.
    pub aside: Vec<Fault>,
    /// What is not wrong but probably not meant, for the log.
    pub remarks: Vec<String>,
}

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub(crate) fn load(source: &dyn Source) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let settings = Self::read(&mut reader);
        let (spared, aside, told) = reader.take_lenient();
        let mut settings = reader.finish(settings)?;
        let others = remarks(&settings, source);
        settings.remarks = told.into_iter().chain(others).collect();
        (settings.spared, settings.aside) = (spared, aside);
        Ok(settings)
    }

    /// The same at a start: what is missing is often there under another name, so names that are misspelt are told too.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub(crate) fn load_at_start(source: &dyn Source) -> Result<Self, Faults> {
        Self::load(source).map_err(|faults| faults.and(misspelt(source)))
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        // Every section is read before any of them may give up, so that no fault hides another.
        let public_url = public::url(reader);
        let contact = public::contact(reader);
        let id_token_life = reader.required(&table::ID_TOKEN_LIFE, parse::seconds(60..=3600));
        let default_language = reader.required(&table::DEFAULT_LANGUAGE, language);
        let signing = signing::read(reader);
        let state_key = reader.required(&table::STATE_KEY, parse::key(32));
        let previous_state_key =
            reader.spared(|reader| reader.optional(&table::PREVIOUS_STATE_KEY, parse::key(32)));
        let subject_key = reader.optional(&table::SUBJECT_KEY, parse::key(32));
        let jumio = jumio::read(reader);
        let callers = callers::read(reader);
        let clients = clients::read(reader);
        let sample = sample::read(reader, &callers);
        let cors = sample::cors(reader, sample.as_ref().and_then(Option::as_ref));
        let store = store::read(reader);
        let rules = verification::rules(reader, jumio.as_ref());
        let limits = verification::limits(reader, jumio.as_ref());
        let lives = verification::lives(reader);
        let provider = verification::provider(reader);
        if let (Some(Some(sample)), Some(lives)) = (&sample, &lives) {
            sample::fits(reader, sample, lives);
        }
        contact?;
        cors?;
        Some(Self {
            public_url: public_url?,
            id_token_life: id_token_life?,
            default_language: default_language?,
            signing: signing?,
            state_key: state_key?,
            previous_state_key,
            subject_key: subject_key?,
            jumio: jumio?,
            callers,
            clients,
            cors: cors?,
            sample: sample?,
            store: store?,
            rules: rules?,
            limits: limits?,
            lives: lives?,
            provider: provider?,
            spared: Vec::new(),
            aside: Vec::new(),
            remarks: Vec::new(),
        })
    }
}

/// An issuer is compared character by character, so it stays the text it is.
fn issuer(value: &str) -> Result<String, reader::Rule> {
    parse::base(value).map(|_| value.to_owned())
}

fn language(value: &str) -> Result<&'static str, reader::Rule> {
    let known = LANGUAGES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(value));
    known.ok_or_else(|| "must be one of en, de, fr, es, ar".into())
}

fn remarks(settings: &Settings, source: &dyn Source) -> Vec<String> {
    let mut remarks = Vec::new();
    let has_sample = settings.sample.is_some();
    if settings.callers.is_empty() && !has_sample {
        remarks.push("nobody may call /api/verify: no VerifyAuth setting is given".to_owned());
    }
    if settings.clients.is_empty() && !has_sample {
        remarks.push("nobody may sign in: no Clients setting is given".to_owned());
    }
    if settings.limits.closed {
        remarks.push("Verification:Closed is true: no new checks are started".to_owned());
    }
    remarks.extend(misspelt(source).iter().map(ToString::to_string));
    remarks
}

fn misspelt(source: &dyn Source) -> Vec<Fault> {
    let told = source.names().into_iter().filter_map(|setting| {
        let rule = misspelt::remark(&setting)?.into();
        Some(Fault { setting, rule })
    });
    told.collect()
}

#[cfg(test)]
mod tests;
