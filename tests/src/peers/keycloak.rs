//! Keycloak as a broker in front of the handler: an application sends people to Keycloak, which sends them on for the check.
//!
//! The realm (`tests/peers/keycloak/realm.json`) is what the six steps of `docs/platforms/keycloak.md` come to.

mod broker;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::report::Verdict;
use super::stage::Place;
use super::visitor::Visitor;
use crate::rig::Rig;
use broker::{Account, Answer, Broker};
pub(super) use broker::{environment, lay, ready};

/// Its name among the peers.
pub(super) const NAME: &str = "keycloak";
/// The provider that an account is linked to, for a check of somebody who is signed in.
const STEP_UP: &str = "idp_link:jumio";
/// The same, of a client that hears every outcome as claims.
const STEP_UP_BY_CLAIMS: &str = "idp_link:jumio-claims";
/// The provider that makes accounts.
const SIGN_UP: &str = "jumio-signup";
/// The role of the realm that an approved check gives.
const ROLE: &str = "identity-verified";

/// Signs in with a password, and is approved.
const MIRA: Account = Account::named("mira", "1988-04-12");
/// The same, and is rejected.
const ERIN: Account = Account::named("erin", "1990-05-13");
/// The same, after the rotation.
const DAVE: Account = Account::named("dave", "1991-06-14");
/// The same, and is approved first and rejected then.
const NORA: Account = Account::named("nora", "1989-03-11");
/// Signs up, and is approved.
const CAROL: Account = Account::new_one("carol", "1992-07-15");
/// The same, and is rejected.
const FRANK: Account = Account::new_one("frank", "1993-08-16");

/// Everything before the rotation.
pub(super) async fn walk(rig: &Rig, place: &Place, verdict: &mut Verdict) {
    let walks = Walks {
        broker: Broker::new(rig, place),
        rig,
    };
    walks.step_up(verdict).await;
    walks.refusal(verdict).await;
    walks.taking(verdict).await;
    walks.sign_up(verdict).await;
}

/// A check after the rotation: of somebody who has made none.
pub(super) async fn rotated(rig: &Rig, place: &Place, verdict: &mut Verdict) {
    let walks = Walks {
        broker: Broker::new(rig, place),
        rig,
    };
    if let Err(failure) = walks.approved(&DAVE, 1).await {
        verdict.fail("rotation", &format!("{failure:#}"));
    }
}

struct Walks<'a> {
    broker: Broker<'a>,
    rig: &'a Rig,
}

impl Walks<'_> {
    /// Approved: the role is there. Again: nothing is paid.
    async fn step_up(&self, verdict: &mut Verdict) {
        let visitor = match self.approved(&MIRA, 1).await {
            Ok(visitor) => visitor,
            Err(failure) => return verdict.fail("step-up", &format!("{failure:#}")),
        };
        if let Err(failure) = self.checked(&visitor, &MIRA, 0).await {
            verdict.fail("a second step-up", &format!("{failure:#}"));
        }
    }

    async fn approved(&self, account: &Account, payments: u64) -> Result<Visitor> {
        let visitor = self.broker.visitor(account)?;
        self.checked(&visitor, account, payments).await?;
        Ok(visitor)
    }

    async fn checked(&self, visitor: &Visitor, account: &Account, payments: u64) -> Result<()> {
        let action = [("kc_action", STEP_UP)];
        let before = self.payments();
        let answer = self.broker.ask(visitor, account, &action, "pass").await?;
        let paid = self.payments() - before;
        ensure!(
            answer.value("kc_action_status") == Some("success"),
            "{}",
            answer.told()
        );
        ensure!(paid == payments, "{paid} payments instead of {payments}");
        let claims = self.broker.claims(&answer).await?;
        ensure!(has_role(&claims), "the role was not given: {claims}");
        ensure!(
            claims
                .get("idv_status")
                .is_some_and(|status| status == "approved"),
            "{claims}"
        );
        Ok(())
    }

    /// Rejected: told as cancelled, and no role.
    async fn refusal(&self, verdict: &mut Verdict) {
        match self.refused().await {
            Ok(shown) => verdict.show(shown),
            Err(failure) => verdict.fail("refusal", &format!("{failure:#}")),
        }
    }

    async fn refused(&self) -> Result<String> {
        let (visitor, action) = (self.broker.visitor(&ERIN)?, [("kc_action", STEP_UP)]);
        let answer = self.broker.ask(&visitor, &ERIN, &action, "fraud").await?;
        ensure!(
            answer.value("kc_action_status") == Some("cancelled"),
            "{}",
            answer.told()
        );
        let claims = self.broker.claims(&answer).await?;
        ensure!(
            !has_role(&claims),
            "the role was GIVEN to a rejected person: {claims}"
        );
        Ok("kc_action_status=cancelled".to_owned())
    }

    /// A role that an approved check gave is taken away by a rejected one, where outcomes are claims.
    async fn taking(&self, verdict: &mut Verdict) {
        if let Err(failure) = self.given_and_taken().await {
            verdict.fail("role given and taken", &format!("{failure:#}"));
        }
    }

    async fn given_and_taken(&self) -> Result<()> {
        let visitor = self.broker.visitor(&NORA)?;
        for (scenario, expected) in [("pass", true), ("fraud", false)] {
            let action = [("kc_action", STEP_UP_BY_CLAIMS), ("prompt", "login")];
            let answer = self.broker.ask(&visitor, &NORA, &action, scenario).await?;
            let claims = self.broker.claims(&answer).await?;
            let is_so = has_role(&claims) == expected;
            ensure!(
                is_so,
                "{scenario}: the role should be {expected}: {} {claims}",
                answer.told()
            );
        }
        Ok(())
    }

    /// An approved check makes an account with the role, a rejected one makes none and leads back to the sign-in.
    async fn sign_up(&self, verdict: &mut Verdict) {
        if let Err(failure) = self.signed_up().await {
            verdict.fail("sign-up", &format!("{failure:#}"));
        }
        if let Err(failure) = self.not_signed_up().await {
            verdict.fail("refused sign-up", &format!("{failure:#}"));
        }
    }

    async fn signed_up(&self) -> Result<()> {
        let (visitor, hint) = (self.broker.visitor(&CAROL)?, [("kc_idp_hint", SIGN_UP)]);
        let answer = self.broker.ask(&visitor, &CAROL, &hint, "pass").await?;
        let claims = self.broker.claims(&answer).await?;
        ensure!(has_role(&claims), "the role was not given: {claims}");
        Ok(())
    }

    async fn not_signed_up(&self) -> Result<()> {
        let (visitor, hint) = (self.broker.visitor(&FRANK)?, [("kc_idp_hint", SIGN_UP)]);
        let answer = self.broker.ask(&visitor, &FRANK, &hint, "fraud").await?;
        let Answer::Page(page) = &answer else {
            anyhow::bail!("back at the application: {}", answer.told());
        };
        let is_sign_in = page.forms().iter().any(|form| form.id == "kc-form-login");
        ensure!(is_sign_in, "no way back: {}", answer.told());
        Ok(())
    }

    fn payments(&self) -> u64 {
        let book = &self.rig.simulators.jumio.tenant.book;
        book.with(|book| book.len())
    }
}

fn has_role(claims: &Value) -> bool {
    let roles = claims.get("roles").and_then(Value::as_array);
    roles.is_some_and(|roles| roles.iter().any(|role| role == ROLE))
}
