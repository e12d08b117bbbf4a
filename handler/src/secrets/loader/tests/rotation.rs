//! The signing certificate gets new versions, more than one within the time that a version is published before it signs.

use super::*;
use crate::tokens::{Kind, SigningAlg};

static THIRD: std::sync::LazyLock<PKey<Private>> =
    std::sync::LazyLock::new(|| crate::tokens::test_keys::rsa(2048));

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Version `one` is old, `two` came an hour ago and `three` comes now; each is published a day before it signs.
fn rotated_twice() -> Shelf {
    let shelf = Shelf::full();
    shelf.put("idv-signing", &text(&THIRD));
    shelf.put("idv-signing/one", &text(&RSA));
    shelf.put("idv-signing/two", &text(&OTHER_RSA));
    shelf.put("idv-signing/three", &text(&THIRD));
    let version = |id: &str, created| Version {
        id: id.to_owned(),
        created,
    };
    shelf.0.lock().unwrap().versions = vec![
        version("three", NOW),
        version("two", NOW - HOUR),
        version("one", datetime!(2025-11-20 08:00 UTC)),
    ];
    shelf
}

fn names(loaded: &Loaded) -> Vec<&'static str> {
    let known = [
        ("one", key_id(&RSA)),
        ("two", key_id(&OTHER_RSA)),
        ("three", key_id(&THIRD)),
    ];
    let keys = loaded.signing.jwks()["keys"].as_array().unwrap();
    let name = |key: &serde_json::Value| known.iter().find(|(_, id)| key["kid"] == *id).unwrap().0;
    keys.iter().map(name).collect()
}

/// What a process that starts so long after the last rotation signs with (first) and publishes.
async fn started_after(shelf: &Shelf, passed: Duration) -> Vec<&'static str> {
    let loader = start_at(direct(), shelf, MockClock::at(NOW + passed));
    names(&*ready(&mut loader.states()).await)
}

#[tokio::test(start_paused = true)]
async fn a_second_rotation_within_the_publish_time_keeps_the_signer() {
    let shelf = rotated_twice();
    let keys = started_after(&shelf, Duration::ZERO).await;
    assert_eq!(keys[0], "one", "{keys:?}");
    assert!(keys.contains(&"two") && keys.contains(&"three"), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn each_version_signs_when_it_is_old_enough_and_its_predecessor_stays_published() {
    let shelf = rotated_twice();
    let second = 23 * HOUR;
    assert_eq!(started_after(&shelf, 22 * HOUR + 3599 * SECOND).await[0], "one");
    assert_eq!(started_after(&shelf, second).await, ["two", "one", "three"]);
    let still = second + 900 * SECOND;
    assert_eq!(started_after(&shelf, still).await, ["two", "one", "three"]);
    assert_eq!(started_after(&shelf, DAY).await, ["three", "two"]);
    assert_eq!(started_after(&shelf, 3 * DAY).await, ["three", "two"]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_runs_and_one_that_starts_decide_alike() {
    let shelf = rotated_twice();
    let (loader, clock) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    let mut passed = Duration::ZERO;
    for _ in 0..8 {
        clock.advance(6 * HOUR);
        passed += 6 * HOUR;
        pause(1300).await;
        let running = names(&*ready(&mut states).await);
        assert_eq!(running, started_after(&shelf, passed).await, "{passed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_of_no_use_is_passed_over() {
    let shelf = rotated_twice();
    shelf.put("idv-signing/two", "noise");
    assert_eq!(started_after(&shelf, Duration::ZERO).await, ["one", "three"]);
    assert_eq!(started_after(&shelf, DAY).await[0], "three");
    shelf.take("idv-signing/two");
    assert_eq!(started_after(&shelf, Duration::ZERO).await, ["one", "three"]);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_came_between_the_two_questions_is_taken_for_the_youngest() {
    let shelf = rotated_twice();
    // The list was made before the last version was, the secret was read after.
    shelf.0.lock().unwrap().versions.remove(0);
    shelf.0.lock().unwrap().created = Some(NOW);
    let keys = started_after(&shelf, 23 * HOUR).await;
    assert_eq!(keys[0], "two", "{keys:?}");
    assert!(keys.contains(&"three"), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn a_latest_version_that_is_disabled_gives_way_to_those_before() {
    let shelf = rotated_twice();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.fail("idv-signing", Error::Disabled("idv-signing".to_owned()));
    shelf.0.lock().unwrap().versions.remove(0);
    assert_eq!(started_after(&shelf, Duration::ZERO).await, ["one", "two"]);
    pause(1300).await;
    assert_eq!(
        names(&*ready(&mut states).await),
        ["one", "two"],
        "a running process"
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_disabled_is_withdrawn_by_a_running_process_too() {
    let shelf = rotated_twice();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    assert_eq!(names(&*ready(&mut states).await), ["one", "two", "three"]);
    shelf.fail("idv-signing/one", Error::Disabled("idv-signing".to_owned()));
    shelf.0.lock().unwrap().versions.remove(2);
    pause(1300).await;
    assert_eq!(names(&*ready(&mut states).await), ["two", "three"]);
    assert_eq!(started_after(&shelf, Duration::ZERO).await, ["two", "three"]);
}

/// A certificate with a key on P-256, as PEM, and the id of its key.
fn elliptic() -> (String, String) {
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    let text = text(&key);
    let certificate = Certificate::of_secret(Kind::Elliptic, &text, "").unwrap();
    (text, certificate.key_id())
}

fn with_elliptic() -> Map {
    direct().with("AppSettings:SigningEcCertName", "idv-ec")
}

#[tokio::test(start_paused = true)]
async fn the_certificate_for_es256_rotates_as_the_other_does() {
    let shelf = rotated_twice();
    let ((old, old_id), (young, young_id)) = (elliptic(), elliptic());
    for (name, text) in [("idv-ec", &young), ("idv-ec/three", &young), ("idv-ec/two", &old)] {
        shelf.put(name, text);
    }
    shelf.put("idv-ec/one", &old);
    for (passed, signer, next) in [(Duration::ZERO, &old_id, &young_id), (DAY, &young_id, &old_id)] {
        let loader = start_at(with_elliptic(), &shelf, MockClock::at(NOW + passed));
        let found = ready(&mut loader.states()).await;
        let keys = found.signing.jwks()["keys"].as_array().unwrap().clone();
        let ids = keys
            .iter()
            .filter(|key| key["alg"] == "ES256")
            .map(|key| key["kid"].clone());
        assert_eq!(ids.collect::<Vec<_>>(), [signer.as_str(), next.as_str()]);
        let token = found.signing.sign_by(SigningAlg::Es256, &serde_json::json!({}));
        let header = jsonwebtoken::decode_header(token.unwrap()).unwrap();
        assert_eq!(header.kid.as_ref(), Some(signer));
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_for_es256_that_is_none_is_named() {
    let shelf = Shelf::full();
    shelf.put("idv-ec", &text(&RSA));
    let faults = faults(with_elliptic(), &shelf).await.concat();
    assert!(
        faults.contains("AppSettings:SigningEcCertName gives no certificate"),
        "{faults}"
    );
}
