use oxc_ast::{AstKind, ast::Expression};
use oxc_span::Span;

use super::exits::Exits;
use crate::{
    lint::{Code, Findings, bare},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-infinite-loop",
    summary: "Finds loops whose condition is constant, and that nothing leaves.",
    mirrors: &["no-constant-condition", "no-unreachable-loop"],
    options: None,
    severities: [WARN, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoInfiniteLoop))
    },
};

struct NoInfiniteLoop;

impl Rule for NoInfiniteLoop {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let nodes = code.semantic.nodes();
        let mut exits = None;
        for node in nodes.iter() {
            let Some(head) = endless(node.kind()) else {
                continue;
            };
            let exits = exits.get_or_insert_with(|| Exits::of(nodes));
            if !exits.leave(node.id()) {
                findings.report(
                    head,
                    "This loop never ends: its condition is always true, and there is no `break`, `return` or `throw`",
                    "Give it a condition that becomes false, or a `break`; until then only the call's `timeout` ends it",
                );
            }
        }
    }
}

/// Where a loop with a condition that is always true begins.
fn endless(kind: AstKind<'_>) -> Option<Span> {
    let (span, word) = match kind {
        AstKind::ForStatement(it) if it.test.as_ref().is_none_or(is_true) => (it.span, 3),
        AstKind::WhileStatement(it) if is_true(&it.test) => (it.span, 5),
        AstKind::DoWhileStatement(it) if is_true(&it.test) => (it.span, 2),
        _ => return None,
    };
    Some(Span::sized(span.start, word))
}

/// Whether a condition is constant and true.
fn is_true(condition: &Expression<'_>) -> bool {
    match bare(condition) {
        Expression::BooleanLiteral(it) => it.value,
        Expression::NumericLiteral(it) => it.value != 0.0 && !it.value.is_nan(),
        Expression::BigIntLiteral(it) => it.value != "0",
        Expression::StringLiteral(it) => !it.value.is_empty(),
        Expression::TemplateLiteral(it) => it.quasis.iter().any(|it| !it.value.raw.is_empty()),
        Expression::ArrayExpression(_)
        | Expression::ObjectExpression(_)
        | Expression::ArrowFunctionExpression(_)
        | Expression::FunctionExpression(_)
        | Expression::ClassExpression(_)
        | Expression::RegExpLiteral(_)
        | Expression::NewExpression(_) => true,
        Expression::UnaryExpression(it) if it.operator.is_not() => match bare(&it.argument) {
            Expression::NullLiteral(_) => true,
            Expression::BooleanLiteral(it) => !it.value,
            Expression::NumericLiteral(it) => it.value == 0.0 || it.value.is_nan(),
            Expression::StringLiteral(it) => it.value.is_empty(),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_loops_that_nothing_leaves() {
        bad(
            "no-infinite-loop",
            "",
            &[
                ("() => { for (;;) {} }", "1:9"),
                ("() => { while (true) f() }", "1:9"),
                ("() => { do {} while (!0) }", "1:9"),
                ("() => { while ('a') for (const a of b) break }", "1:9"),
                ("() => { while (1) switch (a) { case 1: break } }", "1:9"),
                ("() => { for (;;) [].map(() => { return 1 }) }", "1:9"),
                ("() => { a: for (;;) for (;;) continue a }", "1:12"),
                ("() => { for (;;) { continue } }", "1:9"),
                ("() => { a: for (;;) { b: { break b } } }", "1:12"),
            ],
        );
    }

    #[test]
    fn loops_that_something_leaves_are_right() {
        good(
            "no-infinite-loop",
            "",
            &[
                "() => { for (;;) { if (a) break } }",
                "() => { for (;;) return 1 }",
                "() => { for (;;) throw 1 }",
                "function* f() { for (;;) yield 1 }",
                "() => { a: for (;;) { for (;;) break a } }",
                "() => { a: while (a) for (;;) continue a }",
                "() => { a: { for (;;) { break a } } }",
                "() => { while (a) {} }",
                "() => { for (;;) switch (a) { case 1: return } }",
                "() => { while (false) {} }",
                "() => { for (;;) for (;;) return }",
            ],
        );
    }
}
