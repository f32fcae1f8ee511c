use oxc_ast::{
    AstKind,
    ast::{Argument, Expression},
    ast_kind::AstType,
};
use oxc_semantic::AstNode;
use oxc_span::GetSpan;
use oxc_syntax::operator::BinaryOperator;

use crate::{
    lint::{Code, Findings, bare},
    rules::{ERROR, Rule, RuleInfo},
};

const TIMERS: &[&str] = &["execScript", "setImmediate", "setInterval", "setTimeout"];

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-implied-eval",
    summary: "Finds timers that are given text to run.",
    mirrors: &["no-implied-eval"],
    options: None,
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoImpliedEval))
    },
};

struct NoImpliedEval;

impl Rule for NoImpliedEval {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::CallExpression]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let AstKind::CallExpression(call) = node.kind() else {
            return;
        };
        let Some(timer) = code
            .global(&call.callee)
            .filter(|name| TIMERS.contains(name))
        else {
            return;
        };
        let argument = call.arguments.first().and_then(Argument::as_expression);
        if let Some(text) = argument.filter(|it| is_text(code, it)) {
            findings.report(
                text.span(),
                format!("`{timer}` is given text, which it would run as `eval` does"),
                format!("Give it a function: `{timer}(() => …)`"),
            );
        }
    }
}

/// Whether an expression is surely text.
fn is_text<'a>(code: &Code<'a>, expression: &Expression<'a>) -> bool {
    let mut expression = bare(expression);
    loop {
        expression = match expression {
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => return true,
            Expression::BinaryExpression(it) if it.operator == BinaryOperator::Addition => {
                if matches!(
                    bare(&it.right),
                    Expression::StringLiteral(_) | Expression::TemplateLiteral(_)
                ) {
                    return true;
                }
                bare(&it.left)
            }
            Expression::Identifier(it) => {
                let init = code.symbol(it).and_then(|symbol| code.constant_of(symbol));
                return init.is_some_and(|init| {
                    matches!(
                        bare(init),
                        Expression::StringLiteral(_) | Expression::TemplateLiteral(_)
                    )
                });
            }
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_text_for_timers() {
        bad(
            "no-implied-eval",
            "",
            &[
                ("() => setTimeout('a()', 1)", "1:18"),
                ("() => globalThis.setInterval(`a(${1})`)", "1:30"),
                ("(a) => setImmediate('f(' + a + ')')", "1:21"),
                ("() => { const code = 'a()'; setTimeout(code) }", "1:40"),
            ],
        );
    }

    #[test]
    fn functions_for_timers_are_right() {
        good(
            "no-implied-eval",
            "",
            &[
                "(f) => setTimeout(f, 1)",
                "() => setTimeout(() => 'a', 1)",
                "(setTimeout) => setTimeout('a')",
                "() => { let code = 'a'; code = () => 1; setTimeout(code) }",
                "(a, b) => setTimeout(a + b)",
            ],
        );
    }
}
