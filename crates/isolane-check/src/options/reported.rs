use super::{OptionFault, Reader};
use crate::report::Severity;

/// What a rule has found that is none of this crate's.
#[derive(Clone, Debug)]
pub(crate) struct Reported {
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// In UTF-16.
    pub(crate) place: (usize, usize),
}

impl Reported {
    /// Reads a list of them.
    pub(crate) fn list(given: &Reader<'_>) -> Result<Vec<Self>, OptionFault> {
        let list = given.list()?.unwrap_or_default();
        list.iter().map(Self::read).collect()
    }

    fn read(given: &Reader<'_>) -> Result<Self, OptionFault> {
        given.only(&["rule", "severity", "message", "help", "start", "end"])?;
        let severities = [("warn", Severity::Warn), ("error", Severity::Error)];
        let start = given.get("start").number()?.unwrap_or(0);
        Ok(Self {
            rule: given.get("rule").text()?.unwrap_or_default(),
            severity: given
                .get("severity")
                .word(&severities)?
                .unwrap_or(Severity::Error),
            message: given.get("message").text()?.unwrap_or_default(),
            help: given.get("help").text()?,
            place: (start, given.get("end").number()?.unwrap_or(start)),
        })
    }
}
