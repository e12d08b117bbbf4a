//! Stand-ins for REST services of a script.

use super::file::Service;
use super::lines::Lines;
use anyhow::{Context as _, Result};
use http::StatusCode;
use loopback::serve::{Answer, Listen, Request, Server, answering};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::future::ready;

/// Running stand-ins; they end with it.
#[derive(Debug)]
pub struct Services {
    _server: Server,
    /// Address as the policy writes it → address of the stand-in.
    pub replace: BTreeMap<String, String>,
    /// What they answer in the present journey.
    pub lines: Lines,
}

impl Services {
    /// Starts stand-ins on a free port of this machine.
    ///
    /// # Errors
    /// When no port is free or an answer is no JSON.
    pub async fn start(services: &[Service]) -> Result<Self> {
        for service in services {
            StatusCode::from_u16(service.status).with_context(|| service.url.clone())?;
        }
        let lines = Lines::default();
        let (known, said) = (services.to_vec(), lines.clone());
        let at = move |request: Request| {
            let at = request.segments().first().and_then(|at| at.parse::<usize>().ok());
            let answer = at.and_then(|at| Some(answer(known.get(at)?, at, &said)));
            ready(answer.unwrap_or_else(|| Answer::empty(404)))
        };
        let server = Server::start(Listen::default(), answering(at)).await?;
        let address =
            |(at, service): (usize, &Service)| (service.url.clone(), format!("{}/{at}", server.origin()));
        let replace = services.iter().enumerate().map(address).collect();
        Ok(Self {
            replace,
            lines,
            _server: server,
        })
    }
}

/// The next answer of a service. Only an object has members to change.
fn answer(service: &Service, at: usize, lines: &Lines) -> Answer {
    match &service.answer {
        Json::Object(own) => Answer::json(service.status, &Json::Object(lines.next(at, own))),
        other => Answer::json(service.status, other),
    }
}
