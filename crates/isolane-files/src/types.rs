use std::path::Path;

use isolane_modules::{Format, Position, TextError};
use isolane_syntax::{Bounds, TOO_MANY_GUESSES};
use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_parser::Parser;
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::{GetSpan, SourceType};
use oxc_transformer::{TransformOptions, Transformer};

use crate::map::Map;

/// Levels that TypeScript may nest: what transforms and prints it takes more of the stack than what
/// parses it.
const MAX_NESTING: usize = isolane_syntax::MAX_NESTING / 8;

/// JavaScript that was TypeScript.
pub(crate) struct Printed {
    pub(crate) code: String,
    pub(crate) map: Option<Map>,
}

/// Takes the types out of a text, and transforms what TypeScript has beside types, such as `enum`.
/// Imports of which only types are used go with them.
///
/// To be called [on a stack for it](isolane_syntax::on_parser_stack).
pub(crate) fn strip(
    path: &Path,
    source: &str,
    format: Option<Format>,
) -> Result<Printed, TextError> {
    let bounds = Bounds::of(source);
    if bounds.depth > MAX_NESTING {
        return Err(TextError::TooDeep);
    }
    if bounds.guesses_too_often() {
        return Err(TextError::Syntax {
            message: TOO_MANY_GUESSES.into(),
            position: Position { line: 1, column: 1 },
        });
    }
    let kind = match format {
        Some(Format::Esm) => SourceType::ts(),
        Some(Format::CommonJs) => SourceType::ts().with_script(true),
        _ => SourceType::ts().with_unambiguous(true),
    };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, kind).parse();
    refuse(source, &parsed.errors)?;
    let mut program = parsed.program;
    let semantic = SemanticBuilder::new()
        .with_excess_capacity(2.0)
        .build(&program);
    refuse_decorators(source, &semantic.semantic)?;
    let scoping = semantic.semantic.into_scoping();
    let options = TransformOptions::default();
    let transformed =
        Transformer::new(&allocator, path, &options).build_with_scoping(scoping, &mut program);
    refuse(source, &transformed.errors)?;
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            source_map_path: Some(path.to_owned()),
            ..CodegenOptions::default()
        })
        .build(&program);
    Ok(Printed {
        code: printed.code,
        map: printed.map.map(Map::new),
    })
}

/// What they become depends on the author's compiler and its options.
fn refuse_decorators(source: &str, semantic: &Semantic<'_>) -> Result<(), TextError> {
    let mut nodes = semantic.nodes().iter();
    match nodes.find(|it| matches!(it.kind(), AstKind::Decorator(_))) {
        None => Ok(()),
        Some(it) => Err(TextError::Syntax {
            message: "Decorators are to be compiled to JavaScript first".into(),
            position: Position::of(source, it.kind().span().start as usize),
        }),
    }
}

fn refuse(source: &str, errors: &[oxc_diagnostics::OxcDiagnostic]) -> Result<(), TextError> {
    let Some(error) = errors.first() else {
        return Ok(());
    };
    let label = error.labels.as_ref().and_then(|labels| labels.first());
    Err(TextError::Syntax {
        message: error.message.trim_end_matches('.').to_owned(),
        position: Position::of(source, label.map_or(0, |label| label.offset())),
    })
}
