//! Answers in another dress: the same to whoever reads them as their standards say.

use std::io;

use bytes::Bytes;
use futures::stream;
use http::header::{CONNECTION, HeaderValue};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use loopback::dice::Dice;
use loopback::serve::Body;
use serde_json::Value;

use crate::serve::Answer;

/// Objects whose members are names of something, not fields: one more would be one more of that.
const MAPS: [&str; 1] = ["capabilities"];

/// Adds members that nobody knows to objects of a JSON body; `seed` decides to which, 0 to none.
pub(super) fn with_members(answer: Answer, seed: u64) -> Answer {
    let body = serde_json::from_slice(&answer.body);
    match body {
        Ok(mut body @ Value::Object(_)) if seed > 0 && is_json(&answer) => {
            add(&mut body, &Dice::of(seed));
            Answer {
                body: body.to_string().into(),
                ..answer
            }
        }
        _ => answer,
    }
}

fn is_json(answer: &Answer) -> bool {
    let kind = answer
        .headers
        .iter()
        .find(|(name, _)| name == http::header::CONTENT_TYPE);
    kind.is_some_and(|(_, value)| value.as_bytes().starts_with(b"application/json"))
}

fn add(value: &mut Value, dice: &Dice) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                if MAPS.contains(&name.as_str()) {
                    value
                        .as_object_mut()
                        .into_iter()
                        .flatten()
                        .for_each(|(_, value)| add(value, dice));
                } else {
                    add(value, dice);
                }
            }
            if dice.chance(5_000) {
                members.insert(format!("x{:04x}", dice.below(1 << 16)), "unheard of".into());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| add(value, dice)),
        _ => {}
    }
}

/// Sends the body in at most so many chunks, without announcing its length; whole when 0.
pub(super) fn in_pieces(answer: Answer, pieces: u64) -> hyper::Response<Body> {
    let body = answer.body.clone();
    let mut response = answer.whole();
    let Some(pieces) = usize::try_from(pieces).ok().filter(|pieces| *pieces > 0) else {
        return response;
    };
    if !body.is_empty() {
        let length = body.len().div_ceil(pieces);
        let frames = pieces_of(body, length).map(|piece| Ok::<_, io::Error>(Frame::data(piece)));
        *response.body_mut() = StreamBody::new(stream::iter(frames)).boxed();
    }
    response
}

fn pieces_of(mut rest: Bytes, length: usize) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let piece = rest.split_to(length.min(rest.len()));
        (!piece.is_empty()).then_some(piece)
    })
}

/// The connection ends with this answer.
pub(super) fn closing(response: &mut hyper::Response<Body>) {
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_added_and_none_is_changed() {
        let known = json!({ "a": { "b": [ { "c": 1 } ] }, "capabilities": { "liveness": [] } });
        let answer = with_members(Answer::json(200, &known), 5);
        let dressed: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_ne!(dressed, known);
        assert_eq!(dressed["a"]["b"][0]["c"], 1);
        assert_eq!(dressed["capabilities"], known["capabilities"]);
        let page = Answer::page(200, "{}".to_owned());
        assert_eq!(with_members(page, 5).body, "{}");
    }

    #[tokio::test]
    async fn pieces_make_the_whole() {
        let response = in_pieces(Answer::body(200, "text/plain", "0123456789"), 3);
        assert_eq!(hyper::body::Body::size_hint(response.body()).exact(), None);
        let whole = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(whole, "0123456789");
    }
}
