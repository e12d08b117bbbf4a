//! What goes through the host in pieces, in another protocol, or under App Service.

use rig::host::{FrontEnd, Mode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Echo, header, seen};

#[tokio::test]
async fn proxying_passes_an_answer_on_as_it_comes() {
    let app = Echo::new(Mode::Proxying).start().await;
    let mut answer = app.http.get(app.at("/api/echo/held")).send().await.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "first");
    assert_eq!(app.status("/api/echo/release").await, 200);
    assert_eq!(answer.chunk().await.unwrap().unwrap(), "second");
    assert!(answer.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn forwarding_keeps_an_answer_until_it_is_whole() {
    let app = Echo::new(Mode::Forwarding).start().await;
    let release = async {
        assert!(app.printed("executes GET /api/echo/held").await);
        assert_eq!(app.status("/api/echo/release").await, 200);
    };
    let (answer, ()) = tokio::join!(app.http.get(app.at("/api/echo/held")).send(), release);
    let answer = answer.unwrap();
    assert_eq!(answer.content_length(), Some(11));
    assert_eq!(answer.text().await.unwrap(), "firstsecond");
}

#[tokio::test]
async fn proxying_lets_another_protocol_through() {
    let app = Echo::new(Mode::Proxying).start().await;
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    let request = "GET /api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nx-play: switch\r\n\r\n";
    stream
        .write_all(format!("{request}hello").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 101 ") && answer.ends_with("\r\n\r\nhello"),
        "{answer}"
    );
}

/// In App Service the host believes what the front end says of scheme and host; a list of schemes breaks it.
#[tokio::test]
async fn in_app_service_a_list_of_schemes_is_a_failure_of_the_host() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let mut echo = Echo::new(mode)
            .with("WEBSITE_INSTANCE_ID", "one")
            .with("AzureFunctionsJobHost__extensions__http__hsts__isEnabled", "true");
        echo.front_end = FrontEnd::none();
        let app = echo.start().await;
        let request = |scheme| {
            app.http
                .get(app.at("/api/echo/x"))
                .header("x-forwarded-proto", scheme)
        };
        assert_eq!(
            request("https, http").send().await.unwrap().status(),
            500,
            "{mode:?}"
        );
        assert!(!app.host.log().handler_text().contains("executes GET /api/echo/x"));
        let answer = request("https")
            .header("disguised-host", "site.example")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{mode:?}");
        let seen = seen(answer).await;
        let (name, scheme) = match mode {
            Mode::Proxying => ("x-forwarded-host", "https"),
            Mode::Forwarding => ("host", "https"),
        };
        assert_eq!(header(&seen, name), ["site.example"]);
        assert_eq!(header(&seen, "x-forwarded-proto"), [scheme]);
    }
}
