//! Each target over its corpus and 10,000 changes. `SEED` and what is printed replay a failure.

use crate::{TARGETS, campaign, corpus, targets};

/// Changes of the corpus, per target.
const CHANGES: u64 = 10_000;
const SEED: u64 = 1;

macro_rules! hold {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let target = targets::named(stringify!($name)).unwrap();
                if let Err(broken) = campaign::run(target, SEED, CHANGES) {
                    panic!("{broken}");
                }
            }
        )*

        const TESTED: &[&str] = &[$(stringify!($name)),*];
    };
}

hold! {
    authorization_request
    callback
    caller_certificate
    client_assertion
    entra_token
    fact_name
    jwk_set
    parameters
    policy
    registration
    retrieval
    sample_call
    sample_claims
    sample_token
    scan
    sealed
}

#[test]
fn no_target_is_without_a_test() {
    assert_eq!(TARGETS.len(), TESTED.len());
    for target in TARGETS {
        assert!(TESTED.contains(&target.name), "{}", target.name);
    }
}

#[test]
fn every_target_begins_with_something() {
    for target in TARGETS {
        assert!(corpus::of(target.name).len() >= 2, "{}", target.name);
    }
}

#[test]
fn what_breaks_is_told_with_its_seed() {
    let picky = crate::Target {
        name: "callback",
        run: |bytes| assert!(bytes.starts_with(b"application/"), "for the test"),
    };
    let broken = campaign::run(picky, SEED, CHANGES).unwrap_err();
    assert!(broken.to_string().starts_with("callback seed "), "{broken}");
}

/// A target that is never reached holds anything: its samples are accepted.
#[test]
fn samples_reach_the_inside_of_their_parsers() {
    for (name, expected) in corpus::accepted() {
        assert!(expected, "{name}");
    }
}
