//! The client over real sockets, against a server that sends exactly the bytes it is told to.

mod answers;
mod happy;
mod leaks;
mod refusals;
pub(super) mod world;
