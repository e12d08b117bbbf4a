//! Start, exit, kill.

use std::time::{Duration, Instant};

use rig::host::{Level, Mode};

use super::Echo;

pub(super) fn exists(process: u32) -> bool {
    std::path::Path::new(&format!("/proc/{process}")).exists()
}

#[tokio::test]
async fn the_handler_gets_the_hosts_variables_and_the_app_settings() {
    let app = Echo::new(Mode::Proxying).start().await;
    let seen = app.seen("/api/echo/x").await;
    let variables = &seen["variables"];
    let port = app.host.handler_ports()[0].to_string();
    assert_eq!(variables["FUNCTIONS_CUSTOMHANDLER_PORT"], port);
    assert_eq!(variables["FUNCTIONS_HTTPWORKER_PORT"], port);
    assert_eq!(
        variables["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"]
            .as_str()
            .unwrap()
            .len(),
        36
    );
    assert_eq!(variables["SOME_SETTING"], "its value");
    for absent in [
        "FUNCTIONS_WORKER_DIRECTORY",
        "FUNCTIONS_APPLICATION_DIRECTORY",
        "HTTP_PROXY",
        "http_proxy",
    ] {
        assert!(variables.get(absent).is_none(), "{absent}");
    }
}

#[tokio::test]
async fn a_request_waits_until_the_handler_listens() {
    let app = Echo::new(Mode::Forwarding)
        .with("ECHO_READY_AFTER_MS", "400")
        .start()
        .await;
    let begin = Instant::now();
    assert_eq!(app.status("/api/echo/x").await, 200);
    assert!(begin.elapsed() >= Duration::from_millis(350));
}

#[tokio::test]
async fn an_exit_is_followed_by_a_restart_on_the_same_port() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let (port, first) = (app.host.handler_ports(), app.seen("/api/echo/x").await);
    assert_eq!(app.crash(7).await, 500);
    assert!(app.host_said("ended with 7", 1).await);
    let second = app.seen("/api/echo/x").await;
    assert_ne!(first["process"], second["process"]);
    assert_eq!(port, app.host.handler_ports());
    assert!(
        app.host
            .log()
            .errors()
            .iter()
            .any(|line| line.text.contains("ended with 7"))
    );
}

/// In both modes; a request that was open is answered all the same.
#[tokio::test]
async fn the_third_crash_stops_the_host() {
    let app = Echo::new(Mode::Forwarding).start().await;
    for crash in 1..=3 {
        assert_eq!(app.crash(1).await, 500);
        assert!(crash == 3 || app.host_said("ended with 1", crash).await);
    }
    assert!(app.host_said("restart retry count", 1).await);
    assert!(app.refuses().await);
}

#[tokio::test]
async fn exit_code_200_restarts_for_ever() {
    let app = Echo::new(Mode::Forwarding).start().await;
    for exit in 1..=4 {
        app.crash(200).await;
        assert!(app.host_said("ended with 200", exit).await);
    }
    assert_eq!(app.status("/api/echo/x").await, 200);
}

#[tokio::test]
async fn exit_code_0_is_death_unnoticed() {
    let app = Echo::new(Mode::Forwarding).start().await;
    assert_eq!(app.crash(0).await, 500);
    assert_eq!(app.status("/api/echo/x").await, 500);
    app.host.kill_handlers().await;
    assert_eq!(app.status("/api/echo/x").await, 200);
}

#[tokio::test]
async fn a_handler_that_never_listens_is_restarted_twice_then_given_up() {
    let app = Echo::new(Mode::Forwarding)
        .with(
            "AzureFunctionsJobHost__customHandler__initializationTimeout",
            "00:00:00.2",
        )
        .with("ECHO_READY_AFTER_MS", "60000")
        .start()
        .await;
    assert_eq!(app.status("/api/echo/x").await, 500);
}

#[tokio::test]
async fn a_missing_program_makes_requests_hang_until_the_host_gives_up() {
    let app = Echo::new(Mode::Forwarding)
        .with(
            "AzureFunctionsJobHost__customHandler__initializationTimeout",
            "00:00:00.1",
        )
        .with(
            "AzureFunctionsJobHost__customHandler__description__defaultExecutablePath",
            "no-such-program",
        )
        .start()
        .await;
    let begin = Instant::now();
    assert_eq!(app.status("/api/echo/x").await, 500);
    assert!(begin.elapsed() >= Duration::from_millis(300));
    assert!(
        app.host.log().errors()[0]
            .text
            .starts_with("Failed to start Worker Channel")
    );
}

#[tokio::test]
async fn killing_many_times_never_counts() {
    let app = Echo::new(Mode::Proxying).start().await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..6 {
        app.host.ready().await.unwrap();
        let process = app.host.handler_ids()[0];
        app.host.kill_handlers().await;
        assert!(!exists(process), "still there after the kill");
        assert!(seen.insert(process));
        assert_eq!(app.status("/api/echo/x").await, 200);
    }
}

#[tokio::test]
async fn a_stopped_host_leaves_no_process() {
    let app = Echo::new(Mode::Proxying).start().await;
    app.host.ready().await.unwrap();
    let processes = app.host.handler_ids();
    app.host.stop().await;
    assert!(!processes.is_empty() && !processes.into_iter().any(exists));
}

#[tokio::test]
async fn a_dropped_host_leaves_no_process() {
    let app = Echo::new(Mode::Proxying).start().await;
    app.host.ready().await.unwrap();
    let processes = app.host.handler_ids();
    drop(app);
    for _ in 0..100 {
        if !processes.iter().copied().any(exists) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("left behind: {processes:?}");
}

#[tokio::test]
async fn standard_error_becomes_an_error_unless_it_says_warn() {
    let app = Echo::new(Mode::Proxying).start().await;
    assert!(app.printed("looks like an error").await);
    let lines = app.host.log().lines();
    let level = |text: &str| lines.iter().find(|line| line.text.contains(text)).unwrap().level;
    assert_eq!(level("this is written to standard error"), Level::Warning);
    assert_eq!(level("looks like an error"), Level::Error);
}
