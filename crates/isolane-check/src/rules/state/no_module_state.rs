use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::{AstKind, ast::Expression};
use oxc_semantic::{NodeId, SymbolId};
use oxc_span::Span;

use super::{
    changes::{Change, changes},
    collections::{is_collection, taken_of},
};
use crate::{
    lint::{Code, Findings, bare, member},
    rules::{ERROR, Rule, RuleInfo, WARN},
    source::Form,
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-module-state",
    summary: "Finds variables around the function that calls change.",
    mirrors: &["import/no-mutable-exports", "require-atomic-updates"],
    options: Some("{ allow?: string[] }"),
    severities: [WARN, WARN, ERROR],
    make: |options| {
        let given = options.object(&["allow"])?;
        let allow = given.get("allow").texts()?.unwrap_or_default();
        Ok(Box::new(NoModuleState {
            allow: allow.into_iter().collect(),
        }))
    },
};

struct NoModuleState {
    allow: BTreeSet<String>,
}

impl Rule for NoModuleState {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        if code.form == Form::Function {
            return;
        }
        let nodes = code.semantic.nodes();
        let within = within_functions(code);
        let is_called = |node: NodeId| within[node.index()];
        // The first place at which a call changes each.
        let mut changed: BTreeMap<SymbolId, Span> = BTreeMap::new();
        let mut note = |symbol: SymbolId, span: Span| {
            let first = changed.entry(symbol).or_insert(span);
            if span.start < first.start {
                *first = span;
            }
        };
        let scoping = code.semantic.scoping();
        for symbol in scoping.iter_bindings_in(scoping.root_scope_id()) {
            for reference in scoping.get_resolved_references(symbol) {
                if reference.is_write() && is_called(reference.node_id()) {
                    note(symbol, code.semantic.reference_span(reference));
                }
            }
        }
        for node in nodes.iter().filter(|node| is_called(node.id())) {
            changes(
                code,
                node.kind(),
                |Change {
                     object,
                     span,
                     method,
                 }| {
                    if let Some(symbol) = root(code, object)
                        && scoping.symbol_scope_id(symbol) == scoping.root_scope_id()
                        && is_own(code, symbol)
                        && (method.is_none() || is_collection(code, object))
                    {
                        note(symbol, span);
                    }
                },
            );
        }
        for (symbol, span) in changed {
            let name = scoping.symbol_name(symbol);
            if !self.allow.contains(name) {
                findings.report(
                    span,
                    format!("A call changes `{name}`, and later calls of the same worker see that"),
                    "Declare it inside of the function; what calls share pass as `shared` or `args`",
                );
            }
        }
    }
}

/// For each node whether it is in a function, so that it runs when that is called.
fn within_functions(code: &Code<'_>) -> Vec<bool> {
    let nodes = code.semantic.nodes();
    let mut within: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes.iter() {
        let parent = nodes.parent_id(node.id()).index();
        let around = within.get(parent).copied().unwrap_or(false);
        within.push(around || node.kind().is_function_like());
    }
    within
}

/// How many variables a value is followed through.
const FURTHEST: usize = 16;

/// The variable that an object is a part of: for one that a function declares as a part of another, that.
fn root<'a>(code: &Code<'a>, object: &'a Expression<'a>) -> Option<SymbolId> {
    let scoping = code.semantic.scoping();
    let mut object = object;
    for _ in 0..FURTHEST {
        while let Some(part) = member(object) {
            object = part.object();
        }
        let Expression::Identifier(it) = bare(object) else {
            return None;
        };
        let symbol = code.symbol(it)?;
        if scoping.symbol_scope_id(symbol) == scoping.root_scope_id() {
            return Some(symbol);
        }
        let of = code.constant_of(symbol);
        object = of.or_else(|| taken_of(code, symbol).map(|it| it.0))?;
    }
    None
}

