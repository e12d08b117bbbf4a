//! What the pages of a check show: one state at a time.

/// What is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Nothing has begun.
    Ready,
    /// In line for the vendor.
    InLine,
    /// The check is being opened at the vendor.
    Starting,
    /// The person is (or should be) at the vendor's pages.
    AtVendor,
    /// The vendor judges.
    Checking,
    /// Verified, and the person has to say whether they began it.
    Unconfirmed,
    /// Verified.
    Approved,
    /// Not accepted.
    Rejected,
    /// A human has to look.
    Review,
    /// Not finished in time.
    Expired,
    /// Stopped by the person.
    Cancelled,
    /// Could not be done; nobody's verdict.
    Trouble,
    /// No attempts are left.
    Exhausted,
    /// No more checks are paid for now, whoever asks.
    Full,
    /// No checks are begun, whoever asks.
    Closed,
}

impl State {
    /// The person may want to ask somebody about it.
    pub(super) const fn may_need_help(self) -> bool {
        matches!(
            self,
            Self::Rejected
                | Self::Review
                | Self::Expired
                | Self::Cancelled
                | Self::Exhausted
                | Self::Full
                | Self::Closed
                | Self::Trouble
        )
    }

    /// The word for scripts and style.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::InLine => "in_line",
            Self::Starting => "starting",
            Self::AtVendor => "at_vendor",
            Self::Checking => "checking",
            Self::Unconfirmed => "unconfirmed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Review => "review",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Trouble => "trouble",
            Self::Exhausted => "exhausted",
            Self::Full => "full",
            Self::Closed => "closed",
        }
    }

    /// Which of the four steps the person is at; nothing when the way is over, for better or worse.
    pub(super) const fn step(self) -> Option<usize> {
        match self {
            Self::Ready | Self::InLine | Self::Starting => Some(0),
            Self::AtVendor => Some(1),
            Self::Checking | Self::Review | Self::Unconfirmed => Some(2),
            Self::Approved
            | Self::Rejected
            | Self::Expired
            | Self::Cancelled
            | Self::Trouble
            | Self::Exhausted
            | Self::Full
            | Self::Closed => None,
        }
    }
}
