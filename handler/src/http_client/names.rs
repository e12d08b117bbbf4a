//! Looks up host names, a few at a time: a lookup holds a thread until the system's resolver gives up, long after whoever
//! asked has, and threads are few.

use std::net::ToSocketAddrs as _;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Half of the threads that `process` allows: the rest is for facts in files.
const AT_ONCE: usize = 4;
static LOOKUPS: Semaphore = Semaphore::const_new(AT_ONCE);

pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let place = LOOKUPS.acquire().await?;
            let found = spawn_blocking(move || {
                let _place = place;
                (name.as_str(), 0).to_socket_addrs()
            });
            Ok(Box::new(found.await??) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_found() {
        let mut found = Names.resolve("localhost".parse().unwrap()).await.unwrap();
        assert!(found.all(|address| address.ip().is_loopback()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_while_others_hang_waits_without_a_thread() {
        let hanging = LOOKUPS.acquire_many(AT_ONCE.try_into().unwrap()).await.unwrap();
        let wait = tokio::time::Duration::from_secs(3);
        let waits = tokio::time::timeout(wait, Names.resolve("localhost".parse().unwrap()));
        assert!(waits.await.is_err());
        drop(hanging);
    }
}
