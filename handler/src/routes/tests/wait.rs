//! The waiting page, its status, and who may see them.

use super::world::{Answer, Browser, World, form, header, json_of, location, request, text_of};
use crate::checks::vendor::Progress;
use crate::grants::tests::vendor::approved;

/// A browser that could be at the vendor, and the address of its waiting page.
async fn waiting(world: &World) -> (Browser, String) {
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    browser.authorize(world, &ticket, "").await;
    let back = world.vendor.start_of(0).return_url;
    (
        browser,
        format!("/api/verify/wait/{}", back.path().rsplit('/').next().unwrap()),
    )
}

fn says(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status(), status, "{answer:?}");
    assert!(text_of(answer).contains(title), "{answer:?}");
}

#[tokio::test]
async fn the_page_is_guarded_by_headers() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let answer = browser.get(&world, &page).await;
    let policy = header(&answer, "content-security-policy");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn another_browser_is_told_to_go_back_to_the_first() {
    let world = World::new();
    let (_, page) = waiting(&world).await;
    for path in [page.clone(), format!("{page}/continue")] {
        says(
            &Browser::default().get(&world, &path).await,
            403,
            "go back to where you began",
        );
    }
    says(
        &Browser::default().come_back(&world, 0).await,
        403,
        "go back to where you began",
    );
    let answer = Browser::default().get(&world, &format!("{page}/status")).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (403, &"invalid_request".into())
    );
    assert_eq!(
        Browser::default().act(&world, &page, "cancel").await.status(),
        403
    );
}

#[tokio::test]
async fn a_forged_cookie_is_another_browser() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let good = browser.get(&world, &page).await;
    assert_eq!(good.status(), 200);
    let name = browser.cookies().split('=').next().unwrap().to_owned();
    let of_value = |value: &str| format!("{}{}={value}", &name[..name.len() - 6], &value[..6]);
    for cookie in [
        of_value(&"A".repeat(43)),
        format!("{name}={}", "A".repeat(43)),
        format!("{name}=short"),
        format!("{name}="),
    ] {
        assert_eq!(
            world
                .send(request("GET", &page).header("cookie", cookie))
                .await
                .status(),
            403
        );
    }
}

#[tokio::test]
async fn two_cookies_of_the_same_name_are_another_browser() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let cookie = browser.cookies();
    assert_eq!(
        world
            .send(request("GET", &page).header("cookie", &cookie))
            .await
            .status(),
        200
    );
    let twice = format!("{cookie}; {cookie}");
    assert_eq!(
        world
            .send(request("GET", &page).header("cookie", twice))
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn a_forged_handle_is_told_so() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    says(
        &browser.get(&world, &format!("{page}A")).await,
        404,
        "link is not valid",
    );
    says(
        &browser.get(&world, "/api/verify/wait/x").await,
        404,
        "link is not valid",
    );
    says(
        &browser.get(&world, "/api/callback/return/x").await,
        404,
        "link is not valid",
    );
}

#[tokio::test]
async fn an_expired_handle_is_told_so() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    world.advance_s(3601);
    says(&browser.get(&world, &page).await, 410, "link has expired");
}

#[tokio::test]
async fn the_status_follows_the_vendor() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let status = format!("{page}/status");
    assert_eq!(json_of(&browser.get(&world, &status).await)["state"], "at_vendor");
    world.vendor.set(0, Progress::Captured);
    browser.come_back(&world, 0).await;
    assert_eq!(json_of(&browser.get(&world, &status).await)["state"], "checking");
    world.vendor.set(0, approved());
    world.advance_s(120);
    let told = json_of(&browser.get(&world, &status).await);
    assert_eq!(
        (&told["state"], &told["status"]),
        (&"approved".into(), &"approved".into())
    );
    says(
        &browser.get(&world, &page).await,
        200,
        "Your identity is confirmed",
    );
}

