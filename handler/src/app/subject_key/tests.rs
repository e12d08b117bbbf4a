use std::sync::Arc;

use async_trait::async_trait;

use super::*;
use crate::clock::SystemClock;
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation, failure};
use crate::fact_store::{self, Place};
use crate::random::OsRandom;

fn key(byte: u8) -> KeyMaterial {
    KeyMaterial::new(vec![byte; 32]).unwrap()
}

fn store() -> Arc<dyn FactStore> {
    fact_store::open(&Place::Memory).unwrap()
}

async fn load_given(
    store: &dyn FactStore,
    current: u8,
    previous: Option<u8>,
    given: Option<u8>,
) -> Result<String, Error> {
    let previous = previous.map(key);
    let keeping = Keeping {
        store,
        keys: &StateKeys::new(&key(current), previous.as_ref()),
        clock: &SystemClock,
        random: &OsRandom,
    };
    let key = keeping.load(given.map(key)).await?;
    Ok(key.hash_subject("b2c", "ada").to_string())
}

/// What a process that starts with these state keys makes of a subject.
async fn load(store: &dyn FactStore, current: u8, previous: Option<u8>) -> Result<String, Error> {
    load_given(store, current, previous, None).await
}

#[tokio::test]
async fn two_stores_have_different_keys_and_each_keeps_its_own() {
    let (one, other) = (store(), store());
    let first = load(one.as_ref(), 1, None).await.unwrap();
    assert_eq!(load(one.as_ref(), 1, None).await.unwrap(), first);
    assert_ne!(load(other.as_ref(), 1, None).await.unwrap(), first);
}

#[tokio::test]
async fn a_subject_stays_the_same_over_three_changes_of_the_state_key() {
    let store = store();
    let first = load(store.as_ref(), 1, None).await.unwrap();
    for (current, previous) in [(2, 1), (3, 2), (4, 3)] {
        assert_eq!(
            load(store.as_ref(), current, Some(previous)).await.unwrap(),
            first
        );
        // The previous one is taken away; who still has it alone goes on.
        assert_eq!(load(store.as_ref(), current, None).await.unwrap(), first);
        assert_eq!(load(store.as_ref(), previous, None).await.unwrap(), first);
    }
}

#[tokio::test]
async fn a_key_that_no_state_key_opens_is_an_error_that_says_what_to_do_and_not_a_new_key() {
    let store = store();
    let first = load(store.as_ref(), 1, None).await.unwrap();
    for previous in [None, Some(3)] {
        let error = load(store.as_ref(), 2, previous).await.unwrap_err();
        assert!(matches!(error, Error::Locked), "{error}");
        let said = error.to_string();
        assert!(
            said.contains("AppSettings:PreviousStateKey") && said.contains("AppSettings:SubjectKey"),
            "{said}"
        );
    }
    assert_eq!(load(store.as_ref(), 2, Some(1)).await.unwrap(), first);
}

#[tokio::test]
async fn two_processes_that_are_the_first_of_all_end_with_one_key() {
    let store = store();
    let all = futures::future::join_all((0..8).map(|_| load(store.as_ref(), 1, None))).await;
    let all: Vec<String> = all.into_iter().map(Result::unwrap).collect();
    assert!(all.iter().all(|each| *each == all[0]), "{all:?}");
}

#[tokio::test]
async fn a_key_drawn_in_the_middle_of_a_change_opens_with_either_state_key() {
    let store = store();
    let first = load(store.as_ref(), 2, Some(1)).await.unwrap();
    assert_eq!(load(store.as_ref(), 1, None).await.unwrap(), first);
    assert_eq!(load(store.as_ref(), 2, None).await.unwrap(), first);
}

#[tokio::test]
async fn a_given_key_is_used_and_kept() {
    let store = store();
    let given = load_given(store.as_ref(), 1, None, Some(9)).await.unwrap();
    assert_eq!(load(store.as_ref(), 1, None).await.unwrap(), given);
    let elsewhere = load_given(self::store().as_ref(), 7, None, Some(9))
        .await
        .unwrap();
    assert_eq!(elsewhere, given);
}

#[tokio::test]
async fn a_given_key_opens_a_store_whose_state_key_is_lost() {
    let store = store();
    let given = load_given(store.as_ref(), 1, None, Some(9)).await.unwrap();
    assert_eq!(load_given(store.as_ref(), 5, None, Some(9)).await.unwrap(), given);
    assert_eq!(
        load(store.as_ref(), 5, None).await.unwrap(),
        given,
        "kept under the new one"
    );
}

#[tokio::test]
async fn a_given_key_that_is_not_that_of_the_store_is_refused() {
    let store = store();
    let first = load(store.as_ref(), 1, None).await.unwrap();
    let refused = load_given(store.as_ref(), 1, None, Some(9)).await.unwrap_err();
    assert!(matches!(refused, Error::Other), "{refused}");
    assert_eq!(load(store.as_ref(), 1, None).await.unwrap(), first);
}

#[tokio::test]
async fn a_damaged_fact_is_told_by_its_name() {
    let store = store();
    store.create(FIRST, Bytes::from_static(b"{}")).await.unwrap();
    let error = load(store.as_ref(), 1, None).await.unwrap_err();
    assert!(error.to_string().contains(FIRST), "{error}");
}

#[tokio::test]
async fn neither_the_store_nor_an_error_shows_the_key() {
    let store = store();
    load_given(store.as_ref(), 1, None, Some(9)).await.unwrap();
    let shown = store.read(FIRST).await.unwrap().unwrap();
    let shown = String::from_utf8(shown.to_vec()).unwrap();
    assert!(!shown.contains(key(9).to_text().as_str()), "{shown}");
}

/// The process is killed at its first write, before or after it took effect.
struct Dying {
    took_effect: bool,
}

#[async_trait]
impl Hooks for Dying {
    async fn before(&self, operation: Operation<'_>, _: &str) -> Result<(), StoreError> {
        if operation.is_write() && !self.took_effect {
            return Err(failure());
        }
        Ok(())
    }

    async fn after(&self, operation: Operation<'_>, _: &str) -> Result<(), StoreError> {
        if operation.is_write() {
            Err(failure())
        } else {
            Ok(())
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_when_a_process_is_killed_at_any_write() {
    for took_effect in [false, true] {
        let store = store();
        let dying = Hooked::over(Arc::clone(&store), Dying { took_effect });
        let mut known = None;
        for (current, previous) in [(1, None), (2, Some(1)), (3, Some(2))] {
            let killed = load(dying.as_ref(), current, previous).await;
            assert!(
                matches!(killed, Err(Error::FactStore(_))),
                "served before it was kept"
            );
            let next = load(store.as_ref(), current, previous).await.unwrap();
            assert_eq!(*known.get_or_insert_with(|| next.clone()), next);
        }
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_told_as_such() {
    let dying = Hooked::memory(Dying { took_effect: false });
    assert!(matches!(
        load(dying.as_ref(), 1, None).await,
        Err(Error::FactStore(_))
    ));
}
