use oxc_span::Span;

use super::{ambiguity::Slow, witness::Witness};

/// The longest part of a pattern that is shown in a message.
const LONGEST: usize = 40;
/// The longest text that is shown.
const LONGEST_EXAMPLE: usize = 60;

/// What is told of a pattern.
pub(crate) struct Told {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Told {
    /// `text` gives what stands in a place of the pattern.
    pub(crate) fn of<'t>(slow: &Slow, text: impl Fn(Span) -> &'t str) -> Self {
        match slow {
            Slow::Exponential(span, witness) => Self {
                span: *span,
                message: format!(
                    "`{}` matches one text in many ways: where the rest then does not match, each further character doubles the time",
                    shown(text(*span))
                ),
                help: format!(
                    "Let what is repeated begin or end with a character that the rest of it cannot match, as in `(?:,[^,]+)*`{}",
                    witness.as_ref().map(example).unwrap_or_default()
                ),
            },
            Slow::Divided([one, other], witness) => Self {
                span: Span::new(one.start.min(other.start), one.end.max(other.end)),
                message: format!(
                    "`{}` and `{}` can match the same text: where the rest then does not match, every division of it is tried, and twice the length takes four times as long",
                    shown(text(*one)),
                    shown(text(*other))
                ),
                help: format!(
                    "Let one of them match what the other cannot, or put between them what neither matches{}",
                    example(witness)
                ),
            },
            Slow::Searched {
                place,
                is_at_end,
                witness,
            } => Self {
                span: *place,
                message: format!(
                    "`{}` is tried anew from each character: where the rest then does not match, twice the length takes four times as long",
                    shown(text(*place))
                ),
                help: format!(
                    "{}{}",
                    if *is_at_end {
                        "Use a method such as `trimEnd`, or let it begin only where nothing of the kind stands before, as in `(?<!\\s)\\s+$`"
                    } else {
                        "Let it not match what the pattern begins with, as in `<[^<>]+>`, or bound it, as in `<[^>]{1,99}>`"
                    },
                    example(witness)
                ),
            },
        }
    }
}

/// A part of a pattern, cut.
fn shown(part: &str) -> String {
    let mut shown: String = part.chars().take(LONGEST).collect();
    if part.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// How it is tried.
fn example(witness: &Witness) -> String {
    let text = witness.to_javascript();
    if text.len() > LONGEST_EXAMPLE {
        return String::new();
    }
    format!("; it is slow for `{text}`")
}
