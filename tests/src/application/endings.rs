//! How a sign-in can end for an application with Azure AD B2C in front of it, by what the application is told, and what a good
//! application then does. `docs/applications.md` holds the same table.

/// One way in which it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// What tells it: a code of B2C, a word of OAuth, or `idv_status=…` of the token.
    pub sign: &'static str,
    /// What happened, for the documentation.
    pub happened: &'static str,
    /// What the person is told.
    pub words: &'static str,
    /// The button that leads on; none where there is nothing to do now.
    pub way: Option<Way>,
}

/// What an application offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Sign in, from the beginning.
    Again,
    /// The policy that resets a password.
    Reset,
}

/// Most telling first: one text may hold several signs.
pub const ENDINGS: &[Ending] = &[
    Ending {
        sign: "AADB2C90091",
        happened: "the person left one of B2C's pages by its button: they cancelled, or the check was not accepted, is not decided yet or was not finished, which the page has told them",
        words: "If your check is still under way, sign in again later: nothing has to be shown twice.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90118",
        happened: "the person has forgotten the password, and the policy leaves the reset to the application",
        words: "You can choose a new password now.",
        way: Some(Way::Reset),
    },
    Ending {
        sign: "AADB2C90077",
        happened: "the application asked with `prompt=none`, and nobody is signed in in this browser",
        words: "You have to sign in.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90273",
        happened: "the handler answered B2C with an error instead of a code: it could not reach its store, or B2C is not the client that it knows",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90289",
        happened: "B2C does not reach the handler, or does not trust its certificate",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90075",
        happened: "the handler refused the registration, or was too busy for it (`POST /api/verify`); its log has the reason",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90129",
        happened: "the refresh token counts no longer: the approval is too old, or the account was changed or taken away",
        words: "You were signed in for so long that you have to sign in once more.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90128",
        happened: "the account of the refresh token is gone",
        words: "There is no such account any more.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "AADB2C90080",
        happened: "the code or the refresh token has run out",
        words: "That took too long. Please sign in once more.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "idv_status=approved",
        happened: "the person is who they say they are, now or by an earlier check that still counts",
        words: "You are signed in, and your identity was checked.",
        way: None,
    },
    Ending {
        sign: "idv_status=pending",
        happened: "the check is not decided yet, and the policy lets people on without it; ours do not",
        words: "Your identity check is not decided yet. Come back later: nothing has to be shown twice.",
        way: None,
    },
    Ending {
        sign: "idv_status=review",
        happened: "the same, and a person decides it",
        words: "Somebody looks at your identity check. Come back later: nothing has to be shown twice.",
        way: None,
    },
    Ending {
        sign: "idv_status=rejected",
        happened: "the check was not accepted, or no attempts are left, and the policy lets people on all the same; ours do not",
        words: "Your identity could not be confirmed.",
        way: None,
    },
    Ending {
        sign: "idv_status=expired",
        happened: "the check was not finished in time",
        words: "Your identity check was not finished in time.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "idv_status=cancelled",
        happened: "the person gave the check up",
        words: "You have given up the identity check.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "idv_status=error",
        happened: "Jumio could not be reached, or our settings and Jumio's workflow do not fit",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "access_denied",
        happened: "not approved, told by the handler itself to an OpenID client (`Outcomes` is `errors`); `error_description` begins with the status",
        words: "The identity check was not accepted, or is not decided yet.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "temporarily_unavailable",
        happened: "Jumio or our store cannot be reached, told by the handler itself",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
    Ending {
        sign: "server_error",
        happened: "our settings and Jumio's workflow do not fit, or something broke in the handler, told by the handler itself",
        words: "The identity check is not available for the moment. Please try again in some minutes.",
        way: Some(Way::Again),
    },
];

/// How B2C's codes begin.
const CODE: &str = "AADB2C";

impl Ending {
    /// What an error of the authorization or token endpoint means; none for one that is not in the table. Beside a code of B2C's
    /// that nobody knows, a word of OAuth does not say what happened.
    pub(super) fn of_error(told: &str) -> Option<Self> {
        let ending = ENDINGS
            .iter()
            .copied()
            .find(|ending| has_word(told, ending.sign))?;
        let is_about_a_code = ending.sign.starts_with(CODE) || !told.contains(CODE);
        is_about_a_code.then_some(ending)
    }

    /// What a token's `idv_status` means; a word that nobody knows is no approval.
    pub(super) fn of_status(status: &str) -> Option<Self> {
        let sign = format!("idv_status={status}");
        ENDINGS.iter().copied().find(|ending| ending.sign == sign)
    }

    /// Whether it lets the person in.
    pub(super) fn is_approval(self) -> bool {
        self.sign == "idv_status=approved"
    }
}

/// `AADB2C90091` is not in `AADB2C900912`, nor a word in another one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(|letter| !is_part(letter)).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_more_than_the_word_beside_it() {
        let told = "access_denied: AADB2C90091: The user has cancelled entering self-asserted information.\r\nCorrelation ID: 1";
        assert_eq!(Ending::of_error(told).unwrap().sign, "AADB2C90091");
        let plain = "access_denied: rejected. The identity check was not accepted (reference 7QX4-0M2K).";
        assert_eq!(Ending::of_error(plain).unwrap().sign, "access_denied");
        for word in ["server_error", "access_denied"] {
            assert_eq!(Ending::of_error(word).unwrap().sign, word);
            let odd = format!("{word}: AADB2C900912: something else");
            assert_eq!(Ending::of_error(&odd), None, "a code that nobody knows");
        }
    }

    #[test]
    fn an_approval_is_one_word_and_no_other() {
        assert!(Ending::of_status("approved").unwrap().is_approval());
        for status in ["pending", "review", "rejected", "expired", "cancelled", "error"] {
            assert!(!Ending::of_status(status).unwrap().is_approval(), "{status}");
        }
        assert_eq!(Ending::of_status("APPROVED"), None);
        assert_eq!(Ending::of_status(""), None);
    }

    #[test]
    fn no_sign_stands_twice() {
        for (at, ending) in ENDINGS.iter().enumerate() {
            assert!(
                !ENDINGS[..at].iter().any(|earlier| earlier.sign == ending.sign),
                "{}",
                ending.sign
            );
        }
    }
}
