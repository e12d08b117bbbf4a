//! What the host answers where no function is: its home page, and everything under `/admin` and `/runtime`.

use http::header::{self, HeaderValue};
use http::{Method, Response, StatusCode};

use super::message::{Body, bare, full};

/// So long is the page that says that the app runs; its text is Microsoft's.
const HOME_PAGE: usize = 149_794;
const HOME_TITLE: &str =
    "<!DOCTYPE html>\n<html>\n<head>\n    <title>Your Azure Function App is up and running.</title>";

/// Answers a request for a path of these segments, or of none that a route could have.
pub(crate) fn answer(method: &Method, path: Option<&[String]>, has_home_page: bool) -> Response<Body> {
    let words: Vec<String> = path
        .unwrap_or_default()
        .iter()
        .map(|word| word.to_lowercase())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] if path.is_some() && (method == Method::GET || method == Method::HEAD) => home(has_home_page),
        ["admin", "host", "ping"] => ping(),
        ["admin", "host" | "functions", ..] => challenge(),
        ["admin" | "runtime", ..] => bare(StatusCode::UNAUTHORIZED),
        _ => bare(StatusCode::NOT_FOUND),
    }
}

fn home(has_home_page: bool) -> Response<Body> {
    if !has_home_page {
        return bare(StatusCode::NO_CONTENT);
    }
    let padding = "\n".repeat(HOME_PAGE - HOME_TITLE.len());
    let mut response = Response::new(full(HOME_TITLE.to_owned() + &padding));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    headers.insert(header::CONTENT_LENGTH, HOME_PAGE.into());
    response
}

fn ping() -> Response<Body> {
    let mut response = bare(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store,no-cache"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn challenge() -> Response<Body> {
    let mut response = bare(StatusCode::UNAUTHORIZED);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
