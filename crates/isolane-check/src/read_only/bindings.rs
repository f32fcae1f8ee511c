use std::{cell::RefCell, collections::HashMap};

use oxc_ast::{
    AstKind,
    ast::{BindingIdentifier, Expression, IdentifierReference, PropertyKey},
};
use oxc_semantic::{NodeId, Semantic, SymbolId};
use oxc_span::GetSpan;
use oxc_syntax::operator::AssignmentOperator;

use super::accumulators::Accumulator;

/// One way in which a variable gets its value.
pub(super) enum Binding<'a> {
    /// This expression's value.
    Value(&'a Expression<'a>),
    /// Nothing yet: undefined.
    Undefined,
    /// The result of an arithmetic operator on itself, with this expression on the other side.
    Arithmetic(AssignmentOperator, &'a Expression<'a>),
    /// A number or BigInt: `++` and `--`.
    Update,
    /// A function of the text.
    Function,
    /// The property of this name, of what a pattern takes apart.
    Named(&'a str),
    /// What a call of `reduce` hands on.
    Accumulator(Accumulator<'a>),
    /// A parameter, a part of a pattern, a loop's variable, and all else.
    Other,
}

/// All ways in which each variable of a text gets its value.
pub(super) struct Bindings<'a> {
    semantic: &'a Semantic<'a>,
    ways: HashMap<SymbolId, Vec<Binding<'a>>>,
    memo: RefCell<HashMap<(SymbolId, Question), Option<bool>>>,
}

/// What is asked of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// Is its value always a new object, or a primitive?
    Fresh,
    /// Is its value always a number?
    Number,
    /// Is its value always a function of the text?
    Function,
    /// Is its value never a function?
    Data,
    /// Is its value always an array, or something whose `length` is a number or undefined?
    List,
    /// Is its value always the `log` of a context?
    Log,
    /// Is its value always an object of a literal of the text, or undefined?
    Literal,
}

impl<'a> Bindings<'a> {
    pub(super) fn of(semantic: &'a Semantic<'a>) -> Self {
        let mut ways: HashMap<SymbolId, Vec<Binding<'a>>> = HashMap::new();
        for node in semantic.nodes().iter() {
            if let AstKind::BindingIdentifier(identifier) = node.kind()
                && let Some(symbol) = identifier.symbol_id.get()
            {
                let way = declaration(semantic, node.id(), identifier);
                ways.entry(symbol).or_default().push(way);
            }
        }
        for symbol in semantic.scoping().symbol_ids() {
            for reference in semantic.scoping().get_resolved_references(symbol) {
                if reference.is_write() {
                    let way = write(semantic, reference.node_id());
                    ways.entry(symbol).or_default().push(way);
                }
            }
        }
        Self {
            semantic,
            ways,
            memo: RefCell::default(),
        }
    }

    /// The variable of the text that `identifier` names; none where it is a global.
    pub(super) fn symbol(&self, identifier: &IdentifierReference<'_>) -> Option<SymbolId> {
        let reference = identifier.reference_id.get()?;
        self.semantic.scoping().get_reference(reference).symbol_id()
    }

    /// Whether `holds` is true of each way in which `symbol` gets its value. `question` says what
    /// `holds` is, so that each is asked once; a variable that depends on itself is none such.
    pub(super) fn all(
        &self,
        symbol: SymbolId,
        question: Question,
        holds: impl Fn(&Binding<'a>) -> bool,
    ) -> bool {
        let key = (symbol, question);
        if let Some(&known) = self.memo.borrow().get(&key) {
            return known.unwrap_or(false);
        }
        self.memo.borrow_mut().insert(key, None);
        let ways = self.ways.get(&symbol);
        let answer = ways.is_some_and(|ways| !ways.is_empty() && ways.iter().all(holds));
        self.memo.borrow_mut().insert(key, Some(answer));
        answer
    }
}

/// How a declaration binds the variable that it names.
fn declaration<'a>(
    semantic: &'a Semantic<'a>,
    node: NodeId,
    identifier: &BindingIdentifier<'a>,
) -> Binding<'a> {
    let nodes = semantic.nodes();
    let parent = nodes.parent_node(node);
    match parent.kind() {
        AstKind::Function(function) if is(function.id.as_ref(), identifier) => Binding::Function,
        AstKind::VariableDeclarator(declarator) => {
            let declaration = nodes.parent_node(parent.id());
            let is_loops = match nodes.parent_kind(declaration.id()) {
                AstKind::ForInStatement(it) => it.left.span() == declaration.kind().span(),
                AstKind::ForOfStatement(it) => it.left.span() == declaration.kind().span(),
                _ => false,
            };
            match &declarator.init {
                _ if is_loops => Binding::Other,
                Some(init) => Binding::Value(init),
                None => Binding::Undefined,
            }
        }
        // Of a pattern with a default the parent is another.
        AstKind::BindingProperty(it) if !it.computed => match &it.key {
            PropertyKey::StaticIdentifier(name) => Binding::Named(name.name.as_str()),
            _ => Binding::Other,
        },
        AstKind::FormalParameter(_) => {
            Accumulator::of(semantic, node, identifier).map_or(Binding::Other, Binding::Accumulator)
        }
        _ => Binding::Other,
    }
}

fn is(candidate: Option<&BindingIdentifier<'_>>, identifier: &BindingIdentifier<'_>) -> bool {
    candidate.is_some_and(|it| it.symbol_id == identifier.symbol_id && it.span == identifier.span)
}

/// How a write to a variable binds it.
fn write<'a>(semantic: &'a Semantic<'a>, node: NodeId) -> Binding<'a> {
    match semantic.nodes().parent_kind(node) {
        AstKind::AssignmentExpression(assignment)
            if assignment.left.span() == semantic.nodes().kind(node).span() =>
        {
            match assignment.operator {
                AssignmentOperator::Assign
                | AssignmentOperator::LogicalAnd
                | AssignmentOperator::LogicalOr
                | AssignmentOperator::LogicalNullish => Binding::Value(&assignment.right),
                operator => Binding::Arithmetic(operator, &assignment.right),
            }
        }
        AstKind::UpdateExpression(_) => Binding::Update,
        _ => Binding::Other,
    }
}
