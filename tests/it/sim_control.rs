//! The control port over sockets, with all simulators behind it.

mod client;
mod entra;
mod faults;
mod journeys;
mod netverify;
mod page;
mod readme;
mod settings;
