use isolane_syntax::Position;
use serde::de::IgnoredAny;

use crate::{
    module::Format,
    text::{Text, TextError},
};

/// A text of JSON without the byte order mark that files may begin with.
pub(crate) fn without_mark(source: &str) -> &str {
    source.strip_prefix('\u{feff}').unwrap_or(source)
}

/// Reads a text of JSON: whether it is any. How deep it nests does not matter.
pub(crate) fn read(source: &str) -> Result<Text, TextError> {
    let source = without_mark(source);
    match serde_json::from_str::<IgnoredAny>(source) {
        Ok(IgnoredAny) => Ok(Text {
            format: Format::Json,
            requests: Vec::new(),
            is_open: false,
            is_async: false,
            lacks_name_helper: false,
            exports: vec!["default".into()],
        }),
        Err(error) => Err(TextError::Syntax {
            message: message(&error),
            position: Position::of(source, offset(source, error.line(), error.column())),
        }),
    }
}

/// Without the place, which is counted otherwise there.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    format!("This is no JSON: {}", &text[..end])
}

/// The byte that is meant by a line and a column in bytes, both from 1.
fn offset(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    before + column.saturating_sub(1)
}
