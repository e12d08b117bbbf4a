//! Style, script and logo of the pages, compiled in. Look and brand are the files that the pages of the policies load, too.

/// A file that pages link to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asset {
    /// Its bytes.
    pub content: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Changes with the content, so that browsers may keep a file for ever. Tells versions apart, guards nothing.
    version: u64,
    extension: &'static str,
}

/// The brand: colours, name, radius, font.
pub(crate) const THEME: Asset = asset(
    include_str!("../../../ui/b2c/theme.css"),
    "text/css; charset=utf-8",
    "css",
);
/// The style sheet.
pub(crate) const STYLE: Asset = asset(
    include_str!("../../../ui/b2c/system.css"),
    "text/css; charset=utf-8",
    "css",
);
/// The logo.
pub(crate) const LOGO: Asset = asset(include_str!("../../../ui/b2c/logo.svg"), "image/svg+xml", "svg");
/// The script.
pub(crate) const SCRIPT: Asset = asset(
    include_str!("../../../ui/handler/page.js"),
    "text/javascript; charset=utf-8",
    "js",
);
/// All of them.
pub(crate) const ALL: [Asset; 4] = [THEME, STYLE, LOGO, SCRIPT];

const fn asset(content: &'static str, media_type: &'static str, extension: &'static str) -> Asset {
    Asset {
        content,
        media_type,
        version: fnv(content.as_bytes()),
        extension,
    }
}

/// FNV-1a, 64 bits.
const fn fnv(mut bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    while let [first, rest @ ..] = bytes {
        hash = (hash ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    hash
}

impl Asset {
    /// Last segment of its address.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        format!("{:016x}.{}", self.version, self.extension)
    }

    /// Its address.
    #[must_use]
    pub(crate) fn path(&self) -> String {
        format!("/api/verify/assets/{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_is_fnv() {
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn each_asset_has_an_address_of_its_own() {
        let paths: std::collections::HashSet<_> = ALL.iter().map(Asset::path).collect();
        assert_eq!(paths.len(), ALL.len());
    }
}
