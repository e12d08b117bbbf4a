//! Randomness, as a parameter: nothing else in the handler may ask the operating system for it.

use std::cell::RefCell;

use zeroize::Zeroize as _;

/// Fills buffers with unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator. Few bytes are taken from a stock that was got at once: each request needs some, and
/// asking costs as much as reading the request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OsRandom;

/// Ids are as long or shorter; keys are longer, and none of them is ever in stock.
const FEW: usize = 16;
const STOCK: usize = 512;

thread_local! {
    static IN_STOCK: RefCell<Stock> = const { RefCell::new(Stock { bytes: [0; STOCK], left: 0 }) };
}

/// Bytes that nobody was given yet; those behind them are wiped.
struct Stock {
    bytes: [u8; STOCK],
    left: usize,
}

impl Random for OsRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() > FEW {
            return ask(buffer);
        }
        IN_STOCK.with_borrow_mut(|stock| stock.fill(buffer));
    }
}

impl Stock {
    fn fill(&mut self, buffer: &mut [u8]) {
        if self.left < buffer.len() {
            ask(&mut self.bytes);
            self.left = STOCK;
        }
        let rest = self.left - buffer.len();
        if let Some(given) = self.bytes.get_mut(rest..self.left) {
            buffer.copy_from_slice(given);
            given.zeroize();
        }
        self.left = rest;
    }
}

#[expect(clippy::expect_used, reason = "without randomness nothing here is safe to do")]
fn ask(buffer: &mut [u8]) {
    getrandom::fill(buffer).expect("the operating system gives randomness");
}

impl dyn Random + '_ {
    /// `N` fresh bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nothing_is_given_twice_however_much_is_asked_for() {
        let random: &dyn Random = &OsRandom;
        let mut given = BTreeSet::new();
        for _ in 0..STOCK {
            assert!(given.insert(random.bytes::<8>().to_vec()));
            assert!(given.insert(random.bytes::<13>().to_vec()));
            assert!(given.insert(random.bytes::<32>().to_vec()));
        }
    }

    #[test]
    fn what_was_given_is_not_in_stock_any_more() {
        let mut stock = Stock {
            bytes: [7; STOCK],
            left: 20,
        };
        let mut buffer = [0; 16];
        stock.fill(&mut buffer);
        assert_eq!((buffer, stock.left), ([7; 16], 4));
        assert_eq!(stock.bytes[4..20], [0; 16]);
        stock.fill(&mut buffer);
        assert_eq!(stock.left, STOCK - 16);
        assert_ne!(buffer, [7; 16]);
    }
}
