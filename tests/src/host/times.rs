//! How long the host waits for what, as it was measured or is written in its source.

use std::time::Duration;

/// The host's own time-outs. A test that needs one shortens it instead of sleeping.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// An idle connection is closed after this (`KestrelServerLimits.KeepAliveTimeout`).
    pub keep_alive: Duration,
    /// From the first byte of a request to the end of its headers; then 408.
    pub head: Duration,
    /// A body may be slower than 240 bytes a second for this long; then 500.
    pub body_grace: Duration,
    /// What is left of a body after its answer is read for this long, so that the answer arrives.
    pub linger: Duration,
    /// Proxying: pause before the second attempt; doubled before each further one.
    pub first_pause: Duration,
    /// Proxying: the longest of these pauses.
    pub longest_pause: Duration,
    /// Proxying: an answer that has not begun by then is given up.
    pub activity: Duration,
    /// A function that does not end within this after its `functionTimeout` costs the handler its life.
    pub kill_grace: Duration,
    /// A storage account with keys that does not answer is given up after this.
    pub key_store: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            keep_alive: Duration::from_secs(130),
            head: Duration::from_secs(30),
            body_grace: Duration::from_secs(5),
            linger: Duration::from_secs(5),
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_millis(250),
            activity: Duration::from_secs(240),
            kill_grace: Duration::from_secs(2),
            key_store: Duration::from_secs(23),
        }
    }
}
