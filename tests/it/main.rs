//! Tests that need sockets, processes or the packaged app. One binary, so that everything is linked once.

#[cfg(test)] // always true here; it is how clippy recognises code of tests outside test functions
mod architecture;
#[cfg(test)]
mod bad;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod client;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod deploy;
#[cfg(test)]
mod host;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod jwcrypto;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod logging;
#[cfg(test)]
mod migrating;
#[cfg(test)]
mod output;
#[cfg(test)]
mod package;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod public_url;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod sim_control;
#[cfg(test)]
mod sim_jumio;
#[cfg(test)]
mod sim_vault;
#[cfg(test)]
mod tutorial;
#[cfg(test)]
mod up;
