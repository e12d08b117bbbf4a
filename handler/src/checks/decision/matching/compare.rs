//! Compares the parts of two names, one of which is only known by its hashes.

use super::written::{PartHashes, Written};
use super::{AskedName, AskedPart, Hasher, Like};

/// A document line may be full, and names cut, from here on: the shortest line for names has 30 letters, fillers included.
pub(super) const FULL_LINE: usize = 28;
/// A shorter beginning proves too little.
const MIN_CUT: usize = 3;

/// How a part of the document fits one of the account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Full,
    Cut,
    Initial,
}

/// Compares; `None` when the scripts differ or nothing was asked that can be compared, so that nothing can be said.
pub(super) fn name(hasher: &Hasher<'_>, asked: &AskedName, written: &Written<'_>, cut: bool) -> Option<Like> {
    if asked.latin != written.name.latin || asked.parts.is_empty() {
        return None;
    }
    let found = written.hashes(hasher);
    if found.joined.iter().any(|hash| asked.joined.contains(hash)) {
        let parts_agree = asked.parts.len() == found.parts.len();
        return Some(if parts_agree { Like::Same } else { Like::Joined });
    }
    Some(Pairing::of(asked, &found.parts, cut).like())
}

/// Which parts of both names belong together.
struct Pairing<'a> {
    asked: Vec<(&'a AskedPart, Option<Fit>)>,
    found: Vec<(&'a PartHashes, bool)>,
}

impl<'a> Pairing<'a> {
    fn of(asked: &'a AskedName, found: &'a [PartHashes], cut: bool) -> Self {
        let mut pairing = Self {
            asked: asked.parts.iter().map(|part| (part, None)).collect(),
            found: found.iter().map(|part| (part, false)).collect(),
        };
        // The surest fits first, so that an initial never takes the place of a name.
        for fit in [Fit::Full, Fit::Cut, Fit::Initial] {
            if fit != Fit::Cut || cut {
                pairing.pair(fit);
            }
        }
        pairing
    }

    fn pair(&mut self, fit: Fit) {
        for (part, taken) in self.found.iter_mut().filter(|(_, taken)| !taken) {
            let free = self
                .asked
                .iter_mut()
                .find(|(asked, has)| has.is_none() && fits(asked, part, fit));
            if let Some((_, has)) = free {
                *has = Some(fit);
                *taken = true;
            }
        }
    }

    fn like(&self) -> Like {
        let fits = |fit: Fit| self.asked.iter().any(|(_, has)| *has == Some(fit));
        let proven = self
            .asked
            .iter()
            .any(|(part, has)| !part.particle && !part.initial && matches!(has, Some(Fit::Full | Fit::Cut)));
        let asked_more = self
            .asked
            .iter()
            .any(|(part, has)| has.is_none() && !part.particle);
        let found_more = self.found.iter().any(|(part, taken)| !taken && !part.is_particle);
        if !proven && !self.is_same_initial() || asked_more && found_more {
            Like::Different
        } else if fits(Fit::Cut) {
            Like::Cut
        } else if fits(Fit::Initial) {
            Like::Initials
        } else if asked_more || found_more {
            Like::Partial
        } else {
            Like::Same
        }
    }

    /// A name that is one letter on both sides, in full.
    fn is_same_initial(&self) -> bool {
        self.asked.len() == self.found.len() && self.asked.iter().all(|(_, has)| *has == Some(Fit::Full))
    }
}

fn fits(asked: &AskedPart, part: &PartHashes, fit: Fit) -> bool {
    part.spellings.iter().any(|spelling| match fit {
        Fit::Full => asked.full.contains(&spelling.whole),
        Fit::Cut => spelling.letters >= MIN_CUT && asked.beginnings.contains(&spelling.whole),
        Fit::Initial if part.is_initial => asked.beginnings.contains(&spelling.whole),
        Fit::Initial => {
            let first = spelling.first.as_ref().unwrap_or(&spelling.whole);
            asked.initial && asked.full.contains(first)
        }
    })
}
