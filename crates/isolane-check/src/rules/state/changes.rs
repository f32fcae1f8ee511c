//! Code that changes an object.

use oxc_ast::{
    AstKind,
    ast::{AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty, Expression},
};
use oxc_span::{GetSpan, Span};

use crate::{
    lint::{Code, assigned_member, member},
    mutation::MUTATING_METHODS,
    rules::globals::changed,
};

/// A change of an object.
pub(super) struct Change<'a> {
    pub(super) object: &'a Expression<'a>,
    /// The whole of what changes it.
    pub(super) span: Span,
    /// The method by which it is changed.
    pub(super) method: Option<&'a str>,
}

/// Calls `visit` with each object that a node changes itself.
pub(super) fn changes<'a>(code: &Code<'a>, kind: AstKind<'a>, mut visit: impl FnMut(Change<'a>)) {
    let mut change = |object, span, method| {
        visit(Change {
            object,
            span,
            method,
        })
    };
    if let Some(target) = assigned_member(kind) {
        change(target.object(), kind.span(), None);
        return;
    }
    match kind {
        AstKind::CallExpression(call) => {
            if let Some(object) = changed(code, call) {
                change(object, call.span, None);
            } else if let Some(callee) = member(&call.callee)
                && let Some(name) = callee.static_property_name()
                && let Some(method) = MUTATING_METHODS.iter().find(|it| **it == name)
            {
                change(callee.object(), call.span, Some(method));
            }
        }
        // The targets of patterns are expressions that are no nodes of assignments.
        AstKind::ArrayAssignmentTarget(it) => {
            for element in it.elements.iter().flatten() {
                target(maybe(element), &mut change);
            }
        }
        AstKind::ObjectAssignmentTarget(it) => {
            for property in &it.properties {
                if let AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) = property {
                    target(maybe(&it.binding), &mut change);
                }
            }
        }
        AstKind::AssignmentTargetRest(it) => target(Some(&it.target), &mut change),
        AstKind::ForInStatement(it) => target(it.left.as_assignment_target(), &mut change),
        AstKind::ForOfStatement(it) => target(it.left.as_assignment_target(), &mut change),
        _ => {}
    }
}

fn maybe<'a>(element: &'a AssignmentTargetMaybeDefault<'a>) -> Option<&'a AssignmentTarget<'a>> {
    match element {
        AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => Some(&it.binding),
        other => other.as_assignment_target(),
    }
}

fn target<'a>(
    target: Option<&'a AssignmentTarget<'a>>,
    change: &mut impl FnMut(&'a Expression<'a>, Span, Option<&'a str>),
) {
    let target = target.and_then(|it| it.as_simple_assignment_target());
    if let Some(member) = target.and_then(|it| it.as_member_expression()) {
        change(member.object(), member.span(), None);
    }
}
