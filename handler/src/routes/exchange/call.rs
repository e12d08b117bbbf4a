//! What an `answer` function gets.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use warp::http::{Method, header};

use crate::grants::Visit;
use crate::openid::proof::caller::Presented;
use crate::openid::request::parameters::Parameters;
use crate::pages::Language;
use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::incoming::{CERTIFICATE, FORM, FORM_MAX, Incoming, QUERY_MAX};
use crate::routes::exchange::route::is_embedded;
use crate::routes::problem::{BodyFault, Fault};
use crate::services::Services;

/// One request on its way to an answer.
pub(in crate::routes) struct Call {
    /// Clock, randomness, background work, and the services when they are there.
    pub(in crate::routes) gate: Gate,
    /// The request.
    pub(in crate::routes) incoming: Incoming,
    /// Its id in the log, which people are told of trouble.
    pub(in crate::routes) request_id: String,
    /// The parameter in the path; empty where there is none.
    pub(in crate::routes) parameter: String,
    /// The language to speak, once known; shared with whoever words a problem.
    pub(in crate::routes) language: Arc<OnceLock<Language>>,
}

impl Call {
    /// The services in force.
    pub(in crate::routes) async fn services(&self) -> Result<Arc<Services>, Fault> {
        Ok(self.gate.services().await?)
    }

    /// Runs work to its end even if the client leaves meanwhile.
    pub(in crate::routes) async fn finish<T, E, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        E: Send + 'static,
        Fault: From<E>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        Ok(self.gate.background.finish(work).await??)
    }

    /// The name of the server-to-server caller, once it has proved itself.
    pub(in crate::routes) async fn caller(&self, services: &Services) -> Result<String, Fault> {
        let authorization = self.incoming.values(header::AUTHORIZATION);
        let certificate = self.incoming.values(CERTIFICATE);
        let presented = Presented {
            authorization: &authorization,
            certificate: &certificate,
        };
        let caller = services.callers.check(presented, self.gate.clock.now()).await;
        caller.map_err(|error| Fault::Caller(error, services.callers.challenge()))
    }

    /// The body, at most `limit` bytes, which must say that it is JSON.
    pub(in crate::routes) async fn json(&mut self, limit: usize) -> Result<Bytes, Fault> {
        if !self.incoming.is("application/json") {
            return Err(BodyFault::MediaType.into());
        }
        Ok(self.incoming.read(limit).await?)
    }

    /// The same visit, by the address of this request where the front end tells one.
    pub(in crate::routes) fn located(&self, services: &Services, visit: Visit) -> Visit {
        let address = self.gate.traffic.address(|header| self.incoming.last(header));
        visit.at_address(&services.seal, address, self.gate.clock.now())
    }

    /// Nothing is begun, and nobody sent on, for what another page merely loads.
    pub(in crate::routes) fn opened(&self) -> Result<(), Fault> {
        if is_embedded(&self.incoming) {
            return Err(Fault::Embedded);
        }
        Ok(())
    }

    pub(in crate::routes) fn is_post(&self) -> bool {
        self.incoming.method == Method::POST
    }

    /// The language to speak: the first of these tags that we have, or one the browser asks for.
    pub(in crate::routes) fn speak(&self, wanted: &[Option<&str>], otherwise: Language) -> Language {
        let accepted = self.incoming.value(header::ACCEPT_LANGUAGE);
        let wanted = wanted.iter().copied().flatten().find_map(Language::of_tag);
        let language = wanted
            .or_else(|| accepted.and_then(Language::negotiate))
            .unwrap_or(otherwise);
        *self.language.get_or_init(|| language)
    }

    /// Parameters of the query.
    pub(in crate::routes) fn query(&self) -> Result<Parameters, Fault> {
        if self.incoming.query.len() > QUERY_MAX {
            return Err(BodyFault::TooLarge.into());
        }
        Ok(Parameters::parse(&self.incoming.query)?)
    }

    /// Parameters of a form in the body. A query beside it is not looked at (RFC 6749 §2.3.1, §3.2).
    pub(in crate::routes) async fn form(&mut self) -> Result<Parameters, Fault> {
        if !self.incoming.is(FORM) {
            return Err(BodyFault::MediaType.into());
        }
        let body = self.incoming.read(FORM_MAX).await?;
        let text = std::str::from_utf8(&body).map_err(|_| BodyFault::NotText)?;
        Ok(Parameters::parse(text)?)
    }
}
