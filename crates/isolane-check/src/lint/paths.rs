//! What an expression leads to.

use std::borrow::Cow;

use oxc_ast::{
    AstKind,
    ast::{BindingPattern, BindingPatternKind, ChainElement, Expression, MemberExpression},
};
use oxc_span::Span;
use oxc_syntax::operator::UnaryOperator;

use super::Code;

/// Names of the global object.
const GLOBAL_OBJECTS: &[&str] = &["globalThis", "global", "self", "window"];

/// How often the global object may lead to itself, and a constant to another.
const MOST_STEPS: usize = 16;

/// An expression without what changes nothing about its value: parentheses, types, and the commas of
/// `(0, f)`.
pub(crate) fn bare<'e, 'a>(expression: &'e Expression<'a>) -> &'e Expression<'a> {
    let mut expression = expression;
    loop {
        expression = match expression.get_inner_expression() {
            Expression::SequenceExpression(it) => match it.expressions.last() {
                Some(last) => last,
                None => return expression,
            },
            other => return other,
        };
    }
}

/// The member expression that an expression is, also behind `?.`.
pub(crate) fn member<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e MemberExpression<'a>> {
    match bare(expression) {
        Expression::ChainExpression(it) => match &it.expression {
            ChainElement::CallExpression(_) => None,
            ChainElement::TSNonNullExpression(it) => member(&it.expression),
            element => element.as_member_expression(),
        },
        other => other.as_member_expression(),
    }
}

impl<'a> Code<'a> {
    /// What an expression is, and of a variable that is never changed what it is made of.
    fn made_of<'e>(&self, expression: &'e Expression<'a>) -> &'e Expression<'a> {
        let mut expression = bare(expression);
        for _ in 0..MOST_STEPS {
            let Expression::Identifier(it) = expression else {
                break;
            };
            match self.symbol(it).and_then(|it| self.constant_of(it)) {
                Some(init) => expression = bare(init),
                None => break,
            }
        }
        expression
    }

    /// The name of the global that an expression is: `eval`, `globalThis.eval`, `self['eval']`, also by way of
    /// variables: `const { eval: run } = globalThis`.
    pub(crate) fn global(&self, expression: &Expression<'a>) -> Option<&'a str> {
        let expression = self.made_of(expression);
        if let Some(member) = member(expression) {
            return self.global_member(member);
        }
        let Expression::Identifier(it) = expression else {
            return None;
        };
        match self.symbol(it) {
            None => Some(it.name.as_str()),
            Some(symbol) => {
                let (object, name) = self.property_of(symbol)?;
                self.is_global_object(object).then_some(name)
            }
        }
    }

    /// The same of a member expression.
    pub(crate) fn global_member(&self, member: &MemberExpression<'a>) -> Option<&'a str> {
        self.is_global_object(member.object())
            .then(|| member.static_property_name())
            .flatten()
    }

    /// Whether an expression is the global object.
    pub(crate) fn is_global_object(&self, expression: &Expression<'a>) -> bool {
        let mut expression = expression;
        for _ in 0..MOST_STEPS {
            expression = self.made_of(expression);
            match member(expression) {
                // `globalThis.globalThis`
                Some(member) if is_name(member.static_property_name()) => {
                    expression = member.object();
                }
                Some(_) => return false,
                None => {
                    return match bare(expression) {
                        Expression::Identifier(it) => {
                            is_name(Some(it.name.as_str())) && self.symbol(it).is_none()
                        }
                        _ => false,
                    };
                }
            }
        }
        false
    }

    /// The global and its property that an expression is: `Object.assign`, also by way of variables:
    /// `const { assign } = Object`.
    pub(crate) fn property_of_global(
        &self,
        expression: &Expression<'a>,
    ) -> Option<(&'a str, &'a str)> {
        let expression = self.made_of(expression);
        if let Expression::Identifier(it) = expression {
            let (object, name) = self.property_of(self.symbol(it)?)?;
            return Some((self.global(object)?, name));
        }
        let member = member(expression)?;
        Some((
            self.global(member.object())?,
            member.static_property_name()?,
        ))
    }

    /// The same of a node.
    pub(crate) fn global_of_kind(&self, kind: AstKind<'a>) -> Option<&'a str> {
        let (object, name) = parts(kind)?;
        self.is_global_object(object).then_some(name)
    }

    /// Whether an expression is the text's `require`.
    pub(crate) fn is_require(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::Identifier(it) => it.name == "require" && self.symbol(it).is_none(),
            _ => {
                let path = self.property_of_global(expression);
                matches!(path, Some(("module", "require") | ("require", "resolve")))
            }
        }
    }
}

fn is_name(name: Option<&str>) -> bool {
    name.is_some_and(|name| GLOBAL_OBJECTS.contains(&name))
}

/// The member expression that an assignment, an update or a `delete` changes.
pub(crate) fn assigned_member<'a>(kind: AstKind<'a>) -> Option<&'a MemberExpression<'a>> {
    match kind {
        AstKind::AssignmentExpression(it) => it
            .left
            .as_simple_assignment_target()?
            .as_member_expression(),
        AstKind::UpdateExpression(it) => it.argument.as_member_expression(),
        AstKind::UnaryExpression(it) if it.operator == UnaryOperator::Delete => {
            member(&it.argument)
        }
        _ => None,
    }
}

/// The object and the name of a node that is a member expression with a fixed name.
pub(crate) fn parts<'a>(kind: AstKind<'a>) -> Option<(&'a Expression<'a>, &'a str)> {
    match kind {
        AstKind::StaticMemberExpression(it) => Some((&it.object, it.property.name.as_str())),
        AstKind::ComputedMemberExpression(it) => {
            Some((&it.object, it.static_property_name()?.as_str()))
        }
        _ => None,
    }
}

/// The names of the properties that a pattern takes out of an object, and where it does.
pub(crate) fn taken<'a>(pattern: &BindingPattern<'a>) -> Vec<(Cow<'a, str>, Span)> {
    let BindingPatternKind::ObjectPattern(object) = &pattern.kind else {
        return Vec::new();
    };
    let properties = object.properties.iter();
    properties
        .filter_map(|it| Some((it.key.static_name()?, it.span)))
        .collect()
}
