use super::*;
use crate::fact_store::Place;
use crate::openid::answer::refusal::Code;

fn memory() -> Assertions {
    Assertions::new(crate::fact_store::open(&Place::Memory).unwrap())
}

fn secrets(current: &str, previous: Option<&str>) -> Secrets {
    Secrets {
        current: SecretString::from(current),
        previous: previous.map(SecretString::from),
    }
}

fn client(id: &str, proof: Proof) -> Client {
    Client::new(id, Vec::new(), proof)
}

fn auth() -> ClientAuth {
    let clients = Clients::new(vec![
        client("basic", Proof::Secret(secrets("s:e&c=r%et+1", Some("old")))),
        client("post", Proof::Secret(secrets("post-secret", None))),
        client("empty", Proof::Secret(secrets("", None))),
        client("unreadable", Proof::Unreadable),
        client("public", Proof::None),
    ]);
    ClientAuth {
        clients: Arc::new(clients),
        assertions: memory(),
        audiences: vec!["https://id.example/api/token".into()],
    }
}

fn header(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn check(authorization: &[&str], form: &str) -> Result<String, Code> {
    let form = Parameters::parse(form).unwrap();
    match auth()
        .check(authorization, &form, OffsetDateTime::UNIX_EPOCH)
        .await
    {
        Ok(client) => Ok(client.id.clone()),
        Err(ClientError::Refused(refusal)) => Err(refusal.code),
        Err(ClientError::NotProven(_)) => Err(Code::InvalidClient),
        Err(error @ (ClientError::CouldNotCheck(_) | ClientError::NoKeys(_))) => panic!("{error}"),
    }
}

#[tokio::test]
async fn basic_is_believed_encoded_as_the_rfc_says() {
    let encoded: String = form_urlencoded::byte_serialize(b"s:e&c=r%et+1").collect();
    assert_eq!(check(&[&header("basic", &encoded)], "").await.unwrap(), "basic");
}

#[tokio::test]
async fn basic_is_believed_as_many_clients_send_it() {
    assert_eq!(
        check(&[&header("basic", "s:e&c=r%et+1")], "").await.unwrap(),
        "basic"
    );
}

#[tokio::test]
async fn the_previous_secret_is_believed() {
    assert_eq!(
        check(&[&header("basic", "old")], "client_id=basic")
            .await
            .unwrap(),
        "basic"
    );
}

#[tokio::test]
async fn a_client_whose_proof_is_not_known_proves_itself_in_no_way() {
    let jwt = format!("e30.{}.AA", URL_SAFE_NO_PAD.encode(r#"{"sub":"unreadable"}"#));
    let assertion = format!("client_assertion_type={ASSERTION_TYPE}&client_assertion={jwt}");
    let basic = header("unreadable", "");
    for (authorization, form) in [
        (vec![basic.as_str()], ""),
        (Vec::new(), "client_id=unreadable&client_secret="),
        (Vec::new(), "client_id=unreadable"),
        (Vec::new(), assertion.as_str()),
    ] {
        assert_eq!(
            check(&authorization, form).await,
            Err(Code::InvalidClient),
            "{form}"
        );
    }
}

#[tokio::test]
async fn post_is_believed() {
    assert_eq!(
        check(&[], "client_id=post&client_secret=post-secret")
            .await
            .unwrap(),
        "post"
    );
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    assert_eq!(
        check(&[], "client_id=post&client_secret=post-secres").await,
        Err(Code::InvalidClient)
    );
    assert_eq!(
        check(&[&header("basic", "wrong")], "").await,
        Err(Code::InvalidClient)
    );
}

#[tokio::test]
async fn an_unknown_client_is_refused_like_a_wrong_secret() {
    assert_eq!(
        check(&[], "client_id=nobody&client_secret=post-secret").await,
        Err(Code::InvalidClient)
    );
}

#[tokio::test]
async fn a_secret_that_was_never_set_is_not_guessed_by_an_empty_one() {
    assert_eq!(check(&[&header("empty", "")], "").await, Err(Code::InvalidClient));
    assert_eq!(
        check(&[], "client_id=empty&client_secret=").await,
        Err(Code::InvalidClient)
    );
}

#[tokio::test]
async fn no_proof_is_refused() {
    assert_eq!(check(&[], "client_id=post").await, Err(Code::InvalidClient));
}

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let header = header("basic", "old");
    assert_eq!(
        check(&[&header], "client_id=basic&client_secret=old").await,
        Err(Code::InvalidRequest)
    );
    assert_eq!(
        check(&[&header], "client_assertion=x").await,
        Err(Code::InvalidRequest)
    );
    assert_eq!(
        check(&[], "client_id=post&client_secret=x&client_assertion=y").await,
        Err(Code::InvalidRequest)
    );
}

/// Libraries choose between header and form, and some try both (RFC 6749 section 2.3.1).
#[tokio::test]
async fn a_secret_is_believed_in_the_header_and_in_the_form_alike() {
    for (client, secret) in [("basic", "old"), ("post", "post-secret")] {
        let form = format!("client_id={client}&client_secret={secret}");
        assert_eq!(check(&[&header(client, secret)], "").await.unwrap(), client);
        assert_eq!(check(&[], &form).await.unwrap(), client);
    }
}

/// As Go's `oauth2` sends it beside whatever else proves the client.
#[tokio::test]
async fn an_empty_basic_password_beside_another_proof_is_ignored() {
    let form = "client_id=post&client_secret=post-secret";
    assert_eq!(check(&[&header("post", "")], form).await.unwrap(), "post");
    for other in [header("basic", ""), header("post", "x"), "Bearer x".to_owned()] {
        assert_eq!(check(&[&other], form).await, Err(Code::InvalidRequest), "{other}");
    }
    let jwt = format!("e30.{}.AA", URL_SAFE_NO_PAD.encode(r#"{"sub":"post"}"#));
    let assertion = format!("client_assertion_type={ASSERTION_TYPE}&client_assertion={jwt}");
    assert_eq!(
        why(&[&header("post", "")], &assertion).await,
        "client authentication failed: client post is registered for client_secret and has used private_key_jwt"
    );
}

#[tokio::test]
async fn a_public_client_names_itself_and_nothing_more() {
    assert_eq!(check(&[], "client_id=public").await.unwrap(), "public");
    assert_eq!(check(&[&header("public", "")], "").await.unwrap(), "public");
    for (authorization, form) in [
        (vec![], "client_id=public&client_secret=x"),
        (vec![header("public", "x")], ""),
        (vec![header("public", "")], "client_id=post"),
        (vec![], "client_id=nobody"),
        (vec![], ""),
    ] {
        let authorization: Vec<&str> = authorization.iter().map(String::as_str).collect();
        assert_eq!(
            check(&authorization, form).await,
            Err(Code::InvalidClient),
            "{form}"
        );
    }
}

#[tokio::test]
async fn another_client_id_in_the_form_is_refused() {
    assert_eq!(
        check(&[&header("basic", "old")], "client_id=post").await,
        Err(Code::InvalidClient)
    );
}

#[tokio::test]
async fn a_header_of_another_scheme_is_refused() {
    assert_eq!(
        check(&["Bearer abc"], "client_id=post").await,
        Err(Code::InvalidClient)
    );
}

#[tokio::test]
async fn an_assertion_of_another_type_is_refused() {
    let form = "client_assertion=a.e30.c&client_assertion_type=urn%3Ax";
    assert_eq!(check(&[], form).await, Err(Code::InvalidRequest));
}

#[tokio::test]
async fn an_assertion_of_a_client_without_keys_is_refused() {
    let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"post"}"#);
    let form = format!(
        "client_assertion=a.{payload}.c&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
    );
    assert_eq!(check(&[], &form).await, Err(Code::InvalidClient));
}

#[test]
fn every_part_of_a_redemption_tells_it_apart() {
    let print = |jwt: &str, form: &str| print_of(jwt, &Parameters::parse(form).unwrap());
    let same = print("a.b.c", "code=x&redirect_uri=y&code_verifier=z");
    assert_eq!(
        print("a.b.c", "code_verifier=z&redirect_uri=y&code=x&scope=s"),
        same
    );
    for (jwt, form) in [
        ("a.b.d", "code=x&redirect_uri=y&code_verifier=z"),
        ("a.b.c", "code=w&redirect_uri=y&code_verifier=z"),
        ("a.b.c", "code=x&redirect_uri=w&code_verifier=z"),
        ("a.b.c", "code=x&redirect_uri=y"),
    ] {
        assert_ne!(print(jwt, form), same);
    }
}

async fn why(authorization: &[&str], form: &str) -> String {
    let form = Parameters::parse(form).unwrap();
    let outcome = auth()
        .check(authorization, &form, OffsetDateTime::UNIX_EPOCH)
        .await
        .map(|client| client.id.clone());
    outcome.unwrap_err().to_string()
}

#[tokio::test]
async fn the_log_learns_what_the_client_is_not_told() {
    let (secret, public) = (header("basic", "wrong"), header("public", "wrong"));
    for (authorization, form, expected) in [
        (vec![secret.as_str()], "", "the secret of client basic is wrong"),
        (
            vec![],
            "client_id=post&client_secret=wrong",
            "the secret of client post is wrong",
        ),
        (
            vec![public.as_str()],
            "",
            "client public is registered for none and has used client_secret",
        ),
        (
            vec![],
            "client_id=Zebedee&client_secret=x",
            "no client has this id",
        ),
        (
            vec![secret.as_str()],
            "client_id=post",
            "client_id in the form is not that of the credentials",
        ),
        (
            vec![],
            "client_id=post",
            "no credentials, or none that can be read",
        ),
    ] {
        let said = why(&authorization, form).await;
        assert_eq!(said, format!("client authentication failed: {expected}"));
    }
}
