use oxc_ast::AstKind;

use crate::{
    lint::{Code, Findings},
    rules::{OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "max-functions",
    summary: "Finds texts with too many functions.",
    mirrors: &["max-lines-per-function"],
    options: Some("number | { max?: number }"),
    severities: [OFF, OFF, OFF],
    make: |options| Ok(Box::new(MaxFunctions(options.limit(100)?))),
};

struct MaxFunctions(usize);

impl Rule for MaxFunctions {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let mut functions = code
            .semantic
            .nodes()
            .iter()
            .filter_map(|node| match node.kind() {
                AstKind::Function(it) if it.body.is_some() => Some(it.span),
                AstKind::ArrowFunctionExpression(it) => Some(it.span),
                _ => None,
            });
        if let Some(first) = functions.nth(self.0) {
            let count = self.0 + 1 + functions.count();
            findings.report(
                first,
                format!(
                    "The text has {count} functions, more than the {} allowed",
                    self.0
                ),
                "Publish a part of them under a name of its own, and require it",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{found, good};

    #[test]
    fn counts_functions() {
        assert_eq!(
            found(
                "max-functions",
                "2",
                "() => [() => 1, function () {}, class { a() {} }]"
            ),
            ["1:17 The text has 4 functions, more than the 2 allowed"]
        );
        good(
            "max-functions",
            r#"{"max":4}"#,
            &["() => [() => 1, function () {}, class { a() {} }]"],
        );
    }
}
