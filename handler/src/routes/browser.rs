//! Routes that people's browsers come to.
//!
//! # Layout
//! - `authorize`: with a ticket or a pushed request; `vendor_return`: from the vendor; `wait`: the waiting page and what is pressed
//!   on it
//! - `logout`: where they sign out; `respond`: back to the client; `assets`: style, script and logo; `addresses`: of the pages of one visit

mod addresses;
pub(crate) mod assets;
pub(crate) mod authorize;
pub(crate) mod logout;
pub(crate) mod respond;
pub(crate) mod vendor_return;
pub(crate) mod wait;
