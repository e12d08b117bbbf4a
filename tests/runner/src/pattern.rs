//! Regular expressions as policies write them: in .NET syntax, with look-around.

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
        let translated = translate(expression);
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
        self.0.is_match(text).unwrap_or(false)
    }

    /// The named groups of the first match, those that took part in it; `None` without a match.
    #[must_use]
    pub fn groups(&self, text: &str) -> Option<Vec<(String, String)>> {
        let captures = self.0.captures(text).ok().flatten()?;
        let named = self.0.capture_names().flatten();
        let group = |name: &str| {
            captures
                .name(name)
                .map(|found| (name.to_owned(), found.as_str().to_owned()))
        };
        Some(named.filter_map(group).collect())
    }

    /// The text with every match replaced by `with`, which is taken literally.
    #[must_use]
    pub fn replace(&self, text: &str, with: &str) -> String {
        self.0.replace_all(text, fancy_regex::NoExpand(with)).into_owned()
    }
}

/// In a .NET class `[`, `&` and `~` are ordinary characters; here they would start a nested class or a set operation.
fn translate(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut in_class = false;
    let mut first = false;
    let mut chars = expression.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
                first = false;
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
    fn a_broken_expression_is_refused() {
        assert!(Pattern::compile("(").is_err());
    }
}
