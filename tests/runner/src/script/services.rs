//! Stand-ins for REST services of a script.

use super::file::Service;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{Response, StatusCode};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use warp::Filter as _;

/// Running stand-ins; they end with it.
#[derive(Debug)]
pub struct Services {
    task: JoinHandle<()>,
    /// Address as the policy writes it → address of the stand-in.
    pub replace: BTreeMap<String, String>,
}

impl Services {
    /// Starts stand-ins on a free port of this machine.
    ///
    /// # Errors
    /// When no port is free or an answer is no JSON.
    pub async fn start(services: &[Service]) -> Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let port = listener.local_addr()?.port();
        let mut replace = BTreeMap::new();
        let mut answers = vec![];
        for (at, service) in services.iter().enumerate() {
            replace.insert(service.url.clone(), format!("http://127.0.0.1:{port}/{at}"));
            let status = StatusCode::from_u16(service.status).with_context(|| service.url.clone())?;
            answers.push((status, serde_json::to_string(&service.answer)?));
        }
        let routes = warp::path::param()
            .and(warp::path::tail())
            .map(move |at: usize, _| {
                let (status, body) = answers
                    .get(at)
                    .cloned()
                    .unwrap_or((StatusCode::NOT_FOUND, String::new()));
                let mut response = Response::new(Bytes::from(body));
                *response.status_mut() = status;
                response
                    .headers_mut()
                    .insert("content-type", http::HeaderValue::from_static("application/json"));
                response
            });
        let task = tokio::spawn(warp::serve(routes).incoming(listener).run());
        Ok(Self { task, replace })
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.task.abort();
    }
}
