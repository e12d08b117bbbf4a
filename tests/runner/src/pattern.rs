//! Regular expressions as policies write them: in .NET syntax, with look-around, over UTF-16.
//!
//! .NET (and JavaScript without a flag) sees a character beyond U+FFFF as two code units. Here each of the two is a private-use
//! character, in the expression and in the text alike (`units`): nothing else can tell `[\uD840-\uD888]` or the length of a
//! name as they do.

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Pattern(fancy_regex::Regex);

/// An expression that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// An expression that needs more than a million steps on a value counts as not matching, so that no expression of a
/// policy can stop the tenant.
const STEPS: usize = 1_000_000;

impl Pattern {
    /// Compiles an expression in .NET syntax.
    ///
    /// # Errors
    /// [`Unreadable`] when the expression is wrong, or uses what is not understood (for example class subtraction).
    pub fn compile(expression: &str) -> Result<Self, Unreadable> {
        let translated = translate(&units(expression));
        let regex = fancy_regex::RegexBuilder::new(&translated)
            .backtrack_limit(STEPS)
            .build();
        regex.map(Self).map_err(|error| Unreadable(error.to_string()))
    }

    /// Compiles a character set as the predicate `IncludesCharacters` writes it: `a-z`, or a list of symbols in which
    /// `\-` and `\\` stand for themselves.
    ///
    /// # Errors
    /// [`Unreadable`] when it is no set.
    pub fn characters(set: &str) -> Result<Self, Unreadable> {
        let escaped: String = set
            .chars()
            .map(|c| {
                if matches!(c, '[' | ']' | '^') {
                    format!("\\{c}")
                } else {
                    c.to_string()
                }
            })
            .collect();
        Self::compile(&format!("[{escaped}]"))
    }

    /// Whether the expression matches anywhere in the text, as `Regex.IsMatch` does.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(&units(text)).unwrap_or(false)
    }

    /// The named groups of the first match, those that took part in it; `None` without a match.
    #[must_use]
    pub fn groups(&self, text: &str) -> Option<Vec<(String, String)>> {
        let text = units(text);
        let captures = self.0.captures(&text).ok().flatten()?;
        let named = self.0.capture_names().flatten();
        let group = |name: &str| {
            captures
                .name(name)
                .map(|found| (name.to_owned(), characters(found.as_str())))
        };
        Some(named.filter_map(group).collect())
    }

    /// The text with every match replaced by `with`, which is taken literally.
    #[must_use]
    pub fn replace(&self, text: &str, with: &str) -> String {
        characters(
            &self
                .0
                .replace_all(&units(text), fancy_regex::NoExpand(&units(with))),
        )
    }
}

/// The private-use character that stands for the surrogate U+D800; the 2,047 others follow it.
const SURROGATES: u32 = 0x10_f800;

fn stand_in(unit: u16) -> Option<char> {
    let at = u32::from(unit).checked_sub(0xd800)?;
    char::from_u32(SURROGATES + at).filter(|_| at < 0x800)
}

/// The text with each character beyond U+FFFF as the two that stand for its code units.
fn units(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c <= '\u{ffff}' {
            out.push(c);
        } else {
            out.extend(
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .filter_map(|unit| stand_in(*unit)),
            );
        }
    }
    out
}

