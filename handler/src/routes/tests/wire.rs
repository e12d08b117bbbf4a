//! What only a socket can do: chunks, bodies that stop half way, clients that leave.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::world::{Browser, World, redemption};

/// Serves the routes on a port of their own and says one request there; gives all that comes back.
async fn say(world: &World, request: &str, then_leave: bool) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(
        warp::serve(crate::routes::all(&world.gate))
            .incoming(listener)
            .run(),
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    if then_leave {
        stream.shutdown().await.unwrap();
    }
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    server.abort();
    assert!(reading.is_ok(), "no answer");
    String::from_utf8(answer).unwrap()
}

fn chunked(path: &str, chunks: &[&str]) -> String {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    );
    for chunk in chunks {
        let _ = write!(request, "{:x}\r\n{chunk}\r\n", chunk.len());
    }
    request.push_str("0\r\n\r\n");
    request
}

#[tokio::test]
async fn a_body_in_chunks_is_read() {
    let world = World::new();
    let body = super::world::encoded(&redemption("x"));
    let (one, two) = body.split_at(20);
    let answer = say(&world, &chunked("/api/token", &[one, two]), false).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("invalid_grant"), "{answer}");
}

#[tokio::test]
async fn chunks_that_add_up_to_too_much_are_refused() {
    let world = World::new();
    let chunk = "x".repeat(40 * 1024);
    let answer = say(&world, &chunked("/api/token", &[&chunk, &chunk]), false).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_length_that_is_announced_too_long_is_refused_before_the_body_comes() {
    let world = World::new();
    let request = "POST /api/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn two_lengths_that_differ_are_refused() {
    let world = World::new();
    let request = "POST /api/token HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\n\r\na=b&";
    let answer = say(&world, request, false).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

/// What a proxy and we could take for the end of a request in two ways: of both, the chunks count (RFC 9112 §6.3), and what
/// lies behind them is never part of the body.
#[tokio::test]
async fn of_a_length_and_chunks_the_chunks_count() {
    let world = World::new();
    let request = "POST /api/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40\r\n\
                   Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n\
                   3\r\na=b\r\n0\r\n\r\nclient_id=b2c&client_secret=smuggled";
    let answer = say(&world, request, false).await;
    assert!(
        answer.starts_with("HTTP/1.1 4") && answer.matches("HTTP/1.1").count() == 1,
        "{answer}"
    );
}

#[tokio::test]
async fn a_header_with_a_line_break_in_it_is_refused() {
    let world = World::new();
    let request = "GET /api/token/userinfo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer a\r\n b\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn a_callback_that_is_cut_off_is_not_stored() {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    Browser::default().authorize(&world, &ticket, "").await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{{\"account\":"
    );
    say(&world, &request, true).await;
    world.calm().await;
    assert_eq!(world.vendor.fetches(), 0);
}

#[tokio::test]
async fn a_forged_credential_is_refused_before_the_body_comes() {
    let world = World::new();
    let request =
        "POST /api/callback/forged HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let world = World::new();
    let request = "HEAD /api/token/keys HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_that_is_no_http_ends_with_a_bare_400() {
    let world = World::new();
    let answer = say(&world, "NONSENSE\r\n\r\n", false).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let world = World::new();
    let request = "GET /api/token/userinfo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                   Authorization: Bearer a\r\nAuthorization: Bearer a\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(
        answer.starts_with("HTTP/1.1 401") && answer.contains("one Authorization header"),
        "{answer}"
    );
}

#[tokio::test]
async fn of_two_invocation_ids_the_hosts_own_is_told() {
    let world = World::new();
    let request = "GET /api/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                   X-Azure-Functions-InvocationId: made-up-by-the-client\r\n\
                   X-Azure-Functions-InvocationId: 7c9e6679-7425-40de-944b-e07fc1f90ae7\r\n\r\n";
    let answer = say(&world, request, false).await;
    assert!(
        answer.contains("\"requestId\":\"7c9e6679-7425-40de-944b-e07fc1f90ae7\""),
        "{answer}"
    );
}
