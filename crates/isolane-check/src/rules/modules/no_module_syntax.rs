use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use crate::{
    lint::{Code, Findings},
    rules::{OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-module-syntax",
    summary: "Finds `import` and `export`, where functions are to be CommonJS.",
    mirrors: &["no-restricted-syntax", "import/unambiguous"],
    options: None,
    severities: [OFF, OFF, OFF],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoModuleSyntax))
    },
};

struct NoModuleSyntax;

impl Rule for NoModuleSyntax {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::ImportDeclaration,
            AstType::ExportNamedDeclaration,
            AstType::ExportDefaultDeclaration,
            AstType::ExportAllDeclaration,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        let (is_type, word, help) = match node.kind() {
            AstKind::ImportDeclaration(it) => (
                it.import_kind.is_type(),
                "import",
                "Write `const { name } = require('@/other')`",
            ),
            AstKind::ExportNamedDeclaration(it) => (
                it.export_kind.is_type() || it.declaration.as_ref().is_some_and(|it| it.is_type()),
                "export",
                "Write `exports.name = …`",
            ),
            AstKind::ExportAllDeclaration(it) => (
                it.export_kind.is_type(),
                "export",
                "Write `Object.assign(exports, require('@/other'))`",
            ),
            _ => (false, "export", "Write `module.exports = …`"),
        };
        if !is_type {
            let start = node.kind().span().start;
            findings.report(
                Span::sized(start, 6),
                format!("`{word}` makes this an ES module, and functions are to be CommonJS"),
                help,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_declarations() {
        bad(
            "no-module-syntax",
            "",
            &[
                ("import a from 'a'\nexport default () => a", "1:1 2:1"),
                (
                    "export * from 'a'; export { b } from 'b'; export const c = 1",
                    "1:1 1:20 1:43",
                ),
            ],
        );
        good(
            "no-module-syntax",
            "",
            &["module.exports = () => import('a')", "(a) => a"],
        );
    }
}
