//! Which bytes are inside strings.

use crate::masks::BLOCK;

/// What one block tells the next.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    /// All ones inside a string, else zero.
    inside: u64,
    /// One when the block ended with a backslash that is not itself escaped.
    escaped: u64,
}

impl Strings {
    /// Which bytes of a block of `length` bytes are inside strings, opening quotes included.
    #[inline]
    pub(crate) fn read(&mut self, quote: u64, backslash: u64, length: usize) -> u64 {
        let quotes = quote & !self.escapes(backslash, length);
        let inside = prefix_parity(quotes) ^ self.inside;
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        inside
    }

    pub(crate) fn is_inside(&self) -> bool {
        self.inside != 0
    }

    /// Which bytes follow a run of backslashes of odd length: a quote there is part of the string.
    #[inline]
    fn escapes(&mut self, backslash: u64, length: usize) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let runs = backslash & !self.escaped;
        let starts = runs & !(runs << 1);
        // A run plus its first bit is the one bit that follows it.
        let past_even = runs.wrapping_add(starts & EVEN);
        let (past_odd, is_open) = runs.overflowing_add(starts & !EVEN);
        let escaped = self.escaped | (past_even & !EVEN | past_odd & EVEN) & !runs;
        self.escaped = match length {
            BLOCK => is_open.into(),
            _ => escaped >> length & 1,
        };
        escaped
    }
}

/// Bit `n` of the result is the parity of the bits up to `n`.
#[inline]
fn prefix_parity(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}
