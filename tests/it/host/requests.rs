//! What a request becomes on its way to the handler, in both modes.

use rig::host::{FrontEnd, Mode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Echo, Running, header, seen};

/// Sends bytes as they are and returns the answer as text.
async fn raw(app: &Running, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn forwarding_rebuilds_the_address() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let seen = app.seen("/api/echo/a%2541?x=1&flag&x=2&y=a+b").await;
    assert_eq!(seen["target"], "/api/echo/aA?x=1,2&flag=&y=a%20b");
}

#[tokio::test]
async fn proxying_keeps_the_address() {
    let app = Echo::new(Mode::Proxying).start().await;
    let seen = app.seen("/api/echo/a%2541?x=1&flag&x=2&y=a+b").await;
    assert_eq!(seen["target"], "/api/echo/a%2541?x=1&flag&x=2&y=a+b");
}

#[tokio::test]
async fn forwarding_appends_its_headers() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let request = app
        .http
        .get(app.at("/api/echo/x"))
        .header("x-azure-functions-invocationid", "mine");
    let seen = seen(
        request
            .header("user-agent", "me/1")
            .header("expires", "0")
            .send()
            .await
            .unwrap(),
    )
    .await;
    let id = header(&seen, "x-azure-functions-invocationid")[0];
    assert!(id.starts_with("mine, ") && id.len() == 6 + 36, "{id}");
    assert!(header(&seen, "user-agent")[0].starts_with("me/1 Azure-Functions-Host/4."));
    assert_eq!(header(&seen, "host"), [app.host.origin().replace("http://", "")]);
    assert!(header(&seen, "expires").is_empty());
}

#[tokio::test]
async fn proxying_overwrites_its_headers() {
    let app = Echo::new(Mode::Proxying).start().await;
    let request = app
        .http
        .get(app.at("/api/echo/x"))
        .header("x-azure-functions-invocationid", "mine");
    let request = request
        .header("x-forwarded-for", "203.0.113.7")
        .header("x-forwarded-host", "evil.example");
    let seen = seen(request.header("user-agent", "me/1").send().await.unwrap()).await;
    assert_eq!(header(&seen, "x-azure-functions-invocationid")[0].len(), 36);
    assert_eq!(
        header(&seen, "x-azure-functions-invocationid"),
        header(&seen, "x-ms-invocation-id")
    );
    assert_eq!(header(&seen, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(
        header(&seen, "x-forwarded-host"),
        [app.host.origin().replace("http://", "")]
    );
    assert_eq!(
        header(&seen, "host"),
        [format!("127.0.0.1:{}", app.host.handler_ports()[0])]
    );
    assert_eq!(header(&seen, "user-agent"), ["me/1"]);
}

#[tokio::test]
async fn forwarding_passes_a_body_with_a_length() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let request = app
        .http
        .post(app.at("/api/echo/x"))
        .header("content-type", "text/plain")
        .body("hello");
    let seen = seen(request.send().await.unwrap()).await;
    assert_eq!(seen["body"], "hello");
    assert_eq!(header(&seen, "content-type"), ["text/plain"]);
}

#[tokio::test]
async fn forwarding_loses_the_content_type_of_an_empty_body() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let request = app
        .http
        .post(app.at("/api/echo/x"))
        .header("content-type", "text/plain")
        .body("");
    let seen = seen(request.send().await.unwrap()).await;
    assert!(header(&seen, "content-type").is_empty());
}

const CHUNKED: &str = "POST /api/echo/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
                       Connection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

#[tokio::test]
async fn forwarding_fails_on_a_chunked_body() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let answer = raw(&app, CHUNKED).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "the body is not empty: {answer}");
}

