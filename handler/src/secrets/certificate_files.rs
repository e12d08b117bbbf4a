//! Certificates that App Service has put into a folder, each as `<thumbprint>.p12`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::overlay::Overlay;
use crate::files;
use crate::settings::{Source as _, table};

/// What is in the folder of the certificates that settings name, by thumbprint; `None` where there is no such file, or none
/// that can be read in time.
#[derive(Clone, Default)]
pub(super) struct CertificateFiles(BTreeMap<String, Option<Arc<Zeroizing<Vec<u8>>>>>);

impl CertificateFiles {
    /// Reads those of this folder that the settings name and that were not tried yet.
    pub(super) async fn read(&mut self, settings: &Overlay<'_>, folder: &Path) {
        for thumbprint in named(settings) {
            if self.0.contains_key(&thumbprint) {
                continue;
            }
            let path = folder.join(format!("{thumbprint}.p12"));
            let read = files::in_thread(move || std::fs::read(path)).await;
            self.0
                .insert(thumbprint, read.ok().map(|der| Arc::new(der.into())));
        }
    }

    /// The file of a thumbprint.
    pub(super) fn get(&self, thumbprint: &str) -> Option<&[u8]> {
        let file = self.0.get(thumbprint)?.as_ref()?;
        Some(file.as_slice())
    }
}

/// The thumbprints that the settings name, in capitals.
fn named(settings: &Overlay<'_>) -> Vec<String> {
    let of = |setting: &table::Setting| {
        let digits = settings.get(setting.name)?;
        let digits = digits.chars().filter(char::is_ascii_hexdigit);
        let thumbprint: String = digits.map(|digit| digit.to_ascii_uppercase()).collect();
        (thumbprint.len() == 40).then_some(thumbprint)
    };
    let settings = [
        &table::SIGNING_CERT_THUMBPRINT,
        &table::PREVIOUS_SIGNING_CERT_THUMBPRINT,
    ];
    settings.into_iter().filter_map(of).collect()
}
