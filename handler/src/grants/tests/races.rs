//! Two processes on one store, many browsers at once.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tempfile::TempDir;

use super::far::far;
use super::process::Process;
use super::vendor::{approved, rejected};
use super::world::{SignIn, World, presented, redeem_in_vain, registration};
use crate::checks::{Error, Status};
use crate::fact_store::{FactStore, Place, open};
use crate::grants::Visit;

/// Runs the operation of both processes by many tasks at once.
async fn race<T, F>(
    world: &World,
    visit: &Visit,
    tasks: usize,
    operation: impl Fn(Process, Visit) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let processes = [world.process(), world.process()];
    let tasks = (0..tasks).map(|i| tokio::spawn(operation(processes[i % 2].clone(), visit.clone())));
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

fn folder() -> (TempDir, Arc<dyn FactStore>) {
    let folder = TempDir::new().unwrap();
    let store = open(&Place::Folder(folder.path().to_owned())).unwrap();
    (folder, store)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_transaction_one_code_one_redemption_far_away() {
    one_of_each(&World::over(far()), 24).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_transaction_one_code_one_redemption_in_a_folder() {
    let (_folder, store) = folder();
    one_of_each(&World::over(store), 24).await;
}

/// Over a real Azurite where the rig has started one; says so where not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_transaction_one_code_one_redemption_in_a_container() {
    let Some(store) = crate::fact_store::tests::azurite::fresh().await else {
        return;
    };
    one_of_each(&World::over(store), 8).await;
}

async fn one_of_each(world: &World, tasks: usize) {
    world.vendor.start_takes(Duration::from_millis(5));
    let ada = world.sign_in("c1").await;
    let begun = race(world, &ada.visit, tasks, |process, visit| async move {
        SignIn { process, visit }.begin_patiently().await
    })
    .await;
    assert!(
        begun
            .iter()
            .all(|begun| begun == "https://vendor.example/go/secret-0")
    );
    assert_eq!(world.vendor.starts(), 1);
    let left = ada.process.poll(&ada.visit).await.unwrap().outcome.attempts_left;
    assert_eq!(left, 2, "one attempt, however many raced for it");

    world.vendor.set(0, approved());
    race(world, &ada.visit, tasks, |process, visit| async move {
        process.settle(visit.entry.id).await.unwrap()
    })
    .await;
    let names = world
        .store
        .list(&super::world::folder_of(ada.visit.entry.id))
        .await
        .unwrap();
    assert_eq!(
        names.iter().filter(|name| name.starts_with("decision-")).count(),
        1
    );

    let codes = race(world, &ada.visit, tasks, |process, visit| async move {
        process.code(&visit).await.unwrap()
    })
    .await;
    assert!(codes.iter().all(|code| *code == codes[0]));

    let code = codes[0].clone();
    let grants = race(world, &ada.visit, tasks, move |process, _| {
        let code = code.clone();
        async move { redeem_in_vain(&process, &presented(&code)).await }
    })
    .await;
    // Nobody has read an answer yet, so all of them are the same one.
    let tokens: Vec<String> = grants
        .into_iter()
        .map(|grant| grant.unwrap().0.access_token)
        .collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    let folder = super::world::folder_of(ada.visit.entry.id);
    let names = world.store.list(&folder).await.unwrap();
    assert_eq!(
        names.iter().filter(|name| name.starts_with("redeemed-")).count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_retries_start_one_more_attempt() {
    let world = World::over(far());
    world.vendor.start_takes(Duration::from_millis(5));
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    ada.settle().await;
    race(&world, &ada.visit, 24, |process, visit| async move {
        process.retry(&visit).await.unwrap()
    })
    .await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_sign_ins_never_exceed_the_attempts_of_their_subject() {
    let world = World::over(far());
    let processes = [world.process(), world.process()];
    for round in 0..5 {
        let tasks = (0..12).map(|i| {
            let (process, mut asked) = (processes[i % 2].clone(), registration(&format!("c{round}-{i}")));
            asked.person.given_name = Some(crate::person::Personal::new(format!("Ada{i}")));
            tokio::spawn(async move {
                let id = process.register(asked).await.unwrap().id;
                let handle = process
                    .authorize(id, super::world::authorization(), "x")
                    .await
                    .unwrap();
                let visit = process.visit(&handle, Some("x")).await.unwrap();
                (id, process.begin(&visit).await)
            })
        });
        let begun: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        let (_, refused): (Vec<_>, Vec<_>) = begun.iter().partition(|(_, begun)| begun.is_ok());
        assert_eq!(refused.len(), if round < 3 { 0 } else { 12 });
        assert!(
            refused
                .iter()
                .all(|(_, begun)| matches!(begun, Err(Error::AttemptsExhausted)))
        );
        if round < 3 {
            world.vendor.set(round, rejected());
            for (id, _) in &begun {
                processes[0].settle(*id).await.unwrap();
            }
        }
    }
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_registrations_and_authorizations_agree() {
    let world = World::over(far());
    let ada = world.sign_in("c1").await;
    let tickets = race(&world, &ada.visit, 16, |process, _| async move {
        process.register(registration("c2")).await.unwrap().ticket
    })
    .await;
    assert!(tickets.iter().all(|ticket| *ticket == tickets[0]));
    let handles = race(&world, &ada.visit, 16, |process, visit| async move {
        process
            .authorize(visit.entry.id, super::world::authorization(), "racer")
            .await
            .unwrap()
    })
    .await;
    assert!(handles.iter().all(|handle| *handle == handles[0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_callback_that_races_with_its_own_duplicates_is_recorded_once() {
    let world = World::over(far());
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let (credential, callback) = (
        world.vendor.credential_of(0),
        super::world::callback(&world, 0, "PROCESSED"),
    );
    let noticed = race(&world, &ada.visit, 16, move |process, _| {
        let (credential, callback) = (credential.clone(), callback.clone());
        async move { process.callback(&credential, callback).await.unwrap() }
    })
    .await;
    let recorded = noticed
        .iter()
        .filter(|noticed| **noticed == crate::checks::CallbackReceipt::Recorded);
    assert_eq!(recorded.count(), 1);
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
}
