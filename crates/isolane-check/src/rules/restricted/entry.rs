use crate::options::{OptionFault, Reader};

/// Something that is forbidden, and what its users are told.
#[derive(Clone, Debug)]
pub(super) struct Forbidden {
    pub(super) name: String,
    pub(super) message: Option<String>,
}

impl Forbidden {
    /// Reads a name, or an object with the name under `key` and a `message`.
    pub(super) fn read(given: &Reader<'_>, key: &str) -> Result<Self, OptionFault> {
        if let Some(name) = given.as_text() {
            return Ok(Self {
                name: name.to_owned(),
                message: None,
            });
        }
        if !given.is_object() {
            return Err(given.fault("a string or an object"));
        }
        given.only(&[key, "message"])?;
        let name = given.get(key);
        match name.text()? {
            Some(text) => Ok(Self {
                name: text,
                message: given.get("message").text()?,
            }),
            None => Err(name.fault("a string")),
        }
    }

    pub(super) fn all(given: &[Reader<'_>], key: &str) -> Result<Vec<Self>, OptionFault> {
        given.iter().map(|it| Self::read(it, key)).collect()
    }

    pub(super) fn new(name: &str, message: &str) -> Self {
        Self {
            name: name.into(),
            message: Some(message.into()),
        }
    }

    /// What its users are told to do: in the words of the options, where they have any.
    pub(super) fn help(&self) -> String {
        self.message
            .clone()
            .unwrap_or_else(|| "The rules of this place forbid it: do without".into())
    }
}
