use oxc_semantic::AstNode;

use super::{
    changes::{Change, changes},
    shared::Shared,
};
use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-mutate-shared",
    summary: "Finds changes of shared values, which many calls read.",
    mirrors: &["no-param-reassign"],
    options: Some("{ names?: string[] }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["names"])?;
        let names = given.get("names").texts()?;
        Ok(Box::new(NoMutateShared {
            names: names.unwrap_or_else(|| vec!["shared".into()]),
        }))
    },
};

struct NoMutateShared {
    /// Under which shared values are found in the context.
    names: Vec<String>,
}

impl Rule for NoMutateShared {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        if !self.names.iter().any(|it| code.text.contains(it.as_str())) {
            return;
        }
        let shared = Shared::new(code, &self.names);
        for node in code.semantic.nodes().iter() {
            judge(node, code, &shared, findings);
        }
    }
}

fn judge<'a>(
    node: &AstNode<'a>,
    code: &Code<'a>,
    shared: &Shared<'_, 'a>,
    findings: &mut Findings,
) {
    changes(
        code,
        node.kind(),
        |Change {
             object,
             span,
             method,
         }| {
            if !shared.is_shared(object) {
                return;
            }
            let help = match method {
                Some("sort") => "Copy first: `list.toSorted(…)`",
                Some("reverse") => "Copy first: `list.toReversed()`",
                Some("splice") => "Copy first: `list.toSpliced(…)`",
                Some("push" | "unshift") => "Make a new list: `[...list, item]`",
                Some("set" | "delete" | "clear" | "add") => {
                    "Copy first: `new Map(map)`, `new Set(set)`"
                }
                _ => "Make a new value of it: `{ ...value, key: other }`",
            };
            findings.report(
                span,
                "This changes a shared value, which is read-only: many calls read it",
                help,
            );
        },
    );
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_changes_however_the_value_is_reached() {
        bad(
            "no-mutate-shared",
            "",
            &[
                ("(a, i, { shared }) => { shared.x = 1 }", "1:25"),
                (
                    "(a, i, context) => { context.shared.rooms[0].seen ||= true }",
                    "1:22",
                ),
                ("(a, i, { shared: { rooms } }) => { rooms.push(a) }", "1:36"),
                (
                    "(a, i, { shared: s = {} }) => { delete s.x; s.y++ }",
                    "1:33 1:45",
                ),
                (
                    "(a, i, c) => { const { shared } = c; shared.x = 1 }",
                    "1:38",
                ),
                (
                    "(a, i, c) => { const { rooms: [first] } = c.shared; first.x = 1 }",
                    "1:53",
                ),
                (
                    "(a, i, { shared }) => { const list = shared.list; list.sort() }",
                    "1:51",
                ),
                (
                    "(a, i, { shared }) => { for (const b of shared.list) b.x = 1 }",
                    "1:54",
                ),
                (
                    "(a, i, { shared }) => shared.list.map((b) => { b.x = 1 })",
                    "1:48",
                ),
                (
                    "(a, i, { shared }) => shared.list.reduce((c, b) => { b.x = 1 }, 0)",
                    "1:54",
                ),
                ("(a, i, { shared }) => shared.map.get(a).push(1)", "1:23"),
                ("(a, i, { shared }) => Object.assign(shared.a, a)", "1:23"),
                (
                    "(a, i, { shared }) => { [shared.a] = [1]; ({ a: shared.b } = a) }",
                    "1:26 1:49",
                ),
                (
                    "(a, i, { shared }) => { const b = shared.a ?? {}; b.x = 1 }",
                    "1:51",
                ),
                (
                    "module.exports = f\nfunction f(a, i, c) { c.shared.x = 1 }",
                    "2:23",
                ),
                ("(a, { shared }) => { shared.list.push(a) }", "1:22"),
                ("(a, context) => { context.shared.x = 1 }", "1:19"),
            ],
        );
    }

    #[test]
    fn copies_and_other_values_are_right() {
        good(
            "no-mutate-shared",
            "",
            &[
                "(a, i, { shared }) => { const list = [...shared.list]; list.sort() }",
                "(a, i, { shared }) => { const list = shared.list.map((b) => b); list.push(1) }",
                "(a, i, { shared }) => { a.x = shared.x; a.list.push(shared) }",
                "(a, i, { shared }) => { const b = structuredClone(shared.b); b.x = 1 }",
                "(a, i, { shared }) => { let b = shared.b; b = {}; b.x = 1 }",
                "(a, i, { shared }) => shared.set.has(a)",
                "(a) => { const shared = {}; shared.x = 1 }",
                "(a, i, { shared }) => shared.list.reduce((c, b) => { c.x = b }, {})",
                "(a, i, { args }) => { args.x = 1 }",
            ],
        );
    }

    #[test]
    fn only_what_a_call_is_given_is_its_context() {
        good(
            "no-mutate-shared",
            "",
            &[
                "(doc) => { doc.shared.push(1); return doc }",
                "({ shared }) => { shared.x = 1 }",
                "(docs) => docs.map((d) => { d.shared.count++; return d })",
                "(docs) => docs.map(({ shared }) => { shared.count++ })",
                "(items) => items.reduce((shared, x) => { shared.push(x); return shared }, [])",
                "(a) => { const merge = (shared, x) => { shared[x] = 1 }; merge({}, a) }",
                "function (shared) { shared.x = 1 }",
                "(a, { shared }, context) => { shared.x = 1 }",
                "(a, { shared }, c, d) => { shared.x = 1; d.shared.x = 1 }",
                "(a, i, { b }) => { b.shared.x = 1 }",
                "(a, i, c) => { c = { shared: {} }; c.shared.x = 1 }",
                "(a, i, { shared }) => { shared = { ...shared }; shared.x = 1 }",
                "(a, i, { shared }) => shared.list.map((b) => { b = { ...b }; b.x = 1 })",
            ],
        );
    }

    #[test]
    fn shared_values_may_have_other_names() {
        good(
            "no-mutate-shared",
            r#"{"names":["data"]}"#,
            &["(a, i, { shared }) => { shared.x = 1 }"],
        );
        bad(
            "no-mutate-shared",
            r#"{"names":["data"]}"#,
            &[("(a, i, { data }) => { data.x = 1 }", "1:23")],
        );
    }
}