#[tokio::test]
async fn an_unknown_action_is_refused() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    assert_eq!(browser.act(&world, &page, "approve").await.status(), 400);
    assert_eq!(browser.say(&world, &page, &[]).await.status(), 400);
    let twice = [("action", "cancel"), ("action", "cancel")];
    assert_eq!(browser.say(&world, &page, &twice).await.status(), 400);
    assert_eq!(
        browser
            .send(&world, request("POST", &page).body("action=cancel"))
            .await
            .status(),
        415
    );
}

/// A form of another site has the browser's cookies where these are sent at all, and not what our pages have.
#[tokio::test]
async fn a_form_that_is_none_of_ours_does_nothing() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let shown = text_of(&browser.get(&world, &page).await).to_owned();
    let token = shown.split("name=\"token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let other = "A".repeat(token.len());
    for action in ["cancel", "leave", "retry", "begin"] {
        for wrong in [None, Some(""), Some(other.as_str()), Some("A")] {
            let fields = [("action", action), ("token", wrong.unwrap_or_default())];
            let fields = if wrong.is_none() {
                &fields[..1]
            } else {
                &fields[..]
            };
            for at in [page.clone(), format!("{page}/consent"), format!("{page}/country")] {
                let answer = browser.send(&world, form(&at, fields)).await;
                assert_eq!(location(&answer), page, "{at} {action} {wrong:?}");
            }
        }
    }
    says(&browser.get(&world, &page).await, 200, "data-state=\"at_vendor\"");
    let fields = [("action", "cancel"), ("token", token)];
    assert_eq!(browser.send(&world, form(&page, &fields)).await.status(), 303);
    says(&browser.get(&world, &page).await, 200, "data-state=\"cancelled\"");
}

#[tokio::test]
async fn trying_again_what_has_not_ended_goes_on_with_it() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    assert_eq!(browser.act(&world, &page, "retry").await.status(), 200);
    let answer = browser.get(&world, &format!("{page}/continue?at=vendor")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn trying_again_what_is_approved_changes_nothing() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    assert_eq!(location(&browser.act(&world, &page, "retry").await), page);
    assert_eq!(world.vendor.starts(), 1);
}

/// The page of a retry that waits renews itself; meanwhile the check was approved after all.
#[tokio::test]
async fn a_retry_that_waits_and_has_nothing_to_try_again_any_more_shows_how_things_stand() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let answer = browser
        .get(&world, &format!("{page}/continue?at=vendor&after=1"))
        .await;
    assert_eq!(location(&answer), page, "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn who_came_back_unfinished_may_go_to_the_vendor_again() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    assert_eq!(location(&browser.come_back(&world, 0).await), page);
    let answer = browser.get(&world, &page).await;
    says(&answer, 200, "data-state=\"checking\"");
    says(&answer, 200, &format!("href=\"{page}/continue?at=vendor\""));
    let answer = browser.get(&world, &format!("{page}/continue?at=vendor")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
}

#[tokio::test]
async fn the_check_is_gone_on_with_at_the_vendor() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
}

#[tokio::test]
async fn a_sign_in_that_is_finished_is_told_so() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    world.vendor.set(0, approved());
    world.advance_s(120);
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let code = super::world::sent(&answer, "code").unwrap();
    assert_eq!(world.redeem(&code).await.status(), 200);
    says(
        &browser.get(&world, &format!("{page}/continue")).await,
        410,
        "This is done",
    );
}

#[tokio::test]
async fn two_sign_ins_of_one_browser_do_not_disturb_each_other() {
    let world = World::new();
    let (browser, page) = waiting(&world).await;
    let body = serde_json::json!({"objectId": "somebody-else", "correlationId": "c", "clientId": "b2c"});
    let other = json_of(&world.send(super::world::register().json(&body)).await);
    browser
        .authorize(&world, other["ticket"].as_str().unwrap(), "")
        .await;
    assert_eq!(browser.get(&world, &page).await.status(), 200);
    assert_eq!(browser.come_back(&world, 1).await.status(), 303);
}
