//! Certificate and keys of a deployment, each in a file that only its owner may read. Nothing secret is printed.
//!
//! The files are named as the secrets of Key Vault that fill the settings (`Section--Name` for `Section:Name`), so each can
//! be uploaded under its own name. None ends with a line break: every byte of a file is the value.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::random;
use loopback::secret::Secret;

use crate::certs::{Identity, Pkcs12Cipher};

/// Two years, as the tutorial's own certificate.
const DAYS: u32 = 730;
/// Characters of a token key. Of a longer encryption key the sample's algorithm uses the first 64 bytes only.
const KEY_LENGTH: usize = 64;
/// Shorter passwords are found by trying: PKCS#12 with 3DES spends little time on each.
const SHORTEST_PASSWORD: usize = 12;
const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What is to be made.
#[derive(Debug)]
pub struct Order {
    /// Where the files go.
    pub folder: PathBuf,
    /// Common name of the certificate, 1 to 64 characters.
    pub name: String,
    /// Password of the PKCS#12 file, printable ASCII of 12 characters or more; a random one without.
    pub password: Option<Secret>,
    /// How the PKCS#12 file is encrypted.
    pub cipher: Pkcs12Cipher,
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// SHA-1 of the certificate, 40 capital hexadecimal digits: public.
    pub thumbprint: String,
    /// When the certificate expires, as OpenSSL prints it.
    pub expires: String,
    /// Each file that holds a secret.
    pub files: Vec<PathBuf>,
}

/// Makes certificate and keys.
///
/// # Errors
/// A name or password that cannot be used; a file of one of these names that is there already: keys are never replaced,
/// since what they protect would be lost with them. Nothing is written then.
pub fn make(order: &Order) -> Result<Made> {
    let password = password(order)?;
    ensure!(
        (1..=64).contains(&order.name.chars().count()),
        "the name of a certificate has 1 to 64 characters"
    );
    let identity =
        Identity::self_signed(&order.name, DAYS).context("cannot make a certificate of this name")?;
    let contents = [
        (
            "signing.pfx",
            identity.pkcs12_by(order.cipher, password.expose())?,
        ),
        ("AppSettings--SigningCertPassword", password.expose().into()),
        ("AppSettings--IdTokenSigningKey", text_key().into()),
        ("AppSettings--IdTokenEncryptionKey", text_key().into()),
        (
            "AppSettings--StateKey",
            STANDARD.encode(random::bytes::<32>()).into(),
        ),
        ("Sample--BaseSecret", random::token().into()),
    ];
    Ok(Made {
        thumbprint: identity.thumbprint()?,
        expires: identity.certificate.not_after().to_string(),
        files: write_all(&order.folder, &contents)?,
    })
}

fn password(order: &Order) -> Result<Secret> {
    let Some(password) = &order.password else {
        return Ok(Secret::new(random::token()));
    };
    let text = password.expose();
    ensure!(
        text.len() >= SHORTEST_PASSWORD,
        "the password needs at least {SHORTEST_PASSWORD} characters"
    );
    ensure!(
        text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "the password may hold printable ASCII characters only: tools differ in how they write others"
    );
    Ok(password.clone())
}

/// Letters and digits, as the tutorial makes them: text, which nobody decodes. 64 of them carry 381 bits.
fn text_key() -> String {
    let letter = |_| {
        let count = LETTERS_AND_DIGITS.len() as u64;
        let at = usize::try_from(random::below(count)).unwrap_or_default();
        char::from(LETTERS_AND_DIGITS.get(at).copied().unwrap_or(b'0'))
    };
    (0..KEY_LENGTH).map(letter).collect()
}

