//! Starts the handler, waits until it answers, starts it again when it ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot, watch};

use super::exits::{Exits, Reaction};
use super::host_json::HostJson;
use super::log::{Level, Log, of_stderr, of_stdout};
use super::message::new_id;
use super::upstream::{self, Upstream};
use crate::process::{Group, exit_code};

/// The host asks this often whether the handler answers.
const POLL: Duration = Duration::from_millis(25);

/// What is started, and with which settings.
#[derive(Clone)]
pub(crate) struct Launch {
    pub(crate) app: PathBuf,
    pub(crate) host_json: HostJson,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) log: Log,
}

loopback::debug_only!(Launch: app, host_json, log);

/// What requests need to know about the handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Requests wait.
    Starting,
    /// It answered `GET /`. Also after exit code 0, which the host does not notice.
    Ready,
    /// The host gave up, for this reason.
    Stopped(String),
}

enum Order {
    /// SIGKILL and start again, as after a function's time-out: not counted as an error.
    Recycle(oneshot::Sender<()>),
    /// The same, with other settings from then on.
    Change(BTreeMap<String, String>, oneshot::Sender<()>),
    /// SIGKILL for good.
    Stop(oneshot::Sender<()>),
}

/// One handler process, kept alive.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) port: u16,
    _reserved: TcpSocket,
    state: watch::Receiver<State>,
    process_id: watch::Receiver<Option<u32>>,
    orders: mpsc::Sender<Order>,
    /// Requests give up waiting for readiness after this.
    patience: Duration,
}

impl Worker {
    /// Chooses a port and starts the handler in the background, as the real host does.
    ///
    /// # Errors
    /// No free port.
    pub(crate) fn start(launch: Launch) -> Result<Self> {
        let reserved = reserve_port()?;
        let port = reserved.local_addr()?.port();
        let patience = launch.host_json.initialization_timeout.saturating_mul(4);
        let (state, state_of) = watch::channel(State::Starting);
        let (process_id, process_id_of) = watch::channel(None);
        let (orders, inbox) = mpsc::channel(4);
        let keeper = Keeper {
            launch,
            port,
            state,
            process_id,
            inbox,
            exits: Exits::default(),
            patience,
        };
        tokio::spawn(keeper.keep());
        Ok(Self {
            port,
            _reserved: reserved,
            state: state_of,
            process_id: process_id_of,
            orders,
            patience,
        })
    }

    /// Waits until the handler is ready, at most four times the initialisation time.
    ///
    /// # Errors
    /// The reason why the host gave up.
    pub(crate) async fn ready(&self) -> Result<(), String> {
        let mut state = self.state.clone();
        let waiting = state.wait_for(|state| *state != State::Starting);
        match tokio::time::timeout(self.patience, waiting).await {
            Ok(Ok(state)) => match &*state {
                State::Stopped(reason) => Err(reason.clone()),
                State::Starting | State::Ready => Ok(()),
            },
            Ok(Err(_)) => Err("the host has stopped".to_owned()),
            Err(_) => Err("the handler never became ready".to_owned()),
        }
    }

    /// Returns when the host has given up, or was stopped.
    pub(crate) async fn stopped(&self) {
        let mut state = self.state.clone();
        // Nobody who could say so is nobody who runs.
        let _either_way = state.wait_for(|state| matches!(state, State::Stopped(_))).await;
    }

    /// Whether the host has given up, or was stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        matches!(&*self.state.borrow(), State::Stopped(_))
    }

    /// The way to the running handler, and to its successors.
    pub(crate) fn upstream(&self) -> Upstream {
        Upstream::new(self.port, self.process_id.clone())
    }

    /// Process id of the running handler.
    pub(crate) fn process_id(&self) -> Option<u32> {
        *self.process_id.borrow()
    }

    /// SIGKILL now; returns when the process is gone and its successor is on its way.
    pub(crate) async fn recycle(&self) {
        self.order(Order::Recycle).await;
    }

    /// The same, and its successor has these settings; what the host itself read of them stays.
    pub(crate) async fn change(&self, settings: BTreeMap<String, String>) {
        self.order(|done| Order::Change(settings, done)).await;
    }

    /// SIGKILL for good; returns when the process is gone.
    pub(crate) async fn stop(&self) {
        self.order(Order::Stop).await;
    }

    async fn order(&self, order: impl FnOnce(oneshot::Sender<()>) -> Order) {
        let (done, when_done) = oneshot::channel();
        if self.orders.send(order(done)).await.is_ok() {
            let _stopped_already = when_done.await;
        }
    }
}

/// The task behind a [`Worker`].
struct Keeper {
    launch: Launch,
    port: u16,
    state: watch::Sender<State>,
    process_id: watch::Sender<Option<u32>>,
    inbox: mpsc::Receiver<Order>,
    exits: Exits,
    patience: Duration,
}

/// Why a life of the handler is over.
enum End {
    Exited(i32),
    /// Ready never came: counts as an error.
    TooSlow,
    Ordered(Order),
    /// Every handle was dropped.
    Abandoned,
}

impl Keeper {
    async fn keep(mut self) {
        loop {
            self.state.send_replace(State::Starting);
            let group = match self.launch.spawn(self.port) {
                Ok(group) => group,
                Err(failure) => return self.never_started(&failure).await,
            };
            self.process_id.send_replace(group.id());
            let end = self.live(group).await;
            self.process_id.send_replace(None);
            // Before anybody can hear that it ended: the next request must not see the old readiness.
            self.state.send_replace(State::Starting);
            if !self.goes_on(end).await {
                return;
            }
        }
    }

