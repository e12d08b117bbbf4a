//! What everybody knows of Microsoft's sample: the real value, where `JUMIO_SAMPLE` names the folder of the sample. It stands
//! nowhere here.

use std::path::PathBuf;

use secrecy::SecretString;
use serde_json::Value;

use crate::sample::token::{KeyError, Keys};

/// Where the sample keeps its settings, in its folder.
const SETTINGS: &str = "API/Jumio.Api/appsettings.json";

/// The sample's own signing key and encryption key; says plainly when there is no sample.
pub(crate) fn published_keys() -> Option<[String; 2]> {
    let Some(folder) = std::env::var_os("JUMIO_SAMPLE") else {
        println!("SKIPPED: JUMIO_SAMPLE names no folder with Microsoft's samples/Jumio");
        return None;
    };
    let file = PathBuf::from(folder).join(SETTINGS);
    let text = std::fs::read_to_string(file).expect("the folder of the sample holds its settings");
    let settings: Value = serde_json::from_str(&text).unwrap();
    let key = |name: &str| settings["AppSettings"][name].as_str().unwrap().to_owned();
    Some([key("IdTokenSigningKey"), key("IdTokenEncryptionKey")])
}

#[test]
fn no_tokens_are_made_with_a_key_of_the_sample() {
    let Some([signing, encryption]) = published_keys() else {
        return;
    };
    let own = |letter: &str| letter.repeat(64);
    for (signing, encryption) in [
        (signing.clone(), own("e")),
        (own("s"), encryption.clone()),
        (signing, encryption),
    ] {
        let [signing, encryption] = [signing, encryption].map(SecretString::from);
        let refused = Keys::new(&signing, &encryption, "issuer".to_owned(), "audience".to_owned());
        assert!(matches!(refused, Err(KeyError::Published)), "{refused:?}");
    }
}
