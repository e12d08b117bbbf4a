use super::*;

fn claims() -> Value {
    json!({ "sub": "subject-1" })
}

/// A token signed by this key, under this id.
fn signed(algorithm: &str, kid: &str, key: &PKey<Private>) -> Unverified {
    let header = json!({ "alg": algorithm, "kid": kid });
    parse(&sign(&header, &claims(), key).unwrap()).unwrap()
}

fn set(key: &PKey<Private>) -> Value {
    json!({ "keys": [jwk("k1", key).unwrap()] })
}

#[test]
fn a_signature_fits_the_published_key() {
    let key = new_key().unwrap();
    for algorithm in ["RS256", "RS512"] {
        let verified = signed(algorithm, "k1", &key).verify_by(&set(&key), &["RS256", "RS512"]);
        assert_eq!(verified.map(Value::Object), Ok(claims()));
    }
}

#[test]
fn a_changed_claim_is_refused() {
    let key = new_key().unwrap();
    let mut token = signed("RS256", "k1", &key);
    token.signed = signing_input(
        &json!({ "alg": "RS256", "kid": "k1" }),
        &json!({ "sub": "other" }),
    );
    assert_eq!(token.verify_by(&set(&key), &["RS256"]), Err(Refusal::Signature));
}

#[test]
fn a_foreign_key_is_refused() {
    let (key, other) = (new_key().unwrap(), new_key().unwrap());
    let refused = signed("RS256", "k1", &other).verify_by(&set(&key), &["RS256"]);
    assert_eq!(refused, Err(Refusal::Signature));
}

#[test]
fn an_unknown_kid_is_refused_and_none_tries_every_key() {
    let key = new_key().unwrap();
    let refused = signed("RS256", "k2", &key).verify_by(&set(&key), &["RS256"]);
    assert_eq!(refused, Err(Refusal::UnknownKey("k2".to_owned())));
    let header = json!({ "alg": "RS256" });
    let token = parse(&sign(&header, &claims(), &key).unwrap()).unwrap();
    assert!(token.verify_by(&set(&key), &["RS256"]).is_ok());
}

#[test]
fn an_algorithm_that_was_not_asked_for_is_refused() {
    let key = new_key().unwrap();
    let refused = |token: Unverified| token.verify_by(&set(&key), &["RS256"]).unwrap_err();
    let none = parse(&unsigned(&json!({ "alg": "none", "kid": "k1" }), &claims())).unwrap();
    assert_eq!(refused(none), Refusal::Algorithm("none".to_owned()));
    let longer = signed("RS512", "k1", &key);
    assert_eq!(refused(longer), Refusal::Algorithm("RS512".to_owned()));
}

#[test]
fn the_public_key_is_no_shared_secret() {
    // The classic confusion: a token that says HS256, made with the published key as secret.
    let key = new_key().unwrap();
    let secret = key.public_key_to_pem().unwrap();
    let token = sign_hmac(&json!({ "alg": "HS256", "kid": "k1" }), &claims(), &secret).unwrap();
    let refused = parse(&token).unwrap().verify_by(&set(&key), &["RS256"]);
    assert_eq!(refused, Err(Refusal::Algorithm("HS256".to_owned())));
}

#[test]
fn a_mac_of_another_secret_is_refused() {
    for algorithm in ["HS256", "HS512"] {
        let token = parse(&sign_hmac(&json!({ "alg": algorithm }), &claims(), b"one").unwrap()).unwrap();
        let refused = token.clone().verify_hmac(algorithm, b"two");
        assert_eq!(refused, Err(Refusal::Signature));
        let verified = token.verify_hmac(algorithm, b"one");
        assert_eq!(verified.map(Value::Object), Ok(claims()));
    }
}

#[test]
fn other_than_three_parts_are_no_token() {
    for text in ["abc", "a.b", "a.b.c.d.e", "e30.W10.", "e30.!.x"] {
        assert!(matches!(parse(text), Err(Refusal::Malformed(_))), "{text}");
    }
}

#[test]
fn unequal_lengths_are_not_the_same() {
    assert!(!same(b"abc", b"abcd"));
    assert!(!same(b"abc", b"abd"));
    assert!(same(b"abc", b"abc"));
}
