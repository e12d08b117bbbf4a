//! W3C Trace Context, <https://www.w3.org/TR/trace-context/>: `traceparent` of version 00.

use std::fmt;

use crate::random::Random;

/// A place in a trace: which trace, and which step of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceContext {
    trace: [u8; 16],
    span: [u8; 8],
    sampled: bool,
}

impl TraceContext {
    /// A new step: of the caller's trace where `traceparent` is well-formed, else of a new one (as section 3.2.2.5 asks).
    #[must_use]
    pub(crate) fn enter(traceparent: Option<&str>, random: &dyn Random) -> Self {
        let span = nonzero(random);
        match traceparent.and_then(Self::parse) {
            Some(parent) => Self { span, ..parent },
            None => Self {
                trace: nonzero(random),
                span,
                sampled: true,
            },
        }
    }

    /// Reads `version-traceid-parentid-flags`. Versions above 00 may have more after it; ff and zero ids are invalid.
    #[must_use]
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.trim_matches([' ', '\t']).split('-');
        let version: [u8; 1] = hex(parts.next()?)?;
        let trace: [u8; 16] = hex(parts.next()?)?;
        let span: [u8; 8] = hex(parts.next()?)?;
        let flags: [u8; 1] = hex(parts.next()?)?;
        let whole = parts.next().is_none() || version != [0];
        let valid = whole && version != [0xff] && trace != [0; 16] && span != [0; 8];
        valid.then_some(Self {
            trace,
            span,
            sampled: flags.iter().all(|flags| flags & 1 == 1),
        })
    }

    /// The trace's id, 32 hexadecimal digits: what ties our records to those of others.
    #[must_use]
    pub(crate) fn trace_id(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.trace))
    }
}

impl fmt::Display for TraceContext {
    /// The `traceparent` to send on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (u128::from_be_bytes(self.trace), u64::from_be_bytes(self.span));
        write!(f, "00-{trace:032x}-{span:016x}-{:02x}", u8::from(self.sampled))
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Exactly `N` bytes of lower-case hexadecimal, as the standard demands.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    if text.len() != 2 * N || !text.bytes().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn nonzero<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = random.bytes::<N>();
    if let (true, Some(last)) = (bytes == [0; N], bytes.last_mut()) {
        *last = 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::OsRandom;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_standards_example_survives() {
        assert_eq!(TraceContext::parse(EXAMPLE).unwrap().to_string(), EXAMPLE);
    }

    #[test]
    fn a_step_keeps_the_trace_and_the_decision_to_sample_and_has_its_own_id() {
        let unsampled = EXAMPLE.replace("-01", "-00");
        let step = TraceContext::enter(Some(&unsampled), &OsRandom);
        assert_eq!(step.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(step.to_string().ends_with("-00"));
        assert!(!step.to_string().contains("00f067aa0ba902b7"));
    }

    #[test]
    fn a_later_version_may_say_more_and_this_one_may_not() {
        let later = EXAMPLE.replacen("00", "01", 1) + "-more";
        assert!(TraceContext::parse(&later).is_some());
        assert!(TraceContext::parse(&format!("{EXAMPLE}-more")).is_none());
    }

    #[test]
    fn malformed_headers_start_a_new_trace() {
        let bad = [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
        ];
        for header in bad {
            assert!(TraceContext::parse(header).is_none(), "{header}");
            let fresh = TraceContext::enter(Some(header), &OsRandom);
            assert!(TraceContext::parse(&fresh.to_string()).is_some());
        }
    }

    proptest! {
        #[test]
        fn any_context_survives_and_any_text_is_harmless(trace in 1_u128.., span in 1_u64.., sampled: bool, text in ".{0,80}") {
            let context = TraceContext { trace: trace.to_be_bytes(), span: span.to_be_bytes(), sampled };
            prop_assert_eq!(TraceContext::parse(&context.to_string()), Some(context));
            let _ = TraceContext::parse(&text);
        }
    }
}
