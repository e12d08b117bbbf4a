//! The functions, by name. Each panics when what it holds is not so.

pub(crate) mod claims;
mod keys;
mod policy;
mod proofs;
mod sample;
mod sealed;
mod vendor;

/// A function for any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of its folder in `corpus`, too.
    pub name: &'static str,
    /// What is done with some bytes.
    pub run: fn(&[u8]),
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// All of them.
pub const TARGETS: &[Target] = &[
    target("authorization_request", claims::authorization_request),
    target("caller_certificate", proofs::caller_certificate),
    target("callback", vendor::callback),
    target("client_assertion", proofs::client_assertion),
    target("entra_token", proofs::entra_token),
    target("fact_name", sealed::fact_name),
    target("jwk_set", keys::jwk_set),
    target("parameters", claims::parameters),
    target("policy", policy::policy),
    target("registration", claims::registration),
    target("retrieval", vendor::retrieval),
    target("sample_call", sample::sample_call),
    target("sample_claims", sample::sample_claims),
    target("sample_token", sample::sample_token),
    target("scan", vendor::scan),
    target("sealed", sealed::sealed),
];

/// The target of that name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    TARGETS.iter().find(|target| target.name == name).copied()
}

/// What is text only reads text.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
