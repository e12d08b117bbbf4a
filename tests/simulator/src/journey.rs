//! One sign-in: a client, a person and a browser, from registration to the tokens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::browser::{At, Tab};
use crate::client::{Tokens, address};
use crate::jumio::{Document, Says, Transaction};
use crate::oracle::{Story, Told};
use crate::page::{Offer, Page};
use crate::world::{Outside, World, lock};

/// Once faults have ended, whoever presses what the page offers has an outcome after this.
pub(crate) const LIVENESS_MS: u64 = 10 * 60 * 1000;

/// Even by clocks that are off, a pushed request is good for that long.
const PUSHED_MS: u64 = 50_000;

/// What a person and a client have in mind.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) story: Story,
    pub(crate) correlation: String,
    /// The browser in which it is opened.
    pub(crate) browser: String,
    /// How the request reaches us.
    pub(crate) road: Road,
    /// The document that is shown, and what the vendor will say of it.
    pub(crate) shows: Document,
    pub(crate) verdict: Says,
    pub(crate) begins_ms: u64,
    pub(crate) clicks_twice: bool,
    pub(crate) has_two_tabs: bool,
}

/// How an authorization request reaches us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// A ticket through the browser.
    Ticket,
    /// Pushed, with a ticket as its hint.
    PushedTicket,
    /// Pushed, with the client's own name of the subject as its hint.
    PushedSubject,
}

impl Plan {
    pub(crate) fn drawn(world: &World, n: usize) -> Self {
        let dice = &world.dice;
        let road = dice.one(
            Road::Ticket,
            &[
                Road::Ticket,
                Road::Ticket,
                Road::PushedTicket,
                Road::PushedSubject,
            ],
        );
        let names = dice.one(
            Some(Document::Ada),
            &[Some(Document::Ada), Some(Document::Ada), Some(Document::Grace)],
        );
        let client = dice.one("b2c", &["b2c", "okta", "keys"]);
        // Sign-ins of one subject meet only at one client.
        let client = lock(&world.oracle).stories.first().map_or(client, |first| {
            if dice.chance(8500) { first.client } else { client }
        });
        Self {
            browser: format!("browser-{n}"),
            story: Story {
                client,
                subject: if dice.chance(8500) {
                    "subject-of-ada"
                } else {
                    "another-subject"
                },
                expects: if road == Road::PushedSubject { None } else { names },
                is_fresh: dice.chance(2000),
                ..Story::default()
            },
            correlation: format!("correlation-{n}"),
            road,
            shows: if dice.chance(8500) {
                Document::Ada
            } else {
                Document::Grace
            },
            verdict: dice.one(
                Says::Passed,
                &[
                    Says::Passed,
                    Says::Passed,
                    Says::OtherFace,
                    Says::Fraud,
                    Says::Warning,
                ],
            ),
            begins_ms: dice.one(0, &[0, 500, 5000, 30_000]),
            clicks_twice: dice.chance(1500),
            has_two_tabs: dice.chance(700),
        }
    }

    /// The same person with the details of the document that they show, where others were registered.
    pub(crate) fn corrected(&self) -> Option<Self> {
        let expected = self.story.expects.filter(|expected| *expected != self.shows)?;
        let correlation = format!("{}-not-{expected:?}", self.correlation);
        // A tab of the first sign-in that comes back late is led to this one, if it is in the same browser.
        let browser = if self.has_two_tabs {
            format!("{}-corrected", self.browser)
        } else {
            self.browser.clone()
        };
        Some(Self {
            browser,
            story: Story {
                expects: Some(self.shows),
                ..self.story.clone()
            },
            correlation,
            begins_ms: 0,
            ..self.clone()
        })
    }
}

/// After so many pages of trouble a person gives up.
const TROUBLES: u32 = 20;

