//! Whether all ways through code call something.

use oxc_ast::ast::{
    Argument, ArrayExpressionElement, ChainElement, Expression, FormalParameters, FunctionBody,
    ObjectPropertyKind, Statement,
};

/// Where code goes on after a piece of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To what follows, and nothing was called.
    On,
    /// Something was called, whichever way the code goes.
    Called,
    /// Some way leaves without a call.
    Left,
}

/// Asks of code whether all ways through it call what `is_call` knows.
pub(super) struct EveryPath<F> {
    pub(super) is_call: F,
}

impl<'a, F: Fn(&Expression<'a>) -> bool> EveryPath<F> {
    /// Whether a function calls it whenever it is called.
    pub(super) fn of_function(
        &self,
        params: &FormalParameters<'a>,
        body: &FunctionBody<'a>,
    ) -> bool {
        // A default may not be needed.
        let _ = params;
        self.statements(&body.statements) == Way::Called
    }

    fn statements(&self, statements: &[Statement<'a>]) -> Way {
        for statement in statements {
            match self.statement(statement) {
                Way::On => {}
                way => return way,
            }
        }
        Way::On
    }

    fn statement(&self, statement: &Statement<'a>) -> Way {
        match statement {
            Statement::ExpressionStatement(it) => self.after(&it.expression),
            Statement::VariableDeclaration(it) => {
                let mut inits = it.declarations.iter().filter_map(|it| it.init.as_ref());
                self.when(inits.any(|init| self.calls(init)))
            }
            Statement::BlockStatement(it) => self.statements(&it.body),
            Statement::ReturnStatement(it) => match &it.argument {
                Some(argument) if self.calls(argument) => Way::Called,
                _ => Way::Left,
            },
            Statement::ThrowStatement(it) if self.calls(&it.argument) => Way::Called,
            Statement::ThrowStatement(_)
            | Statement::BreakStatement(_)
            | Statement::ContinueStatement(_) => Way::Left,
            Statement::IfStatement(it) => {
                if self.calls(&it.test) {
                    return Way::Called;
                }
                let consequent = self.statement(&it.consequent);
                let alternate = match &it.alternate {
                    Some(alternate) => self.statement(alternate),
                    None => Way::On,
                };
                either(consequent, alternate)
            }
            // A label, a loop and a switch can be left in their midst.
            Statement::LabeledStatement(it) => self.entered(&it.body),
            Statement::DoWhileStatement(it) => self.entered(&it.body),
            Statement::WhileStatement(it) => self.loops(self.calls(&it.test), &it.body),
            Statement::ForStatement(it) => {
                let init = it
                    .init
                    .as_ref()
                    .is_some_and(|init| match init.as_expression() {
                        Some(init) => self.calls(init),
                        None => false,
                    });
                let test = it.test.as_ref().is_some_and(|test| self.calls(test));
                self.loops(init || test, &it.body)
            }
            Statement::ForInStatement(it) => self.loops(self.calls(&it.right), &it.body),
            Statement::ForOfStatement(it) => self.loops(self.calls(&it.right), &it.body),
            Statement::SwitchStatement(it) => {
                if self.calls(&it.discriminant) {
                    return Way::Called;
                }
                let mut cases = it.cases.iter().flat_map(|it| &it.consequent);
                if cases.all(|it| self.statement(it) != Way::Left) {
                    Way::On
                } else {
                    Way::Left
                }
            }
            // What is tried may throw before it calls.
            Statement::TryStatement(it) => {
                if let Some(finalizer) = &it.finalizer
                    && self.statements(&finalizer.body) == Way::Called
                {
                    return Way::Called;
                }
                let block = self.statements(&it.block.body);
                match &it.handler {
                    Some(handler) => either(block, self.statements(&handler.body.body)),
                    None => block,
                }
            }
            Statement::WithStatement(it) => {
                if self.calls(&it.object) {
                    Way::Called
                } else {
                    self.statement(&it.body)
                }
            }
            _ => Way::On,
        }
    }

    /// A body that is entered at least once, and may be left by `break`.
    fn entered(&self, body: &Statement<'a>) -> Way {
        self.statement(body)
    }

    /// A body that may not be entered; `head` says whether what is evaluated before it calls.
    fn loops(&self, head: bool, body: &Statement<'a>) -> Way {
        if head {
            return Way::Called;
        }
        match self.statement(body) {
            Way::Left => Way::Left,
            Way::On | Way::Called => Way::On,
        }
    }

    fn when(&self, calls: bool) -> Way {
        if calls { Way::Called } else { Way::On }
    }

    fn after(&self, expression: &Expression<'a>) -> Way {
        self.when(self.calls(expression))
    }

    /// Whether an expression calls it, however it is evaluated.
    fn calls(&self, expression: &Expression<'a>) -> bool {
        if (self.is_call)(expression) {
            return true;
        }
        match expression.get_inner_expression() {
            Expression::CallExpression(it) => {
                (self.is_call)(expression.get_inner_expression())
                    || self.calls(&it.callee)
                    || (!it.optional && self.arguments(&it.arguments))
            }
            Expression::NewExpression(it) => {
                self.calls(&it.callee) || self.arguments(&it.arguments)
            }
            Expression::ConditionalExpression(it) => {
                self.calls(&it.test) || (self.calls(&it.consequent) && self.calls(&it.alternate))
            }
            Expression::LogicalExpression(it) => self.calls(&it.left),
            Expression::BinaryExpression(it) => self.calls(&it.left) || self.calls(&it.right),
            Expression::UnaryExpression(it) => self.calls(&it.argument),
            Expression::AwaitExpression(it) => self.calls(&it.argument),
            Expression::AssignmentExpression(it) => {
                !it.operator.is_logical() && self.calls(&it.right)
            }
            Expression::SequenceExpression(it) => it.expressions.iter().any(|it| self.calls(it)),
            Expression::TemplateLiteral(it) => it.expressions.iter().any(|it| self.calls(it)),
            Expression::TaggedTemplateExpression(it) => {
                self.calls(&it.tag) || it.quasi.expressions.iter().any(|it| self.calls(it))
            }
            Expression::ArrayExpression(it) => it.elements.iter().any(|it| match it {
                ArrayExpressionElement::SpreadElement(it) => self.calls(&it.argument),
                other => other.as_expression().is_some_and(|it| self.calls(it)),
            }),
            Expression::ObjectExpression(it) => it.properties.iter().any(|it| match it {
                ObjectPropertyKind::SpreadProperty(it) => self.calls(&it.argument),
                ObjectPropertyKind::ObjectProperty(it) => self.calls(&it.value),
            }),
            Expression::StaticMemberExpression(it) => self.calls(&it.object),
            Expression::ComputedMemberExpression(it) => {
                self.calls(&it.object) || (!it.optional && self.calls(&it.expression))
            }
            Expression::ChainExpression(it) => match &it.expression {
                ChainElement::CallExpression(call) => self.chain(&call.callee),
                other => other
                    .as_member_expression()
                    .is_some_and(|it| self.chain(it.object())),
            },
            _ => false,
        }
    }

    /// What is evaluated first of a chain; the rest may not be.
    fn chain(&self, object: &Expression<'a>) -> bool {
        match object.get_inner_expression() {
            Expression::StaticMemberExpression(it) => self.chain(&it.object),
            Expression::ComputedMemberExpression(it) => self.chain(&it.object),
            Expression::CallExpression(it) if it.optional => self.chain(&it.callee),
            other => self.calls(other),
        }
    }

    fn arguments(&self, arguments: &[Argument<'a>]) -> bool {
        arguments.iter().any(|it| match it {
            Argument::SpreadElement(it) => self.calls(&it.argument),
            other => other.as_expression().is_some_and(|it| self.calls(it)),
        })
    }
}

/// What comes of two branches.
fn either(one: Way, other: Way) -> Way {
    match (one, other) {
        (Way::Left, _) | (_, Way::Left) => Way::Left,
        (Way::Called, Way::Called) => Way::Called,
        _ => Way::On,
    }
}
