use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use super::entry::Forbidden;
use crate::{
    lint::{Code, Findings, parts, taken},
    options::Engine,
    rules::{ERROR, OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-restricted-globals",
    summary: "Finds globals that are forbidden, and properties of globals such as `process.env`.",
    mirrors: &["no-restricted-globals"],
    options: Some("...(string | { name: string, message?: string })"),
    severities: [OFF, ERROR, ERROR],
    make: |options| {
        let mut names = Forbidden::all(&options.given, "name")?;
        if names.is_empty() && options.engine == Engine::Node {
            names = vec![
                Forbidden::new(
                    "process.env",
                    "Pass the settings that the function needs as `args`",
                ),
                Forbidden::new(
                    "process.binding",
                    "Use the module that Node documents for it",
                ),
                Forbidden::new(
                    "process.dlopen",
                    "Use the package that the addon belongs to",
                ),
                Forbidden::new("process.kill", "Leave processes to the host"),
                Forbidden::new(
                    "process.chdir",
                    "Use absolute paths: the folder is the whole process's",
                ),
                Forbidden::new(
                    "SharedArrayBuffer",
                    "Pass copies: other calls write to shared memory at the same time",
                ),
            ];
        }
        Ok(Box::new(NoRestrictedGlobals { names }))
    },
};

struct NoRestrictedGlobals {
    names: Vec<Forbidden>,
}

impl Rule for NoRestrictedGlobals {
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
        match kind {
            AstKind::IdentifierReference(it) => {
                if code.symbol(it).is_none()
                    && let Some(forbidden) = self.named(it.name.as_str())
                {
                    tell(forbidden, kind.span(), findings);
                }
            }
            // `const { env } = process`
            AstKind::VariableDeclarator(it) => {
                let global = it.init.as_ref().and_then(|init| code.global(init));
                let Some(global) = global else {
                    return;
                };
                for (name, span) in taken(&it.id) {
                    if let Some(forbidden) = self.named(&format!("{global}.{name}")) {
                        tell(forbidden, span, findings);
                    }
                }
            }
            _ => {
                let Some((object, name)) = parts(kind) else {
                    return;
                };
                let path = if code.is_global_object(object) {
                    Some(name.to_owned())
                } else {
                    code.global(object).map(|global| format!("{global}.{name}"))
                };
                if let Some(forbidden) = path.and_then(|path| self.named(&path)) {
                    tell(forbidden, kind.span(), findings);
                }
            }
        }
    }
}

impl NoRestrictedGlobals {
    fn named(&self, name: &str) -> Option<&Forbidden> {
        self.names.iter().find(|it| it.name == name)
    }
}

fn tell(forbidden: &Forbidden, span: oxc_span::Span, findings: &mut Findings) {
    findings.report(
        span,
        format!("`{}` is not allowed here", forbidden.name),
        forbidden.help(),
    );
}

#[cfg(test)]
mod tests {
    use crate::{
        CheckOptions, check,
        rules::testing::{bad, found_with, good},
    };

    #[test]
    fn finds_names_and_paths() {
        bad(
            "no-restricted-globals",
            r#""Date", {"name":"process.env","message":"Ask."}"#,
            &[
                ("() => new Date()", "1:11"),
                ("() => globalThis.Date.now()", "1:7"),
                ("() => process.env.HOME", "1:7"),
                ("() => process?.['env']", "1:7"),
                ("() => { const { env, argv } = process }", "1:17"),
            ],
        );
        good(
            "no-restricted-globals",
            r#""Date","process.env""#,
            &[
                "(Date) => Date.now()",
                "() => process.argv",
                "(a) => a.Date",
            ],
        );
        good("no-restricted-globals", "", &["() => process.env"]);
    }

    #[test]
    fn tells_what_the_options_say() {
        let options = r#"{"preset":"none","rules":{"no-restricted-globals":["warn",{"name":"Date","message":"Use `args.now`"}]}}"#;
        let report = check("() => Date", &CheckOptions::read(options).expect("right"));
        assert_eq!(
            report.diagnostics[0].help.as_deref(),
            Some("Use `args.now`")
        );
        assert_eq!((report.errors, report.warnings), (0, 1));
    }

    #[test]
    fn the_node_engine_has_a_list_of_its_own() {
        let options =
            r#"{"engine":"node","preset":"none","rules":{"no-restricted-globals":"error"}}"#;
        assert_eq!(
            found_with(options, "() => process.env"),
            ["1:7 `process.env` is not allowed here"]
        );
    }
}
