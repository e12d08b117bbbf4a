//! Who owns what was begun, and whether that owner is dead: a question to the outside, because only the machine knows.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// A process, named so that nobody else ever has the same name. Nothing in it is secret or personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Kernel's id of this boot of the machine; empty where there is none to be had.
    pub boot: String,
    /// PID namespace, such as `pid:[4026531836]`; empty where there is none to be had.
    pub pid_namespace: String,
    /// Number of the process within that namespace.
    pub pid: u32,
    /// When it started, in clock ticks since the boot; 0 where that is not known.
    pub started: u64,
}

/// Tells who we are and who is dead.
pub trait Owners: Send + Sync {
    /// This process.
    fn me(&self) -> Owner;

    /// Whether a process is *known* to be dead. Whoever cannot be asked about counts as living.
    fn is_dead(&self, owner: &Owner) -> bool;
}

/// The machine's own processes, by `/proc` of Linux (proc(5)). Elsewhere nobody is known to be dead.
#[derive(Clone, Debug)]
pub(crate) struct Machine(Owner);

impl Machine {
    /// Looks up who we are, once.
    #[must_use]
    pub(crate) fn look() -> Self {
        let text = |path: &str| {
            std::fs::read_to_string(path)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let namespace = std::fs::read_link("/proc/self/ns/pid");
        Self(Owner {
            boot: text("/proc/sys/kernel/random/boot_id"),
            pid_namespace: namespace
                .map(|link| link.to_string_lossy().into_owned())
                .unwrap_or_default(),
            pid: std::process::id(),
            started: started(&text("/proc/self/stat")).unwrap_or_default(),
        })
    }
}

impl Owners for Machine {
    fn me(&self) -> Owner {
        self.0.clone()
    }

    /// Dead is only who lived in this boot and in this PID namespace, and of whose number and start time there is no
    /// process. A mount of `/proc` that hides processes (`hidepid`) hides process 1 as well: then nobody is known to be dead.
    fn is_dead(&self, owner: &Owner) -> bool {
        let me = &self.0;
        let is_near = !me.boot.is_empty()
            && !me.pid_namespace.is_empty()
            && me.boot == owner.boot
            && me.pid_namespace == owner.pid_namespace;
        if !is_near || owner.started == 0 || !Path::new("/proc/1/stat").exists() {
            return false;
        }
        match std::fs::read_to_string(format!("/proc/{}/stat", owner.pid)) {
            Ok(stat) => started(&stat).is_some_and(|started| started != owner.started),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        }
    }
}

/// Field 22 of `/proc/<pid>/stat`. The second field is the program's name in parentheses and may hold anything, so fields
/// are counted from its last parenthesis on.
fn started(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child() -> std::process::Child {
        std::process::Command::new("sleep").arg("60").spawn().unwrap()
    }

    fn owner_of(child: &std::process::Child) -> Owner {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        Owner {
            pid: child.id(),
            started: started(&stat).unwrap(),
            ..Machine::look().me()
        }
    }

    #[test]
    fn whoever_lives_is_not_dead() {
        let machine = Machine::look();
        assert!(!machine.is_dead(&machine.me()));
        let mut child = child();
        assert!(!machine.is_dead(&owner_of(&child)));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn whoever_was_killed_is_dead() {
        let mut child = child();
        let owner = owner_of(&child);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(Machine::look().is_dead(&owner));
    }

    #[test]
    fn a_later_process_of_the_same_number_is_somebody_else() {
        let machine = Machine::look();
        let earlier = Owner {
            started: machine.me().started - 1,
            ..machine.me()
        };
        assert!(machine.is_dead(&earlier));
    }

    #[test]
    fn nobody_of_another_boot_namespace_or_time_is_known_to_be_dead() {
        let machine = Machine::look();
        let gone = Owner {
            started: machine.me().started - 1,
            ..machine.me()
        };
        for owner in [
            Owner {
                boot: "another".to_owned(),
                ..gone.clone()
            },
            Owner {
                boot: String::new(),
                ..gone.clone()
            },
            Owner {
                pid_namespace: "pid:[1]".to_owned(),
                ..gone.clone()
            },
            Owner {
                pid_namespace: String::new(),
                ..gone.clone()
            },
            Owner {
                started: 0,
                ..gone.clone()
            },
        ] {
            assert!(!machine.is_dead(&owner), "{owner:?}");
        }
    }

    #[test]
    fn a_machine_that_tells_nothing_knows_nobody_to_be_dead() {
        let silent = Machine(Owner {
            boot: String::new(),
            pid_namespace: String::new(),
            pid: 1,
            started: 0,
        });
        let gone = Owner {
            pid: u32::MAX,
            started: 1,
            ..silent.me()
        };
        assert!(!silent.is_dead(&gone));
    }

    #[test]
    fn a_program_may_have_any_name() {
        let stat = "7 (a) b (c 1 2) S 1 7 7 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 4711 2 3";
        assert_eq!(started(stat), Some(4711));
        assert_eq!(started("7 (sleep"), None);
    }
}
