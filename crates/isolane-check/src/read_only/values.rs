use oxc_ast::ast::{
    Argument, CallExpression, Expression, NewExpression, ObjectExpression, ObjectPropertyKind,
    PropertyKey, PropertyKind, StaticMemberExpression,
};
use oxc_semantic::SymbolId;

use super::{
    bindings::{Binding, Bindings, Question},
    definitions::Definitions,
    names::{
        COPYING_CLASSES, COPYING_METHODS, MATH_FUNCTIONS, PURE_FUNCTIONS, READING_STATICS,
        VIEWING_CLASSES, has,
    },
};

/// What is known of the values of a text's expressions.
pub(super) struct Values<'a> {
    pub(super) bindings: Bindings<'a>,
    pub(super) definitions: Definitions,
}

/// An expression without the parentheses and the optional chain around it.
pub(super) fn bare<'e, 'a>(expression: &'e Expression<'a>) -> &'e Expression<'a> {
    expression.without_parentheses()
}

impl<'a> Values<'a> {
    /// The name of the global that `expression` is.
    pub(super) fn global<'e>(&self, expression: &'e Expression<'a>) -> Option<&'e str> {
        match bare(expression) {
            Expression::Identifier(it) if self.bindings.symbol(it).is_none() => {
                Some(it.name.as_str())
            }
            _ => None,
        }
    }