/// Whether a variable is made here: a class's or function's own properties count, imports do not.
fn is_own(code: &Code<'_>, symbol: SymbolId) -> bool {
    matches!(
        code.semantic.symbol_declaration(symbol).kind(),
        AstKind::VariableDeclarator(_) | AstKind::Function(_) | AstKind::Class(_)
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found, good};

    #[test]
    fn finds_what_calls_change() {
        bad(
            "no-module-state",
            "",
            &[
                ("let n = 0\nmodule.exports = () => ++n", "2:26"),
                (
                    "const cache = new Map()\nmodule.exports = (a) => { cache.set(a, 1); cache.delete(a) }",
                    "2:27",
                ),
                (
                    "const seen = {}\nexport default (a) => { seen[a].b = 1 }",
                    "2:25",
                ),
                (
                    "const list = []\nfunction add(a) { list.push(a) }\nmodule.exports = add",
                    "2:19",
                ),
                (
                    "const state = { lists: {}, all: new Set() }\nexport default (a) => state.all.add(a)",
                    "2:23",
                ),
                (
                    "const state = { lists: {} }\nexport default (a) => state.lists[a].push(a)",
                    "2:23",
                ),
                (
                    "const by = Object.create(null)\nexport default (a) => by[a].push(a)",
                    "2:23",
                ),
                (
                    "const a = { b: [] }\nexport default (i) => { const { b } = a; b.push(i) }",
                    "2:42",
                ),
                (
                    "const a = { n: 0 }\nexport default () => { const b = a; b.n++ }",
                    "2:37",
                ),
                (
                    "class Log { static lines = [] }\nexport default (a) => Log.lines.push(a)",
                    "2:23",
                ),
                (
                    "const config = require('@/config')\nmodule.exports = (a) => { config.last = a }",
                    "2:27",
                ),
            ],
        );
        assert_eq!(
            found(
                "no-module-state",
                "",
                "let n\nexports.main = () => { n = 1; n = 2 }"
            ),
            ["2:24 A call changes `n`, and later calls of the same worker see that"]
        );
    }

    #[test]
    fn methods_of_other_things_than_collections_are_right() {
        good(
            "no-module-state",
            "",
            &[
                "const cart = require('@/cart')\nmodule.exports = (i) => cart.add(i.price, i.tax)",
                "const { list } = require('@/cart')\nmodule.exports = (i) => list.push(i)",
                "const api = require('@/api')\nmodule.exports = (i) => api.lists[i].sort(i)",
                "const vec = { add: (a, b) => a + b }\nmodule.exports = (i) => vec.add(i, 1)",
                "const vec = { add(a, b) { return a + b } }\nmodule.exports = (i) => vec.add(i, 1)",
                "const kinds = { a: vec() }\nmodule.exports = (i) => kinds[i].add(i, 1)",
                "class Vec { static add(a, b) { return a + b } }\nmodule.exports = (i) => Vec.add(i, 1)",
                "const vec = new Vec()\nmodule.exports = (i) => vec.add(i, 1)",
                "const a = { b: 1 }\nmodule.exports = (i) => { const b = { ...a }; b.n = i; const { ...c } = a; c.b = i }",
                "const a = {}\nmodule.exports = (i) => { const { b = {} } = a; b.n = i }",
                "const a = {}\nmodule.exports = (i) => { let b = a; b = {}; b.n = i }",
                "const a = make()\nmodule.exports = (i) => a.b.push(i)",
            ],
        );
    }

    #[test]
    fn the_search_is_bounded() {
        let tables = (0..30).map(|at| {
            let part = format!("p: t{}[q], r: t{}[q]", at + 1, at + 1);
            format!("const t{at} = {{ {part} }}\n")
        });
        let tables: String = tables.collect();
        let text = format!("{tables}const t30 = []\nmodule.exports = (q) => t0[q].push(q)");
        good("no-module-state", "", &[&text]);
    }

    #[test]
    fn what_is_made_once_or_by_the_call_is_right() {
        good(
            "no-module-state",
            "",
            &[
                "const table = {}\ntable.a = 1\nmodule.exports = (a) => table[a]",
                "module.exports = () => { let n = 0; n++; const a = []; a.push(n) }",
                "let n = 0\nn++\nmodule.exports = () => n",
                "const names = ['b', 'a']\nmodule.exports = () => names.toSorted()",
                "(() => { let n = 0; return () => ++n })()",
            ],
        );
        good(
            "no-module-state",
            r#"{"allow":["cache"]}"#,
            &["const cache = {}\nmodule.exports = (a) => { cache[a] = 1 }"],
        );
    }
}
