//! Which secrets are wanted, as far as is known by now.

use std::collections::BTreeSet;
use std::time::Duration;

use time::OffsetDateTime;

use super::fetched::Fetched;
use super::overlay::{Overlay, secret_name, setting_of};
use super::rotation::{self, LONGEST_TOKEN_LIFE, Pace, TOKENS_OVERDUE};
use super::want::Want;
use crate::settings::table::{self, Setting};
use crate::settings::{MAX_CLIENTS, Names, Source, sample};

/// Settings that hold names of secrets.
const REFERENCES: [&Setting; 6] = [
    &table::SIGNING_CERT_NAME,
    &table::SIGNING_EC_CERT_NAME,
    &table::PREVIOUS_SIGNING_CERT_NAME,
    &table::CLIENT_SECRET_NAME,
    &table::CLIENT_PREVIOUS_SECRET_NAME,
    &table::CLIENT_CERTIFICATE_NAME,
];

/// Everything wanted. Only [`Names::List`] has the list among it.
pub(super) fn wanted(
    source: &dyn Source,
    fetched: &Fetched,
    names: Names,
    now: OffsetDateTime,
) -> BTreeSet<Want> {
    let overlay = fetched.overlay(source);
    let direct = |setting: &str| source.get(setting).is_some_and(|value| !value.trim().is_empty());
    let expected = expected(&overlay, names).filter(|setting| !direct(setting.name));
    let mut wanted: BTreeSet<Want> = expected
        .map(|setting| Want::Latest(secret_name(setting.name)))
        .collect();
    if names == Names::List {
        wanted.insert(Want::Names);
        let listed = fetched.names().chain(fetched.known()).filter_map(setting_of);
        let listed = listed.filter(|(_, setting)| !direct(setting));
        wanted.extend(listed.map(|(_, setting)| Want::Latest(secret_name(&setting))));
    }
    for setting in REFERENCES {
        wanted.extend(named(&overlay, setting).map(Want::Latest));
    }
    for (_, name) in rotating(&overlay) {
        let older = fetched.older_versions(&name);
        let created: Vec<_> = older.iter().map(|version| version.created).collect();
        let needed = rotation::published(&created, now, longest_pace(&overlay));
        let needed = needed.into_iter().filter_map(|place| older.get(place));
        wanted.extend(needed.map(|version| Want::Version(name.clone(), version.id.clone())));
        wanted.insert(Want::Versions(name));
    }
    wanted
}

/// Forgets former values that nobody needs any more: of the certificates that sign, those versions stay that are published;
/// of all other secrets, none.
pub(super) fn forget_former(source: &dyn Source, fetched: &mut Fetched, now: OffsetDateTime) {
    let overlay = fetched.overlay(source);
    let (rotating, pace) = (rotating(&overlay), longest_pace(&overlay));
    let names: Vec<&str> = rotating.iter().map(|(_, name)| name.as_str()).collect();
    fetched.forget_former(&names, |created| rotation::published(created, now, pace));
}

