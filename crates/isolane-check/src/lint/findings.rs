use std::borrow::Cow;

use oxc_span::Span;

use crate::{
    options::Active,
    report::Severity,
    source::{Place, visible},
};

/// Findings that are kept; those beyond are counted. A text has one for every other byte at worst.
const MOST_KEPT: usize = 20_000;

/// What a rule has found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) rule: Cow<'static, str>,
    pub(crate) severity: Severity,
    /// Bytes of the text.
    pub(crate) place: (usize, usize),
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// What rules have found, while they look.
pub(crate) struct Findings {
    place: Place,
    rule: &'static str,
    severity: Severity,
    found: Found,
}

/// What has been found, as far as it is kept.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) kept: Vec<Finding>,
    /// Errors and warnings that are not.
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl Findings {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            rule: "",
            severity: Severity::Off,
            found: Found::default(),
        }
    }

    /// What is reported next is of this rule.
    pub(crate) fn of(&mut self, active: &Active) {
        self.rule = active.name;
        self.severity = active.severity;
    }

    /// Tells what is wrong at `span`, and what to do about it.
    pub(crate) fn report(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.found.kept.len() >= MOST_KEPT {
            match self.severity {
                Severity::Error => self.found.errors += 1,
                _ => self.found.warnings += 1,
            }
            return;
        }
        self.found.kept.push(Finding {
            rule: self.rule.into(),
            severity: self.severity,
            place: self.place.of(span),
            message: visible(message.into()),
            help: Some(visible(help.into())),
        });
    }

    pub(crate) fn into_found(self) -> Found {
        self.found
    }
}
