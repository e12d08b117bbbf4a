//! The faults of Microsoft's sample, each with the tests that show this front without it. Those that only a policy can end are run
//! on policies, with and without the lines of `docs/migrating.md`.
//!
//! | # | fault of the sample | tests |
//! | - | --- | --- |
//! | 1 | its success link signs in for seven days, and goes to Jumio | `the_way_in_is_made_for_the_browser_that_comes_back_and_never_given_to_the_vendor`, `a_link_serves_one_browser`, `the link back is dead when its five minutes are over` |
//! | 2 | its block page blocks nobody | `the_block_page_blocks_with_the_lines_and_not_without` |
//! | 3 | only the status of the document counts | `an_approved_document_is_no_pass_without_the_face`, `names_that_the_policy_sends_are_compared_with_the_document` |
//! | 4 | verified once is verified for good | `a_reversal_is_told_although_the_token_says_verified` |
//! | 5 | the published key works | `the_published_key_is_refused_however_long_it_is` |
//! | 6 | anybody starts what is paid for, and gets a hint for any account | `who_does_not_prove_themselves_gets_nothing`, `a_secret_that_comes_from_a_page_is_refused_on_every_action` |
//! | 7 | anybody reads any verdict | `another_accounts_reference_tells_nothing` |
//! | 8 | a reference changes the path of a call to Jumio | `a_reference_that_is_a_path_reaches_nobody` |
//! | 9 | a value adds parameters to the link | `no_value_adds_a_parameter`, `what_is_not_registered_is_refused_and_nothing_is_kept` |
//! | 10 | the reader takes weaker tokens | `every_token_of_the_sample_is_read_or_refused_for_its_reason`, `a_signed_token_that_is_not_encrypted_is_refused`, `another_encryption_is_refused` |
//! | 11 | a repeated call is another transaction | `the_same_call_again_is_the_same_transaction_and_the_same_link`, `a_sign_in_while_a_check_is_open_keeps_its_reference_and_pays_nothing` |
//! | 12 | nobody can try again | `who_is_rejected_tries_again_on_our_page_and_never_goes_back_in_between`, `somebody who is refused tries again and is verified` |
//! | 13 | a result is known only to an open page | `a_result_is_known_although_the_browser_was_closed` |
//! | 14 | trouble of Jumio's is told to anybody, in its words | `trouble_of_the_vendor_is_told_to_nobody` |
//! | 15 | each call opens a connection | `calls_to_one_host_go_over_one_connection` |
//! | 16 | the certificate is looked for at each request | `documents_are_made_once` |
//! | 17 | the address of the keys is what the caller says | `the_address_of_the_keys_is_ours_whatever_the_request_names`, `metadata_and_keys_are_only_read` |
//! | 18 | a bad token is an error of the server | `tokens_that_are_not_good_are_409_with_a_sentence` |
//! | 19 | nothing is too long | `bodies_that_the_sample_refuses_are_refused_as_it_does` |
//! | 20 | its page cannot poll | `the_page_may_poll_from_the_tenants_origin_where_the_handler_answers_browsers`, `somebody signs up, is checked, comes back and is verified` |
//! | 21 | the application's `state` and `nonce` are lost | `the_application_gets_its_own_answer_with_the_lines_and_none_without` |
//! | 22 | whoever fails at Jumio stays there | `who_gives_up_at_the_vendor_comes_back_to_our_page`, `somebody who gives up at Jumio comes back and tries again` |
//! | 23 | only Windows has its certificate | `pkcs12_is_read_with_and_without_password`, `a_key_vault_secret_is_pkcs12_or_pem` |

use std::path::{Path, PathBuf};

use super::*;
use crate::checks::vendor::{End, Finding, Mark, Progress};
use crate::grants::tests::vendor::abandoned;

const FAULTS: usize = 23;

