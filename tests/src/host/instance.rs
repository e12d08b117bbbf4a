//! One instance of the Functions host: finds the function, checks its key, waits for the handler, passes the request on.

use std::sync::Arc;

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};

use super::address::segments;
use super::forward;
use super::front::Visitor;
use super::function::{Function, Functions};
use super::host_json::{HostJson, Mode};
use super::invocation::Invocation;
use super::kestrel::target::Target;
use super::kestrel::{Arrival, Framing};
use super::keys::Keys;
use super::log::{Level, Log};
use super::message::{Body, bare};
use super::pages;
use super::proxy;
use super::times::Times;
use super::upstream::Upstream;
use super::worker::{Launch, Worker};

/// The host refuses larger bodies; `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT` overrides.
const BODY_LIMIT: usize = 104_857_600;

#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) worker: Worker,
    pub(crate) times: Times,
    pub(crate) log: Log,
    handler: Arc<Upstream>,
    functions: Functions,
    host_json: HostJson,
    keys: Keys,
    body_limit: usize,
    has_home_page: bool,
    /// App Service's environment: the host believes what the front end says about scheme and host.
    is_app_service: bool,
}

impl Instance {
    /// Reads the functions and starts the handler.
    pub(crate) fn start(launch: Launch, keys: Keys, times: Times) -> anyhow::Result<Self> {
        let mut functions = Functions::read(&launch.app, &launch.host_json.route_prefix)?;
        for (name, reason) in &functions.rejected {
            launch.log.host(
                Level::Error,
                format!("The '{name}' function is in error: {reason}"),
            );
        }
        functions.keep_enabled(launch.host_json.functions.as_deref(), &launch.settings);
        let setting = |name: &str| launch.settings.get(name).map(String::as_str);
        let body_limit = setting("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT").and_then(|limit| limit.parse().ok());
        let (has_home_page, is_app_service) = (
            setting("AzureWebJobsDisableHomepage") != Some("true"),
            setting("WEBSITE_INSTANCE_ID").is_some(),
        );
        let (host_json, log) = (launch.host_json.clone(), launch.log.clone());
        let worker = Worker::start(launch)?;
        Ok(Self {
            handler: Arc::new(worker.upstream()),
            worker,
            times,
            log,
            functions,
            host_json,
            keys,
            body_limit: body_limit.unwrap_or(BODY_LIMIT),
            has_home_page,
            is_app_service,
        })
    }

    /// Answers one request of the front end.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        mut arrival: Arrival,
        mut visitor: Visitor,
    ) -> Response<Body> {
        if self.is_app_service && fix_up(&mut arrival.headers, &mut visitor).is_none() {
            return bare(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let path = segments(&arrival.target.path);
        let function = path
            .as_deref()
            .and_then(|path| self.functions.route(&arrival.method, path));
        let Some(function) = function else {
            return pages::answer(&arrival.method, path.as_deref(), self.has_home_page);
        };
        let mut response = match self
            .let_in(function, arrival.framing, &arrival.target, &arrival.headers)
            .await
        {
            Ok(()) => self.run(&function.name, arrival, &visitor).await,
            Err(refusal) => return refusal,
        };
        self.add_headers(&mut response, &visitor);
        response
    }

    /// Key and size, then readiness.
    async fn let_in(
        &self,
        function: &Function,
        framing: Framing,
        target: &Target,
        headers: &HeaderMap,
    ) -> Result<(), Response<Body>> {
        let checked = self
            .keys
            .check(function.auth_level, target, headers, self.times.key_store)
            .await;
        checked.map_err(bare)?;
        if matches!(framing, Framing::Length(length) if length > self.body_limit as u64) {
            let mut refusal = bare(StatusCode::INTERNAL_SERVER_ERROR);
            refusal
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            return Err(refusal);
        }
        self.worker.ready().await.map_err(|reason| {
            let text = format!("Function {} was not run: {reason}", function.name);
            self.log.host(Level::Error, text);
            bare(StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    /// Runs the function. Forwarding, it goes on when the caller leaves.
    async fn run(
        self: &Arc<Self>,
        function: &str,
        mut arrival: Arrival,
        visitor: &Visitor,
    ) -> Response<Body> {
        let invocation = Invocation::new(self, function, self.host_json.function_timeout);
        arrival.body = Limited::new(arrival.body, self.body_limit).boxed_unsync();
        let handler = Arc::clone(&self.handler);
        match self.host_json.mode {
            Mode::Proxying => {
                let work = proxy::answer(arrival, &handler, visitor, (&self.times, &self.log));
                let response = invocation.run(work).await;
                response.map(|body| invocation.watch(body))
            }
            Mode::Forwarding => {
                let work = async move { invocation.run(forward::answer(arrival, &handler)).await };
                tokio::spawn(work)
                    .await
                    .unwrap_or_else(|_panic| bare(StatusCode::INTERNAL_SERVER_ERROR))
            }
        }
    }

    /// host.json's headers, unless the handler set them. ASP.NET promises https only over https, and never for localhost.
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

/// Scheme and host are those that the front end tells; none when it tells no scheme, as a list is none.
fn fix_up(headers: &mut HeaderMap, visitor: &mut Visitor) -> Option<()> {
    if let Some(scheme) = headers.get("x-forwarded-proto") {
        visitor.scheme = match scheme.as_bytes() {
            b"http" => "http",
            b"https" => "https",
            _ => return None,
        };
    }
    if let Some(host) = headers.get("disguised-host").cloned() {
        headers.insert(header::HOST, host);
    }
    Some(())
}
