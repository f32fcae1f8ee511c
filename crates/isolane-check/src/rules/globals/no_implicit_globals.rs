use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-implicit-globals",
    summary: "Finds assignments to names that nobody declares, which make globals.",
    mirrors: &["no-implicit-globals"],
    options: None,
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoImplicitGlobals))
    },
};

struct NoImplicitGlobals;

impl Rule for NoImplicitGlobals {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        for free in code.free() {
            if free.reference.is_write() && !code.is_known(free.name) && !code.is_in_with(&free) {
                findings.report(
                    free.span,
                    format!(
                        "This makes a global `{}`, or throws in strict code",
                        free.name
                    ),
                    format!("Declare it: `let {}`", free.name),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found_with, good};

    #[test]
    fn finds_leaks() {
        bad(
            "no-implicit-globals",
            "",
            &[(
                "() => { total = 0; for (i = 0; ; i++) {} }",
                "1:9 1:25 1:34",
            )],
        );
        good(
            "no-implicit-globals",
            "",
            &[
                "let a; module.exports = () => { a = 1 }",
                "() => { Array = 1 }",
            ],
        );
    }

    #[test]
    fn no_name_is_found_twice() {
        let options = r#"{"preset":"none","rules":{"no-undef":true,"no-implicit-globals":true}}"#;
        assert_eq!(found_with(options, "() => { a = 1 }").len(), 1);
    }
}
