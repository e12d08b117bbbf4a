//! The host ends a handler with SIGKILL and no warning. Whatever was acknowledged before must still be true after.

use loopback::browser::Arrival;
use rig::client::walk::{Person, Walk};
use rig::host::Mode;
use serde_json::json;

use super::sample::b2c;
use super::{PATIENCE, World, at_jumio, options, play};

/// Walks the whole journey, with a SIGKILL after each step that `dies` names.
async fn journey(world: &World, dies: impl Fn(u32) -> bool) {
    let step = async |number| {
        if dies(number) {
            world.rig.host.kill_handlers().await;
        }
    };
    let registered = world.register(&loopback::random::hex::<8>(), &json!({})).await;
    step(1).await;
    let walk = world.walk_by(&registered);
    let page = at_jumio(&walk).await;
    step(2).await;
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    step(3).await;
    let Arrival::Stop { parameters, .. } = walk.wait(arrival, PATIENCE).await.unwrap() else {
        panic!("the browser is not back at the client");
    };
    step(4).await;
    let code = walk.client.receive(&walk.pending, &parameters).unwrap();
    let tokens = walk.client.redeem(&walk.pending, &code).await.unwrap();
    step(5).await;
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(
        walk.client.userinfo(&tokens).await.unwrap()["idv_status"],
        "approved"
    );
    let replay = walk.client.redeem_raw(&code, None).await.unwrap();
    // Killed before it had noted that its answer arrived, the handler gives the same answer again, for ten seconds.
    let again = (replay.status == 200).then(|| replay.json::<serde_json::Value>().unwrap());
    let is_same = again.is_some_and(|again| again["access_token"] == tokens.access_token.as_str());
    assert!(
        replay.status == 400 || dies(5) && is_same,
        "a code served twice across a kill: {}",
        replay.body
    );
}

#[tokio::test]
async fn a_kill_after_every_single_step() {
    let world = World::with(options().in_mode(Mode::Proxying)).await;
    for kill in 1..=5 {
        journey(&world, |step| step == kill).await;
    }
    assert_eq!(world.transactions(), 5);
}

#[tokio::test]
async fn a_kill_after_all_of_them() {
    let world = World::with(options().in_mode(Mode::Forwarding)).await;
    journey(&world, |_| true).await;
    assert_eq!(world.transactions(), 1);
}

/// The same with a Jumio that calls back twice, long after, or never.
#[tokio::test]
async fn a_kill_after_all_of_them_however_jumio_calls_back() {
    let world = World::with(options().with("Verification:PollMarksSeconds", "1 2 3 5 8")).await;
    let ways: [fn(&mut rig::jumio::settings::Callbacks); 4] = [
        |callbacks| callbacks.copies = 3,
        |callbacks| callbacks.delay_ms = 1500,
        |callbacks| (callbacks.interim, callbacks.reversed) = (true, true),
        |callbacks| callbacks.send = false,
    ];
    for change in ways {
        let settings = &world.rig.simulators.jumio.tenant.settings;
        settings.with(|settings| {
            settings.callbacks = rig::jumio::settings::Callbacks::default();
            change(&mut settings.callbacks);
        });
        journey(&world, |_| true).await;
    }
    assert_eq!(world.transactions(), 4);
}

