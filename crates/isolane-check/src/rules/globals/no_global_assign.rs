use std::collections::BTreeSet;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-global-assign",
    summary: "Finds assignments to built-in globals.",
    mirrors: &["no-global-assign"],
    options: Some("{ exceptions?: string[] }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["exceptions"])?;
        let exceptions = given.get("exceptions").texts()?.unwrap_or_default();
        Ok(Box::new(NoGlobalAssign {
            exceptions: exceptions.into_iter().collect(),
        }))
    },
};

struct NoGlobalAssign {
    exceptions: BTreeSet<String>,
}

impl Rule for NoGlobalAssign {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        for free in code.free() {
            if free.reference.is_write()
                && code.is_known(free.name)
                && !code.is_writable(free.name)
                && !self.exceptions.contains(free.name)
            {
                findings.report(
                    free.span,
                    format!("This replaces the global `{}`", free.name),
                    format!(
                        "Declare a variable of another name, or of this one: `let {} = …`",
                        free.name
                    ),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found_with, good};

    #[test]
    fn finds_assignments_to_globals() {
        bad(
            "no-global-assign",
            "",
            &[
                (
                    "() => { Array = 1; undefined = 2; [Map] = [] }",
                    "1:9 1:20 1:36",
                ),
                ("() => { URL++ }", "1:9"),
            ],
        );
    }

    #[test]
    fn variables_and_exceptions_are_right() {
        good(
            "no-global-assign",
            "",
            &[
                "() => { let Array = 1; Array = 2 }",
                "exports = module.exports = 1",
                "() => { a = 1 }",
            ],
        );
        good(
            "no-global-assign",
            r#"{"exceptions":["Array"]}"#,
            &["() => { Array = 1 }"],
        );
        let options = r#"{"preset":"none","rules":{"no-global-assign":"error"},"globals":{"a":"readonly","b":"writable"}}"#;
        assert_eq!(
            found_with(options, "() => { a = 1; b = 2 }"),
            ["1:9 This replaces the global `a`"]
        );
    }
}
