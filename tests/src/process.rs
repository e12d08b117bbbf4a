//! Child processes that cannot outlive us: each leads its own group, and the whole group gets SIGKILL.
//!
//! Nothing on Linux ties a child to its parent, and a handler that is left behind keeps its port.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// A child and everything it started.
#[derive(Debug)]
pub struct Group {
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts `command` as the leader of a new group, without standard input.
    ///
    /// # Errors
    /// Whatever the operating system says: not found, not executable, wrong architecture.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let id = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Self { child, id })
    }

    /// Process id of the leader, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// The pipes that were asked for, once.
    pub fn pipes(&mut self) -> (Option<ChildStdout>, Option<ChildStderr>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for the leader to end, then ends whatever it left behind.
    ///
    /// # Errors
    /// When the child cannot be waited for.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.kill();
        self.id = None;
        Ok(status)
    }

    /// SIGKILL to the whole group: no warning, as the Functions host does it.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// A signal to the whole group. A group that has ended already is no error.
    pub fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            let _gone_already = kill_process_group(id, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The number a shell would show: the exit code, or 128 plus the signal.
#[must_use]
pub fn exit_code(status: ExitStatus) -> i32 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive(pid: u32) -> bool {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        state
            .rsplit(") ")
            .next()
            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
    }

    /// A shell that starts a grandchild and prints its process id.
    async fn parent_of_a_sleeper() -> (Group, u32) {
        use tokio::io::{AsyncBufReadExt as _, BufReader};
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped());
        let mut group = Group::spawn(&mut command).unwrap();
        let mut line = String::new();
        BufReader::new(group.pipes().0.unwrap())
            .read_line(&mut line)
            .await
            .unwrap();
        (group, line.trim().parse().unwrap())
    }

    async fn until_gone(pid: u32) {
        for _ in 0..200 {
            if !alive(pid) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{pid} is still alive");
    }

    #[tokio::test]
    async fn a_dropped_group_takes_its_grandchildren_along() {
        let (group, grandchild) = parent_of_a_sleeper().await;
        assert!(alive(grandchild));
        drop(group);
        until_gone(grandchild).await;
    }

    #[tokio::test]
    async fn a_killed_leader_shows_the_signal_as_its_code() {
        let (mut group, grandchild) = parent_of_a_sleeper().await;
        group.kill();
        assert_eq!(exit_code(group.wait().await.unwrap()), 137);
        until_gone(grandchild).await;
    }

    #[tokio::test]
    async fn a_program_that_does_not_exist_is_an_error() {
        let refusal = Group::spawn(&mut Command::new("/nonexistent/handler")).unwrap_err();
        assert_eq!(refusal.kind(), io::ErrorKind::NotFound);
    }
}
