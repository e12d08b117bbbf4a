use super::*;

#[test]
fn the_last_version_is_the_current_one() {
    let mut store = Store::default();
    let first = store
        .put("Colour", "red".into(), OffsetDateTime::UNIX_EPOCH)
        .unwrap();
    store
        .put("colour", "blue".into(), OffsetDateTime::UNIX_EPOCH)
        .unwrap();
    assert_eq!(store.version("COLOUR", None).unwrap().value, "blue");
    assert_eq!(store.version("colour", Some(&first)).unwrap().value, "red");
    assert_eq!(
        store.current().map(|(name, _)| name).collect::<Vec<_>>(),
        ["Colour"]
    );
}

#[test]
fn what_gets_older_keeps_its_order() {
    let (mut store, hour) = (Store::default(), Duration::from_secs(3600));
    for colour in ["red", "blue"] {
        store
            .put("Colour", colour.into(), OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        store.age("colour", hour);
    }
    let ages = store
        .versions("Colour")
        .iter()
        .map(|version| OffsetDateTime::UNIX_EPOCH - version.created_at);
    assert_eq!(ages.collect::<Vec<_>>(), [2 * hour, hour]);
    store.age("another", hour);
}

#[test]
fn no_value_prints() {
    let mut store = Store::default();
    let value = Value::from("hush");
    assert!(!format!("{value:?}").contains("hush"));
    store.put("Colour", value, OffsetDateTime::UNIX_EPOCH).unwrap();
    let printed = format!("{store:?}");
    assert!(
        printed.contains("Colour") && !printed.contains("hush"),
        "{printed}"
    );
}

#[test]
fn a_name_with_a_colon_is_refused() {
    let mut store = Store::default();
    assert_eq!(
        store.put(
            "JumioSettings:AuthUsername",
            "x".into(),
            OffsetDateTime::UNIX_EPOCH
        ),
        Err(Refused::Name)
    );
    assert!(
        store
            .put(
                "JumioSettings--AuthUsername",
                "x".into(),
                OffsetDateTime::UNIX_EPOCH
            )
            .is_ok()
    );
}

#[test]
fn what_is_deleted_keeps_its_name_until_it_is_recovered_or_purged() {
    let (mut store, now) = (Store::default(), OffsetDateTime::UNIX_EPOCH);
    store.put("Colour", "red".into(), now).unwrap();
    assert!(store.delete("colour", now) && !store.delete("colour", now));
    assert!(store.version("Colour", None).is_none());
    assert_eq!(store.put("COLOUR", "blue".into(), now), Err(Refused::Deleted));
    assert!(store.recover("COLOUR") && !store.purge("colour"));
    assert_eq!(store.version("colour", None).unwrap().value, "red");
    assert!(store.delete("colour", now) && store.purge("Colour"));
    store.put("colour", "blue".into(), now).unwrap();
}