#[tokio::test]
async fn proxying_passes_a_chunked_body() {
    let app = Echo::new(Mode::Proxying).start().await;
    let answer = raw(&app, CHUNKED).await;
    assert!(answer.contains(r#""body":"hello""#), "{answer}");
}

#[tokio::test]
async fn both_modes_keep_several_cookies_and_redirects() {
    for mode in [Mode::Forwarding, Mode::Proxying] {
        let app = Echo::new(mode).start().await;
        let response = app.http.get(app.at("/api/echo/moved")).send().await.unwrap();
        assert_eq!(response.status(), 302);
        assert_eq!(
            response.headers().get_all("set-cookie").iter().count(),
            2,
            "{mode:?}"
        );
        assert_eq!(response.headers()["x-from-the-host"], "yes");
    }
}

#[tokio::test]
async fn both_modes_keep_the_handlers_own_strict_transport_security() {
    for mode in [Mode::Forwarding, Mode::Proxying] {
        let app = Echo::new(mode).start().await;
        let response = app.http.get(app.at("/api/echo/x")).send().await.unwrap();
        assert_eq!(
            response.headers()["strict-transport-security"],
            "max-age=1",
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn forwarding_does_not_tell_the_handler_that_the_caller_left() {
    let app = Echo::new(Mode::Forwarding).start().await;
    app.host.ready().await.unwrap();
    app.leave("/api/echo/wait-300").await;
    assert!(app.printed("finished").await);
    assert!(!app.host.log().handler_text().contains("cancelled"));
}

#[tokio::test]
async fn proxying_cancels_the_handler_when_the_caller_leaves() {
    let app = Echo::new(Mode::Proxying).start().await;
    app.host.ready().await.unwrap();
    app.leave("/api/echo/wait-60000").await;
    assert!(app.printed("cancelled").await);
}

#[tokio::test]
async fn another_method_is_not_found() {
    let app = Echo::new(Mode::Proxying).start().await;
    assert_eq!(app.status("/api/poster").await, 404);
    assert_eq!(app.status("/api/nothing").await, 404);
    assert_eq!(app.status("/API/Echo/x").await, 200);
}

#[tokio::test]
async fn the_root_is_the_hosts_home_page() {
    let app = Echo::new(Mode::Proxying)
        .with("AzureWebJobsDisableHomepage", "true")
        .start()
        .await;
    assert_eq!(app.status("/").await, 204);
    assert_eq!(app.status("/admin/host/status").await, 401);
}

#[tokio::test]
async fn the_front_end_replaces_a_spoofed_client_certificate() {
    let mut echo = Echo::new(Mode::Proxying);
    echo.front_end = FrontEnd {
        client_certificates: true,
        shown_certificate: Some(vec![1, 2]),
        ..FrontEnd::default()
    };
    let app = echo.start().await;
    let request = app
        .http
        .get(app.at("/api/echo/x"))
        .header("x-arr-clientcert", "c3Bvb2Y=");
    let seen = seen(request.send().await.unwrap()).await;
    assert_eq!(header(&seen, "x-arr-clientcert"), ["AQI="]);
}

#[tokio::test]
async fn without_client_certificates_a_spoofed_one_goes_through() {
    let app = Echo::new(Mode::Proxying).start().await;
    let request = app
        .http
        .get(app.at("/api/echo/x"))
        .header("x-arr-clientcert", "c3Bvb2Y=");
    assert_eq!(
        header(&seen(request.send().await.unwrap()).await, "x-arr-clientcert"),
        ["c3Bvb2Y="]
    );
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_cut() {
    let mut echo = Echo::new(Mode::Forwarding);
    echo.front_end.answer_limit = std::time::Duration::from_millis(600);
    let app = echo.start().await;
    app.host.ready().await.unwrap();
    assert_eq!(app.status("/api/echo/wait-3000").await, 504);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_failure_of_the_host() {
    let app = Echo::new(Mode::Proxying)
        .with("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "10")
        .start()
        .await;
    let response = app
        .http
        .post(app.at("/api/echo/x"))
        .body("more than ten")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 500);
}
