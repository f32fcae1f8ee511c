//! Decorators: the parser reads them, and no engine does.

use oxc_ast::AstKind;
use oxc_semantic::Semantic;
use oxc_span::GetSpan;

use super::parsed::Place;
use super::syntax_error::SyntaxError;

/// The decorators of a text. In TypeScript they are right: whoever compiles it takes them out.
pub(super) fn found(semantic: &Semantic<'_>, place: Place) -> Vec<SyntaxError> {
    if semantic.source_type().is_typescript() {
        return Vec::new();
    }
    let nodes = semantic.nodes().iter();
    let decorators = nodes.filter(|it| matches!(it.kind(), AstKind::Decorator(_)));
    let error = |span| {
        let (start, end) = place.of(span);
        SyntaxError {
            start,
            end,
            message: "No engine knows decorators".into(),
            help: Some("Compile them to JavaScript, or call the function that decorates".into()),
        }
    };
    decorators.map(|it| error(it.kind().span())).collect()
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    fn found(options: &str, text: &str) -> Vec<String> {
        let options = CheckOptions::read(options).expect("right");
        let report = check(text, &options);
        let diagnostics = report.diagnostics.iter();
        diagnostics
            .map(|it| format!("{}:{} {}", it.place.line, it.place.column, it.message))
            .collect()
    }

    #[test]
    fn are_refused_where_an_engine_would_read_them() {
        let text = "() => {\n  @a class B { @c() d() {} }\n  return B\n}";
        assert_eq!(
            found(r#"{"preset":"none"}"#, text),
            [
                "2:3 No engine knows decorators",
                "2:16 No engine knows decorators"
            ]
        );
        let typescript = r#"{"preset":"none","language":"ts"}"#;
        assert_eq!(found(typescript, text), Vec::<String>::new());
    }
}
