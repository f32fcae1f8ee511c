use isolane_syntax::on_parser_stack;
use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_ast_visit::{VisitMut, utf8_to_utf16::Utf8ToUtf16};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{SourceType, Span};

use super::lone_surrogates::LoneSurrogates;
use super::parsed::{Form, Language, Place};
use crate::{lint::unreadable, options::CheckOptions, report::Diagnostic};

/// Why a text has no tree in JSON.
#[derive(Clone, Debug)]
pub enum EstreeError {
    /// It is no JavaScript.
    Syntax(Vec<Diagnostic>),
    /// The system gave no thread for it, or no memory.
    Failed,
}

/// The tree of a text as JSON: an object of the `Program` and the `comments`, as
/// [ESTree](https://github.com/estree/estree) has them, with offsets in UTF-16. Parentheses are no
/// nodes.
///
/// # Errors
///
/// [`EstreeError`]
pub fn estree(text: &str, options: &CheckOptions) -> Result<String, EstreeError> {
    on_parser_stack(|| {
        let allocator = Allocator::default();
        let (form, place) = match crate::lint::parse(&allocator, text, options) {
            Ok(parsed) => (parsed.form, parsed.place),
            Err(errors) => {
                return Err(EstreeError::Syntax(
                    unreadable(text, errors, options).diagnostics,
                ));
            }
        };
        write(&allocator, text, form, place, options.language).ok_or(EstreeError::Failed)
    })
    .unwrap_or(Err(EstreeError::Failed))
}

/// Parses once more what is known to be right.
fn write(
    allocator: &Allocator,
    text: &str,
    form: Form,
    place: Place,
    language: Language,
) -> Option<String> {
    let bare = &text[place.skipped..];
    let source = match place.before {
        0 => bare,
        1 => allocator.alloc_str(&format!("({bare}\n)")),
        _ => allocator.alloc_str(&format!("({{{bare}\n}})")),
    };
    let kind = match form {
        Form::Module => SourceType::mjs(),
        Form::Function | Form::CommonJs => SourceType::cjs(),
    };
    let options = ParseOptions {
        preserve_parens: false,
        allow_return_outside_function: form == Form::CommonJs,
        ..ParseOptions::default()
    };
    let mut program = Parser::new(allocator, source, language.of(kind))
        .with_options(options)
        .parse()
        .program;
    LoneSurrogates { allocator }.visit_program(&mut program);
    let units = Utf8ToUtf16::new(source);
    units.convert_program(&mut program);
    units.convert_comments(&mut program.comments);
    let length = u32::try_from(text.encode_utf16().count()).ok()?;
    let mut shift = Shift {
        // A byte order mark is one unit, what was put in front one for each byte.
        by: i64::from(place.skipped > 0) - place.before as i64,
        length,
    };
    shift.visit_program(&mut program);
    for comment in &mut program.comments {
        shift.visit_span(&mut comment.span);
    }
    Some(json(&program, text))
}

fn json(program: &Program<'_>, text: &str) -> String {
    let tree = if program.source_type.is_typescript() {
        program.to_estree_ts_json(false)
    } else {
        program.to_estree_js_json(false)
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    let comments: Vec<_> = program
        .comments
        .iter()
        .map(|comment| {
            let (start, end) = (comment.span.start as usize, comment.span.end as usize);
            let kind = if comment.is_line() { "Line" } else { "Block" };
            let close = if comment.is_line() { 0 } else { 2 };
            let inner = units.get(start + 2..end.saturating_sub(close));
            serde_json::json!({
                "type": kind,
                "value": String::from_utf16_lossy(inner.unwrap_or_default()),
                "start": start,
                "end": end,
            })
        })
        .collect();
    let comments = serde_json::Value::from(comments);
    format!("{{\"program\":{tree},\"comments\":{comments}}}")
}

/// Makes offsets in what was parsed those of the text.
struct Shift {
    by: i64,
    length: u32,
}

impl VisitMut<'_> for Shift {
    fn visit_span(&mut self, span: &mut Span) {
        if self.by != 0 {
            span.start = self.shifted(span.start);
            span.end = self.shifted(span.end);
        }
    }
}

impl Shift {
    fn shifted(&self, offset: u32) -> u32 {
        let shifted = (i64::from(offset) + self.by).clamp(0, i64::from(self.length));
        u32::try_from(shifted).unwrap_or(0)
    }
}
