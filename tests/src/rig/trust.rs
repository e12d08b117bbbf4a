//! Which authorities everything outside the app trusts when it calls the app.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use openssl::x509::X509;

use crate::certs::Authority;

/// The rig's own, and those in the file that was given, as PEM.
pub(super) fn everybody(own: &Authority, given: Option<&Path>) -> Result<Vec<u8>> {
    let mut pem = own.pem()?;
    if let Some(file) = given {
        let name = file.display();
        let more = std::fs::read(file).with_context(|| format!("{name}"))?;
        let found = X509::stack_from_pem(&more).with_context(|| format!("{name} is not PEM"))?;
        ensure!(!found.is_empty(), "{name} has no certificate");
        pem.extend(more);
    }
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_told_by_name() {
        let (own, given) = (Authority::new().unwrap(), Authority::new().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("given.crt");
        assert!(everybody(&own, Some(&file)).is_err());
        std::fs::write(&file, "nothing").unwrap();
        let told = everybody(&own, Some(&file)).unwrap_err().to_string();
        assert!(told.contains("given.crt"), "{told}");
        std::fs::write(&file, given.pem().unwrap()).unwrap();
        let both = everybody(&own, Some(&file)).unwrap();
        assert_eq!(X509::stack_from_pem(&both).unwrap().len(), 2);
    }
}