    /// The global and the name of `Global.name`.
    pub(super) fn global_member<'e>(
        &self,
        expression: &'e Expression<'a>,
    ) -> Option<(&'e str, &'e str)> {
        let Expression::StaticMemberExpression(member) = bare(expression) else {
            return None;
        };
        Some((self.global(&member.object)?, member.property.name.as_str()))
    }

    /// Whether the value is a function of the text, or a global one that only makes primitives.
    pub(super) fn is_function(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => true,
            Expression::CallExpression(call) => self.names_function(call),
            Expression::Identifier(it) => match self.bindings.symbol(it) {
                Some(symbol) => self
                    .bindings
                    .all(symbol, Question::Function, |way| match way {
                        Binding::Function => true,
                        Binding::Value(value) => self.is_function_literal(value),
                        _ => false,
                    }),
                None => has(PURE_FUNCTIONS, it.name.as_str()),
            },
            other => self.global_member(other).is_some_and(|(global, name)| {
                is_math(global, name) || (global == "Number" && is_reading_static(global, name))
            }),
        }
    }

    fn is_function_literal(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => true,
            Expression::CallExpression(call) => self.names_function(call),
            _ => false,
        }
    }

    /// Whether a call only gives a function of the text a name, as transpilers have it.
    pub(super) fn names_function(&self, call: &CallExpression<'a>) -> bool {
        let [function, Argument::StringLiteral(_)] = call.arguments.as_slice() else {
            return false;
        };
        let literal = function.as_expression().map(bare);
        self.global(&call.callee) == Some("__name")
            && matches!(
                literal,
                Some(Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_))
            )
    }

    /// Whether the value is an object that evaluating the expression makes, or a primitive.
    pub(super) fn is_fresh(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::ArrayExpression(_) | Expression::RegExpLiteral(_) => true,
            Expression::ObjectExpression(object) => has_plain_prototype(object),
            Expression::NewExpression(made) => self.is_fresh_instance(made),
            Expression::CallExpression(call) => self.is_fresh_result(call),
            Expression::Identifier(it) => match self.bindings.symbol(it) {
                Some(symbol) => self.is_fresh_variable(symbol),
                None => has(super::names::CONSTANTS, it.name.as_str()),
            },
            Expression::ConditionalExpression(it) => {
                self.is_fresh(&it.consequent) && self.is_fresh(&it.alternate)
            }
            Expression::LogicalExpression(it) => {
                self.is_fresh(&it.left) && self.is_fresh(&it.right)
            }
            Expression::SequenceExpression(it) => {
                it.expressions.last().is_some_and(|it| self.is_fresh(it))
            }
            Expression::StaticMemberExpression(it) => self.is_own_member(it),
            other => is_primitive(other),
        }
    }

    /// Whether the variable only ever holds what the text has made, or primitives.
    pub(super) fn is_fresh_variable(&self, symbol: SymbolId) -> bool {
        self.bindings.all(symbol, Question::Fresh, |way| match way {
            Binding::Value(value) => self.is_fresh(value),
            Binding::Arithmetic(..) | Binding::Update | Binding::Undefined => true,
            Binding::Accumulator(it) => {
                !self.definitions.calls(it.method)
                    && self.is_fresh(it.initial)
                    && it.returned.iter().all(|it| self.is_handed_on(it, symbol))
            }
            Binding::Function | Binding::Named(_) | Binding::Other => false,
        })
    }

    /// Whether the value is that of a variable, or fresh.
    fn is_handed_on(&self, expression: &Expression<'a>, symbol: SymbolId) -> bool {
        match bare(expression) {
            Expression::Identifier(it) if self.bindings.symbol(it) == Some(symbol) => true,
            Expression::ConditionalExpression(it) => {
                self.is_handed_on(&it.consequent, symbol)
                    && self.is_handed_on(&it.alternate, symbol)
            }
            Expression::SequenceExpression(it) => {
                let last = it.expressions.last();
                last.is_some_and(|it| self.is_handed_on(it, symbol))
            }
            Expression::CallExpression(call) => match bare(&call.callee) {
                // They give their receiver.
                Expression::StaticMemberExpression(member)
                    if matches!(member.property.name.as_str(), "set" | "add")
                        && !self.definitions.calls(&member.property.name) =>
                {
                    self.is_handed_on(&member.object, symbol)
                }
                _ => self.is_fresh(expression),
            },
            _ => self.is_fresh(expression),
        }
    }

    /// Whether the value is a property of an object literal of the text, under a name that the text
    /// puts only new objects under.
    fn is_own_member(&self, member: &StaticMemberExpression<'a>) -> bool {
        let name = member.property.name.as_str();
        let Expression::Identifier(object) = bare(&member.object) else {
            return false;
        };
        let is_literal = |symbol| {
            self.bindings
                .all(symbol, Question::Literal, |way| match way {
                    Binding::Undefined => true,
                    Binding::Value(value) => match bare(value) {
                        Expression::ObjectExpression(it) => has_plain_properties(it),
                        _ => false,
                    },
                    _ => false,
                })
        };
        !self.definitions.may_be_stale(name) && self.bindings.symbol(object).is_some_and(is_literal)
    }

    /// Whether the value is the `log` of a context, or of data nothing that can be called.
    pub(super) fn is_log(&self, expression: &Expression<'a>) -> bool {
        let Expression::Identifier(it) = bare(expression) else {
            return false;
        };
        let is_named = |way: &Binding<'a>| matches!(way, Binding::Named("log"));
        !self.definitions.is_foreign("log")
            && self
                .bindings
                .symbol(it)
                .is_some_and(|symbol| self.bindings.all(symbol, Question::Log, is_named))
    }

    fn is_fresh_instance(&self, made: &NewExpression<'a>) -> bool {
        let Some(class) = self.global(&made.callee) else {
            return false;
        };
        if has(COPYING_CLASSES, class) {
            return true;
        }
        // With an array buffer, a view shares its memory.
        class != "DataView"
            && has(VIEWING_CLASSES, class)
            && match made.arguments.as_slice() {
                [] => true,
                [only] => only.as_expression().is_some_and(|it| {
                    self.is_number(it) || matches!(bare(it), Expression::ArrayExpression(_))
                }),
                _ => false,
            }
    }

    fn is_fresh_result(&self, call: &CallExpression<'a>) -> bool {
        if let Some(global) = self.global(&call.callee) {
            return has(PURE_FUNCTIONS, global) || global == "structuredClone";
        }
        let Expression::StaticMemberExpression(member) = bare(&call.callee) else {
            return false;
        };
        let name = member.property.name.as_str();
        if let Some(global) = self.global(&member.object) {
            return match (global, name) {
                ("JSON", "parse" | "stringify")
                | ("Array", "from")
                | ("Object" | "Map", "groupBy") => true,
                ("Math", _) => is_math(global, name),
                ("Object", "create") => true,
                ("Object", "assign") => call
                    .arguments
                    .first()
                    .and_then(Argument::as_expression)
                    .is_some_and(|target| self.is_fresh(target)),
                _ => is_reading_static(global, name),
            };
        }
        has(COPYING_METHODS, name) && !self.definitions.calls(name)
    }

    /// Whether the value is surely no function.
    pub(super) fn is_data(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::ArrayExpression(_)
            | Expression::ObjectExpression(_)
            | Expression::RegExpLiteral(_)
            | Expression::UpdateExpression(_)
            | Expression::PrivateInExpression(_) => true,
            Expression::NewExpression(made) => self.global(&made.callee).is_some(),
            Expression::CallExpression(call) => self.is_fresh_result(call),
            Expression::ConditionalExpression(it) => {
                self.is_data(&it.consequent) && self.is_data(&it.alternate)
            }
            Expression::LogicalExpression(it) => self.is_data(&it.left) && self.is_data(&it.right),
            Expression::SequenceExpression(it) => {
                it.expressions.last().is_some_and(|it| self.is_data(it))
            }
            Expression::Identifier(it) => match self.bindings.symbol(it) {
                Some(symbol) => self.bindings.all(symbol, Question::Data, |way| match way {
                    Binding::Value(value) => self.is_data(value),
                    Binding::Arithmetic(..) | Binding::Update | Binding::Undefined => true,
                    Binding::Function
                    | Binding::Named(_)
                    | Binding::Accumulator(_)
                    | Binding::Other => false,
                }),
                None => has(super::names::CONSTANTS, it.name.as_str()),
            },
            other => is_primitive(other) || self.is_number(other),
        }
    }
}

