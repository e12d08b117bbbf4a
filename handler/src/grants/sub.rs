//! Who a person is towards a client: `sub`.

use super::{Authorization, Grants, Visit};
use crate::checks::{Error, Newcomer, Outcome, Remembered, Status};
use crate::ids::{FactHash, SubjectHash};

impl Grants {
    /// `sub` of an outcome. A person whom nobody has named is told by the approved document, where the client wants that and it
    /// says enough; whatever else came of it is told of the browser: a document that was not approved is not known to be
    /// theirs.
    pub(super) fn sub(
        &self,
        authorization: &Authorization,
        subject: SubjectHash,
        outcome: &Outcome,
    ) -> SubjectHash {
        let by_document = authorization.walk_in.is_some_and(|walk_in| walk_in.by_document);
        let document = outcome.document.filter(|_| by_document);
        document.map_or(subject, |document| {
            self.pairwise(&authorization.sector_name(), document)
        })
    }

    /// A document as one client knows it (`OpenID` Connect Core section 8.1).
    fn pairwise(&self, sector: &str, document: FactHash) -> SubjectHash {
        let parts = [sector, &document.to_string()];
        SubjectHash(self.seal.keyed("subject by document", &parts))
    }

    /// `sub` that a browser's approval would be told with.
    #[must_use]
    pub(crate) fn remembered_sub(
        &self,
        sector: &str,
        by_document: bool,
        newcomer: &Newcomer,
        remembered: Remembered,
    ) -> SubjectHash {
        let document = remembered.document.filter(|_| by_document);
        document.map_or(newcomer.subject, |document| self.pairwise(sector, document))
    }

    /// Nobody else is answered than whom a genuine `id_token_hint` names (`OpenID` Connect Core section 3.1.2.2).
    ///
    /// # Errors
    /// [`Error::OtherPerson`]; the store.
    pub(super) async fn check_hint(&self, visit: &Visit) -> Result<(), Error> {
        let walk_in = visit.authorization.walk_in.as_ref();
        let Some(hinted) = walk_in.and_then(|walk_in| walk_in.hinted) else {
            return Ok(());
        };
        let (outcome, _) = self.checks.told(&visit.entry).await?;
        // Whatever else came of it is told as that: of a document that was not approved nobody knows whose it is.
        if outcome.status != Status::Approved {
            return Ok(());
        }
        if self.sub(&visit.authorization, visit.subject, &outcome) == hinted {
            Ok(())
        } else {
            Err(Error::OtherPerson)
        }
    }
}
