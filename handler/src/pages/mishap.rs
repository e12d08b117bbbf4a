//! What kept a person from finishing at the vendor, as their own browser says.

/// It picks what a page says, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mishap {
    /// No picture from the camera.
    Camera,
    /// Not connected.
    Network,
    /// The photos did not arrive.
    Upload,
    /// None of the photos could be used.
    Photos,
    /// The photo of the face did not succeed.
    Face,
    /// The session has ended, or its link serves no more.
    Session,
    /// The vendor's trouble.
    Technical,
    /// Nothing that we know.
    Other,
}

impl Mishap {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Camera,
        Self::Network,
        Self::Upload,
        Self::Photos,
        Self::Face,
        Self::Session,
        Self::Technical,
        Self::Other,
    ];

    /// The word in addresses of ours and in the log.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Network => "network",
            Self::Upload => "upload",
            Self::Photos => "photos",
            Self::Face => "face",
            Self::Session => "session",
            Self::Technical => "technical",
            Self::Other => "other",
        }
    }

    /// The one of this word.
    #[must_use]
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mishap| mishap.as_str() == word)
    }

    /// The vendor's session leads nowhere any more; only another one helps.
    pub(super) const fn has_ended(self) -> bool {
        matches!(self, Self::Photos | Self::Session)
    }
}
