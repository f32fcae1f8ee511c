use std::collections::HashMap;

use oxc_ast::{
    AstKind,
    ast::{
        BindingPattern, BindingPatternKind, Expression, ObjectPattern, PropertyKey,
        VariableDeclarator,
    },
};
use oxc_semantic::{Semantic, SymbolId};

/// What a variable is made of into which nothing else is ever put.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// `const r = Math.random`
    Value(&'a Expression<'a>),
    /// `const { random: r } = Math`: of an object the property of that name.
    Property(&'a Expression<'a>, &'a str),
}

/// The variables of a text that are made of something once. Found in one pass: rules ask at every use.
pub(super) struct Origins<'a>(HashMap<SymbolId, Origin<'a>>);

impl<'a> Origins<'a> {
    pub(super) fn of(semantic: &'a Semantic<'a>) -> Self {
        let mut origins = HashMap::new();
        for node in semantic.nodes() {
            if let AstKind::VariableDeclarator(it) = node.kind() {
                for (symbol, origin) in made(it) {
                    if semantic.symbol_declaration(symbol).id() == node.id()
                        && semantic.scoping().symbol_redeclarations(symbol).is_empty()
                        && !semantic.scoping().symbol_is_mutated(symbol)
                    {
                        origins.insert(symbol, origin);
                    }
                }
            }
        }
        Self(origins)
    }

    pub(super) fn get(&self, symbol: SymbolId) -> Option<Origin<'a>> {
        self.0.get(&symbol).copied()
    }
}

/// The variables that a declarator makes.
fn made<'a>(declarator: &'a VariableDeclarator<'a>) -> Vec<(SymbolId, Origin<'a>)> {
    let Some(init) = &declarator.init else {
        return Vec::new();
    };
    match &declarator.id.kind {
        BindingPatternKind::ObjectPattern(pattern) => taken(pattern, init).collect(),
        _ => variable(&declarator.id)
            .map(|symbol| (symbol, Origin::Value(init)))
            .into_iter()
            .collect(),
    }
}

fn taken<'a>(
    pattern: &'a ObjectPattern<'a>,
    init: &'a Expression<'a>,
) -> impl Iterator<Item = (SymbolId, Origin<'a>)> {
    pattern.properties.iter().filter_map(move |it| {
        let name = match &it.key {
            PropertyKey::StaticIdentifier(name) => name.name.as_str(),
            PropertyKey::StringLiteral(name) => name.value.as_str(),
            _ => return None,
        };
        Some((variable(&it.value)?, Origin::Property(init, name)))
    })
}

/// The variable that a pattern is, if it is one, with a default or without.
fn variable(pattern: &BindingPattern<'_>) -> Option<SymbolId> {
    match &pattern.kind {
        BindingPatternKind::BindingIdentifier(it) => it.symbol_id.get(),
        BindingPatternKind::AssignmentPattern(it) => variable(&it.left),
        _ => None,
    }
}
