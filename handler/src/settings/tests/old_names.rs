//! Names of former releases: understood, and never a reason to guess.

use super::*;

const OTHER_KEY: &str = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const CONTAINER: &str = "az:http://127.0.0.1:10000/devstoreaccount1/facts";

/// Each old name, the name now, and two values that are good.
const OLD: &[(&str, &str, &str, &str)] = &[
    (
        "Records:Store",
        "FactStore:Location",
        CONTAINER,
        "az:http://127.0.0.1:10000/devstoreaccount1/other",
    ),
    ("Records:AccountKey", "FactStore:AccountKey", KEY, OTHER_KEY),
    (
        "Verification:ClaimLeaseSeconds",
        "Verification:StartLeaseSeconds",
        "30",
        "40",
    ),
];

/// What is good with any of them.
fn map() -> Map {
    least().with("FactStore:Location", CONTAINER)
}

fn with(map: Map, name: &str, value: &str) -> Map {
    map.without(if name == "Records:Store" {
        "FactStore:Location"
    } else {
        ""
    })
    .with(name, value)
}

#[test]
fn each_old_name_means_the_same_as_the_new_one() {
    for (old, new, value, _) in OLD {
        let [by_old, by_new] = [old, new].map(|name| Settings::load(&with(map(), name, value)).unwrap());
        assert_eq!(
            format!("{:?}", by_old.store),
            format!("{:?}", by_new.store),
            "{old}"
        );
        assert_eq!(by_old.limits, by_new.limits, "{old}");
    }
    let lease = map().with("Verification:ClaimLeaseSeconds", "30");
    let lease = Settings::load(&lease).unwrap().limits.start_lease;
    assert_eq!(lease, Duration::from_secs(30));
}

#[test]
fn these_are_all_old_names() {
    let listed: Vec<(&str, &str)> = table::ALL
        .iter()
        .filter_map(|setting| Some((setting.formerly?, setting.name)))
        .collect();
    let tested: Vec<(&str, &str)> = OLD.iter().map(|(old, new, ..)| (*old, *new)).collect();
    assert_eq!(listed, tested);
}

#[test]
fn an_old_name_is_remarked_on_and_not_called_misspelt() {
    for (old, new, value, _) in OLD {
        let remarks = Settings::load(&with(map(), old, value)).unwrap().remarks;
        assert!(
            remarks.contains(&format!("{old} is the old name of {new}")),
            "{remarks:?}"
        );
        assert!(
            !remarks.iter().any(|remark| remark.contains("not a setting")),
            "{remarks:?}"
        );
    }
}

#[test]
fn both_with_one_value_is_no_fault_and_with_two_one_that_names_both() {
    for (old, new, value, other) in OLD {
        let both = map().with(old, value).with(new, value);
        assert!(Settings::load(&both).is_ok(), "{old}");
        let faults = faults(&map().with(old, value).with(new, other));
        let [fault] = faults.as_slice() else {
            panic!("{faults:?}")
        };
        assert!(fault.contains(old) && fault.contains(new), "{fault}");
        assert!(!fault.contains(value) && !fault.contains(other), "{fault}");
    }
}

#[test]
fn a_fault_names_what_somebody_wrote() {
    let faults = faults(&map().with("Verification:ClaimLeaseSeconds", "never"));
    assert!(
        faults[0].starts_with("Verification:ClaimLeaseSeconds "),
        "{faults:?}"
    );
}

#[test]
fn an_empty_new_name_does_not_hide_the_old_one() {
    let map = least()
        .with("FactStore:Location", " ")
        .with("Records:Store", "memory:");
    assert!(matches!(Settings::load(&map).unwrap().store, Store::Memory));
}
