//! The control port's pages, as a browser without script meets them.

use reqwest::{Method, Response};
use rig::jumio::scenario::SCENARIOS;
use serde_json::{Value, json};

use super::client::Stage;

/// What is filled in.
type Fields = &'static [(&'static str, &'static str)];

const HTML: &str = "text/html,application/xhtml+xml";

async fn open(stage: &Stage, path: &str) -> String {
    let request = stage.http.get(stage.control(path)).header("accept", HTML);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    response.text().await.unwrap()
}

async fn press(stage: &Stage, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = stage.http.post(stage.control(path)).form(fields);
    request.send().await.unwrap()
}

/// Where a form that was obeyed leads.
fn led_to(response: &Response) -> &str {
    assert_eq!(response.status(), 303);
    response.headers()["location"].to_str().unwrap()
}

async fn latest(stage: &Stage) -> Value {
    stage.get("jumio/transactions/latest").await
}

#[tokio::test]
async fn programs_get_json_and_browsers_a_page() {
    let stage = Stage::start().await;
    assert!(
        open(&stage, "")
            .await
            .contains("Nobody has been sent to Jumio yet.")
    );
    assert!(stage.get("").await.is_object());
    stage.create("one").await;
    assert!(open(&stage, "jumio/transactions").await.contains(">one</a>"));
    assert!(stage.get("jumio/transactions").await.is_array());
}

#[tokio::test]
async fn the_next_scenario_is_chosen_among_all() {
    let stage = Stage::start().await;
    let page = open(&stage, "").await;
    for scenario in SCENARIOS {
        assert!(
            page.contains(&format!("value=\"{}\"", scenario.name)),
            "{}",
            scenario.name
        );
    }
    let fields = [("scenario", "fraud"), ("auto", "1")];
    assert_eq!(led_to(&press(&stage, "page/next", &fields).await), "/");
    let now = stage.get("jumio/default-scenario").await;
    assert_eq!(now, json!({ "scenario": "fraud", "auto": true }));
    assert!(
        open(&stage, "")
            .await
            .contains("<strong id=\"now\">fraud</strong>")
    );
    led_to(&press(&stage, "page/next", &[("scenario", "pass")]).await);
    assert_eq!(stage.get("jumio/default-scenario").await["auto"], false);
}

#[tokio::test]
async fn a_transaction_shows_what_was_asked_without_credentials_and_is_played() {
    let stage = Stage::start().await;
    let created = stage.create("one").await;
    let id = created["workflowExecution"]["id"].as_str().unwrap();
    let path = format!("jumio/transactions/{id}");
    let page = open(&stage, &path).await;
    assert!(page.contains("customerInternalReference"), "{page}");
    assert!(!page.contains("Bearer "), "{page}");
    let document = [
        ("scenario", "pass"),
        ("firstName", "LAYTH"),
        ("lastName", ""),
        ("dateOfBirth", "1961-07-01"),
    ];
    let played = press(&stage, &format!("page/transactions/{id}/finish"), &document).await;
    assert_eq!(led_to(&played), format!("/{path}"));
    assert_eq!(latest(&stage).await["scenario"], "pass");
    assert!(
        open(&stage, &path)
            .await
            .contains("LAYTH TALVIK, born 1961-07-01")
    );
}

#[tokio::test]
async fn a_callback_is_sent_and_what_was_answered_is_shown() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let fields = [("status", "PROCESSED"), ("copies", "2")];
    led_to(&press(&stage, "page/transactions/latest/callback", &fields).await);
    let sent = latest(&stage).await["callbacks"].clone();
    assert_eq!(sent.as_array().unwrap().len(), 2, "{sent}");
    assert_eq!(sent[0]["status"], "PROCESSED");
    let page = open(&stage, "jumio/transactions/latest").await;
    assert!(page.contains(", PROCESSED: answered "), "{page}");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_on_the_page_and_changes_nothing() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let of = |seen: &Value| ["scenario", "status", "callbacks"].map(|name| seen[name].clone());
    let before = of(&latest(&stage).await);
    let cases: [(&str, Fields, &str); 6] = [
        (
            "page/next",
            &[("scenario", "aproved")],
            "there is no scenario &quot;aproved&quot;",
        ),
        (
            "page/transactions/latest/finish",
            &[("scenario", "unreadible")],
            "perhaps unreadable",
        ),
        (
            "page/transactions/latest/finish",
            &[("scenario", "pass"), ("dateOfBirth", "12.04.1988")],
            "no birth date",
        ),
        (
            "page/transactions/latest/callback",
            &[("status", "PROCESED")],
            "it is one of ACQUISITION_STARTED",
        ),
        (
            "page/transactions/latest/callback",
            &[("copies", "1000")],
            "1 to 9 times",
        ),
        (
            "page/transactions/latest/finnish",
            &[],
            "There is no such button.",
        ),
    ];
    for (path, fields, told) in cases {
        let response = press(&stage, path, fields).await;
        assert_eq!(response.status(), 400, "{path}");
        let page = response.text().await.unwrap();
        let (_, alert) = page
            .split_once("role=\"alert\"")
            .unwrap_or_else(|| panic!("{path}: {page}"));
        assert!(
            alert.split_once("</p>").unwrap().0.contains(told),
            "{told}: {page}"
        );
    }
    assert_eq!(of(&latest(&stage).await), before);
    assert_eq!(stage.get("jumio/default-scenario").await["scenario"], "pass");
}

#[tokio::test]
async fn a_page_of_elsewhere_presses_nothing() {
    let stage = Stage::start().await;
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("host", "elsewhere.example"),
    ] {
        let request = stage.http.post(stage.control("page/next")).header(name, value);
        let response = request.form(&[("scenario", "fraud")]).send().await.unwrap();
        assert_eq!(response.status(), 403, "{name}");
    }
    assert_eq!(stage.get("jumio/default-scenario").await["scenario"], "pass");
}

#[tokio::test]
async fn programs_are_told_of_slips_in_names_too() {
    let stage = Stage::start().await;
    stage.create("one").await;
    let of = |of: &str, operation: &str| json!({ "of": of, "operation": operation, "delay_ms": 1 });
    let cases = [
        (
            Method::GET,
            "history?off=jumio",
            Value::Null,
            "there is no parameter \"off\" here",
        ),
        (
            Method::GET,
            "history?of=jumo",
            Value::Null,
            "of must be one of jumio",
        ),
        (
            Method::GET,
            "history?operation=detials",
            Value::Null,
            "operation must be one of token",
        ),
        (
            Method::GET,
            "jumio/transactions?refrence=one",
            Value::Null,
            "there is no parameter",
        ),
        (
            Method::POST,
            "faults",
            of("jumio", "detials"),
            "operation must be one of token",
        ),
        (
            Method::POST,
            "faults",
            of("jumo", "details"),
            "of must be one of jumio",
        ),
        (
            Method::POST,
            "jumio/transactions/latest/expire",
            json!({ "now": true }),
            "unknown field `now`",
        ),
    ];
    for (method, path, body, told) in cases {
        let (status, why) = stage.refused(method, path, body).await;
        assert_eq!(status, 400, "{path}");
        assert!(why.starts_with(told), "{path}: {why}");
    }
}
