//! What an `answer` function gets.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use warp::http::{Method, header};

use super::gate::Gate;
use super::incoming::Incoming;
use super::problem::{BodyFault, Fault};
use crate::openid::parameters::Parameters;
use crate::pages::Language;
use crate::services::Services;

/// Maximum length of a form or query, in bytes.
pub(super) const FORM_MAX: usize = 32 * 1024;

/// Media type of forms.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// One request on its way to an answer.
pub(super) struct Call {
    /// Clock, randomness, background work, and the services when they are there.
    pub(super) gate: Gate,
    /// The request.
    pub(super) incoming: Incoming,
    /// The parameter in the path; empty where there is none.
    pub(super) parameter: String,
    /// The language to speak, once known; shared with whoever words a problem.
    pub(super) language: Arc<OnceLock<Language>>,
}

impl Call {
    /// The services in force.
    pub(super) async fn services(&self) -> Result<Arc<Services>, Fault> {
        Ok(self.gate.services().await?)
    }

    /// Runs work to its end even if the client leaves meanwhile.
    pub(super) async fn finish<T, E, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Send + 'static,
        Fault: From<E>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        Ok(self.gate.background.finish(work).await??)
    }

    pub(super) fn is_post(&self) -> bool {
        self.incoming.method == Method::POST
    }

    /// The language to speak: the first of these tags that we have, or one the browser asks for.
    pub(super) fn speak(&self, wanted: &[Option<&str>], otherwise: Language) -> Language {
        let accepted = self.incoming.value(header::ACCEPT_LANGUAGE);
        let wanted = wanted.iter().copied().flatten().find_map(Language::of_tag);
        let language = wanted
            .or_else(|| accepted.and_then(Language::negotiate))
            .unwrap_or(otherwise);
        *self.language.get_or_init(|| language)
    }

    /// Parameters of the query.
    pub(super) fn query(&self) -> Result<Parameters, Fault> {
        if self.incoming.query.len() > FORM_MAX {
            return Err(BodyFault::TooLarge.into());
        }
        Ok(Parameters::parse(&self.incoming.query)?)
    }

    /// Parameters of a form in the body. A query beside it is not looked at (RFC 6749 §2.3.1, §3.2).
    pub(super) async fn form(&mut self) -> Result<Parameters, Fault> {
        if !self.incoming.is(FORM) {
            return Err(BodyFault::MediaType.into());
        }
        let body = self.incoming.read(FORM_MAX).await?;
        let text = std::str::from_utf8(&body).map_err(|_| BodyFault::NotText)?;
        Ok(Parameters::parse(text)?)
    }
}
