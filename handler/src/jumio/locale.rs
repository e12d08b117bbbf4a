//! From a browser's language to one Jumio has.

/// What `web.locale` may be.
const KNOWN: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-MX", "et", "fi", "fr", "he", "hr", "hu",
    "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "ms", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sv", "sw", "th", "tr", "vi", "zh-CN", "zh-HK",
];

/// Languages that Jumio names differently from BCP 47, or has only under a near relative.
const ALIASES: &[(&str, &str)] = &[
    ("nb", "no"),
    ("nn", "no"),
    ("iw", "he"),
    ("in", "id"),
    ("es-419", "es-MX"),
    ("zh", "zh-CN"),
    ("zh-hans", "zh-CN"),
    ("zh-sg", "zh-CN"),
    ("zh-hant", "zh-HK"),
    ("zh-tw", "zh-HK"),
    ("zh-mo", "zh-HK"),
];

/// The locale for a language tag (`de-AT` gives `de`), or nothing: then Jumio speaks its default, English.
pub(super) fn of(tag: &str) -> Option<&'static str> {
    let mut tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    loop {
        if let Some(known) = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&tag)) {
            return Some(known);
        }
        if let Some((_, known)) = ALIASES.iter().find(|(alias, _)| *alias == tag) {
            return Some(known);
        }
        // RFC 4647 section 3.4: drop the last subtag and look again.
        tag.truncate(tag.rfind('-')?);
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_known_locale_is_itself_in_any_case() {
        assert_eq!(of("de"), Some("de"));
        assert_eq!(of("PT-br"), Some("pt-BR"));
        assert_eq!(of("en_gb"), Some("en-GB"));
    }

    #[test]
    fn a_region_that_is_not_known_falls_back_to_the_language() {
        assert_eq!(of("de-AT"), Some("de"));
        assert_eq!(of("fr-CA-x-old"), Some("fr"));
        assert_eq!(of("en-US"), Some("en"));
    }

    #[test]
    fn norwegian_hebrew_and_chinese_have_other_names_there() {
        assert_eq!(of("nb-NO"), Some("no"));
        assert_eq!(of("iw"), Some("he"));
        assert_eq!(of("zh-Hant-TW"), Some("zh-HK"));
        assert_eq!(of("zh"), Some("zh-CN"));
        assert_eq!(of("es-419"), Some("es-MX"));
    }

    #[test]
    fn a_language_jumio_does_not_have_is_left_to_jumio() {
        assert_eq!(of("tlh"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("-"), None);
        assert_eq!(of("de\"}"), None);
    }

    #[test]
    fn every_locale_fits_the_five_characters_jumio_allows() {
        assert!(super::KNOWN.iter().all(|known| known.len() <= 5));
    }
}
