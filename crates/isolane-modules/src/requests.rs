use isolane_syntax::Position;
use oxc_ast::{
    AstKind,
    ast::{
        Argument, CallExpression, ExportNamedDeclaration, Expression, IdentifierReference,
        ImportDeclaration, ImportDeclarationSpecifier,
    },
};
use oxc_semantic::{NodeId, Semantic};
use oxc_span::{GetSpan, Span};

use crate::text::Found;

/// In which way a module asks for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `require('x')`.
    Require,
    /// `require.resolve('x')`, which evaluates nothing.
    Resolve,
    /// `import … from 'x'` or `import 'x'`.
    Import,
    /// `export … from 'x'`.
    Export,
    /// `import('x')`.
    DynamicImport,
}

/// Which exports of a module are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// These, by the names that the module gives them.
    pub listed: Vec<String>,
    /// Any: the namespace as a whole, or `export *`.
    pub all: bool,
}

impl Names {
    fn all() -> Self {
        Self {
            listed: Vec::new(),
            all: true,
        }
    }
}

/// What [`of`] finds.
#[derive(Default)]
pub(crate) struct Sought {
    pub(crate) requests: Vec<Found>,
    pub(crate) is_open: bool,
    pub(crate) is_async: bool,
}

/// All requests of a program, in its order. `place` is asked with offsets.
pub(crate) fn of(semantic: &Semantic<'_>, place: &mut dyn FnMut(u32) -> Position) -> Sought {
    let mut sought = Sought::default();
    for node in semantic.nodes().iter() {
        match node.kind() {
            AstKind::ImportDeclaration(it) => {
                let names = names_of_import(it);
                sought.add(Kind::Import, &it.source.value, place(it.span.start), names);
            }
            AstKind::ExportAllDeclaration(it) => {
                let at = place(it.span.start);
                sought.add(Kind::Export, &it.source.value, at, Names::all());
            }
            AstKind::ExportNamedDeclaration(it) => {
                if let Some(source) = &it.source {
                    let at = place(it.span.start);
                    sought.add(Kind::Export, &source.value, at, names_of_export(it));
                }
            }
            AstKind::ImportExpression(it) => match text_of(&it.source) {
                Some(specifier) => {
                    let at = place(it.span.start);
                    sought.add(Kind::DynamicImport, specifier, at, Names::all());
                    sought.qualify(semantic, node.id(), it.span);
                }
                None => sought.is_open = true,
            },
            AstKind::IdentifierReference(it) if is_free_require(semantic, it) => {
                let parent = semantic.nodes().parent_id(node.id());
                match semantic.nodes().kind(parent) {
                    AstKind::CallExpression(call) if call.callee.span() == it.span => {
                        sought.require(semantic, parent, call, place);
                    }
                    AstKind::StaticMemberExpression(it) if it.property.name == "resolve" => {
                        sought.resolve(semantic, parent, it.span, place);
                    }
                    // `typeof require`, `require.cache`.
                    AstKind::UnaryExpression(_) | AstKind::StaticMemberExpression(_) => {}
                    _ => sought.is_open = true,
                }
            }
            AstKind::AwaitExpression(_) => {
                sought.is_async |= !is_in_function(semantic, node.id());
            }
            AstKind::ForOfStatement(it) if it.r#await => {
                sought.is_async |= !is_in_function(semantic, node.id());
            }
            _ => {}
        }
    }
    sought
}

impl Sought {
    fn add(&mut self, kind: Kind, specifier: &str, position: Position, names: Names) {
        self.requests.push(Found {
            specifier: specifier.to_owned(),
            kind,
            position,
            is_optional: false,
            is_lazy: false,
            names,
        });
    }

    /// Of the last: whether its failure is caught, and whether it may never be made.
    fn qualify(&mut self, semantic: &Semantic<'_>, id: NodeId, span: Span) {
        if let Some(last) = self.requests.last_mut() {
            last.is_optional = is_tried(semantic, id, span);
            last.is_lazy = is_in_function(semantic, id);
        }
    }

    fn require(
        &mut self,
        semantic: &Semantic<'_>,
        id: NodeId,
        call: &CallExpression<'_>,
        place: &mut dyn FnMut(u32) -> Position,
    ) {
        match first_text(call) {
            Some(specifier) => {
                let at = place(call.span.start);
                self.add(Kind::Require, specifier, at, Names::all());
                self.qualify(semantic, id, call.span);
            }
            None => self.is_open = true,
        }
    }

    /// Of `require.resolve`, which is at `id`. It asks whether there is a module, so none has to be.
    fn resolve(
        &mut self,
        semantic: &Semantic<'_>,
        id: NodeId,
        span: Span,
        place: &mut dyn FnMut(u32) -> Position,
    ) {
        let specifier = match semantic.nodes().parent_kind(id) {
            AstKind::CallExpression(call) if call.callee.span() == span => first_text(call),
            _ => None,
        };
        match specifier {
            Some(specifier) => {
                let at = place(span.start);
                self.add(Kind::Resolve, specifier, at, Names::default());
                self.qualify(semantic, id, span);
                if let Some(last) = self.requests.last_mut() {
                    last.is_optional = true;
                }
            }
            None => self.is_open = true,
        }
    }
}

fn is_free_require(semantic: &Semantic<'_>, name: &IdentifierReference<'_>) -> bool {
    name.name == "require"
        && name
            .reference_id
            .get()
            .is_some_and(|id| semantic.scoping().get_reference(id).symbol_id().is_none())
}

/// What a call is given first, where that is a text.
fn first_text<'b>(call: &'b CallExpression<'_>) -> Option<&'b str> {
    let argument = call.arguments.first().and_then(Argument::as_expression);
    argument.and_then(text_of)
}

/// The text that an expression is, written as one.
fn text_of<'b>(expression: &'b Expression<'_>) -> Option<&'b str> {
    match expression.without_parentheses() {
        Expression::StringLiteral(it) => Some(&it.value),
        Expression::TemplateLiteral(it) if it.expressions.is_empty() => {
            it.quasis.first()?.value.cooked.as_deref()
        }
        _ => None,
    }
}

/// Whether a failure at this node is caught by a `try` of the same function.
fn is_tried(semantic: &Semantic<'_>, id: NodeId, span: Span) -> bool {
    for node in semantic.nodes().ancestors(id) {
        match node.kind() {
            AstKind::TryStatement(it)
                if it.handler.is_some() && it.block.span.contains_inclusive(span) =>
            {
                return true;
            }
            kind if is_function(&kind) => return false,
            _ => {}
        }
    }
    false
}

fn is_in_function(semantic: &Semantic<'_>, id: NodeId) -> bool {
    let mut ancestors = semantic.nodes().ancestors(id);
    ancestors.any(|node| is_function(&node.kind()))
}

fn is_function(kind: &AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) | AstKind::StaticBlock(_)
    )
}

fn names_of_import(import: &ImportDeclaration<'_>) -> Names {
    let mut names = Names::default();
    for specifier in import.specifiers.iter().flatten() {
        match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(it) => {
                names.listed.push(it.imported.name().to_string());
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => {
                names.listed.push("default".into());
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => names.all = true,
        }
    }
    names
}

fn names_of_export(export: &ExportNamedDeclaration<'_>) -> Names {
    let listed = export.specifiers.iter();
    Names {
        listed: listed.map(|it| it.local.name().to_string()).collect(),
        all: false,
    }
}
