use std::collections::HashMap;

/// The longest id of a module, in bytes.
pub const MAX_ID_BYTES: usize = 4096;

/// A module, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// By which others may request it, and which stack traces name. Unique in its table.
    pub id: String,
    /// Its text.
    pub source: String,
    /// How the text is to be read; found out without one.
    pub format: Option<Format>,
    /// Which module a specifier of this one means, by its id, before anything else is looked at.
    pub imports: HashMap<String, String>,
}

/// How a module's text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A program that finds `module`, `exports` and `require`.
    CommonJs,
    /// An ECMAScript module.
    Esm,
    /// One function, which finds `require`.
    Function,
    /// A value.
    Json,
}

impl Format {
    /// What the end of an id says.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        match id.rsplit_once('.')?.1 {
            "cjs" => Some(Self::CommonJs),
            "mjs" => Some(Self::Esm),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why no module can have this id, as the end of a sentence.
pub(crate) fn refusal(id: &str) -> Option<String> {
    if id.is_empty() {
        return Some("is empty".into());
    }
    if id.len() > MAX_ID_BYTES {
        return Some(format!(
            "has {} bytes, and at most {MAX_ID_BYTES} are allowed",
            id.len()
        ));
    }
    let at = id.find('\0')?;
    Some(format!(
        "has a NUL, after {} characters",
        id[..at].chars().count()
    ))
}
