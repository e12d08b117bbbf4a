//! The way from `/api/verify/authorize` to the vendor: a browser is bound by the cookie that came back, and by nothing else.

mod approval;
mod cookie;
mod loaded;
mod posted;
mod tickets;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use super::world::{
    Answer, Browser, REDIRECT, World, authorize_path, encoded, form, header, json_of, location, request,
    sent, text_of,
};
use crate::grants::tests::far::far;
use crate::grants::tests::vendor::{approved, rejected};

const AT_VENDOR: &str = "https://vendor.example/go/";

/// A request by POST.
fn posted(ticket: &str, more: &str) -> warp::test::RequestBuilder {
    let fields = authorize_path(ticket, more).split_once('?').unwrap().1.to_owned();
    request("POST", "/api/verify/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields)
}

fn is_at_vendor(answer: &Answer) {
    assert!(location(answer).starts_with(AT_VENDOR), "{answer:?}");
}

/// Comes back from the vendor's first transaction with an approval, and gets a code.
async fn ends_well(world: &World, browser: &Browser) {
    world.vendor.set(0, approved());
    let answer = browser.come_back(world, 0).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    let code = sent(&answer, "code").unwrap();
    let answer = world.redeem(&code).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// An approval that the next sign-in of the subject may use.
async fn approved_before(world: &World) {
    let browser = Browser::default();
    let ticket = world.ticket("before").await;
    browser.authorize(world, &ticket, "").await;
    ends_well(world, &browser).await;
}