/// The same by the sample front: the calls of B2C, the person between them, and the page that polls.
#[tokio::test]
async fn a_kill_after_every_step_of_the_sample() {
    let world = b2c::world().await;
    let kill = async || world.rig.host.kill_handlers().await;
    let correlation = b2c::correlation();
    let begun = b2c::begun(&world, &correlation).await;
    kill().await;
    assert_eq!(
        b2c::begun(&world, &correlation).await["transactionReference"],
        begun["transactionReference"]
    );
    let walk = b2c::sent_away(&world, &begun);
    let consent = walk.enter().await.unwrap().page().unwrap();
    kill().await;
    let arrival = walk.press(&consent, "begin", &[]).await.unwrap();
    kill().await;
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    kill().await;
    let back = b2c::Back::of(play(&walk, &page, "pass").await);
    assert_eq!(back.told("transactionStatus"), "SUCCESS");
    kill().await;
    assert_eq!(back.hint(&world).await["ObjectId"], b2c::ACCOUNT);
    let reference = &begun["transactionReference"];
    let first = b2c::token(&world, reference).await;
    kill().await;
    let mut last = b2c::polled(&world, &first).await;
    // A callback more that nobody has read yet: the page asks again.
    for _ in 0..PATIENCE.as_secs() {
        if last["status"] != "RETRY" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        last = b2c::polled(&world, &first).await;
    }
    assert_eq!(last["status"], "SUCCESS");
    kill().await;
    let token = last["verificationToken"].as_str().unwrap();
    let answer = b2c::validated(&world, reference, token).await;
    assert_eq!(answer.json()["success"], true, "{}", answer.body);
    assert_eq!(world.transactions(), 1);
}

/// The kill comes after a callback was acknowledged and before its result was read: nobody calls back again.
#[tokio::test]
async fn a_kill_between_a_callback_and_its_reading() {
    let world = World::new().await;
    let slow = rig::faults::Fault {
        effect: None,
        delay_ms: 3000,
        ..rig::faults::Fault::new("jumio", "status", rig::faults::Effect::Status(500))
    };
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let slow = world.rig.backstage.faults.add(slow);
    let sent = json!({"scenario": "pass"});
    world
        .control_post("/jumio/transactions/latest/finish", &sent)
        .await;
    for _ in 0..100 {
        if world.acknowledged() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(world.acknowledged(), "the callback was not acknowledged");
    world.rig.host.kill_handlers().await;
    assert!(world.rig.backstage.faults.remove(slow));
    assert_eq!(world.told("callback.settled"), 0, "the kill came too late");
    let back = world.control_get("/jumio/transactions/latest").await["return"].clone();
    let arrival = walk.open(&back.as_str().unwrap().parse().unwrap()).await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    drop(page);
}

/// The kill comes while Jumio is being asked for a transaction: nobody knows whether it made one.
#[tokio::test]
async fn a_kill_while_the_transaction_is_being_made() {
    let world = World::with(options().with("Verification:StartLeaseSeconds", "13")).await;
    let slow = rig::faults::Fault {
        delay_ms: 1500,
        ..rig::faults::Fault::new("jumio", "create", rig::faults::Effect::Status(500))
    };
    let slow = rig::faults::Fault { effect: None, ..slow }.times(1);
    let number = world.rig.backstage.faults.add(slow);
    let walk = world.walk().await;
    let entering = {
        let walk = walk.clone();
        tokio::spawn(async move { walk.enter().await })
    };
    world.struck(number).await;
    world.rig.host.kill_handlers().await;
    let _cut_off = entering.await.unwrap();
    let page = patient_entry(&walk).await;
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
}

impl World {
    /// Waits until a fault has done all it was to do: the request it strikes is there.
    async fn struck(&self, number: u64) {
        let is_over = |active: &rig::faults::Active| active.id == number && active.fault.times == Some(0);
        for _ in 0..1000 {
            if self.rig.backstage.faults.all().iter().any(is_over) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("nothing was struck");
    }

    /// Whether the handler has answered a callback of the latest transaction with 200.
    fn acknowledged(&self) -> bool {
        self.records().iter().any(|record| {
            record["code"] == "request.completed"
                && record["http.route"] == "/api/callback/{credential}"
                && record["http.response.status_code"] == 200
        })
    }
}

/// The person reloads until Jumio's page is there.
async fn patient_entry(walk: &Walk) -> loopback::browser::Page {
    for _ in 0..60 {
        if let Ok(Arrival::Page(page)) = walk.enter().await {
            if page.html.contains("SIMULATOR") {
                return page;
            }
            if let Ok(arrival) = walk.press(&page, "begin", &[]).await {
                let arrival = walk.wait(arrival, PATIENCE).await.unwrap();
                if let Arrival::Page(page) = arrival
                    && page.html.contains("SIMULATOR")
                {
                    return page;
                }
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("the person never got to Jumio");
}
