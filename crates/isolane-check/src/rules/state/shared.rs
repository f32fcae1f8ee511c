use std::{cell::RefCell, collections::HashMap};

use oxc_ast::{
    AstKind,
    ast::{BindingPattern, BindingPatternKind, Expression, FormalParameter, FormalParameters},
};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::{GetSpan, Span};

use crate::lint::{Code, bare, member};

/// Methods that call their argument with parts of what they are called on, as its first parameter, or
/// its second for the last two.
const CALLING: &[&str] = &[
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
    "forEach",
    "map",
    "some",
    "reduce",
    "reduceRight",
];
/// Methods that give a part of what they are called on.
const GIVING: &[&str] = &["at", "find", "findLast", "get", "pop", "shift"];
/// The context is the third argument, behind the item and its index, or the second of a function that is called for
/// one argument.
const CONTEXT: usize = 2;
/// How far a value is followed.
const FURTHEST: usize = 64;

/// Which expressions are, or are a part of, what calls share.
pub(super) struct Shared<'c, 'a> {
    code: &'c Code<'a>,
    names: &'c [String],
    /// The parameters that calls give their context.
    contexts: Vec<Span>,
    known: RefCell<HashMap<SymbolId, bool>>,
}

impl<'c, 'a> Shared<'c, 'a> {
    pub(super) fn new(code: &'c Code<'a>, names: &'c [String]) -> Self {
        let entries = code.entries.iter().filter_map(|it| it.callable);
        let contexts = entries.filter_map(|it| context(it.params()));
        Self {
            code,
            names,
            contexts: contexts.map(|it| it.span).collect(),
            known: RefCell::default(),
        }
    }

    /// The shared value that an expression is a part of, as the text writes it.
    pub(super) fn is_shared(&self, expression: &Expression<'a>) -> bool {
        self.leads(expression, FURTHEST)
    }

    fn leads(&self, expression: &Expression<'a>, room: usize) -> bool {
        let Some(room) = room.checked_sub(1) else {
            return false;
        };
        if let Some(member) = member(expression) {
            let name = member.static_property_name();
            return (name.is_some_and(|name| self.is_name(name))
                && self.is_context(member.object()))
                || self.leads(member.object(), room);
        }
        match bare(expression) {
            Expression::Identifier(it) => {
                let symbol = self.code.symbol(it);
                symbol.is_some_and(|symbol| self.variable(symbol, room))
            }
            Expression::LogicalExpression(it) => {
                self.leads(&it.left, room) || self.leads(&it.right, room)
            }
            Expression::ConditionalExpression(it) => {
                self.leads(&it.consequent, room) || self.leads(&it.alternate, room)
            }
            Expression::CallExpression(it) => member(&it.callee).is_some_and(|callee| {
                callee
                    .static_property_name()
                    .is_some_and(|it| GIVING.contains(&it))
                    && self.leads(callee.object(), room)
            }),
            _ => false,
        }
    }

    fn is_name(&self, name: &str) -> bool {
        self.names.iter().any(|it| it == name)
    }

    /// Whether an expression is the context that a call gives. Of other parameters nobody knows what they
    /// are, whatever their names.
    fn is_context(&self, expression: &Expression<'a>) -> bool {
        match bare(expression) {
            Expression::Identifier(it) => self.code.symbol(it).is_some_and(|symbol| {
                let declaration = self.code.semantic.symbol_declaration(symbol);
                matches!(
                    declaration.kind(),
                    AstKind::FormalParameter(it)
                        if it.pattern.get_binding_identifier().is_some()
                            && self.contexts.contains(&it.span)
                ) && !self.code.semantic.scoping().symbol_is_mutated(symbol)
            }),
            _ => false,
        }
    }

    fn variable(&self, symbol: SymbolId, room: usize) -> bool {
        if let Some(&known) = self.known.borrow().get(&symbol) {
            return known;
        }
        // A variable that depends on itself is none such.
        self.known.borrow_mut().insert(symbol, false);
        let found = self.declared(symbol, room);
        self.known.borrow_mut().insert(symbol, found);
        found
    }

    fn declared(&self, symbol: SymbolId, room: usize) -> bool {
        let scoping = self.code.semantic.scoping();
        // What is put into it later may be something else.
        if scoping.symbol_is_mutated(symbol) {
            return false;
        }
        let place = scoping.symbol_span(symbol);
        let declaration = self.code.semantic.symbol_declaration(symbol);
        match declaration.kind() {
            AstKind::VariableDeclarator(it) => match &it.init {
                Some(init) => {
                    self.leads(init, room)
                        || (self.is_context(init) && self.is_taken_by_name(&it.id, place))
                }
                None => self.is_of_loop(declaration.id(), room),
            },
            AstKind::FormalParameter(it) => {
                (self.contexts.contains(&it.span) && self.is_taken_by_name(&it.pattern, place))
                    || self.is_of_callback(declaration.id(), room)
            }
            _ => false,
        }
    }

    /// Whether a pattern takes the variable out of what it finds under the name of shared values.
    fn is_taken_by_name(&self, pattern: &BindingPattern<'a>, place: Span) -> bool {
        let pattern = match &pattern.kind {
            BindingPatternKind::AssignmentPattern(it) => &it.left,
            _ => pattern,
        };
        let BindingPatternKind::ObjectPattern(object) = &pattern.kind else {
            return false;
        };
        // There may be many properties, and as many variables.
        let after = object
            .properties
            .partition_point(|it| it.span.start <= place.start);
        let property = after
            .checked_sub(1)
            .and_then(|at| object.properties.get(at));
        property.is_some_and(|it| {
            let key = it.key.static_name();
            key.is_some_and(|key| self.is_name(&key)) && it.value.span().contains_inclusive(place)
        })
    }

    /// Whether a declaration is of `for (const part of shared.list)`.
    fn is_of_loop(&self, declarator: NodeId, room: usize) -> bool {
        let nodes = self.code.semantic.nodes();
        let declaration = nodes.parent_id(declarator);
        match nodes.parent_kind(declaration) {
            AstKind::ForOfStatement(it) => self.leads(&it.right, room),
            _ => false,
        }
    }

    /// Whether a parameter is given parts of `shared.list.map(…)`.
    fn is_of_callback(&self, parameter: NodeId, room: usize) -> bool {
        let nodes = self.code.semantic.nodes();
        let parameters = nodes.parent_node(parameter);
        let AstKind::FormalParameters(all) = parameters.kind() else {
            return false;
        };
        let span = nodes.kind(parameter).span();
        let place = all.items.iter().position(|it| it.span == span);
        let function = nodes.parent_node(parameters.id());
        let mut parent = nodes.parent_kind(function.id());
        if let AstKind::Argument(_) = parent {
            parent = nodes.parent_kind(nodes.parent_id(function.id()));
        }
        let AstKind::CallExpression(call) = parent else {
            return false;
        };
        let function = function.kind().span();
        let is_first = call
            .arguments
            .first()
            .is_some_and(|it| it.span() == function);
        member(&call.callee).is_some_and(|callee| {
            let method = callee.static_property_name().unwrap_or_default();
            let part = usize::from(method.starts_with("reduce"));
            is_first
                && CALLING.contains(&method)
                && place == Some(part)
                && self.leads(callee.object(), room)
        })
    }
}

/// The parameter that is given the context. Of more than two the second is given an index.
fn context<'e, 'a>(params: &'e FormalParameters<'a>) -> Option<&'e FormalParameter<'a>> {
    params
        .items
        .get(CONTEXT)
        .or_else(|| params.items.get(CONTEXT - 1))
}
