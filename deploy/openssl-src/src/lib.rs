//! OpenSSL 4.0 under the name that `openssl-sys` asks for.
pub use supported::*;
