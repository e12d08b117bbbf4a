//! Whatever is sent, every parser of this front reads it or refuses it, and never panics.

use proptest::prelude::*;
use secrecy::SecretString;
use url::{Url, form_urlencoded};

use crate::clients::{Client, Clients, Proof, Secrets};
use crate::grants::ResponseMode;
use crate::openid::answer::Answer;
use crate::openid::proof::client_auth::pair;
use crate::openid::request::authorization_request::{address, check};
use crate::openid::request::claims_request::{self, Promised};
use crate::openid::request::parameters::Parameters;
use crate::openid::request::registration;
use crate::openid::request::strict_json;
use crate::pages::Language;
use crate::person::release;
use crate::tests::mutated::{mutated, mutated_text};

const REDIRECT: &str = "https://contoso.example/authresp?p=1";
const NOW: time::OffsetDateTime = time::macros::datetime!(2026-02-03 10:00 UTC);
const REGISTRATION: &str = r#"{"objectId":"u1","correlationId":"c1","clientId":"b2c","givenName":"Ada","surname":"Lovelace",
"birthdate":"1985-12-10T00:00:00Z","locale":"de-AT","ipAddress":"203.0.113.7:443","consentVersion":"1","consentTime":"1790000000",
"consentCountry":"deu","consentState":null,"other":true}"#;
const CLAIMS: &str = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":{"value":"IDV-DELEGATED"}},
"claims":{"given_name":{"value":"Ada"},"family_name":{"value":"Lovelace"},"birthdate":{"value":"1985-12-10"}}}},"userinfo":null}"#;
const REQUEST: &str = "client_id=b2c&redirect_uri=https%3A%2F%2Fcontoso.example%2Fauthresp%3Fp%3D1&response_type=code&\
     scope=openid+profile&state=a%26b&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&\
     code_challenge_method=S256&prompt=login&max_age=300&ui_locales=de-AT+en&response_mode=form_post&claims=%7B%7D";

fn client() -> Client {
    let proof = Proof::Secret(Secrets {
        current: SecretString::from("secret"),
        previous: None,
    });
    Client {
        require_pkce: true,
        ..Client::new("b2c", vec![REDIRECT.into()], proof)
    }
}

proptest! {
    #[test]
    fn parameters_of_any_text_are_read_or_refused(text in ".{0,300}") {
        let _ = Parameters::parse(&text);
    }

    #[test]
    fn parameters_are_what_was_sent(sent in prop::collection::btree_map("[a-z_]{1,8}", "[ -~ä-ü€]{1,40}", 0..20)) {
        let encoded: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent).finish();
        let read = Parameters::parse(&encoded).unwrap();
        prop_assert_eq!(read.repeated(), None);
        for (name, value) in &sent {
            prop_assert_eq!(read.get(name), Some(value.as_str()));
        }
    }

    #[test]
    fn a_parameter_sent_twice_has_no_value(name in "[a-z_]{1,8}", values in prop::collection::vec("[a-z]{0,5}", 2..5)) {
        let encoded: Vec<String> = values.iter().map(|value| format!("{name}={value}")).collect();
        let read = Parameters::parse(&encoded.join("&")).unwrap();
        prop_assert_eq!(read.get(&name), None);
        prop_assert_eq!(read.repeated(), Some(name.as_str()));
    }

    #[test]
    fn strict_json_reads_nothing_that_others_read_otherwise(text in mutated(REGISTRATION)) {
        if let Ok(read) = strict_json::parse(&text) {
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&text).unwrap(), read);
        }
    }

    #[test]
    fn any_bytes_are_no_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = strict_json::parse(&bytes);
        let _ = registration::parse(&bytes, "basic", NOW, &Clients::new(vec![client()]));
        let _ = registration::locale(&bytes);
    }

    #[test]
    fn a_registration_that_is_accepted_keeps_its_rules(body in mutated(REGISTRATION)) {
        let Ok(read) = registration::parse(&body, "basic", NOW, &Clients::new(vec![client()])) else { return Ok(()) };
        prop_assert!((1..=255).contains(&read.subject.chars().count()));
        prop_assert!(!read.subject.chars().any(char::is_control));
        prop_assert!(read.client_id.is_none_or(|id| id == "b2c"));
        prop_assert!(read.ip.is_none_or(|ip| ip.parse::<std::net::IpAddr>().is_ok()));
        prop_assert!(read.person.birthdate.is_none_or(|day| registration::is_date(day.expose())));
    }

    #[test]
    fn a_claims_request_keeps_no_value(text in mutated_text(CLAIMS)) {
        let Ok(read) = claims_request::parse(&text, Promised { acr: None, release: release::Value::ALL.into_iter().collect() }) else { return Ok(()) };
        let kept = serde_json::to_string(&read.request).unwrap();
        prop_assert!(!kept.contains("Ada") && !kept.contains("Lovelace") && !kept.contains("1985"), "{kept}");
    }

    #[test]
    fn an_authorization_request_leads_to_a_registered_address_or_nowhere(query in mutated_text(REQUEST)) {
        let Ok(parameters) = Parameters::parse(&query) else { return Ok(()) };
        let clients = Clients::new(vec![client()]);
        let Ok(to) = crate::openid::request::authorization_request::client(&clients, &parameters)
            .and_then(|client| address(client, &parameters)) else { return Ok(()) };
        prop_assert_eq!(to.redirect_uri, REDIRECT);
        let Ok(request) = check(to, &parameters) else { return Ok(()) };
        prop_assert!(parameters.repeated().is_none());
        prop_assert_eq!(request.authorization.redirect_uri, REDIRECT);
        prop_assert!(request.authorization.code_challenge.is_some_and(|challenge| challenge.len() == 43));
    }

    #[test]
    fn a_state_comes_back_as_it_was(state in ".{1,100}") {
        let answer = Answer {
            redirect_uri: REDIRECT.into(),
            mode: ResponseMode::Query,
            parameters: vec![("state", state.clone())],
        };
        let location = answer.location().unwrap();
        prop_assert!(location.as_str().starts_with(REDIRECT) && location.as_str().is_ascii());
        let back = Url::parse(location.as_str()).unwrap();
        let back: Vec<_> = back.query_pairs().filter(|(name, _)| name == "state").collect();
        prop_assert_eq!(back.len(), 1);
        prop_assert_eq!(&back[0].1, &state);
    }

    #[test]
    fn a_basic_header_of_any_text_is_read_or_refused(text in ".{0,80}", base64 in "(?i)basic [A-Za-z0-9+/=]{0,60}") {
        let _ = pair(&text);
        let _ = pair(&base64);
    }

    #[test]
    fn a_language_header_of_any_text_is_read(text in ".{0,200}", odd in "[a-z*;=,.0-9 -]{0,200}") {
        let _ = Language::negotiate(&text);
        let _ = Language::negotiate(&odd);
        let _ = Language::of_tag(&text);
    }
}
