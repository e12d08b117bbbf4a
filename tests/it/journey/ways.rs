//! The ways in and out: pushed requests, form posts, proofs of clients.

use rig::client::ask::{Ask, ResponseMode};
use rig::client::walk::{Person, Walk};
use rig::rig::Kind;

use super::{PATIENCE, World};

#[tokio::test]
pub(super) async fn a_pushed_request_of_each_client() {
    let world = World::new().await;
    for kind in Kind::ALL {
        let client = world.client(kind).await;
        let ask = Ask {
            login_hint: Some("their-own-reference".into()),
            ..Ask::default()
        };
        let walk = Walk::pushed(&client, world.browser(), &ask).await.unwrap();
        let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
        // Whoever hears refusals as errors is told no status: a code says all.
        let status = if kind == Kind::Plain { "" } else { "approved" };
        assert_eq!(tokens.claim("idv_status"), status, "{kind:?}");
        let userinfo = client.userinfo(&tokens).await.unwrap();
        assert_eq!(userinfo["idv_status"].as_str().unwrap_or_default(), status);
    }
    world.no_errors();
}

#[tokio::test]
pub(super) async fn the_answer_as_a_form() {
    let world = World::new().await;
    let registered = world.register("subject", &serde_json::json!({})).await;
    let ask = Ask {
        login_hint: Some(registered.ticket),
        response_mode: ResponseMode::FormPost,
        ..Ask::default()
    };
    let tokens = world
        .walk_with(&ask)
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.no_errors();
}
