//! The names that one listing of a subject's folder gave, and where facts lie in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::facts::names::{self, FactName, StartMark};
use crate::ids::{SubjectKey, VerificationId};

/// The names of all facts of a subject, as one listing gave them.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    pub(super) verifications: BTreeMap<VerificationId, BTreeSet<FactName>>,
    pub(super) erased: BTreeSet<VerificationId>,
    pub(super) starts: BTreeMap<u32, Vec<StartMark>>,
}

/// Where a fact of the subject lies.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Of(VerificationId, FactName),
    Start(u32, StartMark),
}

impl Place {
    pub(super) fn path(self, subject: SubjectKey) -> String {
        match self {
            Self::Of(id, name) => name.path(id),
            Self::Start(number, mark) => names::start(subject, number, mark),
        }
    }
}

impl Listing {
    /// A name that this release does not know is passed over.
    pub(super) fn add(&mut self, subject: SubjectKey, file: &str) {
        let Some((folder, name)) = file.split_once('/') else {
            return;
        };
        let place = if folder == names::STARTS {
            names::parse_start(name).map(|(number, mark)| Place::Start(number, mark))
        } else {
            let (id, name) = (VerificationId::within(subject, folder), FactName::parse(name));
            id.zip(name).map(|(id, name)| Place::Of(id, name))
        };
        if let Some(place) = place {
            self.insert(place);
        }
    }

    pub(super) fn insert(&mut self, place: Place) {
        match place {
            Place::Of(id, name) => {
                self.verifications.entry(id).or_default().insert(name);
            }
            Place::Start(number, mark) => {
                let marks = self.starts.entry(number).or_default();
                if !marks.contains(&mark) {
                    marks.push(mark);
                }
            }
        }
    }

    pub(super) fn has(&self, place: Place) -> bool {
        match place {
            Place::Of(id, name) => {
                let names = self.verifications.get(&id);
                names.is_some_and(|names| names.contains(&name))
            }
            Place::Start(number, mark) => {
                let marks = self.starts.get(&number);
                marks.is_some_and(|marks| marks.contains(&mark))
            }
        }
    }

    /// What was erased is not there, whatever an interrupted erasure has left.
    pub(super) fn without_erased(&mut self) {
        let Self {
            verifications,
            erased,
            ..
        } = self;
        verifications.retain(|id, names| {
            let is_erased = names.contains(&FactName::Erased);
            if is_erased {
                erased.insert(*id);
            }
            !is_erased
        });
    }
}
