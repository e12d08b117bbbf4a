//! Files outside the fact store: read in threads that may stand still, and never waited for too long. On App Service a folder
//! may be a share of the network.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// A share that answers takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(8);
/// A quarter of the threads that `process` allows, even if what was begun never ends.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Does what may block in a thread for it.
///
/// # Errors
/// As `work`; `TimedOut` when it takes longer than 8 s. It goes on all the same.
pub(crate) async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = async {
        let place = PLACES.acquire().await.map_err(io::Error::other)?;
        let thread = spawn_blocking(move || {
            let _place = place;
            work()
        });
        thread.await.map_err(io::Error::other)?
    };
    tokio::time::timeout(PATIENCE, done)
        .await
        .unwrap_or_else(|_late| Err(io::Error::new(ErrorKind::TimedOut, "no answer within 8 s")))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread::ThreadId;

    use super::*;

    fn here() -> ThreadId {
        std::thread::current().id()
    }

    #[tokio::test]
    async fn it_is_done_elsewhere_and_its_error_is_told() {
        assert_ne!(in_thread(|| Ok(here())).await.unwrap(), here());
        let error = in_thread(|| std::fs::read("/nowhere/file")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn a_panic_is_an_error() {
        let error = in_thread(|| -> io::Result<()> { panic!("on purpose") }).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Other);
    }

    /// Time is not paused while a thread is at work, so the one that hangs is not among those that are waited for.
    #[tokio::test(start_paused = true)]
    async fn who_comes_while_all_hang_is_told_so_and_takes_no_further_thread() {
        let (release, hanging) = mpsc::channel::<()>();
        let places = PLACES.acquire_many(2).await.unwrap();
        let late = in_thread(move || {
            let _never = hanging.recv();
            Ok(())
        });
        assert_eq!(late.await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(release.send(()).is_err(), "it was begun");
        drop(places);
    }
}
