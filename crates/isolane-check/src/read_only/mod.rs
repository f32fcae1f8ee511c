//! The proof that a function writes to nothing that it did not make.
//!
//! What is assumed of the values that a function is given: they are data. They hold no functions, no
//! accessors and no proxies, and their prototypes are the built-in ones, which nothing has changed.
//!
//! What is proven: every assignment, update, `delete` and mutating call of the text has a target that
//! the text itself made. A target is a variable that is only ever bound to new objects, among them
//! what `reduce` hands on from one. What lies *in* such an object may be anybody's, unless it is a
//! literal's property under whose name the text puts nothing but new objects. The order in which code runs does not matter, so a nested
//! function needs no attention of its own.
//!
//! The other half is that nothing else is called: a value which the text reads from somewhere could
//! be `Array.prototype.push`, or `Function`. So only these are called: functions written in the text,
//! by variables that hold nothing else; the context's `log`; methods by names of built-ins that are known to read, or to
//! write to their receiver alone; a few static functions. Where the text defines a property of such a
//! name, its value must be a function of the text.
//!
//! Sound before complete: what cannot be decided is a finding.

mod accumulators;
mod bindings;
mod calls;
mod definitions;
mod names;
mod numbers;
mod values;
mod walk;

use isolane_syntax::Position;
use oxc_span::Span;

use crate::program::{Unreadable, with_program};

/// What is known of a function's writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// It writes to nothing that it did not make.
    Proven,
    /// It may, by these, in the order of the text; at most eight.
    Unproven(Vec<Finding>),
}

/// What keeps a function from being proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it begins.
    pub start: Position,
    /// The first byte behind it and the byte where it begins, in the text.
    pub bytes: (u32, u32),
    /// What it is, as a sentence without a full stop.
    pub message: String,
}

/// How many findings are told.
const MAX_FINDINGS: usize = 8;

/// Whether the function of this text writes to nothing that it did not make.
///
/// `text` is what `Function.prototype.toString` gives: an expression, or a method of an object.
///
/// ```
/// use isolane_check::{ReadOnly, read_only};
///
/// let proven = read_only("(room, i, { shared }) => shared.tags.filter((tag) => tag.id === room.id)");
/// assert_eq!(proven, ReadOnly::Proven);
///
/// let ReadOnly::Unproven(findings) = read_only("(room) => { room.seen = true }") else { panic!() };
/// assert_eq!(findings[0].message, "`room` may not be the function's own: this writes to it");
/// ```
#[must_use]
pub fn read_only(text: &str) -> ReadOnly {
    let outcome = with_program(text, |parsed| {
        let mut findings = walk::findings(parsed.semantic);
        findings.extend(html_comment(text, parsed.offset));
        findings.sort_by_key(|(span, _)| span.start);
        findings.truncate(MAX_FINDINGS);
        findings
            .into_iter()
            .map(|(span, message)| {
                let place = |at: u32| (at as usize).saturating_sub(parsed.offset).min(text.len());
                let (start, end) = (place(span.start), place(span.end));
                Finding {
                    start: Position::of(text, start),
                    bytes: (start as u32, end as u32),
                    message,
                }
            })
            .collect::<Vec<_>>()
    });
    match outcome {
        Ok(findings) if findings.is_empty() => ReadOnly::Proven,
        Ok(findings) => ReadOnly::Unproven(findings),
        Err(reason) => ReadOnly::Unproven(vec![unreadable(reason)]),
    }
}

/// Where a comment of old web pages may be. What is code and what is not depends on the reader there.
fn html_comment(text: &str, offset: usize) -> Option<walk::Found> {
    let start = ["<!--", "-->"]
        .iter()
        .filter_map(|it| text.find(it))
        .min()?;
    let start = u32::try_from(start + offset).ok()?;
    Some((Span::sized(start, 3), "this may begin a comment".into()))
}

fn unreadable(reason: Unreadable) -> Finding {
    let message = match reason {
        Unreadable::TooLong => format!(
            "the text is longer than the {} KiB that are looked at",
            crate::MAX_TEXT_BYTES / 1024
        ),
        Unreadable::NoFunction => {
            "the text is no function that could be parsed as strict code".into()
        }
        Unreadable::Failed => "the text could not be looked at".into(),
    };
    Finding {
        start: Position { line: 1, column: 1 },
        bytes: (0, 0),
        message,
    }
}
