//! Time-outs of the host, each shortened by its setting.

use std::time::Duration;

use rig::host::Mode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Echo, Running};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(600);

impl Running {
    /// Sends these bytes, keeps the connection open, and tells what comes until it ends.
    async fn answer_to(&self, bytes: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// How often the handler was ended because a function took too long.
    fn restarts(&self) -> usize {
        let errors = self.host.log().errors();
        errors
            .iter()
            .filter(|line| line.text.contains("A function timeout has occurred"))
            .count()
    }
}

/// An app whose functions have a moment, and where the handler is ended so long after it.
pub(super) fn impatient(mode: Mode, grace: Duration) -> Echo {
    let mut echo = Echo::new(mode).with("AzureFunctionsJobHost__functionTimeout", "00:00:00.6");
    echo.times.kill_grace = grace;
    echo.times.longest_pause = Duration::from_millis(50);
    echo
}

#[tokio::test]
async fn headers_that_do_not_end_are_answered_with_408() {
    let mut echo = Echo::new(Mode::Proxying);
    echo.times.head = SHORT;
    let app = echo.start().await;
    let answer = app
        .answer_to("GET /api/echo/x HTTP/1.1\r\nHost: a\r\n")
        .await
        .to_lowercase();
    assert!(answer.starts_with("http/1.1 408 request timeout\r\n"), "{answer}");
    assert!(
        answer.contains("connection: close") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let mut echo = Echo::new(Mode::Proxying);
    echo.times.keep_alive = SHORT;
    let app = echo.start().await;
    assert_eq!(app.answer_to("").await, "");
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_answered_with_500() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let mut echo = Echo::new(mode);
        (echo.times.body_grace, echo.times.linger) = (SHORT, SHORT);
        let app = echo.start().await;
        let head = "POST /api/echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
        let answer = app.answer_to(&format!("{head}slow")).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{mode:?}: {answer}");
    }
}

#[tokio::test]
async fn chunks_over_the_limit_are_a_failure_of_the_host() {
    let app = Echo::new(Mode::Proxying)
        .with("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "3")
        .start()
        .await;
    let head =
        "POST /api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = app.answer_to(&format!("{head}4\r\nmore\r\n0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
}

/// The whole handler is ended, and everybody's requests with it.
#[tokio::test]
async fn a_function_that_runs_too_long_costs_the_handler_its_life() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let app = impatient(mode, 2 * SHORT).start().await;
        let before = app.seen("/api/echo/x").await["process"].clone();
        let bystander = async {
            // Later, so that its own time is not over when the handler goes.
            assert!(app.printed("executes GET /api/echo/hang").await);
            let request = app.http.post(app.at("/api/echo/wait-60000")).body("body");
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(
            tokio::join!(app.status("/api/echo/hang"), bystander),
            (500, 500),
            "{mode:?}"
        );
        assert!(app.host_said("Timeout value exceeded by function: echo", 1).await);
        assert_ne!(app.seen("/api/echo/x").await["process"], before);
    }
}

#[tokio::test]
async fn a_function_that_ends_in_the_last_moment_is_answered() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let app = impatient(mode, LONG).start().await;
        assert_eq!(app.status("/api/echo/wait-700").await, 200, "{mode:?}");
        assert!(app.host_said("Timeout value exceeded", 1).await);
        assert_eq!(app.restarts(), 0);
    }
}

#[tokio::test]
async fn forwarding_ends_the_handler_for_a_caller_who_left() {
    let app = impatient(Mode::Forwarding, Duration::ZERO).start().await;
    app.host.ready().await.unwrap();
    app.leave("/api/echo/hang").await;
    assert!(app.host_said("A function timeout has occurred", 1).await);
}

/// Its function ended with it: only the second one is too long.
#[tokio::test]
async fn proxying_forgets_a_caller_who_left() {
    let app = impatient(Mode::Proxying, Duration::ZERO).start().await;
    app.host.ready().await.unwrap();
    app.leave("/api/echo/hang").await;
    assert!(app.printed("cancelled").await);
    assert_eq!(app.status("/api/echo/hang").await, 500);
    assert_eq!(app.restarts(), 1);
}

/// As packaged, the proxy gives up in the same moment as the function's time is over, and so saves the handler.
#[tokio::test]
async fn a_proxy_that_gives_up_first_saves_the_handler() {
    let mut echo = impatient(Mode::Proxying, LONG);
    echo.times.activity = Duration::from_millis(600);
    let app = echo.start().await;
    let before = app.seen("/api/echo/x").await["process"].clone();
    assert_eq!(app.status("/api/echo/hang").await, 500);
    assert_eq!(app.seen("/api/echo/x").await["process"], before);
    assert_eq!(app.restarts(), 0);
}

/// An answer that is never delivered whole is a function that never ends.
#[tokio::test]
async fn an_answer_that_does_not_end_costs_the_handler_its_life() {
    let app = impatient(Mode::Proxying, Duration::ZERO).start().await;
    app.host.ready().await.unwrap();
    let answer = app.http.get(app.at("/api/echo/held")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err());
    assert!(app.host_said("A function timeout has occurred", 1).await);
}
