use serde::Serialize;

/// What is wrong with an option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionFault {
    /// Which: `rules.complexity[1]`.
    pub path: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

impl OptionFault {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            nearest: None,
        }
    }
}
