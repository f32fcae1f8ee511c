use serde_json::Value;

use super::OptionFault;

/// A part of the options, which may be absent, and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'v> {
    path: String,
    value: Option<&'v Value>,
}

impl<'v> Reader<'v> {
    pub(crate) fn new(value: &'v Value) -> Self {
        Self {
            path: String::new(),
            value: Some(value),
        }
    }

    /// What is absent.
    pub(crate) fn none(path: String) -> Self {
        Self { path, value: None }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.value.is_none()
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, Some(Value::Array(_)))
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self.value, Some(Value::Object(_)))
    }

    pub(crate) fn fault(&self, expected: &str) -> OptionFault {
        let found = self.value.map_or_else(|| "nothing".into(), shown);
        OptionFault::new(
            &self.path,
            format!("{} must be {expected}, not {found}", self.named()),
        )
    }

    pub(crate) fn unknown(&self, message: String, nearest: Vec<String>) -> OptionFault {
        let nearest = nearest.into_iter().next();
        OptionFault {
            path: self.path.clone(),
            message: match &nearest {
                Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
                None => message,
            },
            nearest,
        }
    }

    fn named(&self) -> &str {
        if self.path.is_empty() {
            "the options"
        } else {
            &self.path
        }
    }

    fn child(&self, key: &str, value: Option<&'v Value>) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            path: format!("{}{dot}{key}", self.path),
            value,
        }
    }

    /// A property; null is taken for absent.
    pub(crate) fn get(&self, key: &str) -> Self {
        let value = self.value.and_then(|it| it.get(key));
        self.child(key, value.filter(|it| !it.is_null()))
    }

    /// Refuses other properties than these.
    pub(crate) fn only(&self, keys: &[&str]) -> Result<(), OptionFault> {
        for (key, reader) in self.entries()? {
            if !keys.contains(&&*key) {
                let nearest = isolane_syntax::nearest(&key, keys.iter().copied());
                let message = format!("there is no option `{key}`");
                return Err(reader.unknown(message, nearest));
            }
        }
        Ok(())
    }

    /// The properties of an object; none of what is absent.
    pub(crate) fn entries(&self) -> Result<Vec<(String, Self)>, OptionFault> {
        match self.value {
            None => Ok(Vec::new()),
            Some(Value::Object(object)) => Ok(object
                .iter()
                .map(|(key, value)| (key.clone(), self.child(key, Some(value))))
                .collect()),
            Some(_) => Err(self.fault("an object")),
        }
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> Result<Option<Vec<Self>>, OptionFault> {
        match self.value {
            None => Ok(None),
            Some(Value::Array(list)) => {
                let elements = list.iter().enumerate().map(|(at, value)| Self {
                    path: format!("{}[{at}]", self.path),
                    value: Some(value),
                });
                Ok(Some(elements.collect()))
            }
            Some(_) => Err(self.fault("a list")),
        }
    }

    /// Of a rule's setting its severity: the setting itself, or the first of a list.
    pub(crate) fn head(&self) -> Self {
        match self.value {
            Some(Value::Array(list)) => Self {
                path: format!("{}[0]", self.path),
                value: list.first(),
            },
            _ => self.clone(),
        }
    }

    /// Of a rule's setting what follows the severity.
    pub(crate) fn rest(&self) -> Result<Vec<Self>, OptionFault> {
        Ok(match self.value {
            Some(Value::Array(_)) => self.list()?.into_iter().flatten().skip(1).collect(),
            _ => Vec::new(),
        })
    }

    pub(crate) fn as_flag(&self) -> Option<bool> {
        self.value.and_then(Value::as_bool)
    }

    pub(crate) fn as_text(&self) -> Option<&'v str> {
        self.value.and_then(Value::as_str)
    }

    pub(crate) fn flag(&self) -> Result<Option<bool>, OptionFault> {
        self.read(Value::as_bool, "true or false")
    }

    pub(crate) fn number(&self) -> Result<Option<usize>, OptionFault> {
        let read = |value: &Value| value.as_u64().and_then(|it| usize::try_from(it).ok());
        self.read(read, "a whole number from 0")
    }

    pub(crate) fn text(&self) -> Result<Option<String>, OptionFault> {
        self.read(|it| it.as_str().map(str::to_owned), "a string")
    }

    pub(crate) fn texts(&self) -> Result<Option<Vec<String>>, OptionFault> {
        let Some(list) = self.list()? else {
            return Ok(None);
        };
        let texts = list
            .iter()
            .map(|it| it.text().map(Option::unwrap_or_default));
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<Option<T>, OptionFault> {
        let names: Vec<_> = words.iter().map(|(name, _)| format!("'{name}'")).collect();
        let find = |value: &Value| {
            let text = value.as_str()?;
            words.iter().find(|(name, _)| *name == text).map(|it| it.1)
        };
        self.read(find, &names.join(", "))
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&'v Value) -> Option<T>,
        expected: &str,
    ) -> Result<Option<T>, OptionFault> {
        match self.value {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| self.fault(expected)),
        }
    }
}

/// A value as it is told to users, shortened.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
