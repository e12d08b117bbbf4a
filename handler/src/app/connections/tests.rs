use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::yield_now;
use tokio::time::advance;
use warp::Filter as _;

use super::*;

/// A server that answers everything with nothing, until the test ends.
async fn server() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let filter = warp::any().map(|| Response::new("ok".into())).boxed();
    tokio::spawn(serve(listener, filter, std::future::pending()));
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
    let served = tokio::spawn(serve(listener, filter.boxed(), async move {
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
        let (_, watcher) = Watched::new(());
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
        watcher.begin();
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