/// Whether the value is a primitive, by the kind of the expression alone.
fn is_primitive(expression: &Expression<'_>) -> bool {
    matches!(
        expression,
        Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::TemplateLiteral(_)
            | Expression::BinaryExpression(_)
            | Expression::UnaryExpression(_)
            | Expression::UpdateExpression(_)
    )
}

/// Whether an object literal leaves its prototype as it is.
fn has_plain_prototype(object: &ObjectExpression<'_>) -> bool {
    object.properties.iter().all(|property| match property {
        ObjectPropertyKind::ObjectProperty(it) => {
            it.computed || !matches!(key_name(&it.key).as_deref(), Some("__proto__"))
        }
        ObjectPropertyKind::SpreadProperty(_) => true,
    })
}

/// Whether an object literal has nothing but properties with names and values, and its own prototype.
fn has_plain_properties(object: &ObjectExpression<'_>) -> bool {
    has_plain_prototype(object)
        && object.properties.iter().all(|property| match property {
            ObjectPropertyKind::ObjectProperty(it) => it.kind == PropertyKind::Init && !it.computed,
            ObjectPropertyKind::SpreadProperty(_) => false,
        })
}

/// The name of a key that is not computed.
pub(super) fn key_name(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(std::borrow::Cow::into_owned)
}

/// Whether `global.name` is a function of `Math`: it gives a number, and calls nothing but what
/// makes numbers of its arguments.
pub(super) fn is_math(global: &str, name: &str) -> bool {
    global == "Math" && has(MATH_FUNCTIONS, name)
}

/// Whether `global.name` is a static function that only reads.
pub(super) fn is_reading_static(global: &str, name: &str) -> bool {
    READING_STATICS
        .iter()
        .any(|&(it, names)| it == global && has(names, name))
}
