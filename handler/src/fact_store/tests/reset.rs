//! A container whose connection is reset in the middle of a write.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// What the first write came to before its connection was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// Nothing.
    Lost,
    /// It was there already, or became so.
    Kept(&'static str),
}

/// Serves one connection after the other: the first is closed without an answer once its request is there.
async fn blobs(first: First) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for nth in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 16 * 1024];
            let mut seen = Vec::new();
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                seen.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&seen);
                let is_whole =
                    text.contains("\r\n\r\n") && (text.starts_with("GET") || text.ends_with("mine"));
                if read == 0 || is_whole {
                    break;
                }
            }
            if nth == 0 {
                continue; // dropped: the connection ends without an answer
            }
            let is_read = seen.starts_with(b"GET");
            let answer = match first {
                First::Lost => {
                    "HTTP/1.1 201 Created\r\netag: \"1\"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                        .to_owned()
                }
                First::Kept(text) if is_read => format!(
                    "HTTP/1.1 200 OK\r\netag: \"1\"\r\nlast-modified: Tue, 03 Feb 2026 10:00:00 GMT\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
                    text.len()
                ),
                First::Kept(_) => {
                    "HTTP/1.1 409 Conflict\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
                }
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}

async fn written(first: First) -> Created {
    let address = blobs(first).await;
    let store = open(&Place::Container(Box::new(Container {
        address: format!("http://{address}/account/facts").parse().unwrap(),
        access: Access::Key("a2V5".to_owned().into()),
        client: http_client::build(None, "test", &[]).unwrap(),
    })))
    .unwrap();
    store.create("a/b.json", bytes("mine")).await.unwrap()
}

#[tokio::test]
async fn a_write_whose_connection_was_reset_is_repeated() {
    assert_eq!(written(First::Lost).await, Created::New);
}

#[tokio::test]
async fn a_write_that_took_effect_before_the_reset_is_ours() {
    assert_eq!(written(First::Kept("mine")).await, Created::New);
}

#[tokio::test]
async fn a_document_of_somebody_else_is_not_taken_for_ours_after_a_reset() {
    assert_eq!(written(First::Kept("theirs")).await, Created::Existed);
}
