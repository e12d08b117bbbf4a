//! A state key that is replaced twice: what it has encrypted can be read no more, the account among it, and so nobody could be told
//! of a check. It is not begun then.

use super::{agreed, begun, rejected, start_of, to_vendor};
use crate::routes::tests::world::{Browser, World, location};

#[tokio::test]
async fn a_link_whose_account_can_be_named_no_more_opens_nothing() {
    let (mut world, browser) = (World::new(), Browser::default());
    begun(&world, "c1").await;
    world.rotate();
    // The same request again: the link is of the present key, what is kept for it is of the one before.
    let again = begun(&world, "c1").await;
    world.rotate();
    let answer = browser.enter(&world, &start_of(&again)).await;
    assert_eq!((answer.status().as_u16(), world.vendor.starts()), (410, 0));
    let anew = begun(&world, "c2").await;
    to_vendor(&world, &browser, &anew).await;
    assert_eq!(world.vendor.starts(), 1, "who signs in again is checked");
}

#[tokio::test]
async fn once_replaced_a_key_is_good_to_the_end() {
    let (mut world, browser) = (World::new(), Browser::default());
    begun(&world, "c1").await;
    world.rotate();
    let again = begun(&world, "c1").await;
    to_vendor(&world, &browser, &again).await;
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn who_reads_the_notice_meanwhile_begins_nothing() {
    let (mut world, browser) = (World::new(), Browser::default());
    let link = start_of(&begun(&world, "c1").await);
    world.rotate();
    let answer = browser.enter(&world, &link).await;
    let notice = location(&answer).split('?').next().unwrap().to_owned();
    assert!(notice.ends_with("/consent"), "{answer:?}");
    world.rotate();
    let agreed = browser.say(&world, &notice, &[("action", "begin")]).await;
    assert_eq!((agreed.status().as_u16(), world.vendor.starts()), (410, 0));
    let onward = notice.replace("/consent", "/continue?at=vendor");
    let answer = browser.get(&world, &onward).await;
    assert_eq!((answer.status().as_u16(), world.vendor.starts()), (410, 0));
}

#[tokio::test]
async fn who_was_rejected_meanwhile_tries_nothing_again() {
    let (mut world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    world.rotate();
    agreed(&world, &browser, &begun).await;
    world.vendor.set(0, rejected());
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    world.rotate();
    for answer in [
        browser.act(&world, &page, "retry").await,
        browser
            .get(&world, &format!("{page}/continue?at=vendor&after=1"))
            .await,
    ] {
        assert_eq!((answer.status().as_u16(), world.vendor.starts()), (410, 1));
    }
}
