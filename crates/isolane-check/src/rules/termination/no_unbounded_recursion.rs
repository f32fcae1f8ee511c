use std::collections::HashMap;

use oxc_ast::{
    AstKind,
    ast::{Expression, FormalParameters, FunctionBody},
};
use oxc_semantic::{AstNode, SymbolId};
use oxc_span::{GetSpan, Span};

use super::every_path::EveryPath;
use crate::{
    lint::{Code, Findings, bare},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-unbounded-recursion",
    summary: "Finds functions that call themselves whichever way they go.",
    mirrors: &[],
    options: None,
    severities: [WARN, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoUnboundedRecursion))
    },
};

struct NoUnboundedRecursion;

impl Rule for NoUnboundedRecursion {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let mut uses = Uses::default();
        for node in code.semantic.nodes().iter() {
            if parts(node.kind()).is_some() {
                look_at(node, code, &mut uses, findings);
            }
        }
    }
}

fn look_at<'a>(node: &AstNode<'a>, code: &Code<'a>, uses: &mut Uses, findings: &mut Findings) {
    let (own, variable) = (own_name(node.kind()), variable(code, node));
    for (symbol, span) in own.into_iter().chain(variable) {
        // Most functions never call themselves.
        if !uses.of(code, symbol).are_within(node.kind().span()) {
            continue;
        }
        if let Some((params, body)) = parts(node.kind())
            && calls_itself(code, symbol, params, body)
        {
            findings.report(
                span,
                format!(
                    "`{}` calls itself whichever way it goes, and so never returns",
                    code.semantic.scoping().symbol_name(symbol)
                ),
                "Return before the call in some case: `if (depth === 0) return value`",
            );
            return;
        }
    }
}

/// Where variables are named. One may have many functions, so each is looked up once.
#[derive(Default)]
struct Uses(HashMap<SymbolId, Places>);

/// Where a variable is named that has one value, by the starts; empty of others.
struct Places(Vec<u32>);

impl Uses {
    fn of(&mut self, code: &Code<'_>, symbol: SymbolId) -> &Places {
        self.0.entry(symbol).or_insert_with(|| {
            if code.semantic.scoping().symbol_is_mutated(symbol) {
                return Places(Vec::new());
            }
            let references = code.semantic.symbol_references(symbol);
            let mut starts: Vec<_> = references
                .map(|it| code.semantic.reference_span(it).start)
                .collect();
            starts.sort_unstable();
            Places(starts)
        })
    }
}

impl Places {
    fn are_within(&self, span: Span) -> bool {
        let next = self.0.partition_point(|start| *start < span.start);
        self.0.get(next).is_some_and(|start| *start < span.end)
    }
}

fn calls_itself<'a>(
    code: &Code<'a>,
    symbol: SymbolId,
    params: &'a FormalParameters<'a>,
    body: &'a FunctionBody<'a>,
) -> bool {
    let is_call = |expression: &Expression<'a>| match expression {
        Expression::CallExpression(it) => match bare(&it.callee) {
            Expression::Identifier(it) => code.symbol(it) == Some(symbol),
            _ => false,
        },
        _ => false,
    };
    EveryPath { is_call }.of_function(params, body)
}

/// The name that a function has of itself.
fn own_name(kind: AstKind<'_>) -> Option<(SymbolId, Span)> {
    match kind {
        AstKind::Function(it) => {
            let id = it.id.as_ref()?;
            Some((id.symbol_id.get()?, id.span))
        }
        _ => None,
    }
}

/// The variable that a function is put into where it is written.
fn variable(code: &Code<'_>, node: &AstNode<'_>) -> Option<(SymbolId, Span)> {
    match code.semantic.nodes().parent_kind(node.id()) {
        AstKind::VariableDeclarator(it) => {
            let id = it.id.get_binding_identifier()?;
            Some((id.symbol_id.get()?, id.span))
        }
        _ => None,
    }
}

fn parts<'a>(kind: AstKind<'a>) -> Option<(&'a FormalParameters<'a>, &'a FunctionBody<'a>)> {
    match kind {
        // A generator runs when its iterator is asked.
        AstKind::Function(it) if !it.generator => Some((&it.params, it.body.as_ref()?)),
        AstKind::ArrowFunctionExpression(it) => Some((&it.params, &it.body)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_functions_that_always_call_themselves() {
        bad(
            "no-unbounded-recursion",
            "",
            &[
                ("function f(n) { return f(n - 1) }", "1:10"),
                ("() => { const f = (n) => n + f(n) }", "1:15"),
                ("() => { const f = (n) => f(n) || 1 }", "1:15"),
                ("function f(n) { if (n) { f(1) } else return f(2) }", "1:10"),
                ("async function f(n) { await f(n); return 1 }", "1:16"),
                ("function f(n) { return [g(f(n))] }", "1:10"),
                ("function f(n) { try { g() } finally { f(n) } }", "1:10"),
                ("function f(n) { while (f(n)) {} return n }", "1:10"),
                ("function f(n) { n ? f(1) : f(2) }", "1:10"),
            ],
        );
    }

    #[test]
    fn functions_that_can_end_are_right() {
        good(
            "no-unbounded-recursion",
            "",
            &[
                "function f(n) { return n && f(n - 1) }",
                "function f(n) { return n ? f(n - 1) : 1 }",
                "function f(n) { if (!n) return 1; return f(n - 1) }",
                "function f(n) { if (!n) throw 1; f(n - 1) }",
                "function f(n) { for (const a of n) f(a) }",
                "function f(n) { return () => f(n) }",
                "function f(n) { return n.map(f) }",
                "function f(n) { switch (n) { case 0: return 1 } return f(n - 1) }",
                "function f(n) { a: { if (n) break a; f(n) } }",
                "function f(n) { do { if (n) break; f(n) } while (1) }",
                "function* f(n) { yield* f(n) }",
                "function f(f) { return f(1) }",
                "function f(n) { return n?.a(f(1)) }",
                "() => { let f = (n) => f(n); f = null }",
                "function f(n) { try { return g() } catch { return f(n) } }",
            ],
        );
    }
}
