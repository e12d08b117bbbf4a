use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use time::macros::datetime;

use super::*;
use crate::secrets::{Secret, Version};
use crate::settings::source::Map;

/// A vault in memory that notes what it is asked, round by round.
#[derive(Default)]
struct Shelf {
    secrets: BTreeMap<&'static str, &'static str>,
    denies: Option<&'static str>,
    slow: Option<&'static str>,
    asked: Mutex<Vec<String>>,
}

impl Shelf {
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.secrets.insert(name, value);
        self
    }

    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked
    }

    async fn note(&self, what: String) -> Result<(), Error> {
        if self.denies.is_some_and(|denied| what.contains(denied)) {
            let why = "no role".to_owned();
            return Err(Error::Denied { what, why });
        }
        if self.slow.is_some_and(|slow| what.contains(slow)) {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        self.asked.lock().unwrap().push(what);
        Ok(())
    }
}

#[async_trait]
impl SecretStore for Shelf {
    async fn get(&self, name: &str, version: Option<&str>) -> Result<Secret, Error> {
        let version = version.map(|version| format!("/{version}")).unwrap_or_default();
        self.note(format!("{name}{version}")).await?;
        let wanted = format!("{name}{version}");
        // Key Vault does not tell capitals apart.
        let mut found = self
            .secrets
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(&wanted));
        let (_, value) = found.next().ok_or_else(|| Error::Missing(name.to_owned()))?;
        Ok(Secret {
            value: (*value).into(),
            version: None,
            created: None,
        })
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        self.note("(names)".to_owned()).await?;
        let names = self.secrets.keys().filter(|name| !name.contains('/'));
        Ok(names.map(|name| (*name).to_owned()).collect())
    }

    async fn versions(&self, name: &str) -> Result<Vec<Version>, Error> {
        self.note(format!("{name} (versions)")).await?;
        let version = |id: &str, created| Version {
            id: id.to_owned(),
            created,
        };
        Ok(vec![
            version("2", datetime!(2026-11-20 08:00 UTC)),
            version("1", datetime!(2025-11-20 08:00 UTC)),
        ])
    }
}

const NOW: OffsetDateTime = datetime!(2026-11-20 09:00 UTC);

fn direct() -> Map {
    Map::default().with("AppSettings:SigningCertName", "idv-signing")
}

fn shelf() -> Shelf {
    Shelf::default()
        .with("JumioSettings--AuthUsername", "u")
        .with("JumioSettings--AuthPassword", "p")
        .with("AppSettings--StateKey", "k")
        .with("idv-signing", "new")
}

/// Reads everything once, by the list.
async fn fetch(direct: &Map, shelf: &Shelf) -> Result<Fetched, Error> {
    let mut fetched = Fetched::default();
    super::fetch(direct, shelf, Names::List, NOW, &mut fetched, |_| {}).await?;
    Ok(fetched)
}

#[tokio::test]
async fn what_is_known_to_be_needed_is_read_in_one_round() {
    let shelf = shelf();
    let direct = direct().with("AppSettings:PreviousSigningCertName", "old-signing");
    let fetched = fetch(&direct, &shelf).await.unwrap();
    assert_eq!(
        fetched.overlay(&direct).get("AppSettings:StateKey").as_deref(),
        Some("k")
    );
    let expected = [
        "(names)",
        "AppSettings--StateKey",
        "JumioSettings--AuthPassword",
        "JumioSettings--AuthUsername",
        "idv-signing",
        "idv-signing (versions)",
        "idv-signing/1",
        "old-signing",
    ];
    assert_eq!(shelf.asked(), expected);
    assert!(fetched.secret("idv-signing").is_some() && fetched.secret("old-signing").is_none());
}

#[tokio::test]
async fn what_is_given_directly_is_not_read() {
    let shelf = shelf();
    let direct = direct()
        .with("JumioSettings:AuthPassword", "mine")
        .with("AppSettings:StateKey", "mine");
    let fetched = fetch(&direct, &shelf).await.unwrap();
    assert_eq!(
        fetched.overlay(&direct).get("AppSettings:StateKey").as_deref(),
        Some("mine")
    );
    assert!(
        !shelf
            .asked()
            .iter()
            .any(|asked| asked.contains("StateKey") || asked.contains("AuthPassword"))
    );
}

#[tokio::test]
async fn settings_in_the_vault_are_found_by_the_list_and_what_they_name_is_read() {
    let shelf = shelf()
        .with("Clients--0--SecretName", "client-b2c")
        .with("client-b2c", "a secret")
        .with("verifyauth--basicusername", "b2c")
        .with("Other--Key", "x")
        .with("unrelated", "x");
    let direct = direct();
    let fetched = fetch(&direct, &shelf).await.unwrap();
    let overlay = fetched.overlay(&direct);
    assert_eq!(overlay.get("VerifyAuth:BasicUsername").as_deref(), Some("b2c"));
    assert!(fetched.secret("client-b2c").is_some());
    let asked = shelf.asked();
    assert!(
        !asked
            .iter()
            .any(|asked| asked.contains("Other") || asked.contains("unrelated"))
    );
}

