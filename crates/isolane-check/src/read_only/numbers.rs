use oxc_ast::ast::{BinaryExpression, Expression};
use oxc_semantic::SymbolId;
use oxc_syntax::operator::{AssignmentOperator, BinaryOperator, UnaryOperator};

use super::{
    bindings::{Binding, Question},
    names::{COPYING_METHODS, has},
    values::{Values, bare, is_math},
};

impl<'a> Values<'a> {
    /// Whether the value is a number.
    pub(super) fn is_number(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::NumericLiteral(_) => true,
            Expression::UnaryExpression(it) => match it.operator {
                UnaryOperator::UnaryPlus => true,
                UnaryOperator::UnaryNegation | UnaryOperator::BitwiseNot => {
                    self.is_number(&it.argument)
                }
                _ => false,
            },
            Expression::BinaryExpression(it) => self.is_numeric_operation(it),
            Expression::Identifier(it) => self
                .bindings
                .symbol(it)
                .is_some_and(|symbol| self.is_number_variable(symbol)),
            // `++` makes a BigInt of a BigInt: as a key, one is as good as the other.
            Expression::UpdateExpression(_) => true,
            Expression::StaticMemberExpression(member) => {
                // Where there is none, undefined is no harm as a key.
                member.property.name == "length"
                    && !self.definitions.defines("length")
                    // An iterator has no `length`, and so takes any.
                    && !self.definitions.assigns()
                    && self.is_list(&member.object)
            }
            Expression::CallExpression(call) => {
                matches!(
                    self.global(&call.callee),
                    Some("Number" | "parseInt" | "parseFloat")
                ) || self
                    .global_member(&call.callee)
                    .is_some_and(|(global, name)| is_math(global, name))
            }
            _ => false,
        }
    }

    /// Whether the value is no object whose `length` may be anything: what is given may be such one.
    fn is_list(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::ArrayExpression(_) => true,
            Expression::NewExpression(made) => self.global(&made.callee) == Some("Array"),
            Expression::CallExpression(call) => {
                let Expression::StaticMemberExpression(member) = bare(&call.callee) else {
                    return false;
                };
                let name = member.property.name.as_str();
                match self.global(&member.object) {
                    Some("Array") => matches!(name, "from" | "of"),
                    Some("Object") => matches!(name, "entries" | "keys" | "values"),
                    Some(_) => false,
                    None => has(COPYING_METHODS, name) && !self.definitions.calls(name),
                }
            }
            Expression::Identifier(it) => self.bindings.symbol(it).is_some_and(|symbol| {
                self.bindings.all(symbol, Question::List, |way| match way {
                    Binding::Value(value) => self.is_list(value),
                    _ => false,
                })
            }),
            _ => false,
        }
    }

    fn is_numeric_operation(&self, it: &BinaryExpression<'a>) -> bool {
        match it.operator {
            BinaryOperator::Addition => self.is_number(&it.left) && self.is_number(&it.right),
            BinaryOperator::Subtraction
            | BinaryOperator::Multiplication
            | BinaryOperator::Division
            | BinaryOperator::Remainder
            | BinaryOperator::Exponential
            | BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseOR
            | BinaryOperator::BitwiseXOR
            | BinaryOperator::ShiftLeft
            | BinaryOperator::ShiftRight
            | BinaryOperator::ShiftRightZeroFill => true,
            _ => false,
        }
    }

    fn is_number_variable(&self, symbol: SymbolId) -> bool {
        self.bindings
            .all(symbol, Question::Number, |way| match way {
                Binding::Value(value) => self.is_number(value),
                Binding::Arithmetic(AssignmentOperator::Addition, value) => self.is_number(value),
                Binding::Arithmetic(..) | Binding::Update => true,
                Binding::Undefined
                | Binding::Function
                | Binding::Named(_)
                | Binding::Accumulator(_)
                | Binding::Other => false,
            })
    }
}
