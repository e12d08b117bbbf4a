//! The *sample front*: what Microsoft's sample for Azure AD B2C and Jumio (`samples/Jumio`) is asked and answers, so that a
//! tenant that runs it changes one address and keeps its policies. Knows no HTTP server and no settings.
//!
//! The sample's faults are not copied: its reader of tokens takes weaker algorithms, ignores `nbf` and believes long tags.
//!
//! # Layout
//! - `front`: what it works with, and who may ask for what
//! - `wire`: the JSON that is asked; `answer`: the JSON that is answered
//! - `token`: the verification token, over `jwe` and `jws`; `broken`: why one is not believed
//! - `hint`: the `id_token_hint`, which signs a person in to the second policy
//! - `link`: the address that takes the person back to B2C
//! - `metadata`: the two documents by which B2C checks the hint
//! - `ordered`: JSON whose members stand in the sample's order

pub(crate) mod answer;
pub(crate) mod broken;
pub(crate) mod front;
pub(crate) mod hint;
mod jwe;
mod jws;
pub(crate) mod link;
pub(crate) mod metadata;
mod ordered;
pub(crate) mod token;
pub(crate) mod wire;

#[cfg(test)]
pub(crate) mod tests;