fn write_all(folder: &Path, contents: &[(&str, Vec<u8>)]) -> Result<Vec<PathBuf>> {
    for (name, _) in contents {
        let path = folder.join(name);
        ensure!(
            path.symlink_metadata().is_err(),
            "{} is there already: keys are never replaced, name another folder",
            path.display()
        );
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .with_context(|| folder.display().to_string())?;
    ignored_by_git(folder)?;
    contents
        .iter()
        .map(|(name, bytes)| {
            let path = folder.join(name);
            write_new(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path)
        })
        .collect()
}

/// Whoever adds a whole folder to a commit must not add these.
fn ignored_by_git(folder: &Path) -> Result<()> {
    match write_new(&folder.join(".gitignore"), b"*\n") {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Mode 0600 from the first byte on, and never over a file that is there.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::os::unix::fs::PermissionsExt as _;

    use openssl::pkcs12::Pkcs12;

    use super::*;

    fn order(folder: &Path) -> Order {
        Order {
            folder: folder.to_owned(),
            name: "Invented-SigningCertificate".to_owned(),
            password: None,
            cipher: Pkcs12Cipher::TripleDesSha1,
        }
    }

    fn read(folder: &Path, name: &str) -> String {
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    #[test]
    fn every_file_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let made = make(&order(&keys)).unwrap();
        assert_eq!(made.files.len(), 6);
        for file in made.files {
            assert_eq!(
                file.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{file:?}"
            );
        }
        assert_eq!(keys.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(read(&keys, ".gitignore"), "*\n");
    }

    #[test]
    fn keys_have_the_form_that_the_settings_want() {
        let folder = tempfile::tempdir().unwrap();
        make(&order(folder.path())).unwrap();
        let (signing, encryption) = (
            read(folder.path(), "AppSettings--IdTokenSigningKey"),
            read(folder.path(), "AppSettings--IdTokenEncryptionKey"),
        );
        assert_ne!(signing, encryption);
        for key in [signing, encryption] {
            assert_eq!(key.len(), 64);
            assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
            assert!(key.bytes().collect::<HashSet<_>>().len() > 20, "{key}");
        }
        let state = read(folder.path(), "AppSettings--StateKey");
        assert_eq!(STANDARD.decode(state).unwrap().len(), 32);
        let base = read(folder.path(), "Sample--BaseSecret");
        assert_eq!(base.len(), 43);
        assert!(
            base.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
    }

    #[test]
    fn the_file_opens_with_the_password_beside_it() {
        for cipher in [Pkcs12Cipher::TripleDesSha1, Pkcs12Cipher::Aes256Sha256] {
            let folder = tempfile::tempdir().unwrap();
            let made = make(&Order {
                cipher,
                ..order(folder.path())
            })
            .unwrap();
            let sealed =
                Pkcs12::from_der(&std::fs::read(folder.path().join("signing.pfx")).unwrap()).unwrap();
            let opened = sealed
                .parse2(&read(folder.path(), "AppSettings--SigningCertPassword"))
                .unwrap();
            let (key, certificate) = (opened.pkey.unwrap(), opened.cert.unwrap());
            let thumbprint = Identity { key, certificate }.thumbprint().unwrap();
            assert_eq!(thumbprint, made.thumbprint, "{cipher:?}");
        }
    }

    #[test]
    fn keys_that_are_there_are_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("AppSettings--StateKey"), "mine").unwrap();
        let fault = make(&order(folder.path())).unwrap_err().to_string();
        assert!(
            fault.contains("AppSettings--StateKey") && fault.contains("never replaced"),
            "{fault}"
        );
        assert_eq!(read(folder.path(), "AppSettings--StateKey"), "mine");
        assert!(!folder.path().join("signing.pfx").exists());
    }

    #[test]
    fn a_short_password_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            password: Some(Secret::new("elevenchars")),
            ..order(folder.path())
        };
        assert!(make(&order).unwrap_err().to_string().contains("at least 12"));
    }

    #[test]
    fn a_password_that_tools_write_differently_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            password: Some(Secret::new("längst genug lang")),
            ..order(folder.path())
        };
        assert!(make(&order).unwrap_err().to_string().contains("ASCII"));
    }

    #[test]
    fn a_name_that_no_certificate_may_have_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in [String::new(), "n".repeat(65)] {
            assert!(
                make(&Order {
                    name,
                    ..order(folder.path())
                })
                .is_err()
            );
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
