use std::collections::{BTreeSet, HashMap};

use super::{known, no_unavailable_global};
use crate::{
    lint::{Code, Findings, Free},
    options::{Engine, Global},
    rules::{ERROR, Rule, RuleInfo},
    source::Form,
};

/// Names for which others are sought that may have been meant.
const MOST_SOUGHT: usize = 100;
/// Names of the text among which they are sought.
const MOST_DECLARED: usize = 2000;

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-undef",
    summary: "Finds names that are neither declared nor known where the function runs.",
    mirrors: &["no-undef"],
    options: Some("{ typeof?: boolean }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["typeof"])?;
        Ok(Box::new(NoUndef {
            with_typeof: given.get("typeof").flag()?.unwrap_or(false),
        }))
    },
};

struct NoUndef {
    /// Whether the operand of `typeof` counts.
    with_typeof: bool,
}

impl Rule for NoUndef {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let is_active = |name| code.options.rules.iter().any(|it| it.name == name);
        let assigns = is_active("no-implicit-globals");
        let unavailable = is_active(no_unavailable_global::RULE.name);
        let tested = if self.with_typeof {
            BTreeSet::new()
        } else {
            code.tested()
        };
        let mut advice = Advice::default();
        for free in code.free() {
            let is_anothers = (assigns && !free.reference.is_read())
                || (unavailable && no_unavailable_global::is_found(code, &free));
            if code.is_known(free.name)
                || is_anothers
                || code.is_in_with(&free)
                || (!self.with_typeof && code.is_typeof(free.node()))
                || (free.reference.is_read() && tested.contains(free.name))
            {
                continue;
            }
            findings.report(
                free.span,
                format!("`{}` is not defined", free.name),
                advice.about(code, &free),
            );
        }
    }
}

/// What to write instead of names.
#[derive(Default)]
struct Advice<'a> {
    /// The names that the text declares.
    declared: Option<BTreeSet<&'a str>>,
    /// By name: a text may use one often.
    known: HashMap<&'a str, String>,
}

impl<'a> Advice<'a> {
    fn about(&mut self, code: &Code<'a>, free: &Free<'a>) -> String {
        if let Some(known) = self.known.get(free.name) {
            return known.clone();
        }
        let advice = match turned_off(code, free.name).or_else(|| of_common_js(code, free.name)) {
            Some(advice) => advice,
            None => match self.nearest(code, free.name) {
                Some(nearest) => format!(
                    "Did you mean `{nearest}`? What stands around a function is not sent with it"
                ),
                None => "A function sees nothing around it: pass the value as `args` or `shared`, or declare it inside".into(),
            },
        };
        if self.known.len() < MOST_SOUGHT {
            self.known.insert(free.name, advice.clone());
        }
        advice
    }

    fn nearest(&mut self, code: &Code<'a>, name: &str) -> Option<String> {
        // Of short names every other is near.
        if name.len() < 4 || self.known.len() == MOST_SOUGHT {
            return None;
        }
        let declared = self.declared.get_or_insert_with(|| {
            let names = code.semantic.scoping().symbol_names();
            names.take(MOST_DECLARED).collect()
        });
        let names = declared.iter().chain(known::LANGUAGE).copied();
        isolane_syntax::nearest(name, names).into_iter().next()
    }
}

/// What is told of a name that the options take away.
fn turned_off(code: &Code<'_>, name: &str) -> Option<String> {
    (code.options.globals.get(name) == Some(&Global::Off)).then(|| {
        format!("The option `globals` turns `{name}` off: do without, or pass the value as `args`")
    })
}

