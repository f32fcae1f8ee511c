//! The `;` behind the text of a function, where formatters put it: it makes the expression a statement, and
//! whoever runs it puts parentheses around it.

use oxc_ast::ast::Statement;

use super::parsed::{Form, Parsed};
use super::syntax_error::SyntaxError;

/// Refuses a function that was read as a statement with a semicolon.
pub(super) fn refuse<'a>(parsed: Parsed<'a>) -> Result<Parsed<'a>, Vec<SyntaxError>> {
    match place(&parsed) {
        Some(at) if parsed.form == Form::Function => Err(vec![error(at)]),
        _ => Ok(parsed),
    }
}

fn place(parsed: &Parsed<'_>) -> Option<usize> {
    let program = parsed.semantic.nodes().program();
    let Statement::ExpressionStatement(it) = program.body.first()? else {
        return None;
    };
    let end = (it.span.end as usize).checked_sub(1)?;
    let is_there = program.source_text.as_bytes().get(end) == Some(&b';');
    is_there.then_some(end + parsed.place.skipped)
}

pub(super) fn error(at: usize) -> SyntaxError {
    SyntaxError {
        start: at,
        end: at + 1,
        message: "The text of a function ends without `;`".into(),
        help: Some("Remove it: the text is an expression, and no statement".into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    fn found(options: &str, text: &str) -> Vec<String> {
        let report = check(text, &CheckOptions::read(options).expect("right"));
        let found = report.diagnostics.into_iter();
        found
            .map(|it| format!("{}:{} {}", it.place.line, it.place.column, it.message))
            .collect()
    }

    #[test]
    fn a_function_that_ends_with_one_is_refused_however_it_is_read() {
        for (options, text, place) in [
            ("{}", "(item) => item;", "1:15"),
            ("{}", "\u{feff}(item) => item; // so\n", "1:16"),
            (r#"{"form":"function"}"#, "(item) => item;\n", "1:15"),
            (
                r#"{"form":"function"}"#,
                "function (item) {\n  return item\n};",
                "3:2",
            ),
            (
                r#"{"form":"function"}"#,
                "method(item) { return item };",
                "1:29",
            ),
        ] {
            let expected = format!("{place} The text of a function ends without `;`");
            assert_eq!(found(options, text), [expected], "{text}");
        }
    }

    #[test]
    fn elsewhere_it_is_right() {
        for text in [
            "module.exports = (item) => item;",
            "export default (item) => item;",
            "(item) => { return item; }",
            "(item) => item // ;",
        ] {
            assert_eq!(found("{}", text), Vec::<String>::new(), "{text}");
        }
    }
}
