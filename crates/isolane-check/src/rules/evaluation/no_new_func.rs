use oxc_ast::{
    AstKind,
    ast::{Expression, MemberExpression},
    ast_kind::AstType,
};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use oxc_syntax::operator::UnaryOperator;

use crate::{
    lint::{Code, Findings, bare, callable, member, parts},
    rules::{ERROR, Rule, RuleInfo, known},
};

/// Globals of the language that are objects, whose constructor is `Object`.
const OBJECTS: &[&str] = &[
    "Atomics",
    "Infinity",
    "Intl",
    "JSON",
    "Math",
    "NaN",
    "Reflect",
    "Temporal",
    "WebAssembly",
];
/// Properties of literals that are no functions.
const VALUES: &[&str] = &[
    "dotAll",
    "flags",
    "global",
    "hasIndices",
    "ignoreCase",
    "lastIndex",
    "length",
    "multiline",
    "source",
    "sticky",
    "unicode",
    "unicodeSets",
];

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-new-func",
    summary: "Finds `Function` as a constructor, also where it is reached by `constructor`.",
    mirrors: &["no-new-func"],
    options: None,
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoNewFunc))
    },
};

struct NoNewFunc;

impl Rule for NoNewFunc {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::CallExpression,
            AstType::NewExpression,
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        let found = match node.kind() {
            AstKind::CallExpression(it) => called(code, &it.callee),
            AstKind::NewExpression(it) => called(code, &it.callee),
            kind => {
                (leads_to_function(code, kind) && !is_only_read(node, code)).then(|| kind.span())
            }
        };
        if let Some(span) = found {
            findings.report(
                span,
                "This makes a function of text that no rule has seen",
                "Write the function itself, or choose among functions that the text has",
            );
        }
    }
}

/// Where `Function(…)`, `Function.call(…)` and the like are.
fn called<'a>(code: &Code<'a>, callee: &Expression<'a>) -> Option<Span> {
    if code.global(callee) == Some("Function") {
        return Some(callee.span());
    }
    let member = member(callee)?;
    let is_handed_on = matches!(
        member.static_property_name(),
        Some("call" | "apply" | "bind")
    );
    (is_handed_on && code.global(member.object()) == Some("Function")).then(|| callee.span())
}

/// Whether a member expression is `x.constructor` of a function: `(() => {}).constructor`,
/// `a.constructor.constructor`, `[].map.constructor`.
fn leads_to_function<'a>(code: &Code<'a>, kind: AstKind<'a>) -> bool {
    let Some((object, "constructor")) = parts(kind) else {
        return false;
    };
    match bare(object) {
        Expression::ClassExpression(_) => true,
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => true,
        Expression::Identifier(it) => match code.symbol(it) {
            Some(_) => callable(code, object).is_some(),
            None => {
                let name = it.name.as_str();
                name.starts_with(|char: char| char.is_ascii_uppercase())
                    && known::LANGUAGE.binary_search(&name).is_ok()
                    && !OBJECTS.contains(&name)
            }
        },
        _ => member(object).is_some_and(is_surely_function),
    }
}

/// Whether the constructor is only compared or asked for its name, which makes nothing.
fn is_only_read(node: &AstNode<'_>, code: &Code<'_>) -> bool {
    let nodes = code.semantic.nodes();
    let mut around = nodes.ancestor_kinds(node.id());
    let parent = around.find(|kind| {
        !matches!(
            kind,
            AstKind::ParenthesizedExpression(_) | AstKind::ChainExpression(_)
        )
    });
    match parent {
        Some(AstKind::StaticMemberExpression(it)) => {
            matches!(it.property.name.as_str(), "name" | "length")
        }
        Some(AstKind::BinaryExpression(_)) => true,
        Some(AstKind::UnaryExpression(it)) => {
            matches!(
                it.operator,
                UnaryOperator::Typeof | UnaryOperator::LogicalNot
            )
        }
        _ => false,
    }
}

/// Whether a property is a function: `x.constructor`, or a method of a literal.
fn is_surely_function(member: &MemberExpression<'_>) -> bool {
    let Some(name) = member.static_property_name() else {
        return false;
    };
    name == "constructor"
        || (!VALUES.contains(&name)
            && !name.starts_with(|char: char| char.is_ascii_digit())
            && matches!(
                bare(member.object()),
                Expression::ArrayExpression(_)
                    | Expression::StringLiteral(_)
                    | Expression::NumericLiteral(_)
                    | Expression::TemplateLiteral(_)
                    | Expression::RegExpLiteral(_)
            ))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_the_constructor_however_it_is_reached() {
        bad(
            "no-new-func",
            "",
            &[
                ("() => new Function('return 1')()", "1:11"),
                ("() => Function('return 1')()", "1:7"),
                ("() => globalThis['Function']('a')", "1:7"),
                ("() => Function.apply(null, ['a'])", "1:7"),
                ("(a) => a.constructor.constructor('a')()", "1:8"),
                ("() => (() => {}).constructor('a')", "1:7"),
                ("() => (async () => {})['constructor']('a')", "1:7"),
                ("() => [].map.constructor('a')", "1:7"),
                ("() => ''.at?.constructor('a')", "1:7"),
                ("function f() { return f.constructor('a') }", "1:23"),
                ("() => Object.constructor('a')", "1:7"),
                ("() => { const F = Function; new F('a') }", "1:33"),
                (
                    "() => { const { Function: F } = globalThis; F('a') }",
                    "1:45",
                ),
            ],
        );
    }

    #[test]
    fn constructors_of_other_things_are_right() {
        good(
            "no-new-func",
            "",
            &[
                "(a) => a.constructor === Object",
                "(a) => new a.constructor()",
                "(a) => a.constructor.name",
                "(a) => a.constructor.constructor.name",
                "(a) => (a.constructor?.constructor)?.name",
                "(a) => a.constructor.constructor === b",
                "(f) => typeof f.constructor.constructor",
                "(a) => Math.constructor(a)",
                "(a) => Settings.constructor(a)",
                "(a) => ''.length.constructor(a)",
                "(a) => [1][0].constructor(a)",
                "(Function) => Function('a')",
                "(a) => a instanceof Function",
            ],
        );
    }
}
