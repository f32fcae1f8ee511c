use std::{panic, thread};

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, Program, Statement};
use oxc_parser::Parser;
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;

/// The longest text that is looked at, in bytes.
///
/// The parser and every visitor recurse as deep as the text nests, and a text nests at most once per
/// byte. At this length the deepest one fits into [`STACK_BYTES`]; a test tries each shape.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The stack of the thread that parses. The system commits what is touched only.
const STACK_BYTES: usize = if cfg!(debug_assertions) {
    2 << 30
} else {
    512 << 20
};

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
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("isolane-check".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                // A failed assertion of the parser is no reason to end a process.
                panic::catch_unwind(panic::AssertUnwindSafe(|| parse(text, visit)))
                    .unwrap_or(Err(Unreadable::Failed))
            })
            .map_err(|_| Unreadable::Failed)?;
        thread.join().unwrap_or(Err(Unreadable::Failed))
    })
}

/// The forms in which a function's text makes sense: as an expression, and as a method of an object.
const FORMS: [(&str, &str); 2] = [("(", "\n)"), ("({", "\n})")];

fn parse<T>(text: &str, visit: impl FnOnce(&Parsed<'_>) -> T) -> Result<T, Unreadable> {
    let allocator = Allocator::default();
    for (before, after) in FORMS {
        let source = allocator.alloc_str(&format!("{before}{text}{after}"));
        // A script is sloppy where it does not say otherwise, and so takes `with` and the like.
        let parsed = Parser::new(&allocator, source, SourceType::cjs()).parse();
        if parsed.panicked || !parsed.errors.is_empty() || !is_one_function(&parsed.program) {
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
fn is_one_function(program: &Program<'_>) -> bool {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else {
        return false;
    };
    let Expression::ParenthesizedExpression(outer) = &statement.expression else {
        return false;
    };
    let encloses_all = outer.span == program.span;
    let is_methods = program.source_text.starts_with("({");
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
