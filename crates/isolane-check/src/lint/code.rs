use std::collections::{BTreeSet, HashSet};

use oxc_ast::{
    AstKind,
    ast::{Argument, CallExpression, Expression, IdentifierReference},
};
use oxc_semantic::{NodeId, Reference, Semantic, SymbolId};
use oxc_span::{GetSpan, Span};

use super::{
    Entry, bare,
    origins::{Origin, Origins},
};
use crate::{
    options::{CheckOptions, Engine, Global},
    rules::known,
    source::{Form, Parsed, Place, RegexFound},
};

/// A parsed text, as rules see it.
pub(crate) struct Code<'a> {
    /// As it was given.
    pub(crate) text: &'a str,
    pub(crate) semantic: &'a Semantic<'a>,
    pub(crate) patterns: &'a [RegexFound<'a>],
    pub(crate) form: Form,
    pub(crate) options: &'a CheckOptions,
    /// The functions that it gives.
    pub(crate) entries: Vec<Entry<'a>>,
    /// Where those begin that are written out.
    entry_starts: HashSet<u32>,
    /// What it requires or imports.
    pub(crate) requests: Vec<Request<'a>>,
    place: Place,
    origins: Origins<'a>,
    /// The bodies of `with`, without those within others.
    with_bodies: Vec<Span>,
}

/// A module that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// Its name; none where it is computed.
    pub(crate) specifier: Option<&'a str>,
    /// Where the name stands, or what computes it.
    pub(crate) span: Span,
    pub(crate) kind: RequestKind,
}

/// How a module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    Require,
    /// `import()`.
    Dynamic,
    /// A declaration.
    Static,
}

/// A use of a name that the text does not declare.
#[derive(Clone, Copy)]
pub(crate) struct Free<'a> {
    pub(crate) name: &'a str,
    pub(crate) reference: &'a Reference,
    pub(crate) span: Span,
}

impl Free<'_> {
    pub(crate) fn node(&self) -> NodeId {
        self.reference.node_id()
    }
}

impl<'a> Code<'a> {
    pub(crate) fn new(text: &'a str, parsed: &'a Parsed<'a>, options: &'a CheckOptions) -> Self {
        let mut code = Self {
            text,
            semantic: &parsed.semantic,
            patterns: &parsed.patterns,
            form: parsed.form,
            options,
            entries: Vec::new(),
            entry_starts: HashSet::new(),
            requests: Vec::new(),
            place: parsed.place,
            origins: Origins::of(&parsed.semantic),
            with_bodies: with_bodies(&parsed.semantic),
        };
        code.entries = Entry::all(&code);
        let callables = code.entries.iter().filter_map(|it| it.callable);
        code.entry_starts = callables.map(|it| it.span().start).collect();
        code.requests = requests(&code);
        code
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Whether the function at `span` is one that the text gives.
    pub(crate) fn is_entry(&self, span: Span) -> bool {
        self.entry_starts.contains(&span.start)
    }

    /// What the text says at `span`.
    pub(crate) fn at(&self, span: Span) -> &'a str {
        let (start, end) = self.place.of(span);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The variable of the text that a name means; none where it is a global.
    pub(crate) fn symbol(&self, identifier: &IdentifierReference<'_>) -> Option<SymbolId> {
        let reference = identifier.reference_id.get()?;
        self.semantic.scoping().get_reference(reference).symbol_id()
    }

    /// What a variable is made of, where nothing else is ever put into it.
    pub(crate) fn constant_of(&self, symbol: SymbolId) -> Option<&'a Expression<'a>> {
        match self.origins.get(symbol)? {
            Origin::Value(init) => Some(init),
            Origin::Property(..) => None,
        }
    }

    /// The object, and the name of its property, that a variable is taken from, where nothing else is ever put
    /// into it.
    pub(crate) fn property_of(&self, symbol: SymbolId) -> Option<(&'a Expression<'a>, &'a str)> {
        match self.origins.get(symbol)? {
            Origin::Property(object, name) => Some((object, name)),
            Origin::Value(_) => None,
        }
    }

    /// Uses of names that the text does not declare, without those that are types.
    pub(crate) fn free(&self) -> impl Iterator<Item = Free<'a>> {
        let semantic = self.semantic;
        let names = semantic.scoping().root_unresolved_references();
        names.iter().flat_map(move |(name, ids)| {
            ids.iter().filter_map(move |&id| {
                let reference = semantic.scoping().get_reference(id);
                let is_own = *name == "arguments" && is_in_function(semantic, reference.node_id());
                (reference.flags().is_value() && !is_own).then(|| Free {
                    name,
                    reference,
                    span: semantic.reference_span(reference),
                })
            })
        })
    }

