//! SIGTERM to the host.

use std::time::Duration;

use rig::host::Mode;

use super::Echo;
use super::limits::impatient;
use super::start::exists;

/// The host waits for open requests, and the handler hears nothing before it is killed.
#[tokio::test]
async fn a_host_that_is_told_to_end_answers_what_is_open() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let app = Echo::new(mode).start().await;
        let end = async {
            assert!(app.printed("executes GET /api/echo/held").await);
            let process = app.host.handler_ids()[0];
            let release = async {
                assert!(app.refuses().await, "{mode:?}: a new request was let in");
                let handler = format!("http://127.0.0.1:{}/release", app.host.handler_ports()[0]);
                assert_eq!(app.http.get(handler).send().await.unwrap().status(), 200);
            };
            tokio::join!(app.host.drain(), release);
            process
        };
        let (answer, process) = tokio::join!(app.http.get(app.at("/api/echo/held")).send(), end);
        assert_eq!(answer.unwrap().text().await.unwrap(), "firstsecond", "{mode:?}");
        assert!(!exists(process));
        assert!(!app.host.log().handler_text().contains("told to end"));
    }
}

#[tokio::test]
async fn a_host_that_is_told_to_end_waits_no_longer_than_a_function_may_run() {
    let app = impatient(Mode::Forwarding, Duration::ZERO).start().await;
    let end = async {
        assert!(app.printed("executes GET /api/echo/hang").await);
        app.host.drain().await;
    };
    let (status, ()) = tokio::join!(app.status("/api/echo/hang"), end);
    assert_eq!(status, 500);
}
