//! Route templates of ASP.NET Core, as far as functions use them: literals, `{name}`, `{name:constraint}`, `{name?}`
//! and a catch-all `{*rest}` at the end.

use anyhow::{Result, bail};

/// A parsed route template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// Compared without regard to case.
    Literal(String),
    Parameter {
        constraints: Vec<Constraint>,
        optional: bool,
    },
    CatchAll,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Constraint {
    Int,
    Guid,
    Alpha,
    Bool,
}

impl Template {
    /// Parses `prefix/route`.
    ///
    /// # Errors
    /// Unbalanced braces, spaces, empty segments, a catch-all that is not last, a constraint nobody imitates here.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim_matches('/');
        let parts: Vec<&str> = if text.is_empty() {
            Vec::new()
        } else {
            text.split('/').collect()
        };
        let segments = parts
            .iter()
            .map(|part| segment(part))
            .collect::<Result<Vec<_>>>()?;
        let last = segments.len().saturating_sub(1);
        if segments
            .iter()
            .take(last)
            .any(|segment| !segment.may_be_followed())
        {
            bail!("a catch-all or optional part must be the last one: {text}");
        }
        Ok(Self { segments })
    }

    /// Whether a path of decoded segments matches.
    pub(crate) fn matches(&self, path: &[String]) -> bool {
        let mut rest = path;
        for segment in &self.segments {
            let Some((first, tail)) = rest.split_first() else {
                return segment.may_be_absent();
            };
            match segment {
                Segment::CatchAll => return true,
                Segment::Literal(text) if !text.eq_ignore_ascii_case(first) => return false,
                Segment::Parameter { constraints, .. }
                    if !constraints.iter().all(|rule| rule.holds(first)) =>
                {
                    return false;
                }
                Segment::Literal(_) | Segment::Parameter { .. } => rest = tail,
            }
        }
        rest.is_empty()
    }
}

impl Segment {
    fn may_be_absent(&self) -> bool {
        matches!(self, Self::CatchAll | Self::Parameter { optional: true, .. })
    }

    fn may_be_followed(&self) -> bool {
        !self.may_be_absent()
    }
}

impl Constraint {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Int => text.parse::<i32>().is_ok(),
            Self::Guid => {
                text.replace('-', "").len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
            }
            Self::Alpha => text.chars().all(|c| c.is_ascii_alphabetic()),
            Self::Bool => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        }
    }
}

fn segment(part: &str) -> Result<Segment> {
    if part.is_empty() || part.contains(char::is_whitespace) {
        bail!("an empty part or a space");
    }
    let Some(inside) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        if part.contains(['{', '}']) {
            bail!("unbalanced braces, or a part that mixes text and a parameter: {part}");
        }
        return Ok(Segment::Literal(part.to_owned()));
    };
    if inside.starts_with('*') {
        return Ok(Segment::CatchAll);
    }
    let optional = inside.ends_with('?');
    let mut words = inside.trim_end_matches('?').split(':');
    if words.next().is_none_or(str::is_empty) {
        bail!("a parameter without a name: {part}");
    }
    Ok(Segment::Parameter {
        constraints: words.map(constraint).collect::<Result<_>>()?,
        optional,
    })
}

fn constraint(word: &str) -> Result<Constraint> {
    Ok(match word {
        "int" => Constraint::Int,
        "guid" => Constraint::Guid,
        "alpha" => Constraint::Alpha,
        "bool" => Constraint::Bool,
        other => bail!("this stand-in does not imitate the route constraint {other}"),
    })
}

#[cfg(test)]
mod tests {
    use super::Template;

    fn matches(template: &str, path: &str) -> bool {
        let segments: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        Template::parse(template).unwrap().matches(&segments)
    }

    #[test]
    fn literals_match_in_any_case() {
        assert!(matches("api/token", "API/Token"));
        assert!(!matches("api/token", "api/tokens"));
    }

    #[test]
    fn a_catch_all_matches_nothing_something_and_more() {
        for path in ["api/verify", "api/verify/par", "api/verify/wait/handle/status"] {
            assert!(matches("api/verify/{*rest}", path), "{path}");
        }
        assert!(!matches("api/verify/{*rest}", "api/callback/a"));
    }

    #[test]
    fn a_parameter_matches_exactly_one_part() {
        assert!(matches("api/{id}", "api/7"));
        assert!(!matches("api/{id}", "api"));
        assert!(!matches("api/{id}", "api/7/8"));
        assert!(matches("api/{id?}", "api"));
    }

    #[test]
    fn constraints_hold() {
        assert!(matches("api/{id:int}", "api/7") && !matches("api/{id:int}", "api/x"));
        assert!(matches(
            "api/{id:guid}",
            "api/00000000-0000-0000-0000-000000000000"
        ));
        assert!(!matches("api/{id:guid}", "api/7"));
    }

    #[test]
    fn bad_templates_are_refused() {
        for bad in [
            "api/{id",
            "api//x",
            "api/a b",
            "api/{*rest}/x",
            "api/{id?}/x",
            "api/a{b}",
            "api/{id:range}",
            "{}",
        ] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
