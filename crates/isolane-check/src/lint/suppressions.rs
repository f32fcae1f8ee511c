use std::collections::HashMap;

use oxc_span::Span;

use super::{Code, Finding};
use crate::{options::CheckOptions, report::Severity, rules::RULES, source::Index};

const PREFIX: &str = "isolane-disable-next-line";
/// The name under which comments are told that suppress nothing.
const NAME: &str = "suppression";

/// A comment that suppresses findings of the line behind it:
/// `// isolane-disable-next-line no-eval, no-with -- the reason`.
struct Suppression<'a> {
    /// Of the comment.
    place: (usize, usize),
    /// The line that is meant, from 0.
    line: usize,
    /// The rules, and where their names stand; all where there are none.
    rules: Vec<(&'a str, Span)>,
}

/// The comments of a text that suppress findings.
pub(crate) struct Suppressions<'a>(Vec<Suppression<'a>>);

impl<'a> Suppressions<'a> {
    pub(crate) fn of(code: &Code<'a>, index: &Index<'_>) -> Self {
        // Most texts have none.
        if !code.text.contains(PREFIX) {
            return Self(Vec::new());
        }
        let comments = code.semantic.comments().iter();
        Self(
            comments
                .filter_map(|comment| {
                    let content = comment.content_span();
                    let text = code.at(content);
                    let names = text.trim_start().strip_prefix(PREFIX)?;
                    if names.starts_with(|char: char| char.is_alphanumeric() || char == '-') {
                        return None;
                    }
                    let place = code.place().of(comment.span);
                    let start = content.end - u32::try_from(names.len()).ok()?;
                    Some(Suppression {
                        place,
                        line: index.line_of(index.border(place.1)) + 1,
                        rules: rules(names, start),
                    })
                })
                .collect(),
        )
    }

    /// Takes away what is suppressed, and adds what is wrong with the comments. Returns how many
    /// findings went.
    pub(crate) fn apply(
        &self,
        code: &Code<'_>,
        index: &Index<'_>,
        options: &CheckOptions,
        found: &mut Vec<Finding>,
    ) -> usize {
        if self.0.is_empty() {
            return 0;
        }
        let before = found.len();
        let mut meant = Meant::of(&self.0);
        found.retain(|finding| {
            let line = index.line_of(index.border(finding.place.0));
            !meant.takes(line, &finding.rule)
        });
        let suppressed = before - found.len();
        for suppression in &self.0 {
            found.extend(suppression.idle(code, options, &meant));
        }
        suppressed
    }
}

/// What is suppressed, by lines, and whether any of it was found. Comments may name the same often.
struct Meant<'a> {
    /// Of lines in which all is.
    lines: HashMap<usize, bool>,
    /// Of lines in which some rules are.
    rules: HashMap<usize, HashMap<&'a str, bool>>,
}

impl<'a> Meant<'a> {
    fn of(suppressions: &[Suppression<'a>]) -> Self {
        let mut meant = Self {
            lines: HashMap::new(),
            rules: HashMap::new(),
        };
        for it in suppressions {
            if it.rules.is_empty() {
                meant.lines.insert(it.line, false);
            } else {
                let named = it.rules.iter().map(|(name, _)| (*name, false));
                meant.rules.entry(it.line).or_default().extend(named);
            }
        }
        meant
    }

    /// Whether a finding is suppressed, which is noted.
    fn takes(&mut self, line: usize, rule: &str) -> bool {
        let all = self.lines.get_mut(&line);
        let named = self.rules.get_mut(&line).and_then(|it| it.get_mut(rule));
        let is_taken = all.is_some() || named.is_some();
        for found in all.into_iter().chain(named) {
            *found = true;
        }
        is_taken
    }
}

impl Suppression<'_> {
    /// What the comment names in vain.
    fn idle(&self, code: &Code<'_>, options: &CheckOptions, meant: &Meant<'_>) -> Vec<Finding> {
        let finding = |place, message, help: &str| Finding {
            rule: NAME.into(),
            severity: Severity::Warn,
            place,
            message,
            help: Some(help.into()),
        };
        if self.rules.is_empty() {
            let idle = !meant.lines[&self.line];
            let message =
                "This comment suppresses nothing: no rule finds anything in the next line";
            return idle
                .then(|| finding(self.place, message.into(), "Remove the comment"))
                .into_iter()
                .collect();
        }
        let mut idle = Vec::new();
        for (name, span) in &self.rules {
            let used = meant.rules[&self.line][name];
            let place = code.place().of(*span);
            let is_custom = options.custom.iter().any(|it| it == name);
            if !is_custom && !RULES.iter().any(|it| it.name == *name) {
                let nearest = isolane_syntax::nearest(name, RULES.iter().map(|it| it.name));
                let help = match nearest.first() {
                    Some(nearest) => format!("Did you mean `{nearest}`?"),
                    None => {
                        format!("Write `// {PREFIX} rule -- reason`, with rules by their names")
                    }
                };
                let message = format!("This comment names `{name}`, which is no rule");
                idle.push(finding(place, message, &help));
            } else if !used && (is_custom || options.rules.iter().any(|it| it.name == *name)) {
                let message = format!(
                    "This comment suppresses nothing: `{name}` finds nothing in the next line"
                );
                idle.push(finding(place, message, "Remove the name from the comment"));
            }
        }
        idle
    }
}

/// The rules that a comment names, up to the reason behind two dashes.
fn rules(names: &str, start: u32) -> Vec<(&str, Span)> {
    let names = match names.find("--") {
        Some(at) => &names[..at],
        None => names,
    };
    let mut rules = Vec::new();
    let mut at = 0;
    for piece in names.split([',', ' ', '\t', '\r', '\n']) {
        if !piece.is_empty() {
            let begin = start + at as u32;
            rules.push((piece, Span::new(begin, begin + piece.len() as u32)));
        }
        at += piece.len() + 1;
    }
    rules
}
