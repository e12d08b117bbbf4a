//! Every route over a real core, a real store in memory and a vendor with state: whole sign-ins, and each way to be wrong.

mod at_once;
mod authorize;
mod callback;
mod country;
mod dotnet;
mod flood;
mod hop;
mod journey;
mod log;
mod metadata;
mod methods;
mod outcomes;
mod push;
mod random;
mod redeem;
mod refused_starts;
mod register;
mod sample;
mod starting;
mod token;
mod told;
mod userinfo;
mod wait;
mod walk_in;
mod wire;
mod world;
