//! The methods and the parts their claims and parameters play.

use super::{
    booleans,
    call::{Call, Outcome},
    collections, dates, general, identities, json, numbers, phones, strings,
};

/// A transformation method. A `?` after a part means that it may be missing, `*` that any other part may be played.
pub struct Method {
    /// `TransformationMethod`.
    pub name: &'static str,
    /// Parts of input claims.
    pub inputs: &'static [&'static str],
    /// Input parameters.
    pub parameters: &'static [&'static str],
    /// Parts of output claims.
    pub outputs: &'static [&'static str],
    pub(super) run: fn(&Call<'_>) -> Outcome,
}

/// The method of that name, whatever its case.
#[must_use]
pub fn method(name: &str) -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|method| method.name.eq_ignore_ascii_case(name))
}

macro_rules! methods {
    ($($name:ident [$($input:literal)*] [$($parameter:literal)*] [$($output:literal)*] $run:path;)*) => {
        /// Every method, by chapter of the reference.
        pub static METHODS: &[Method] = &[$(Method {
            name: stringify!($name),
            inputs: &[$($input),*],
            parameters: &[$($parameter),*],
            outputs: &[$($output),*],
            run: $run,
        }),*];
    };
}

methods! {
    AndClaims ["inputClaim1" "inputClaim2"] [] ["outputClaim"] booleans::and;
    AssertBooleanClaimIsEqualToValue ["inputClaim"] ["valueToCompareTo"] [] booleans::assert_equal;
    CompareBooleanClaimToValue ["inputClaim"] ["valueToCompareTo"] ["compareResult"] booleans::compare;
    NotClaims ["inputClaim"] [] ["outputClaim"] booleans::not;
    OrClaims ["inputClaim1" "inputClaim2"] [] ["outputClaim"] booleans::or;

    AssertDateTimeIsGreaterThan ["leftOperand" "rightOperand"]
        ["AssertIfEqualTo?" "AssertIfRightOperandIsNotPresent?" "TreatAsEqualIfWithinMillseconds?"] []
        dates::assert_greater;
    ConvertDateTimeToDateClaim ["inputClaim"] [] ["outputClaim"] dates::to_date;
    ConvertDateToDateTimeClaim ["inputClaim"] [] ["outputClaim"] dates::to_date_time;
    DateTimeComparison ["firstDateTime" "secondDateTime?"] ["operator" "timeSpanInSeconds"] ["result"] dates::compare;
    GetCurrentDateTime [] [] ["currentDateTime"] dates::now;
    IsTermsOfUseConsentRequired ["termsOfUseConsentDateTime"] ["termsOfUseTextUpdateDateTime"] ["result"]
        dates::consent_required;

    CopyClaim ["inputClaim"] [] ["outputClaim"] general::copy;
    DoesClaimExist ["inputClaim"] [] ["outputClaim"] general::exists;
    Hash ["plaintext" "salt"] ["randomizerSecret"] ["hash"] general::hash;

    AdjustNumber ["inputClaim"] ["Operator?"] ["outputClaim"] numbers::adjust;
    AssertNumber ["inputClaim"] ["CompareToValue" "Operator" "throwError?"] ["outputClaim?"] numbers::assert;
    ConvertNumberToStringClaim ["inputClaim"] [] ["outputClaim"] numbers::to_text;

    CreateJsonArray ["inputClaim"] [] ["outputClaim"] json::create_array;
    GenerateJson ["*"] ["*"] ["outputClaim"] json::generate;
    GetClaimFromJson ["inputJson"] ["claimToExtract"] ["extractedClaim"] json::claim;
    GetClaimsFromJsonArray ["jsonSource"]
        ["errorOnMissingClaims?" "includeEmptyClaims?" "jsonSourceKeyName" "jsonSourceValueName"] ["*"] json::claims;
    GetClaimsFromJsonArrayV2 ["jsonSource"]
        ["errorOnMissingClaims?" "includeEmptyClaims?" "jsonSourceKeyName" "jsonSourceValueName"] ["*"]
        json::claims_of_collection;
    GetNumericClaimFromJson ["inputJson"] ["claimToExtract"] ["extractedClaim"] json::number;
    GetSingleItemFromJson ["inputJson"] [] ["key?" "value?"] json::first_item;
    GetSingleValueFromJsonArray ["inputJsonClaim"] [] ["extractedClaim"] json::first_value;
    XmlStringToJsonString ["xml"] [] ["json"] json::from_xml;

    ConvertPhoneNumberClaimToString ["phoneNumber"] [] ["phoneNumberString"] phones::to_text;
    ConvertStringToPhoneNumberClaim ["phoneNumberString" "country?"] [] ["outputClaim"] phones::from_text;
    GetNationalNumberAndCountryCodeFromPhoneNumberString ["phoneNumber"]
        ["throwExceptionOnFailure?" "countryCodeType?"] ["nationalNumber?" "countryCode?"] phones::split;

    AddItemToAlternativeSecurityIdCollection ["item" "collection"] [] ["collection"] identities::add;
    CreateAlternativeSecurityId ["key" "identityProvider"] [] ["alternativeSecurityId"] identities::create_alternative;
    GetIdentityProvidersFromAlternativeSecurityIdCollectionTransformation ["alternativeSecurityIdCollection"] []
        ["identityProvidersCollection"] identities::providers;
    RemoveAlternativeSecurityIdByIdentityProvider ["identityProvider" "collection"] [] ["collection"]
        identities::remove_provider;
    AddItemToUserIdentityCollection ["item" "collection"] [] ["collection"] identities::add;
    CreateUserIdentity ["issuerUserId" "issuer"] [] ["userIdentity"] identities::create;
    GetIssuersFromUserIdentityCollectionTransformation ["userIdentityCollection"] [] ["issuersCollection"]
        identities::issuers;
    RemoveUserIdentityFromCollectionByIssuer ["issuer" "collection"] [] ["collection"] identities::remove_issuer;

    AssertStringClaimsAreEqual ["inputClaim1" "inputClaim2"] ["stringComparison"] [] strings::assert_equal;
    BuildUri ["path?" "*"] ["scheme" "host" "*"] ["outputClaim"] strings::build_uri;
    ChangeCase ["inputClaim1"] ["toCase"] ["outputClaim"] strings::change_case;
    CompareClaims ["inputClaim1" "inputClaim2"] ["operator" "ignoreCase?"] ["outputClaim"] strings::compare;
    CompareClaimToValue ["inputClaim1"] ["operator" "compareTo" "ignoreCase?"] ["outputClaim"]
        strings::compare_to_value;
    CopyClaimIfPredicateMatch ["inputClaim"] [] ["outputClaim"] strings::copy_if_predicate;
    CreateOtpSecret [] [] ["outputClaim"] strings::otp_secret;
    CreateRandomString [] ["randomGeneratorType" "stringFormat?" "base64?" "maximumNumber?" "seed?"] ["outputClaim"]
        strings::random;
    // In no reference, but in Microsoft's samples, for the same thing.
    GuidAndRandomGenerator [] ["randomGeneratorType" "stringFormat?" "base64?" "maximumNumber?" "seed?"] ["outputClaim"]
        strings::random;
    CreateStringClaim [] ["value"] ["createdClaim"] strings::create;
    FormatLocalizedString ["*"] ["stringFormatId"] ["outputClaim"] strings::format_localized;
    FormatStringClaim ["inputClaim"] ["stringFormat"] ["outputClaim"] strings::format;
    FormatStringMultipleClaims ["inputClaim1" "inputClaim2"] ["stringFormat"] ["outputClaim"] strings::format_two;
    GetLocalizedStringsTransformation [] [] ["*"] strings::localized;
    GetMappedValueFromLocalizedCollection ["mapFromClaim"] [] ["restrictionValueClaim"] strings::mapped_value;
    LookupValue ["inputParameterId"] ["errorOnFailedLookup?" "*"] ["outputClaim"] strings::lookup;
    NullClaim [] [] ["claim_to_null"] strings::null;
    ParseDomain ["emailAddress"] [] ["domain"] strings::domain;
    SetClaimIfBooleansMatch ["claimToMatch"] ["matchTo" "outputClaimIfMatched"] ["outputClaim"]
        strings::set_if_booleans_match;
    SetClaimsIfRegexMatch ["claimToMatch"] ["matchTo" "outputClaimIfMatched?" "extractGroups?"]
        ["outputClaim?" "regexCompareResultClaim?" "*"] strings::set_if_regex_matches;
    SetClaimsIfStringsAreEqual ["inputClaim"]
        ["matchTo" "stringComparison" "stringMatchMsg?" "stringMatchMsgCode?"]
        ["outputClaim1?" "outputClaim2?" "stringCompareResultClaim?"] strings::set_if_strings_are_equal;
    SetClaimsIfStringsMatch ["claimToMatch"] ["matchTo" "stringComparison" "outputClaimIfMatched?"]
        ["outputClaim?" "stringCompareResultClaim?"] strings::set_if_strings_match;
    StringContains ["inputClaim"] ["contains" "ignoreCase?"] ["outputClaim"] strings::contains;
    StringJoin ["inputClaim"] ["delimiter"] ["outputClaim"] collections::join;
    StringReplace ["inputClaim"] ["oldValue" "newValue"] ["outputClaim"] strings::replace;
    StringSplit ["inputClaim"] ["delimiter"] ["outputClaim"] collections::split;
    StringSubstring ["inputClaim"] ["startIndex" "length"] ["outputClaim"] strings::substring;

    AddItemToStringCollection ["item" "collection"] [] ["collection"] collections::add_item;
    AddParameterToStringCollection ["collection?"] ["item"] ["collection"] collections::add_parameter;
    GetSingleItemFromStringCollection ["collection"] [] ["extractedItem"] collections::first;
    StringCollectionContains ["inputClaim"] ["item" "ignoreCase?"] ["outputClaim"] collections::contains;
    StringCollectionContainsClaim ["collection" "item"] ["ignoreCase?"] ["outputClaim"] collections::contains_claim;
}

