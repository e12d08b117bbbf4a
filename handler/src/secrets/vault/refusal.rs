//! What the SDK's errors mean.

use azure_core::error::ErrorKind;
use azure_core::http::StatusCode;
use serde_json::Value;

use super::super::Error;

/// How Key Vault says that somebody switched a secret off.
const DISABLED: &str = "SecretDisabled";

/// The meaning of an error of a read.
pub(super) fn error_of(what: &str, error: &azure_core::Error) -> Error {
    let (what, why) = (what.to_owned(), why(error));
    let inner = causes(error).find_map(inner_code);
    let is_identity = causes(error).any(|error| matches!(error.kind(), ErrorKind::Credential));
    match causes(error).find_map(azure_core::Error::http_status) {
        _ if is_identity => Error::Identity { why },
        Some(StatusCode::Unauthorized) => Error::Identity { why },
        Some(StatusCode::NotFound) => Error::Missing(what),
        Some(StatusCode::Forbidden) if inner.as_deref() == Some(DISABLED) => Error::Disabled(what),
        Some(status) if status.is_client_error() && !is_passing(status) => Error::Denied { what, why },
        _ => Error::Unavailable { what, why },
    }
}

/// The same of a list: one that is not there is refused, since every vault has it.
pub(super) fn error_of_list(what: &str, error: &azure_core::Error) -> Error {
    match error_of(what, error) {
        Error::Missing(what) => Error::Denied {
            what,
            why: why(error),
        },
        error => error,
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::RequestTimeout | StatusCode::TooManyRequests)
}

/// The service's own code, and all causes.
fn why(error: &azure_core::Error) -> String {
    let chain = chain(error);
    let ErrorKind::HttpResponse {
        status, error_code, ..
    } = error.kind()
    else {
        return chain;
    };
    let (status, code) = (status.to_string(), error_code.as_deref().unwrap_or_default());
    let words = [
        status.as_str(),
        code,
        inner_code(error).as_deref().unwrap_or_default(),
    ]
    .into_iter()
    .filter(|word| !word.is_empty())
    .fold(Vec::new(), |mut words: Vec<String>, word| {
        if !words.iter().any(|known| known.as_str() == word) {
            words.push(word.to_owned());
        }
        words
    });
    let words = words.join(" ");
    match chain.strip_prefix(status.as_str()) {
        Some("") => words,
        _ => format!("{words}: {chain}"),
    }
}

/// `innererror.code` of the answer: the outer one only says `Forbidden`.
fn inner_code(error: &azure_core::Error) -> Option<String> {
    let ErrorKind::HttpResponse {
        raw_response: Some(answer),
        ..
    } = error.kind()
    else {
        return None;
    };
    let body: Value = serde_json::from_slice(answer.body()).ok()?;
    let code = body.get("error")?.get("innererror")?.get("code")?;
    code.as_str().map(str::to_owned)
}

/// The SDK's errors among all causes, however deep they are buried.
fn causes(error: &azure_core::Error) -> impl Iterator<Item = &azure_core::Error> {
    let first: &(dyn std::error::Error + 'static) = error;
    let all = std::iter::successors(Some(first), |error| error.source());
    all.filter_map(|error| error.downcast_ref())
}

/// All causes in one line. The SDK's outermost words alone say nothing ("non-transport error occurred").
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = one_line(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = one_line(error);
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

fn one_line(error: &dyn std::error::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
