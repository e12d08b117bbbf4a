//! A person whose check a human has to decide: what they are told, then and when they come back.

use super::world::{Browser, World, json_of, location, sent, text_of};
use crate::checks::ManualDecision;
use crate::grants::tests::vendor::doubtful;

/// Signs in, and gives the page that there is.
async fn page(world: &World, browser: &Browser, correlation: &str) -> String {
    let ticket = world.ticket(correlation).await;
    let answer = browser.authorize(world, &ticket, "").await;
    let at = location(&answer).to_owned();
    text_of(&browser.get(world, &at).await).to_owned()
}

async fn in_review(world: &World, browser: &Browser) -> String {
    let ticket = world.ticket("c1").await;
    browser.authorize(world, &ticket, "").await;
    world.vendor.set(0, doubtful());
    let at = location(&browser.come_back(world, 0).await).to_owned();
    text_of(&browser.get(world, &at).await).to_owned()
}

/// What is read, without what leads on.
fn said(page: &str) -> &str {
    let from = page.find("<h1").unwrap();
    &page[from..page.find("</p>").unwrap()]
}

#[tokio::test]
async fn whoever_comes_back_during_a_review_is_told_the_same_and_nothing_is_paid() {
    let (world, browser) = (World::new(), Browser::default());
    let first = in_review(&world, &browser).await;
    for words in [
        "a person decides about it",
        "You get no message",
        "sign in again later",
    ] {
        assert!(first.contains(words), "{first}");
    }
    for (n, who) in [&browser, &Browser::default(), &browser].into_iter().enumerate() {
        world.advance_s(3600);
        let again = page(&world, who, &format!("again-{n}")).await;
        assert!(
            again.contains("data-state=\"review\"") && !again.contains("value=\"retry\""),
            "{again}"
        );
        assert_eq!(said(&again), said(&first));
    }
    assert_eq!(world.vendor.starts(), 1);
}

/// What the page promises: the result is there at the next sign-in.
#[tokio::test]
async fn whoever_signs_in_after_the_decision_is_told_it() {
    for accepts in [true, false] {
        let (world, browser) = (World::new(), Browser::default());
        in_review(&world, &browser).await;
        let id = world.register("c1").await["verificationId"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let decision = ManualDecision {
            who: "op-1".into(),
            why: "ticket 4711".into(),
            accepts,
        };
        let services = world.services.borrow().clone().unwrap();
        services.checks.decide(id, &decision).await.unwrap();
        let ticket = world.ticket("c2").await;
        let answer = browser.authorize(&world, &ticket, "").await;
        if accepts {
            let token = json_of(&world.redeem(&sent(&answer, "code").unwrap()).await);
            assert_eq!(world.believe(&token, "b2c")["idv_status"], "approved");
            assert_eq!(world.vendor.starts(), 1);
        } else {
            // Refused, and attempts are left: another check, which is theirs to make.
            assert!(
                location(&answer).starts_with("https://vendor.example/"),
                "{answer:?}"
            );
        }
    }
}
