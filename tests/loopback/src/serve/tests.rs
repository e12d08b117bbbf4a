use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

async fn echo() -> Server {
    let echo = answering(async |request: Request| Answer::body(200, "text/plain", request.body));
    Server::start(Listen::default(), echo).await.unwrap()
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let server = echo().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let mut request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1048577\r\n\r\n".to_vec();
    request.extend(vec![b'x'; (1 << 20) + 1]);
    assert!(exchange(&mut stream, &request).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn dropping_the_server_ends_its_connections() {
    let server = echo().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
    assert!(exchange(&mut stream, request).await.ends_with("hi"));
    drop(server);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
}

#[tokio::test]
async fn an_address_others_can_reach_is_refused() {
    let refused = bind("0.0.0.0:0".parse().unwrap()).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
}
