//! Which ports `cargo rig` takes, and what is said when it cannot.

use std::fmt;
use std::io;
use std::str::FromStr;

use anyhow::{Result, bail};

use crate::rig::Ports;
use crate::rig::ports::{FIRST, Port};

/// `--ports`: where the block begins, or that every port is a free one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// This port and those after it.
    From(u16),
    /// Whatever is free.
    Random,
}

impl Default for Block {
    fn default() -> Self {
        Self::From(FIRST)
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(first) => write!(f, "{first}"),
            Self::Random => f.write_str("random"),
        }
    }
}

impl FromStr for Block {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "random" {
            return Ok(Self::Random);
        }
        match text.parse() {
            Ok(first @ 1024..=65_000) => Ok(Self::From(first)),
            _ => Err("it is random, or the first port of a block, 1024 to 65000"),
        }
    }
}

impl Block {
    pub(super) fn ports(self) -> Ports {
        match self {
            Self::From(first) => Ports::block(first),
            Self::Random => Ports::default(),
        }
    }
}

/// Whether all can be had.
///
/// # Errors
/// Each port that cannot, with who would have it and the option that chooses another.
pub(super) fn check(ports: &Ports) -> Result<()> {
    let refused = ports.refused();
    if refused.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = refused.iter().map(|(port, error)| line(port, error)).collect();
    bail!(
        "{}\n--ports FIRST chooses another block, --ports random takes free ports; \
         another cargo rig that still runs has them, too",
        told.join("\n")
    )
}

fn line(port: &Port, error: &io::Error) -> String {
    let Port {
        number,
        whose,
        option,
    } = port;
    let why = if error.kind() == io::ErrorKind::AddrInUse {
        "is taken".to_owned()
    } else {
        format!("cannot be had ({error})")
    };
    let other = option.map_or_else(String::new, |option| format!(": {option} chooses another"));
    format!("port {number} of {whose} {why}{other}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_random_or_a_port_and_nothing_else() {
        assert_eq!("random".parse(), Ok(Block::Random));
        assert_eq!("9000".parse(), Ok(Block::From(9000)));
        for wrong in ["", "fixed", "80", "65535", "-1"] {
            assert!(wrong.parse::<Block>().is_err(), "{wrong}");
        }
        let usual = Block::default();
        assert_eq!(usual.to_string().parse(), Ok(usual));
    }

    #[test]
    fn the_complaint_names_port_and_option() {
        let port = |option| Port {
            number: 7081,
            whose: "the local B2C tenant",
            option,
        };
        let taken = io::Error::from(io::ErrorKind::AddrInUse);
        assert_eq!(
            line(&port(Some("--tenant-port")), &taken),
            "port 7081 of the local B2C tenant is taken: --tenant-port chooses another"
        );
        let closed = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(line(&port(None), &closed).contains("cannot be had (permission denied)"));
    }
}
