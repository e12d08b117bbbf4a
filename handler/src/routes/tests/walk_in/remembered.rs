//! A browser is remembered: what was paid once answers again.

use std::time::Duration;

use futures::future::join_all;

use super::*;

/// An approved browser, and what the client was told.
async fn known(world: &World) -> (Browser, Value) {
    let browser = Browser::default();
    let answer = signed_in(world, &browser, 0, &plain("s0", "")).await;
    let told = told(world, &answer).await;
    (browser, told)
}

#[tokio::test]
async fn a_second_sign_in_costs_nothing() {
    let world = world();
    let (browser, first) = known(&world).await;
    world.advance_s(3600);
    let answer = browser.get(&world, &plain("s1", "")).await;
    let second = told(&world, &answer).await;
    assert_eq!(second["sub"], first["sub"]);
    assert_eq!(second["auth_time"], first["auth_time"]);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn prompt_none_is_answered_by_the_session() {
    let world = world();
    let (browser, first) = known(&world).await;
    world.advance_s(3600);
    let answer = browser.get(&world, &plain("s1", "&prompt=none")).await;
    let second = told(&world, &answer).await;
    assert_eq!(
        (&second["sub"], &second["auth_time"]),
        (&first["sub"], &first["auth_time"])
    );
}

#[tokio::test]
async fn prompt_none_without_a_session_is_refused_at_once() {
    let world = world();
    let answer = world.get(&plain("s1", "&prompt=none")).await;
    is_error(&answer, "login_required");
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(written(&world).await, 0);
}

#[tokio::test]
async fn prompt_none_that_needs_a_check_is_refused_at_once() {
    let (world, browser) = (world(), Browser::default());
    browser.get(&world, &plain("s0", "")).await;
    let answer = browser.get(&world, &plain("s1", "&prompt=none")).await;
    is_error(&answer, "interaction_required");
    assert_eq!(written(&world).await, 0);
    let (browser, _) = known(&world).await;
    world.advance_s(28_801);
    let before = written(&world).await;
    let answer = browser.get(&world, &plain("s1", "&prompt=none")).await;
    is_error(&answer, "interaction_required");
    assert_eq!(written(&world).await, before);
}

#[tokio::test]
async fn what_forbids_the_session_leads_to_a_check() {
    for (after_s, more) in [(28_801, ""), (10, "&prompt=login"), (100, "&max_age=60")] {
        let world = world();
        let (browser, first) = known(&world).await;
        world.advance_s(after_s);
        let answer = signed_in(&world, &browser, 1, &plain("s1", more)).await;
        let second = told(&world, &answer).await;
        assert_eq!(second["sub"], first["sub"], "{more}");
        assert!(
            second["auth_time"].as_i64() > first["auth_time"].as_i64(),
            "{more}"
        );
    }
}

#[tokio::test]
async fn an_approval_that_is_too_old_for_us_leads_to_a_check() {
    let mut world = world();
    world.limits.approval_valid = Duration::from_secs(60);
    world.rebuild();
    let (browser, _) = known(&world).await;
    world.advance_s(100);
    is_at_vendor(&browser.enter(&world, &plain("s1", "")).await);
}

#[tokio::test]
async fn a_client_that_takes_no_session_has_each_sign_in_checked() {
    let world = world_of(vec![Client {
        session_life: None,
        ..client("rp")
    }]);
    let (browser, _) = known(&world).await;
    world.advance_s(1);
    is_at_vendor(&browser.enter(&world, &plain("s1", "")).await);
    let answer = browser.get(&world, &plain("s2", "&prompt=none")).await;
    is_error(&answer, "interaction_required");
}

#[tokio::test]
async fn seven_requests_of_one_browser_at_once_are_one_payment() {
    let (world, browser) = (world(), Browser::default());
    let paths: Vec<String> = (0..7).map(|n| plain(&format!("s{n}"), "")).collect();
    // None of them has a cookie when it leaves.
    let answers = join_all(
        paths
            .iter()
            .map(|path| browser.lose(&world, request("GET", path))),
    )
    .await;
    for answer in &answers {
        browser.keep(answer);
    }
    let backs: Vec<String> = answers.iter().map(|answer| location(answer).to_owned()).collect();
    let came = join_all(backs.iter().map(|back| browser.get(&world, back))).await;
    assert!(
        came.iter()
            .any(|answer| header(answer, "location").starts_with(AT_VENDOR))
    );
    assert_eq!(world.vendor.starts(), 1);
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    for path in &paths {
        let answer = browser.get(&world, path).await;
        assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    }
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn one_request_every_five_minutes_is_one_payment() {
    let world = world();
    let (browser, first) = known(&world).await;
    for n in 1..=24 {
        world.advance_s(300);
        let more = if n % 2 == 0 { "&prompt=none" } else { "" };
        let answer = browser.get(&world, &plain(&format!("s{n}"), more)).await;
        assert_eq!(told(&world, &answer).await["sub"], first["sub"]);
    }
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn two_browsers_pay_each() {
    let world = world();
    known(&world).await;
    is_at_vendor(&Browser::default().enter(&world, &plain("s1", "")).await);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn a_browser_that_comes_is_known_through_three_rotations() {
    let mut world = world();
    let (browser, first) = known(&world).await;
    for key in 8..11 {
        world.state_keys = (key, Some(key - 1));
        world.rebuild();
        world.advance_s(60);
        let answer = browser
            .get(&world, &plain(&format!("s{key}"), "&prompt=none"))
            .await;
        assert_eq!(told(&world, &answer).await["sub"], first["sub"]);
    }
    // And whose document it is, is known in every other browser.
    let answer = signed_in(&world, &Browser::default(), 1, &plain("s11", "")).await;
    assert_eq!(told(&world, &answer).await["sub"], first["sub"]);
}

#[tokio::test]
async fn a_session_under_a_key_that_is_gone_is_none() {
    let mut world = world();
    let (browser, _) = known(&world).await;
    world.state_keys = (9, Some(8));
    world.rebuild();
    let answer = browser.get(&world, &plain("s1", "&prompt=none")).await;
    is_error(&answer, "login_required");
    is_at_vendor(&browser.enter(&world, &plain("s2", "")).await);
}

#[tokio::test]
async fn a_session_that_was_changed_is_none() {
    let world = world();
    let (browser, _) = known(&world).await;
    let (name, value) = browser
        .cookies()
        .split_once('=')
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .unwrap();
    for changed in [
        value.replace(&value[40..44], "AAAA"),
        value[..80].to_owned(),
        String::new(),
    ] {
        let silent =
            request("GET", &plain("s1", "&prompt=none")).header("cookie", format!("{name}={changed}"));
        is_error(&world.send(silent).await, "login_required");
    }
}
