//! The cookie by which a browser is known again whose person nobody has named: one for each sector, so that what is known at one
//! client says nothing at another, and a stolen one is worth nothing there.
//!
//! A sealed value: the browser's random id, whose sector it is for, and its end. It is made anew from time to time under the
//! present key, so a browser that comes now and then is known for as long as it comes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::{Duration, OffsetDateTime};
use warp::http::header;

use crate::ids::{FactHash, VerificationId};
use crate::random::Random;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::cookie;
use crate::routes::exchange::reply::Response;
use crate::seal::Purpose;
use crate::services::Services;

/// How long a browser is known that does not come again. What its approvals are good for is another matter.
const LIFE: Duration = Duration::days(90);
/// From when on the value is made anew.
const RENEWED: Duration = Duration::days(60);
/// More sessions than a browser ever holds: several of one sector when its first requests were on their way at the same
/// time.
const MOST: usize = 16;
/// What the names of all of them begin with, after the prefix.
const NAME: &str = "idv-session-";

/// A browser, as one sector knows it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::routes) struct Session {
    /// Random; whoever knows it is the browser.
    id: [u8; 16],
    /// Hash of the sector that it is for.
    sector: [u8; 16],
    /// Its value should be made anew.
    is_old: bool,
}

impl Session {
    /// A new browser.
    pub(in crate::routes) fn fresh(sector: &str, random: &dyn Random) -> Self {
        Self {
            id: random.bytes(),
            sector: hash_of(sector),
            is_old: true,
        }
    }

    /// The browser as a subject. A credential.
    pub(in crate::routes) fn subject(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }

    /// By what a browser shows that it began a sign-in, as other cookie values do. A credential.
    pub(in crate::routes) fn browser(&self) -> String {
        format!("session {}", self.subject())
    }

    /// Whether it is one of this sector.
    pub(in crate::routes) fn is_of(&self, sector: &str) -> bool {
        self.sector == hash_of(sector)
    }

    /// The same browser always has the same name, and two that a browser was handed at once have different ones: neither
    /// answer replaces what the other has begun.
    fn name(&self, services: &Services) -> String {
        let mark = |hash: FactHash| hash.to_string().chars().take(6).collect::<String>();
        let own = mark(FactHash::of(&["session", &self.subject()]));
        cookie::prefixed(services, &format!("{NAME}{}-{own}", mark(FactHash(self.sector))))
    }
}

/// Hands it to the browser.
pub(in crate::routes) fn hand_out(
    response: &mut Response,
    call: &Call,
    services: &Services,
    session: &Session,
) {
    let until = call.gate.clock.now() + LIFE;
    let id = VerificationId(session.id);
    let value = services.seal.seal(Purpose::Session, id, until, session.sector);
    let life_s = LIFE.whole_seconds().unsigned_abs();
    cookie::set(response, services, &session.name(services), &value, life_s);
}

/// Hands it out again where its value is old, or its key is about to go.
pub(in crate::routes) fn keep(response: &mut Response, call: &Call, services: &Services, session: &Session) {
    if session.is_old {
        hand_out(response, call, services, session);
    }
}

/// Takes it from the browser.
pub(in crate::routes) fn take_away(response: &mut Response, services: &Services, session: &Session) {
    cookie::set(response, services, &session.name(services), "", 0);
}

/// All that this browser holds, in the order in which it sends them: that in which it got them.
pub(in crate::routes) fn all(call: &Call, services: &Services) -> Vec<Session> {
    those(call, services, |_| true)
}

fn those(call: &Call, services: &Services, is_meant: impl Fn(&Session) -> bool) -> Vec<Session> {
    let headers = call.incoming.values(header::COOKIE);
    let now = call.gate.clock.now();
    let named = cookie::prefixed(services, NAME);
    let ours = cookie::singles(&headers).into_iter();
    ours.filter(|(name, _)| name.starts_with(&named))
        .filter_map(|(name, value)| opened(services, value, now).filter(|it| it.name(services) == name))
        .filter(is_meant)
        .take(MOST)
        .collect()
}

/// Those of one sector.
pub(in crate::routes) fn of(call: &Call, services: &Services, sector: &str) -> Vec<Session> {
    those(call, services, |session| session.is_of(sector))
}

/// By what this browser may show that it began a sign-in of a verification: cookies of that, and its sessions.
pub(in crate::routes) fn held(call: &Call, services: &Services, id: VerificationId) -> Vec<String> {
    let sessions = all(call, services);
    let mut held = cookie::of(&call.incoming, services, id);
    held.extend(sessions.iter().map(Session::browser));
    held
}

fn opened(services: &Services, value: &str, now: OffsetDateTime) -> Option<Session> {
    let opened = services.seal.open(Purpose::Session, value, now).ok()?;
    Some(Session {
        id: opened.id.0,
        sector: opened.extra,
        is_old: opened.key_is_previous || opened.expires_at - now < RENEWED,
    })
}

fn hash_of(sector: &str) -> [u8; 16] {
    FactHash::of(&["sector", sector]).0
}
