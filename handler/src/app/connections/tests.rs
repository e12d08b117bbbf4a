mod places;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::yield_now;
use tokio::time::advance;
use warp::Filter as _;

use super::*;

/// As many places as no test needs.
const PLACES: usize = 100;

/// A server that answers everything with nothing, until the test ends.
async fn server() -> std::net::SocketAddr {
    serving(warp::any().map(|| Response::new("ok".into())).boxed(), PLACES).await
}

/// A server until the test ends.
async fn serving(filter: BoxedFilter<(Response,)>, places: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let work = Arc::new(Work::new(places));
    tokio::spawn(serve(listener, filter, work, std::future::pending()));
    address
}

async fn answered(stream: &mut TcpStream) -> String {
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .unwrap();
    let mut buffer = [0; 512];
    let length = stream.read(&mut buffer).await.unwrap();
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// An alarm is for what an operator can mend.
#[test]
fn who_has_left_before_they_were_heard_is_no_error_of_ours() {
    for kind in [
        ErrorKind::ConnectionAborted,
        ErrorKind::ConnectionReset,
        ErrorKind::Interrupted,
    ] {
        assert!(has_left(&kind.into()), "{kind}");
    }
    // No file descriptors are left.
    assert!(!has_left(&io::Error::from_raw_os_error(24)));
}

#[tokio::test]
async fn a_connection_serves_one_request_after_the_other() {
    let mut stream = TcpStream::connect(server().await).await.unwrap();
    for _ in 0..3 {
        assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_ends_its_connection() {
    let mut stream = TcpStream::connect(server().await).await.unwrap();
    stream.write_all(b"GET / HT").await.unwrap();
    // Time stands still until everybody waits; then it goes on by itself.
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
}

/// A server whose answers wait until they are allowed.
struct Gated {
    address: std::net::SocketAddr,
    begun: watch::Receiver<u32>,
    may: watch::Sender<bool>,
}

impl Gated {
    async fn start() -> Self {
        let (tell, begun) = watch::channel(0);
        let (may, allowed) = watch::channel(false);
        let filter = warp::any().and(warp::body::bytes()).then(move |_| {
            let (tell, mut allowed) = (tell.clone(), allowed.clone());
            async move {
                tell.send_modify(|begun| *begun += 1);
                let _gone = allowed.wait_for(|may| *may).await;
                Response::new("ok".into())
            }
        });
        let address = serving(filter.boxed(), PLACES).await;
        Self { address, begun, may }
    }

    /// Sends the first piece, the second when the request is being worked on, and reads what is answered.
    async fn answers(&mut self, first: &str, second: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        self.begun.wait_for(|begun| *begun > 0).await.unwrap();
        stream.write_all(second.as_bytes()).await.unwrap();
        // Everybody waits: it has been read.
        sleep(Duration::from_millis(1)).await;
        self.may.send_replace(true);
        let mut buffer = [0; 512];
        let length = stream.read(&mut buffer).await.unwrap();
        let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        stream
    }
}

/// Whether the server ends it within a minute.
async fn is_ended(stream: &mut TcpStream) -> bool {
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut [0; 1])).await;
    matches!(read, Ok(Ok(0)))
}

const ASKS: &str = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";
const POSTS: &str = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_head_that_begins_while_a_request_is_served_and_does_not_come_ends_its_connection() {
    for (first, second) in [
        (ASKS.to_owned(), "G"),
        (format!("{ASKS}G"), ""),
        (format!("{POSTS}abcG"), ""),
        (format!("{POSTS}abc"), "POST"),
    ] {
        let mut stream = Gated::start().await.answers(&first, second).await;
        assert!(is_ended(&mut stream).await, "{first:?} {second:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_not_taken_for_a_head() {
    for pieces in [[ASKS, ""], ["\r\nGET / HTTP/1.1\nhost: h\n\n", ""]] {
        let mut stream = Gated::start().await.answers(pieces[0], pieces[1]).await;
        assert!(!is_ended(&mut stream).await, "{pieces:?}");
        assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    let gated = Gated::start().await;
    gated.may.send_replace(true);
    may_come_in_pieces(gated.address).await;
}

/// Whoever answers before the body is there goes on reading it.
#[tokio::test(start_paused = true)]
async fn a_body_that_comes_after_the_answer_is_not_taken_for_a_head() {
    let filter = warp::any().and(warp::body::stream()).map(|body| {
        tokio::spawn(futures::StreamExt::for_each(Box::pin(body), |_| {
            std::future::ready(())
        }));
        Response::new("ok".into())
    });
    may_come_in_pieces(serving(filter.boxed(), PLACES).await).await;
}

async fn may_come_in_pieces(address: std::net::SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    for piece in [POSTS, "a", "bc"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        sleep(Duration::from_millis(1)).await;
    }
    assert!(stream.read(&mut [0; 512]).await.unwrap() > 0);
    assert!(!is_ended(&mut stream).await);
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"));
}

/// Where a body in chunks ends, and the next head begins, only the server's own reader knows.
#[tokio::test(start_paused = true)]
async fn after_a_body_in_chunks_the_connection_ends() {
    let mut stream = TcpStream::connect(server().await).await.unwrap();
    let chunks = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    stream.write_all(chunks.as_bytes()).await.unwrap();
    let mut buffer = [0; 512];
    let length = stream.read(&mut buffer).await.unwrap();
    let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(is_ended(&mut stream).await);
}

#[tokio::test]
async fn an_end_is_waited_for_until_the_request_is_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (tell, mut told_begun) = watch::channel(false);
    let (answer, answers) = watch::channel(false);
    let filter = warp::any().then(move || {
        let (tell, mut answers) = (tell.clone(), answers.clone());
        async move {
            tell.send_replace(true);
            let _gone = answers.wait_for(|may| *may).await;
            Response::new("late".into())
        }
    });
    let (stop, mut asked) = watch::channel(false);
    let work = Arc::new(Work::new(PLACES));
    let served = tokio::spawn(serve(listener, filter.boxed(), work, async move {
        let _gone = asked.wait_for(|asked| *asked).await;
    }));
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .await
        .unwrap();
    told_begun.wait_for(|begun| *begun).await.unwrap();
    stop.send_replace(true);
    yield_now().await;
    answer.send_replace(true);
    let mut told = String::new();
    stream.read_to_string(&mut told).await.unwrap();
    assert!(told.ends_with("late"), "{told}");
    served.await.unwrap();
}

fn watchers(open: &Open, count: usize) -> Vec<(Entry, Watcher)> {
    let one = |_| {
        let watcher = Watcher::new();
        (open.add(watcher.clone()), watcher)
    };
    (0..count).map(one).collect()
}

/// Whether it was told to end.
async fn is_closed(watcher: &Watcher) -> bool {
    tokio::time::timeout(Duration::ZERO, watcher.closed())
        .await
        .is_ok()
}

#[tokio::test(start_paused = true)]
async fn of_too_many_idle_connections_the_oldest_are_closed_and_no_young_one() {
    let open = Open::default();
    let old = watchers(&open, KEPT);
    advance(POOLED).await;
    let young = watchers(&open, 2);
    open.tidy(Instant::now());
    let mut closed = 0;
    for (_, watcher) in &old {
        closed += usize::from(is_closed(watcher).await);
    }
    assert_eq!(closed, 2);
    for (_, watcher) in &young {
        assert!(!is_closed(watcher).await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_serves_is_never_closed() {
    let open = Open::default();
    let all = watchers(&open, KEPT + 10);
    for (_, watcher) in &all {
        watcher.begin(0);
    }
    advance(POOLED * 2).await;
    open.tidy(Instant::now());
    for (_, watcher) in &all {
        assert!(!is_closed(watcher).await);
    }
}

#[tokio::test(start_paused = true)]
async fn so_many_connections_as_are_kept_may_be_idle_for_ever() {
    let open = Open::default();
    let all = watchers(&open, KEPT);
    advance(POOLED * 100).await;
    open.tidy(Instant::now());
    for (_, watcher) in &all {
        assert!(!is_closed(watcher).await);
    }
}
