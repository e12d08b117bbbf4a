//! Which core does what: the server has one for itself, everything else shares another.

use std::io;

use rustix::process::Pid;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

/// The two cores of a measurement; the same one twice where there is only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cores {
    /// What is measured.
    pub server: usize,
    /// Load generator and simulators.
    pub load: usize,
}

impl Cores {
    /// The first and the last core this process may use.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn of_this_machine() -> io::Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let cores: Vec<usize> = (0..CpuSet::MAX_CPU)
            .filter(|core| allowed.is_set(*core))
            .collect();
        let (server, load) = (cores.first(), cores.last());
        server
            .zip(load)
            .map(|(server, load)| Self {
                server: *server,
                load: *load,
            })
            .ok_or_else(|| io::Error::other("no core"))
    }

    /// Moves every thread of this process to the core of the load, and with it all that they start from now on.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn step_aside(self) -> io::Result<()> {
        for entry in std::fs::read_dir("/proc/self/task")? {
            let thread = entry?.file_name().to_string_lossy().parse().ok();
            if let Some(thread) = thread.and_then(Pid::from_raw) {
                sched_setaffinity(Some(thread), &only(self.load))?;
            }
        }
        Ok(())
    }

    /// Does something on the server's core, in a thread of its own: a process that is started there stays there.
    ///
    /// # Errors
    /// The kernel refuses, or `work` fails or panics.
    pub fn on_server<T: Send>(self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        std::thread::scope(|scope| {
            let there = scope.spawn(move || {
                sched_setaffinity(None, &only(self.server))?;
                work()
            });
            there
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a panic while starting a process")))
        })
    }
}

fn only(core: usize) -> CpuSet {
    let mut set = CpuSet::new();
    set.set(core);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_started_on_the_servers_core_stays_there() {
        let cores = Cores::of_this_machine().unwrap();
        let output = cores
            .on_server(|| {
                std::process::Command::new("grep")
                    .args(["Cpus_allowed_list", "/proc/self/status"])
                    .output()
            })
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            text.split_whitespace().last(),
            Some(cores.server.to_string().as_str())
        );
    }

    #[test]
    fn a_failure_there_is_a_failure_here() {
        let cores = Cores::of_this_machine().unwrap();
        assert!(cores.on_server(|| Err::<(), _>(io::Error::other("no"))).is_err());
    }
}