    /// Whether a name is one that the text finds where it runs.
    pub(crate) fn is_known(&self, name: &str) -> bool {
        match self.options.globals.get(name) {
            Some(Global::Off) => return false,
            Some(_) => return true,
            None => {}
        }
        let of_engine = match self.options.engine {
            Engine::V8 => known::WEB,
            Engine::Node => known::NODE,
        };
        known::LANGUAGE.binary_search(&name).is_ok()
            || of_engine.binary_search(&name).is_ok()
            || self.of_form().contains(&name)
    }

    /// Whether the options say that a name may be written to.
    pub(crate) fn is_writable(&self, name: &str) -> bool {
        self.options.globals.get(name) == Some(&Global::Writable) || self.of_form().contains(&name)
    }

    /// The names that a text of this form finds around it.
    pub(crate) fn of_form(&self) -> &'static [&'static str] {
        match (self.form, self.options.engine) {
            (Form::CommonJs, _) => &[
                "__dirname",
                "__filename",
                "arguments",
                "exports",
                "module",
                "require",
            ],
            (Form::Function, Engine::Node) => &["exports", "module", "require"],
            (Form::Function, Engine::V8) | (Form::Module, _) => &[],
        }
    }

    /// Whether a name stands in the body of a `with`, where it may be a property of the object.
    pub(crate) fn is_in_with(&self, free: &Free<'_>) -> bool {
        let behind = self
            .with_bodies
            .partition_point(|it| it.start <= free.span.start);
        let body = behind
            .checked_sub(1)
            .and_then(|at| self.with_bodies.get(at));
        body.is_some_and(|it| it.contains_inclusive(free.span))
    }

    /// Names whose `typeof` the text compares with something: it can do without those.
    pub(crate) fn tested(&self) -> BTreeSet<&'a str> {
        let compares = |node: NodeId| {
            let nodes = self.semantic.nodes();
            let mut around = nodes.ancestor_kinds(node);
            around.find_map(|kind| match kind {
                AstKind::ParenthesizedExpression(_) | AstKind::UnaryExpression(_) => None,
                AstKind::BinaryExpression(it) => Some(it.operator.is_equality()),
                AstKind::SwitchStatement(_) => Some(true),
                _ => Some(false),
            })
        };
        let typed = self.free().filter(|free| self.is_typeof(free.node()));
        typed
            .filter(|free| compares(free.node()) == Some(true))
            .map(|free| free.name)
            .collect()
    }

    /// Whether `node` is the operand of `typeof`.
    pub(crate) fn is_typeof(&self, node: NodeId) -> bool {
        let mut node = node;
        loop {
            node = self.semantic.nodes().parent_id(node);
            match self.semantic.nodes().kind(node) {
                AstKind::ParenthesizedExpression(_) => {}
                AstKind::UnaryExpression(it) => {
                    return it.operator == oxc_syntax::operator::UnaryOperator::Typeof;
                }
                _ => return false,
            }
        }
    }

    /// The specifiers of published functions that the text asks for.
    pub(crate) fn required_functions(&self) -> Vec<String> {
        let names: BTreeSet<_> = self
            .requests
            .iter()
            .filter_map(|it| it.specifier)
            .filter(|it| is_of_function(it))
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The bytes of the function that is all that the text gives.
    pub(crate) fn whole_function(&self) -> Result<(usize, usize), &'static str> {
        if self.form == Form::Function {
            return Ok((
                self.text.len() - self.text.trim_start_matches('\u{feff}').len(),
                self.text.len(),
            ));
        }
        match self.entries.as_slice() {
            [entry] => entry
                .callable
                .map(|it| self.place.of(it.span()))
                .ok_or("what the text gives is no function that could be looked at"),
            _ => Err("the text gives no single function that could be looked at"),
        }
    }
}

