//! The package of this repository: complete, loadable, and matching the handler's routes.

use rig::package::{app, list, workspace};
use rig::rig::{Ports, func};
use serde_json::{Value, json};

#[test]
fn it_holds_exactly_what_is_deployed() {
    let entries = list(&app().unwrap()).unwrap();
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let expected = [
        "authorization-server/function.json",
        "callback/function.json",
        "discovery/function.json",
        "handler",
        "host.json",
        "jumio/function.json",
        "oidc/function.json",
        "security/function.json",
        "token/function.json",
        "verify/function.json",
    ];
    assert_eq!(paths, expected);
    assert!(
        entries
            .iter()
            .all(|entry| entry.mode == if entry.path == "handler" { 0o755 } else { 0o644 })
    );
}

/// Every address the handler answers must have a function, or Azure never lets a request through to it.
#[test]
fn every_route_has_its_function() {
    let routes = std::fs::read_to_string(workspace().join("handler/src/routes.rs")).unwrap();
    // Those of the sample's front are compared in any case.
    let ways = ["[\"api\", \"", "sample::is(front, \""];
    let branches = ways.iter().flat_map(|way| routes.match_indices(way));
    let rooms: Vec<&str> = branches
        .filter_map(|(at, start)| routes[at + start.len()..].split('"').next())
        .collect();
    assert!(rooms.len() >= 8, "only {rooms:?} were found");
    for room in rooms {
        let function = workspace().join("functions").join(room).join("function.json");
        let json: Value = serde_json::from_slice(&std::fs::read(&function).unwrap()).unwrap();
        assert_eq!(json["bindings"][0]["route"], format!("api/{room}/{{*rest}}"));
    }
}

/// Where there is no prefix, a function without a route, or with one that begins otherwise, would answer beside `/api`.
#[test]
fn every_function_is_below_api_or_has_one_well_known_name() {
    let host: Value = serde_json::from_slice(&std::fs::read(workspace().join("host.json")).unwrap()).unwrap();
    assert_eq!(host["extensions"]["http"]["routePrefix"], "");
    let literal = [
        ("authorization-server", ".well-known/oauth-authorization-server"),
        ("discovery", ".well-known/openid-configuration"),
        ("security", ".well-known/security.txt"),
    ];
    for entry in std::fs::read_dir(workspace().join("functions")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let json: Value =
            serde_json::from_slice(&std::fs::read(folder.join("function.json")).unwrap()).unwrap();
        let known = literal.iter().find(|(function, _)| *function == name);
        let expected = known.map_or_else(
            || format!("api/{name}/{{*rest}}"),
            |(_, route)| (*route).to_owned(),
        );
        assert_eq!(json["bindings"][0]["route"], expected, "{name}");
    }
}

#[test]
fn every_function_is_anonymous_because_the_handler_asks_for_proof_itself() {
    for entry in std::fs::read_dir(workspace().join("functions")).unwrap() {
        let file = entry.unwrap().path().join("function.json");
        let json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(json["bindings"][0]["authLevel"], "anonymous");
    }
}

/// The host has no function for a method that is not listed: 404.
#[test]
fn every_function_lists_the_methods_of_its_routes() {
    // Pages of other origins call: where the platform does not, the handler answers the preflights of their browsers.
    let reading = json!(["get", "head", "options"]);
    let all = json!(["get", "head", "post", "options"]);
    for (function, methods) in [
        ("authorization-server", &reading),
        ("callback", &all),
        ("discovery", &reading),
        ("jumio", &all),
        ("oidc", &reading),
        ("security", &reading),
        ("token", &all),
        ("verify", &all),
    ] {
        let file = workspace().join("functions").join(function).join("function.json");
        let json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(json["bindings"][0]["methods"], *methods, "{function}");
    }
}

#[test]
fn local_settings_point_only_at_this_machine_and_hold_no_secret() {
    let text = std::fs::read(workspace().join("local.settings.json")).unwrap();
    let json: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(
        json["IsEncrypted"], false,
        "missing means true, and then nothing can be read"
    );
    for (name, value) in json["Values"].as_object().unwrap() {
        let value = value.as_str().unwrap_or_else(|| panic!("{name} is no text"));
        let is_remote =
            value.contains("://") && !value.contains("://localhost") && !value.contains("://127.0.0.1");
        assert!(
            !is_remote || value.contains(".vault.azure.net"),
            "{name} points elsewhere"
        );
        for word in [
            "Password",
            "StateKey",
            "Secret",
            "SigningKey",
            "EncryptionKey",
            "AuthUsername",
            "AccountKey",
        ] {
            let is_name = name.ends_with("SecretName") || name.contains("SecretsRefresh");
            assert!(is_name || !name.ends_with(word), "{name} is a secret");
        }
    }
}

#[test]
fn local_settings_are_where_the_rig_for_core_tools_is() {
    let text = std::fs::read(workspace().join("local.settings.json")).unwrap();
    let settings: Value = serde_json::from_slice(&text).unwrap();
    let ports = func::ports(Ports::default());
    let jumio = ports.jumio;
    let tenant = rig::tenant::DOMAIN;
    for (name, expected) in [
        ("AppSettings__PublicUrl", func::PUBLIC_URL.to_owned()),
        (
            "AppSettings__KeyVaultUrl",
            format!("https://kv-rig.vault.azure.net:{}", ports.vault),
        ),
        (
            "IDENTITY_ENDPOINT",
            format!("http://127.0.0.1:{}/msi/token", ports.identity),
        ),
        ("IDENTITY_HEADER", func::IDENTITY_HEADER.to_owned()),
        (
            "JumioSettings__AuthBaseUrl",
            format!("http://127.0.0.1:{}", jumio.auth),
        ),
        (
            "JumioSettings__AccountBaseUrl",
            format!("http://127.0.0.1:{}", jumio.account),
        ),
        (
            "JumioSettings__RetrievalBaseUrl",
            format!("http://127.0.0.1:{}", jumio.retrieval),
        ),
        (
            "Clients__0__RedirectUris",
            format!("http://localhost:{}/callback", ports.client),
        ),
        (
            "Clients__2__RedirectUris",
            format!("http://localhost:{}/{tenant}/oauth2/authresp", ports.tenant),
        ),
    ] {
        assert_eq!(settings["Values"][name], expected, "{name}");
    }
}

#[test]
fn the_authority_for_core_tools_is_where_the_settings_of_that_folder_say() {
    let text = std::fs::read(workspace().join("local.settings.json")).unwrap();
    let settings: Value = serde_json::from_slice(&text).unwrap();
    let file = settings["Values"]["AppSettings__ExtraCaFile"].as_str().unwrap();
    let somewhere = tempfile::tempdir().unwrap();
    let app = somewhere.path().join("my-app");
    std::fs::create_dir(&app).unwrap();
    // A rig draws new keys, and what an earlier one's app has kept cannot be opened any more.
    let facts = somewhere.path().join("rig/facts/facts/2");
    std::fs::create_dir_all(&facts).unwrap();
    func::forget_facts(&app).unwrap();
    func::forget_facts(&app).unwrap();
    assert!(!facts.exists() && !somewhere.path().join("rig/facts").exists());
    func::write_authority(&app, b"PEM").unwrap();
    assert_eq!(std::fs::read(app.join(file)).unwrap(), b"PEM");
}
