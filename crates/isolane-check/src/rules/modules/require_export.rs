use oxc_ast::{AstKind, ast::Expression};
use oxc_span::Span;

use crate::{
    lint::{Callable, Code, Entry, Findings, bare},
    rules::{ERROR, Rule, RuleInfo},
    source::Form,
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "require-export",
    summary: "Finds texts that give no function, or one that cannot be called as a pool does.",
    mirrors: &[],
    options: Some("{ maxParams?: number }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["maxParams"])?;
        Ok(Box::new(RequireExport {
            max_params: given.get("maxParams").number()?.unwrap_or(3),
        }))
    },
};

struct RequireExport {
    max_params: usize,
}

impl Rule for RequireExport {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        if let Some(span) = empty_exports(code) {
            findings.report(
                span,
                "`module.exports` is no function",
                "Give a function; what it needs besides may stand around it",
            );
            return;
        }
        if code.entries.is_empty() {
            // What a module hands on with `export *` is not seen.
            if !exports_unseen(code) {
                findings.report(
                    Span::new(0, 0),
                    none(code),
                    "Write `module.exports = (item) => …`, or `export default (item) => …`",
                );
            }
            return;
        }
        for (at, entry) in code.entries.iter().enumerate() {
            let mut later = code.entries[at + 1..].iter();
            match entry.callable {
                Some(callable) => self.judge(callable, findings),
                // What is assigned last counts.
                None if entry.is_other && !later.any(|it| it.name == entry.name) => findings
                    .report(
                        entry.span,
                        format!("{} is no function", named(entry)),
                        "Give a function; what it needs besides may stand around it",
                    ),
                None => {}
            }
        }
    }
}

impl RequireExport {
    fn judge(&self, callable: Callable<'_>, findings: &mut Findings) {
        if callable.is_generator() {
            findings.report(
                callable.span(),
                "A generator gives an iterator, which cannot be sent",
                "Return an array: `return [...items()]`",
            );
        }
        let required = callable
            .params()
            .items
            .iter()
            .filter(|it| !it.pattern.kind.is_assignment_pattern())
            .count();
        if required > self.max_params {
            let extra = &callable.params().items[self.max_params];
            findings.report(
                extra.span,
                format!(
                    "The function asks for {required} arguments and is called with {} at most",
                    self.max_params
                ),
                "It gets `(item, index, context)`; what else it needs is in `context.args`",
            );
        }
    }
}

fn none(code: &Code<'_>) -> &'static str {
    match code.form {
        Form::Function => "This is no function",
        Form::CommonJs => "This gives no function: nothing is assigned to `module.exports`",
        Form::Module => "This gives no function: there is no default export, and none named `main`",
    }
}

fn exports_unseen(code: &Code<'_>) -> bool {
    use oxc_ast::ast::Statement;
    let program = code.semantic.nodes().program();
    match code.form {
        Form::Module => {
            let mut body = program.body.iter();
            body.any(|it| matches!(it, Statement::ExportAllDeclaration(_)))
        }
        // `module.exports` may be handed on.
        Form::CommonJs => {
            let mut free = code.free();
            free.any(|it| matches!(it.name, "module" | "exports"))
        }
        Form::Function => false,
    }
}

/// Where `module.exports = {}` is, and nothing else in the text mentions what it exports.
fn empty_exports(code: &Code<'_>) -> Option<Span> {
    if code.form != Form::CommonJs || !code.entries.is_empty() {
        return None;
    }
    let mut uses = code
        .free()
        .filter(|it| matches!(it.name, "module" | "exports"));
    let (Some(only), None) = (uses.next(), uses.next()) else {
        return None;
    };
    let mut around = code.semantic.nodes().ancestor_kinds(only.node());
    let assignment = around.find_map(|kind| match kind {
        AstKind::AssignmentExpression(it) => Some(it),
        _ => None,
    })?;
    let target = assignment.left.as_simple_assignment_target()?;
    let target = target.as_member_expression()?;
    let is_exports = only.name == "module"
        && target.static_property_name() == Some("exports")
        && matches!(target.object(), Expression::Identifier(it) if it.span == only.span);
    let is_empty = matches!(
        bare(&assignment.right),
        Expression::ObjectExpression(it) if it.properties.is_empty()
    );
    (is_exports && is_empty).then_some(assignment.span)
}

fn named(entry: &Entry<'_>) -> String {
    match entry.name {
        "" => "This".into(),
        name => format!("`{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found, good};

    #[test]
    fn finds_texts_without_a_function() {
        bad(
            "require-export",
            "",
            &[
                ("const a = 1", "1:1"),
                ("export const a = 1", "1:1"),
                ("module.exports = 1", "1:1"),
                ("exports.main = class {}", "1:1"),
                ("module.exports = undefined", "1:1"),
                ("module.exports = -1", "1:1"),
                ("module.exports = 1 + 2", "1:1"),
                ("module.exports = void f", "1:1"),
                ("module.exports = new Map()", "1:1"),
                ("const a = 1; module.exports = {}", "1:14"),
                ("export default {}", "1:1"),
                ("'text'", "1:1"),
            ],
        );
        assert_eq!(
            found("require-export", "", ""),
            ["1:1 This gives no function: nothing is assigned to `module.exports`"]
        );
    }

    #[test]
    fn finds_functions_that_cannot_be_called() {
        bad(
            "require-export",
            "",
            &[
                ("function* f() {}", "1:1"),
                ("async *f() {}", "1:9"),
                ("(a, b, c, d) => 1", "1:11"),
                ("function f(a, b, c, d) {}\nmodule.exports = f", "1:21"),
                ("const f = (a, b, c, d) => 1\nexport { f as main }", "1:21"),
            ],
        );
        bad(
            "require-export",
            r#"{"maxParams":1}"#,
            &[("(a, b) => 1", "1:5")],
        );
    }

    #[test]
    fn texts_with_a_function_are_right() {
        good(
            "require-export",
            "",
            &[
                "(a, b, c, d = 1, ...e) => a",
                "module.exports = make()",
                "module.exports = new Proxy((i) => 1, {})",
                "module.exports = new Handler()",
                "exports.main = void 0; Object.defineProperty(exports, 'main', { get: () => f })",
                "exports.default = undefined; exports.default = (a) => a",
                "module.exports = null; module.exports = (a) => a",
                "module.exports = new Function('a', 'return a')",
                "module.exports = {}; module.exports[name] = (a) => a",
                "module.exports = {}; set(module)",
                "exports = module.exports = {}",
                "module.exports = { main: (a) => a }",
                "exports.default = async () => 1",
                "exports = module.exports = function () {}",
                "export { default } from './a'",
                "export * from './a'",
                "export function main() {}",
                "set(module, 1)",
                "method(a) { return a }",
            ],
        );
    }
}
