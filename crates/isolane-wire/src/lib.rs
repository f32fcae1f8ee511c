//! The bytes that the host's JavaScript and the addon exchange, as `npm/isolane/src/addon` has them. It
//! knows numbers and keys; the addon knows what these stand for.

#![deny(unsafe_code)]

#[expect(
    missing_docs,
    reason = "each is named as in codes.ts, which says the same"
)]
pub mod codes;
pub mod commands;
pub mod number;

use isolane_driver::protocol::text_kind;
use isolane_json::Format;

/// The format that an input or output kind stands for.
#[must_use]
pub fn format_of(kind: u8) -> Option<Format> {
    match kind {
        text_kind::JSON => Some(Format::Json),
        text_kind::NDJSON => Some(Format::Ndjson),
        _ => None,
    }
}
