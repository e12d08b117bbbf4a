//! Who has a place among the requests that are worked on, and who waits without one.

use warp::http::StatusCode;

use super::*;
use crate::routes::traffic::Admission;

/// A server with one place that answers `/`, `/quick` at once and `/slow` never, and says who found no place.
async fn with_one_place() -> std::net::SocketAddr {
    let parts = warp::path::full().and(warp::ext::optional::<Admission>());
    let filter = parts.then(
        |path: warp::path::FullPath, admission: Option<Admission>| async move {
            let told = admission.and_then(|admission| admission.take());
            if path.as_str() == "/slow" {
                std::future::pending::<()>().await;
            }
            let mut answer = Response::new("ok".into());
            if matches!(told, Some(Err(_))) {
                *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            }
            answer
        },
    );
    serving(filter.boxed(), 1).await
}

async fn connected(address: std::net::SocketAddr, says: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(says.as_bytes()).await.unwrap();
    // Everybody waits: it has been looked at.
    sleep(Duration::from_millis(1)).await;
    stream
}

async fn heard(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 512];
    let length = stream.read(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n")
}

const SOON: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn heads_that_do_not_come_keep_nobody_waiting() {
    let address = with_one_place().await;
    let mut strangers = Vec::new();
    for says in ["G", "GET /quick HTTP/1.1\r\nhost: h\r\n", "\r\n\r\n"] {
        strangers.push(connected(address, says).await);
    }
    let began = Instant::now();
    let mut honest = connected(address, &get("/quick")).await;
    assert!(heard(&mut honest).await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_head_in_pieces_is_read_when_it_is_whole() {
    let address = with_one_place().await;
    let mut slow = connected(address, "GET /quick HTTP/1.1\r\n").await;
    for piece in ["ho", "st: h\r", "\n\r"] {
        slow.write_all(piece.as_bytes()).await.unwrap();
        sleep(SOON).await;
    }
    slow.write_all(b"\n").await.unwrap();
    assert!(heard(&mut slow).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_has_no_place() {
    let address = with_one_place().await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        let mut stream = connected(address, &get("/quick")).await;
        assert!(heard(&mut stream).await.starts_with("HTTP/1.1 200"));
        idle.push(stream);
    }
    for mut stream in idle {
        assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_ping_waits_for_nobody() {
    let address = with_one_place().await;
    let _held = connected(address, &get("/slow")).await;
    let _waits = connected(address, &get("/quick")).await;
    let began = Instant::now();
    let mut host = connected(address, "").await;
    assert!(answered(&mut host).await.starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_in_time_is_told() {
    let address = with_one_place().await;
    let _held = connected(address, &get("/slow")).await;
    let began = Instant::now();
    let mut waits = connected(address, &get("/quick")).await;
    assert!(heard(&mut waits).await.starts_with("HTTP/1.1 503"));
    assert!(began.elapsed() >= Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

/// Nobody who pools connections sends the next request before the answer.
#[tokio::test(start_paused = true)]
async fn after_two_requests_at_once_the_connection_ends() {
    let address = with_one_place().await;
    let mut ahead = connected(address, &get("/quick").repeat(2)).await;
    let answer = heard(&mut ahead).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(is_ended(&mut ahead).await);
}

#[tokio::test(start_paused = true)]
async fn a_longer_head_than_is_read_is_refused() {
    let address = with_one_place().await;
    let header = format!("x: {}\r\n", "a".repeat(9_000));
    let head = format!("GET /quick HTTP/1.1\r\nhost: h\r\n{}", header.repeat(8));
    let mut stream = connected(address, &head).await;
    assert!(heard(&mut stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test(start_paused = true)]
async fn a_head_as_long_as_the_host_lets_through_is_read() {
    let address = with_one_place().await;
    let header = format!("x: {}\r\n", "a".repeat(9_000));
    let head = format!("GET /quick HTTP/1.1\r\nhost: h\r\n{}\r\n", header.repeat(5));
    let mut stream = connected(address, &head).await;
    assert!(heard(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_comes_before_the_end_undoes_it() {
    let watcher = Watcher::new();
    watcher.close();
    watcher.wait();
    assert!(!is_closed(&watcher).await);
    watcher.close();
    assert!(is_closed(&watcher).await);
}
