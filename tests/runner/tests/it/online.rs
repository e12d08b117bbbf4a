//! `runner check --online`: page templates that a browser may not load.

use crate::policy::Policy;
use crate::stub::Stub;
use runner::check::online;
use runner::load::{self, Source};
use runner::outbound::Outbound;

/// Rules that the template of a page breaks.
async fn rules(load_uri: &str) -> Vec<&'static str> {
    let stub = Stub::start().await;
    let builtin = "~/tenant/templates/AzureBlue/selfAsserted.cshtml";
    let address = load_uri.replace("stub:", &stub.origin);
    let source = Source {
        name: "policy.xml".into(),
        text: Policy::default().xml().replace(builtin, &address),
    };
    let loaded = load::from_sources(vec![source], vec![]);
    let outbound = Outbound::new(&runner::config::Outbound::default()).expect("a client");
    let found = online::findings(&loaded, outbound.client(), "https://contoso.b2clogin.com").await;
    assert!(found.iter().all(|finding| finding.span.line > 0), "{found:?}");
    found.iter().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn a_template_that_everybody_or_the_tenant_may_read_is_fine() {
    assert!(rules("stub:/open.html").await.is_empty());
    assert!(rules("stub:/ours.html").await.is_empty());
}

#[tokio::test]
async fn a_template_that_only_another_origin_may_read_is_an_error() {
    assert_eq!(rules("stub:/theirs.html").await, ["page-cors"]);
}

#[tokio::test]
async fn a_template_that_is_not_there_is_an_error() {
    assert_eq!(rules("stub:/gone.html").await, ["page-unreachable"]);
    assert_eq!(rules("http://127.0.0.1:9/x.html").await, ["page-unreachable"]);
}

#[tokio::test]
async fn templates_of_b2c_itself_are_not_loaded_and_those_with_resolvers_are_said_not_to_be() {
    assert!(
        rules("~/tenant/templates/AzureBlue/selfAsserted.cshtml")
            .await
            .is_empty()
    );
    assert_eq!(
        rules("stub:/{Culture:RFC5646}/open.html").await,
        ["page-not-loaded"]
    );
}
