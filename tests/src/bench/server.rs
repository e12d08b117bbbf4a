//! A process under measurement: started on the server's core, asked from ours, gone when dropped.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::cores::Cores;
use super::wire::{Answer, get};

/// Nothing takes longer to start or to answer.
const LIMIT: Duration = Duration::from_secs(10);

/// Where the app is asked whether it is ready.
pub const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The key set, which is there when all secrets are read.
pub const KEYS: &str = "/api/token/keys";

/// How a server is started on a port.
pub type Program = Arc<dyn Fn(u16) -> Command + Send + Sync>;

/// A program that is told its port on the command line.
#[must_use]
pub fn plain(program: std::path::PathBuf) -> Program {
    Arc::new(move |port| {
        let mut command = Command::new(&program);
        command.arg(port.to_string());
        command
    })
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens, once it does.
    pub port: u16,
    /// Just before the process was made.
    began: Instant,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Server {
    /// Starts a server on a free port. Returns at once; what it prints is read and forgotten, as the host reads it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(cores: Cores, program: &Program) -> Result<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = program(port);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let (began, mut child) = cores.on_server(|| {
            let began = Instant::now();
            Ok((began, command.spawn()?))
        })?;
        let output = child.stdout.take();
        std::thread::spawn(move || output.map(drain));
        Ok(Self { child, port, began })
    }

    /// Starts a server, and waits until it has answered what needs every setting and secret.
    ///
    /// # Errors
    /// It ends, or does not answer within ten seconds.
    pub fn ready(cores: Cores, program: &Program) -> Result<Self> {
        let mut server = Self::start(cores, program)?;
        server.first_answer()?;
        server.answer(&get(KEYS, &[]), "keys")?;
        Ok(server)
    }

    /// Asks `GET /` from the first moment on, without pause, until it is answered 200. The time since the start.
    ///
    /// # Errors
    /// It ends, or does not answer within ten seconds.
    pub fn first_answer(&mut self) -> Result<Duration> {
        loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => {
                    exchange(stream, &get("/", &[]), "")?;
                    return Ok(self.began.elapsed());
                }
                Err(_) if self.began.elapsed() > LIMIT => bail!("it does not listen"),
                Err(_not_yet) => std::hint::spin_loop(),
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status} instead of listening");
            }
        }
    }

    /// Asks something that is answered 200 with `holds` in it. The time since the start.
    ///
    /// # Errors
    /// Another answer, or none within ten seconds.
    pub fn answer(&self, request: &[u8], holds: &str) -> Result<Duration> {
        exchange(TcpStream::connect(("127.0.0.1", self.port))?, request, holds)?;
        Ok(self.began.elapsed())
    }

    /// Memory in use (resident set), in kilobytes of 1024 bytes.
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory_kb(&self) -> Result<f64> {
        self.figure("VmRSS:")
    }

    /// Memory in use that is the process's own (anonymous pages), in kilobytes of 1024 bytes.
    ///
    /// # Errors
    /// The process is gone.
    pub fn anonymous_kb(&self) -> Result<f64> {
        self.figure("RssAnon:")
    }

    /// Time on a core so far, of all its threads.
    ///
    /// # Errors
    /// The process is gone.
    pub fn busy(&self) -> Result<Duration> {
        let mut all = Duration::ZERO;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end between two looks.
            let told = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
            let ns = told.split_whitespace().next().and_then(|ns| ns.parse().ok());
            all += Duration::from_nanos(ns.unwrap_or_default());
        }
        Ok(all)
    }

    fn figure(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        kilobytes(&status, name).context("the kernel does not tell")
    }
}

fn drain(mut output: std::process::ChildStdout) {
    let mut buffer = vec![0; 64 * 1024];
    while output.read(&mut buffer).is_ok_and(|read| read > 0) {}
}

fn exchange(mut stream: TcpStream, request: &[u8], holds: &str) -> Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(request)?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        if let Some(answer) = Answer::read(&bytes)? {
            let text = answer.expect(200)?.text();
            ensure!(text.contains(holds), "{holds} is missing: {text}");
            return Ok(());
        }
        let read = stream.read(&mut buffer)?;
        ensure!(read > 0, "the connection was closed instead of an answer");
        bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
    }
}

fn kilobytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_set_is_found_among_the_rest() {
        let status = "Name:\thandler\nVmPeak:\t  99999 kB\nVmRSS:\t   10240 kB\nThreads:\t1\n";
        assert!((kilobytes(status, "VmRSS:").unwrap() - 10240.0).abs() < 1e-9);
        assert_eq!(kilobytes("Name:\thandler\n", "VmRSS:"), None);
    }

    #[test]
    fn a_program_that_ends_at_once_is_an_error() {
        let cores = Cores::of_this_machine().unwrap();
        let mut server = Server::start(cores, &plain("/bin/true".into())).unwrap();
        assert!(server.first_answer().is_err());
    }
}
