//! Both rooms of one process, each call as a request of its own: nothing that was read for one is believed by the next.

use std::ops::Deref;

use crate::checks::{Begun, Callback, CallbackReceipt, CheckStatus, Checks, Entry, Error, RedeemError};
use crate::grants::push::Pushed;
use crate::grants::{About, Authorization, Grant, Grants, Presented, Receipt, Visit};
use crate::ids::VerificationId;

/// A process. What it does not offer itself is an operation of [`Checks`].
#[derive(Clone, Debug)]
pub(in crate::grants) struct Process {
    pub(in crate::grants) grants: Grants,
}

impl Deref for Process {
    type Target = Checks;

    fn deref(&self) -> &Checks {
        self.grants.checks()
    }
}

fn entry(visit: &Visit) -> Entry {
    visit.entry.again()
}

fn again(visit: &Visit) -> Visit {
    Visit {
        entry: visit.entry.again(),
        ..visit.clone()
    }
}

impl Process {
    pub(super) async fn resolve_ticket(
        &self,
        ticket: &str,
        client_id: &str,
    ) -> Result<VerificationId, Error> {
        let verification = self.grants.checks().resolve_ticket(ticket, client_id).await;
        verification.map(|verification| verification.id)
    }

    /// The handle.
    pub(super) async fn authorize(
        &self,
        id: VerificationId,
        request: Authorization,
        browser: &str,
    ) -> Result<String, Error> {
        let visit = self.grants.authorize(&self.open(id), request, browser).await?;
        Ok(visit.handle().to_owned())
    }

    pub(super) async fn visit(&self, handle: &str, browser: Option<&str>) -> Result<Visit, Error> {
        self.grants.visit(handle, browser).await
    }

    pub(super) async fn reuse(
        &self,
        id: VerificationId,
        request: Authorization,
    ) -> Result<Option<Visit>, Error> {
        self.grants.reuse(&self.open(id), request).await
    }

    pub(super) async fn continued(&self, home: VerificationId) -> Result<Vec<String>, Error> {
        self.grants.continued(&self.open(home)).await
    }

    pub(super) async fn push(&self, about: About, request: Authorization) -> Result<Pushed, Error> {
        self.grants.push(about, request).await
    }

    pub(super) async fn resolve_pushed(
        &self,
        value: &str,
        client_id: &str,
        browser: &str,
    ) -> Result<(VerificationId, Authorization), Error> {
        let (verification, request) = self.grants.look_up_pushed(value, client_id).await?;
        self.grants.use_pushed(&verification, value, browser).await?;
        Ok((verification.id, request))
    }

    pub(super) async fn begin(&self, visit: &Visit) -> Result<Begun, Error> {
        self.grants.checks().begin(&entry(visit)).await
    }

    pub(super) async fn retry(&self, visit: &Visit) -> Result<Begun, Error> {
        self.grants.checks().retry(&entry(visit)).await
    }

    pub(super) async fn retry_after(&self, visit: &Visit, attempt: u32) -> Result<Begun, Error> {
        self.grants.checks().retry_after(&entry(visit), attempt).await
    }

    pub(super) async fn poll(&self, visit: &Visit) -> Result<CheckStatus, Error> {
        self.grants.checks().poll(&entry(visit)).await
    }

    pub(super) async fn returned(&self, visit: &Visit) -> Result<(), Error> {
        self.grants.checks().returned(&entry(visit)).await
    }

    pub(super) async fn cancel(&self, visit: &Visit) -> Result<(), Error> {
        self.grants.checks().cancel(&entry(visit)).await
    }

    pub(super) async fn leave(&self, visit: &Visit) -> Result<(), Error> {
        self.grants.checks().leave(&entry(visit)).await
    }

    pub(super) async fn code(&self, visit: &Visit) -> Result<String, Error> {
        self.grants.code(&again(visit)).await
    }

    pub(super) async fn callback(
        &self,
        credential: &str,
        callback: Callback,
    ) -> Result<CallbackReceipt, Error> {
        let checks = self.grants.checks();
        let received = checks.callback(&checks.addressee(credential)?, callback).await;
        received.map(|received| received.receipt)
    }

    pub(super) async fn redeem<T, E>(
        &self,
        presented: &Presented<'_>,
        answer: impl Fn(&Grant) -> Result<T, E> + Send,
    ) -> Result<(T, Receipt), E>
    where
        T: Send,
        E: From<RedeemError> + Send,
    {
        self.grants.redeem(presented, answer).await
    }

    pub(super) async fn userinfo(&self, access_token: &str) -> Result<Grant, RedeemError> {
        self.grants.userinfo(access_token).await
    }

    pub(super) fn answered(&self, receipt: Receipt) {
        self.grants.answered(receipt);
    }

    pub(super) async fn record_answered(&self, receipt: Receipt) {
        self.grants.record_answered(receipt).await;
    }
}
