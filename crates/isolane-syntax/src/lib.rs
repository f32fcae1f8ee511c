//! What it takes to parse any text of JavaScript.
//!
//! The parser, [oxc](https://docs.rs/oxc_parser/0.96.0), and all that visits its trees recurse as
//! deep as the text nests, and know no limit. So texts are parsed [on a stack](on_parser_stack) that
//! suffices for [`MAX_NESTING`] levels, and no text is parsed that may [nest deeper](nests_too_deep).
//!
//! | module | noun |
//! | --- | --- |
//! | `nearest` | names that may have been meant |
//! | `position` | a place in a text, as editors count |
//! | `nesting` | how deep a text may nest, found without parsing it |
//! | `level` | an open bracket, for `reader` |
//! | `reader` | one way to read a text as tokens, for `nesting` |
//! | `words` | words by what a parser may make of them, for `reader` |
//! | `stack` | the thread that parses |

mod level;
mod nearest;
mod nesting;
mod position;
mod reader;
mod stack;
mod words;

pub use nearest::nearest;
pub use nesting::{Bounds, MAX_NESTING, TOO_MANY_GUESSES, nests_too_deep};
pub use position::{Position, Positions};
pub use stack::{NoStack, on_parser_stack};
