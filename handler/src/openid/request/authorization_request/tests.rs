use super::*;
use crate::clients::{Proof, Secrets};
use secrecy::SecretString;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const GOOD: &str = "client_id=web&redirect_uri=https%3A%2F%2Fc.example%2Fcb&response_type=code&scope=openid";

/// The client and where its answers go.
fn trust<'a>(clients: &'a Clients, parameters: &'a Parameters) -> Result<Return<'a>, Untrusted> {
    address(client(clients, parameters)?, parameters)
}

fn clients() -> Clients {
    let redirect_uris = vec!["https://c.example/cb".into(), "https://c.example/other".into()];
    let proof = Proof::Secret(Secrets {
        current: SecretString::from("s"),
        previous: None,
    });
    let client = |id: &str, require_pkce| Client {
        require_pkce,
        ..Client::new(id, redirect_uris.clone(), proof.clone())
    };
    Clients::new(vec![client("web", false), client("app", true)])
}

fn trusted(query: &str) -> Result<(), Untrusted> {
    trust(&clients(), &Parameters::parse(query).unwrap()).map(|_| ())
}

fn checked(query: &str) -> Result<Request, Refusal> {
    let clients = clients();
    let parameters = Parameters::parse(query).unwrap();
    check(trust(&clients, &parameters).unwrap(), &parameters)
}

fn refused(more: &str) -> Code {
    checked(&format!("{GOOD}&{more}")).err().unwrap().code
}

