use oxc_ast::{
    AstKind,
    ast::{
        AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, Expression,
        IdentifierReference, SimpleAssignmentTarget, Statement,
    },
};
use oxc_semantic::{AstNode, Semantic};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};

use super::{
    bindings::Bindings,
    calls,
    definitions::Definitions,
    names::{
        CONSTANTS, COPYING_CLASSES, FORBIDDEN_PROPERTIES, PURE_FUNCTIONS, VIEWING_CLASSES, has,
        is_method,
    },
    values::{Values, bare, is_math, key_name},
};

/// A finding, by its place in what was parsed.
pub(super) type Found = (Span, String);

/// Symbols that only tell a built-in how an object of the text behaves.
const SYMBOLS: &[&str] = &[
    "asyncIterator",
    "hasInstance",
    "iterator",
    "toPrimitive",
    "toStringTag",
];

/// All that keeps the text from being proven.
pub(super) fn findings<'a>(semantic: &'a Semantic<'a>) -> Vec<Found> {
    let mut values = Values {
        bindings: Bindings::of(semantic),
        definitions: Definitions::anything(),
    };
    let definitions = Definitions::of(semantic, &values);
    // What was answered while any name could be defined is too careful: it is asked anew.
    values = Values {
        bindings: Bindings::of(semantic),
        definitions,
    };
    let mut found: Vec<Found> = values
        .definitions
        .unknown
        .iter()
        .map(|&span| {
            (
                span,
                "what is put under this computed key may be a function".into(),
            )
        })
        .collect();
    found.extend(values.definitions.called.iter().map(|(span, name)| {
        let message = format!("built-ins may call what is put under `{name}`");
        (*span, message)
    }));
    for node in semantic.nodes().iter() {
        let mut report = |span: Span, message: String| found.push((span, message));
        check(semantic, &values, node, &mut report);
    }
    found
}

fn check<'a>(
    semantic: &'a Semantic<'a>,
    values: &Values<'a>,
    node: &AstNode<'a>,
    report: &mut dyn FnMut(Span, String),
) {
    match node.kind() {
        AstKind::AssignmentExpression(it) => write(values, &it.left, report),
        AstKind::UpdateExpression(it) => simple_write(values, &it.argument, report),
        AstKind::UnaryExpression(it) if it.operator == UnaryOperator::Delete => {
            if let Some(object) = object_of(bare(&it.argument)) {
                receiver(values, object, it.span, report);
            }
        }
        AstKind::CallExpression(it) => calls::call(values, it, report),
        AstKind::NewExpression(it) => calls::construction(values, it, report),
        AstKind::TaggedTemplateExpression(it) => calls::tag(values, &it.tag, report),
        AstKind::IdentifierReference(it) => global(semantic, values, node, it, report),
        AstKind::StaticMemberExpression(it) => {
            property(&it.property.name, it.property.span, report)
        }
        AstKind::ComputedMemberExpression(it) => {
            if let Expression::StringLiteral(name) = &it.expression {
                property(&name.value, name.span, report);
            }
            if may_be_function(values, &it.object) && !values.is_number(&it.expression) {
                report(
                    it.span,
                    "a property of a function may be any function".into(),
                );
            }
        }
        AstKind::ObjectProperty(it) => key(&it.key, report),
        AstKind::BindingProperty(it) => key(&it.key, report),
        AstKind::AssignmentTargetPropertyProperty(it) => key(&it.name, report),
        AstKind::Class(it) => {
            if let Some(class) = &it.super_class {
                report(
                    class.span(),
                    "a class that extends another may call any function".into(),
                );
            }
        }
        AstKind::Decorator(it) => report(it.span, "a decorator may be any function".into()),
        AstKind::Super(it) => report(it.span, "`super` may lead to any function".into()),
        AstKind::ThisExpression(it) => {
            report(it.span, "`this` may be the global object".into());
        }
        AstKind::BlockStatement(it) => block_functions(semantic, node, &it.body, report),
        AstKind::SwitchCase(it) => block_functions(semantic, node, &it.consequent, report),
        AstKind::IfStatement(it) => {
            let branches = [Some(&it.consequent), it.alternate.as_ref()];
            branches
                .into_iter()
                .flatten()
                .for_each(|it| odd_function(it, report));
        }
        AstKind::LabeledStatement(it) => odd_function(&it.body, report),
        AstKind::WithStatement(it) => {
            report(it.span, "`with` makes it unknown what a name is".into())
        }
        AstKind::ImportExpression(it) => report(it.span, "`import()` may load any code".into()),
        AstKind::MetaProperty(it) if it.meta.name == "import" => {
            report(it.span, "`import.meta` may lead to any code".into());
        }
        _ => {}
    }
    targets(node.kind(), |target| write(values, target, report));
}

