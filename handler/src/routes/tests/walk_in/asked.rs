//! What Core lets a client ask, and how it is taken.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// Signs in, and gives the ID token as it was sent.
async fn token_of(world: &World, browser: &Browser, n: usize, path: &str) -> String {
    let answer = signed_in(world, browser, n, path).await;
    let code = sent(&answer, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", "rp"),
        ("client_secret", SECRET),
    ];
    let answer = world.post_form("/api/token", &fields).await;
    json_of(&answer)["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_known_is_ignored() {
    let (world, browser) = (world(), Browser::default());
    let more = "&prompt=create&display=popup&claims_locales=de&acr_values=x&approval_prompt=force&audience=a";
    is_at_vendor(&browser.enter(&world, &plain("s1", more)).await);
}

#[tokio::test]
async fn a_request_without_scope_asks_for_openid() {
    let (world, browser) = (world(), Browser::default());
    let path = plain("s1", "").replace("&scope=openid", "");
    let answer = signed_in(&world, &browser, 0, &path).await;
    assert!(told(&world, &answer).await["sub"].is_string());
}

#[tokio::test]
async fn every_language_is_tried() {
    let (world, browser) = (world(), Browser::default());
    let path = plain("s1", "&ui_locales=nn%20!%20fr-CA%20de");
    let answer = browser
        .get(&world, &path.replace("authorize?", "authorize/back?"))
        .await;
    assert!(text_of(&answer).contains("lang=\"fr\""), "{answer:?}");
    browser.enter(&world, &path).await;
    assert_eq!(world.vendor.start_of(0).locale.as_deref(), Some("fr-CA"));
}

#[tokio::test]
async fn a_request_object_is_refused_by_the_way_that_it_names() {
    let world = world();
    let object = |claims: &str| format!("eyJhbGciOiJub25lIn0.{}.", URL_SAFE_NO_PAD.encode(claims));
    let posted =
        object(r#"{"response_mode":"form_post","redirect_uri":"https://evil.example","state":"evil"}"#);
    let answer = world.get(&plain("s1", &format!("&request={posted}"))).await;
    let page = text_of(&answer);
    assert!(
        page.contains("request_not_supported") && page.contains("value=\"s1\""),
        "{page}"
    );
    assert!(page.contains(REDIRECT) && !page.contains("evil"), "{page}");
    for odd in [
        "x".to_owned(),
        object("[]"),
        object(r#"{"response_mode":"fragment"}"#),
        object("{"),
    ] {
        let answer = world.get(&plain("s1", &format!("&request={odd}"))).await;
        is_error(&answer, "request_not_supported");
    }
}

#[tokio::test]
async fn a_promised_acr_is_told_and_no_other_is_promised() {
    let world = world_of(vec![Client {
        acr: Some("urn:doc".into()),
        ..client("rp")
    }]);
    let claims = |acr: &str| {
        let claims = format!(r#"{{"id_token":{{"acr":{acr}}}}}"#);
        format!("&{}", encoded(&[("claims", claims.as_str())]))
    };
    for unmet in [
        r#"{"essential":true,"value":"urn:other"}"#,
        r#"{"essential":true,"values":["a","b"]}"#,
    ] {
        let answer = world.get(&plain("s0", &claims(unmet))).await;
        is_error(&answer, "unmet_authentication_requirements");
    }
    assert_eq!((written(&world).await, world.vendor.starts()), (0, 0));
    let browser = Browser::default();
    let met = claims(r#"{"essential":true,"values":["a","urn:doc"]}"#);
    let answer = signed_in(&world, &browser, 0, &plain("s1", &met)).await;
    assert_eq!(told(&world, &answer).await["acr"], "urn:doc");
}

#[tokio::test]
async fn who_is_promised_no_acr_is_told_none() {
    let (world, browser) = (world(), Browser::default());
    let essential = encoded(&[("claims", r#"{"id_token":{"acr":{"essential":true}}}"#)]);
    let answer = world.get(&plain("s0", &format!("&{essential}"))).await;
    is_error(&answer, "unmet_authentication_requirements");
    let answer = signed_in(&world, &browser, 0, &plain("s1", "&acr_values=urn:doc")).await;
    assert_eq!(told(&world, &answer).await.get("acr"), None);
}

#[tokio::test]
async fn an_id_token_hint_of_the_same_person_is_answered_however_old() {
    let (world, browser) = (world(), Browser::default());
    let hint = token_of(&world, &browser, 0, &plain("s1", "")).await;
    world.advance_s(7200);
    for prompt in ["&prompt=none", ""] {
        let path = plain(&format!("s2{prompt}"), &format!("{prompt}&id_token_hint={hint}"));
        let answer = browser.get(&world, &path).await;
        assert!(sent(&answer, "code").is_some(), "{answer:?}");
    }
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_id_token_hint_of_another_person_is_not_answered() {
    let world = world();
    let (ada, grace) = (Browser::default(), Browser::default());
    let hint = token_of(&world, &ada, 0, &plain("s1", "")).await;
    let passport = crate::grants::tests::vendor::passport("P7654321");
    let graces = || crate::grants::tests::vendor::showing(approved(), Some(passport.clone()));
    grace.enter(&world, &plain("s2", "")).await;
    world.vendor.set(1, graces());
    grace.come_back(&world, 1).await;
    let path = plain("s3", &format!("&prompt=none&id_token_hint={hint}"));
    is_error(&grace.get(&world, &path).await, "login_required");
    // With a person there a check may still end otherwise; here it does not.
    is_at_vendor(
        &grace
            .enter(&world, &plain("s4", &format!("&id_token_hint={hint}")))
            .await,
    );
    world.vendor.set(2, graces());
    is_error(&grace.come_back(&world, 2).await, "login_required");
}

#[tokio::test]
async fn an_id_token_hint_that_is_not_ours_is_ignored() {
    let world = world();
    let (ada, grace) = (Browser::default(), Browser::default());
    let hint = token_of(&world, &ada, 0, &plain("s1", "")).await;
    let (signed, _) = hint.rsplit_once('.').unwrap();
    let passport = crate::grants::tests::vendor::passport("P7654321");
    grace.enter(&world, &plain("s2", "")).await;
    let graces = crate::grants::tests::vendor::showing(approved(), Some(passport));
    world.vendor.set(1, graces);
    grace.come_back(&world, 1).await;
    // It names Ada, and nobody has signed that.
    let path = plain("s3", &format!("&prompt=none&id_token_hint={signed}.AAAA"));
    assert!(sent(&grace.get(&world, &path).await, "code").is_some());
}

/// What became of the check is told as that, and not as somebody else's.
#[tokio::test]
async fn who_is_refused_under_a_hint_is_refused() {
    let world = world_of(vec![Client {
        outcomes: Outcomes::Errors,
        ..client("rp")
    }]);
    let browser = Browser::default();
    let hint = token_of(&world, &browser, 0, &plain("s1", "")).await;
    let path = plain("s2", &format!("&prompt=login&id_token_hint={hint}"));
    is_at_vendor(&browser.enter(&world, &path).await);
    world.vendor.set(1, crate::grants::tests::vendor::rejected());
    let page = browser.come_back(&world, 1).await;
    let answer = browser
        .get(&world, &format!("{}/continue", location(&page)))
        .await;
    is_error(&answer, "access_denied");
}

#[tokio::test]
async fn somebody_else_gets_a_session_of_their_own() {
    let (world, browser) = (world(), Browser::default());
    let answer = signed_in(&world, &browser, 0, &plain("s1", "")).await;
    told(&world, &answer).await;
    let before = browser.cookies();
    let page = browser.get(&world, &plain("s2", "&prompt=select_account")).await;
    let links: Vec<String> = text_of(&page)
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .filter(|link| link.starts_with("/api/verify/authorize/back"))
        .map(|link| link.replace("&amp;", "&"))
        .collect();
    assert_eq!(links.len(), 2, "{page:?}");
    // What another site makes up chooses nothing.
    let forged = format!("{}&idv_account=other", plain("s2", "&prompt=select_account"));
    assert_eq!(browser.get(&world, &forged).await.status(), 200);
    assert_eq!(browser.cookies(), before);
    let other = browser.get(&world, &links[1]).await;
    is_at_vendor(&browser.follow(&world, other).await);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn the_person_of_last_time_goes_on() {
    let (world, browser) = (world(), Browser::default());
    signed_in(&world, &browser, 0, &plain("s1", "")).await;
    let page = browser.get(&world, &plain("s2", "&prompt=select_account")).await;
    let link = text_of(&page)
        .split("href=\"/api/verify/authorize/back")
        .nth(1)
        .unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let answer = browser
        .get(&world, &format!("/api/verify/authorize/back{link}"))
        .await;
    assert!(sent(&answer, "code").is_some(), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn nobody_is_asked_who_they_are_where_nobody_is_known() {
    let (world, browser) = (world(), Browser::default());
    is_at_vendor(
        &browser
            .enter(&world, &plain("s1", "&prompt=select_account"))
            .await,
    );
}
