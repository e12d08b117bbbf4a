//! The languages of the pages.

/// A language that every page exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// English, the source.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Arabic, written from right to left.
    Arabic,
}

impl Language {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Arabic,
    ];

    /// Its tag (BCP 47).
    #[must_use]
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// The value of `dir`.
    #[must_use]
    pub(crate) const fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            Self::English | Self::German | Self::French | Self::Spanish => "ltr",
        }
    }

    /// The language of a tag such as `de-AT`.
    #[must_use]
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The best of an `Accept-Language` header (RFC 9110 §12.5.4), if we have any of them.
    #[must_use]
    pub(crate) fn negotiate(header: &str) -> Option<Self> {
        let ranges = header.split(',').take(32).filter_map(|range| {
            let mut parts = range.split(';');
            let language = Self::of_tag(parts.next()?)?;
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(Ok(1.0), str::parse::<f32>);
            let quality = quality.ok().filter(|quality| *quality > 0.0 && *quality <= 1.0)?;
            Some((language, quality))
        });
        // The first of equals, as browsers list them in order.
        ranges
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_matter() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("AR_eg"), Some(Language::Arabic));
        assert_eq!(Language::of_tag("den"), None);
    }

    #[test]
    fn the_best_quality_wins() {
        assert_eq!(
            Language::negotiate("fr;q=0.3, es;q=0.8, de;q=0.5"),
            Some(Language::Spanish)
        );
    }

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(Language::negotiate("it, fr, de"), Some(Language::French));
    }

    #[test]
    fn a_language_that_is_refused_is_not_chosen() {
        assert_eq!(Language::negotiate("de;q=0, en;q=0.1"), Some(Language::English));
        assert_eq!(Language::negotiate("de;q=NaN"), None);
    }

    #[test]
    fn a_language_we_do_not_have_is_not_chosen() {
        assert_eq!(Language::negotiate("ja, *;q=0.1"), None);
    }
}
