//! The sample front, from its settings.

use url::Url;

use crate::sample::front::{Application, Front};
use crate::sample::metadata::Published;
use crate::sample::token::{KeyError, Keys};
use crate::settings::sample::{Cors, Sample};
use crate::tokens::SigningKeys;

/// The front, whose documents are at `origin` and whose hints are signed by `keys`.
///
/// # Errors
/// See [`KeyError`]; the settings refuse all but what OpenSSL cannot do.
pub(super) fn front(settings: &Sample, origin: &Url, keys: &SigningKeys) -> Result<Front, KeyError> {
    let tokens = Keys::new(
        &settings.signing_key,
        &settings.encryption_key,
        settings.issuer.clone(),
        settings.audience.clone(),
    )?;
    let applications = settings.clients.iter().map(|client| Application {
        id: client.id.clone(),
        redirect_uris: client.redirect_uris.clone(),
    });
    Ok(Front {
        tokens,
        issuer: settings.issuer.clone(),
        audience: settings.audience.clone(),
        base: settings.base_redirect.clone(),
        secrets: settings.secrets.clone(),
        allows_anonymous: settings.allow_anonymous,
        applications: applications.collect(),
        policies: settings.policies.clone(),
        return_within: settings.return_within,
        answers_preflight: settings.cors == Cors::Handler,
        published: Published::new(origin, &settings.issuer, keys),
    })
}
