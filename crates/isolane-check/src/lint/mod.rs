//! How a text is judged by rules.
//!
//! | module | noun |
//! | --- | --- |
//! | `code` | a parsed text, as rules see it |
//! | `paths` | what an expression leads to: a global, a module |
//! | `entry` | the functions that a text gives |
//! | `origins` | what variables are made of that are never changed |
//! | `findings` | what rules have found |
//! | `suppressions` | comments that suppress findings |

mod code;
mod entry;
mod findings;
mod origins;
mod paths;
mod suppressions;

pub(crate) use code::{Code, Free, RequestKind, constant, is_of_function};
pub(crate) use entry::{Callable, Entry, callable};
pub(crate) use findings::{Finding, Findings, Found};
use isolane_syntax::{Bounds, on_parser_stack};
use oxc_allocator::Allocator;
use oxc_ast::ast_kind::{AST_TYPE_MAX, AstType};
pub(crate) use paths::{assigned_member, bare, member, parts, taken};

use crate::{
    options::CheckOptions,
    read_only,
    report::{Diagnostic, Explanation, Placed, Reason, Report, Severity},
    source::{self, Index, Parsed, SyntaxError, visible},
};
use suppressions::Suppressions;

/// The longest text that is parsed, in bytes. A tree takes some hundred bytes for each.
pub const MAX_SOURCE_BYTES: usize = 4 << 20;
/// The levels that a text may nest to be judged: rules look at what is around a node.
const MAX_NESTING: usize = isolane_syntax::MAX_NESTING / 4;
/// Of the depths of all words. For each `break`, `await` or `var` the parser looks at what is around it, level
/// by level: this many take a second. The heaviest of 80 installed bundles has 8 million, in 2 MB.
const MAX_WEIGHT: usize = 100_000_000;
/// The name under which errors of syntax are told.
pub(crate) const SYNTAX: &str = "syntax";

/// Judges a text.
///
/// ```
/// use isolane_check::{CheckOptions, check};
///
/// let options = CheckOptions::read("{}").unwrap();
/// let report = check("(n) => n * factor", &options);
/// assert_eq!(report.diagnostics[0].message, "`factor` is not defined");
/// ```
#[must_use]
pub fn check(text: &str, options: &CheckOptions) -> Report {
    let checked = on_parser_stack(|| {
        let allocator = Allocator::default();
        match parse(&allocator, text, options) {
            Ok(parsed) => judge(text, &parsed, options),
            Err(errors) => unreadable(text, errors, options),
        }
    });
    checked.unwrap_or_else(|_| {
        let error = SyntaxError::whole(text, "the text could not be checked");
        unreadable(text, vec![error], options)
    })
}

/// Parses a text that is not too long and does not nest too deep.
pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    text: &'a str,
    options: &CheckOptions,
) -> Result<Parsed<'a>, Vec<SyntaxError>> {
    if text.len() > MAX_SOURCE_BYTES {
        let message = format!(
            "The text has {} bytes, more than the {MAX_SOURCE_BYTES} that are checked",
            text.len()
        );
        return Err(vec![SyntaxError::whole(text, message)]);
    }
    // A shorter text has not the room for as much of either.
    if text.len() > MAX_NESTING {
        let bounds = Bounds::of(text);
        if bounds.depth > MAX_NESTING {
            let message = format!("The text may nest deeper than {MAX_NESTING} levels");
            return Err(vec![SyntaxError::whole(text, message)]);
        }
        if bounds.weight > MAX_WEIGHT {
            let message = "The text has too many words that are nested deep";
            return Err(vec![SyntaxError::whole(text, message)]);
        }
    }
    source::parse(allocator, text, options.wanted, options.language)
}

/// Tells why a text has no tree.
pub(crate) fn unreadable(text: &str, errors: Vec<SyntaxError>, options: &CheckOptions) -> Report {
    let index = Index::new(text);
    let found = errors.into_iter().map(|error| Finding {
        rule: SYNTAX.into(),
        severity: Severity::Error,
        place: (error.start, error.end),
        message: visible(error.message),
        help: error.help.map(visible),
    });
    let found = Found {
        kept: found.collect(),
        ..Found::default()
    };
    told(&index, found, options)
}

