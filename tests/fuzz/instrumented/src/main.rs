//! One target under libFuzzer: the one that `FUZZ_TARGET` names. Its samples go to the folder `FUZZ_SAMPLES` first.

#![no_main]

use std::env;
use std::path::Path;
use std::sync::OnceLock;

use fuzz::{Target, corpus, targets};

static CHOSEN: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
        let target = targets::named(&name).expect("FUZZ_TARGET names a target there is");
        if let Ok(samples) = env::var("FUZZ_SAMPLES") {
            corpus::write(target.name, Path::new(&samples)).expect("the samples can be written");
        }
        CHOSEN.set(target).expect("one target for each process");
    },
    |bytes: &[u8]| {
        let target = CHOSEN.get().expect("a target was chosen");
        (target.run)(bytes);
    }
);
