//! What the host sends again after a connection broke, and what that can do.

use std::collections::BTreeSet;
use std::time::Duration;

use rig::host::Mode;

use super::{Echo, Running};

const NOTHING: &str = "bytes ";

impl Running {
    /// What the handler executed under this method and path: the ids of the invocations, in order.
    fn executed(&self, method: &str, path: &str) -> Vec<String> {
        let begin = format!("warning: executes {method} {path} ");
        let text = self.host.log().handler_text();
        text.lines()
            .filter_map(|line| line.strip_prefix(&begin))
            .map(str::to_owned)
            .collect()
    }

    /// How many attempts of the host failed.
    fn attempts(&self) -> usize {
        let lines = self.host.log().lines();
        lines
            .iter()
            .filter(|line| line.text.contains("Failed to proxy request"))
            .count()
    }

    /// Sends this, with or without a body, and tells the status.
    async fn send(&self, method: &str, path: &str, body: Option<&'static str>) -> u16 {
        let mut request = self.http.request(method.parse().unwrap(), self.at(path));
        if let Some(body) = body {
            request = request.body(body);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// The handler is killed while it executes this.
    async fn killed_during(
        &self,
        method: &str,
        path: &str,
        body: Option<&'static str>,
    ) -> (u16, Vec<String>) {
        let kill = async {
            assert!(self.printed(&format!("executes {method} {path} ")).await);
            self.host.kill_handlers().await;
        };
        let (status, ()) = tokio::join!(self.send(method, path, body), kill);
        (status, self.executed(method, path))
    }

    /// The handler closes the connection instead of answering: the status, and how often it executed the request.
    async fn unanswered(&self, method: &str, path: &str, body: Option<&'static str>) -> (u16, usize) {
        let mut request = self.http.request(method.parse().unwrap(), self.at(path));
        request = request.header("x-play", NOTHING).header("x-then", "close");
        if let Some(body) = body {
            request = request.body(body);
        }
        let status = request.send().await.unwrap().status().as_u16();
        (status, self.executed(method, path).len())
    }
}

#[tokio::test]
async fn proxying_sends_what_has_no_body_to_the_next_process() {
    let app = Echo::new(Mode::Proxying).start().await;
    for (method, path, body) in [
        ("GET", "/api/echo/wait-300", None),
        ("POST", "/api/echo/wait-301", Some("")),
    ] {
        let (status, ids) = app.killed_during(method, path, body).await;
        assert_eq!((status, ids.len()), (200, 2), "{method}");
        assert_eq!(ids[0], ids[1], "another invocation");
    }
}

#[tokio::test]
async fn proxying_sends_a_body_only_once() {
    let mut echo = Echo::new(Mode::Proxying);
    echo.times.longest_pause = Duration::from_millis(50);
    let app = echo.start().await;
    let (status, ids) = app
        .killed_during("POST", "/api/echo/wait-60000", Some("body"))
        .await;
    assert_eq!((status, ids.len()), (500, 1));
}

/// What could not be sent at all is sent later, with its body.
#[tokio::test]
async fn proxying_sends_a_body_to_a_process_that_starts_meanwhile() {
    let app = Echo::new(Mode::Proxying).start().await;
    assert_eq!(app.crash(0).await, 500);
    let before = app.attempts();
    let start = async {
        while app.attempts() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        app.host.kill_handlers().await;
    };
    let (status, ()) = tokio::join!(app.send("POST", "/api/echo/x", Some("body")), start);
    assert_eq!((status, app.executed("POST", "/api/echo/x").len()), (200, 1));
}

#[tokio::test]
async fn forwarding_sends_nothing_to_the_next_process() {
    let app = Echo::new(Mode::Forwarding).start().await;
    for (method, path, body) in [
        ("GET", "/api/echo/wait-60000", None),
        ("POST", "/api/echo/wait-60001", Some("body")),
    ] {
        let (status, ids) = app.killed_during(method, path, body).await;
        assert_eq!((status, ids.len()), (500, 1), "{method}");
    }
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_repeats_the_request() {
    for (mode, [get, empty, full]) in [(Mode::Proxying, [40, 10, 1]), (Mode::Forwarding, [4, 4, 1])] {
        let mut echo = Echo::new(mode);
        (echo.times.first_pause, echo.times.longest_pause) =
            (Duration::from_millis(1), Duration::from_millis(1));
        let app = echo.start().await;
        assert_eq!(
            app.unanswered("GET", "/api/echo/a", None).await,
            (500, get),
            "{mode:?}"
        );
        assert_eq!(
            app.unanswered("POST", "/api/echo/b", Some("")).await,
            (500, empty),
            "{mode:?}"
        );
        assert_eq!(
            app.unanswered("POST", "/api/echo/c", Some("body")).await,
            (500, full),
            "{mode:?}"
        );
    }
}

/// It is executed, ends the process, is sent again, and again: the third exit ends the host.
#[tokio::test]
async fn one_request_that_ends_the_process_ends_a_proxying_host() {
    let app = Echo::new(Mode::Proxying).start().await;
    assert_eq!(app.status("/api/echo/exit-1").await, 500);
    assert_eq!(app.executed("GET", "/api/echo/exit-1").len(), 3);
    assert!(app.host_said("restart retry count", 1).await);
    assert!(app.refuses().await);
}

/// The other instances do not mind.
#[tokio::test]
async fn an_instance_that_ended_is_passed_over() {
    let mut echo = Echo::new(Mode::Proxying);
    echo.instances = 2;
    let app = echo.start().await;
    app.host.ready().await.unwrap();
    assert_eq!(app.status("/api/echo/exit-1").await, 500);
    let mut processes = BTreeSet::new();
    for _ in 0..4 {
        processes.insert(app.seen("/api/echo/x").await["process"].as_u64().unwrap());
    }
    assert_eq!(processes.len(), 1);
}

#[tokio::test]
async fn exit_code_0_fails_every_request_for_good_in_proxying_too() {
    let mut echo = Echo::new(Mode::Proxying);
    (echo.times.first_pause, echo.times.longest_pause) = (Duration::from_millis(1), Duration::from_millis(1));
    let app = echo.start().await;
    assert_eq!(app.crash(0).await, 500);
    assert_eq!(app.status("/api/echo/x").await, 500);
}

/// Connections to the handler are kept: it must not close them while they may be used.
#[tokio::test]
async fn connections_to_the_handler_are_used_again() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let app = Echo::new(mode).start().await;
        let mut connections = BTreeSet::new();
        for _ in 0..20 {
            connections.insert(app.seen("/api/echo/x").await["connection"].as_u64().unwrap());
        }
        assert!(connections.len() < 20, "{mode:?}");
    }
}
