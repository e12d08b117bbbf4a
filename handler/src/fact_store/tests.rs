use std::sync::Arc;

use futures::future::join_all;
use tempfile::TempDir;

use super::*;

pub(crate) mod azurite;
mod beside;
pub(crate) mod hooked;
mod identity;
mod reset;

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// What every place must do.
async fn behaves(store: Arc<dyn FactStore>) {
    reads_what_was_created_first(store.as_ref()).await;
    lists_only_the_folder_itself(store.as_ref()).await;
    refuses_strange_paths(store.as_ref()).await;
    lets_one_of_many_win(store).await;
}

async fn reads_what_was_created_first(store: &dyn FactStore) {
    assert_eq!(store.read("a/b/c.json").await.unwrap(), None);
    assert_eq!(
        store.create("a/b/c.json", bytes("one")).await.unwrap(),
        Created::New
    );
    assert_eq!(
        store.create("a/b/c.json", bytes("two")).await.unwrap(),
        Created::Existed
    );
    assert_eq!(store.read("a/b/c.json").await.unwrap(), Some(bytes("one")));
    assert_eq!(store.read("a/b").await.unwrap(), None);
}

async fn lists_only_the_folder_itself(store: &dyn FactStore) {
    assert_eq!(store.list("l").await.unwrap(), Vec::<String>::new());
    for path in ["l/z.json", "l/-_b.json", "l/Z", "l/deep/x.json", "l2/y.json"] {
        store.create(path, bytes("x")).await.unwrap();
    }
    assert_eq!(
        store.list("l").await.unwrap(),
        ["-_b.json", "Z", "deep/x.json", "z.json"]
    );
    assert_eq!(store.list("l/deep").await.unwrap(), ["x.json"]);
}

async fn refuses_strange_paths(store: &dyn FactStore) {
    for path in [
        "", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "a b", "a/b#1", "ä",
    ] {
        assert!(store.create(path, bytes("x")).await.is_err(), "{path}");
        assert!(store.read(path).await.is_err(), "{path}");
    }
}

async fn lets_one_of_many_win(store: Arc<dyn FactStore>) {
    let racers = (0..32).map(|i| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.create("race/x.json", bytes(&i.to_string())).await.unwrap() })
    });
    let created = join_all(racers).await;
    let winners = created
        .iter()
        .filter(|created| *created.as_ref().unwrap() == Created::New)
        .count();
    assert_eq!(winners, 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_answers_is_an_error_while_its_caller_still_waits() {
    let began = tokio::time::Instant::now();
    let answer = bounded(false, std::future::pending::<()>()).await;
    assert_eq!(
        answer.unwrap_err().to_string(),
        "the fact store (FactStore:Location) cannot be reached: no answer in time"
    );
    assert_eq!(began.elapsed(), PATIENCE);
}

#[tokio::test]
async fn memory_behaves() {
    behaves(open(&Place::Memory).unwrap()).await;
}

#[tokio::test]
async fn a_folder_behaves() {
    let folder = TempDir::new().unwrap();
    behaves(open(&Place::Folder(folder.path().join("made/for/it"))).unwrap()).await;
}

#[tokio::test]
async fn a_folder_keeps_what_it_was_given() {
    let folder = TempDir::new().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    open(&place)
        .unwrap()
        .create("a/b.json", bytes("kept"))
        .await
        .unwrap();
    assert_eq!(
        open(&place).unwrap().read("a/b.json").await.unwrap(),
        Some(bytes("kept"))
    );
}

#[tokio::test]
async fn a_half_written_file_of_a_killed_process_is_not_a_fact() {
    let folder = TempDir::new().unwrap();
    let store = open(&Place::Folder(folder.path().to_owned())).unwrap();
    store.create("a/b.json", bytes("whole")).await.unwrap();
    std::fs::write(folder.path().join("a/c.json#1"), "ha").unwrap();
    assert_eq!(store.list("a").await.unwrap(), ["b.json"]);
    assert_eq!(
        store.create("a/c.json", bytes("whole")).await.unwrap(),
        Created::New
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    assert!(open(&Place::Folder(folder.path().join("file/under"))).is_err());
}
