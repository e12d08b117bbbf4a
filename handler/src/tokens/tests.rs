//! Refusals first: one named test per way to be wrong. Tokens are put together here by hand, not by the code under test.

mod assertions;
mod certificates;
mod entra;
mod own;
mod random;
mod remote;
mod vectors;
mod weak;
