//! How often the app asks its store for each step of a sign-in, seen from outside: a blob store counts.

use anyhow::{Context as _, Result, ensure};
use loopback::random;
use serde::Serialize;

use super::app::App;
use super::cores::Cores;
use super::journeys::{self, Visit};
use super::server::{Program, Server};
use super::store::{Counted, Operations};
use super::wire::{Answer, Connection};
use crate::azurite::KEY;

/// One step of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is asked.
    pub name: &'static str,
    /// What it cost, with all that it set going.
    pub operations: Operations,
}

/// The steps of a first sign-in and of a second one of the same person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SignIns {
    /// The person shows a document.
    pub first: Vec<Step>,
    /// The approval that is there answers.
    pub second: Vec<Step>,
}

/// Both, by who serves them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Steps {
    /// One process serves all of it.
    pub one_process: SignIns,
    /// A process serves each request that was started a moment ago.
    pub just_started: SignIns,
}

/// All operations of these steps.
#[must_use]
pub fn total(steps: &[Step]) -> usize {
    steps.iter().map(|step| step.operations.all).sum()
}

/// Takes a person through two sign-ins, twice.
///
/// # Errors
/// The app or Azurite does not start, or a step is not answered as it must be.
pub async fn measure(app: &App, cores: Cores) -> Result<Steps> {
    let store = Counted::start().await?;
    let at_store = [
        ("FactStore:Location", store.location.as_str()),
        ("FactStore:AccountKey", KEY),
    ];
    let walk = |is_one_process| {
        let walker = Walker {
            app,
            store: &store,
            cores,
            program: app.with(&at_store),
            is_one_process,
            server: None,
            steps: Vec::new(),
        };
        walker.sign_ins()
    };
    Ok(Steps {
        one_process: walk(true).await?,
        just_started: walk(false).await?,
    })
}

struct Walker<'a> {
    app: &'a App,
    store: &'a Counted,
    cores: Cores,
    program: Program,
    is_one_process: bool,
    server: Option<Server>,
    steps: Vec<Step>,
}

impl Walker<'_> {
    async fn sign_ins(mut self) -> Result<SignIns> {
        let account = random::uuid();
        let ticket = self.registers(&account).await?;
        self.checks(&ticket).await.context("the first sign-in")?;
        let first = std::mem::take(&mut self.steps);
        let (ticket, _) = self.registers(&account).await?;
        let cast = &self.app.rig.cast;
        let redemption = |answer: &Answer<'_>| journeys::redemption(cast, answer);
        let authorize = journeys::authorize(cast, &ticket);
        let redemption = self.step("authorize", &authorize, redemption).await;
        self.redeems(&redemption.context("the second sign-in")?).await?;
        Ok(SignIns {
            first,
            second: self.steps,
        })
    }

    async fn registers(&mut self, account: &str) -> Result<(String, String)> {
        let registration = journeys::registration_of(&self.app.rig.cast, account);
        self.step("register", &registration, journeys::registered).await
    }

    async fn checks(&mut self, (ticket, id): &(String, String)) -> Result<()> {
        let cast = &self.app.rig.cast;
        let authorize = journeys::authorize(cast, ticket);
        let (cookie, back) = self.step("authorize", &authorize, journeys::hop).await?;
        let redirected = |answer: &Answer<'_>| answer.expect(303).map(drop);
        self.step("authorize with the cookie", &back, redirected).await?;
        let mut visits = journeys::visits(&self.app.rig, &[(id.clone(), cookie)])?;
        let Visit {
            callback,
            comes_back,
            page,
            status,
            onward,
        } = visits.pop().context("nobody")?;
        let answered = |answer: &Answer<'_>| answer.expect(200).map(drop);
        self.step("callback", &callback, answered).await?;
        self.step("return", &comes_back, redirected).await?;
        self.step("waiting page", &page, answered).await?;
        let approved = |answer: &Answer<'_>| {
            ensure!(answer.text().contains("approved"), "{}", answer.text());
            Ok(())
        };
        self.step("poll", &status, approved).await?;
        let redemption = |answer: &Answer<'_>| journeys::redemption(cast, answer);
        let redemption = self.step("continue", &onward, redemption).await?;
        self.redeems(&redemption).await
    }

    async fn redeems(&mut self, redemption: &[u8]) -> Result<()> {
        let granted = |answer: &Answer<'_>| answer.expect(200).map(drop);
        self.step("token", redemption, granted).await
    }

    /// Asks once, and notes what that cost.
    async fn step<T>(
        &mut self,
        name: &'static str,
        request: &[u8],
        read: impl FnOnce(&Answer<'_>) -> Result<T>,
    ) -> Result<T> {
        let port = self.port().await?;
        let mut connection = Connection::open(port).await?;
        let answer = connection.send(request).await?;
        let read = read(&answer).with_context(|| name.to_owned())?;
        let operations = self.store.operations().await;
        self.steps.push(Step { name, operations });
        Ok(read)
    }

    /// Where the process listens that is to serve the next request, ready and at rest.
    async fn port(&mut self) -> Result<u16> {
        if let Some(server) = self.server.as_ref().filter(|_| self.is_one_process) {
            return Ok(server.port);
        }
        self.server = None;
        let (cores, program) = (self.cores, self.program.clone());
        let server = tokio::task::spawn_blocking(move || Server::ready(cores, &program)).await??;
        let port = server.port;
        self.server = Some(server);
        self.store.operations().await;
        Ok(port)
    }
}
