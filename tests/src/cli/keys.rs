//! `cargo rig keys`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use loopback::secret::Secret;

use super::say;
use crate::certs::Pkcs12Cipher;
use crate::keys::{Order, make};

#[derive(Args, Debug)]
pub(super) struct Keys {
    /// The folder to put the files into; none of them may be there already.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Common name of the certificate.
    #[arg(long, value_name = "CN", default_value = "Demo-SigningCertificate")]
    name: String,
    /// Password of the PKCS#12 file; a random one without. Either way it is in a file of the folder.
    #[arg(long, value_name = "PASSWORD", value_parser = secret)]
    password: Option<Secret>,
    /// AES-256 instead of 3DES, for whoever refuses the latter. App Service takes nothing but 3DES.
    #[arg(long)]
    aes: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "the form that clap wants")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

impl Keys {
    pub(super) fn run(self) -> Result<ExitCode> {
        let made = make(&Order {
            folder: self.out,
            name: self.name,
            password: self.password,
            cipher: if self.aes {
                Pkcs12Cipher::Aes256Sha256
            } else {
                Pkcs12Cipher::TripleDesSha1
            },
        })?;
        for file in &made.files {
            say(&file.display().to_string());
        }
        say(&format!(
            "thumbprint {} (valid until {})",
            made.thumbprint, made.expires
        ));
        say(
            "It goes into AppSettings:SigningCertThumbprint and WEBSITE_LOAD_CERTIFICATES, each file into the setting of its name.",
        );
        Ok(ExitCode::SUCCESS)
    }
}