    /// One life: until the process ends or is ended. The process is gone when this returns.
    async fn live(&mut self, mut group: Group) -> End {
        let mut waiting_for_ready = true;
        let too_slow = tokio::time::sleep(self.launch.host_json.initialization_timeout);
        let ready = until_ready(self.port);
        tokio::pin!(too_slow, ready);
        let end = loop {
            tokio::select! {
                status = group.wait() => break End::Exited(status.map_or(-1, exit_code)),
                order = self.inbox.recv() => break order.map_or(End::Abandoned, End::Ordered),
                () = &mut ready, if waiting_for_ready => {
                    waiting_for_ready = false;
                    self.state.send_replace(State::Ready);
                }
                () = &mut too_slow, if waiting_for_ready => break End::TooSlow,
            }
        };
        group.kill();
        let _reaped = group.wait().await;
        end
    }

    /// Applies the exit table; true when the handler is to be started again.
    async fn goes_on(&mut self, end: End) -> bool {
        let code = match end {
            End::Exited(code) => code,
            End::TooSlow => -1,
            End::Ordered(Order::Recycle(done)) => {
                return done.send(()).is_ok() || !self.inbox.is_closed();
            }
            End::Ordered(Order::Change(settings, done)) => {
                self.launch.settings = settings;
                return done.send(()).is_ok() || !self.inbox.is_closed();
            }
            End::Ordered(Order::Stop(done)) => {
                self.state
                    .send_replace(State::Stopped("the host was stopped".to_owned()));
                let _nobody_waits = done.send(());
                return false;
            }
            End::Abandoned => return false,
        };
        match self.exits.react(code, Instant::now()) {
            Reaction::Restart => {
                self.launch.log.host(
                    Level::Error,
                    format!("the handler ended with {code}; it is started again"),
                );
                true
            }
            Reaction::Nothing => self.dead_but_unnoticed().await,
            Reaction::StopHost => {
                let reason = "Exceeded http worker restart retry count. Shutting down Functions Host";
                self.launch.log.host(Level::Error, reason);
                self.state.send_replace(State::Stopped(reason.to_owned()));
                false
            }
        }
    }

    /// Exit code 0: nothing is restarted, every request meets a closed port, until an order comes.
    async fn dead_but_unnoticed(&mut self) -> bool {
        self.state.send_replace(State::Ready);
        let Some(order) = self.inbox.recv().await else {
            return false;
        };
        Box::pin(self.goes_on(End::Ordered(order))).await
    }

    /// The real host swallows this: requests hang until their patience ends, then the host stops.
    async fn never_started(mut self, failure: &std::io::Error) {
        let program = self.launch.host_json.executable(&self.launch.app);
        let text = format!(
            "Failed to start Worker Channel. Process fileName: {} ({failure})",
            program.display()
        );
        self.launch.log.host(Level::Error, text.clone());
        tokio::select! {
            () = tokio::time::sleep(self.patience) => {}
            order = self.inbox.recv() => {
                if let Some(Order::Recycle(done) | Order::Change(_, done) | Order::Stop(done)) = order {
                    let _nobody_waits = done.send(());
                }
            }
        }
        self.state.send_replace(State::Stopped(text));
    }
}

impl Launch {
    /// An app with these settings; what it prints is kept in a log of its own.
    ///
    /// # Errors
    /// A folder the host would not load.
    pub(crate) fn of(folder: &Path, settings: &BTreeMap<String, String>) -> Result<Self> {
        let app = folder
            .canonicalize()
            .with_context(|| folder.display().to_string())?;
        Ok(Self {
            host_json: HostJson::read(&app, settings)?,
            app,
            settings: settings.clone(),
            log: Log::default(),
        })
    }

    /// The handler's process as the real host makes it: program, arguments, folder, environment.
    pub(crate) fn command(&self, port: u16) -> std::process::Command {
        let mut command = std::process::Command::new(self.host_json.executable(&self.app));
        command
            .args(&self.host_json.arguments)
            .current_dir(self.host_json.directory(&self.app))
            .env_clear()
            .envs(inherited())
            .envs(&self.settings)
            .envs(own_variables(port))
            .env("FUNCTIONS_APP_ROOT_PATH", &self.app);
        command
    }

    fn spawn(&self, port: u16) -> std::io::Result<Group> {
        let mut command = Command::from(self.command(port));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::spawn(&mut command)?;
        let (stdout, stderr) = group.pipes();
        if let Some(pipe) = stdout {
            tokio::spawn(self.log.clone().follow(pipe, of_stdout));
        }
        if let Some(pipe) = stderr {
            tokio::spawn(self.log.clone().follow(pipe, of_stderr));
        }
        Ok(group)
    }
}

/// The little a process needs of ours. No proxy variables: the handler must not send loopback calls elsewhere.
fn inherited() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    ["PATH", "HOME", "TMPDIR", "LANG", "RUST_BACKTRACE"]
        .into_iter()
        .filter_map(|name| std::env::var_os(name).map(|value| (name, value)))
}

fn own_variables(port: u16) -> [(&'static str, String); 4] {
    let (id, port) = (new_id(), port.to_string());
    [
        ("FUNCTIONS_CUSTOMHANDLER_PORT", port.clone()),
        ("FUNCTIONS_HTTPWORKER_PORT", port),
        ("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", id.clone()),
        ("FUNCTIONS_HTTPWORKER_ID", id),
    ]
}

/// A port that stays ours between two lives of the handler. Bound but not listening, so that connections are refused,
/// and shared by `SO_REUSEADDR`, so that the handler can listen on it.
fn reserve_port() -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    Ok(socket)
}

/// Polls `GET /`: refused means not yet, anything else means ready.
async fn until_ready(port: u16) {
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(POLL).await;
    }
    // Any status will do, and so will a broken answer.
    let _any = upstream::ping(port).await;
}
