//! Pages of other origins: who answers their browsers on which plan.

use reqwest::Method;
use reqwest::header::{self, HeaderMap};
use rig::host::{Cors, Mode};
use serde_json::json;

use super::{Echo, Running};

const PAGE: &str = "https://page.example";
const BOTH: [Mode; 2] = [Mode::Proxying, Mode::Forwarding];

/// With a function for preflights, `open`, and one without, `closed`.
async fn app(mode: Mode, cors: Cors) -> Running {
    let mut echo = Echo::bare(mode);
    echo.front_end.cors = cors;
    let open = json!({"authLevel": "anonymous", "methods": ["get", "post", "options"]});
    echo.function("open", &open);
    let closed = json!({"authLevel": "anonymous", "methods": ["get", "post"]});
    echo.function("closed", &closed);
    echo.start().await
}

/// The site's list names the page and another.
fn listed() -> Cors {
    Cors::Platform(vec!["https://another.example".to_owned(), PAGE.to_owned()])
}

/// A browser's question before it posts JSON: status and headers of the answer.
async fn asked(app: &Running, path: &str, origin: &str) -> (u16, HeaderMap) {
    let request = app.http.request(Method::OPTIONS, app.at(path));
    let request = request
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type");
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone())
}

/// Who may read the answer to a GET of a page.
async fn readers(app: &Running, origin: &str) -> Vec<String> {
    let request = app.http.get(app.at("/api/open")).header(header::ORIGIN, origin);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let values = answer.headers().get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    values
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn where_the_platform_answers_no_preflight_reaches_the_handler() {
    for mode in BOTH {
        let app = app(mode, listed()).await;
        for path in ["/api/open", "/api/closed", "/api/nothing"] {
            let (status, headers) = asked(&app, path, PAGE).await;
            assert_eq!(status, 204, "{path}");
            assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], PAGE);
            assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "POST");
            assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "content-type");
            assert_eq!(headers[header::VARY], "Origin");
        }
        assert!(!app.host.log().handler_text().contains("executes OPTIONS"));
    }
}

#[tokio::test]
async fn the_platform_answers_an_origin_that_is_not_listed_too_and_allows_it_nothing() {
    for cors in [listed(), Cors::Platform(Vec::new())] {
        let app = app(Mode::Proxying, cors).await;
        for origin in ["https://elsewhere.example", "https://page.example:8443", "null"] {
            let (status, headers) = asked(&app, "/api/open", origin).await;
            assert_eq!(status, 204, "{origin}");
            assert!(
                headers
                    .keys()
                    .all(|name| !name.as_str().starts_with("access-control"))
            );
            assert!(readers(&app, origin).await.is_empty(), "{origin}");
        }
    }
}

#[tokio::test]
async fn the_platform_adds_the_header_to_what_the_app_answers() {
    for mode in BOTH {
        let app = app(mode, listed()).await;
        assert_eq!(readers(&app, PAGE).await, [PAGE], "{mode:?}");
    }
}

#[tokio::test]
async fn an_options_that_is_no_preflight_is_a_request_like_any_other() {
    let app = app(Mode::Proxying, listed()).await;
    for (path, status) in [("/api/open", 200), ("/api/closed", 404)] {
        let request = app.http.request(Method::OPTIONS, app.at(path));
        let answer = request.header(header::ORIGIN, PAGE).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
}

#[tokio::test]
async fn where_the_app_answers_a_preflight_reaches_the_functions_that_list_it() {
    for mode in BOTH {
        let app = app(mode, Cors::App).await;
        assert_eq!(asked(&app, "/api/open", PAGE).await.0, 200, "{mode:?}");
        assert!(app.printed("executes OPTIONS /api/open").await);
        assert_eq!(asked(&app, "/api/closed", PAGE).await.0, 404);
        assert!(readers(&app, PAGE).await.is_empty());
    }
}
