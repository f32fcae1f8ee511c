//! Numbers as JavaScript has them.

/// A number that is whole and not negative, by the host's checks or since Rust gave it out.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the conversion saturates"
)]
pub fn whole(number: f64) -> u64 {
    number as u64
}

/// An id, index, size or limit: all are below 2^53.
#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
pub fn double(number: u64) -> f64 {
    number as f64
}
