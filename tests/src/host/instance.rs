//! One instance of the Functions host: finds the function, checks its key, waits for the handler, passes the request on.

use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::address::segments;
use super::forward;
use super::front::Visitor;
use super::function::Functions;
use super::host_json::{HostJson, Mode};
use super::keys::Keys;
use super::log::{Level, Log};
use super::proxy;
use super::upstream::{Body, bare};
use super::worker::{Launch, Worker};

/// Kestrel refuses larger bodies; `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT` overrides.
const BODY_LIMIT: u64 = 104_857_600;

#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) worker: Worker,
    functions: Functions,
    host_json: HostJson,
    keys: Keys,
    body_limit: u64,
    has_home_page: bool,
    log: Log,
}

impl Instance {
    /// Reads the functions and starts the handler.
    pub(crate) fn start(launch: Launch, keys: Keys) -> anyhow::Result<Self> {
        let mut functions = Functions::read(&launch.app, &launch.host_json.route_prefix)?;
        for (name, reason) in &functions.rejected {
            launch.log.host(
                Level::Error,
                format!("The '{name}' function is in error: {reason}"),
            );
        }
        functions.keep_enabled(launch.host_json.functions.as_deref(), &launch.settings);
        let setting = |name: &str| launch.settings.get(name).map(String::as_str);
        Ok(Self {
            functions,
            host_json: launch.host_json.clone(),
            keys,
            body_limit: setting("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT")
                .and_then(|limit| limit.parse().ok())
                .unwrap_or(BODY_LIMIT),
            has_home_page: setting("AzureWebJobsDisableHomepage") != Some("true"),
            log: launch.log.clone(),
            worker: Worker::start(launch)?,
        })
    }

    /// Answers one request of the front end.
    pub(crate) async fn answer(&self, request: Request<Incoming>, visitor: &Visitor) -> Response<Body> {
        let path = segments(request.uri().path());
        let Some(function) = self.functions.route(request.method(), &path) else {
            return self.unrouted(request.method(), &path);
        };
        if let Err(status) = self
            .keys
            .check(function.auth_level, request.uri(), request.headers())
        {
            return bare(status);
        }
        if self.is_too_large(&request) {
            return bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
        if let Err(reason) = self.worker.ready().await {
            self.log.host(
                Level::Error,
                format!("Function {} was not run: {reason}", function.name),
            );
            return bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let mut response = self.hand_over(&function.name, request, visitor).await;
        self.add_headers(&mut response, visitor);
        response
    }

    async fn hand_over(
        &self,
        function: &str,
        request: Request<Incoming>,
        visitor: &Visitor,
    ) -> Response<Body> {
        let minute = std::time::Duration::from_secs(60);
        let timeout = self.host_json.function_timeout.saturating_add(minute);
        let (response, fault) = match self.host_json.mode {
            Mode::Forwarding => forward::answer(request, self.worker.port, timeout).await,
            Mode::Proxying => proxy::answer(request, self.worker.port, visitor).await,
        };
        if let Some(fault) = fault {
            self.log.host(
                Level::Error,
                format!("Exception while executing function: {function}: {fault}"),
            );
        }
        response
    }

    /// `GET /` is the host's home page; everything under `/admin` and `/runtime` is the host's own.
    fn unrouted(&self, method: &Method, path: &[String]) -> Response<Body> {
        match path.first().map(|first| first.to_lowercase()).as_deref() {
            None if method == Method::GET && self.has_home_page => bare(StatusCode::OK),
            None if method == Method::GET => bare(StatusCode::NO_CONTENT),
            Some("admin") => bare(StatusCode::UNAUTHORIZED),
            _ => bare(StatusCode::NOT_FOUND),
        }
    }

    fn is_too_large(&self, request: &Request<Incoming>) -> bool {
        let length = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        length
            .and_then(|length| length.parse::<u64>().ok())
            .is_some_and(|length| length > self.body_limit)
    }

    /// host.json's headers, unless the handler set them. ASP.NET promises https only over https.
    fn add_headers(&self, response: &mut Response<Body>, visitor: &Visitor) {
        let hsts = self
            .host_json
            .hsts
            .iter()
            .filter(|_| visitor.scheme == "https")
            .map(|value| ("strict-transport-security", value.as_str()));
        let custom = self
            .host_json
            .custom_headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in custom.chain(hsts) {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                response.headers_mut().entry(name).or_insert(value);
            }
        }
    }
}
