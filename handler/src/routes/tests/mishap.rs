//! A browser that comes back from the vendor with an error: its word picks what the page says, and nothing else.

use super::world::{Browser, World, header, json_of, location, text_of};
use crate::checks::vendor::Progress;
use crate::grants::tests::vendor::{abandoned, approved};

/// What Jumio's redirect may carry, and how the page begins to explain it.
const CODES: [(&str, &str); 13] = [
    ("9100", "Something did not work at our partner Jumio"),
    ("9200", "ended at our partner Jumio"),
    ("9210", "ended at our partner Jumio"),
    ("9300", "did not arrive"),
    ("9400", "Something did not work at our partner Jumio"),
    ("9800", "connection was lost"),
    ("9801", "Something did not work at our partner Jumio"),
    ("9810", "connection was lost"),
    ("9820", "camera could not be used"),
    ("9821", "photo of your face"),
    ("9822", "camera could not be used"),
    ("9835", "None of the photos"),
    ("9836", "Something did not work at our partner Jumio"),
];
const UNFINISHED: &str = "The check is not finished";

/// Comes back with these parameters, and gives the address of the page and what it says.
async fn back(world: &World, browser: &Browser, more: &str) -> (String, String) {
    let path = world.vendor.start_of(0).return_url.path().to_owned();
    let answer = browser.get(world, &format!("{path}?{more}")).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(world, &page).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    (page, text_of(&answer).to_owned())
}

async fn at_vendor() -> (World, Browser) {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    (world, browser)
}

#[tokio::test]
async fn each_code_says_that_the_check_is_not_finished_why_and_one_way_on() {
    for (code, words) in CODES {
        for parameters in [
            format!(
                "accountId=a&workflowExecutionId=w&acquisitionStatus=ERROR&customerInternalReference=r&errorCode={code}"
            ),
            format!(
                "transactionStatus=ERROR&customerInternalReference=r&transactionReference=t&errorCode={code}"
            ),
        ] {
            let (world, browser) = at_vendor().await;
            let (_, page) = back(&world, &browser, &parameters).await;
            assert!(
                page.contains(UNFINISHED) && page.contains(words),
                "{code}: {page}"
            );
            assert!(page.contains("data-state=\"checking\""), "{code}: {page}");
            assert_eq!(page.matches("button first").count(), 1, "{code}: {page}");
        }
    }
}

#[tokio::test]
async fn what_is_no_code_gets_the_general_words_and_is_not_repeated() {
    for parameters in [
        "acquisitionStatus=ERROR",
        "transactionStatus=ERROR&errorCode=",
        "errorCode=1234",
        "errorCode=9820x",
        "errorCode=%3Cscript%3Ezebra%3C%2Fscript%3E",
        "errorCode=zebra%00%0a&acquisitionStatus=ERROR",
        "errorCode=%ff%fe-zebra",
        "errorCode=9820&errorCode=zebra",
    ] {
        let (world, browser) = at_vendor().await;
        let (address, page) = back(&world, &browser, parameters).await;
        assert!(page.contains(UNFINISHED), "{parameters}: {page}");
        assert!(
            page.contains("Something went wrong on the way"),
            "{parameters}: {page}"
        );
        for leak in ["zebra", "errorCode"] {
            assert!(
                !address.contains(leak) && !page.contains(leak),
                "{parameters}: {address} {page}"
            );
        }
    }
}

#[tokio::test]
async fn who_came_back_without_an_error_is_told_none() {
    for parameters in [
        "",
        "acquisitionStatus=SUCCESS&customerInternalReference=r",
        "transactionStatus=SUCCESS",
    ] {
        let (world, browser) = at_vendor().await;
        let (address, page) = back(&world, &browser, parameters).await;
        assert!(
            !address.contains('?') && !page.contains(UNFINISHED),
            "{address} {page}"
        );
    }
}

