use oxc_ast::{
    AstKind,
    ast::{
        BindingIdentifier, BindingPatternKind, CallExpression, Expression, FormalParameters,
        Statement,
    },
};
use oxc_semantic::{NodeId, Semantic};
use oxc_span::GetSpan;

use super::names::{FOLDING_METHODS, has};

/// The first parameter of a function that stands as the first argument of `reduce`, where there is a
/// second: its values are that, and what the function returns.
pub(super) struct Accumulator<'a> {
    pub(super) method: &'a str,
    pub(super) initial: &'a Expression<'a>,
    pub(super) returned: Vec<&'a Expression<'a>>,
}

impl<'a> Accumulator<'a> {
    /// What `identifier`, the node `node`, is bound to, where it is such a parameter.
    pub(super) fn of(
        semantic: &'a Semantic<'a>,
        node: NodeId,
        identifier: &BindingIdentifier<'a>,
    ) -> Option<Self> {
        let nodes = semantic.nodes();
        let parameter = nodes.parent_node(node);
        let AstKind::FormalParameter(_) = parameter.kind() else {
            return None;
        };
        let function = nodes.parent_node(nodes.parent_id(parameter.id()));
        let returned = match function.kind() {
            AstKind::ArrowFunctionExpression(it)
                if !it.r#async && is_first(&it.params, identifier) =>
            {
                match it.body.statements.first() {
                    Some(Statement::ExpressionStatement(only)) if it.expression => {
                        vec![&only.expression]
                    }
                    _ => returned(semantic, function.id()),
                }
            }
            // One with a name may be called by it.
            AstKind::Function(it)
                if !it.r#async
                    && !it.generator
                    && it.id.is_none()
                    && is_first(&it.params, identifier) =>
            {
                returned(semantic, function.id())
            }
            _ => return None,
        };
        let argument = nodes.parent_node(function.id());
        let (AstKind::Argument(_), AstKind::CallExpression(call)) =
            (argument.kind(), nodes.parent_kind(argument.id()))
        else {
            return None;
        };
        let (method, initial) = folding(call)?;
        let is_folded = call.arguments.first()?.span() == function.kind().span();
        is_folded.then_some(Self {
            method,
            initial,
            returned,
        })
    }
}

fn is_first(parameters: &FormalParameters<'_>, identifier: &BindingIdentifier<'_>) -> bool {
    parameters.items.first().is_some_and(|first| {
        matches!(&first.pattern.kind, BindingPatternKind::BindingIdentifier(it) if it.span == identifier.span)
    })
}

/// The method and the initial value of a call of `reduce`.
fn folding<'a>(call: &'a CallExpression<'a>) -> Option<(&'a str, &'a Expression<'a>)> {
    let Expression::StaticMemberExpression(member) = call.callee.without_parentheses() else {
        return None;
    };
    let method = member.property.name.as_str();
    let [_, initial] = call.arguments.as_slice() else {
        return None;
    };
    has(FOLDING_METHODS, method).then_some((method, initial.as_expression()?))
}

/// What the function at `node` returns, but for undefined.
fn returned<'a>(semantic: &'a Semantic<'a>, node: NodeId) -> Vec<&'a Expression<'a>> {
    let nodes = semantic.nodes();
    let function_of = |id: NodeId| {
        let mut id = id;
        loop {
            let parent = nodes.parent_id(id);
            let is_function = matches!(
                nodes.kind(parent),
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_)
            );
            if is_function || parent == id || matches!(nodes.kind(parent), AstKind::Program(_)) {
                return parent;
            }
            id = parent;
        }
    };
    nodes
        .iter()
        .filter_map(|it| match it.kind() {
            AstKind::ReturnStatement(statement) if function_of(it.id()) == node => {
                statement.argument.as_ref()
            }
            _ => None,
        })
        .collect()
}
