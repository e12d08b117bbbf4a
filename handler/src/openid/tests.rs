//! What concerns all parsers of this front.

mod random;
