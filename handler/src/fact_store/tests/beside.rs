//! A container beside others that are called, and hang.

use crate::http_client::loopback::{Answer, Server};

use super::*;

/// More calls than there may be at once.
const CALLS: usize = 200;

#[tokio::test]
async fn a_vendor_that_hangs_keeps_no_operation_of_the_store_waiting() {
    let client = http_client::build(None, "test", &[]).unwrap();
    let hanging = Server::plain(|_| Answer::new(200, "").after(Duration::from_secs(600))).await;
    for _ in 0..CALLS {
        let call = client.get(format!("http://{}/", hanging.address));
        tokio::spawn(http_client::send(Party::Vendor, call));
    }
    while hanging.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    let blobs = Server::plain(|_| {
        Answer::new(200, "mine")
            .with("etag", "\"1\"")
            .with("last-modified", "Tue, 03 Feb 2026 10:00:00 GMT")
    })
    .await;
    let store = open(&Place::Container(Box::new(Container {
        address: format!("http://{}/account/facts", blobs.address).parse().unwrap(),
        access: Access::Key("a2V5".to_owned().into()),
        client,
    })))
    .unwrap();
    assert_eq!(store.read("a/b.json").await.unwrap(), Some(bytes("mine")));
}