/// What to write instead of a name that only modules of CommonJS find.
fn of_common_js(code: &Code<'_>, name: &str) -> Option<String> {
    if !known::COMMON_JS.contains(&name) {
        return None;
    }
    Some(match (code.form, code.options.engine) {
        (Form::Function, Engine::V8) => format!(
            "A function on the v8 engine has no `{name}`: pass what it needs as `args`, or make it of modules"
        ),
        (Form::Module, _) => match name {
            "module" | "exports" => "In an ES module write `export`".into(),
            "require" => "In an ES module write `import`".into(),
            _ => "In an ES module write `import.meta.url`".into(),
        },
        _ => format!("Nothing gives a function `{name}` here: pass what it needs as `args`"),
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found, found_with, good};

    #[test]
    fn finds_what_nobody_declares() {
        bad(
            "no-undef",
            "",
            &[
                ("(n) => n * factor", "1:12"),
                (
                    "() => { a = 1; b++; [c] = [] ; ({ d: e } = {}) }",
                    "1:9 1:16 1:22 1:38",
                ),
                ("() => typeof a && a", "1:19"),
                ("() => { for (x of []) f() }", "1:14 1:23"),
                ("module.exports = () => helper(_)", "1:24 1:31"),
                ("export default () => require('fs')", "1:22"),
                ("() => require('fs')", "1:7"),
                ("() => ({ short })", "1:10"),
                ("() => `${a}` + /*é😀*/ b", "1:10 1:24"),
                ("\u{feff}() =>\r\n  missing", "2:3"),
            ],
        );
    }

    #[test]
    fn knows_what_is_declared_and_what_engines_have() {
        good(
            "no-undef",
            "",
            &[
                "(n, i, { shared: { rates }, args }) => rates[i] * args",
                "function f(n) { return n ? f(n - 1) : arguments.length }",
                "() => { var a = b; var b; { function c() { c() } } }",
                "() => { try {} catch (e) { e } class A { static x = A } }",
                "() => new URL(Math.max(NaN, undefined), globalThis.x)",
                "const { a } = require('./a'); module.exports = () => a + __filename",
                "import { a } from './a'; export default () => a + import.meta.url",
                "() => typeof anything",
                "(a) => a.b.c + { b: 1 }.b",
                "method() { return console }",
                "() => { x: for (;;) break x }",
            ],
        );
    }

    #[test]
    fn what_is_tested_or_may_be_a_property_is_right() {
        good(
            "no-undef",
            "",
            &[
                "(i) => typeof define === 'function' && define.amd ? define(i) : 1",
                "(i) => { if ('undefined' != (typeof define)) return define(i) }",
                "(i) => { with (i) { return a + (() => b)() } }",
                "(i) => { with (i) with (i.j) a = b }",
            ],
        );
        bad(
            "no-undef",
            "",
            &[
                ("(i) => { with (a) { b } c }", "1:16 1:25"),
                ("() => typeof a + a", "1:18"),
            ],
        );
        bad(
            "no-undef",
            r#"{"typeof":true}"#,
            &[("() => typeof a === 'b' && a", "1:14 1:27")],
        );
    }

    #[test]
    fn types_are_no_names() {
        let options = r#"{"preset":"none","rules":{"no-undef":"error"},"language":"ts"}"#;
        let text =
            "(a: Room, b?: typeof c): a is Other => (a as Thing)! satisfies X && (<T,>(t: T) => t)";
        assert_eq!(
            found_with(options, &text.replace("typeof c", "number")),
            Vec::<String>::new()
        );
        let text =
            "interface A {}\nenum B { C }\ntype D = A\nexport default (a: A): D => B.C + missing";
        assert_eq!(found_with(options, text), ["4:35 `missing` is not defined"]);
    }

    #[test]
    fn engines_and_options_differ() {
        let node = r#"{"engine":"node","preset":"none","rules":{"no-undef":"error"}}"#;
        assert_eq!(
            found_with(node, "() => require(process.cwd() + Buffer)"),
            Vec::<String>::new()
        );
        let globals = r#"{"preset":"none","rules":{"no-undef":"error"},"globals":{"a":"readonly","URL":"off"}}"#;
        assert_eq!(
            found_with(globals, "() => a + URL"),
            ["1:11 `URL` is not defined"]
        );
        bad(
            "no-undef",
            r#"{"typeof":true}"#,
            &[("() => typeof a", "1:14")],
        );
    }

    #[test]
    fn names_that_are_turned_off_are_told_as_such() {
        for name in ["Math", "Buffer"] {
            let options = format!(r#"{{"globals":{{"{name}":"off"}}}}"#);
            let options = crate::CheckOptions::read(&options).expect("the options are right");
            let report = crate::check(&format!("() => {name}.a"), &options);
            let [found] = report.diagnostics.as_slice() else {
                panic!("{:?}", report.diagnostics);
            };
            assert_eq!(found.rule, "no-undef");
            let help = found.help.as_deref().unwrap_or_default();
            assert!(help.contains("The option `globals`"), "{help}");
        }
    }

    #[test]
    fn names_what_may_have_been_meant() {
        assert_eq!(
            found("no-undef", "", "(total) => totl"),
            ["1:12 `totl` is not defined"]
        );
    }
}
