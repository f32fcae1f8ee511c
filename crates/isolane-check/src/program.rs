use isolane_syntax::on_parser_stack;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, Program, Statement};
use oxc_parser::Parser;
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;

/// The longest text that is looked at, in bytes: it nests once per byte at most.
pub const MAX_TEXT_BYTES: usize = isolane_syntax::MAX_NESTING;

/// Why a text could not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is longer than [`MAX_TEXT_BYTES`].
    TooLong,
    /// It is no function.
    NoFunction,
    /// The system gave no thread, or the parser failed.
    Failed,
}

/// A parsed text.
pub(crate) struct Parsed<'a> {
    pub(crate) semantic: &'a Semantic<'a>,
    /// How many bytes stand before the text in what was parsed.
    pub(crate) offset: usize,
}

/// Calls `visit` with `text` parsed, on a thread whose stack suffices for it.
pub(crate) fn with_program<T: Send>(
    text: &str,
    visit: impl FnOnce(&Parsed<'_>) -> T + Send,
) -> Result<T, Unreadable> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Unreadable::TooLong);
    }
    on_parser_stack(|| parse(text, visit)).unwrap_or(Err(Unreadable::Failed))
}

/// The forms in which a function's text makes sense: as an expression, and as a method of an object.
///
/// They are parsed as strict code, though the engine may run them as sloppy code. A text without errors
/// here is read alike in both modes, but for what becomes of `this`, of `arguments`, of functions in
/// blocks and of names that nobody declares: whoever judges a text has to take account of those. Where
/// sloppy code writes in vain, and goes on, strict code throws.
const FORMS: [(&str, &str); 2] = [("'use strict';(", "\n)"), ("'use strict';({", "\n})")];

fn parse<T>(text: &str, visit: impl FnOnce(&Parsed<'_>) -> T) -> Result<T, Unreadable> {
    let allocator = Allocator::default();
    for (before, after) in FORMS {
        let source = allocator.alloc_str(&format!("{before}{text}{after}"));
        let parsed = Parser::new(&allocator, source, SourceType::cjs()).parse();
        if parsed.panicked || !parsed.errors.is_empty() || !is_one_function(&parsed.program, before)
        {
            continue;
        }
        let program = allocator.alloc(parsed.program);
        let semantic = SemanticBuilder::new()
            .with_check_syntax_error(true)
            .build(program);
        if !semantic.errors.is_empty() {
            continue;
        }
        return Ok(visit(&Parsed {
            semantic: &semantic.semantic,
            offset: before.len(),
        }));
    }
    Err(Unreadable::NoFunction)
}

/// Whether the parentheses that were put around the text enclose all of it, and a function at that,
/// as far as one can see: an expression, or an object with one method.
fn is_one_function(program: &Program<'_>, before: &str) -> bool {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else {
        return false;
    };
    let Expression::ParenthesizedExpression(outer) = &statement.expression else {
        return false;
    };
    let start = before.find('(').unwrap_or_default();
    let encloses_all = outer.span.start as usize == start && outer.span.end == program.span.end;
    let is_methods = before.ends_with('{');
    encloses_all
        && match &outer.expression {
            Expression::ObjectExpression(object) if is_methods => {
                let is_method = |it: &ObjectPropertyKind<'_>| match it {
                    ObjectPropertyKind::ObjectProperty(it) => it.method,
                    ObjectPropertyKind::SpreadProperty(_) => false,
                };
                object.properties.len() == 1 && object.properties.iter().all(is_method)
            }
            _ => true,
        }
}
