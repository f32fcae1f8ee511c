//! What a check finds.

use std::borrow::Cow;

use serde::Serialize;

use crate::source::{Index, frame};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is not looked for.
    Off,
    /// It is told.
    Warn,
    /// It is reason to refuse the text.
    Error,
}

/// A finding and its place. Offsets and columns are in UTF-16; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// The name of the rule, `syntax`, or `suppression`.
    pub rule: Cow<'static, str>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The place, and a few lines with it marked.
    #[serde(flatten)]
    pub place: Placed,
}

/// A place of a text, as users are told it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placed {
    /// Where it begins.
    pub start: usize,
    /// What follows it.
    pub end: usize,
    /// The line of its start.
    pub line: u32,
    /// The column of its start.
    pub column: u32,
    /// The line of its end.
    pub end_line: u32,
    /// The column of its end.
    pub end_column: u32,
    /// The lines around it.
    pub frame: String,
}

impl Placed {
    pub(crate) fn of(index: &Index<'_>, (start, end): (usize, usize), color: bool) -> Self {
        let start = index.border(start);
        let end = index.border(end).max(start);
        let (first, last) = (index.position(start), index.position(end));
        Self {
            start: index.utf16(start),
            end: index.utf16(end),
            line: first.line,
            column: first.column,
            end_line: last.line,
            end_column: last.column,
            frame: frame(index, start, end, color),
        }
    }
}

/// What a check has found.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there are.
    pub omitted: usize,
    /// Errors, with those omitted.
    pub errors: usize,
    /// Warnings, with those omitted.
    pub warnings: usize,
    /// What comments have suppressed.
    pub suppressed: usize,
    /// As what the text was read.
    pub form: Option<&'static str>,
    /// The specifiers of functions that it requires.
    pub requires: Vec<String>,
    /// Whether it may write to what it did not make, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<Explanation>,
}

/// What the proof that a function only reads has found.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Shared values need not be frozen for it.
    pub proven: bool,
    /// Why they are.
    pub findings: Vec<Reason>,
}

/// What keeps a function from being proven.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// What it is: a sentence.
    pub message: String,
    /// Where.
    #[serde(flatten)]
    pub place: Placed,
}
