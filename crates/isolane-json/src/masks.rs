//! Which bytes of a block are which, 64 at a time: bit `n` is for byte `n`.

pub(crate) const BLOCK: usize = 64;

/// What a block has of each kind, whether in strings or not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) quote: u64,
    pub(crate) backslash: u64,
    pub(crate) comma: u64,
    pub(crate) feed: u64,
    pub(crate) open: u64,
    pub(crate) close: u64,
}

/// `[` and `{` differ in this bit alone, and so do `]` and `}`.
const CASE: u8 = b'[' ^ b'{';

impl Masks {
    #[inline]
    pub(crate) fn of(block: &[u8; BLOCK]) -> Self {
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code, reason = "two to three times as fast as the portable one")]
        // SAFETY: SSE2 is part of x86_64: there is no such processor without it.
        return unsafe { sse2::masks(block) };
        #[cfg(not(target_arch = "x86_64"))]
        return portable(block);
    }
}

/// For any processor. Compilers vectorise its comparisons.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn portable(block: &[u8; BLOCK]) -> Masks {
    #[inline(always)]
    fn mask(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
        let hits = block.map(|byte| u8::from(is(byte)));
        let (words, _) = hits.as_chunks::<8>();
        words.iter().rev().fold(0, |mask, word| {
            // The factor moves the lowest bit of byte `n` to bit `56 + n`; no two sums meet on the way.
            let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            mask << 8 | bits
        })
    }
    Masks {
        quote: mask(block, |byte| byte == b'"'),
        backslash: mask(block, |byte| byte == b'\\'),
        comma: mask(block, |byte| byte == b','),
        feed: mask(block, |byte| byte == b'\n'),
        open: mask(block, |byte| byte | CASE == b'{'),
        close: mask(block, |byte| byte | CASE == b'}'),
    }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
    };

    use super::{BLOCK, CASE, Masks};

    type Lanes = [__m128i; BLOCK / 16];

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn masks(block: &[u8; BLOCK]) -> Masks {
        let lanes = load(block);
        let mut folded = lanes;
        for lane in &mut folded {
            *lane = _mm_or_si128(*lane, _mm_set1_epi8(CASE.cast_signed()));
        }
        Masks {
            quote: equal(&lanes, b'"'),
            backslash: equal(&lanes, b'\\'),
            comma: equal(&lanes, b','),
            feed: equal(&lanes, b'\n'),
            open: equal(&folded, b'{'),
            close: equal(&folded, b'}'),
        }
    }

    /// Compiles to plain loads.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(block: &[u8; BLOCK]) -> Lanes {
        let (words, _) = block.as_chunks::<8>();
        let word = |at: usize| i64::from_le_bytes(words[at]);
        [
            _mm_set_epi64x(word(1), word(0)),
            _mm_set_epi64x(word(3), word(2)),
            _mm_set_epi64x(word(5), word(4)),
            _mm_set_epi64x(word(7), word(6)),
        ]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn equal(lanes: &Lanes, byte: u8) -> u64 {
        let wanted = _mm_set1_epi8(byte.cast_signed());
        let mut mask = 0;
        for lane in lanes.iter().rev() {
            let bits = _mm_movemask_epi8(_mm_cmpeq_epi8(*lane, wanted));
            mask = mask << 16 | u64::from(bits.cast_unsigned());
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_block() -> impl Strategy<Value = [u8; BLOCK]> {
        let byte = prop_oneof![any::<u8>(), proptest::sample::select(&b"\"\\,\n[]{}"[..])];
        proptest::collection::vec(byte, BLOCK)
            .prop_map(|bytes| bytes.try_into().expect("of that length"))
    }

    proptest! {
        #[test]
        fn every_byte_has_the_bit_of_its_kind(block in any_block()) {
            let mask = |kinds: &[u8]| {
                (0..BLOCK).filter(|&at| kinds.contains(&block[at])).fold(0, |mask, at| mask | 1 << at)
            };
            let expected = Masks {
                quote: mask(b"\""),
                backslash: mask(b"\\"),
                comma: mask(b","),
                feed: mask(b"\n"),
                open: mask(b"[{"),
                close: mask(b"]}"),
            };
            prop_assert_eq!(&Masks::of(&block), &expected);
            prop_assert_eq!(&portable(&block), &expected);
        }
    }
}
