//! The client over real sockets, against a server that sends exactly the bytes it is told to.

mod answers;
mod happy;
pub(in crate::jumio) mod leaks;
mod refusals;
pub(in crate::jumio) mod server;
mod token;
mod world;

/// What an answer of the retrieval service tells the core.
pub(crate) fn told(details: serde_json::Value) -> crate::checks::vendor::Progress {
    super::decision::progress(&serde_json::from_value(details).unwrap())
}

/// What an answer of Netverify tells the core.
pub(crate) fn told_by_netverify(data: serde_json::Value) -> crate::checks::vendor::Progress {
    super::netverify::progress(&serde_json::from_value(data).unwrap())
}
