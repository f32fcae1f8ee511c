use oxc_ast::{AstKind, ast::LabelIdentifier};
use oxc_semantic::{AstNodes, NodeId};

/// Labels that are sought so far up; what is further off is taken for the outermost.
const FURTHEST: usize = 1000;

/// How far out of loops code leads: by `break`, `continue`, `return`, `throw` and `yield`.
pub(super) struct Exits {
    /// For each node the outermost node that code in it leaves or may leave for good: all from this
    /// number on are left.
    left: Vec<usize>,
}

impl Exits {
    /// Finds all exits in two walks, for nodes may nest deep: down for what a `break` leaves, up for what
    /// each node contains.
    pub(super) fn of(nodes: &AstNodes<'_>) -> Self {
        let mut left = vec![usize::MAX; nodes.len()];
        let mut breakable: Vec<usize> = Vec::with_capacity(nodes.len());
        let mut repeatable: Vec<usize> = Vec::with_capacity(nodes.len());
        for node in nodes.iter() {
            let id = node.id().index();
            let parent = nodes.parent_id(node.id()).index();
            let kind = node.kind();
            let is_loop = kind.is_iteration_statement();
            let inherited = |of: &[usize]| of.get(parent).copied().unwrap_or(0);
            breakable.push(if is_loop || matches!(kind, AstKind::SwitchStatement(_)) {
                id
            } else {
                inherited(&breakable)
            });
            repeatable.push(if is_loop { id } else { inherited(&repeatable) });
            left[id] = match kind {
                AstKind::ReturnStatement(_)
                | AstKind::ThrowStatement(_)
                | AstKind::YieldExpression(_) => 0,
                // A `for await` may throw, and so may all that is awaited; but that is not meant to.
                AstKind::BreakStatement(it) => match &it.label {
                    Some(label) => labeled(nodes, node.id(), label),
                    None => breakable[id],
                },
                // The loop that goes on is not left, those inside it are.
                AstKind::ContinueStatement(it) => match &it.label {
                    Some(label) => labeled(nodes, node.id(), label).saturating_add(3),
                    None => repeatable[id].saturating_add(1),
                },
                _ => usize::MAX,
            };
        }
        for id in (1..nodes.len()).rev() {
            let node = NodeId::from_usize(id);
            // What a function does when it is called leaves nothing around it.
            if !nodes.kind(node).is_function_like() {
                let parent = nodes.parent_id(node).index();
                left[parent] = left[parent].min(left[id]);
            }
        }
        Self { left }
    }

    /// Whether code in a loop leaves it.
    pub(super) fn leave(&self, id: NodeId) -> bool {
        self.left[id.index()] <= id.index()
    }
}

/// The statement that has the label. The loop that it names is the third node from there at the least.
fn labeled(nodes: &AstNodes<'_>, node: NodeId, label: &LabelIdentifier<'_>) -> usize {
    for id in nodes.ancestor_ids(node).take(FURTHEST) {
        if let AstKind::LabeledStatement(it) = nodes.kind(id)
            && it.label.name == label.name
        {
            return id.index();
        }
    }
    0
}
