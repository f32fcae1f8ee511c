use std::collections::BTreeSet;

use oxc_ast::{
    AstKind,
    ast::{Argument, CallExpression, Expression, MemberExpression},
    ast_kind::AstType,
};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use super::known;
use crate::{
    lint::{Code, Findings, assigned_member, member},
    rules::{ERROR, Rule, RuleInfo},
};

/// Functions of `Object` and `Reflect` that change their first argument.
const CHANGING: &[(&str, &str)] = &[
    ("Object", "assign"),
    ("Object", "defineProperties"),
    ("Object", "defineProperty"),
    ("Object", "setPrototypeOf"),
    ("Reflect", "defineProperty"),
    ("Reflect", "deleteProperty"),
    ("Reflect", "set"),
    ("Reflect", "setPrototypeOf"),
];

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-extend-native",
    summary: "Finds changes of the prototypes of built-in classes.",
    mirrors: &["no-extend-native"],
    options: Some("{ exceptions?: string[] }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["exceptions"])?;
        let exceptions = given.get("exceptions").texts()?.unwrap_or_default();
        Ok(Box::new(NoExtendNative {
            exceptions: exceptions.into_iter().collect(),
        }))
    },
};

struct NoExtendNative {
    exceptions: BTreeSet<String>,
}

impl Rule for NoExtendNative {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::AssignmentExpression,
            AstType::UpdateExpression,
            AstType::UnaryExpression,
            AstType::CallExpression,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let object = match node.kind() {
            AstKind::CallExpression(call) => changed(code, call),
            kind => assigned_member(kind).map(MemberExpression::object),
        };
        let Some(native) = object.and_then(|object| self.native(code, object)) else {
            return;
        };
        report(native, node.kind().span(), findings);
    }
}

impl NoExtendNative {
    /// The built-in whose prototype an expression is.
    fn native<'a>(&self, code: &Code<'a>, object: &Expression<'a>) -> Option<&'a str> {
        let prototype = member(object)?;
        let name = code.global(prototype.object())?;
        let is_native = prototype.static_property_name() == Some("prototype")
            && known::LANGUAGE.contains(&name)
            && name.starts_with(|char: char| char.is_ascii_uppercase())
            && !self.exceptions.contains(name);
        is_native.then_some(name)
    }
}

/// The object that a call of `Object` or `Reflect` changes.
pub(crate) fn changed<'a>(
    code: &Code<'a>,
    call: &'a CallExpression<'a>,
) -> Option<&'a Expression<'a>> {
    let path = code.property_of_global(&call.callee)?;
    CHANGING
        .contains(&path)
        .then(|| call.arguments.first().and_then(Argument::as_expression))
        .flatten()
}

fn report(native: &str, span: Span, findings: &mut Findings) {
    findings.report(
        span,
        format!(
            "This changes what all values of `{native}` inherit, also for code that runs here later"
        ),
        "Write a function that takes the value: `const last = (list) => list.at(-1)`",
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_changes_of_prototypes() {
        bad(
            "no-extend-native",
            "",
            &[
                ("() => { Array.prototype.last = 1 }", "1:9"),
                ("() => { Object['prototype'].x++ }", "1:9"),
                ("() => { globalThis.Map.prototype.x ??= 1 }", "1:9"),
                ("() => { delete String.prototype.at }", "1:9"),
                (
                    "() => Object.defineProperty(Array.prototype, 'x', {})",
                    "1:7",
                ),
                ("() => Object.assign(Set.prototype, {})", "1:7"),
                ("() => Reflect.set(Set.prototype, 'a', 1)", "1:7"),
            ],
        );
    }

    #[test]
    fn own_classes_and_reading_are_right() {
        good(
            "no-extend-native",
            "",
            &[
                "() => { class A {} A.prototype.x = 1 }",
                "(Array) => { Array.prototype.x = 1 }",
                "() => Array.prototype.slice.call([])",
                "() => { const a = Array.prototype }",
                "() => Object.assign({}, Array.prototype)",
            ],
        );
        good(
            "no-extend-native",
            r#"{"exceptions":["Array"]}"#,
            &["() => { Array.prototype.x = 1 }"],
        );
    }
}
