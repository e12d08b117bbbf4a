//! The Jumio simulator over sockets: what it refuses, and a person's way through it.

mod callbacks;
mod client;
mod hosted_page;
mod netverify;
mod refusals;
mod results;
mod uploads;
