use std::collections::BTreeSet;

use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use crate::{
    lint::{Code, Findings, parts, taken},
    rules::{ERROR, OFF, Rule, RuleInfo},
};

/// Properties of globals that give something else each time.
const PATHS: &[&str] = &[
    "Date.now",
    "Math.random",
    "crypto.getRandomValues",
    "crypto.randomUUID",
    "performance.now",
    "process.hrtime",
    "process.uptime",
];

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-nondeterminism",
    summary: "Finds the time and random numbers, by which equal arguments give different results.",
    mirrors: &["no-restricted-properties"],
    options: Some("{ allow?: string[] }"),
    severities: [OFF, OFF, ERROR],
    make: |options| {
        let given = options.object(&["allow"])?;
        let allow = given.get("allow").texts()?.unwrap_or_default();
        Ok(Box::new(NoNondeterminism {
            allow: allow.into_iter().collect(),
        }))
    },
};

struct NoNondeterminism {
    /// Paths such as `Date.now`, and `Date` for dates that are made without arguments.
    allow: BTreeSet<String>,
}

impl Rule for NoNondeterminism {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
            AstType::CallExpression,
            AstType::NewExpression,
            AstType::VariableDeclarator,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let kind = node.kind();
        let path = match kind {
            // `const { random } = Math`
            AstKind::VariableDeclarator(it) => {
                if let Some(global) = it.init.as_ref().and_then(|init| code.global(init)) {
                    for (name, span) in taken(&it.id) {
                        self.judge(known(global, &name), span, findings);
                    }
                }
                None
            }
            AstKind::NewExpression(it) if it.arguments.is_empty() => date(code, &it.callee),
            // A call gives the present time, whatever its arguments are.
            AstKind::CallExpression(it) => date(code, &it.callee),
            _ => parts(kind).and_then(|(object, name)| known(code.global(object)?, name)),
        };
        self.judge(path, kind.span(), findings);
    }
}

impl NoNondeterminism {
    fn judge(&self, path: Option<String>, span: Span, findings: &mut Findings) {
        if let Some(path) = path.filter(|path| !self.allow.contains(path)) {
            tell(&path, span, findings);
        }
    }
}

/// The path of a property of a global, if it is one of those.
fn known(global: &str, name: &str) -> Option<String> {
    let path = format!("{global}.{name}");
    PATHS.contains(&&*path).then_some(path)
}

fn date<'a>(code: &Code<'a>, callee: &oxc_ast::ast::Expression<'a>) -> Option<String> {
    (code.global(callee) == Some("Date")).then(|| "Date".into())
}

fn tell(path: &str, span: Span, findings: &mut Findings) {
    let help = if path.contains("random") || path.contains("Random") {
        "Pass a seed or an identifier in the item or as `args`"
    } else {
        "Pass the time as `args`: `pool.map(items, fn, { args: { now: Date.now() } })`"
    };
    findings.report(
        span,
        format!(
            "`{path}` gives something else each time, so the same call gives different results"
        ),
        help,
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found_with, good};

    #[test]
    fn finds_time_and_chance() {
        bad(
            "no-nondeterminism",
            "",
            &[
                ("() => Math.random() + Date.now()", "1:7 1:23"),
                ("() => [new Date(), Date(), new Date]", "1:8 1:20 1:28"),
                ("() => crypto['randomUUID']()", "1:7"),
                ("() => [1].map(Math.random)", "1:15"),
                (
                    "() => { const { random, max } = Math; return random() }",
                    "1:17",
                ),
                (
                    "() => { const M = Math, D = Date; return M.random() + new D() }",
                    "1:42 1:55",
                ),
            ],
        );
    }

    #[test]
    fn what_depends_on_arguments_is_right() {
        good(
            "no-nondeterminism",
            "",
            &[
                "(a) => new Date(a).getTime()",
                "() => Math.max(1, 2)",
                "(Math) => Math.random()",
                "() => Date.UTC(2020)",
                "() => { let M = Math; M = seeded; return M.random() }",
                "(seeded) => { var M = Math; var M = seeded; return M.random() }",
                "(M) => { var M = M || Math; return M.random() }",
                "(M = Math) => { M = 1; return { random: M } }",
            ],
        );
        good(
            "no-nondeterminism",
            r#"{"allow":["Date","Math.random"]}"#,
            &["() => [new Date(), Math.random()]"],
        );
    }

    #[test]
    fn it_is_asked_for() {
        assert_eq!(
            found_with("{}", "() => Math.random()"),
            Vec::<String>::new()
        );
        assert_eq!(
            found_with(r#"{"preset":"strict"}"#, "() => Math.random()").len(),
            1
        );
    }
}
