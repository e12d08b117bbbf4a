//! The identity may read each version of the signing certificate, and not list them.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn named() -> Map {
    direct().with("KeyVault:Names", "named")
}

/// The certificate was rotated a minute ago.
fn rotated() -> Shelf {
    let shelf = Shelf::full();
    rotate(&shelf, &OTHER_RSA, &RSA);
    shelf.0.lock().unwrap().created = Some(NOW - MINUTE);
    shelf.deny("idv-signing/versions");
    shelf
}

fn version(id: &str, created: OffsetDateTime) -> Version {
    let id = id.to_owned();
    Version { id, created }
}

/// Another process has noted these.
fn noted(versions: &[Version]) -> Noted {
    Noted(Arc::new(Mutex::new(Some(versions.to_vec()))))
}

/// The version before.
fn old() -> Version {
    version("old", datetime!(2025-11-20 08:00 UTC))
}

fn ids(loaded: &Loaded) -> Vec<String> {
    let keys = loaded.signing.jwks()["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_noted_before_goes_on_signing_until_the_new_one_is_old_enough() {
    let shelf = rotated();
    let clock = MockClock::at(NOW);
    let loader = start_noted(named(), &shelf, clock.clone(), noted(&[old()]));
    let mut states = loader.states();
    let found = ready(&mut states).await;
    assert_eq!(
        ids(&found),
        [key_id(&OTHER_RSA), key_id(&RSA)],
        "the new key signs at once"
    );
    states.mark_unchanged();
    clock.advance(DAY);
    states.changed().await.unwrap();
    assert_eq!(
        ids(&*ready(&mut states).await),
        [key_id(&RSA), key_id(&OTHER_RSA)]
    );
    // The same of a process that starts then.
    let later = MockClock::at(NOW + DAY);
    let loader = start_noted(named(), &shelf, later, noted(&[old()]));
    let found = ready(&mut loader.states()).await;
    assert_eq!(ids(&found), [key_id(&RSA), key_id(&OTHER_RSA)]);
}

#[tokio::test(start_paused = true)]
async fn the_first_version_signs_at_once_and_that_is_told() {
    let (log, _guard) = log();
    let shelf = rotated();
    let loader = start_noted(
        named(),
        &shelf,
        MockClock::at(NOW),
        noted(&[version("new", NOW - MINUTE)]),
    );
    assert_eq!(ids(&*ready(&mut loader.states()).await), [key_id(&RSA)]);
    assert!(
        has(&log(), &["ERROR", "signing.unpublished_key", &key_id(&RSA)]),
        "{}",
        log()
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_old_enough_or_listed_is_not_complained_about() {
    for listed in [true, false] {
        let (log, _guard) = log();
        let shelf = rotated();
        if listed {
            shelf.heal();
        } else {
            shelf.0.lock().unwrap().created = Some(NOW - 2 * DAY);
        }
        let (loader, _) = start(named(), &shelf);
        let found = ready(&mut loader.states()).await;
        assert_eq!(ids(&found).len(), if listed { 2 } else { 1 });
        assert!(!log().contains("signing.unpublished_key"), "{}", log());
    }
}

#[tokio::test(start_paused = true)]
async fn an_earlier_version_that_is_disabled_or_gone_makes_way() {
    for error in [
        Error::Disabled("idv-signing".to_owned()),
        Error::Missing("idv-signing".to_owned()),
    ] {
        let (log, _guard) = log();
        let shelf = rotated();
        shelf.fail("idv-signing/old", error);
        let loader = start_noted(named(), &shelf, MockClock::at(NOW), noted(&[old()]));
        assert_eq!(ids(&*ready(&mut loader.states()).await), [key_id(&RSA)]);
        assert!(log().contains("signing.unpublished_key"), "{}", log());
    }
}

#[tokio::test(start_paused = true)]
async fn an_earlier_version_that_is_refused_lets_nobody_sign() {
    let shelf = rotated();
    shelf.deny("idv-signing/old");
    let loader = start_noted(named(), &shelf, MockClock::at(NOW), noted(&[old()]));
    let mut states = loader.states();
    pause(120).await;
    match &*states.borrow() {
        State::Faulty(faults) => assert!(
            faults.to_string().contains("AppSettings:SigningCertName"),
            "{faults}"
        ),
        other => panic!("{other:?}"),
    }
    shelf.heal();
    assert_eq!(ids(&*ready(&mut states).await)[0], key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn nobody_signs_until_the_notes_are_read() {
    let shelf = rotated();
    let notes = noted(&[old()]);
    let versions = notes.0.lock().unwrap().take();
    let loader = start_noted(named(), &shelf, MockClock::at(NOW), notes.clone());
    let mut states = loader.states();
    pause(120).await;
    assert!(
        matches!(&*states.borrow(), State::Loading),
        "{:?}",
        states.borrow()
    );
    *notes.0.lock().unwrap() = versions;
    assert_eq!(ids(&*ready(&mut states).await)[0], key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn a_latest_version_that_is_disabled_gives_way_to_what_was_noted() {
    let shelf = rotated();
    shelf.fail("idv-signing", Error::Disabled("idv-signing".to_owned()));
    let loader = start_noted(named(), &shelf, MockClock::at(NOW), noted(&[old()]));
    assert_eq!(ids(&*ready(&mut loader.states()).await), [key_id(&OTHER_RSA)]);
}

#[tokio::test(start_paused = true)]
async fn a_running_process_learns_of_a_version_that_it_has_never_read() {
    let third = crate::tokens::test_keys::rsa(2048);
    let shelf = Shelf::full();
    shelf.put("idv-signing", &text(&OTHER_RSA));
    shelf.0.lock().unwrap().created = Some(datetime!(2025-11-20 08:00 UTC));
    shelf.deny("idv-signing/versions");
    let notes = noted(&[]);
    let loader = start_noted(named(), &shelf, MockClock::at(NOW), notes.clone());
    let mut states = loader.states();
    assert_eq!(ids(&*ready(&mut states).await), [key_id(&OTHER_RSA)]);
    // Two versions came between two readings; another process has read both.
    shelf.put("idv-signing", &text(&third));
    shelf.put("idv-signing/old", &text(&OTHER_RSA));
    shelf.put("idv-signing/two", &text(&RSA));
    shelf.0.lock().unwrap().created = Some(NOW - MINUTE);
    *notes.0.lock().unwrap() = Some(vec![old(), version("two", NOW - 2 * MINUTE)]);
    pause(700).await;
    let expected = [key_id(&OTHER_RSA), key_id(&RSA), key_id(&third)];
    assert_eq!(ids(&*ready(&mut states).await), expected);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_to_be_found_again_is_to_be_noted() {
    for (source, is_noted) in [(named(), true), (direct(), false)] {
        let shelf = rotated();
        shelf.heal();
        let (loader, _) = start(source, &shelf);
        let found = ready(&mut loader.states()).await;
        let expected = is_noted.then(|| ("idv-signing".to_owned(), vec![old()]));
        assert_eq!(found.to_note, expected.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn a_named_previous_certificate_signs_until_the_new_one_is_old_enough() {
    let shelf = rotated();
    shelf.put("idv-signing-before", &text(&OTHER_RSA));
    let file = named().with("AppSettings:PreviousSigningCertName", "idv-signing-before");
    // Made at the same minute, it is no better: the new one signs.
    let (loader, _) = start(file.clone(), &shelf);
    assert_eq!(
        ids(&*ready(&mut loader.states()).await),
        [key_id(&RSA), key_id(&OTHER_RSA)]
    );
    shelf.0.lock().unwrap().created_of = Some(("idv-signing-before", NOW - 2 * DAY));
    let clock = MockClock::at(NOW);
    let loader = start_at(file, &shelf, clock.clone());
    let mut states = loader.states();
    assert_eq!(
        ids(&*ready(&mut states).await),
        [key_id(&OTHER_RSA), key_id(&RSA)]
    );
    states.mark_unchanged();
    clock.advance(DAY);
    states.changed().await.unwrap();
    assert_eq!(
        ids(&*ready(&mut states).await),
        [key_id(&RSA), key_id(&OTHER_RSA)]
    );
}

#[tokio::test(start_paused = true)]
async fn versions_of_the_certificate_follow_each_other_beside_a_previous_one_too() {
    let shelf = rotated();
    shelf.heal();
    shelf.put("idv-signing-before", &text(&crate::tokens::test_keys::rsa(2048)));
    let source = direct().with("AppSettings:PreviousSigningCertName", "idv-signing-before");
    let (loader, _) = start(source, &shelf);
    let found = ids(&*ready(&mut loader.states()).await);
    assert_eq!(found[..2], [key_id(&OTHER_RSA), key_id(&RSA)]);
    assert_eq!(found.len(), 3);
}