/// Whether the value may be a method of a built-in, by which one reaches `Function`.
fn may_be_function<'a>(values: &Values<'a>, expression: &Expression<'a>) -> bool {
    values.is_function(expression)
        || match bare(expression) {
            // Data that is given has no functions under its own names.
            Expression::StaticMemberExpression(it) => {
                values.is_data(&it.object) && is_method(it.property.name.as_str())
            }
            _ => false,
        }
}

/// Reports the functions that a block declares. In sloppy mode they are also those of a variable of
/// the function around it.
fn block_functions<'a>(
    semantic: &'a Semantic<'a>,
    node: &AstNode<'a>,
    statements: &[Statement<'a>],
    report: &mut dyn FnMut(Span, String),
) {
    let mut functions = statements
        .iter()
        .filter(|it| matches!(it, Statement::FunctionDeclaration(_)))
        .peekable();
    if functions.peek().is_some() && !is_surely_strict(semantic, node) {
        functions.for_each(|it| odd_function(it, report));
    }
}

/// Whether the text itself says that `node` is in strict mode.
fn is_surely_strict<'a>(semantic: &'a Semantic<'a>, node: &AstNode<'a>) -> bool {
    semantic
        .nodes()
        .ancestor_kinds(node.id())
        .any(|it| match it {
            AstKind::FunctionBody(body) => {
                let mut directives = body.directives.iter();
                directives.any(|it| it.directive == "use strict")
            }
            AstKind::ClassBody(_) => true,
            _ => false,
        })
}

/// Reports a function that stands where only sloppy mode has one: what its name is outside of the
/// statement depends on names around it.
fn odd_function(statement: &Statement<'_>, report: &mut dyn FnMut(Span, String)) {
    if let Statement::FunctionDeclaration(function) = statement {
        report(
            function.span,
            "what this declares is not the same in all modes".into(),
        );
    }
}

/// Calls `visit` with each target of a pattern or loop that is written to, but for those of
/// assignments and updates themselves.
pub(super) fn targets<'a>(kind: AstKind<'a>, mut visit: impl FnMut(&'a AssignmentTarget<'a>)) {
    let mut maybe = |target: &'a AssignmentTargetMaybeDefault<'a>| {
        if let Some(target) = target.as_assignment_target() {
            visit(target);
        }
    };
    match kind {
        AstKind::ArrayAssignmentTarget(it) => it.elements.iter().flatten().for_each(maybe),
        AstKind::ObjectAssignmentTarget(it) => {
            for property in &it.properties {
                if let AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) = property {
                    maybe(&it.binding);
                }
            }
        }
        AstKind::AssignmentTargetRest(it) => visit(&it.target),
        AstKind::AssignmentTargetWithDefault(it) => visit(&it.binding),
        AstKind::ForInStatement(it) => {
            if let Some(target) = it.left.as_assignment_target() {
                visit(target);
            }
        }
        AstKind::ForOfStatement(it) => {
            if let Some(target) = it.left.as_assignment_target() {
                visit(target);
            }
        }
        _ => {}
    }
}

fn write<'a>(
    values: &Values<'a>,
    target: &AssignmentTarget<'a>,
    report: &mut dyn FnMut(Span, String),
) {
    // The targets in a pattern are nodes of their own.
    if let Some(target) = target.as_simple_assignment_target() {
        simple_write(values, target, report);
    }
}

fn simple_write<'a>(
    values: &Values<'a>,
    target: &SimpleAssignmentTarget<'a>,
    report: &mut dyn FnMut(Span, String),
) {
    match target {
        // A variable of the text; a global is found where identifiers are looked at.
        SimpleAssignmentTarget::AssignmentTargetIdentifier(_) => {}
        SimpleAssignmentTarget::StaticMemberExpression(it) => {
            receiver(values, &it.object, it.span, report);
        }
        SimpleAssignmentTarget::ComputedMemberExpression(it) => {
            receiver(values, &it.object, it.span, report);
        }
        SimpleAssignmentTarget::PrivateFieldExpression(it) => {
            receiver(values, &it.object, it.span, report);
        }
        other => report(other.span(), "this writes to something unknown".into()),
    }
}

