//! One start, as the name of a document: one listing tells all that is counted.
//!
//! `spend/2026-02-03/unknown/10/5930.<client>.<browser>.<address>.<nonce>.json` is a start at 10:59:30; `….<nonce>.void.json` beside
//! it says that it was not made after all. Of the other purse nothing but the time is noted.

use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime, UtcOffset};

use super::Spender;
use crate::checks::facts::names::SPEND;
use crate::ids::{FactHash, SpenderKey};

/// Stands for an address that nobody told.
const NOWHERE: &str = "0";
/// What a mark that was voided has behind its nonce.
const VOID: &str = "void";

/// A start that is paid for, or about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    pub(super) day: Date,
    /// Of the day, UTC.
    pub(super) hour: u8,
    /// Of the hour.
    pub(super) minute: u8,
    second: u8,
    pub(super) spender: Option<Spender>,
    nonce: FactHash,
}

impl Mark {
    /// One of this moment.
    pub(super) fn new(at: OffsetDateTime, spender: Option<Spender>, nonce: FactHash) -> Self {
        let at = at.to_offset(UtcOffset::UTC);
        Self {
            day: at.date(),
            hour: at.hour(),
            minute: at.minute(),
            second: at.second(),
            spender,
            nonce,
        }
    }

    /// The folder of its purse and day.
    pub(super) fn day_folder(&self) -> String {
        let purse = if self.spender.is_some() {
            "unknown"
        } else {
            "known"
        };
        format!("{SPEND}/{}/{purse}", self.day)
    }

    /// The folder of its hour.
    pub(super) fn hour_folder(&self) -> String {
        format!("{}/{:02}", self.day_folder(), self.hour)
    }

    /// Where it lies.
    pub(super) fn path(&self) -> String {
        format!("{}/{}.json", self.hour_folder(), self.stem())
    }

    /// Where it is said that it was voided.
    pub(super) fn void_path(&self) -> String {
        format!("{}/{}.{VOID}.json", self.hour_folder(), self.stem())
    }

    fn stem(&self) -> String {
        let time = format!("{:02}{:02}", self.minute, self.second);
        match &self.spender {
            None => format!("{time}.{}", self.nonce),
            Some(spender) => {
                let address = spender.address.map(|address| address.to_string());
                let address = address.unwrap_or_else(|| NOWHERE.to_owned());
                let (client, browser) = (spender.client, spender.browser);
                format!("{time}.{client}.{browser}.{address}.{}", self.nonce)
            }
        }
    }
}

/// The day whose folder has this name.
pub(super) fn day_of(folder: &str) -> Option<Date> {
    Date::parse(folder, &Iso8601::DATE).ok()
}

/// A name that was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A start.
    Start(Mark),
    /// It was voided.
    Void(Mark),
}

/// Reads the name of a file in the folder of an hour. None for what this release does not know.
pub(super) fn parse(day: Date, hour: u8, file: &str) -> Option<Named> {
    let parts: Vec<&str> = file.strip_suffix(".json")?.split('.').collect();
    let (parts, is_void) = match parts.as_slice() {
        [parts @ .., VOID] => (parts, true),
        parts => (parts, false),
    };
    let (time, spender, nonce) = match parts {
        [time, nonce] => (*time, None, *nonce),
        [time, client, browser, address, nonce] => {
            let spender = Spender {
                client: client.parse().ok()?,
                browser: browser.parse().ok()?,
                address: told(address)?,
            };
            (*time, Some(spender), *nonce)
        }
        _ => return None,
    };
    let (minute, second) = time.split_at_checked(2)?;
    let mark = Mark {
        day,
        hour,
        minute: minute.parse().ok()?,
        second: second.parse().ok()?,
        spender,
        nonce: nonce.parse().ok()?,
    };
    Some(if is_void {
        Named::Void(mark)
    } else {
        Named::Start(mark)
    })
}

#[expect(
    clippy::option_option,
    reason = "unreadable, absent and present are three things"
)]
fn told(address: &str) -> Option<Option<SpenderKey>> {
    match address {
        NOWHERE => Some(None),
        address => address.parse().ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn every_mark_is_read_back() {
        let key = |byte| SpenderKey([byte; 8]);
        for address in [None, Some(key(0xfb))] {
            let spender = Spender {
                client: key(1),
                browser: key(0xff),
                address,
            };
            for spender in [None, Some(spender)] {
                let at = datetime!(2026-02-03 10:59:30 UTC);
                let mark = Mark::new(at, spender, FactHash([0xfb; 16]));
                let read = |path: &str| parse(mark.day, mark.hour, path.rsplit('/').next().unwrap());
                assert_eq!(read(&mark.path()), Some(Named::Start(mark)));
                assert_eq!(read(&mark.void_path()), Some(Named::Void(mark)));
                let folder = mark.day_folder();
                assert_eq!(
                    day_of(folder.split('/').nth(3).unwrap()),
                    Some(mark.day),
                    "{folder}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_mark_is_passed_over() {
        let day = datetime!(2026-02-03 10:59:30 UTC).date();
        for file in [
            "",
            "5930.json",
            "x.y.json",
            "5930.a.b.c.json",
            "€.AAAAAAAAAAAAAAAAAAAAAA.json",
        ] {
            assert_eq!(parse(day, 10, file), None, "{file}");
        }
        assert_eq!(day_of("known"), None);
    }
}
