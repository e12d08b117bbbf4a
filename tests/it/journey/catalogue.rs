//! People whose given name stands for an outcome, and others, from the client's own page to Jumio and back.

use loopback::browser::{Browser, Page};
use rig::client::page::PAGE;
use rig::jumio::transaction::Transaction;
use rig::rig::Kind;
use url::Url;

use super::World;

/// Where no redirect leads, so that all are followed.
const NOWHERE: &str = "nowhere:";

/// Registers a person on the page, and says where the browser is then.
async fn sent(world: &World, browser: &Browser, given_name: &str) -> Page {
    let address = format!("{}{PAGE}", world.rig.endpoints.client);
    let page = browser.fetch(&Url::parse(&address).unwrap()).await.unwrap();
    let form = page.forms().into_iter().next().unwrap();
    let typed = [
        ("client", Kind::Post.id()),
        ("entry", "ticket"),
        ("givenName", given_name),
        ("surname", "Talvik"),
        ("birthdate", "1988-04-12"),
    ];
    let page = browser.submit(&page, &form, &typed, NOWHERE).await.unwrap();
    let page = page.page().unwrap();
    // Some are asked to agree first.
    let Ok(form) = page.form_with("action", "begin") else {
        return page;
    };
    let begin = [("action", "begin")];
    let arrival = browser.submit(&page, &form, &begin, NOWHERE).await.unwrap();
    arrival.page().unwrap()
}

fn newest(world: &World) -> Transaction {
    let tenant = &world.rig.simulators.jumio.tenant;
    tenant.book.with(|book| book.all().last().cloned()).unwrap()
}

fn is_at_jumio(world: &World, page: &Page) -> bool {
    page.address.origin() == world.rig.simulators.hosted_page.origin()
}

#[tokio::test]
async fn a_given_name_of_the_catalogue_decides_at_once() {
    let world = World::new().await;
    for (name, scenario) in [("Approved", "pass"), ("rejected", "fraud"), ("Pending", "held")] {
        let page = sent(&world, &world.browser(), name).await;
        assert!(!is_at_jumio(&world, &page), "{name}: {}", page.address);
        let transaction = newest(&world);
        assert_eq!(transaction.plan.name, scenario, "{name}");
        assert_eq!(transaction.document.first_name, name.to_uppercase());
        assert_eq!(transaction.document.date_of_birth, "1988-04-12");
    }
}

#[tokio::test]
async fn anybody_else_is_offered_their_own_document() {
    let world = World::new().await;
    let page = sent(&world, &world.browser(), "Layth Anwar").await;
    assert!(is_at_jumio(&world, &page), "{}", page.address);
    let (_, own) = page.html.split_once("value=\"own\" checked").unwrap();
    assert!(
        own.split_once("</label>")
            .unwrap()
            .0
            .contains("LAYTH ANWAR TALVIK"),
        "{}",
        page.html
    );
    assert_eq!(newest(&world).plan.name, "pass");
}