/// A sign-in under way.
pub(crate) struct Journey {
    pub(crate) world: Arc<World>,
    pub(crate) plan: Plan,
    pub(crate) n: usize,
    /// The address the client sends the browser to.
    opens: String,
    /// How often a page said that there is trouble.
    troubles: AtomicU32,
}

/// What is left of a sign-in.
pub(crate) struct Left {
    pub(crate) story: usize,
    pub(crate) tokens: Option<Tokens>,
}

impl Journey {
    pub(crate) fn new(world: &Arc<World>, plan: Plan) -> Self {
        let n = world.tell(plan.story.clone());
        Self {
            world: Arc::clone(world),
            plan,
            n,
            opens: String::new(),
            troubles: AtomicU32::new(0),
        }
    }

    pub(crate) async fn run(mut self) -> Left {
        self.rest(self.plan.begins_ms).await;
        let nothing = Left {
            story: self.n,
            tokens: None,
        };
        let Some(opens) = self.requested().await else {
            self.world
                .violated("liveness", "the client cannot begin a sign-in");
            return nothing;
        };
        self.opens = opens;
        self.requests_now();
        let mut tab = Tab::of(&self.world, &self.plan.browser);
        if self.plan.clicks_twice
            && let Some(n) = tab.open_in_vain(&self.opens).await
        {
            self.world.visited(self.n, n);
        }
        if self.plan.has_two_tabs {
            self.open_another(&tab);
        }
        let Some(answer) = self.walk(&mut tab, true).await else {
            return nothing;
        };
        Left {
            story: self.n,
            tokens: self.back_at_client(&answer).await,
        }
    }

    /// The same request in another tab: what it does must not hurt the first.
    fn open_another(&self, tab: &Tab) {
        let (mut tab, mut journey) = (
            tab.clone(),
            Self {
                world: Arc::clone(&self.world),
                plan: self.plan.clone(),
                n: self.n,
                opens: self.opens.clone(),
                troubles: AtomicU32::new(0),
            },
        );
        tokio::spawn(async move {
            journey.rest(journey.world.dice.between(0, 4000)).await;
            journey.walk(&mut tab, false).await;
        });
    }

    /// The client gets an address to open; it repeats what fails until it has it.
    pub(crate) async fn requested(&self) -> Option<String> {
        let state = format!("state-{}", self.n);
        let mut hint = (self.plan.road == Road::PushedSubject).then(|| self.plan.story.subject.to_owned());
        for _ in 0..200 {
            if hint.is_none() {
                hint = self.world.register(self.n, &self.plan.correlation).await;
            }
            if let Some(hint) = &hint {
                let opens = match self.plan.road {
                    Road::Ticket => Some(address(self.world.request(self.n, hint, &state))),
                    Road::PushedTicket | Road::PushedSubject => self.world.push(self.n, hint, &state).await,
                };
                if opens.is_some() {
                    return opens;
                }
            }
            self.rest(3000).await;
        }
        None
    }

    /// The person goes on until the browser is back at the client.
    pub(crate) async fn walk(&mut self, tab: &mut Tab, is_judged: bool) -> Option<BTreeMap<String, String>> {
        let mut pushed_ms = self.world.ms();
        let mut at = self.reopen(tab).await;
        loop {
            if self.world.calm_for_ms() > LIVENESS_MS {
                if is_judged {
                    let why = format!(
                        "sign-in {} has no outcome ten minutes after faults ended; last: {}",
                        self.n,
                        name(&at)
                    );
                    self.world.violated("liveness", &why);
                }
                return None;
            }
            at = match at {
                At::Client(answer) => return Some(answer),
                At::Nothing => {
                    self.think().await;
                    if !self.is_calm() && self.world.dice.chance(2000) {
                        self.reopen(tab).await
                    } else {
                        self.reload(tab).await
                    }
                }
                At::Vendor(n) => self.at_vendor(tab, n).await,
                At::Page(page) => match self.on_page(tab, &page).await {
                    Some(at) => at,
                    None if page.status == 410
                        && self.is_pushed()
                        && self.world.ms() > pushed_ms + PUSHED_MS =>
                    {
                        // A pushed request lives for a minute: the person begins again at the client.
                        self.opens = self.requested().await?;
                        pushed_ms = self.world.ms();
                        self.reopen(tab).await
                    }
                    None if is_judged => {
                        let why = format!(
                            "sign-in {} ends on a page that offers nothing: {} \"{}\"",
                            self.n, page.status, page.state
                        );
                        self.world.violated("dead page", &why);
                        return None;
                    }
                    None => return None,
                },
            };
        }
    }

