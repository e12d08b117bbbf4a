//! How a test hears what its own thread logs, while other tests run beside it.

use std::sync::OnceLock;

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Subscriber};

/// Hear nothing, and are there as long as the process.
static DEAF: OnceLock<[Dispatch; 2]> = OnceLock::new();

/// Lets `subscriber` hear this thread until the guard is dropped.
///
/// tracing asks once for each place in the code whether anybody listens, and keeps the answer. As long as it knows of one listener
/// at most, it asks only the thread that passes there first: one of another test, which has no listener, would answer for
/// everybody. Of more it asks each. So there are always two, before any place is passed: without a listener none is.
pub(crate) fn listen(subscriber: impl Subscriber + Send + Sync + 'static) -> DefaultGuard {
    DEAF.get_or_init(|| std::array::from_fn(|_| Dispatch::new(NoSubscriber::default())));
    tracing::subscriber::set_default(subscriber)
}
