use super::Place;

/// Why a text has no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// Bytes of the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl SyntaxError {
    pub(crate) fn whole(text: &str, message: impl Into<String>) -> Self {
        let end = text.find(['\n', '\r']).unwrap_or(text.len());
        Self {
            start: 0,
            end,
            message: message.into(),
            help: None,
        }
    }
}

/// Tells an error of the parser's in our words, at its place in the text.
pub(super) fn error(
    error: &oxc_diagnostics::OxcDiagnostic,
    place: Place,
    text: &str,
) -> SyntaxError {
    let labels = error.labels.as_deref().unwrap_or_default();
    // Of a name that is declared twice the second place is wrong.
    let label = if error.message.contains("already been declared") {
        labels.last()
    } else {
        labels.first()
    };
    let (start, end) = label.map_or((0, 0), |label| {
        let offset = |at: usize| at.saturating_sub(place.before) + place.skipped;
        (offset(label.offset()), offset(label.offset() + label.len()))
    });
    let start = start.min(text.len());
    let message = one_line(error.message.trim().trim_end_matches('.'));
    let end = end.clamp(start, text.len());
    SyntaxError {
        start,
        end,
        message: match text.get(start..end) {
            _ if start == text.len() => at_end(&message),
            Some(token) if message == "Unexpected token" && is_shown(token) => {
                format!("Unexpected token `{token}`")
            }
            _ => message,
        },
        help: error.help.as_deref().map(one_line),
    }
}

/// Whether a token is short enough, and no more than what can be seen.
fn is_shown(token: &str) -> bool {
    !token.is_empty() && token.len() <= 40 && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What is wrong at the end of a text: what the parser met there may be what was put behind it.
fn at_end(message: &str) -> String {
    let expected = message
        .strip_prefix("Expected ")
        .and_then(|rest| rest.split_once(" but found"));
    match expected {
        Some((expected, _)) => format!("Expected {expected} before the end of the text"),
        None => "Unexpected end of the text".into(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