    async fn at_vendor(&self, tab: &mut Tab, n: usize) -> At {
        self.world.visited(self.n, n);
        self.think().await;
        let back = self.world.back(n);
        let says = lock(&self.world.jumio).transactions.get(n).map(Transaction::says);
        let Some(says) = says else {
            return At::Nothing;
        };
        if says == Says::Started {
            let dice = &self.world.dice;
            let verdict = self.plan.verdict;
            match if self.is_calm() { 0 } else { dice.below(10) } {
                0..=6 => {
                    self.world.step(&Outside("person"), || {
                        format!("shows the document of {:?} in transaction {n}", self.plan.shows)
                    });
                    let judged_ms = dice.one(500, &[2000, 8000, 45_000]);
                    self.world.captured(n, self.plan.shows, verdict, judged_ms);
                }
                7 => self.world.says(n, Says::Abandoned, self.world.callbacks()),
                8 => return self.reopen(tab).await,
                _ => {}
            }
        }
        self.world
            .step(&Outside("person"), || format!("comes back from transaction {n}"));
        tab.open(&back).await
    }

    /// Presses something; nothing when there is nothing to press.
    async fn on_page(&self, tab: &mut Tab, page: &Page) -> Option<At> {
        self.judge_page(tab, page);
        if page.offers.is_empty() && page.refresh.is_none() {
            if page.status < 500 && page.status != 429 {
                return None;
            }
            self.rest(3000).await;
            return Some(self.reload(tab).await);
        }
        if let Some((after_s, to)) = self.waits(page) {
            self.rest(after_s * 1000).await;
            return Some(tab.open(&to).await);
        }
        self.think().await;
        let dice = &self.world.dice;
        if !self.is_calm() && dice.chance(1000) {
            return Some(if dice.chance(5000) {
                self.reload(tab).await
            } else {
                self.reopen(tab).await
            });
        }
        let Some(offer) = self.chosen(page) else {
            return Some(self.reload(tab).await);
        };
        // A retry whose answer was lost may have begun something: who leaves then gives that up, whatever the page says.
        let is_under_way = self.world.is_something_under_way();
        let is_open = is_under_way || matches!(page.state.as_str(), "ready" | "at_vendor" | "checking");
        if offer.name == "cancel" || offer.name == "leave" && (is_open || self.plan.has_two_tabs) {
            self.world.gives_up(self.n);
        }
        if offer.name == "retry" {
            self.world.tries_again(self.n);
        }
        self.world.step(&Outside("person"), || {
            format!("presses {} on \"{}\"", offer.name, page.state)
        });
        Some(tab.press(offer).await)
    }

    /// Where a page leads by itself, when the person lets it.
    fn waits(&self, page: &Page) -> Option<(u64, String)> {
        let dice = &self.world.dice;
        // Who has not finished at the vendor goes back there.
        let may_resume = page.offers.iter().any(|offer| offer.to.contains("at=vendor"));
        let waits = if self.is_calm() {
            page.offers.is_empty()
                || ["checking", "approved", "starting"].contains(&page.state.as_str())
                    && !(may_resume && dice.chance(5000))
        } else {
            dice.chance(5000)
        };
        page.refresh.clone().filter(|_| waits)
    }

