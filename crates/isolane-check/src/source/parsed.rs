use isolane_syntax::{Bounds, TOO_MANY_GUESSES};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, Program, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::{SourceType, Span};

use super::{
    decorators, jumps, regex, semicolon,
    syntax_error::{SyntaxError, error},
};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// What `Function.prototype.toString` gives: an expression, or a method of an object.
    Function,
    /// A file of CommonJS.
    CommonJs,
    /// An ECMAScript module.
    Module,
}

impl Form {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::CommonJs => "commonjs",
            Self::Module => "module",
        }
    }
}

/// What a text is to be read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Whichever it is.
    #[default]
    Any,
    Form(Form),
}

/// The language of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    #[default]
    JavaScript,
    TypeScript,
    /// TypeScript with tags of HTML in it.
    Tsx,
}

impl Language {
    pub(super) fn of(self, kind: SourceType) -> SourceType {
        match self {
            Self::JavaScript => kind,
            Self::TypeScript => kind.with_typescript(true),
            Self::Tsx => kind.with_typescript(true).with_jsx(true),
        }
    }
}

/// A text with its tree.
pub(crate) struct Parsed<'a> {
    pub(crate) semantic: Semantic<'a>,
    pub(crate) patterns: Vec<regex::Found<'a>>,
    pub(crate) form: Form,
    pub(crate) place: Place,
}

/// How offsets in what was parsed become those in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Bytes that were put in front.
    pub(crate) before: usize,
    /// Bytes of the text that were left away: its byte order mark.
    pub(crate) skipped: usize,
}

impl Place {
    /// The bytes of the text, which may be out of its bounds.
    pub(crate) fn of(self, span: Span) -> (usize, usize) {
        let of = |at: u32| (at as usize).saturating_sub(self.before) + self.skipped;
        (of(span.start), of(span.end))
    }
}

/// A way to read a text: the form it then has, and what stands around it.
struct Attempt {
    form: Option<Form>,
    around: (&'static str, &'static str),
}

const PROGRAM: Attempt = Attempt {
    form: None,
    around: ("", ""),
};
const EXPRESSION: Attempt = Attempt {
    form: Some(Form::Function),
    around: ("(", "\n)"),
};
const METHOD: Attempt = Attempt {
    form: Some(Form::Function),
    around: ("({", "\n})"),
};
const COMMON_JS: Attempt = Attempt {
    form: Some(Form::CommonJs),
    around: ("", ""),
};
const MODULE: Attempt = Attempt {
    form: Some(Form::Module),
    around: ("", ""),
};

/// Parses a text. Where its form is not given it is found out: what has `import` or `export` is a
/// module, what is one function is that, all else is CommonJS.
///
/// To be called [on a stack for it](isolane_syntax::on_parser_stack).
pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    text: &'a str,
    wanted: Wanted,
    language: Language,
) -> Result<Parsed<'a>, Vec<SyntaxError>> {
    let attempts: &[Attempt] = match wanted {
        Wanted::Any => &[PROGRAM, EXPRESSION, METHOD, MODULE],
        Wanted::Form(Form::Function) => &[EXPRESSION, METHOD],
        Wanted::Form(Form::CommonJs) => &[COMMON_JS],
        Wanted::Form(Form::Module) => &[MODULE],
    };
    let guesses_too_often = || Bounds::of(text).guesses_too_often();
    if language != Language::JavaScript && guesses_too_often() {
        return Err(vec![SyntaxError::whole(text, TOO_MANY_GUESSES)]);
    }
    let read = |text| read_any(allocator, text, attempts, language);
    let mut errors = match read(text) {
        Ok(parsed) => return semicolon::refuse(parsed),
        Err(errors) => errors,
    };
    if matches!(wanted, Wanted::Any | Wanted::Form(Form::Function))
        && let Some(bare) = text.trim_end().strip_suffix(';')
        && read(bare).is_ok_and(|it| it.form == Form::Function)
    {
        return Err(vec![semicolon::error(bare.len())]);
    }
    let is_typescript = language == Language::JavaScript
        && !guesses_too_often()
        && read_any(allocator, text, attempts, Language::TypeScript).is_ok();
    if let Some(error) = errors.first_mut()
        && is_typescript
    {
        error.help = Some(
            "This is TypeScript: say so by the language `ts`, or by the name of the file".into(),
        );
    }
    Err(errors)
}

/// Makes attempts until one succeeds.
fn read_any<'a>(
    allocator: &'a Allocator,
    text: &'a str,
    attempts: &[Attempt],
    language: Language,
) -> Result<Parsed<'a>, Vec<SyntaxError>> {
    let mut furthest: Option<Vec<SyntaxError>> = None;
    for attempt in attempts {
        match attempt.read(allocator, text, language) {
            Ok(parsed) => return Ok(parsed),
            // Whichever came furthest read the text as it was meant.
            Err(errors) => {
                let reached = |errors: &[SyntaxError]| errors.iter().map(|it| it.start).min();
                if furthest
                    .as_deref()
                    .is_none_or(|best| reached(&errors) > reached(best))
                {
                    furthest = Some(errors);
                }
            }
        }
    }
    Err(furthest.unwrap_or_default())
}

