//! White space, which JSON has four of.

fn is_solid(byte: &u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the first byte is that is not white.
pub(crate) fn first_solid(text: &[u8]) -> Option<usize> {
    text.iter().position(is_solid)
}

/// Where the last byte is that is not white.
pub(crate) fn last_solid(text: &[u8]) -> Option<usize> {
    text.iter().rposition(is_solid)
}
