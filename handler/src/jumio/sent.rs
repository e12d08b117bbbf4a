//! Whether a call is under way when the time of its operation runs out.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::Instant;

use crate::checks::vendor::VendorError;

/// Known outside of the future that sends a call: when time runs out and the future is gone, it matters whether the call may have
/// reached Jumio.
#[derive(Default)]
pub(super) struct Sent(AtomicBool);

impl Sent {
    /// The call is being sent, or is known not to have been executed.
    pub(super) fn set(&self, is_sent: bool) {
        self.0.store(is_sent, Ordering::Relaxed);
    }

    /// What `exchange` ends with by the deadline. `late` says what is missing, given whether the call was under way.
    ///
    /// # Errors
    /// That of `exchange`, or that it is late.
    pub(super) async fn by<T>(
        &self,
        deadline: Instant,
        exchange: impl Future<Output = Result<T, VendorError>>,
        late: impl FnOnce(bool) -> String,
    ) -> Result<T, VendorError> {
        if let Ok(ended) = tokio::time::timeout_at(deadline, exchange).await {
            return ended;
        }
        let sent = self.0.load(Ordering::Relaxed);
        let why = late(sent);
        Err(VendorError::Unavailable { why, sent })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn late(is_sent: bool) -> VendorError {
        let sent = Sent::default();
        sent.set(true);
        let exchange = async {
            sent.set(is_sent);
            std::future::pending::<Result<(), VendorError>>().await
        };
        let deadline = Instant::now() + Duration::from_secs(8);
        let ended = sent.by(deadline, exchange, |sent| format!("sent: {sent}")).await;
        ended.unwrap_err()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_told_with_whether_it_was_sent() {
        for is_sent in [true, false] {
            let VendorError::Unavailable { why, sent } = late(is_sent).await else {
                panic!("unavailable")
            };
            assert_eq!((why, sent), (format!("sent: {is_sent}"), is_sent));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_in_time_is_told_as_it_ended() {
        let deadline = Instant::now() + Duration::from_secs(8);
        let nobody = |_: bool| -> String { panic!("not late") };
        let sent = Sent::default();
        let ended = sent.by(deadline, std::future::ready(Ok(7)), nobody);
        assert!(matches!(ended.await, Ok(7)));
        let refused: Result<(), _> = Err(VendorError::Refused("no".to_owned()));
        let ended = sent.by(deadline, std::future::ready(refused), nobody);
        assert!(matches!(ended.await, Err(VendorError::Refused(_))));
    }
}