#[test]
fn a_good_request_is_read() {
    let request = checked(&format!(
        "{GOOD}+profile+email&state=s&nonce=n&login_hint=t&ui_locales=de-AT+en&max_age=60&response_mode=form_post\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&prompt=login"
    ))
    .unwrap();
    let authorization = request.authorization;
    assert_eq!(authorization.redirect_uri, "https://c.example/cb");
    assert_eq!(
        (authorization.state.as_deref(), authorization.nonce.as_deref()),
        (Some("s"), Some("n"))
    );
    assert_eq!(authorization.code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(authorization.response_mode, ResponseMode::FormPost);
    assert_eq!(authorization.scope, "openid profile");
    assert_eq!(
        (authorization.locale.as_deref(), authorization.max_age_s),
        (Some("de-AT"), Some(60))
    );
    assert!(authorization.fresh);
    assert_eq!(
        (request.login_hint.as_deref(), request.prompt),
        (Some("t"), Prompt::Login)
    );
}

#[test]
fn a_redirect_address_that_differs_by_one_character_is_not_trusted() {
    for uri in [
        "https://c.example/cb/",
        "https://c.example/cb?x",
        "https://c.example/c",
        "http://c.example/cb",
        "https://c.example:443/cb",
        "https://c.example/cb#",
    ] {
        let uri: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        assert_eq!(
            trusted(&format!("client_id=web&redirect_uri={uri}")),
            Err(Untrusted::RedirectUri),
            "{uri}"
        );
    }
}

#[test]
fn an_unknown_or_missing_client_is_not_trusted() {
    assert_eq!(
        trusted("redirect_uri=https%3A%2F%2Fc.example%2Fcb"),
        Err(Untrusted::Client)
    );
    assert_eq!(
        trusted("client_id=WEB&redirect_uri=https%3A%2F%2Fc.example%2Fcb"),
        Err(Untrusted::Client)
    );
}

#[test]
fn a_missing_redirect_address_is_not_trusted() {
    assert_eq!(trusted("client_id=web"), Err(Untrusted::RedirectUri));
    for uri in ["https%3A%2F%2Fc.example%2FCb", "https%3A%2F%2FC.example%2Fcb"] {
        let capitals = trusted(&format!("client_id=web&redirect_uri={uri}"));
        assert_eq!(capitals, Err(Untrusted::RedirectUriCase), "{uri}");
    }
}

#[test]
fn a_repeated_client_or_redirect_address_is_not_trusted() {
    assert_eq!(trusted(&format!("{GOOD}&client_id=web")), Err(Untrusted::Client));
    assert_eq!(
        trusted(&format!("{GOOD}&redirect_uri=https%3A%2F%2Fc.example%2Fcb")),
        Err(Untrusted::RedirectUri)
    );
}

#[test]
fn the_values_a_host_joins_from_repeated_keys_are_not_trusted() {
    assert_eq!(
        trusted("client_id=web%2Cweb&redirect_uri=https%3A%2F%2Fc.example%2Fcb"),
        Err(Untrusted::Client)
    );
}

#[test]
fn any_other_repeated_parameter_is_refused() {
    assert_eq!(refused("state=a&state=a"), Code::InvalidRequest);
    assert_eq!(refused("x=1&x=2"), Code::InvalidRequest);
}

#[test]
fn another_response_type_is_refused() {
    let query = GOOD.replace("response_type=code", "response_type=id_token");
    assert_eq!(checked(&query).err().unwrap().code, Code::UnsupportedResponseType);
    let query = GOOD.replace("response_type=code", "response_type=code%20id_token");
    assert_eq!(checked(&query).err().unwrap().code, Code::UnsupportedResponseType);
}

#[test]
fn a_missing_response_type_is_refused() {
    let query = GOOD.replace("&response_type=code", "");
    assert_eq!(checked(&query).err().unwrap().code, Code::InvalidRequest);
}

#[test]
fn another_response_mode_is_refused() {
    assert_eq!(refused("response_mode=fragment"), Code::InvalidRequest);
}

#[test]
fn a_missing_or_empty_scope_is_openid() {
    for scope in ["", "scope="] {
        let request = checked(&GOOD.replace("scope=openid", scope)).unwrap();
        assert_eq!(request.authorization.scope, "openid");
    }
}

#[test]
fn a_scope_without_openid_is_refused() {
    for scope in ["scope=profile", "scope=openid%2Cprofile", "scope=openidx"] {
        let query = GOOD.replace("scope=openid", scope);
        assert_eq!(checked(&query).err().unwrap().code, Code::InvalidScope, "{scope}");
    }
}

#[test]
fn a_plain_code_challenge_is_refused() {
    assert_eq!(
        refused(&format!("code_challenge={CHALLENGE}")),
        Code::InvalidRequest
    );
    assert_eq!(
        refused(&format!("code_challenge={CHALLENGE}&code_challenge_method=plain")),
        Code::InvalidRequest
    );
}

#[test]
fn a_code_challenge_of_another_shape_is_refused() {
    assert_eq!(
        refused("code_challenge=short&code_challenge_method=S256"),
        Code::InvalidRequest
    );
    assert_eq!(refused("code_challenge_method=S256"), Code::InvalidRequest);
}

#[test]
fn a_client_that_must_use_pkce_is_refused_without() {
    let query = GOOD.replace("client_id=web", "client_id=app");
    assert_eq!(checked(&query).err().unwrap().code, Code::InvalidRequest);
    let query = format!("{query}&code_challenge={CHALLENGE}&code_challenge_method=S256");
    assert!(checked(&query).is_ok());
}

#[test]
fn a_request_object_is_refused() {
    assert_eq!(refused("request=eyJ"), Code::RequestNotSupported);
    assert_eq!(
        refused("request_uri=https%3A%2F%2Fevil.example"),
        Code::RequestUriNotSupported
    );
}

#[test]
fn prompt_none_stands_alone() {
    assert_eq!(
        checked(&format!("{GOOD}&prompt=none")).unwrap().prompt,
        Prompt::None
    );
    assert_eq!(refused("prompt=none+login"), Code::InvalidRequest);
}

#[test]
fn consent_is_asked_for_beside_anything_else() {
    for (prompt, expected, is_asked) in [
        ("consent", Prompt::AsNeeded, true),
        ("select_account+consent", Prompt::Select, true),
        ("consent+login", Prompt::Login, true),
        ("select_account", Prompt::Select, false),
    ] {
        let request = checked(&format!("{GOOD}&prompt={prompt}")).unwrap();
        assert_eq!(request.prompt, expected, "{prompt}");
        assert_eq!(request.authorization.asks_anew, is_asked, "{prompt}");
    }
}

#[test]
fn an_unknown_prompt_is_ignored() {
    for (prompt, expected) in [
        ("create", Prompt::AsNeeded),
        ("dance+login", Prompt::Login),
        ("select_account+dance", Prompt::Select),
    ] {
        let request = checked(&format!("{GOOD}&prompt={prompt}")).unwrap();
        assert_eq!(request.prompt, expected);
    }
}

#[test]
fn a_max_age_that_is_no_number_is_refused() {
    assert_eq!(refused("max_age=-1"), Code::InvalidRequest);
    assert_eq!(refused("max_age=soon"), Code::InvalidRequest);
}

#[test]
fn a_state_that_is_too_long_is_refused() {
    assert_eq!(
        refused(&format!("state={}", "x".repeat(16_385))),
        Code::InvalidRequest
    );
}

#[test]
fn claims_that_are_malformed_are_refused() {
    assert_eq!(refused("claims=%5B%5D"), Code::InvalidRequest);
}

#[test]
fn a_locale_of_foreign_characters_is_passed_over() {
    let request = checked(&format!("{GOOD}&ui_locales=%2E%2E%2F+fr")).unwrap();
    assert_eq!(request.authorization.locale.as_deref(), Some("fr"));
}
