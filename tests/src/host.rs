//! Stands in for the Azure Functions host: starts the packaged app the way the real one does, with its quirks, and ends it
//! with SIGKILL.
//!
//! # Layout
//! - `host_json`, `function`, `template`: what the app's folder says
//! - `worker`, `exits`, `log`: the handler's process
//! - `front`, `front_end`, `cors`, `kestrel`: a request on its way in
//! - `instance`, `invocation`, `keys`, `pages`: what the host does with it
//! - `forward`, `proxy`, `address`, `headers`: the two ways to hand it over
//! - `upstream`, `loan`, `message`: the handler's connections, and what goes over them
//! - [`times`]: how long all of this waits
//!
//! Version 4.1037 of the real host was run with this app; `tests/vectors/host` holds what it did with single requests.
//!
//! Not imitated: the JSON payload mode (a function that would fall into it is refused), triggers other than HTTP,
//! the host's admin API, `EasyAuth`.

mod address;
mod cors;
mod exits;
mod forward;
mod front;
mod front_end;
pub(crate) mod function;
mod headers;
pub(crate) mod host_json;
mod instance;
mod invocation;
mod kestrel;
mod keys;
mod loan;
mod log;
mod message;
mod pages;
mod proxy;
mod template;
pub mod times;
mod upstream;
mod worker;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use cors::Cors;
pub use front_end::FrontEnd;
pub use host_json::Mode;
pub use keys::Keys;
pub use log::{Level, Line, Log, Writer};

use front::Front;
use instance::Instance;
use times::Times;
pub(crate) use worker::Launch;

/// The version this imitates, as it shows in headers.
pub const HOST_VERSION: &str = "4.1052.100.26071";

/// App settings that choose a mode the way an operator would, over whatever host.json says.
#[must_use]
pub fn mode_settings(mode: Mode) -> [(String, String); 2] {
    let proxying = mode == Mode::Proxying;
    [
        (
            "AzureFunctionsJobHost__customHandler__enableProxyingHttpRequest".to_owned(),
            proxying.to_string(),
        ),
        (
            "AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest".to_owned(),
            (!proxying).to_string(),
        ),
    ]
}

/// A port that is ours before anything runs, because the app's settings must name it.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    front_end: FrontEnd,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct App {
    /// The packaged folder.
    pub folder: PathBuf,
    /// App settings: environment variables of the handler.
    pub settings: BTreeMap<String, String>,
    /// Host instances behind one front end, each with a handler of its own; they take turns. With none, nobody listens.
    pub instances: usize,
    /// The host's access keys.
    pub keys: Keys,
    /// How long the host waits for what.
    pub times: Times,
    /// Where output goes.
    pub log: Log,
}

/// A running host. Dropping it ends everything it started.
#[derive(Debug)]
pub struct Host {
    address: SocketAddr,
    scheme: &'static str,
    front: Arc<Front>,
    listening: JoinHandle<()>,
    log: Log,
}

impl App {
    /// One instance of the app in `folder`.
    #[must_use]
    pub fn new(folder: PathBuf, settings: BTreeMap<String, String>) -> Self {
        Self {
            folder,
            settings,
            instances: 1,
            keys: Keys::default(),
            times: Times::default(),
            log: Log::default(),
        }
    }
}

impl Bound {
    /// Takes a loopback port; 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn bind(port: u16, front_end: FrontEnd) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("port {port}"))?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            front_end,
        })
    }

    /// `http://localhost:<port>`, or https.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://localhost:{}", scheme(&self.front_end), self.address.port())
    }

    /// Starts the app behind this port and returns at once; requests wait until the handler is ready.
    ///
    /// # Errors
    /// An app folder the host would not load.
    pub fn start(self, app: &App) -> Result<Host> {
        let mut launch = Launch::of(&app.folder, &app.settings)?;
        launch.log = app.log.clone();
        let instances = (0..app.instances).map(|_| {
            let instance = Instance::start(launch.clone(), app.keys.clone(), app.times);
            instance.map(Arc::new)
        });
        let instances = instances.collect::<Result<Vec<_>>>()?;
        let scheme = scheme(&self.front_end);
        let front = Arc::new(Front::new(self.front_end, instances, app.times));
        let listening = tokio::spawn(front.clone().serve(self.listener));
        Ok(Host {
            address: self.address,
            scheme,
            front,
            listening,
            log: app.log.clone(),
        })
    }
}

impl Host {
    /// Where the app answers.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    /// Waits until every handler is ready.
    ///
    /// # Errors
    /// The reason why the host gave up.
    pub async fn ready(&self) -> Result<()> {
        for instance in &self.front.instances {
            instance.worker.ready().await.map_err(anyhow::Error::msg)?;
        }
        Ok(())
    }

    /// What was printed so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Addresses of the handlers themselves, past the host: for measurements.
    #[must_use]
    pub fn handler_ports(&self) -> Vec<u16> {
        self.front
            .instances
            .iter()
            .map(|instance| instance.worker.port)
            .collect()
    }

    /// Process ids of the handlers that run now.
    #[must_use]
    pub fn handler_ids(&self) -> Vec<u32> {
        self.front
            .instances
            .iter()
            .filter_map(|instance| instance.worker.process_id())
            .collect()
    }

    /// SIGKILL to every handler while its host lives; they start again at once, and a proxying host sends them what was
    /// open and has no body once more. Returns when the old processes are gone.
    pub async fn kill_handlers(&self) {
        for instance in &self.front.instances {
            instance.worker.recycle().await;
        }
    }

    /// What a change of app settings does to the handlers: SIGKILL, and they start again with these. The host itself keeps what it
    /// has read. Returns when the old processes are gone.
    pub async fn change_settings(&self, settings: &BTreeMap<String, String>) {
        for instance in &self.front.instances {
            instance.worker.change(settings.clone()).await;
        }
    }

    /// What SIGTERM does to the host: connections are refused, open requests are answered, then the handlers get SIGKILL
    /// and no warning. Returns when the processes are gone.
    pub async fn drain(&self) {
        self.front.drain().await;
        self.stop().await;
    }

    /// Ends everything at once with SIGKILL, as when an instance is lost, and returns when the processes are gone.
    pub async fn stop(&self) {
        self.listening.abort();
        for instance in &self.front.instances {
            instance.worker.stop().await;
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn scheme(front_end: &FrontEnd) -> &'static str {
    if front_end.tls.is_some() { "https" } else { "http" }
}
