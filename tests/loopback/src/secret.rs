//! Secrets that do not print.

use serde::Deserialize;
use std::fmt;

/// Text that does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// Writes `Debug` for a structure that holds secrets: the fields named here are printed, the others are not.
#[macro_export]
macro_rules! debug_only {
    ($type:ty: $($field:ident),*) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut out = out.debug_struct(stringify!($type));
                $(out.field(stringify!($field), &self.$field);)*
                out.finish_non_exhaustive()
            }
        }
    };
}
