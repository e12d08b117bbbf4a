//! What the rig, the runner and the schedule simulator share: FOR TESTS ONLY.
//!
//! # Layout
//! - [`serve`]: listening on loopback
//! - [`browser`], [`html`]: a browser without a window
//! - [`jose`]: signed tokens and key sets
//! - [`head`]: of pages; [`clock`], [`counted`], [`random`], [`dice`], [`secret`]: leaves

pub mod browser;
pub mod clock;
mod cookies;
pub mod counted;
pub mod dice;
pub mod head;
pub mod html;
pub mod jose;
pub mod random;
pub mod secret;
pub mod serve;
