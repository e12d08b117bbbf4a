//! What callers and clients ask.

use std::sync::LazyLock;

use handler::testing::parsers::{self, Clients, Parameters};
use handler::testing::{Client, Proof, Secrets};
use url::form_urlencoded;

use super::text;
use crate::corpus::NOW;

const REDIRECT: &str = "https://contoso.example/authresp?p=1";

/// The clients there are.
pub(crate) static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    let proof = Proof::Secret(Secrets {
        current: "invented secret of a client".into(),
        previous: None,
    });
    Clients::new(vec![Client::new("b2c", vec![REDIRECT.to_owned()], proof)])
});

/// A query or a form: what is read is read the same way when it is written again.
pub(super) fn parameters(bytes: &[u8]) {
    let Some(query) = text(bytes) else { return };
    let Ok(read) = Parameters::parse(query) else {
        return;
    };
    let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned());
    let mut written = form_urlencoded::Serializer::new(String::new());
    let mut kept: Vec<(String, String)> = names
        .filter_map(|name| read.get(&name).map(|value| (name.clone(), value.to_owned())))
        .collect();
    kept.sort();
    written.extend_pairs(&kept);
    let again = Parameters::parse(&written.finish()).expect("what was read once is read again");
    for (name, value) in &kept {
        assert_eq!(again.get(name), Some(value.as_str()));
        assert!(
            Some(name.as_str()) != read.repeated(),
            "a repeated name has no value"
        );
        assert!(!value.is_empty() && !value.contains('\0'));
    }
}

/// An authorization request, in the query of a browser or pushed.
pub(super) fn authorization_request(bytes: &[u8]) {
    let Some(query) = text(bytes) else { return };
    let Ok(read) = Parameters::parse(query) else {
        return;
    };
    let Some(request) = parsers::authorization_request(&CLIENTS, &read) else {
        return;
    };
    let kept = &request.authorization;
    assert_eq!(
        kept.redirect_uri, REDIRECT,
        "an answer goes to a registered address or nowhere"
    );
    assert_eq!(kept.client_id, "b2c");
    assert!(kept.scope.split(' ').any(|scope| scope == "openid"));
    let is_challenge = |challenge: &str| challenge.len() == 43;
    assert!(
        kept.code_challenge.as_deref().is_none_or(is_challenge),
        "PKCE is S256"
    );
    let claims = kept.claims.to_string();
    for value in [
        &request.person.given_name,
        &request.person.family_name,
        &request.person.birthdate,
    ] {
        let Some(value) = value else { continue };
        // Short ones stand in the names of members.
        let is_telling = value.expose().len() > 24;
        assert!(
            !is_telling || !claims.contains(value.expose()),
            "what is kept holds no value"
        );
    }
}

/// What a caller registers.
pub(super) fn registration(bytes: &[u8]) {
    let _ = parsers::locale(bytes);
    let Ok(read) = parsers::registration(bytes, "basic", NOW, &CLIENTS) else {
        return;
    };
    assert!((1..=255).contains(&read.subject.chars().count()));
    assert!(!read.subject.chars().any(char::is_control));
    assert!(read.client_id.is_none_or(|id| id == "b2c"));
    assert!(read.ip.is_none_or(|ip| ip.parse::<std::net::IpAddr>().is_ok()));
    for name in [&read.person.given_name, &read.person.family_name]
        .into_iter()
        .flatten()
    {
        let is_foreign = |c: char| c.is_control() || c.is_ascii_digit() || "<>&\"\\{}".contains(c);
        assert!(
            !name.expose().chars().any(is_foreign),
            "no digits and no markup in a name"
        );
    }
    if let Some(day) = &read.person.birthdate {
        assert!(
            ("1896-11-20"..="2026-11-21").contains(&day.expose()),
            "somebody may be born then"
        );
    }
    if let Some(consent) = &read.consent {
        let is_country =
            |country: &String| country.len() == 3 && country.bytes().all(|b| b.is_ascii_uppercase());
        assert!(
            consent.country.as_ref().is_none_or(is_country),
            "the vendor takes three letters"
        );
    }
}
