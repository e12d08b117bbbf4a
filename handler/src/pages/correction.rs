//! What becomes of details that were typed wrongly.

/// Whether details that were registered wrongly can be corrected where the person goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Correction {
    /// Nobody there hears that they differ.
    Never,
    /// Some are asked for them there, and others are not.
    Perhaps,
    /// Whoever is there knows what was registered and is told why it did not match.
    Possible,
    /// They were corrected, and the document says something else still.
    InVain,
}
