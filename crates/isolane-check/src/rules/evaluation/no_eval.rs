use oxc_ast::{AstKind, ast::Expression, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use crate::{
    lint::{Code, Findings, taken},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-eval",
    summary: "Finds `eval`, called or handed on.",
    mirrors: &["no-eval"],
    options: Some("{ allowIndirect?: boolean }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["allowIndirect"])?;
        Ok(Box::new(NoEval {
            allow_indirect: given.get("allowIndirect").flag()?.unwrap_or(false),
        }))
    },
};

struct NoEval {
    allow_indirect: bool,
}

impl Rule for NoEval {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::IdentifierReference,
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
            AstType::VariableDeclarator,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let kind = node.kind();
        let is_eval = match kind {
            AstKind::IdentifierReference(it) => {
                it.name == "eval" && code.symbol(it).is_none() && !code.is_typeof(node.id())
            }
            // `const { eval: run } = globalThis`
            AstKind::VariableDeclarator(it) => {
                if !self.allow_indirect
                    && it
                        .init
                        .as_ref()
                        .is_some_and(|init| code.is_global_object(init))
                {
                    for (_, span) in taken(&it.id).into_iter().filter(|(name, _)| name == "eval") {
                        tell(span, findings);
                    }
                }
                false
            }
            _ => code.global_of_kind(kind) == Some("eval"),
        };
        if is_eval && (!self.allow_indirect || is_direct(node, code)) {
            tell(kind.span(), findings);
        }
    }
}

fn tell(span: Span, findings: &mut Findings) {
    findings.report(
        span,
        "`eval` runs text that no rule has seen",
        "Write the code itself; to read data use `JSON.parse`",
    );
}

/// Whether it is `eval(…)`, which sees the variables around it.
fn is_direct(node: &AstNode<'_>, code: &Code<'_>) -> bool {
    match code.semantic.nodes().parent_kind(node.id()) {
        AstKind::CallExpression(call) => {
            matches!(&call.callee, Expression::Identifier(it) if it.span == node.kind().span())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_eval_however_it_is_reached() {
        bad(
            "no-eval",
            "",
            &[
                ("() => eval('1')", "1:7"),
                ("() => (0, eval)('1')", "1:11"),
                ("() => globalThis.eval('1')", "1:7"),
                ("() => globalThis['eval']('1')", "1:7"),
                ("() => self.globalThis?.eval('1')", "1:7"),
                ("() => { const run = eval; run('1') }", "1:21"),
                ("() => [eval]", "1:8"),
                (
                    "() => { const { eval: run } = globalThis; run('1') }",
                    "1:17",
                ),
                ("() => { const g = globalThis; g.eval('1') }", "1:31"),
            ],
        );
    }

    #[test]
    fn other_things_of_that_name_are_right() {
        good(
            "no-eval",
            "",
            &[
                "(eval) => eval(1)",
                "(a) => a.eval(1)",
                "() => typeof eval",
                "() => ({ eval: 1 })",
            ],
        );
        good(
            "no-eval",
            r#"{"allowIndirect":true}"#,
            &[
                "() => (0, eval)('1')",
                "() => globalThis.eval('1')",
                "() => { const { eval: run } = globalThis; run('1') }",
            ],
        );
        bad(
            "no-eval",
            r#"{"allowIndirect":true}"#,
            &[("() => eval('1')", "1:7")],
        );
    }
}
