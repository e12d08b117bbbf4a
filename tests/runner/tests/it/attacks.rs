//! What an attacker would try, each with the outcome they must not get.

use crate::policy::{ID, Policy, keys, outputs};
use crate::stub::Stub;
use crate::world::{World, send, told};
use http::StatusCode;
use runner::script::page::{Landing, PageView};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Asks for a name, then sends the token.
pub(crate) fn asks_for_a_name() -> Policy {
    Policy::default()
        .page("Name", &[], &outputs(&["displayName"]))
        .step("Name")
        .token(&["displayName"])
}

/// An exchange as written: no client tidies the path.
async fn raw(world: &World, request: &str) -> String {
    let port = world.url("/").port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(2), read).await;
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) async fn raw_get(world: &World, path: &str, host: &str) -> String {
    raw(
        world,
        &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
    )
    .await
}

#[tokio::test]
async fn no_path_leaves_a_page_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let ui = folder.path().join("ui");
    std::fs::create_dir(&ui).expect("a folder");
    std::fs::write(ui.join("in.html"), "inside").expect("written");
    std::fs::write(folder.path().join("out.txt"), "outside").expect("written");
    let configuration = format!("[pages]\n'https://cdn.contoso.example/' = '{}'", ui.display());
    let world = World::start(&asks_for_a_name(), &configuration).await;
    let get = |path: &'static str| raw_get(&world, path, "localhost");
    assert!(get("/runner/pages/0/in.html").await.contains("inside"));
    for path in [
        "/runner/pages/0/../out.txt",
        "/runner/pages/0/%2e%2e/out.txt",
        "/runner/pages/0/..%2fout.txt",
        "/runner/pages/0/%252e%252e/out.txt",
        "/runner/pages/0/x/%2e%2e/%2e%2e/out.txt",
        "/runner/pages/0/..%5cout.txt",
        "/runner/pages/0//etc/passwd",
        "/runner/pages/0/%2fetc%2fpasswd",
        "/runner/pages/1/out.txt",
    ] {
        let answer = get(path).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(
            !answer.contains("outside") && !answer.contains("root:"),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let world = World::start(&asks_for_a_name(), "").await;
    let own = format!("{}/runner/answer", world.realm.origin);
    for address in [
        "https://evil.example/".to_owned(),
        format!("{own}/more"),
        format!("{own}?more=1"),
        format!("{own}#x"),
        own.replace("http://", "http://user@"),
        own.replace("localhost", "LOCALHOST"),
        format!("https://evil.example/?x={own}"),
        "javascript:alert(1)".to_owned(),
    ] {
        let request = world.authorize(&[("redirect_uri", &address), ("prompt", "none")]);
        let response = send(world.client().get(request)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{address}");
        assert!(response.headers().get("location").is_none(), "{address}");
    }
}

#[tokio::test]
async fn logout_sends_nobody_to_an_address_that_is_not_registered() {
    let world = World::start(&asks_for_a_name(), "").await;
    for address in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let mut logout = world.at("oauth2/v2.0/logout");
        logout
            .query_pairs_mut()
            .append_pair("post_logout_redirect_uri", address);
        let response = send(world.client().get(logout)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{address}");
        assert!(response.headers().get("location").is_none(), "{address}");
    }
}

#[tokio::test]
async fn a_state_with_line_breaks_makes_no_header() {
    let world = World::start(&asks_for_a_name(), "").await;
    let request = world.authorize(&[("prompt", "none"), ("state", "x\r\nset-cookie: evil=1")]);
    let response = send(world.client().get(request)).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    let cookies = response.headers().get_all("set-cookie").iter();
    assert!(
        cookies
            .filter_map(|cookie| cookie.to_str().ok())
            .all(|cookie| !cookie.contains("evil"))
    );
}

/// A journey at its first page: the page, and the cookies of its browser.
async fn begun(world: &World) -> (PageView, String) {
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let response = send(world.client().get(world.authorize(&[]))).await;
    let pairs = response.headers().get_all("set-cookie").iter();
    let pairs: Vec<String> = pairs
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    (page, pairs.join("; "))
}

#[tokio::test]
async fn a_page_is_not_posted_without_its_csrf_token() {
    let world = World::start(&asks_for_a_name(), "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let fields = [("displayName".to_owned(), "Ada".to_owned())];
    let address = page.address("SelfAsserted", &[]).expect("an address");
    // Without cookies and token, as a form of another site; with a token of the attacker's own, as its script would.
    for token in [None, Some("attacker")] {
        let request = world.client().post(address.clone()).form(&fields);
        let request = match token {
            Some(token) => request
                .header("x-csrf-token", token)
                .header("cookie", format!("x-ms-cpim-csrf={token}")),
            None => request,
        };
        let (_, body) = told(send(request).await).await;
        assert!(body.contains("\"400\"") && body.contains("AADB2C90206"), "{body}");
    }
    let confirmed = page
        .address("api/SelfAsserted/confirmed", &[("csrf_token", "attacker")])
        .expect("an address");
    assert_eq!(
        send(world.client().get(confirmed)).await.status(),
        StatusCode::BAD_REQUEST
    );
    // The journey is unharmed.
    let answer = browser
        .call(&page, "SelfAsserted", &fields)
        .await
        .expect("an answer");
    assert_eq!(answer["status"], "200");
}

#[tokio::test]
async fn another_browser_cannot_go_on_with_a_journey() {
    let world = World::start(&asks_for_a_name(), "").await;
    let victim = world.browser();
    let page = world.first_page(&victim).await;
    let (_, cookies) = begun(&world).await;
    let csrf = page.setting("csrf");
    let request = world
        .client()
        .post(page.address("SelfAsserted", &[]).expect("an address"))
        .header("cookie", format!("{cookies}; x-ms-cpim-csrf={csrf}"))
        .header("x-csrf-token", csrf)
        .form(&[("displayName", "Eve")]);
    let (_, body) = told(send(request).await).await;
    assert!(body.contains("began in another browser"), "{body}");
}

#[tokio::test]
async fn a_journey_is_not_confirmed_through_another_policy() {
    let strict = asks_for_a_name();
    let lax = strict.xml().replace(ID, "B2C_1A_lax");
    let world = World::start_all(&[strict.xml(), lax], "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let fields = [("displayName".to_owned(), "Eve".to_owned())];
    let address = page.address("SelfAsserted", &[]).expect("an address");
    let elsewhere = address.as_str().replace(&format!("/{ID}/"), "/B2C_1A_lax/");
    let wrong = browser
        .post(&elsewhere.parse().expect("an address"), &fields)
        .await;
    let Ok(Landing::Other { body, .. }) = wrong else {
        panic!("{wrong:?}")
    };
    assert!(body.contains("belongs to another policy"), "{body}");
}

#[tokio::test]
async fn a_claim_the_page_does_not_ask_for_cannot_be_posted() {
    let world = World::start(&asks_for_a_name(), "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = [
        field("displayName", "Eve"),
        field("objectId", "admin"),
        field("agreed", "true"),
    ];
    browser
        .call(&page, "SelfAsserted", &fields)
        .await
        .expect("an answer");
    let landing = browser.go(&page, "confirmed", &[]).await.expect("an answer");
    let token = runner::script::expect::token(&landing).expect("a token");
    assert_eq!(
        (&token["sub"], &token["displayName"]),
        (&"nobody".into(), &"Eve".into())
    );
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_however_it_is_framed() {
    let world = World::start(&asks_for_a_name(), "").await;
    let browser = world.browser();
    let page = world.first_page(&browser).await;
    let path = page.address("SelfAsserted", &[]).expect("an address");
    let long = "x".repeat(300 << 10);
    let whole = send(world.client().post(path.clone()).body(long.clone())).await;
    assert_eq!(whole.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let chunk = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunk}",
        path.path()
    );
    let answer = raw(&world, &request).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
        "{answer}"
    );
    assert_eq!(
        world.get("/").await.0,
        StatusCode::OK,
        "the tenant is still there"
    );
}

#[tokio::test]
async fn a_form_sent_in_chunks_is_read() {
    let world = World::start(&asks_for_a_name(), "").await;
    let request = "POST /runner/clock HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
                   a\r\nseconds=60\r\n0\r\n\r\n";
    let answer = raw(&world, request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn an_answer_of_no_provider_leads_nowhere() {
    let world = World::start(&asks_for_a_name(), "").await;
    for path in [
        "/oauth2/authresp?state=x&code=y",
        "/oauth2/authresp",
        "/oauth2/authresp?state=%7B%7D",
    ] {
        let (status, body) = world.get(&format!("/contoso.onmicrosoft.com{path}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body.contains("AADB2C90206"), "{body}");
    }
}

/// A journey that is away at a provider: the provider, the tenant, and the `state` that comes back.
async fn away() -> (Stub, World, String) {
    let stub = Stub::start().await;
    let metadata = format!("{}/metadata", stub.origin);
    let policy = Policy::default()
        .other(
            "Idp",
            "<Protocol Name=\"OpenIdConnect\" />",
            &[
                ("METADATA", &metadata),
                ("client_id", "b2c"),
                ("response_types", "code"),
            ],
            &keys(&[("client_secret", "B2C_1A_Idp")]),
        )
        .step("Idp");
    let world = World::start(&policy, "[keys.B2C_1A_Idp]\nvalue = 's'").await;
    let left = send(world.client().get(world.authorize(&[]))).await;
    let location = left.headers()["location"].to_str().expect("text");
    let location = url::Url::parse(location).expect("an address");
    let state = location.query_pairs().find(|(name, _)| name == "state");
    let state = state.map(|(_, value)| value.into_owned()).expect("a state");
    (stub, world, state)
}

#[tokio::test]
async fn a_provider_s_answer_is_taken_from_the_browser_that_was_sent_only() {
    let (stub, world, state) = away().await;
    let address = world.url("/contoso.onmicrosoft.com/oauth2/authresp");
    for cookie in ["", "x-ms-cpim-trans=attacker"] {
        let mut answer = address.clone();
        answer
            .query_pairs_mut()
            .extend_pairs([("state", state.as_str()), ("code", "stolen")]);
        let (status, body) = told(send(world.client().get(answer).header("cookie", cookie)).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("another browser"), "{body}");
    }
    assert!(
        stub.asked().iter().all(|seen| !seen.contains("stolen")),
        "{:?}",
        stub.asked()
    );
}

#[tokio::test]
async fn the_form_a_provider_s_answer_is_posted_again_with_stays_at_this_tenant() {
    let (_stub, world, state) = away().await;
    let address = format!("{}//contoso.onmicrosoft.com/oauth2/authresp", world.realm.origin);
    let (_, body) = told(send(world.client().post(address).form(&[("state", &state)])).await).await;
    assert!(
        body.contains("action=\"/contoso.onmicrosoft.com/oauth2/authresp\""),
        "{body}"
    );
}
