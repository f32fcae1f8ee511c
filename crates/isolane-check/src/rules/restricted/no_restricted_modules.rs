use oxc_ast::{AstKind, ast::Argument, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use super::{entry::Forbidden, pattern::matches};
use crate::{
    lint::{Code, Findings, constant, is_of_function},
    options::{Engine, OptionFault, Reader},
    rules::{ERROR, Options, Rule, RuleInfo},
};

/// What no function has reason to use on the node engine.
const OF_NODE: &[&str] = &[
    "child_process",
    "cluster",
    "inspector",
    "inspector/*",
    // Its `createRequire` gives what no rule sees.
    "module",
    "vm",
    "worker_threads",
];

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-restricted-modules",
    summary: "Finds modules that are forbidden: on the v8 engine all but published functions.",
    mirrors: &[
        "no-restricted-modules",
        "no-restricted-imports",
        "n/no-restricted-require",
    ],
    options: Some(
        "...(string | { name: string, message?: string }) | { paths?: …[], patterns?: string[], allow?: string[] }",
    ),
    severities: [ERROR, ERROR, ERROR],
    make: |options| Ok(Box::new(NoRestrictedModules::read(options)?)),
};

struct NoRestrictedModules {
    /// Names, or patterns with stars.
    names: Vec<Forbidden>,
    allow: Vec<String>,
    /// Whether what is not allowed is forbidden.
    all: bool,
}

impl NoRestrictedModules {
    fn read(options: &Options<'_>) -> Result<Self, OptionFault> {
        let mut rule = Self {
            names: Vec::new(),
            allow: Vec::new(),
            all: false,
        };
        let mut is_default = true;
        match options.given.as_slice() {
            [given] if given.is_object() && given.get("name").is_none() => {
                given.only(&["paths", "patterns", "allow"])?;
                for key in ["patterns", "allow"] {
                    refuse_unknown(&given.get(key))?;
                }
                for key in ["paths", "patterns"] {
                    if let Some(list) = given.get(key).list()? {
                        rule.names.extend(Forbidden::all(&list, "name")?);
                        is_default = false;
                    }
                }
                rule.allow = given.get("allow").texts()?.unwrap_or_default();
            }
            given => {
                rule.names = Forbidden::all(given, "name")?;
                is_default = given.is_empty();
            }
        }
        if is_default {
            match options.engine {
                Engine::V8 => rule.all = true,
                Engine::Node => {
                    let help = "Leave processes and threads to the host";
                    rule.names = OF_NODE
                        .iter()
                        .map(|name| Forbidden::new(name, help))
                        .collect();
                }
            }
        }
        Ok(rule)
    }

    fn help(&self, specifier: &str) -> Option<String> {
        let name = specifier.strip_prefix("node:").unwrap_or(specifier);
        let is_allowed = |pattern: &String| matches(pattern, specifier) || matches(pattern, name);
        if self.allow.iter().any(is_allowed) {
            return None;
        }
        let forbidden = self
            .names
            .iter()
            .find(|it| matches(&it.name, specifier) || matches(&it.name, name));
        match forbidden {
            Some(forbidden) => Some(forbidden.help()),
            None if self.all && nodejs_built_in_modules::is_nodejs_builtin_module(name) => Some(
                "It is Node's own, and the v8 engine has none of it: pass the data as `args`, or run the function on the node engine".into(),
            ),
            None if self.all => Some(
                "Functions on the v8 engine have no packages unless they are given as modules: allow it by the option `allow`, or publish what is needed and `require('@/name')`".into(),
            ),
            None => None,
        }
    }
}

/// Refuses patterns that ESLint's rule would read in another way, so that none is in vain.
fn refuse_unknown(given: &Reader<'_>) -> Result<(), OptionFault> {
    for pattern in given.list()?.unwrap_or_default() {
        let name = pattern.get("name");
        let text = pattern.as_text().or(name.as_text()).unwrap_or_default();
        if text.starts_with('!') || text.contains(['?', '[', ']', '{', '}', '\\']) {
            let message = format!(
                "The pattern `{text}` is not understood: a `*` stands for any text, and `!`, `?`, `[…]`, `{{…}}` and `\\` mean nothing"
            );
            return Err(pattern.unknown(message, Vec::new()));
        }
    }
    Ok(())
}