fn with_bodies(semantic: &Semantic<'_>) -> Vec<Span> {
    let mut bodies: Vec<Span> = Vec::new();
    // A node comes behind those around it.
    for node in semantic.nodes().iter() {
        if let AstKind::WithStatement(it) = node.kind() {
            let span = it.body.span();
            if bodies.last().is_none_or(|last| last.end <= span.start) {
                bodies.push(span);
            }
        }
    }
    bodies
}

/// How far up a function is sought; what is further in than this is in one.
const FURTHEST: usize = 1000;

/// Whether a node is in a function that has `arguments`, or in a class.
fn is_in_function(semantic: &Semantic<'_>, node: NodeId) -> bool {
    let mut around = semantic.nodes().ancestor_kinds(node).take(FURTHEST);
    around.all(|kind| !matches!(kind, AstKind::Program(_)))
        || semantic
            .nodes()
            .ancestor_kinds(node)
            .take(FURTHEST)
            .any(|kind| matches!(kind, AstKind::Function(_)))
}

/// Whether a specifier names a published function: `@/price`, `./price`, `../price`.
pub(crate) fn is_of_function(specifier: &str) -> bool {
    ["@/", "./", "../"]
        .iter()
        .any(|it| specifier.starts_with(it))
}

fn requests<'a>(code: &Code<'a>) -> Vec<Request<'a>> {
    let mut requests = Vec::new();
    let fixed = |source: &'a oxc_ast::ast::StringLiteral<'a>| Request {
        specifier: Some(source.value.as_str()),
        span: source.span,
        kind: RequestKind::Static,
    };
    for node in code.semantic.nodes().iter() {
        match node.kind() {
            AstKind::CallExpression(call) => requests.extend(required(code, call)),
            AstKind::ImportExpression(it) => requests.push(Request {
                specifier: constant(&it.source),
                span: it.span,
                kind: RequestKind::Dynamic,
            }),
            AstKind::ImportDeclaration(it) if !it.import_kind.is_type() => {
                requests.push(fixed(&it.source));
            }
            AstKind::ExportAllDeclaration(it) if !it.export_kind.is_type() => {
                requests.push(fixed(&it.source));
            }
            AstKind::ExportNamedDeclaration(it) if !it.export_kind.is_type() => {
                requests.extend(it.source.as_ref().map(fixed));
            }
            _ => {}
        }
    }
    requests
}

fn required<'a>(code: &Code<'a>, call: &'a CallExpression<'a>) -> Option<Request<'a>> {
    if !code.is_require(&call.callee) {
        return None;
    }
    let argument = call.arguments.first().and_then(Argument::as_expression);
    Some(Request {
        specifier: argument.and_then(constant),
        span: argument.map_or(call.span, GetSpan::span),
        kind: RequestKind::Require,
    })
}

/// The string that an expression is without being computed.
pub(crate) fn constant<'a>(expression: &'a Expression<'a>) -> Option<&'a str> {
    match bare(expression) {
        Expression::StringLiteral(it) => Some(it.value.as_str()),
        Expression::TemplateLiteral(it) if it.expressions.is_empty() => {
            it.quasis.first()?.value.cooked.map(|it| it.as_str())
        }
        _ => None,
    }
}