impl Attempt {
    fn read<'a>(
        &self,
        allocator: &'a Allocator,
        text: &'a str,
        language: Language,
    ) -> Result<Parsed<'a>, Vec<SyntaxError>> {
        let (before, after) = self.around;
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let place = Place {
            before: before.len(),
            skipped: text.len() - bare.len(),
        };
        let source = if before.is_empty() {
            bare
        } else {
            allocator.alloc_str(&format!("{before}{bare}{after}"))
        };
        let kind = match self.form {
            None => SourceType::unambiguous(),
            Some(Form::Module) => SourceType::mjs(),
            Some(_) => SourceType::cjs(),
        };
        let options = ParseOptions {
            allow_return_outside_function: before.is_empty() && self.form != Some(Form::Module),
            ..ParseOptions::default()
        };
        let parsed = Parser::new(allocator, source, language.of(kind))
            .with_options(options)
            .parse();
        let told = |errors: &[oxc_diagnostics::OxcDiagnostic]| -> Vec<SyntaxError> {
            errors.iter().map(|it| error(it, place, text)).collect()
        };
        if parsed.panicked || !parsed.errors.is_empty() {
            let mut errors = told(&parsed.errors);
            if errors.is_empty() {
                errors.push(SyntaxError::whole(text, "the text could not be parsed"));
            }
            return Err(errors);
        }
        let program: &'a Program<'a> = allocator.alloc(parsed.program);
        if !before.is_empty() && !is_enclosed(program, before) {
            return Err(vec![SyntaxError::whole(
                text,
                "this is no function expression",
            )]);
        }
        let built = SemanticBuilder::new()
            .with_check_syntax_error(true)
            .build(program);
        if !built.errors.is_empty() {
            return Err(told(&built.errors));
        }
        let stray = jumps::stray(program, place);
        if !stray.is_empty() {
            return Err(stray);
        }
        let decorators = decorators::found(&built.semantic, place);
        if !decorators.is_empty() {
            return Err(decorators);
        }
        let patterns = regex::of(allocator, &built.semantic).map_err(|errors| told(&errors))?;
        Ok(Parsed {
            semantic: built.semantic,
            patterns,
            form: self.form.unwrap_or_else(|| form_of(program)),
            place,
        })
    }
}

fn form_of(program: &Program<'_>) -> Form {
    if program.source_type.is_module() {
        Form::Module
    } else if is_function(program) {
        Form::Function
    } else {
        Form::CommonJs
    }
}

/// Whether a program is one function and no more.
fn is_function(program: &Program<'_>) -> bool {
    if !program.directives.is_empty() || program.hashbang.is_some() {
        return false;
    }
    match program.body.as_slice() {
        [Statement::FunctionDeclaration(_)] => true,
        [Statement::ExpressionStatement(statement)] => matches!(
            statement.expression.get_inner_expression(),
            Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
        ),
        _ => false,
    }
}

/// Whether the parentheses that were put around a text enclose all of it: an expression, or an object
/// with one method.
fn is_enclosed(program: &Program<'_>, before: &str) -> bool {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else {
        return false;
    };
    let Expression::ParenthesizedExpression(outer) = &statement.expression else {
        return false;
    };
    if outer.span.start != 0 || outer.span.end != program.span.end {
        return false;
    }
    match &outer.expression {
        Expression::ObjectExpression(object) if before.ends_with('{') => {
            matches!(object.properties.as_slice(), [ObjectPropertyKind::ObjectProperty(it)] if it.method)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<Form, String> {
        let allocator = Allocator::default();
        parse(&allocator, text, Wanted::Any, Language::JavaScript)
            .map(|it| it.form)
            .map_err(|errors| {
                let first = &errors[0];
                format!("{} {} {}", first.start, first.end, first.message)
            })
    }

    #[test]
    fn finds_out_what_a_text_is() {
        for (text, expected) in [
            ("(a) => a", Form::Function),
            ("function (a) { return a }", Form::Function),
            ("function named(a) { return a }", Form::Function),
            ("async (a) => a", Form::Function),
            ("method(a) { return a }", Form::Function),
            ("async *[Symbol.iterator](a) { return a }", Form::Function),
            ("module.exports = (a) => a", Form::CommonJs),
            ("return 1", Form::CommonJs),
            ("", Form::CommonJs),
            ("export default (a) => a", Form::Module),
            ("const a = await 1", Form::Module),
            (
                "\u{feff}#!/usr/bin/env node\nmodule.exports = 1",
                Form::CommonJs,
            ),
            ("// a line\n(a) => a // another", Form::Function),
        ] {
            assert_eq!(form(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn errors_are_where_the_text_is_wrong() {
        for text in [
            "(a) => {",
            "function (a) {",
            "method(a) {",
            "export default {",
            "\u{feff}(a) => {",
        ] {
            let place = format!("{} {} ", text.len(), text.len());
            let error = form(text).expect_err("it has no end");
            assert!(
                error.starts_with(&place) && error.ends_with("end of the text"),
                "{error}"
            );
        }
        assert!(form("(a) => a) + (b").is_err());
    }

    #[test]
    fn sloppy_code_is_read_as_well() {
        for text in [
            "function (o) { with (o) return a }",
            "(a) => delete a",
            "() => 010",
        ] {
            assert_eq!(form(text), Ok(Form::Function), "{text}");
        }
    }

    #[test]
    fn early_errors_are_errors() {
        for text in [
            "let a; let a",
            "() => { break }",
            "(a, a) => 1",
            "() => /(/",
            "() => /a/gg",
        ] {
            assert!(form(text).is_err(), "{text}");
        }
    }
}
