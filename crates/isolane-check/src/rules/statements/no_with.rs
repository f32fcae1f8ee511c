use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::Span;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-with",
    summary: "Finds `with`, which makes it unknowable what names mean.",
    mirrors: &["no-with"],
    options: None,
    severities: [WARN, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoWith))
    },
};

struct NoWith;

impl Rule for NoWith {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::WithStatement]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        let AstKind::WithStatement(statement) = node.kind() else {
            return;
        };
        findings.report(
            Span::sized(statement.span.start, 4),
            "`with` makes it unknowable what the names in it mean, and strict code has none",
            "Take the properties into variables: `const { a, b } = object`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_the_statement() {
        bad(
            "no-with",
            "",
            &[("function (o) { with (o) return a }", "1:16")],
        );
        good("no-with", "", &["(a) => a.with(0, 1)"]);
    }
}