    /// What is pressed: mostly what comes first.
    fn chosen<'a>(&self, page: &'a Page) -> Option<&'a Offer> {
        let dice = &self.world.dice;
        if page.state == "trouble" && self.troubles.fetch_add(1, Ordering::Relaxed) > TROUBLES {
            // Who has tried again often enough gives up: that leads to an outcome, too.
            return page.offers.iter().find(|offer| offer.name == "leave");
        }
        let gives_up = |offer: &&Offer| offer.name == "cancel" || offer.name == "leave";
        let goes_on = page.offers.iter().find(|offer| !gives_up(offer));
        let first = goes_on.or(page.offers.first());
        if self.is_calm() || dice.chance(7000) {
            first
        } else {
            dice.pick(&page.offers).or(first)
        }
    }

    fn judge_page(&self, tab: &Tab, page: &Page) {
        let may_be = self.world.may_be_in_trouble.load(Ordering::Relaxed) || self.world.is_out_of_starts();
        if page.state == "trouble" && !may_be {
            let why = format!("sign-in {} is told of trouble, and there is none", self.n);
            self.world.violated("trouble", &why);
        }
        if ["approved", "rejected", "review", "expired", "cancelled"].contains(&page.state.as_str()) {
            self.world.judge(&Told {
                story: self.n,
                began: tab.began,
                status: &page.state,
                reason: "",
                by: "page",
            });
        }
    }

    pub(crate) async fn back_at_client(&self, answer: &BTreeMap<String, String>) -> Option<Tokens> {
        let Some(code) = answer.get("code") else {
            let error = answer.get("error").map_or("nothing", String::as_str);
            self.world
                .step(&Outside("client"), || format!("is told the error {error}"));
            return None;
        };
        let dice = &self.world.dice;
        if dice.chance(500) {
            self.world.steal(self.n, code).await;
        }
        let tokens = self.world.redeem(self.n, code).await?;
        if dice.chance(800) {
            self.rest(dice.between(1500, 20_000)).await;
            self.world.replay(self.n, code, &tokens).await;
            return None;
        }
        if dice.chance(2500) {
            self.reviewed();
        }
        for _ in 0..dice.below(4) {
            self.rest(dice.between(0, 30_000)).await;
            self.world.userinfo(self.n, &tokens.access).await;
        }
        Some(tokens)
    }

    /// A human looks at what the client was told, some time later.
    fn reviewed(&self) {
        let (world, n) = (Arc::clone(&self.world), self.n);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(world.dice.between(100, 20_000))).await;
            world.review(n, world.dice.chance(5000)).await;
        });
    }

    /// Opens the address to which the client has sent the browser, for the first time or again.
    async fn reopen(&self, tab: &mut Tab) -> At {
        self.requests_now();
        tab.open(&self.opens).await
    }

    async fn reload(&self, tab: &mut Tab) -> At {
        if tab.address.starts_with("/api/verify/authorize") {
            self.requests_now();
        }
        tab.reload().await
    }

    /// A browser whose first requests were lost makes its request now.
    pub(crate) fn requests_now(&self) {
        let latest = self.world.ms() + lock(&self.world.weather).asks_ms();
        self.world.story(self.n, |story| story.requested_ms = latest);
    }

    fn is_pushed(&self) -> bool {
        self.plan.road != Road::Ticket
    }

    fn is_calm(&self) -> bool {
        self.world.calm_for_ms() > 0
    }

    async fn think(&self) {
        let most = self.world.dice.one(300, &[2000, 6000]);
        self.rest(self.world.dice.between(50, most)).await;
    }

    async fn rest(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

fn name(at: &At) -> String {
    match at {
        At::Page(page) => format!("page {} \"{}\"", page.status, page.state),
        At::Vendor(n) => format!("at the vendor, transaction {n}"),
        At::Client(_) => "at the client".to_owned(),
        At::Nothing => "no answer".to_owned(),
    }
}
