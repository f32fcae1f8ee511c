use oxc_ast::ast_kind::AstType;
use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-debugger",
    summary: "Finds `debugger`, which no debugger stops at in an isolate.",
    mirrors: &["no-debugger"],
    options: None,
    severities: [WARN, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoDebugger))
    },
};

struct NoDebugger;

impl Rule for NoDebugger {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::DebuggerStatement]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        findings.report(
            node.kind().span(),
            "`debugger` was left in the code",
            "Remove it; to look into a function, print with `console.log`, or call it in the process itself",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_the_statement() {
        bad(
            "no-debugger",
            "",
            &[
                ("() => {\n  debugger\n}", "2:3"),
                ("() => { if (1) debugger; else debugger }", "1:16 1:31"),
            ],
        );
        good(
            "no-debugger",
            "",
            &["() => { log('debugger') }", "(debug) => debug.debugger"],
        );
    }
}
