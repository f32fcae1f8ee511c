use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-process-exit",
    summary: "Finds calls that end the process, or the Worker with all that it computes.",
    mirrors: &["n/no-process-exit"],
    options: None,
    severities: [OFF, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoProcessExit))
    },
};

struct NoProcessExit;

impl Rule for NoProcessExit {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::CallExpression]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let AstKind::CallExpression(call) = node.kind() else {
            return;
        };
        if let Some(("process", name @ ("exit" | "abort" | "reallyExit"))) =
            code.property_of_global(&call.callee)
        {
            findings.report(
                call.callee.span(),
                format!("`process.{name}()` ends the Worker, and all calls that run in it"),
                "Throw an error, which ends this call alone",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_the_calls() {
        bad(
            "no-process-exit",
            "",
            &[
                ("() => process.exit(1)", "1:7"),
                ("() => globalThis.process?.['abort']()", "1:7"),
                ("() => { if (1) process.reallyExit() }", "1:16"),
                ("() => { const { exit: end } = process; end() }", "1:40"),
                ("() => { const p = process, end = p.exit; end() }", "1:42"),
                (
                    "() => { const { process: p } = globalThis; p.exit() }",
                    "1:44",
                ),
            ],
        );
        good(
            "no-process-exit",
            "",
            &[
                "(process) => process.exit()",
                "() => process.cwd()",
                "() => a.process.exit()",
                "({ exit } = process) => exit()",
                "() => { let { exit } = process; exit = () => 0; return exit() }",
                "() => { const { a: { exit } } = process; exit() }",
                "() => { const { a } = b, { b } = a; a.exit() }",
            ],
        );
    }
}
