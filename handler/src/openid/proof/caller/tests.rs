use super::*;
use crate::tokens::test_keys;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn login(user: &str, password: &str) -> Login {
    Login {
        user: user.into(),
        password: SecretString::from(password),
    }
}

fn callers() -> Callers {
    Callers {
        thumbprints: vec![[1; 32], [2; 32]],
        logins: vec![login("b2c", "new-password"), login("b2c", "old-password")],
        entra: None,
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn by(callers: &Callers, authorization: &[&str], certificate: &[&str]) -> Result<String, CallerError> {
    callers
        .check(
            Presented {
                authorization,
                certificate,
            },
            OffsetDateTime::UNIX_EPOCH,
        )
        .await
}

#[tokio::test]
async fn the_current_and_the_previous_pair_are_one_caller() {
    for password in ["new-password", "old-password"] {
        assert_eq!(
            by(&callers(), &[&basic("b2c", password)], &[]).await.unwrap(),
            "basic"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let header = basic("b2c", "new-passwore");
    assert!(matches!(
        by(&callers(), &[&header], &[]).await,
        Err(CallerError::Password)
    ));
}

#[tokio::test]
async fn a_wrong_user_is_refused() {
    let header = basic("b2d", "new-password");
    assert!(matches!(
        by(&callers(), &[&header], &[]).await,
        Err(CallerError::Password)
    ));
}

#[tokio::test]
async fn a_basic_header_that_is_not_base64_is_refused() {
    assert!(matches!(
        by(&callers(), &["Basic ???"], &[]).await,
        Err(CallerError::Password)
    ));
}

#[tokio::test]
async fn nothing_presented_is_refused() {
    assert!(matches!(
        by(&callers(), &[], &[]).await,
        Err(CallerError::Missing)
    ));
}

#[tokio::test]
async fn with_nothing_configured_nobody_gets_in() {
    let nobody = Callers::default();
    for header in [basic("", ""), basic("b2c", "new-password"), "Bearer x".into()] {
        assert!(matches!(
            by(&nobody, &[&header], &["QUJD"]).await,
            Err(CallerError::NotConfigured)
        ));
    }
}

#[tokio::test]
async fn an_empty_password_is_never_good() {
    let callers = Callers {
        logins: vec![login("b2c", "")],
        ..Callers::default()
    };
    assert!(matches!(
        by(&callers, &[&basic("b2c", "")], &[]).await,
        Err(CallerError::Password)
    ));
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let header = basic("b2c", "new-password");
    assert!(matches!(
        by(&callers(), &[&header, &header], &[]).await,
        Err(CallerError::Ambiguous)
    ));
}

#[tokio::test]
async fn a_wrong_password_is_not_made_up_for_by_a_certificate() {
    let header = basic("b2c", "wrong");
    assert!(matches!(
        by(&callers(), &[&header], &["QUJD"]).await,
        Err(CallerError::Password)
    ));
}

#[tokio::test]
async fn a_certificate_is_not_looked_at_without_a_list() {
    let callers = Callers {
        thumbprints: Vec::new(),
        ..callers()
    };
    assert!(matches!(
        by(&callers, &[], &["QUJD"]).await,
        Err(CallerError::NotTrusted)
    ));
}

#[tokio::test]
async fn what_is_no_certificate_is_refused() {
    assert!(matches!(
        by(&callers(), &[], &["QUJD"]).await,
        Err(CallerError::Certificate(_))
    ));
}

#[tokio::test]
async fn a_bearer_token_is_refused_where_none_is_expected() {
    assert!(matches!(
        by(&callers(), &["Bearer abc"], &[]).await,
        Err(CallerError::Missing)
    ));
}

#[test]
fn the_challenge_names_what_is_configured() {
    assert!(callers().challenge().starts_with("Basic"));
    assert!(!callers().challenge().contains("Bearer"));
}

/// A certificate of 2023 to 2030, as App Service hands it on, its thumbprint, and a moment when it is good.
fn certificate() -> (String, [u8; 32], OffsetDateTime) {
    let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let header = STANDARD.encode(test_keys::x509(&test_keys::RSA).to_der().unwrap());
    let thumbprint = caller_certificate::thumbprint(&header, now).unwrap();
    (header, thumbprint, now)
}

async fn with_certificate(
    listed: [u8; 32],
    header: &[&str],
    now: OffsetDateTime,
) -> Result<String, CallerError> {
    let callers = Callers {
        thumbprints: vec![[9; 32], listed],
        ..Callers::default()
    };
    callers
        .check(
            Presented {
                authorization: &[],
                certificate: header,
            },
            now,
        )
        .await
}

#[tokio::test]
async fn a_listed_certificate_is_a_caller() {
    let (header, thumbprint, now) = certificate();
    assert_eq!(
        with_certificate(thumbprint, &[&header], now).await.unwrap(),
        "certificate"
    );
}

#[tokio::test]
async fn a_certificate_that_is_not_listed_is_refused() {
    let (header, _, now) = certificate();
    let refused = with_certificate([8; 32], &[&header], now).await.unwrap_err();
    let der = STANDARD.decode(&header).unwrap();
    let digits = openssl::sha::sha256(&der).map(|byte| format!("{byte:02X}"));
    assert_eq!(
        refused.to_string(),
        format!("client certificate: not on the list: {}", digits.concat())
    );
}

#[tokio::test]
async fn a_listed_certificate_that_has_expired_is_refused() {
    let (header, thumbprint, now) = certificate();
    let later = now + time::Duration::days(4000);
    assert!(matches!(
        with_certificate(thumbprint, &[&header], later).await,
        Err(CallerError::Certificate(_))
    ));
}

#[tokio::test]
async fn two_certificates_are_refused() {
    let (header, thumbprint, now) = certificate();
    let answer = with_certificate(thumbprint, &[&header, &header], now).await;
    assert!(matches!(answer, Err(CallerError::Ambiguous)));
}