/// The characters again; half of one is U+FFFD.
fn characters(units: &str) -> String {
    let unit = |c: char| match u32::from(c).checked_sub(SURROGATES) {
        Some(at) => u16::try_from(0xd800 + at).unwrap_or(0xfffd),
        None => u16::try_from(u32::from(c)).unwrap_or(0xfffd),
    };
    let read = char::decode_utf16(units.chars().map(unit));
    read.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn unit_at(rest: &str) -> Option<u16> {
    let digits = rest.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// A range of a class that is written as `\u0378-\uF8FF`, at its beginning: its ends.
fn escaped_range(rest: &str) -> Option<(u16, u16)> {
    let from = unit_at(rest)?;
    let to = unit_at(rest.get(6..)?.strip_prefix('-')?)?;
    (from <= to).then_some((from, to))
}

/// The range in up to three: what is below the surrogates, their stand-ins, and what is above them.
fn range_of_units((from, to): (u16, u16)) -> String {
    let parts = [(0, 0xd7ff), (0xd800, 0xdfff), (0xe000, 0xffff)];
    let part = |(low, high): (u16, u16)| {
        let (from, to) = (from.max(low), to.min(high));
        let code = |unit| stand_in(unit).map_or(u32::from(unit), u32::from);
        (from <= to).then(|| format!("\\x{{{:x}}}-\\x{{{:x}}}", code(from), code(to)))
    };
    parts.into_iter().filter_map(part).collect()
}

/// In a .NET class `[`, `&` and `~` are ordinary characters; here they would start a nested class or a set operation. `$` also
/// matches before a last line feed there.
fn translate(expression: &str) -> String {
    let ends_lines = expression.contains("(?m");
    let mut out = String::with_capacity(expression.len());
    let mut in_class = false;
    let mut first = false;
    let mut chars = expression.chars();
    loop {
        let rest = chars.as_str();
        let Some(c) = chars.next() else { break };
        match c {
            '\\' => {
                first = false;
                if let Some(range) = escaped_range(rest).filter(|_| in_class) {
                    out.push_str(&range_of_units(range));
                    chars.nth(11);
                    continue;
                }
                if let Some(unit) = unit_at(rest).and_then(stand_in) {
                    out.push(unit);
                    chars.nth(4);
                    continue;
                }
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '$' if !in_class && !ends_lines => {
                out.push_str(r"(?=\n?\z)");
                continue;
            }
            '[' if !in_class => {
                in_class = true;
                first = true;
                out.push(c);
                continue;
            }
            ']' if in_class && !first => in_class = false,
            '[' | ']' | '&' | '~' if in_class => out.push('\\'),
            '^' if in_class && first => {
                out.push(c);
                continue;
            }
            _ => {}
        }
        first = false;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(expression: &str, text: &str) -> bool {
        Pattern::compile(expression).unwrap().matches(text)
    }

    #[test]
    fn look_ahead_works_as_in_password_rules() {
        let rule =
            r"^((?=.*[a-z])(?=.*[A-Z])(?=.*\d))([A-Za-z\d@#$%^&*\-_+=[\]{}|\\:',?/`~();!]|\.(?!@)){8,16}$";
        assert!(matches(rule, "Passw0rd[1]"));
        assert!(!matches(rule, "passw0rd[1]"));
        assert!(!matches(rule, "Passw0rd.@"));
    }

    #[test]
    fn look_behind_works_as_in_masks() {
        let mask = Pattern::compile(r"(?<=.).(?=.*@)").unwrap();
        assert_eq!(mask.replace("emily@contoso.com", "*"), "e****@contoso.com");
    }

    #[test]
    fn set_operators_are_ordinary_characters_in_a_class() {
        assert!(matches(r"^[a&&b]+$", "a&b"));
        assert!(matches(r"^[~~x]+$", "~x"));
        assert!(matches(r"^[]a]+$", "]a"));
        assert!(matches(r"^[^]a]+$", "b"));
    }

    #[test]
    fn symbols_of_a_character_set_stand_for_themselves() {
        let set = Pattern::characters(r#"@#$%^&*\-_+=[]{}|\\:',.?/`~"();!"#).unwrap();
        for symbol in ["]", "[", "^", "-", "\\", "&", "~"] {
            assert!(set.matches(symbol), "{symbol}");
        }
        assert!(!set.matches("a1"));
    }

    #[test]
    fn named_groups_are_found() {
        let groups = Pattern::compile(r"(?<alias>.*)@(.*)$")
            .unwrap()
            .groups("emily@contoso.com")
            .unwrap();
        assert_eq!(groups, [("alias".to_owned(), "emily".to_owned())]);
    }

    #[test]
    fn a_character_beyond_the_first_plane_is_two_units_as_in_dotnet() {
        assert!(matches(r"^..$", "\u{1f600}"));
        assert!(!matches(r"^.$", "\u{1f600}"));
        assert!(matches(r"^[\uD83C-\uD83E][\uDC00-\uDFFF]$", "\u{1f600}"));
        assert!(!matches(r"^[\uD83C-\uD83E][\uDC00-\uDFFF]$", "\u{20bb7}"));
        assert!(!matches(r"^\p{L}+$", "\u{20bb7}"), "a surrogate is no letter");
        assert!(matches(r"^[^\uD800-\uDFFF]+$", "\u{e000}\u{ffff}a"));
        assert!(matches(r"^[\u0100-\uFFFF]+$", "\u{1f600}\u{e000}"));
        assert!(!matches(r"^[\uD800-\uF8FF]+$", "\u{1f600}a"));
    }

    #[test]
    fn what_is_found_and_what_is_left_are_characters_again() {
        let groups = Pattern::compile("(?<face>..)!")
            .unwrap()
            .groups("\u{1f600}!")
            .unwrap();
        assert_eq!(groups, [("face".to_owned(), "\u{1f600}".to_owned())]);
        let mask = Pattern::compile("o").unwrap();
        assert_eq!(
            mask.replace("o\u{10f800}o", "\u{1f600}"),
            "\u{1f600}\u{10f800}\u{1f600}"
        );
    }

    #[test]
    fn an_end_is_before_a_last_line_feed_too_as_in_dotnet() {
        assert!(matches("^[a-z]+$", "mira\n"));
        assert!(!matches("^[a-z]+$", "mira\n\n"));
        assert!(!matches("^[a-z]+$", "mira\ntalvik"));
        assert!(matches(r"^[a$]+\$$", "a$$"));
    }

    #[test]
    fn a_broken_expression_is_refused() {
        assert!(Pattern::compile("(").is_err());
    }
}
