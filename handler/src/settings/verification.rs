//! Rules and limits of the core.

use std::time::Duration;

use super::jumio::{Api, Jumio};
use super::reader::{Reader, Rule};
use super::{parse, spend, table};
use crate::checks::Limits;
use crate::checks::decision::rules::{OnMismatch, OnMissing, OnWarning, Rules};
use crate::grants::Lives;
use crate::jumio;

const DAY: u64 = 24 * 3600;

const WARNING: &[(&str, OnWarning)] = &[
    ("review", OnWarning::Review),
    ("approve", OnWarning::Approve),
    ("reject", OnWarning::Reject),
];
const MISMATCH: &[(&str, OnMismatch)] = &[("reject", OnMismatch::Reject), ("review", OnMismatch::Review)];
const MISSING: &[(&str, OnMissing)] = &[
    ("review", OnMissing::Review),
    ("approve", OnMissing::Approve),
    ("reject", OnMissing::Reject),
];

pub(super) fn rules(reader: &mut Reader<'_>, jumio: Option<&Jumio>) -> Option<Rules> {
    let required = reader.optional(&table::REQUIRED_CHECKS, |value| checks(value, &made(jumio)));
    let warning = reader.required(&table::ON_WARNING, parse::one_of(WARNING));
    let mismatch = reader.required(&table::ON_MISMATCH, parse::one_of(MISMATCH));
    let match_missing = reader.required(&table::ON_MATCH_MISSING, parse::one_of(MISSING));
    Some(Rules {
        required: required?,
        warning: warning?,
        mismatch: mismatch?,
        match_missing: match_missing?,
    })
}

/// The checks of each API that there is; of both, while it is not known which there are.
fn made(jumio: Option<&Jumio>) -> Vec<&'static [&'static str]> {
    let of = |api: &Api| -> &'static [&'static str] {
        match api {
            Api::Kyx(_) => &jumio::CHECKS,
            Api::Netverify(_) => &jumio::netverify::CHECKS,
        }
    };
    jumio.map_or_else(
        || vec![&jumio::CHECKS[..], &jumio::netverify::CHECKS],
        |jumio| jumio.apis().map(of).collect(),
    )
}

/// Names of checks, all of them of one API: a mixture would hold for neither.
fn checks(value: &str, made: &[&[&str]]) -> Result<Vec<String>, Rule> {
    let checks = parse::words(value)?;
    let are_all_in = |made: &&[&str]| checks.iter().all(|check| made.contains(&check.as_str()));
    if made.iter().any(are_all_in) {
        return Ok(checks);
    }
    let names: Vec<String> = made.iter().map(|made| made.join(", ")).collect();
    Err(format!("must be names out of {}", names.join(", or all of them out of ")).into())
}

/// What of a lease is not for the vendor: the store's part, and clocks that differ.
const BESIDE_BUDGET: Duration = Duration::from_secs(5);

pub(super) fn limits(reader: &mut Reader<'_>, jumio: Option<&Jumio>) -> Option<Limits> {
    let mut life = |setting, range| reader.required(setting, parse::seconds(range));
    let ticket_life = life(&table::TICKET_LIFE, 60..=30 * DAY);
    let callback_life = life(&table::CALLBACK_LIFE, DAY..=60 * DAY);
    let start_lease = life(&table::START_LEASE, 6..=300);
    let line_patience = life(&table::LINE, 10..=3600);
    let attempts_window = life(&table::ATTEMPTS_WINDOW, 60..=365 * DAY);
    let approval_valid = life(&table::APPROVAL_VALID, 0..=3650 * DAY);
    let transaction_life = life(&table::TRANSACTION_LIFE, 300..=60 * DAY);
    let max_attempts = reader.required(&table::MAX_ATTEMPTS, parse::count(1..=100));
    let max_starts = reader.required(&table::MAX_STARTS, parse::count(1..=1000));
    let poll_marks = reader.required(&table::POLL_MARKS, parse::marks);
    let spend = spend::read(reader);
    let closed = reader.required(&table::CLOSED, parse::boolean);
    if let (Some(lease), Some(jumio)) = (start_lease, jumio)
        && lease < jumio.budget + BESIDE_BUDGET
    {
        reader.fault(
            &table::START_LEASE,
            "must be at least JumioSettings:BudgetSeconds plus 5",
        );
    }
    if let (Some(attempts), Some(starts)) = (max_attempts, max_starts)
        && starts < attempts
    {
        reader.fault(&table::MAX_STARTS, "must be at least Verification:MaxAttempts");
    }
    let keep_facts = keep_facts(
        reader,
        &[
            ticket_life,
            callback_life,
            attempts_window,
            approval_valid,
            transaction_life,
        ],
    );
    Some(Limits {
        ticket_life: ticket_life?,
        callback_life: callback_life?,
        start_lease: start_lease?,
        vendor_budget: jumio?.budget,
        start_pace: jumio?.pace,
        line_patience: line_patience?,
        max_attempts: max_attempts?,
        max_starts: max_starts?,
        attempts_window: attempts_window?,
        approval_valid: approval_valid?,
        poll_marks: poll_marks?,
        transaction_life: transaction_life?,
        keep_facts: keep_facts?,
        spend: spend?,
        closed: closed?,
    })
}

/// How much longer than what rests on them facts are kept, where nothing else is said.
const KEPT_LONGER: Duration = Duration::from_secs(35 * DAY);

fn keep_facts(reader: &mut Reader<'_>, resting: &[Option<Duration>]) -> Option<Duration> {
    let longest = resting.iter().flatten().max().copied()?;
    let Some(kept) = reader.optional(&table::KEEP_FACTS, parse::count(1..=7300))? else {
        return Some(longest + KEPT_LONGER);
    };
    let kept = Duration::from_secs(u64::from(kept) * DAY);
    if kept <= longest {
        reader.fault(
            &table::KEEP_FACTS,
            "must be longer than tickets, callbacks, attempts and approvals count",
        );
    }
    Some(kept)
}

/// Who lets people be checked, as they are told on our pages.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    /// Who is responsible.
    pub controller: Option<String>,
    /// What they say about the data.
    pub privacy: Option<String>,
    /// Help.
    pub help: Option<String>,
    /// Another way to the same end.
    pub alternative: Option<String>,
}

pub(super) fn provider(reader: &mut Reader<'_>) -> Option<Provider> {
    let controller = reader.optional(&table::CONTROLLER, parse::line(200));
    let privacy = reader.optional(&table::PRIVACY_URL, parse::page);
    let help = reader.optional(&table::HELP_URL, parse::page);
    let alternative = reader.optional(&table::ALTERNATIVE_URL, parse::page);
    Some(Provider {
        controller: controller?,
        privacy: privacy?,
        help: help?,
        alternative: alternative?,
    })
}

pub(super) fn lives(reader: &mut Reader<'_>) -> Option<Lives> {
    let mut life = |setting, range| reader.required(setting, parse::seconds(range));
    let request_uri = life(&table::REQUEST_URI_LIFE, 5..=600);
    let authorization = life(&table::AUTHORIZATION_LIFE, 300..=DAY);
    let code = life(&table::CODE_LIFE, 10..=600);
    let access_token = life(&table::ACCESS_TOKEN_LIFE, 60..=DAY);
    Some(Lives {
        request_uri: request_uri?,
        authorization: authorization?,
        code: code?,
        access_token: access_token?,
    })
}
