use oxc_ast::{AstKind, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo, WARN},
    source::Form,
};

/// Nodes around a `this` that are looked at; further off it is taken for some function's own.
const FURTHEST: usize = 1000;

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-this-at-top",
    summary: "Finds `this` where it is nothing: around the function, and in the function itself.",
    mirrors: &["no-invalid-this"],
    options: None,
    severities: [WARN, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoThisAtTop))
    },
};

struct NoThisAtTop;

impl Rule for NoThisAtTop {
    fn kinds(&self) -> &'static [AstType] {
        &[AstType::ThisExpression]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let nodes = code.semantic.nodes();
        let mut last = node.kind().span();
        for kind in nodes.ancestor_kinds(node.id()).take(FURTHEST) {
            let message = match kind {
                // Of a class `this` is an object, but not in the keys of its members.
                AstKind::StaticBlock(_) => return,
                AstKind::PropertyDefinition(it) if it.key.span() != last => return,
                AstKind::AccessorProperty(it) if it.key.span() != last => return,
                AstKind::Function(it) => {
                    let is_entry = code.is_entry(it.span);
                    if !is_entry {
                        return;
                    }
                    "`this` is nothing in the function that a pool calls"
                }
                // There it is `module.exports`.
                AstKind::Program(_) if code.form == Form::CommonJs => return,
                AstKind::Program(_) => "`this` is `undefined` here: no function around it has one",
                _ => {
                    last = kind.span();
                    continue;
                }
            };
            findings.report(
                node.kind().span(),
                message,
                "Take what is needed from the parameters, `(item, index, context)`, or from variables",
            );
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_this_without_an_object() {
        bad(
            "no-this-at-top",
            "",
            &[
                ("() => this.a", "1:7"),
                ("function (a) { return this.a }", "1:23"),
                ("method() { return () => this }", "1:25"),
                (
                    "this.a = 1; module.exports = function () { return this }",
                    "1:51",
                ),
                ("export default () => this", "1:22"),
                ("() => class { [this.a] = 1 }", "1:16"),
            ],
        );
    }

    #[test]
    fn this_of_objects_is_right() {
        good(
            "no-this-at-top",
            "",
            &[
                "() => class { a = this; static { this.b = 1 } c() { return this } }",
                "() => ({ a() { return this } })",
                "() => { function Inner() { this.a = 1 } return new Inner() }",
                "const o = { a() { return this } }; module.exports = () => o.a()",
            ],
        );
    }
}
