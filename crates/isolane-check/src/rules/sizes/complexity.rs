use oxc_ast::AstKind;
use oxc_span::Span;

use crate::{
    lint::{Code, Findings},
    rules::{OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "complexity",
    summary: "Finds functions with too many ways through them.",
    mirrors: &["complexity"],
    options: Some("number | { max?: number }"),
    severities: [OFF, OFF, OFF],
    make: |options| Ok(Box::new(Complexity(options.limit(20)?))),
};

struct Complexity(usize);

/// A function, or what is evaluated like one.
struct Unit {
    span: Span,
    name: String,
    ways: usize,
}

impl Rule for Complexity {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let nodes = code.semantic.nodes();
        let mut units: Vec<Unit> = Vec::new();
        // For each node the unit that it is in. A node comes behind its parent.
        let mut within: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
        for node in nodes.iter() {
            let parent = nodes.parent_id(node.id()).index();
            let around = within.get(parent).copied().flatten();
            let kind = node.kind();
            if let Some(head) = head(code, kind) {
                within.push(Some(units.len()));
                units.push(Unit {
                    span: head.0,
                    name: head.1,
                    ways: 1,
                });
                continue;
            }
            within.push(around);
            if let Some(unit) = around {
                units[unit].ways += usize::from(branches(kind));
            }
        }
        for unit in units.iter().filter(|it| it.ways > self.0) {
            findings.report(
                unit.span,
                format!(
                    "{} has {} ways through it, more than the {} allowed",
                    unit.name, unit.ways, self.0
                ),
                "Move a part into a function of its own, or replace branches by a table",
            );
        }
    }
}

/// Where a function begins, and what it is called.
fn head(code: &Code<'_>, kind: AstKind<'_>) -> Option<(Span, String)> {
    let (start, end, name) = match kind {
        AstKind::Function(it) => {
            let body = it.body.as_ref()?;
            let name = it.id.as_ref().map(|id| id.name.as_str());
            (it.span.start, body.span.start, name)
        }
        AstKind::ArrowFunctionExpression(it) => (it.span.start, it.body.span.start, None),
        AstKind::StaticBlock(it) => (it.span.start, it.span.start + 6, None),
        _ => return None,
    };
    let span = Span::new(start, end.max(start));
    let shown = code.at(span).trim_end();
    let span = Span::sized(start, u32::try_from(shown.len()).unwrap_or(0));
    let name = name.map_or_else(|| "The function".into(), |name| format!("`{name}`"));
    Some((span, name))
}

fn branches(kind: AstKind<'_>) -> bool {
    match kind {
        AstKind::SwitchCase(it) => it.test.is_some(),
        AstKind::AssignmentExpression(it) => it.operator.is_logical(),
        AstKind::StaticMemberExpression(it) => it.optional,
        AstKind::ComputedMemberExpression(it) => it.optional,
        AstKind::CallExpression(it) => it.optional,
        _ => matches!(
            kind,
            AstKind::AssignmentPattern(_)
                | AstKind::AssignmentTargetWithDefault(_)
                | AstKind::CatchClause(_)
                | AstKind::ConditionalExpression(_)
                | AstKind::DoWhileStatement(_)
                | AstKind::ForInStatement(_)
                | AstKind::ForOfStatement(_)
                | AstKind::ForStatement(_)
                | AstKind::IfStatement(_)
                | AstKind::LogicalExpression(_)
                | AstKind::WhileStatement(_)
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{found, good};

    #[test]
    fn counts_branches_of_each_function() {
        let text = "function f(a, b = 1) {\n  if (a) return a?.b ?? c\n  for (const d of a) d && e\n  return () => a ? b : c\n}";
        assert_eq!(
            found("complexity", "2", text),
            ["1:1 `f` has 7 ways through it, more than the 2 allowed"]
        );
        good("complexity", "7", &[text]);
        assert_eq!(
            found(
                "complexity",
                "2",
                "(a) => { switch (a) { case 1: case 2: default: } }"
            ),
            ["1:1 The function has 3 ways through it, more than the 2 allowed"]
        );
        assert_eq!(
            found(
                "complexity",
                "1",
                "(a) => { try { a() } catch {} finally {} }"
            ),
            ["1:1 The function has 2 ways through it, more than the 1 allowed"]
        );
    }

    #[test]
    fn the_whole_function_is_not_marked() {
        use crate::{CheckOptions, check};
        let options = CheckOptions::read(r#"{"preset":"none","rules":{"complexity":["warn",0]}}"#);
        let report = check("async (a) => {\n}", &options.expect("right"));
        let place = &report.diagnostics[0].place;
        assert_eq!((place.start, place.end), (0, 12));
    }
}