/// The object of a member expression.
fn object_of<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e Expression<'a>> {
    match expression {
        Expression::StaticMemberExpression(it) => Some(&it.object),
        Expression::ComputedMemberExpression(it) => Some(&it.object),
        Expression::PrivateFieldExpression(it) => Some(&it.object),
        // `delete a?.b`: what the chain leads to is not looked at.
        Expression::ChainExpression(_) => Some(expression),
        _ => None,
    }
}

/// Reports a write to `object`, unless the text made it.
pub(super) fn receiver<'a>(
    values: &Values<'a>,
    object: &Expression<'a>,
    span: Span,
    report: &mut dyn FnMut(Span, String),
) {
    if values.is_fresh(object) {
        return;
    }
    let message = match bare(object) {
        Expression::Identifier(it) => {
            format!(
                "`{}` may not be the function's own: this writes to it",
                it.name
            )
        }
        _ => "this writes to an object that may not be the function's own".into(),
    };
    report(span, message);
}

fn property(name: &str, span: Span, report: &mut dyn FnMut(Span, String)) {
    if has(FORBIDDEN_PROPERTIES, name) {
        report(span, format!("`{name}` may lead to any function"));
    }
}

fn key(key: &oxc_ast::ast::PropertyKey<'_>, report: &mut dyn FnMut(Span, String)) {
    if let Some(name) = key_name(key) {
        property(&name, key.span(), report);
    }
}

/// Reports a global, unless it is known and used as one can judge.
fn global<'a>(
    semantic: &'a Semantic<'a>,
    values: &Values<'a>,
    node: &AstNode<'a>,
    identifier: &IdentifierReference<'a>,
    report: &mut dyn FnMut(Span, String),
) {
    let name = identifier.name.as_str();
    if values.bindings.symbol(identifier).is_some() {
        return;
    }
    let is_write = identifier
        .reference_id
        .get()
        .is_none_or(|id| semantic.scoping().get_reference(id).is_write());
    if is_write {
        report(
            identifier.span,
            format!("`{name}` is a global: this replaces it"),
        );
        return;
    }
    let is_known = has(CONSTANTS, name)
        || has(PURE_FUNCTIONS, name)
        || is_judged_by_parent(semantic, node, identifier);
    if !is_known {
        report(
            identifier.span,
            format!("`{name}` is a global that may lead to any function"),
        );
    }
}

/// Whether a name is one of a constant: what is inherited has others.
fn is_constant(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

/// Whether a global stands where what surrounds it has been judged with it.
fn is_judged_by_parent<'a>(
    semantic: &'a Semantic<'a>,
    node: &AstNode<'a>,
    identifier: &IdentifierReference<'a>,
) -> bool {
    let name = identifier.name.as_str();
    let parent = semantic.nodes().parent_node(node.id());
    match parent.kind() {
        AstKind::CallExpression(it) => it.callee.span() == identifier.span,
        AstKind::NewExpression(it) => it.callee.span() == identifier.span,
        AstKind::UnaryExpression(it) => it.operator == UnaryOperator::Typeof,
        AstKind::BinaryExpression(it) => {
            it.operator == BinaryOperator::Instanceof
                && it.right.span() == identifier.span
                && (name == "Object" || has(COPYING_CLASSES, name) || has(VIEWING_CLASSES, name))
        }
        AstKind::StaticMemberExpression(it) => {
            let property = it.property.name.as_str();
            let is_callee = match semantic.nodes().parent_kind(parent.id()) {
                AstKind::CallExpression(call) => call.callee.span() == it.span,
                AstKind::NewExpression(made) => made.callee.span() == it.span,
                AstKind::TaggedTemplateExpression(tagged) => tagged.tag.span() == it.span,
                _ => false,
            };
            match name {
                "Math" => is_math(name, property) || is_callee || is_constant(property),
                "Number" => true,
                "Symbol" => has(SYMBOLS, property),
                _ => is_callee,
            }
        }
        _ => false,
    }
}
