//! Requests that stand in an object of their own (`OpenID` Connect Core section 6). We take none, and say so.

use serde_json::{Map, Value, json};

use super::super::world::{REDIRECT, header, text_of};
use super::asked::Asked;
use super::callback::{Callback, MODES, Mode};
use super::client::Party;
use crate::tokens::test_keys;

/// The parameters as an unsigned object.
fn unsigned(asked: &Asked) -> String {
    let members = asked
        .0
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)));
    let claims = Value::Object(members.collect::<Map<_, _>>());
    test_keys::jws(&json!({"alg": "none"}), &claims, |_| Vec::new())
}

/// What stands beside an object as well, as OAuth itself demands it; the rest stands in the object alone.
fn beside(asked: &Asked) -> Asked {
    let demanded = ["client_id", "redirect_uri", "response_type", "scope"];
    let kept = asked.0.iter().filter(|(name, _)| demanded.contains(name));
    Asked(kept.cloned().collect())
}

/// What stands elsewhere is never fetched: the error goes by query, unless the request itself says otherwise.
#[tokio::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    for mode in MODES {
        let party = Party::new(mode).await;
        assert_eq!(party.document["request_uri_parameter_supported"], false);
        let uri = "https://rp.example/requests/1#8kT0";
        let asked = party.request();
        let answer = party.ask(&beside(&asked).with("request_uri", uri)).await;
        let callback = Callback::of(&answer, Mode::Query);
        assert_eq!(callback.error(None), "request_uri_not_supported");
        let callback = party.ask_silently(&asked.clone().with("request_uri", uri)).await;
        assert_eq!(callback.error(asked.get("state")), "request_uri_not_supported");
        assert_eq!(party.world.vendor.starts(), 0);
    }
}

/// By the way that the object itself names; of its `state` nothing is believed.
#[tokio::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    for mode in MODES {
        let party = Party::new(mode).await;
        assert_eq!(party.document["request_parameter_supported"], false);
        let asked = party.request();
        let asked = beside(&asked).with("request", &unsigned(&asked));
        let callback = party.ask_silently(&asked).await;
        assert_eq!(callback.error(None), "request_not_supported");
    }
}

/// A good redirect address in the object does not mend a bad one beside it: the person is told, and led nowhere.
#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    for mode in MODES {
        let party = Party::new(mode).await;
        let asked = party.request();
        let beside = beside(&asked).with("request", &unsigned(&asked));
        let answer = party
            .ask(&beside.with("redirect_uri", &format!("{REDIRECT}_invalid")))
            .await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (400, ""));
        assert!(
            text_of(&answer).contains("You were sent here by mistake"),
            "{answer:?}"
        );
        assert_eq!(party.world.vendor.starts(), 0);
    }
}