#[tokio::test]
async fn the_way_in_is_made_for_the_browser_that_comes_back_and_never_given_to_the_vendor() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let given_to_b2c = begun.to_string();
    assert!(!given_to_b2c.contains("id_token_hint"), "{given_to_b2c}");
    to_vendor(&world, &browser, &begun).await;
    let given = format!("{:?}", world.vendor.start_of(0));
    for word in ["id_token_hint", "eyJ", ACCOUNT, "b2clogin"] {
        assert!(!given.contains(word), "{word}: {given}");
    }
    world.vendor.set(0, approved());
    let stranger = Browser::default();
    let answer = stranger.come_back(&world, 0).await;
    assert!(
        answer.status() == 403 && header(&answer, "location").is_empty(),
        "{answer:?}"
    );
    let hint = sent(&browser.come_back(&world, 0).await, "id_token_hint").unwrap();
    world.advance_s(301);
    let later = browser.come_back(&world, 0).await;
    assert!(
        !header(&later, "location").contains(&hint),
        "a hint is never given twice: {later:?}"
    );
}

/// Document and all else in order, and Jumio says so, but the face was never compared, or is another's.
#[tokio::test]
async fn an_approved_document_is_no_pass_without_the_face() {
    for mark in [Mark::Rejected, Mark::NotExecuted] {
        let (world, browser) = (World::new(), Browser::default());
        let begun = begun(&world, "c1").await;
        to_vendor(&world, &browser, &begun).await;
        world.vendor.set(0, approved_but(mark));
        browser.come_back(&world, 0).await;
        let token = token(&world, &begun["transactionReference"]).await;
        assert_ne!(polled(&world, &token).await["status"], "SUCCESS", "{mark:?}");
        let answer = validated(&world, &begun["transactionReference"], &token).await;
        assert_eq!(json_of(&answer)["success"], false, "{mark:?}");
    }
}

fn approved_but(face: Mark) -> Progress {
    let Progress::Ended(finding) = approved() else {
        panic!("an approval is an end")
    };
    let mut checks = finding.checks.clone();
    checks.last_mut().unwrap().mark = face;
    Progress::Ended(Box::new(Finding {
        end: End::Processed,
        checks,
        ..*finding
    }))
}

#[tokio::test]
async fn a_reference_that_is_a_path_reaches_nobody() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    let before = (world.vendor.starts(), world.vendor.fetches());
    for reference in ["x/../../../../other/path", "x?y=z", "x#y", "%2e%2e%2fother", ".."] {
        let token = token(&world, &json!(reference)).await;
        assert_eq!(polled(&world, &token).await["status"], "FAILED", "{reference}");
        let answer = validated(&world, &json!(reference), &token).await;
        assert_eq!(json_of(&answer)["success"], false, "{reference}");
    }
    assert_eq!((world.vendor.starts(), world.vendor.fetches()), before);
}

/// What the vendor sends when something changed about its n-th transaction.
async fn called_back(world: &World, n: usize) {
    let ids = world.vendor.ids_of(n);
    let body = json!({
        "callbackSentAt": "2026-02-03T10:05:00.000Z", "account": { "id": ids.account },
        "workflowExecution": { "id": ids.execution, "status": "PROCESSED" },
    });
    let path = world.vendor.start_of(n).callback_url.path().to_owned();
    assert_eq!(world.send(request("POST", &path).json(&body)).await.status(), 200);
    world.calm().await;
}

