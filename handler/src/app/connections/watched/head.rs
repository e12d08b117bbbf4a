//! Finds the empty line at which the head of a request ends (RFC 9112 §2.1).

/// How far a head has been read.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct HeadEnd {
    /// Lines that are not empty: empty ones before the first do not count (RFC 9112 §2.2).
    has_lines: bool,
    /// The present line has a character.
    is_in_line: bool,
    is_over: bool,
}

impl HeadEnd {
    /// Reads on. Gives the number of bytes that lie behind the head.
    pub(in super::super) fn take(&mut self, bytes: &[u8]) -> usize {
        if self.is_over {
            return bytes.len();
        }
        let end = bytes.iter().position(|byte| self.ends_at(*byte));
        end.map_or(0, |end| bytes.len() - end - 1)
    }

    /// Whether all of the head was read.
    pub(in super::super) fn is_over(&self) -> bool {
        self.is_over
    }

    fn ends_at(&mut self, byte: u8) -> bool {
        match byte {
            b'\n' if self.is_in_line => (self.has_lines, self.is_in_line) = (true, false),
            b'\n' => self.is_over = self.has_lines,
            b'\r' => {}
            _ => self.is_in_line = true,
        }
        self.is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies behind the head when it comes in two pieces, wherever they are cut.
    fn behind(head: &str) -> Vec<usize> {
        let cut = |at| {
            let (one, two) = head.as_bytes().split_at(at);
            let mut end = HeadEnd::default();
            end.take(one) + end.take(two)
        };
        let mut all: Vec<usize> = (0..=head.len()).map(cut).collect();
        all.dedup();
        all
    }

    #[test]
    fn what_lies_behind_a_head_is_counted() {
        for (head, expected) in [
            ("GET / HTTP/1.1\r\nhost: h\r\n\r\n", 0),
            ("GET / HTTP/1.1\r\nhost: h\r\n\r\nabc\r\n\r\n", 7),
            ("GET / HTTP/1.1\nhost: h\n\nabc", 3),
            ("\r\n\r\nGET / HTTP/1.1\r\nhost: h\r\n\r\na", 1),
            ("GET / HTTP/1.1\r\nhost: h\r\n", 0),
        ] {
            assert_eq!(behind(head), [expected], "{head:?}");
        }
    }
}
