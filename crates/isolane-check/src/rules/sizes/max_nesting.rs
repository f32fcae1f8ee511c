use oxc_ast::AstKind;
use oxc_span::GetSpan;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "max-nesting",
    summary: "Finds code that nests too deep: blocks, functions, calls, lists and objects in one another.",
    mirrors: &["max-depth", "max-nested-callbacks"],
    options: Some("number | { max?: number }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| Ok(Box::new(MaxNesting(options.limit(200)?))),
};

struct MaxNesting(usize);

impl Rule for MaxNesting {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let nodes = code.semantic.nodes();
        // For each node the levels around it, and those with its own. A node comes behind its parent.
        let mut levels: Vec<(usize, usize)> = Vec::with_capacity(nodes.len());
        let mut deepest = (0, None);
        for node in nodes.iter() {
            let parent = nodes.parent_id(node.id());
            let (before, within) = levels.get(parent.index()).copied().unwrap_or_default();
            let around = if continues(nodes.kind(parent), node.kind()) {
                before
            } else {
                within
            };
            let depth = around + usize::from(nests(node.kind()));
            levels.push((around, depth));
            if depth > deepest.0 {
                deepest = (depth, Some(node.kind().span()));
            }
        }
        if let (depth, Some(span)) = deepest
            && depth > self.0
        {
            let start = oxc_span::Span::new(span.start, span.end.min(span.start + 1));
            findings.report(
                start,
                format!(
                    "The code nests {depth} levels deep, more than the {} allowed",
                    self.0
                ),
                "Give what is deep inside a name: a variable, or a function of its own",
            );
        }
    }
}

/// Whether a node stands beside its parent for a reader rather than in it: the next arm of
/// `else if` or of `a ? b : c ? d : e`, and the beginning of a chain of calls.
fn continues(parent: AstKind<'_>, node: AstKind<'_>) -> bool {
    match (parent, node) {
        (AstKind::IfStatement(it), AstKind::IfStatement(own)) => it
            .alternate
            .as_ref()
            .is_some_and(|alternate| alternate.span() == own.span),
        (AstKind::ConditionalExpression(it), AstKind::ConditionalExpression(own)) => {
            it.alternate.span() == own.span
        }
        (
            AstKind::CallExpression(_)
            | AstKind::ComputedMemberExpression(_)
            | AstKind::PrivateFieldExpression(_)
            | AstKind::StaticMemberExpression(_)
            | AstKind::TaggedTemplateExpression(_)
            | AstKind::TSNonNullExpression(_),
            _,
        ) => parent.span().start == node.span().start,
        _ => false,
    }
}

/// Whether a reader counts it as a level.
fn nests(kind: AstKind<'_>) -> bool {
    matches!(
        kind,
        AstKind::ArrayExpression(_)
            | AstKind::ArrayPattern(_)
            | AstKind::ArrowFunctionExpression(_)
            | AstKind::BlockStatement(_)
            | AstKind::CallExpression(_)
            | AstKind::ClassBody(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForInStatement(_)
            | AstKind::ForOfStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::Function(_)
            | AstKind::IfStatement(_)
            | AstKind::LabeledStatement(_)
            | AstKind::NewExpression(_)
            | AstKind::ObjectExpression(_)
            | AstKind::ObjectPattern(_)
            | AstKind::ParenthesizedExpression(_)
            | AstKind::SwitchStatement(_)
            | AstKind::TemplateLiteral(_)
            | AstKind::TryStatement(_)
            | AstKind::UnaryExpression(_)
            | AstKind::WhileStatement(_)
            | AstKind::WithStatement(_)
    )
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found, good};

    #[test]
    fn finds_the_deepest_place() {
        assert_eq!(
            found("max-nesting", "2", "() => [[[1], [[2]]]]"),
            ["1:15 The code nests 5 levels deep, more than the 2 allowed"]
        );
        bad(
            "max-nesting",
            "",
            &[(
                &format!("() => {}1{}", "[".repeat(200), "]".repeat(200)),
                "1:206",
            )],
        );
    }

    #[test]
    fn what_stands_one_after_the_other_is_not_deep() {
        good(
            "max-nesting",
            "",
            &[
                &format!("() => {{ {} }}", "if (a) { b() } ".repeat(1000)),
                &format!("() => 1{}", " + 1".repeat(1000)),
                &format!(
                    "() => {{ if (a) b(); {} }}",
                    "else if (a) b(); ".repeat(210)
                ),
                &format!("(a) => a{}", ".b(1)".repeat(210)),
                &format!("(a) => a{}", "?.[1]?.(1)".repeat(210)),
                &format!("(a) => a{}", "(1)".repeat(210)),
                &format!("(a) => {}3", "a ? 1 : ".repeat(210)),
            ],
        );
        bad(
            "max-nesting",
            "3",
            &[
                ("(a) => a.b([1]).c().d([2]).e([[3]])", "1:31"),
                ("(a) => a ? 1 : a ? [2] : a ? [[3]] : 4", "1:31"),
                ("() => { if (a) {} else if (b) { [c] } }", "1:33"),
            ],
        );
    }
}
