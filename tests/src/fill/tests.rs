//! Whole folders: what is filled, and what is refused before anything is written.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

const ID: &str = "11111111-2222-4333-8444-555555555555";

struct Place(tempfile::TempDir);

impl Place {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join("from").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn from(&self) -> PathBuf {
        self.0.path().join("from")
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn ui(&self, values: &Values) -> Result<usize> {
        ui(&self.from(), &self.out(), values)
    }

    fn policies(&self, values: &Values) -> Result<Vec<PathBuf>> {
        policies(&self.from(), &self.out(), values)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.out().join(name)).unwrap()
    }

    fn wrote_nothing(&self) -> bool {
        !self.out().exists()
    }
}

fn values() -> Values {
    let values = Values::default().with_api("https://idv.contoso.example").unwrap();
    values
        .with_ui("https://contoso.blob.core.windows.net/ui")
        .unwrap()
}

fn policy(id: &str, base: Option<&str>, content: &str) -> String {
    let base = base.map(|base| {
        format!("<BasePolicy><TenantId>yourtenant.onmicrosoft.com</TenantId><PolicyId>{base}</PolicyId></BasePolicy>")
    });
    format!(
        "\u{feff}<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" \
         PolicySchemaVersion=\"0.3.0.0\" TenantId=\"yourtenant.onmicrosoft.com\" PolicyId=\"{id}\" \
         PublicPolicyUri=\"http://yourtenant.onmicrosoft.com/{id}\">{}{content}</TrustFrameworkPolicy>",
        base.unwrap_or_default()
    )
}

#[test]
fn pages_are_filled_and_pictures_copied() {
    let place = Place::with(&[
        ("a/p.html", "{your-intermediate-api-url}/api"),
        ("logo.svg", "<svg/>"),
    ]);
    std::fs::write(place.from().join("p.png"), [0x89, 0xff]).unwrap();
    assert_eq!(place.ui(&values()).unwrap(), 3);
    assert_eq!(place.text("a/p.html"), "https://idv.contoso.example/api");
    assert_eq!(std::fs::read(place.out().join("p.png")).unwrap(), [0x89, 0xff]);
}

#[test]
fn a_page_gets_no_secret_from_anybody() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "s".repeat(43)).unwrap();
    let place = Place::with(&[("p.html", "{your-intermediate-api-url}/api")]);
    assert!(
        place
            .ui(&values().with_base_secret(secret.path()).unwrap())
            .is_err()
    );
    assert!(place.wrote_nothing());
}

#[test]
fn a_page_that_holds_the_secret_already_is_refused() {
    let text = format!(
        "https://idv.contoso.example/api/jumio/{}/api/Jumio/VerifyTransactionStatus",
        "s".repeat(43)
    );
    let place = Place::with(&[("p.html", &text)]);
    assert!(
        place
            .ui(&values())
            .unwrap_err()
            .to_string()
            .contains("base secret")
    );
    assert!(place.wrote_nothing());
}

#[test]
fn an_unknown_placeholder_is_refused() {
    let place = Place::with(&[("a.html", "fine"), ("b.html", "{your-new-thing}")]);
    let fault = place.ui(&values()).unwrap_err().to_string();
    assert!(fault.contains("b.html:1 {your-new-thing}"), "{fault}");
    assert!(place.wrote_nothing());
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let place = Place::with(&[(
        "a.xml",
        &policy(
            "B2C_1A_a",
            None,
            "<!-- {your-id-token-issuer} ExtensionsAppId -->",
        ),
    )]);
    let fault = place.policies(&values()).unwrap_err().to_string();
    for option in ["--tenant", "--issuer", "--extensions-app"] {
        assert!(fault.contains(option), "{option}: {fault}");
    }
    assert!(place.wrote_nothing());
}

#[test]
fn policies_come_in_the_order_of_their_upload_and_are_for_their_owner_alone() {
    let place = Place::with(&[
        ("A.xml", &policy("B2C_1A_leaf", Some("B2C_1A_middle"), "")),
        ("B.xml", &policy("B2C_1A_middle", Some("B2C_1A_root"), "")),
        ("C.xml", &policy("B2C_1A_root", None, "")),
    ]);
    let files = place.policies(&values().with_tenant("contoso").unwrap()).unwrap();
    let names = ["C.xml", "B.xml", "A.xml"].map(|name| place.out().join(name));
    assert_eq!(files, names);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(
        place
            .text("A.xml")
            .contains("TenantId=\"contoso.onmicrosoft.com\"")
    );
}

#[test]
fn placeholders_of_other_packs_are_refused() {
    let place = Place::with(&[(
        "a.xml",
        &policy("B2C_1A_a", None, "<!-- x --><X>facebook_clientid</X>"),
    )]);
    let fault = place
        .policies(&values().with_tenant("contoso").unwrap())
        .unwrap_err()
        .to_string();
    assert!(fault.contains("facebook_clientid"), "{fault}");
    assert!(place.wrote_nothing());
}

#[test]
fn a_broken_policy_is_refused() {
    let place = Place::with(&[("a.xml", "<TrustFrameworkPolicy>")]);
    assert!(place.policies(&values()).unwrap_err().to_string().contains("XML"));
    assert!(place.wrote_nothing());
}

#[test]
fn an_empty_folder_is_refused() {
    let place = Place::with(&[("README.md", "x")]);
    assert!(place.ui(&values()).unwrap_err().to_string().contains("no pages"));
    assert!(
        place
            .policies(&values())
            .unwrap_err()
            .to_string()
            .contains("no policies")
    );
}

#[test]
fn our_own_policies_and_pages_are_filled_from_their_settings() {
    let root = crate::package::workspace();
    let folder = tempfile::tempdir().unwrap();
    let values = || {
        let values =
            Values::default().with_settings(&root.join("policies/appsettings.json"), Some("Production"));
        values
            .unwrap()
            .with_tenant("fabrikam")
            .unwrap()
            .with_api("https://idv.fabrikam.example")
            .unwrap()
    };
    let values = values().with_word("--extensions-app", ID).unwrap();
    let made = policies(&root.join("policies"), &folder.path().join("policies"), &values).unwrap();
    assert_eq!(made.len(), 6);
    assert!(made[0].ends_with("TrustFrameworkBase.xml"), "{made:?}");
    let base = std::fs::read_to_string(&made[0]).unwrap();
    assert!(base.contains("fabrikam.onmicrosoft.com") && base.contains(ID));
    assert!(ui(&root.join("ui/b2c"), &folder.path().join("pages"), &values).unwrap() > 10);
}

/// Where there is no other way, none is offered; of all others an empty setting is a forgotten one.
#[test]
fn only_the_address_of_another_way_may_be_left_empty() {
    let place = Place::with(&[("a.html", "<a href=\"{Settings:AlternativeUrl}\">")]);
    let empty = values().with_setting("AlternativeUrl", "");
    assert_eq!(place.ui(&empty).unwrap(), 1);
    assert_eq!(place.text("a.html"), "<a href=\"\">");

    let place = Place::with(&[("a.html", "{Settings:HelpUrl} {Settings:AlternativeUrl}")]);
    let fault = place
        .ui(&values().with_setting("HelpUrl", ""))
        .unwrap_err()
        .to_string();
    assert!(
        fault.contains("HelpUrl") && fault.contains("AlternativeUrl"),
        "{fault}"
    );
    assert!(place.wrote_nothing());
}
