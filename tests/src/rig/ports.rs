//! Where everything listens on loopback: one block of ports that is the same at every start, or free ones.

use std::net::TcpListener;

use crate::jumio;

/// The block of `cargo rig` begins here: just above the ports of `local.settings.json`.
pub const FIRST: u16 = 7080;

/// Ports on loopback; 0 takes a free one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the endpoints are")]
pub struct Ports {
    pub app: u16,
    pub client: u16,
    pub control: u16,
    pub tenant: u16,
    pub vault: u16,
    pub identity: u16,
    pub entra: u16,
    pub jumio: jumio::Ports,
}

/// One port: its number, who listens there, and the option that chooses it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// 0 takes a free one.
    pub number: u16,
    /// Who listens there, for people.
    pub whose: &'static str,
    /// Where there is one.
    pub option: Option<&'static str>,
}

impl Ports {
    /// The block that begins at `first`.
    #[must_use]
    pub fn block(first: u16) -> Self {
        let at = |offset| first.saturating_add(offset);
        Self {
            client: at(0),
            tenant: at(1),
            app: at(2),
            control: at(3),
            vault: at(4),
            identity: at(5),
            entra: at(6),
            jumio: jumio::Ports {
                web: at(7),
                netverify: at(8),
                auth: at(9),
                account: at(10),
                retrieval: at(11),
                upload: at(12),
                status: at(13),
            },
        }
    }

    /// In the order of the block.
    #[must_use]
    pub fn all(&self) -> [Port; 14] {
        let jumio = &self.jumio;
        [
            (self.client, "the first page", Some("--client-port")),
            (self.tenant, "the local B2C tenant", Some("--tenant-port")),
            (self.app, "the app", Some("--app-port")),
            (self.control, "the control port", Some("--control-port")),
            (self.vault, "Key Vault", None),
            (self.identity, "managed identity", None),
            (self.entra, "Entra", None),
            (jumio.web, "Jumio's page", None),
            (jumio.netverify, "Netverify", None),
            (jumio.auth, "Jumio's tokens", None),
            (jumio.account, "Jumio's accounts", None),
            (jumio.retrieval, "Jumio's results", None),
            (jumio.upload, "Jumio's uploads", None),
            (jumio.status, "Jumio's health", None),
        ]
        .map(|(number, whose, option)| Port {
            number,
            whose,
            option,
        })
    }

    /// Those that cannot be had now, each with the reason.
    #[must_use]
    pub fn refused(&self) -> Vec<(Port, std::io::Error)> {
        let mut refused = Vec::new();
        // Held until all were tried, so that two of the same number are told as well.
        let mut held = Vec::new();
        for port in self.all().into_iter().filter(|port| port.number > 0) {
            match TcpListener::bind(("127.0.0.1", port.number)) {
                Ok(listener) => held.push(listener),
                Err(error) => refused.push((port, error)),
            }
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_one_port_for_each_side_by_side() {
        let numbers = Ports::block(9000).all().map(|port| port.number);
        assert_eq!(numbers.to_vec(), (9000..9014).collect::<Vec<_>>());
    }

    #[test]
    fn a_port_that_somebody_has_is_named_and_so_is_one_that_is_wanted_twice() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let number = taken.local_addr().unwrap().port();
        let ports = Ports {
            tenant: number,
            ..Ports::default()
        };
        let refused = ports.refused();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].0.number, number);
        assert_eq!(refused[0].0.option, Some("--tenant-port"));
        drop(taken);
        let twice = Ports {
            control: number,
            ..ports
        };
        // Somebody else may have got the number by now: then both are refused.
        let refused = twice.refused();
        assert!(
            !refused.is_empty() && refused.iter().all(|(port, _)| port.number == number),
            "{refused:?}"
        );
    }

    #[test]
    fn free_ports_are_refused_to_nobody() {
        assert!(Ports::default().refused().is_empty());
    }
}