fn judge(text: &str, parsed: &Parsed<'_>, options: &CheckOptions) -> Report {
    let index = Index::new(text);
    let code = Code::new(text, parsed, options);
    let mut found = find(&code, options);
    found.kept.extend(options.reported.iter().map(|it| Finding {
        rule: it.rule.clone().into(),
        severity: it.severity,
        place: (index.byte(it.place.0), index.byte(it.place.1)),
        message: it.message.clone(),
        help: it.help.clone(),
    }));
    let mut suppressed = 0;
    if options.allow_suppressions {
        let suppressions = Suppressions::of(&code, &index);
        suppressed = suppressions.apply(&code, &index, options, &mut found.kept);
    }
    Report {
        suppressed,
        form: Some(parsed.form.name()),
        requires: code.required_functions(),
        read_only: options
            .explain
            .then(|| explain(text, &code, &index, options)),
        ..told(&index, found, options)
    }
}

/// Has each rule look at what it asks for, in one walk.
fn find(code: &Code<'_>, options: &CheckOptions) -> Found {
    let mut findings = Findings::new(code.place());
    let mut by_kind: Vec<Vec<usize>> = vec![Vec::new(); usize::from(AST_TYPE_MAX) + 1];
    for (at, active) in options.rules.iter().enumerate() {
        findings.of(active);
        active.rule.whole(code, &mut findings);
        for kind in active.rule.kinds() {
            by_kind[*kind as usize].push(at);
        }
    }
    for node in code.semantic.nodes().iter() {
        for &at in &by_kind[node.kind().ty() as usize] {
            let active = &options.rules[at];
            findings.of(active);
            active.rule.node(node, code, &mut findings);
        }
    }
    findings.into_found()
}

/// Puts findings in order, and leaves the last warnings and then the last errors away where there are
/// too many.
fn told(index: &Index<'_>, found: Found, options: &CheckOptions) -> Report {
    let mut kept = found.kept;
    let count = |severity| kept.iter().filter(|it| it.severity == severity).count();
    let errors = found.errors + count(Severity::Error);
    let warnings = found.warnings + count(Severity::Warn);
    let order =
        |one: &Finding, other: &Finding| (one.place, &one.rule).cmp(&(other.place, &other.rule));
    if kept.len() > options.max_diagnostics {
        let is_minor = |it: &Finding| it.severity != Severity::Error;
        kept.sort_by(|one, other| {
            is_minor(one)
                .cmp(&is_minor(other))
                .then_with(|| order(one, other))
        });
        kept.truncate(options.max_diagnostics);
    }
    kept.sort_by(order);
    let diagnostics: Vec<_> = kept
        .into_iter()
        .map(|it| Diagnostic {
            rule: it.rule,
            severity: it.severity,
            message: it.message,
            help: it.help,
            place: Placed::of(index, it.place, options.color),
        })
        .collect();
    Report {
        omitted: errors + warnings - diagnostics.len(),
        diagnostics,
        errors,
        warnings,
        ..Report::default()
    }
}

/// What the proof finds of the function that the text gives.
fn explain(text: &str, code: &Code<'_>, index: &Index<'_>, options: &CheckOptions) -> Explanation {
    let reason = |place, message: String| Reason {
        message: visible(message),
        place: Placed::of(index, place, options.color),
    };
    let unproven = |reason| Explanation {
        proven: false,
        findings: vec![reason],
    };
    if options.language != source::Language::JavaScript {
        let why = "what is judged is the JavaScript that comes of this, which is not known here";
        return unproven(reason((0, 0), why.into()));
    }
    let (start, end) = match code.whole_function() {
        Ok(place) => place,
        Err(message) => return unproven(reason((0, 0), message.into())),
    };
    match read_only::read_only(&text[start..end]) {
        read_only::ReadOnly::Proven => Explanation {
            proven: true,
            findings: Vec::new(),
        },
        read_only::ReadOnly::Unproven(findings) => Explanation {
            proven: false,
            findings: findings
                .into_iter()
                .map(|it| {
                    let (from, to) = it.bytes;
                    let place = (start + from as usize, start + to as usize);
                    reason(place, it.message)
                })
                .collect(),
        },
    }
}

/// For the compiler: a kind is an index.
const _: () = assert!(AstType::Program as usize == 0);
