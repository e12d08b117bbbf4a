//! The headers of every answer of the data plane: support asks for the request's id, clients log the rest.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderName, PRAGMA, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use loopback::random;

use crate::serve::Answer;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

/// Those that are always the same.
const FIXED: [(HeaderName, &str); 9] = [
    (CONTENT_TYPE, "application/json; charset=utf-8"),
    (CACHE_CONTROL, "no-cache"),
    (PRAGMA, "no-cache"),
    (EXPIRES, "-1"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000;includeSubDomains"),
    (HeaderName::from_static("x-ms-keyvault-region"), "westeurope"),
    (
        HeaderName::from_static("x-ms-keyvault-service-version"),
        "1.9.2784.1",
    ),
    (
        HeaderName::from_static("x-ms-keyvault-network-info"),
        "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;",
    ),
];

/// Adds them. The id that a client gave its request comes back; who gave none is given one.
pub(super) fn with_headers(answer: Answer, client_request_id: Option<&str>) -> Answer {
    let answer = FIXED
        .into_iter()
        .fold(answer, |answer, (name, value)| answer.header(name, value));
    let id = client_request_id.map_or_else(random::uuid, str::to_owned);
    answer
        .header(CLIENT_REQUEST_ID, &id)
        .header(REQUEST_ID, &random::uuid())
}
