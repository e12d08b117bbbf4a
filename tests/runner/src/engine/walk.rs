//! One walk through a user journey, from authorization request to answer.

use super::answer::Reply;
use super::request::AuthorizationRequest;
use super::tokens::RefreshGrant;
use crate::claims::Bag;
use crate::model::{Journey, JourneyKind, Policy, Step};
use crate::trace::Recorder;
use loopback::debug_only;
use loopback::secret::Secret;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use tokio::sync::Mutex as AsyncMutex;

/// How many walks are kept; abandoned ones go first.
const KEPT: usize = 2000;

/// Access tokens of outside providers, in the order they came.
#[derive(Default)]
pub struct ProviderTokens(Vec<(String, Secret)>);

impl ProviderTokens {
    /// Keeps the token of a technical profile, in the place of its earlier one.
    pub fn keep(&mut self, profile: &str, token: String) {
        self.0.retain(|(other, _)| !other.eq_ignore_ascii_case(profile));
        self.0.push((profile.to_owned(), Secret::new(token)));
    }

    /// The token that came last.
    #[must_use]
    pub fn latest(&self) -> Option<&str> {
        self.0.last().map(|(_, token)| token.expose())
    }
}

impl std::fmt::Debug for ProviderTokens {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_list()
            .entries(self.0.iter().map(|(profile, _)| profile))
            .finish()
    }
}

/// A walk under way.
pub struct Walk {
    /// Transaction and correlation id.
    pub id: String,
    /// Policy it runs in.
    pub policy: String,
    /// What the application asked for.
    pub request: AuthorizationRequest,
    /// The claims bag.
    pub claims: Bag,
    /// Where it is: the journey, then sub journeys called from it.
    pub frames: Vec<Frame>,
    /// Exchange chosen on a selection page for the step after it.
    pub chosen: Option<String>,
    /// What it waits for.
    pub waiting: Waiting,
    /// Cookie of the browser that began it; no other may go on.
    pub browser: String,
    /// Token every page request repeats.
    pub csrf: String,
    /// Single sign-on session of the browser.
    pub session: String,
    /// The answer, once a `SendClaims` step made it; later steps run without a person.
    pub answer: Option<Reply>,
    /// When the person was authenticated.
    pub auth_time: OffsetDateTime,
    /// The refresh token's content, when that began the walk.
    pub refresh: Option<RefreshGrant>,
    /// What a refresh walk decided to tell.
    pub issued: Option<super::grants::Grant>,
    /// Tokens of outside providers, for `{oauth2:access_token}`.
    pub provider_tokens: ProviderTokens,
    /// Whether the person asked to stay signed in.
    pub keep_signed_in: bool,
    /// What happened.
    pub trace: Recorder,
}

// Not the cookies, tokens and claims of a person.
debug_only!(Walk: id, policy, frames, chosen);

/// A journey and the order of the step it is at.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Journey or sub journey.
    pub journey: String,
    /// Which of the two.
    pub kind: JourneyKind,
    /// Index of the step to do next.
    pub next: usize,
}

impl Frame {
    /// The start of a journey.
    #[must_use]
    pub fn start_of(journey: &Journey) -> Self {
        Self {
            journey: journey.id.clone(),
            kind: journey.kind,
            next: 0,
        }
    }
}

/// What a walk waits for.
#[derive(Debug, Default)]
pub enum Waiting {
    /// Nothing: it can go on.
    #[default]
    Nothing,
    /// A person at a page.
    Page(Box<PageState>),
    /// The browser's return from an outside provider.
    Provider(ProviderState),
    /// Nothing any more: the answer was sent.
    Finished,
}

/// Which page, and what came back so far.
#[derive(Debug, Clone, Default)]
pub struct PageState {
    /// Technical profile behind the page; none on a bare selection page.
    pub profile: Option<String>,
    /// Claims in the page's scope after a successful submit.
    pub submitted: Option<Bag>,
    /// Claims that display controls produced.
    pub control_claims: Bag,
    /// Addresses verified on this page, by claim (lower case).
    pub verified: HashMap<String, String>,
    /// How often a submit failed.
    pub failures: u32,
}

/// What was sent to an outside provider.
#[derive(Debug, Clone)]
pub struct ProviderState {
    /// Technical profile of the provider.
    pub profile: String,
    /// `state` of the request.
    pub state: String,
    /// `nonce` of the request.
    pub nonce: String,
    /// Redirect address of the request.
    pub redirect_uri: String,
}

impl Walk {
    /// The step to do next in the innermost journey, if it has one left.
    #[must_use]
    pub fn next_step<'p>(&self, policy: &'p Policy) -> Option<&'p Step> {
        let frame = self.frames.last()?;
        self.journey_of(policy, frame)?.steps.get(frame.next)
    }

    /// The journey of a frame.
    #[must_use]
    pub fn journey_of<'p>(&self, policy: &'p Policy, frame: &Frame) -> Option<&'p Journey> {
        match frame.kind {
            JourneyKind::User => policy.journeys.get(&frame.journey),
            JourneyKind::Sub(_) => policy.sub_journeys.get(&frame.journey),
        }
    }

    /// Moves to the step after the present one.
    pub fn pass_step(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.next += 1;
        }
    }

    /// The page it waits at.
    #[must_use]
    pub fn page(&self) -> Option<&PageState> {
        match &self.waiting {
            Waiting::Page(page) => Some(page),
            _ => None,
        }
    }

    /// The page it waits at, to change it.
    pub fn page_mut(&mut self) -> Option<&mut PageState> {
        match &mut self.waiting {
            Waiting::Page(page) => Some(page),
            _ => None,
        }
    }
}

type Shared = Arc<AsyncMutex<Walk>>;

/// Walks by transaction id. Requests of one walk wait for each other.
#[derive(Debug, Default)]
pub struct Walks {
    walks: Mutex<(HashMap<String, Shared>, VecDeque<String>)>,
}

impl Walks {
    /// Keeps a walk.
    pub fn keep(&self, walk: Walk) -> Shared {
        let id = walk.id.clone();
        let shared = Arc::new(AsyncMutex::new(walk));
        let mut walks = self.walks.lock().unwrap_or_else(PoisonError::into_inner);
        walks.0.insert(id.clone(), Arc::clone(&shared));
        walks.1.push_back(id);
        while walks.1.len() > KEPT {
            if let Some(oldest) = walks.1.pop_front() {
                walks.0.remove(&oldest);
            }
        }
        shared
    }

    /// The walk with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Shared> {
        self.walks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .get(id)
            .cloned()
    }
}