/// The word is the browser's: it makes no approval a failure, and no failure an approval.
#[tokio::test]
async fn the_outcome_is_jumios_whatever_the_browser_says() {
    let (world, browser) = at_vendor().await;
    world.vendor.set(0, approved());
    let path = world.vendor.start_of(0).return_url.path().to_owned();
    let answer = browser.get(&world, &format!("{path}?errorCode=9835")).await;
    assert!(super::world::sent(&answer, "code").is_some(), "{answer:?}");

    let (world, browser) = at_vendor().await;
    let (page, _) = back(&world, &browser, "errorCode=9820").await;
    world.vendor.set(0, abandoned());
    world.advance_s(120);
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"expired\""), "{answer:?}");
    assert!(!text_of(&answer).contains(UNFINISHED), "{answer:?}");
}

/// Jumio has got all it needs after all: the page that says *not finished* goes, although the state has not changed.
#[tokio::test]
async fn what_jumio_has_got_after_all_is_being_checked() {
    let (world, browser) = at_vendor().await;
    let (page, text) = back(&world, &browser, "errorCode=9800").await;
    let poll = text
        .split("data-poll=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(json_of(&browser.get(&world, &poll).await)["state"], "checking");
    assert!(text.contains(&format!("5; url={page}")), "{text}");
    world.vendor.set(0, Progress::Captured);
    world.advance_s(120);
    assert_eq!(json_of(&browser.get(&world, &poll).await)["state"], "due");
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"checking\""), "{answer:?}");
    assert!(!text_of(&answer).contains(UNFINISHED), "{answer:?}");
}

/// A session that has ended leads nowhere any more; one press begins another, and one that goes on is gone on with.
#[tokio::test]
async fn an_ended_session_is_begun_anew_by_one_press() {
    let (world, browser) = at_vendor().await;
    let (address, page) = back(&world, &browser, "errorCode=9210").await;
    assert!(
        page.contains("value=\"restart\"") && !page.contains("at=vendor"),
        "{page}"
    );
    let path = address.split('?').next().unwrap().to_owned();
    let answer = browser.act(&world, &path, "restart").await;
    assert!(text_of(&answer).contains("continue?at=vendor"), "{answer:?}");
    let answer = browser.get(&world, &format!("{path}/continue?at=vendor")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-1");
    assert_eq!(world.vendor.starts(), 2);

    let (world, browser) = at_vendor().await;
    let (address, page) = back(&world, &browser, "errorCode=9820").await;
    assert!(!page.contains("value=\"restart\""), "{page}");
    let path = address.split('?').next().unwrap();
    let answer = browser.get(&world, &format!("{path}/continue?at=vendor")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
}

/// Pressed when Jumio already judges: nothing that was shown is given up, and nothing more is paid.
#[tokio::test]
async fn what_jumio_already_judges_is_not_begun_anew() {
    let (world, browser) = at_vendor().await;
    let (address, _) = back(&world, &browser, "errorCode=9835").await;
    let path = address.split('?').next().unwrap().to_owned();
    // Nobody has told us, and it is not time to ask.
    world.vendor.set(0, Progress::Captured);
    browser.act(&world, &path, "restart").await;
    let answer = browser.get(&world, &path).await;
    assert!(text_of(&answer).contains("data-state=\"checking\""), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
    assert_eq!(header(&answer, "location"), "");
}

/// The form is sent twice, or pressed in two tabs.
#[tokio::test]
async fn beginning_anew_twice_pays_once_more_and_not_twice() {
    let (world, browser) = at_vendor().await;
    let (address, _) = back(&world, &browser, "errorCode=9210").await;
    let path = address.split('?').next().unwrap().to_owned();
    for _ in 0..3 {
        browser.act(&world, &path, "restart").await;
        let answer = browser.get(&world, &format!("{path}/continue?at=vendor")).await;
        assert_eq!(location(&answer), "https://vendor.example/go/secret-1");
    }
    assert_eq!(world.vendor.starts(), 2);
}

/// Nothing is given up for a check that cannot be begun.
#[tokio::test]
async fn what_was_begun_goes_on_where_nothing_may_be_begun_anew() {
    let (mut world, browser) = at_vendor().await;
    let (address, _) = back(&world, &browser, "errorCode=9210").await;
    let path = address.split('?').next().unwrap().to_owned();
    world.limits.closed = true;
    world.rebuild();
    let answer = browser.act(&world, &path, "restart").await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    let answer = browser.get(&world, &format!("{path}/continue?at=vendor")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}