#[tokio::test]
async fn the_previous_version_of_the_signing_certificate_is_read() {
    let shelf = shelf().with("idv-signing/1", "old");
    let fetched = fetch(&direct(), &shelf).await.unwrap();
    let versions = fetched.versions("idv-signing").into_iter();
    let made: Vec<_> = versions.map(|(_, made)| made).collect();
    assert_eq!(
        made,
        [datetime!(2026-11-20 08:00 UTC), datetime!(2025-11-20 08:00 UTC)]
    );
}

fn hides(fetched: &Fetched, direct: &Map) -> String {
    let hidden = hidden(direct, fetched, Names::List, NOW);
    hidden.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_list_that_is_refused_hides_settings_and_an_old_version_hides_nothing() {
    for (denied, setting) in [
        ("(names)", "KeyVault:Names"),
        ("(versions)", "AppSettings:SigningCertName"),
        ("idv-signing/1", ""),
        ("nothing", ""),
    ] {
        let shelf = Shelf {
            denies: Some(denied),
            ..shelf()
        };
        let fetched = fetch(&direct(), &shelf).await.unwrap();
        assert!(fetched.secret("idv-signing").is_some(), "{denied}");
        let hidden = hides(&fetched, &direct());
        assert!(
            hidden.starts_with(setting) && hidden.is_empty() == setting.is_empty(),
            "{hidden}"
        );
    }
}

#[tokio::test]
async fn a_needed_secret_that_is_denied_hides_its_setting() {
    let shelf = Shelf {
        denies: Some("StateKey"),
        ..shelf()
    };
    let fetched = fetch(&direct(), &shelf).await.unwrap();
    let direct = direct();
    assert!(fetched.overlay(&direct).refusal("AppSettings:StateKey").is_none());
    assert!(
        fetched
            .overlay_at_start(&direct)
            .refusal("AppSettings:StateKey")
            .is_some()
    );
}

#[tokio::test]
async fn without_a_list_the_previous_state_key_is_asked_for_and_no_list() {
    let (direct, shelf) = (direct(), shelf());
    let mut fetched = Fetched::default();
    let read = super::fetch(&direct, &shelf, Names::Named, NOW, &mut fetched, |_| {});
    read.await.unwrap();
    let asked = shelf.asked();
    assert!(asked.iter().any(|asked| asked == "AppSettings--PreviousStateKey"));
    assert!(!asked.iter().any(|asked| asked == "(names)"), "{asked:?}");
}

#[tokio::test]
async fn without_a_list_netverifys_own_credentials_are_asked_for_where_there_is_a_netverify() {
    for (base, expected) in [(None, 0), (Some("https://lon.netverify.com"), 2)] {
        let direct = base.map_or_else(direct, |base| direct().with("JumioSettings:BaseUrl", base));
        let (shelf, mut fetched) = (shelf(), Fetched::default());
        let read = super::fetch(&direct, &shelf, Names::Named, NOW, &mut fetched, |_| {});
        read.await.unwrap();
        let asked = shelf.asked();
        let asked = asked
            .iter()
            .filter(|asked| asked.starts_with("JumioSettings--Netverify"));
        assert_eq!(asked.count(), expected, "{base:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_given_up() {
    for slow in ["StateKey", "(names)", "(versions)"] {
        let shelf = Shelf {
            slow: Some(slow),
            ..shelf()
        };
        assert!(
            matches!(fetch(&direct(), &shelf).await, Err(Error::Unavailable { .. })),
            "{slow}"
        );
    }
}

#[tokio::test]
async fn names_that_could_be_addresses_are_not_asked_for() {
    let shelf = shelf();
    let direct = Map::default().with("AppSettings:SigningCertName", "../keys/x?y");
    fetch(&direct, &shelf).await.unwrap();
    assert!(!shelf.asked().iter().any(|asked| asked.contains("..")));
}

/// A vault in which every secret gets a new version between any two readings.
#[derive(Default)]
struct Restless(Mutex<usize>);

#[async_trait]
impl SecretStore for Restless {
    async fn get(&self, _: &str, _: Option<&str>) -> Result<Secret, Error> {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        Ok(Secret {
            value: format!("value {count}").into(),
            version: Some(count.to_string()),
            created: Some(NOW - Duration::from_secs(100_000) + Duration::from_secs(*count as u64)),
        })
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        Ok(Vec::new())
    }

    async fn versions(&self, what: &str) -> Result<Vec<Version>, Error> {
        let (what, why) = (what.to_owned(), "no role".to_owned());
        Err(Error::Denied { what, why })
    }
}

#[tokio::test]
async fn former_values_do_not_pile_up() {
    let (store, direct) = (Restless::default(), direct());
    let mut fetched = Fetched::default();
    for _ in 0..200 {
        fetched.begin();
        let read = super::fetch(&direct, &store, Names::Named, NOW, &mut fetched, |_| {});
        read.await.unwrap();
    }
    let secrets: BTreeSet<&str> = fetched.values().map(|(name, _)| name).collect();
    let former = fetched.values().count() - secrets.len();
    assert!(
        former <= 16,
        "{former} former values of {} secrets",
        secrets.len()
    );
    assert!(
        fetched.versions("idv-signing").len() > 1,
        "the key before is gone"
    );
}