#[cfg(test)]
mod tests {
    use super::{METHODS, method};

    /// Chapters of Microsoft's reference of claims transformations.
    const REFERENCE: [&str; 10] = [
        // boolean
        "AndClaims AssertBooleanClaimIsEqualToValue CompareBooleanClaimToValue NotClaims OrClaims",
        // date
        "AssertDateTimeIsGreaterThan ConvertDateTimeToDateClaim ConvertDateToDateTimeClaim DateTimeComparison GetCurrentDateTime IsTermsOfUseConsentRequired",
        // general
        "CopyClaim DoesClaimExist Hash",
        // integer
        "AdjustNumber AssertNumber ConvertNumberToStringClaim",
        // JSON
        "CreateJsonArray GenerateJson GetClaimFromJson GetClaimsFromJsonArray GetClaimsFromJsonArrayV2 GetNumericClaimFromJson GetSingleItemFromJson GetSingleValueFromJsonArray XmlStringToJsonString",
        // phone
        "ConvertPhoneNumberClaimToString ConvertStringToPhoneNumberClaim GetNationalNumberAndCountryCodeFromPhoneNumberString",
        // social
        "AddItemToAlternativeSecurityIdCollection CreateAlternativeSecurityId GetIdentityProvidersFromAlternativeSecurityIdCollectionTransformation RemoveAlternativeSecurityIdByIdentityProvider",
        // identities
        "AddItemToUserIdentityCollection CreateUserIdentity GetIssuersFromUserIdentityCollectionTransformation RemoveUserIdentityFromCollectionByIssuer",
        // collections
        "AddItemToStringCollection AddParameterToStringCollection GetSingleItemFromStringCollection StringCollectionContains StringCollectionContainsClaim",
        // string
        "AssertStringClaimsAreEqual BuildUri ChangeCase CompareClaims CompareClaimToValue CopyClaimIfPredicateMatch CreateOtpSecret CreateRandomString CreateStringClaim FormatLocalizedString FormatStringClaim FormatStringMultipleClaims GetLocalizedStringsTransformation GetMappedValueFromLocalizedCollection LookupValue NullClaim ParseDomain SetClaimIfBooleansMatch SetClaimsIfRegexMatch SetClaimsIfStringsAreEqual SetClaimsIfStringsMatch StringContains StringJoin StringReplace StringSplit StringSubstring",
    ];

    #[test]
    fn every_method_of_the_reference_is_there() {
        let names = REFERENCE.iter().flat_map(|chapter| chapter.split_whitespace());
        let missing: Vec<&str> = names.filter(|name| method(name).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn no_method_is_there_twice() {
        let mut names: Vec<String> = METHODS.iter().map(|method| method.name.to_lowercase()).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
