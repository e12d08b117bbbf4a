//! Tokens, keys and clients of the Entra stand-in.

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, bad, body, not_found, wrong_method};
use crate::entra::Directory;
use crate::serve::Request;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    #[serde(default)]
    keep_previous: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    secret: String,
}

pub(super) fn route(directory: &Directory, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("POST", ["token"]) => {
            let token = directory.mint(&body(request)?).map_err(bad)?;
            Ok(json!({ "access_token": token, "token_type": "Bearer" }))
        }
        ("POST", ["rotate"]) => {
            let kid = directory
                .rotate(body::<Rotate>(request)?.keep_previous)
                .map_err(bad)?;
            Ok(json!({ "kid": kid }))
        }
        ("PUT", ["clients", id]) => {
            directory.add_client(id, &body::<Client>(request)?.secret);
            Ok(Value::Object(serde_json::Map::new()))
        }
        (_, ["token" | "rotate"] | ["clients", _]) => Err(wrong_method()),
        _ => Err(not_found("route")),
    }
}
