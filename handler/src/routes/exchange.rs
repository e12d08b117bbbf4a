//! One request and its answer, whatever the route.
//!
//! # Layout
//! - `gate`: the services, once they are loaded
//! - `route`: what a route declares; `incoming`: a request with its body unread; `call`: what an `answer` gets
//! - `serve`: span and methods; `access_log`: the one record a request leaves in the log
//! - `cors`: what pages of other origins may do
//! - `render`: four ways to word a problem; `reply`, `cookie`: answers and their headers
//! - `session`: recognises a browser whose person nobody has named

pub(crate) mod access_log;
pub(crate) mod call;
pub(crate) mod cookie;
pub(crate) mod cors;
pub(crate) mod gate;
pub(crate) mod incoming;
pub(crate) mod render;
pub(crate) mod reply;
pub(crate) mod route;
pub(crate) mod serve;
pub(crate) mod session;
