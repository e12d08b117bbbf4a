//! Which of Jumio's APIs there are, and what each of them needs.

use super::*;

/// The least that is enough for Netverify alone.
fn netverify() -> Map {
    least()
        .without("JumioSettings:Region")
        .without("JumioSettings:WorkflowKey")
        .with("JumioSettings:Api", "netverify")
        .with("JumioSettings:BaseUrl", "https://lon.netverify.com")
        .with("JumioSettings:NetverifyWorkflow", "200")
}

/// Both; new transactions go to the one that is named.
fn both(api: &str) -> Map {
    netverify()
        .with("JumioSettings:Region", "emea-1")
        .with("JumioSettings:WorkflowKey", "10011")
        .with("JumioSettings:Api", api)
}

fn jumio(map: &Map) -> Jumio {
    Settings::load(map).unwrap().jumio
}

fn kinds(jumio: &Jumio) -> Vec<&'static str> {
    let kind = |api: &Api| match api {
        Api::Kyx(_) => "kyx",
        Api::Netverify(_) => "netverify",
    };
    jumio.apis().map(kind).collect()
}

#[test]
fn netverify_alone_needs_nothing_of_kyx() {
    let jumio = jumio(&netverify());
    assert_eq!(kinds(&jumio), ["netverify"]);
    let Api::Netverify(netverify) = &jumio.present else {
        panic!("netverify")
    };
    assert_eq!(netverify.base.as_str(), "https://lon.netverify.com/");
    assert_eq!(netverify.workflow, crate::jumio::netverify::Workflow::of(200));
}

#[test]
fn kyx_alone_needs_nothing_of_netverify() {
    assert_eq!(kinds(&jumio(&least())), ["kyx"]);
    assert_eq!(kinds(&jumio(&least().with("JumioSettings:Api", "KYX"))), ["kyx"]);
}

#[test]
fn the_other_stands_beside_when_it_has_settings() {
    assert_eq!(kinds(&jumio(&both("kyx"))), ["kyx", "netverify"]);
    assert_eq!(kinds(&jumio(&both("netverify"))), ["netverify", "kyx"]);
}

#[test]
fn beside_kyx_netverify_needs_no_workflow() {
    let map = both("kyx").without("JumioSettings:NetverifyWorkflow");
    let Some(Api::Netverify(netverify)) = jumio(&map).beside else {
        panic!("beside")
    };
    assert_eq!(netverify.workflow, None);
}

/// Half of an API could not answer for what it has, and nobody would see that before an erasure.
#[test]
fn what_stands_beside_is_whole() {
    let map = least().with("JumioSettings:NetverifyWorkflow", "200");
    assert_eq!(faults(&map), ["JumioSettings:BaseUrl is missing"]);
    let map = netverify().with("JumioSettings:Region", "emea-1");
    assert_eq!(faults(&map), ["JumioSettings:WorkflowKey is missing"]);
    let map = netverify().with("JumioSettings:WorkflowKey", "10011");
    assert_eq!(faults(&map).len(), 3, "{:?}", faults(&map));
}

#[test]
fn netverify_needs_an_address() {
    let map = netverify().without("JumioSettings:BaseUrl");
    assert_eq!(faults(&map), ["JumioSettings:BaseUrl is missing"]);
    refused(netverify(), "JumioSettings:BaseUrl", "http://lon.netverify.com");
    refused(
        netverify(),
        "JumioSettings:BaseUrl",
        "https://user:word@lon.netverify.com",
    );
}

/// The portal's own choice could be a workflow without a face.
#[test]
fn netverify_needs_a_workflow_by_name() {
    let map = netverify().without("JumioSettings:NetverifyWorkflow");
    assert_eq!(faults(&map), ["JumioSettings:NetverifyWorkflow is missing"]);
    for odd in ["103", "300", "2xx", "0200x", "-200"] {
        refused(netverify(), "JumioSettings:NetverifyWorkflow", odd);
        refused(both("kyx"), "JumioSettings:NetverifyWorkflow", odd);
    }
    for id in crate::jumio::netverify::Workflow::IDS {
        jumio(&netverify().with("JumioSettings:NetverifyWorkflow", &id.to_string()));
    }
}

#[test]
fn an_api_that_does_not_exist_is_refused() {
    refused(least(), "JumioSettings:Api", "v3");
}

#[test]
fn both_apis_have_one_pair_unless_netverify_has_its_own() {
    let shown = |map: &Map| {
        let jumio = jumio(map);
        let (username, password) = jumio.netverify_pair();
        let all = [&jumio.username, &jumio.password, username, password];
        all.map(|secret| secret.expose_secret().to_owned())
    };
    assert_eq!(
        shown(&both("kyx")),
        ["a-token", "a-secret", "a-token", "a-secret"]
    );
    let own = both("kyx")
        .with("JumioSettings:NetverifyUsername", "its-token")
        .with("JumioSettings:NetverifyPassword", "its-secret");
    assert_eq!(shown(&own), ["a-token", "a-secret", "its-token", "its-secret"]);
}

#[test]
fn a_pair_of_its_own_is_whole_or_absent() {
    let half = both("kyx").with("JumioSettings:NetverifyUsername", "its-token");
    assert_eq!(faults(&half), ["JumioSettings:NetverifyPassword is missing"]);
    let half = both("kyx").with("JumioSettings:NetverifyPassword", "its-secret");
    assert_eq!(faults(&half), ["JumioSettings:NetverifyUsername is missing"]);
}

#[test]
fn a_pair_of_its_own_does_not_print() {
    let own = both("netverify")
        .with("JumioSettings:NetverifyUsername", "its-token")
        .with("JumioSettings:NetverifyPassword", "its-secret");
    let shown = format!("{:?}", Settings::load(&own).unwrap());
    assert!(!shown.contains("its-token") && !shown.contains("its-secret"));
}

#[test]
fn required_checks_are_those_of_an_api_that_there_is() {
    let name = "Verification:RequiredChecks";
    let (kyx, netverifys) = ("usability extraction similarity", "document similarity validity");
    refused(least(), name, netverifys);
    refused(netverify(), name, kyx);
    for (map, checks) in [
        (least(), kyx),
        (netverify(), netverifys),
        (both("kyx"), kyx),
        (both("kyx"), netverifys),
        (both("netverify"), kyx),
    ] {
        let required = Settings::load(&map.with(name, checks)).unwrap().rules.required;
        assert_eq!(required.unwrap().join(" "), checks);
    }
}

/// They would hold for neither.
#[test]
fn required_checks_of_both_apis_together_are_refused() {
    refused(both("kyx"), "Verification:RequiredChecks", "usability document");
}
