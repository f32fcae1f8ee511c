use oxc_ast::ast_kind::AstType;
use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use crate::{
    lint::{Code, Findings, parts},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-proto",
    summary: "Finds `__proto__`, by which data can change what all objects inherit.",
    mirrors: &["no-proto"],
    options: None,
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoProto))
    },
};

struct NoProto;

impl Rule for NoProto {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        if parts(node.kind()).is_some_and(|(_, name)| name == "__proto__") {
            findings.report(
                node.kind().span(),
                "`__proto__` reaches what all objects of a kind inherit",
                "Use `Object.getPrototypeOf`, or `Object.create(prototype)`",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_the_property() {
        bad(
            "no-proto",
            "",
            &[
                ("(a) => a.__proto__", "1:8"),
                ("(a) => { a['__proto__'].x = 1 }", "1:10"),
                ("(a) => a?.[`__proto__`]", "1:8"),
            ],
        );
        good(
            "no-proto",
            "",
            &[
                "(a) => Object.getPrototypeOf(a)",
                "(__proto__) => __proto__",
                "() => ({ __proto__: null })",
            ],
        );
    }
}
