use oxc_allocator::Allocator;
use oxc_ast::{AstKind, ast::RegExpLiteral};
use oxc_diagnostics::OxcDiagnostic;
use oxc_regular_expression::{LiteralParser, Options, ast::Pattern};
use oxc_semantic::Semantic;

/// Brackets of a pattern that may be open at once: what reads it recurses for each.
const MAX_NESTING: usize = 1000;

/// A regular expression of a text.
pub(crate) struct Found<'a> {
    pub(crate) pattern: Pattern<'a>,
    pub(crate) literal: &'a RegExpLiteral<'a>,
}

/// Parses the regular expressions of a text, but not those that nest deeper than any that makes sense.
pub(crate) fn of<'a>(
    allocator: &'a Allocator,
    semantic: &Semantic<'a>,
) -> Result<Vec<Found<'a>>, Vec<OxcDiagnostic>> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for node in semantic.nodes().iter() {
        let AstKind::RegExpLiteral(literal) = node.kind() else {
            continue;
        };
        let text = literal.regex.pattern.text.as_str();
        if nests_too_deep(text) {
            errors.push(
                OxcDiagnostic::error(format!(
                    "This regular expression nests deeper than {MAX_NESTING} levels"
                ))
                .with_label(literal.span),
            );
            continue;
        }
        let flags = literal.regex.flags.to_string();
        let options = Options {
            pattern_span_offset: literal.span.start + 1,
            flags_span_offset: literal.span.start + 2 + text.len() as u32,
        };
        match LiteralParser::new(allocator, text, Some(&flags), options).parse() {
            Ok(pattern) => found.push(Found { pattern, literal }),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(found)
    } else {
        Err(errors)
    }
}

/// Whether a pattern may nest too deep. Brackets count wherever they stand.
fn nests_too_deep(text: &str) -> bool {
    text.bytes()
        .filter(|byte| matches!(byte, b'(' | b'[' | b'{'))
        .count()
        > MAX_NESTING
}
