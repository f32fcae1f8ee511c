use crate::{
    lint::{Code, Findings, RequestKind},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-dynamic-require",
    summary: "Finds `require` of a name that is computed.",
    mirrors: &["import/no-dynamic-require"],
    options: None,
    severities: [ERROR, WARN, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoDynamicRequire))
    },
};

struct NoDynamicRequire;

impl Rule for NoDynamicRequire {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        for request in &code.requests {
            if request.kind == RequestKind::Require && request.specifier.is_none() {
                findings.report(
                    request.span,
                    "`require` is given a name that is computed, so that nobody knows what the function needs",
                    "Write the name as a string: `require('@/price')`; to choose among several, require all of them",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, good};

    #[test]
    fn finds_names_that_are_computed() {
        bad(
            "no-dynamic-require",
            "",
            &[
                ("const a = require(name)", "1:19"),
                ("require('./' + name); require(`./${name}`)", "1:9 1:31"),
                ("module.require(x); require()", "1:16 1:20"),
            ],
        );
        good(
            "no-dynamic-require",
            "",
            &[
                "require('a'); require(`b`)",
                "(require, a) => require(a)",
                "import('a' + b)",
            ],
        );
    }
}