#[tokio::test]
async fn a_result_is_known_although_the_browser_was_closed() {
    let (world, browser) = (World::new(), Browser::default());
    let first = begun(&world, "c1").await;
    to_vendor(&world, &browser, &first).await;
    world.vendor.set(0, approved());
    for _ in 0..2 {
        called_back(&world, 0).await;
    }
    let token = token(&world, &first["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "SUCCESS");
    // Another sign-in, in another browser, goes straight back.
    let second = begun(&world, "c2").await;
    let answer = Browser::default().enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(B2C), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

/// What the test's vendor says of its trouble.
const TROUBLE: &str = "for the test";

#[tokio::test]
async fn trouble_of_the_vendor_is_told_to_nobody() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set_down(true);
    let (_, shown) = {
        let answer = browser.come_back(&world, 0).await;
        browser.arrive(&world, answer).await
    };
    assert!(!text_of(&shown).contains(TROUBLE), "{shown:?}");
    let token = token(&world, reference).await;
    let told = polled(&world, &token).await;
    assert_eq!(told["status"], "RETRY", "could not check is not failed");
    let answer = validated(&world, reference, &token).await;
    for said in [told.to_string(), text_of(&answer).to_owned()] {
        assert!(!said.contains(TROUBLE), "{said}");
    }
}

#[tokio::test]
async fn a_start_that_the_vendor_refuses_is_told_in_our_words() {
    let (world, browser) = (World::new(), Browser::default());
    world.vendor.set_down(true);
    let begun = begun(&world, "c1").await;
    let answer = agreed(&world, &browser, &begun).await;
    let (_, shown) = browser.arrive(&world, answer).await;
    assert!(!text_of(&shown).contains(TROUBLE), "{shown:?}");
    assert_eq!((shown.status().as_u16(), header(&shown, "location")), (503, ""));
}

/// The very bytes that were made when the settings were loaded, not equal ones.
#[tokio::test]
async fn documents_are_made_once() {
    let world = World::new();
    let services = world.services.borrow().clone().unwrap();
    let published = &services.sample.as_ref().unwrap().published;
    for (name, made) in [
        ("keys", &published.keys),
        ("openid-configuration", &published.metadata),
    ] {
        for _ in 0..3 {
            let answer = world.get(&format!("/api/Oidc/.well-known/{name}")).await;
            assert_eq!(answer.body().as_ptr(), made.as_ptr(), "{name}");
        }
    }
}

#[tokio::test]
async fn the_address_of_the_keys_is_ours_whatever_the_request_names() {
    let world = World::new();
    let asked = request("GET", "/api/Oidc/.well-known/openid-configuration")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "http");
    let answer = world.send(asked).await;
    assert!(!text_of(&answer).contains("evil"), "{answer:?}");
    let plain = world.get("/api/Oidc/.well-known/openid-configuration").await;
    assert_eq!(
        json_of(&plain)["jwks_uri"],
        format!("{ORIGIN}/api/Oidc/.well-known/keys")
    );
}

#[tokio::test]
async fn metadata_and_keys_are_only_read() {
    let world = World::new();
    for path in [
        "/api/Oidc/.well-known/openid-configuration",
        "/api/Oidc/.well-known/keys",
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let answer = world.send(request(method, path)).await;
            assert_eq!(answer.status(), 405, "{method} {path}");
        }
        assert_eq!(world.send(request("HEAD", path)).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn who_gives_up_at_the_vendor_comes_back_to_our_page() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, abandoned());
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    assert!(page.starts_with("/api/verify/wait/"), "{answer:?}");
    let shown = browser.get(&world, &page).await;
    assert!(text_of(&shown).contains("value=\"retry\""), "{shown:?}");
    browser.act(&world, &page, "retry").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
}

/// Files that hold tests, below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "node_modules" {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "rs" || end == "js") {
            found.push(path);
        }
    }
}

/// The rows of the table above: number and tests.
fn table() -> Vec<(usize, Vec<String>)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line
            .strip_prefix("//! | ")?
            .trim_end_matches('|')
            .split(" | ")
            .collect();
        let number = cells.first()?.trim().parse().ok()?;
        let names = cells.get(2)?.split('`').skip(1).step_by(2).map(str::to_owned);
        Some((number, names.collect()))
    };
    include_str!("faults.rs").lines().filter_map(row).collect()
}

#[test]
fn every_fault_names_tests_that_exist() {
    let rows = table();
    let numbers: Vec<usize> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=FAULTS).collect::<Vec<_>>());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in ["handler/src", "tests/it", "tests/browser"] {
        sources(&root.join(folder), &mut files);
    }
    let text: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    for (number, names) in rows {
        assert!(!names.is_empty(), "{number}");
        for name in names {
            let exists = text.contains(&format!("fn {name}(")) || text.contains(&format!("test('{name}'"));
            assert!(exists, "{number}: there is no test {name}");
        }
    }
}
