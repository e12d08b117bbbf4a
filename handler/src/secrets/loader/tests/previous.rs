//! What was in force before may be gone: a warning that names its setting, never a reason not to start.

use super::*;

/// Starts with these settings and tells the remarks.
async fn remarks(source: Map, shelf: &Shelf) -> (Arc<Loaded>, String) {
    let (loader, _) = start(source, shelf);
    let mut states = loader.states();
    let found = tokio::time::timeout(Duration::from_secs(60), ready(&mut states)).await;
    let found = found.unwrap_or_else(|_| panic!("{:?}", *states.borrow()));
    let remarks = found.settings.remarks.join("\n");
    (found, remarks)
}

/// A slip of the pen in the vault would be a setting that is missing, or its default.
#[tokio::test(start_paused = true)]
async fn a_secret_that_is_named_nearly_like_a_setting_is_a_warning() {
    let shelf = Shelf::full();
    for name in [
        "Client--0--PreviousSecret",
        "records--accountkey-of-others",
        "client-x",
    ] {
        shelf.put(name, CLIENT_SECRET);
    }
    let (_, remarks) = remarks(direct(), &shelf).await;
    let expected = "the Key Vault secret Client--0--PreviousSecret is not a setting; the nearest is Clients:0:PreviousSecret";
    assert!(remarks.contains(expected), "{remarks}");
    assert!(
        !remarks.contains("client-x") && !remarks.contains(CLIENT_SECRET),
        "{remarks}"
    );
}

/// What a start waits for is told by the names of settings.
#[tokio::test(start_paused = true)]
async fn what_is_waited_for_is_said() {
    let (loader, _) = start(direct(), &Shelf::full());
    let progress = loader.progress();
    assert_eq!(progress.waits_for(), "the file of AppSettings:ExtraCaFile");
    ready(&mut loader.states()).await;
    assert_eq!(progress.waits_for(), "the fact store (FactStore:Location)");
    let shelf = Shelf::full();
    shelf.put("AppSettings--StateKey", "short");
    let (loader, _) = start(direct(), &shelf);
    let _faulty = loader.once().await;
    let said = loader.progress().waits_for();
    assert_eq!(said, "settings that are wrong: AppSettings:StateKey");
}

#[tokio::test(start_paused = true)]
async fn a_previous_client_secret_that_is_gone_or_short_is_a_warning() {
    for secret in [None, Some("short")] {
        let shelf = Shelf::full();
        if let Some(secret) = secret {
            shelf.put("client-b2c-before", secret);
        }
        let source = direct().with("Clients:0:PreviousSecretName", "client-b2c-before");
        let (found, remarks) = remarks(source, &shelf).await;
        assert!(remarks.contains("Clients:0:PreviousSecretName"), "{remarks}");
        let Proof::Secret(secrets) = &found.clients[0].proof else {
            panic!("{:?}", found.clients)
        };
        assert!(secrets.previous.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_previous_certificate_that_is_gone_or_noise_is_a_warning() {
    for certificate in [None, Some("noise")] {
        let shelf = Shelf::full();
        if let Some(certificate) = certificate {
            shelf.put("idv-signing-before", certificate);
        }
        let source = direct().with("AppSettings:PreviousSigningCertName", "idv-signing-before");
        let (found, remarks) = remarks(source, &shelf).await;
        assert!(
            remarks.contains("AppSettings:PreviousSigningCertName"),
            "{remarks}"
        );
        assert_eq!(found.signing.key_id(), key_id(&RSA));
    }
}

#[tokio::test(start_paused = true)]
async fn a_previous_certificate_that_app_service_does_not_load_any_more_is_a_warning() {
    let thumbprint = "00112233445566778899AABBCCDDEEFF00112233";
    let source = direct().with("AppSettings:PreviousSigningCertThumbprint", thumbprint);
    for loads in ["", "AA112233445566778899AABBCCDDEEFF00112233"] {
        let source = source.clone().with("WEBSITE_LOAD_CERTIFICATES", loads);
        let (_, remarks) = remarks(source, &Shelf::full()).await;
        assert!(
            remarks.contains("AppSettings:PreviousSigningCertThumbprint"),
            "{remarks}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_previous_state_key_that_is_damaged_is_a_warning() {
    let source = direct().with("AppSettings:PreviousStateKey", "not base64!");
    let (found, remarks) = remarks(source, &Shelf::full()).await;
    assert!(remarks.contains("AppSettings:PreviousStateKey"), "{remarks}");
    assert!(!remarks.contains("not base64!"));
    assert!(found.settings.previous_state_key.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_previous_pair_without_its_password_is_a_warning() {
    let pair = direct()
        .with("VerifyAuth:BasicUsername", "b2c")
        .with("VerifyAuth:BasicPassword", "password-of-the-caller")
        .with("VerifyAuth:PreviousBasicUsername", "b2c");
    for password in [
        "",
        "short",
        "@Microsoft.KeyVault(SecretUri=https://kv1.vault.azure.net/secrets/x)",
    ] {
        let source = pair.clone().with("VerifyAuth:PreviousBasicPassword", password);
        let (found, remarks) = remarks(source, &Shelf::full()).await;
        assert!(remarks.contains("VerifyAuth:PreviousBasicPassword"), "{remarks}");
        assert_eq!(found.settings.callers.basic.len(), 1);
    }
}
