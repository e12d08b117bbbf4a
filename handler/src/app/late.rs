//! Tells what a start waits for that does not come to its end. Each request is answered 503 meanwhile.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// A start takes about a second. Nobody is told of one that takes less than this.
const LATE: Duration = Duration::from_secs(30);
/// The pause before it is told again.
const OFTEN: Duration = Duration::from_secs(300);

/// Watches a start. Dropping it ends that.
pub(super) struct Late(tokio::task::JoinHandle<()>);

impl Late {
    /// Watches until there are services. `waits_for` says what is missing at the time.
    pub(super) fn start<T: Send + Sync + 'static>(
        mut services: watch::Receiver<Option<T>>,
        waits_for: impl Fn() -> String + Send + 'static,
    ) -> Self {
        let (began, mut pause) = (Instant::now(), LATE);
        Self(tokio::spawn(async move {
            while timeout(pause, services.wait_for(Option::is_some)).await.is_err() {
                tracing::error!(
                    code = "handler.not_ready",
                    waits_for = waits_for(),
                    waited_s = began.elapsed().as_secs(),
                    "not ready; every request is answered 503"
                );
                pause = OFTEN;
            }
        }))
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tokio::time::sleep;

    use super::*;
    use crate::clock::SystemClock;
    use crate::telemetry::listening::listen;
    use crate::telemetry::{self, Sink};

    #[tokio::test(start_paused = true)]
    async fn a_start_that_does_not_end_is_told_with_what_it_waits_for() {
        let text: Arc<Mutex<Vec<u8>>> = Arc::default();
        let copy = Arc::clone(&text);
        let sink = Sink::new(move |line| copy.lock().unwrap().extend_from_slice(line));
        let subscriber = telemetry::subscriber(tracing::Level::INFO, Arc::new(SystemClock), sink);
        let _until_dropped = listen(subscriber);
        let told = || {
            let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
            let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
            records.collect::<Vec<Value>>()
        };
        let (services, seen) = watch::channel(None::<()>);
        let _late = Late::start(seen, || "Key Vault".to_owned());
        sleep(Duration::from_secs(29)).await;
        assert!(told().is_empty());
        sleep(Duration::from_secs(2)).await;
        assert_eq!(told().len(), 1);
        assert_eq!(
            (&told()[0]["code"], &told()[0]["level"]),
            (&"handler.not_ready".into(), &"ERROR".into())
        );
        assert_eq!(
            (&told()[0]["waits_for"], &told()[0]["waited_s"]),
            (&"Key Vault".into(), &30.into())
        );
        sleep(OFTEN).await;
        assert_eq!(told().len(), 2);
        services.send_replace(Some(()));
        sleep(OFTEN * 3).await;
        assert_eq!(told().len(), 2, "it is ready");
    }
}
