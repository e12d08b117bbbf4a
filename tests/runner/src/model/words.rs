//! The closed vocabularies of the schema. A word outside them is an error when a policy is loaded.

/// A closed vocabulary of the schema.
pub trait Word: Sized + Copy + 'static {
    /// Every word, in schema order.
    const ALL: &'static [(&'static str, Self)];

    /// The value a word stands for; words compare exactly, as the schema does.
    #[must_use]
    fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, value)| *value)
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident $(= $text:literal)?),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* #[doc = concat!("`", stringify!($word), "`")] $word),+ }

        impl Word for $name {
            const ALL: &'static [(&'static str, Self)] = &[$((words!(@text $word $($text)?), Self::$word)),+];
        }

        impl $name {
            /// The word as the schema writes it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$word => words!(@text $word $($text)?)),+ }
            }
        }
    )+};
    (@text $word:ident) => { stringify!($word) };
    (@text $word:ident $text:literal) => { $text };
}

words! {
    /// `TrustFrameworkPolicy/@DeploymentMode`.
    DeploymentMode { Development, Production, Debugging }
    /// How a child's list joins its parent's.
    MergeBehavior { Append, Prepend, ReplaceAll }
    /// Data type of a claim.
    DataType {
        Boolean = "boolean", Date = "date", DateTime = "dateTime", Duration = "duration", Int = "int", Long = "long",
        String = "string", StringCollection = "stringCollection",
        AlternativeSecurityIdCollection = "alternativeSecurityIdCollection",
        UserIdentityCollection = "userIdentityCollection", UserIdentity = "userIdentity", PhoneNumber = "phoneNumber",
        ObjectIdentityCollection = "objectIdentityCollection", ObjectIdentity = "objectIdentity",
    }
    /// How a page asks for a claim.
    UserInputType {
        TextBox, EmailBox, DateTimeDropdown, RadioSingleSelect, DropdownSingleSelect, CheckboxMultiSelect, Password,
        Readonly, Button, Paragraph,
    }
    /// Protocol of a technical profile.
    ProtocolName {
        None, OAuth1, OAuth2, Saml2 = "SAML2", OpenIdConnect, WsFed, WsTrust, UProve11, Proprietary,
    }
    /// Token format of an issuer or of a profile's input.
    TokenFormat {
        Json = "JSON", Jwt = "JWT", Saml11 = "SAML11", Saml2 = "SAML2", CpimUnsigned, UProve11, OAuth2Error,
    }
    /// `OrchestrationStep/@Type`.
    StepKind {
        ConsentScreen, ClaimsProviderSelection, CombinedSignInAndSignUp, ClaimsExchange, ReviewScreen, SendClaims,
        GetClaims, UserDialog, InvokeSubJourney, Noop,
    }
    /// `Precondition/@Type`.
    PreconditionKind { ClaimsExist, ClaimEquals }
    /// What a satisfied precondition does.
    PreconditionAction { SkipThisOrchestrationStep, SkipThisValidationTechnicalProfile }
    /// Whether a sub journey comes back.
    SubJourneyKind { Transfer, Call }
    /// Whether a selection page with one choice is shown.
    SelectionDisplay { DoNotShowSingleProvider, ShowSingleProvider }
    /// `SingleSignOn/@Scope`.
    SessionScope { Suppressed, TrustFramework, Tenant, Application, Policy }
    /// `SessionExpiryType`.
    SessionExpiry { Rolling, Absolute }
    /// `ScriptExecution`.
    ScriptExecution { Disallow, Allow }
    /// `OnError/@Mode`: where a journey's error goes.
    ErrorMode { ReturnToRequestor, DisplayInService }
    /// `EnabledForUserJourneys`.
    EnabledFor {
        True = "true", False = "false", OnClaimsExistence, Always, Never, OnItemExistenceInStringCollectionClaim,
        OnItemAbsenceInStringCollectionClaim,
    }
    /// `DisplayControl/@UserInterfaceControlType`.
    ControlKind { VerificationControl, QrCodeControl, AuthenticatorInfoControl, AuthenticatorAppIconControl, CaptchaControl }
    /// `Mask/@Type`.
    MaskKind { Simple, Regex }
}

#[cfg(test)]
mod tests {
    use super::{DataType, StepKind, Word};

    #[test]
    fn words_compare_exactly() {
        assert_eq!(StepKind::parse("SendClaims"), Some(StepKind::SendClaims));
        assert_eq!(StepKind::parse("sendclaims"), None);
        assert_eq!(DataType::parse("dateTime").map(DataType::word), Some("dateTime"));
    }
}
