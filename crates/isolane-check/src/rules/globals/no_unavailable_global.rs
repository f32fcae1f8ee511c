use std::collections::BTreeSet;

use super::known;
use crate::{
    lint::{Code, Findings, Free},
    options::Engine,
    rules::{ERROR, OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-unavailable-global",
    summary: "Finds globals of Node and of browsers that the engine has not.",
    mirrors: &["no-restricted-globals"],
    options: Some("{ allow?: string[] }"),
    severities: [ERROR, OFF, ERROR],
    make: |options| {
        let given = options.object(&["allow"])?;
        let allow = given.get("allow").texts()?.unwrap_or_default();
        Ok(Box::new(NoUnavailableGlobal {
            allow: allow.into_iter().collect(),
        }))
    },
};

struct NoUnavailableGlobal {
    allow: BTreeSet<String>,
}

impl Rule for NoUnavailableGlobal {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        // What the text asks for with `typeof` it can do without.
        let tested: BTreeSet<&str> = code
            .free()
            .filter(|free| code.is_typeof(free.node()))
            .map(|free| free.name)
            .collect();
        for free in code.free() {
            if is_found(code, &free)
                && !code.is_in_with(&free)
                && !self.allow.contains(free.name)
                && !tested.contains(free.name)
            {
                findings.report(free.span, message(code, free.name), help(code, free.name));
            }
        }
    }
}

/// Whether a name is a global of somewhere else. `no-undef` leaves it to this rule.
pub(super) fn is_found(code: &Code<'_>, free: &Free<'_>) -> bool {
    let is_turned_off = code.options.globals.contains_key(free.name);
    free.reference.is_read()
        && !is_turned_off
        && !code.is_known(free.name)
        && home(free.name).is_some()
}

/// Where a global is at home.
fn home(name: &str) -> Option<&'static str> {
    if known::NODE.binary_search(&name).is_ok() {
        Some("Node")
    } else if known::BROWSER.binary_search(&name).is_ok() {
        Some("browsers")
    } else {
        None
    }
}

fn message(code: &Code<'_>, name: &str) -> String {
    let home = home(name).unwrap_or_default();
    let engine = match code.options.engine {
        Engine::V8 => "v8",
        Engine::Node => "node",
    };
    format!("`{name}` is a global of {home}, which the {engine} engine does not have")
}

fn help(code: &Code<'_>, name: &str) -> String {
    match name {
        "Buffer" => "Use `Uint8Array`, with `TextEncoder` and `TextDecoder` for text".into(),
        "process" => "Pass what the function needs to know as `args`".into(),
        "global" | "window" => "Write `globalThis`".into(),
        "fetch" | "WebSocket" | "XMLHttpRequest" | "EventSource" => {
            "Fetch before the call and pass the data, or run the function on the node engine: `new Pool({ engine: 'node' })`".into()
        }
        _ if code.options.engine == Engine::V8 && home(name) == Some("Node") => {
            "Run the function on the node engine, `new Pool({ engine: 'node' })`, or pass what it needs as `args`".into()
        }
        _ => "Pass what the function needs as `args`".into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found, found_with, good};

    #[test]
    fn finds_globals_of_node_and_of_browsers() {
        bad(
            "no-unavailable-global",
            "",
            &[
                ("() => Buffer.from('a')", "1:7"),
                ("async () => await fetch(process.env.URL)", "1:19 1:25"),
                ("() => document.body", "1:7"),
                ("() => window.setTimeout(f)", "1:7"),
            ],
        );
        assert_eq!(
            found("no-unavailable-global", "", "() => fetch('/')"),
            ["1:7 `fetch` is a global of Node, which the v8 engine does not have"]
        );
    }

    #[test]
    fn what_is_declared_tested_or_allowed_is_right() {
        good(
            "no-unavailable-global",
            "",
            &[
                "(Buffer) => Buffer",
                "() => typeof process !== 'undefined' && process.env",
                "() => new URL(setTimeout)",
                "() => anything",
                "(a) => { with (a) return Buffer }",
            ],
        );
        good(
            "no-unavailable-global",
            r#"{"allow":["fetch"]}"#,
            &["() => fetch()"],
        );
    }

    #[test]
    fn no_name_is_found_twice() {
        let options = r#"{"rules":{"require-export":"off"}}"#;
        assert_eq!(found_with(options, "() => process").len(), 1);
        let node = r#"{"engine":"node"}"#;
        assert_eq!(
            found_with(node, "() => [Buffer, fetch]"),
            Vec::<String>::new()
        );
    }
}
