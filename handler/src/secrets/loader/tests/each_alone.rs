//! Each secret stands by itself: what is good comes into force, what is bad keeps its last good value, and a client whose
//! secret is of no use is refused alone.

use super::*;

async fn refreshed(loader: &Loader) {
    loader.refresher().refresh().await;
    pause(1).await;
}

fn password(found: &Loaded) -> &str {
    found.settings.jumio.password.expose_secret()
}

/// The client secret in force.
fn secret_of(found: &Loaded, index: usize) -> &str {
    match &found.clients[index].proof {
        Proof::Secret(secrets) => secrets.current.expose_secret(),
        other => panic!("{other:?}"),
    }
}

/// With a second client, whose secret is `client-okta`.
fn two_clients() -> Map {
    direct()
        .with("Clients:1:Id", "okta")
        .with("Clients:1:RedirectUris", "https://okta.example.com/cb")
        .with("Clients:1:AuthMethod", "client_secret_post")
        .with("Clients:1:SecretName", "client-okta")
}

#[tokio::test(start_paused = true)]
async fn one_bad_value_does_not_freeze_the_others() {
    for (name, value) in [
        ("client-b2c", "short"),
        ("AppSettings--StateKey", "noise"),
        ("Verification--LineSeconds", "x"),
    ] {
        let shelf = Shelf::full();
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        ready(&mut states).await;
        shelf.put(name, value);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        pause(1300).await;
        assert_eq!(
            password(&*ready(&mut states).await),
            "new",
            "{name} freezes the others"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_value_is_told_by_name_and_comes_into_force_soon_after_it_was_mended() {
    let (log, _guard) = log();
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.put("client-b2c", "short-secret");
    refreshed(&loader).await;
    let text = log();
    assert!(
        has(&text, &["ERROR", "secrets.bad_value", "Clients:0:SecretName"]),
        "{text}"
    );
    assert!(!text.contains("short-secret"));
    assert_eq!(secret_of(&*ready(&mut states).await, 0), CLIENT_SECRET);
    shelf.put("client-b2c", "the-next-client-secret");
    pause(10).await;
    assert_eq!(secret_of(&*ready(&mut states).await, 0), "the-next-client-secret");
}

#[tokio::test(start_paused = true)]
async fn a_bad_value_that_stays_is_not_read_every_moment() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    ready(&mut loader.states()).await;
    shelf.put("client-b2c", "short");
    refreshed(&loader).await;
    let first = shelf.rounds();
    pause(7200).await;
    let later = shelf.rounds() - first;
    assert!((12..=30).contains(&later), "{later} readings in two hours");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_became_noise_leaves_the_signer_and_the_others() {
    let (log, _guard) = log();
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.put("idv-signing", "noise");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    assert_eq!(
        (password(&found), found.signing.key_id()),
        ("new", key_id(&RSA).as_str())
    );
    assert!(has(&log(), &["ERROR", "AppSettings:SigningCertName"]));
}

#[tokio::test(start_paused = true)]
async fn of_two_values_that_do_not_go_together_the_new_one_waits() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    let before = ready(&mut states).await.settings.limits.max_attempts;
    // More than `MaxStarts`, and it is that one which is complained about.
    shelf.put("Verification--MaxAttempts", "20");
    shelf.put("Verification--LineSeconds", "60");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    assert_eq!(found.settings.limits.max_attempts, before);
    assert_eq!(found.settings.limits.line_patience, Duration::from_secs(60));
    assert_eq!(password(&found), "new");
    shelf.put("Verification--MaxStarts", "30");
    refreshed(&loader).await;
    assert_eq!(ready(&mut states).await.settings.limits.max_attempts, 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_half_written_disturbs_nobody() {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.put("Clients--1--Id", "okta");
    shelf.put("Clients--1--RedirectUris", "https://okta.example.com/cb");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    assert_eq!((password(&found), secret_of(&found, 0)), ("new", CLIENT_SECRET));
    shelf.put("Clients--1--AuthMethod", "client_secret_post");
    shelf.put("Clients--1--Secret", "the-secret-of-okta");
    refreshed(&loader).await;
    assert_eq!(secret_of(&*ready(&mut states).await, 1), "the-secret-of-okta");
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_client_that_is_removed_stays_in_force() {
    let shelf = Shelf::full();
    shelf.put("Clients--1--Id", "okta");
    shelf.put("Clients--1--RedirectUris", "https://okta.example.com/cb");
    shelf.put("Clients--1--AuthMethod", "client_secret_post");
    shelf.put("Clients--1--Secret", "the-secret-of-okta");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.take("Clients--1--Secret");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    assert_eq!(
        (password(&found), secret_of(&found, 1)),
        ("new", "the-secret-of-okta")
    );
}

fn disabled(name: &str) -> Error {
    Error::Disabled(name.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_start_without_one_client_s_secret_refuses_that_client_alone() {
    type Spoil = fn(&Shelf);
    let spoils: [Spoil; 4] = [
        |shelf| shelf.fail("client-okta", disabled("client-okta")),
        |shelf| shelf.deny("client-okta"),
        |shelf| shelf.take("client-okta"),
        |shelf| shelf.put("client-okta", "short"),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let (log, _guard) = log();
        let shelf = Shelf::full();
        shelf.put("client-okta", "the-secret-of-okta");
        spoil(&shelf);
        let (loader, _) = start(two_clients(), &shelf);
        let mut states = loader.states();
        pause(1).await;
        let state = states.borrow().clone();
        let State::Ready(found) = state else {
            panic!("{number}: {state:?}")
        };
        assert_eq!(secret_of(&found, 0), CLIENT_SECRET);
        assert!(matches!(found.clients[1].proof, Proof::Unreadable), "{number}");
        let text = log();
        assert!(
            has(&text, &["ERROR", "secrets.set_aside", "Clients:1:SecretName"]),
            "{number}: {text}"
        );
        shelf.heal();
        shelf.put("client-okta", "the-secret-of-okta");
        pause(10).await;
        assert_eq!(secret_of(&*ready(&mut states).await, 1), "the-secret-of-okta");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_without_one_setting_of_a_client_refuses_that_client_alone() {
    for name in [
        "Clients--1--Id",
        "Clients--1--RedirectUris",
        "Clients--1--AuthMethod",
        "Clients--1--RequirePkce",
        "Clients--1--Secret",
    ] {
        let shelf = Shelf::full();
        for (name, value) in [
            ("Id", "okta"),
            ("RedirectUris", "https://okta.example.com/cb"),
            ("AuthMethod", "client_secret_post"),
            ("RequirePkce", "false"),
            ("Secret", "the-secret-of-okta"),
        ] {
            shelf.put(&format!("Clients--1--{name}"), value);
        }
        shelf.fail(name, disabled(name));
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        pause(1).await;
        let state = states.borrow().clone();
        let State::Ready(found) = state else {
            panic!("{name}: {state:?}")
        };
        assert_eq!(secret_of(&found, 0), CLIENT_SECRET, "{name}");
        let mut others = found.clients[1..].iter();
        assert!(
            others.all(|client| matches!(client.proof, Proof::Unreadable)),
            "{name}"
        );
        assert_eq!(found.settings.aside[0].setting, name.replace("--", ":"));
        shelf.heal();
        pause(10).await;
        let found = ready(&mut states).await;
        assert_eq!(secret_of(&found, 1), "the-secret-of-okta", "{name}");
        assert!(!found.clients[1].require_pkce);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_without_one_way_of_callers_closes_that_way_alone() {
    let shelf = Shelf::full();
    shelf.put("VerifyAuth--BasicPassword", "password-of-the-caller");
    shelf.deny("VerifyAuth--BasicPassword");
    let source = direct().with("VerifyAuth:BasicUsername", "b2c");
    let faults = faults(source.clone(), &shelf).await;
    assert!(faults[0].starts_with("VerifyAuth:BasicPassword"), "{faults:?}");
    let entra = source
        .with(
            "VerifyAuth:EntraIssuer",
            "https://login.microsoftonline.com/contoso/v2.0",
        )
        .with("VerifyAuth:EntraAudience", "api://x")
        .with("VerifyAuth:EntraAppIds", "one");
    let (loader, _) = start(entra, &shelf);
    let mut states = loader.states();
    let found = ready(&mut states).await;
    assert!(found.settings.callers.basic.is_empty() && found.settings.callers.entra.is_some());
    shelf.heal();
    pause(10).await;
    assert_eq!(ready(&mut states).await.settings.callers.basic.len(), 1);
    // While it runs, a bad password leaves the one before in force.
    shelf.put("VerifyAuth--BasicPassword", "short");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    let basic = &found.settings.callers.basic[0];
    assert_eq!(
        (password(&found), basic.password.expose_secret()),
        ("new", "password-of-the-caller")
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_without_any_client_s_secret_serves_nobody() {
    let shelf = Shelf::full();
    shelf.deny("client-b2c");
    let faults = faults(two_clients(), &shelf).await;
    for name in ["Clients:0:SecretName", "Clients:1:SecretName"] {
        assert!(faults.iter().any(|fault| fault.starts_with(name)), "{faults:?}");
    }
}
