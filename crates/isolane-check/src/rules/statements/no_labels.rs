use oxc_ast::{AstKind, ast::Statement, ast_kind::AstType};
use oxc_semantic::AstNode;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-labels",
    summary: "Finds labels.",
    mirrors: &["no-labels"],
    options: Some("{ allowLoop?: boolean, allowSwitch?: boolean }"),
    severities: [WARN, WARN, ERROR],
    make: |options| {
        let given = options.object(&["allowLoop", "allowSwitch"])?;
        Ok(Box::new(NoLabels {
            allow_loop: given.get("allowLoop").flag()?.unwrap_or(false),
            allow_switch: given.get("allowSwitch").flag()?.unwrap_or(false),
        }))
    },
};

struct NoLabels {
    allow_loop: bool,
    allow_switch: bool,
}

impl Rule for NoLabels {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::LabeledStatement]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        let AstKind::LabeledStatement(labeled) = node.kind() else {
            return;
        };
        let is_allowed = match &labeled.body {
            Statement::SwitchStatement(_) => self.allow_switch,
            body => self.allow_loop && body.is_iteration_statement(),
        };
        if !is_allowed {
            findings.report(
                labeled.label.span,
                format!("`{}` is a label", labeled.label.name),
                "Move the loop into a function of its own, and `return` from it",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_labels() {
        bad(
            "no-labels",
            "",
            &[
                ("() => { a: for (;;) break a }", "1:9"),
                ("() => { b: { break b } }", "1:9"),
            ],
        );
        good("no-labels", "", &["() => { for (;;) break }"]);
    }

    #[test]
    fn those_of_loops_and_switches_can_be_allowed() {
        let code =
            "() => { a: for (;;) break a\n b: switch (1) { case 1: break b }\n c: { break c } }";
        bad("no-labels", r#"{"allowLoop":true}"#, &[(code, "2:2 3:2")]);
        bad(
            "no-labels",
            r#"{"allowLoop":true,"allowSwitch":true}"#,
            &[(code, "3:2")],
        );
    }
}
