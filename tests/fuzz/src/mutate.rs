//! Changes of bytes, decided by a seed: random bytes alone never get past the first check of a parser.

use loopback::dice::Dice;

/// Bytes and words that mean something to most parsers.
const WORDS: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    ".",
    "&",
    "=",
    "%",
    "+",
    " ",
    "\0",
    "\n",
    "-",
    "0",
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "1e999",
    "18446744073709551616",
    "9999-12-31",
    "0000-01-01T00:00:00Z",
    "%00",
    "%ff",
    "%2e%2e%2f",
    "../",
    "\\u0000",
    "\\ud800",
    "\u{202e}",
    "\u{200d}",
    "é",
    "＜",
    "PASSED",
    "REJECTED",
    "WARNING",
    "NOT_EXECUTED",
    "OK",
    "PROCESSED",
    "N/A",
    "MATCH",
    "DONE",
    "APPROVED_VERIFIED",
    "workflow-100",
    "True",
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&amp;",
    "&#0;",
    "xmlns=''",
    "A",
    "=",
    "==",
    "eyJ",
];
/// Longest that bytes may grow.
const LONGEST: usize = 128 * 1024;

fn byte(dice: &Dice) -> u8 {
    dice.next().to_le_bytes()[0]
}

/// One to six changes of one of the samples.
#[must_use]
pub fn mutated(samples: &[Vec<u8>], dice: &Dice) -> Vec<u8> {
    let mut bytes = samples
        .get(dice.place(samples.len()))
        .cloned()
        .unwrap_or_default();
    for _ in 0..=dice.place(6) {
        change(&mut bytes, samples, dice);
        bytes.truncate(LONGEST);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, samples: &[Vec<u8>], dice: &Dice) {
    let at = dice.place(bytes.len() + 1);
    let piece = piece(bytes, dice);
    match dice.place(9) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(piece)),
        2 => put(bytes, at, &[byte(dice)]),
        3 => put(
            bytes,
            at,
            WORDS.get(dice.place(WORDS.len())).unwrap_or(&"").as_bytes(),
        ),
        4 => over(
            bytes,
            piece,
            WORDS.get(dice.place(WORDS.len())).unwrap_or(&"").as_bytes(),
        ),
        5 => {
            let copy = bytes.get(piece).unwrap_or_default().to_vec();
            put(bytes, at, &copy);
        }
        6 => {
            let other = samples
                .get(dice.place(samples.len()))
                .map_or(&[][..], Vec::as_slice);
            let range = self::piece(other, dice);
            over(bytes, piece, other.get(range).unwrap_or_default());
        }
        7 => {
            let bit = 1 << dice.place(8);
            bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= bit);
        }
        _ => {
            let byte = byte(dice);
            bytes.get_mut(at).into_iter().for_each(|place| *place = byte);
        }
    }
}

/// A short piece, mostly.
fn piece(bytes: &[u8], dice: &Dice) -> std::ops::Range<usize> {
    let from = dice.place(bytes.len() + 1);
    let longest = if dice.place(4) == 0 { bytes.len() } else { 16 };
    let length = dice.place(longest.min(bytes.len() - from) + 1);
    from..from + length
}

fn put(bytes: &mut Vec<u8>, at: usize, what: &[u8]) {
    over(bytes, at..at, what);
}

fn over(bytes: &mut Vec<u8>, range: std::ops::Range<usize>, what: &[u8]) {
    drop(bytes.splice(range, what.iter().copied()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_changes_the_same() {
        let samples = [b"{\"a\": 1}".to_vec(), b"<a/>".to_vec()];
        let changed = |seed| {
            let dice = Dice::of(seed);
            (0..50).map(|_| mutated(&samples, &dice)).collect::<Vec<_>>()
        };
        assert_eq!(changed(1), changed(1));
        assert_ne!(changed(1), changed(2));
    }

    #[test]
    fn nothing_is_changed_into_something() {
        let dice = Dice::of(3);
        assert!((0..100).any(|_| !mutated(&[], &dice).is_empty()));
    }
}