impl Rule for NoRestrictedModules {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::CallExpression]
    }

    /// `process.getBuiltinModule('vm')`
    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        if let AstKind::CallExpression(call) = node.kind()
            && code.property_of_global(&call.callee) == Some(("process", "getBuiltinModule"))
            && let Some(name) = call.arguments.first().and_then(Argument::as_expression)
            && let Some(specifier) = constant(name)
        {
            self.judge(specifier, name.span(), findings);
        }
    }

    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        for request in &code.requests {
            if let Some(specifier) = request.specifier.filter(|it| !is_of_function(it)) {
                self.judge(specifier, request.span, findings);
            }
        }
    }
}

impl NoRestrictedModules {
    fn judge(&self, specifier: &str, span: Span, findings: &mut Findings) {
        if let Some(help) = self.help(specifier) {
            findings.report(
                span,
                format!("The module `{specifier}` is not allowed here"),
                help,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found_with, good};

    #[test]
    fn on_the_v8_engine_all_are_forbidden_that_are_not_allowed() {
        bad(
            "no-restricted-modules",
            "",
            &[
                (
                    "const fs = require('fs'), { a } = require('lodash')",
                    "1:20 1:43",
                ),
                ("import fs from 'node:fs'\nexport * from 'b'", "1:16 2:15"),
                ("async () => await import('x')", "1:19"),
            ],
        );
        let allow = r#"{"allow":["lodash","@team/*"]}"#;
        good(
            "no-restricted-modules",
            allow,
            &[
                "require('lodash'); require('@team/a/b')",
                "require('@/price'); require('./a'); require(b)",
            ],
        );
        bad(
            "no-restricted-modules",
            allow,
            &[("require('lodash/map')", "1:9")],
        );
    }

    #[test]
    fn names_and_patterns_can_be_given() {
        let text = "require('fs'); require('node:fs'); require('fs/promises'); require('a')";
        bad("no-restricted-modules", r#""fs""#, &[(text, "1:9 1:24")]);
        bad(
            "no-restricted-modules",
            r#"{"paths":[{"name":"a"}],"patterns":["fs/*"]}"#,
            &[(text, "1:44 1:68")],
        );
    }

    #[test]
    fn patterns_that_are_not_understood_are_faults() {
        for (key, pattern) in [
            ("patterns", "!lodash/get"),
            ("patterns", "a?b"),
            ("patterns", "[0-9]"),
            ("patterns", "{a,b}"),
            ("allow", "!lodash"),
        ] {
            let options = format!(
                r#"{{"rules":{{"no-restricted-modules":["error",{{"{key}":["{pattern}"]}}]}}}}"#
            );
            let fault = crate::CheckOptions::read(&options).err();
            let message = fault.expect("it is wrong").message;
            assert!(message.contains(&format!("`{pattern}`")), "{message}");
        }
    }

    #[test]
    fn on_the_node_engine_processes_and_threads_are_forbidden() {
        let options =
            r#"{"engine":"node","preset":"none","rules":{"no-restricted-modules":"error"}}"#;
        for (text, found) in [
            (
                "require('node:child_process'); require('fs'); require('lodash'); require('vm')",
                "1:9 node:child_process, 1:74 vm",
            ),
            (
                "const { getBuiltinModule: get } = process; get('vm'); get('fs'); process.getBuiltinModule(name)",
                "1:48 vm",
            ),
            (
                "require('module').createRequire(__filename)('vm')",
                "1:9 module",
            ),
        ] {
            let told = found_with(options, text).join(", ");
            let told = told
                .replace("The module `", "")
                .replace("` is not allowed here", "");
            assert_eq!(told, found, "{text}");
        }
    }
}
