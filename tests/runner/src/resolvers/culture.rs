//! `{Culture:…}`.

/// The number Windows gives a language that has none of its own.
const UNSPECIFIED: u32 = 4096;

/// Locale numbers (Windows language code identifiers), languages first, then languages with region.
const LCIDS: &[(&str, u32)] = &[
    ("ar", 1),
    ("bg", 2),
    ("ca", 3),
    ("zh", 30724),
    ("zh-hans", 4),
    ("cs", 5),
    ("da", 6),
    ("de", 7),
    ("el", 8),
    ("en", 9),
    ("es", 10),
    ("fi", 11),
    ("fr", 12),
    ("he", 13),
    ("hu", 14),
    ("is", 15),
    ("it", 16),
    ("ja", 17),
    ("ko", 18),
    ("nl", 19),
    ("no", 20),
    ("nb", 31764),
    ("pl", 21),
    ("pt", 22),
    ("ro", 24),
    ("ru", 25),
    ("hr", 26),
    ("sk", 27),
    ("sq", 28),
    ("sv", 29),
    ("th", 30),
    ("tr", 31),
    ("ur", 32),
    ("id", 33),
    ("uk", 34),
    ("be", 35),
    ("sl", 36),
    ("et", 37),
    ("lv", 38),
    ("lt", 39),
    ("fa", 41),
    ("vi", 42),
    ("hy", 43),
    ("az", 44),
    ("eu", 45),
    ("mk", 47),
    ("af", 54),
    ("ka", 55),
    ("hi", 57),
    ("mt", 58),
    ("ms", 62),
    ("kk", 63),
    ("sw", 65),
    ("bn", 69),
    ("pa", 70),
    ("gu", 71),
    ("ta", 73),
    ("te", 74),
    ("kn", 75),
    ("ml", 76),
    ("mr", 78),
    ("cy", 82),
    ("gl", 86),
    ("ga", 60),
    ("sr", 31770),
    ("zh-hant", 31748),
    ("ar-sa", 1025),
    ("bg-bg", 1026),
    ("ca-es", 1027),
    ("zh-tw", 1028),
    ("cs-cz", 1029),
    ("da-dk", 1030),
    ("de-de", 1031),
    ("el-gr", 1032),
    ("en-us", 1033),
    ("fi-fi", 1035),
    ("fr-fr", 1036),
    ("he-il", 1037),
    ("hu-hu", 1038),
    ("is-is", 1039),
    ("it-it", 1040),
    ("ja-jp", 1041),
    ("ko-kr", 1042),
    ("nl-nl", 1043),
    ("nb-no", 1044),
    ("pl-pl", 1045),
    ("pt-br", 1046),
    ("ro-ro", 1048),
    ("ru-ru", 1049),
    ("hr-hr", 1050),
    ("sk-sk", 1051),
    ("sv-se", 1053),
    ("th-th", 1054),
    ("tr-tr", 1055),
    ("id-id", 1057),
    ("uk-ua", 1058),
    ("sl-si", 1060),
    ("et-ee", 1061),
    ("lv-lv", 1062),
    ("lt-lt", 1063),
    ("fa-ir", 1065),
    ("vi-vn", 1066),
    ("hi-in", 1081),
    ("ms-my", 1086),
    ("ar-eg", 3073),
    ("ar-ae", 14337),
    ("zh-cn", 2052),
    ("zh-hk", 3076),
    ("zh-sg", 4100),
    ("de-at", 3079),
    ("de-ch", 2055),
    ("en-au", 3081),
    ("en-ca", 4105),
    ("en-gb", 2057),
    ("en-ie", 6153),
    ("en-in", 16393),
    ("en-nz", 5129),
    ("en-za", 7177),
    ("es-ar", 11274),
    ("es-es", 3082),
    ("es-mx", 2058),
    ("es-us", 21514),
    ("fr-be", 2060),
    ("fr-ca", 3084),
    ("fr-ch", 4108),
    ("it-ch", 2064),
    ("nl-be", 2067),
    ("nn-no", 2068),
    ("pt-pt", 2070),
    ("sr-cyrl-rs", 10266),
    ("sr-latn-rs", 9242),
];

/// The value of one `Culture` resolver for a language tag.
pub(super) fn resolve(name: &str, culture: &str) -> Option<String> {
    let mut parts = culture.split('-');
    let language = parts.next().unwrap_or_default().to_lowercase();
    let region = parts
        .rfind(|part| part.len() == 2)
        .unwrap_or_default()
        .to_uppercase();
    Some(match name.to_ascii_lowercase().as_str() {
        "rfc5646" => culture.to_owned(),
        "languagename" => language,
        "regionname" => region,
        "lcid" => lcid(culture).to_string(),
        _ => return None,
    })
}

fn lcid(culture: &str) -> u32 {
    let tag = culture.to_lowercase();
    LCIDS
        .iter()
        .find(|(known, _)| *known == tag)
        .map_or(UNSPECIFIED, |(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::{LCIDS, resolve};

    #[test]
    fn a_tag_is_taken_apart() {
        let part = |name: &str| resolve(name, "en-US").unwrap();
        assert_eq!(
            [
                part("LanguageName"),
                part("RegionName"),
                part("LCID"),
                part("RFC5646")
            ],
            ["en", "US", "1033", "en-US"]
        );
        assert_eq!(resolve("RegionName", "zh-Hant-TW").as_deref(), Some("TW"));
        assert_eq!(resolve("RegionName", "en").as_deref(), Some(""));
        assert_eq!(resolve("LCID", "tlh").as_deref(), Some("4096"));
        assert_eq!(resolve("Mood", "en"), None);
    }

    #[test]
    fn no_number_and_no_tag_stands_twice() {
        for (i, (tag, number)) in LCIDS.iter().enumerate() {
            assert!(
                LCIDS
                    .iter()
                    .skip(i + 1)
                    .all(|(other, n)| other != tag && n != number),
                "{tag}"
            );
        }
    }
}
