//! Settings as given directly, completed by secrets that are named after them.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use crate::settings::Source;
use crate::settings::table::{self, Setting};

/// A source on top of another one.
pub(super) struct Overlay<'a> {
    direct: &'a dyn Source,
    /// By name in small letters, since Key Vault does not tell capitals apart.
    secrets: BTreeMap<String, SecretString>,
    /// Why others may not be read, by name in the same way.
    refused: BTreeMap<String, &'static str>,
}

impl<'a> Overlay<'a> {
    /// `secrets` are by their names in Key Vault; those that name no setting do no harm, and those of settings that are needed
    /// before Key Vault is read give nothing, even where they were read for another purpose.
    pub(super) fn new<'s>(
        direct: &'a dyn Source,
        secrets: impl Iterator<Item = (&'s str, &'s SecretString)>,
    ) -> Self {
        let secrets = secrets.filter(|(name, _)| !is_early(name));
        let secrets = secrets.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        Self {
            direct,
            secrets: secrets.collect(),
            refused: BTreeMap::new(),
        }
    }

    /// The same where it matters that secrets are there and may not be read.
    pub(super) fn refusing<'s>(mut self, refused: impl Iterator<Item = (&'s str, &'static str)>) -> Self {
        self.refused = refused
            .map(|(name, rule)| (name.to_ascii_lowercase(), rule))
            .collect();
        self
    }

    /// The value that is given beside the vault.
    fn direct(&self, name: &str) -> Option<String> {
        self.direct.get(name).filter(|value| !value.trim().is_empty())
    }
}

impl Source for Overlay<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.direct(name).or_else(|| {
            let secret = self.secrets.get(&secret_name(name).to_ascii_lowercase())?;
            Some(secret.expose_secret().to_owned())
        })
    }

    fn refusal(&self, name: &str) -> Option<&'static str> {
        let rule = *self.refused.get(&secret_name(name).to_ascii_lowercase())?;
        self.direct(name).is_none().then_some(rule)
    }

    fn names(&self) -> Vec<String> {
        self.direct.names()
    }
}

/// The secret of a setting: `Section--Key` for `Section:Key`.
pub(super) fn secret_name(setting: &str) -> String {
    setting.replace(':', "--")
}

/// Why a secret gives no setting that is needed before Key Vault is read, as the end of a sentence about it.
pub(super) const NEVER_READ: &str =
    "is never read: what is needed before Key Vault is read must be given as an app setting";

/// Whether a secret is named after a setting that is needed before Key Vault is read.
pub(super) fn is_early(secret: &str) -> bool {
    let parts: Vec<&str> = secret.split("--").collect();
    let mut early = table::ALL.iter().filter(|setting| setting.early);
    early.any(|setting| fits(&setting.name.split(':').collect::<Vec<_>>(), &parts))
}

/// Whether these are the parts of a setting's name, where `<n>` is any number.
fn fits(pattern: &[&str], parts: &[&str]) -> bool {
    let same = |(pattern, part): (&&str, &&str)| match *pattern {
        "<n>" => !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()),
        pattern => pattern.eq_ignore_ascii_case(part),
    };
    pattern.len() == parts.len() && pattern.iter().zip(parts).all(same)
}

/// The setting that a secret is named after, if any, with its name there: `Clients:0:Id` of `clients--0--id`.
pub(super) fn setting_of(secret: &str) -> Option<(&'static Setting, String)> {
    let parts: Vec<&str> = secret.split("--").collect();
    let late = table::ALL.iter().filter(|setting| !setting.early);
    late.flat_map(|setting| setting.names().map(move |name| (setting, name)))
        .find_map(|(setting, name)| {
            let pattern: Vec<&str> = name.split(':').collect();
            fits(&pattern, &parts).then(|| {
                let name = pattern.iter().zip(&parts);
                let name = name.map(|(pattern, part)| if *pattern == "<n>" { *part } else { *pattern });
                (setting, name.collect::<Vec<_>>().join(":"))
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::source::Map;

    #[test]
    fn a_secret_completes_the_environment_and_does_not_replace_it() {
        let direct = Map::default().with("A:B", "direct").with("A:Empty", " ");
        let secrets = [
            ("a--b", "secret".into()),
            ("A--C", "other".into()),
            ("A--Empty", "full".into()),
        ];
        let overlay = Overlay::new(&direct, secrets.iter().map(|(name, value)| (*name, value)));
        assert_eq!(overlay.get("A:B").as_deref(), Some("direct"));
        assert_eq!(overlay.get("A:C").as_deref(), Some("other"));
        assert_eq!(overlay.get("A:Empty").as_deref(), Some("full"));
        assert_eq!(overlay.get("A:D"), None);
    }

    #[test]
    fn a_setting_that_is_needed_before_the_vault_is_not_taken_from_it() {
        let secrets = [("appsettings--publicurl", "https://evil.example".into())];
        let secrets = || secrets.iter().map(|(name, value)| (*name, value));
        let none = Map::default();
        assert_eq!(Overlay::new(&none, secrets()).get("AppSettings:PublicUrl"), None);
        let direct = Map::default().with("AppSettings:PublicUrl", "https://idv.example");
        let read = Overlay::new(&direct, secrets()).get("AppSettings:PublicUrl");
        assert_eq!(read.as_deref(), Some("https://idv.example"));
    }

    #[test]
    fn a_refused_secret_is_told_unless_its_setting_is_given_beside_it() {
        let direct = Map::default().with("A:B", "direct").with("A:Empty", " ");
        let refused = ["a--b", "A--C", "A--Empty"].map(|name| (name, "is disabled"));
        let overlay = Overlay::new(&direct, std::iter::empty()).refusing(refused.into_iter());
        let told = ["A:B", "A:C", "A:Empty", "A:D"].map(|name| overlay.refusal(name).is_some());
        assert_eq!(told, [false, true, true, false]);
    }

    #[test]
    fn secrets_are_told_from_those_of_others() {
        let name = |secret| setting_of(secret).map(|(_, name)| name);
        assert_eq!(
            name("JumioSettings--AuthPassword").as_deref(),
            Some("JumioSettings:AuthPassword")
        );
        assert_eq!(
            name("clients--12--secretname").as_deref(),
            Some("Clients:12:SecretName")
        );
        assert_eq!(
            name("records--accountkey").as_deref(),
            Some("Records:AccountKey"),
            "an old name"
        );
        assert_eq!(name("Clients--x--SecretName"), None);
        assert_eq!(name("client-b2c"), None);
        assert_eq!(
            name("AppSettings--KeyVaultUrl"),
            None,
            "early settings cannot come from the vault"
        );
    }
}