/// Secrets that are needed, so that there is no need to wait for the list to know that they are wanted. Without a list
/// the previous state key, the subject key, what Netverify may have of its own and, when a setting of the sample front is given,
/// its secrets are asked for, too: nothing else would tell of them.
fn expected(overlay: &Overlay<'_>, names: Names) -> impl Iterator<Item = &'static Setting> {
    let given = |setting: &Setting| overlay.get(setting.name).is_some();
    let if_given = |condition: &Setting, setting| given(condition).then_some(setting);
    let given_if_named = |setting: &Setting| names == Names::Named && given(setting);
    let of_netverify = |setting| given_if_named(&table::JUMIO_BASE_URL).then_some(setting);
    let always = [&table::JUMIO_USERNAME, &table::JUMIO_PASSWORD, &table::STATE_KEY];
    let sometimes = [
        if_given(&table::BASIC_USERNAME, &table::BASIC_PASSWORD),
        if_given(&table::PREVIOUS_BASIC_USERNAME, &table::PREVIOUS_BASIC_PASSWORD),
        (names == Names::Named).then_some(&table::PREVIOUS_STATE_KEY),
        (names == Names::Named).then_some(&table::SUBJECT_KEY),
        of_netverify(&table::JUMIO_NETVERIFY_USERNAME),
        of_netverify(&table::JUMIO_NETVERIFY_PASSWORD),
    ];
    let of_sample = (names == Names::Named && has_sample(overlay)).then_some(SAMPLE);
    let sometimes = sometimes.into_iter().flatten();
    always
        .into_iter()
        .chain(sometimes)
        .chain(of_sample.into_iter().flatten())
}

/// Secrets of the sample front.
const SAMPLE: [&Setting; 4] = [
    &table::SAMPLE_SIGNING_KEY,
    &table::SAMPLE_ENCRYPTION_KEY,
    &table::SAMPLE_SECRET,
    &table::SAMPLE_PREVIOUS_SECRET,
];

/// Whether a setting that switches the sample front on is given.
fn has_sample(overlay: &Overlay<'_>) -> bool {
    let names = (0..MAX_CLIENTS).flat_map(|index| {
        sample::switches().map(move |setting| setting.name.replace("<n>", &index.to_string()))
    });
    let names: BTreeSet<String> = names.collect();
    names.iter().any(|name| overlay.get(name).is_some())
}

/// The names that a setting gives, of each client if it is a client's.
fn named(overlay: &Overlay<'_>, setting: &'static Setting) -> impl Iterator<Item = String> {
    let names = (0..MAX_CLIENTS).map(|index| setting.name.replace("<n>", &index.to_string()));
    let names: BTreeSet<String> = names.collect();
    let values = names.into_iter().filter_map(|name| overlay.get(&name));
    values
        .map(|value| value.trim().to_owned())
        .filter(|name| is_name(name))
}

/// The Key Vault certificates whose versions follow each other, with the settings that name them.
pub(super) fn rotating(overlay: &Overlay<'_>) -> Vec<(&'static Setting, String)> {
    let of = |setting| Some((setting, named(overlay, setting).next()?));
    let settings = [&table::SIGNING_CERT_NAME, &table::SIGNING_EC_CERT_NAME];
    settings.into_iter().filter_map(of).collect()
}

/// The certificates that sign, if their versions were refused and one may still be needed beside the latest, by its age.
pub(super) fn unlisted(source: &dyn Source, fetched: &Fetched, now: OffsetDateTime) -> Vec<String> {
    let overlay = fetched.overlay(source);
    let pace = longest_pace(&overlay);
    let needs_others = pace.publish_first.saturating_add(pace.tokens_live);
    let is_needed = |name: &String| {
        let created = fetched.secret(name).and_then(|latest| latest.created);
        let is_young = created.is_none_or(|created| now - created < needs_others);
        let refused = fetched.failure(&Want::Versions(name.clone()));
        is_young && refused.is_some_and(|(refused, _)| !refused.is_passing())
    };
    let names = rotating(&overlay).into_iter().map(|(_, name)| name);
    names.filter(is_needed).collect()
}

/// Whether the latest version of a certificate that signs must not do so yet.
pub(super) fn is_too_young(source: &dyn Source, fetched: &Fetched, name: &str, now: OffsetDateTime) -> bool {
    let overlay = fetched.overlay(source);
    let latest = fetched.secret(name).and_then(|latest| latest.created);
    latest.is_some_and(|created| now - created < longest_pace(&overlay).publish_first)
}

/// The slowest pace that the settings may turn out to mean: rather one version too many than one too few.
fn longest_pace(overlay: &Overlay<'_>) -> Pace {
    let setting = &table::SIGNING_KEY_PUBLISH;
    let given = overlay
        .get(setting.name)
        .and_then(|value| value.trim().parse().ok());
    let default = setting.default.and_then(|value| value.parse().ok());
    Pace {
        publish_first: Duration::from_secs(given.or(default).unwrap_or_default()),
        tokens_live: LONGEST_TOKEN_LIFE + TOKENS_OVERDUE,
    }
}

/// What settings will refuse must not reach an address either.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=127).contains(&name.len()) && name.bytes().all(plain)
}
