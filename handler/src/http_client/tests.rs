use std::sync::atomic::{AtomicUsize, Ordering};

use super::loopback::{Answer, Authority, Server};
use super::*;
use crate::random::OsRandom;
use crate::telemetry::{Request, TraceContext, in_request};

const HOST: &str = "kv1.vault.azure.net";

fn client(authority: &Authority, server: &Server) -> Client {
    build(
        Some(&authority.pem()),
        "test/1",
        &[(HOST.to_owned(), server.address)],
    )
    .unwrap()
}

fn address(server: &Server) -> String {
    format!("https://{HOST}:{}/", server.address.port())
}

#[tokio::test]
async fn a_host_is_reached_where_it_stands_in_and_by_its_authority() {
    let authority = Authority::new();
    let server = Server::tls(&authority, HOST, |_| Answer::new(200, "hello")).await;
    let response = send(Party::Vendor, client(&authority, &server).get(address(&server)))
        .await
        .unwrap();
    assert_eq!(read_capped(response, 5).await.unwrap(), "hello");
    assert_eq!(server.asked()[0].header("user-agent"), Some("test/1"));
    assert_eq!(server.asked()[0].header("traceparent"), None);
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let server = Server::tls(&Authority::new(), HOST, |_| Answer::new(200, "hello")).await;
    let stranger = client(&Authority::new(), &server);
    assert!(
        send(Party::Vendor, stranger.get(address(&server)))
            .await
            .unwrap_err()
            .is_connect()
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    let server = Server::tls(&authority, "kv2.vault.azure.net", |_| Answer::new(200, "hello")).await;
    assert!(
        send(Party::Vendor, client(&authority, &server).get(address(&server)))
            .await
            .is_err()
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::plain(|_| Answer::new(302, "").with("location", "/elsewhere")).await;
    let response = build(None, "test/1", &[])
        .unwrap()
        .get(format!("http://{}/", server.address));
    assert_eq!(send(Party::Vendor, response).await.unwrap().status(), 302);
    assert_eq!(server.count("/elsewhere"), 0);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_with_and_without_a_length() {
    let server = Server::plain(|_| Answer::new(200, "too long")).await;
    let client = build(None, "test/1", &[]).unwrap();
    let response = send(Party::Vendor, client.get(format!("http://{}/", server.address)))
        .await
        .unwrap();
    assert!(matches!(
        read_capped(response, 7).await,
        Err(ReadError::TooLong(7))
    ));
    let chunks = futures::stream::iter(["too ", "long"].map(Ok::<_, std::io::Error>));
    let unsized_body = http::Response::new(reqwest::Body::wrap_stream(chunks));
    let read = read_capped(Response::from(unsized_body), 7).await;
    assert!(matches!(read, Err(ReadError::TooLong(7))));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_body() {
    let server = Server::plain(|_| Answer::new(200, "half of this").cut_off()).await;
    let client = build(None, "test/1", &[]).unwrap();
    let response = send(Party::Vendor, client.get(format!("http://{}/", server.address)))
        .await
        .unwrap();
    assert!(matches!(
        read_capped(response, 100).await,
        Err(ReadError::Broken(_))
    ));
}

#[tokio::test]
async fn an_error_does_not_tell_the_address() {
    let client = build(None, "test/1", &[]).unwrap();
    let error = send(Party::Vendor, client.get("http://127.0.0.1:1/secret-path"))
        .await
        .unwrap_err();
    assert!(!format!("{error:?} {error}").contains("secret-path"));
}

#[tokio::test]
async fn calls_made_for_a_request_belong_to_its_trace() {
    let server = Server::plain(|_| Answer::new(200, "")).await;
    let trace = TraceContext::enter(None, &OsRandom);
    let call = build(None, "test/1", &[])
        .unwrap()
        .get(format!("http://{}/", server.address));
    let request = Request {
        invocation_id: None,
        method: "GET",
        route: "/",
        trace,
    };
    in_request(request, send(Party::Vendor, call)).await.unwrap();
    assert_eq!(
        server.asked()[0].header("traceparent"),
        Some(trace.to_string().as_str())
    );
}

#[test]
fn an_authority_that_is_none_is_refused() {
    for noise in [
        "",
        "noise",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ] {
        assert!(matches!(
            build(Some(noise.as_bytes()), "test/1", &[]),
            Err(BuildError::ExtraCa)
        ));
    }
}

#[test]
fn a_user_agent_that_is_no_header_value_is_refused() {
    assert!(matches!(
        build(None, "line\nfeed", &[]),
        Err(BuildError::Client(_))
    ));
}

/// A server that answers with a head and no body.
async fn stalling() -> SocketAddr {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n")
                .await;
            open.push(stream);
        }
    });
    address
}

#[tokio::test]
async fn an_answer_holds_its_place_until_it_is_dropped_and_takes_none_of_another_party() {
    let (client, address) = (build(None, "test/1", &[]).unwrap(), stalling().await);
    let mut answers = Vec::new();
    // Others of this process may be calling, too: the last places are theirs until they are done.
    for _ in 0..OF_ISSUER {
        let call = client.get(format!("http://{address}/"));
        answers.push(send(Party::Issuer, call).await.unwrap());
    }
    assert_eq!(Party::Issuer.exchanges().available_permits(), 0);
    assert!(place(Party::Vendor).await.is_some());
    assert!(place(Party::Store).await.is_some());
    answers.clear();
    assert!(place(Party::Issuer).await.is_some());
}

/// A server that answers every request of a connection, and counts connections.
async fn counting() -> (SocketAddr, Arc<AtomicUsize>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {
                    let _ = stream
                        .write_all(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\nok")
                        .await;
                }
            });
        }
    });
    (address, count)
}

/// One connection a call uses up the ports of a busy process.
#[tokio::test]
async fn calls_to_one_host_go_over_one_connection() {
    let (client, (address, count)) = (build(None, "test/1", &[]).unwrap(), counting().await);
    for _ in 0..20 {
        let call = client.get(format!("http://{address}/"));
        let answer = send(Party::Vendor, call).await.unwrap();
        assert_eq!(read_capped(answer, 2).await.unwrap(), "ok");
        // The connection is given back behind the caller's back.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
