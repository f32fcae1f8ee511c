use isolane_syntax::{Position, Positions, nests_too_deep};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use crate::{
    exports, json,
    module::Format,
    requests::{self, Kind, Names},
};

/// What is known of a module's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// How it is to be read.
    pub format: Format,
    /// What it requests, in the order of the text.
    pub requests: Vec<Found>,
    /// Whether it may request what cannot be seen: `require` with a name that is computed, or handed on.
    pub is_open: bool,
    /// Whether it awaits something while it is evaluated.
    pub is_async: bool,
    /// Whether it refers to `__name`, which transpilers leave in texts, and does not declare it.
    pub lacks_name_helper: bool,
    /// The names of its exports that can be seen, without those of `export *`. Of CommonJS these are
    /// properties that the text puts on `exports`.
    pub exports: Vec<String>,
}

/// A request as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What is asked for.
    pub specifier: String,
    /// In which way.
    pub kind: Kind,
    /// Where the request begins.
    pub position: Position,
    /// Whether the text has an answer to a failure: the request is tried.
    pub is_optional: bool,
    /// Whether it stands within a function, so that it may never be made.
    pub is_lazy: bool,
    /// Which exports are taken.
    pub names: Names,
}

/// What a module is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It gives the function, and may be no more than that function.
    Entry,
    /// Others ask for it.
    Required,
}

/// Why a text is no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// It does not compile.
    Syntax {
        /// What is wrong, as a sentence without a full stop.
        message: String,
        /// Where.
        position: Position,
    },
    /// It nests deeper than any text that is parsed.
    TooDeep,
}

const NAME_HELPER: &str = "__name";

/// What stopped the parser, and at which byte of the text.
type Failure = (usize, String);
/// A way to read a text.
type Attempt = fn(&Allocator, &str) -> Result<Text, Failure>;

/// Reads a module's text. Where its format is not given it is found out: what has `import` or
/// `export` is ESM, an entry that is one function is that function, all else is CommonJS.
///
/// To be called [on a stack for it](isolane_syntax::on_parser_stack).
///
/// # Errors
///
/// [`TextError`]. It tells what keeps the text from being parsed; a compiler may find more.
pub fn read(source: &str, format: Option<Format>, role: Role) -> Result<Text, TextError> {
    if format == Some(Format::Json) {
        return json::read(source);
    }
    if nests_too_deep(source) {
        return Err(TextError::TooDeep);
    }
    let attempts: &[Attempt] = match format {
        None if role == Role::Entry => &[as_any, as_function, as_esm],
        None => &[as_file, as_esm],
        Some(Format::Function) => &[as_function],
        Some(Format::Esm) => &[as_esm],
        Some(Format::CommonJs | Format::Json) => &[as_common_js],
    };
    let mut furthest: Failure = (0, String::new());
    for (at, attempt) in attempts.iter().enumerate() {
        match attempt(&Allocator::default(), source) {
            Ok(text) => return Ok(text),
            // Whatever came furthest read the text as it was meant.
            Err(failure) if at == 0 || failure.0 > furthest.0 => furthest = failure,
            Err(_) => {}
        }
    }
    let (offset, message) = furthest;
    Err(TextError::Syntax {
        message,
        position: Position::of(source, offset),
    })
}

/// As one function, or as a file.
fn as_any(allocator: &Allocator, source: &str) -> Result<Text, Failure> {
    as_either(allocator, source, Role::Entry)
}

fn as_file(allocator: &Allocator, source: &str) -> Result<Text, Failure> {
    as_either(allocator, source, Role::Required)
}

fn as_either(allocator: &Allocator, source: &str, role: Role) -> Result<Text, Failure> {
    let parsed = parse(allocator, source, SourceType::unambiguous(), 0)?;
    let is_esm = parsed.program.source_type.is_module();
    let format = if is_esm {
        Format::Esm
    } else if role == Role::Entry && is_function(&parsed.program) {
        Format::Function
    } else {
        Format::CommonJs
    };
    Ok(describe(allocator, source, parsed, 0, format))
}

fn as_common_js(allocator: &Allocator, source: &str) -> Result<Text, Failure> {
    let parsed = parse(allocator, source, SourceType::cjs(), 0)?;
    if let Some(start) = exports::first_of_esm(&parsed.module_record) {
        return Err((start, "This is of ESM, and the module is CommonJS".into()));
    }
    Ok(describe(allocator, source, parsed, 0, Format::CommonJs))
}

fn as_esm(allocator: &Allocator, source: &str) -> Result<Text, Failure> {
    let parsed = parse(allocator, source, SourceType::mjs(), 0)?;
    Ok(describe(allocator, source, parsed, 0, Format::Esm))
}

fn as_function(allocator: &Allocator, source: &str) -> Result<Text, Failure> {
    let enclosed = allocator.alloc_str(&format!("({source}\n)"));
    let parsed = parse(allocator, enclosed, SourceType::cjs(), 1)?;
    if !is_enclosed(&parsed.program) || !is_function(&parsed.program) {
        return Err((0, "This is no function expression".into()));
    }
    Ok(describe(allocator, source, parsed, 1, Format::Function))
}

/// Parses a text that stands `before` bytes behind the start of `source`.
fn parse<'a>(
    allocator: &'a Allocator,
    source: &'a str,
    kind: SourceType,
    before: usize,
) -> Result<ParserReturn<'a>, Failure> {
    let options = ParseOptions {
        allow_return_outside_function: !kind.is_module() && before == 0,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, source, kind)
        .with_options(options)
        .parse();
    match parsed.errors.first() {
        None if !parsed.panicked => Ok(parsed),
        None => Err((0, "The text could not be parsed".into())),
        Some(error) => {
            let label = error.labels.as_ref().and_then(|labels| labels.first());
            let offset = label
                .map_or(0, |label| label.offset())
                .saturating_sub(before);
            Err((offset, error.message.trim_end_matches('.').to_owned()))
        }
    }
}

fn describe<'a>(
    allocator: &'a Allocator,
    source: &str,
    parsed: ParserReturn<'a>,
    before: usize,
    format: Format,
) -> Text {
    let is_esm = parsed.program.source_type.is_module();
    let program = allocator.alloc(parsed.program);
    let semantic = SemanticBuilder::new().build(program).semantic;
    let mut positions = Positions::new(source);
    let mut place = |offset: u32| positions.at((offset as usize).saturating_sub(before));
    let sought = requests::of(&semantic, &mut place);
    Text {
        format,
        requests: sought.requests,
        is_open: sought.is_open,
        is_async: sought.is_async && is_esm,
        lacks_name_helper: semantic
            .scoping()
            .root_unresolved_references()
            .contains_key(NAME_HELPER),
        exports: if is_esm {
            exports::of_esm(&parsed.module_record)
        } else {
            exports::of_common_js(&semantic)
        },
    }
}

/// Whether the parentheses that were put around a text enclose all of it.
fn is_enclosed(program: &Program<'_>) -> bool {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else {
        return false;
    };
    match &statement.expression {
        Expression::ParenthesizedExpression(outer) => {
            outer.span.start == 0 && outer.span.end == program.span.end
        }
        _ => false,
    }
}

/// Whether a program is one function and no more.
fn is_function(program: &Program<'_>) -> bool {
    if !program.directives.is_empty() {
        return false;
    }
    match program.body.as_slice() {
        [Statement::FunctionDeclaration(_)] => true,
        [Statement::ExpressionStatement(statement)] => matches!(
            statement.expression.without_parentheses(),
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
        ),
        _ => false,
    }
}
