//! Unknown routes and methods: never a text of warp's.

use super::world::{World, header, json_of, request, text_of};

#[tokio::test]
async fn every_route_names_its_methods_when_another_is_used() {
    let world = World::new();
    for (path, allowed) in [
        ("/", "GET, HEAD, OPTIONS"),
        ("/api/verify", "POST, OPTIONS"),
        ("/api/verify/par", "POST, OPTIONS"),
        ("/api/verify/authorize", "GET, POST, OPTIONS"),
        ("/api/verify/authorize/back", "GET, OPTIONS"),
        ("/api/verify/wait/x", "GET, HEAD, POST, OPTIONS"),
        ("/api/verify/wait/x/status", "GET, HEAD, OPTIONS"),
        ("/api/verify/wait/x/country", "GET, HEAD, POST, OPTIONS"),
        ("/api/verify/wait/x/continue", "GET, OPTIONS"),
        ("/api/verify/assets/x", "GET, HEAD, OPTIONS"),
        ("/api/callback/x", "POST, OPTIONS"),
        ("/api/callback/return/x", "GET, POST, OPTIONS"),
        ("/api/token", "POST, OPTIONS"),
        ("/api/token/userinfo", "GET, HEAD, POST, OPTIONS"),
        ("/.well-known/openid-configuration", "GET, HEAD, OPTIONS"),
        ("/.well-known/oauth-authorization-server", "GET, HEAD, OPTIONS"),
        ("/.well-known/security.txt", "GET, HEAD, OPTIONS"),
        ("/api/token/keys", "GET, HEAD, OPTIONS"),
    ] {
        for (method, status) in [("DELETE", 405), ("TRACE", 405), ("BREW", 405), ("OPTIONS", 204)] {
            let answer = world.send(request(method, path)).await;
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "allow")),
                (status, allowed),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_refused_in_the_callers_own_words() {
    let world = World::new();
    assert_eq!(
        json_of(&world.get("/api/token").await)["error"],
        "invalid_request"
    );
    assert_eq!(json_of(&world.get("/api/verify").await)["code"], "route.method");
    let page = world.send(request("PUT", "/api/verify/authorize")).await;
    assert!(text_of(&page).starts_with("<!DOCTYPE html>"), "{page:?}");
}

#[tokio::test]
async fn an_unknown_route_is_a_page_for_people_and_empty_for_machines() {
    let world = World::new();
    for path in [
        "/api",
        "/api/verify/x",
        "/api/verify/wait",
        "/api/token/x",
        "/api/token/.well-known/openid-configuration",
        "/api/token/.well-known/jwks.json",
        "/.well-known",
        "/.well-known/acme-challenge/x",
        "/favicon.ico",
        "/API/TOKEN",
        "//",
        "/api//token",
        "/api/callback//",
        "//api/token",
    ] {
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), answer.body().len()),
            (404, 0),
            "{path}"
        );
        let answer = world
            .send(request("GET", path).header("accept", "text/html,*/*"))
            .await;
        assert_eq!(answer.status(), 404);
        assert!(text_of(&answer).contains("There is nothing here"), "{path}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_makes_no_difference() {
    let world = World::new();
    let answer = world.get("/api/token/keys/").await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn head_is_answered_like_get() {
    let world = World::new();
    for path in ["/", "/api/token/keys", "/.well-known/security.txt"] {
        assert_eq!(world.send(request("HEAD", path)).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn head_begins_no_check_and_issues_no_code() {
    let world = World::new();
    for path in [
        "/api/verify/authorize",
        "/api/verify/authorize/back",
        "/api/verify/wait/x/continue",
        "/api/callback/return/x",
    ] {
        assert_eq!(world.send(request("HEAD", path)).await.status(), 405, "{path}");
    }
}

#[tokio::test]
async fn a_problem_page_speaks_the_language_of_the_browser() {
    let world = World::new();
    let request = request("GET", "/api/verify/wait/x").header("accept-language", "fr-CH, fr;q=0.9");
    let answer = world.send(request).await;
    assert!(text_of(&answer).contains("lang=\"fr\""), "{answer:?}");
}
