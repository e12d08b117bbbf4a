//! Stand-ins for REST services of a script.

use super::file::Service;
use anyhow::{Context as _, Result};
use http::StatusCode;
use loopback::serve::{Answer, Listen, Request, Server, answering};
use std::collections::BTreeMap;
use std::future::ready;

/// Running stand-ins; they end with it.
#[derive(Debug)]
pub struct Services {
    _server: Server,
    /// Address as the policy writes it → address of the stand-in.
    pub replace: BTreeMap<String, String>,
}

impl Services {
    /// Starts stand-ins on a free port of this machine.
    ///
    /// # Errors
    /// When no port is free or an answer is no JSON.
    pub async fn start(services: &[Service]) -> Result<Self> {
        let mut answers = vec![];
        for service in services {
            let status = StatusCode::from_u16(service.status).with_context(|| service.url.clone())?;
            answers.push(Answer::json(status.as_u16(), &service.answer));
        }
        let at = move |request: Request| {
            let at = request.segments().first().and_then(|at| at.parse::<usize>().ok());
            let answer = at.and_then(|at| answers.get(at).cloned());
            ready(answer.unwrap_or_else(|| Answer::empty(404)))
        };
        let server = Server::start(Listen::default(), answering(at)).await?;
        let address =
            |(at, service): (usize, &Service)| (service.url.clone(), format!("{}/{at}", server.origin()));
        let replace = services.iter().enumerate().map(address).collect();
        Ok(Self {
            replace,
            _server: server,
        })
    }
}
