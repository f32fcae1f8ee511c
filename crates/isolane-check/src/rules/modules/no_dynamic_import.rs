use crate::{
    lint::{Code, Findings, RequestKind},
    options::Engine,
    rules::{ERROR, OFF, Rule, RuleInfo},
    source::Form,
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-dynamic-import",
    summary: "Finds `import()` where it cannot work, or cannot be followed.",
    mirrors: &["no-restricted-syntax"],
    options: None,
    severities: [ERROR, OFF, ERROR],
    make: |options| {
        options.none()?;
        Ok(Box::new(NoDynamicImport {
            engine: options.engine,
        }))
    },
};

struct NoDynamicImport {
    engine: Engine,
}

impl Rule for NoDynamicImport {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let is_alone = code.form == Form::Function && self.engine == Engine::V8;
        for request in &code.requests {
            if request.kind != RequestKind::Dynamic {
                continue;
            }
            if is_alone {
                findings.report(
                    request.span,
                    "A function on the v8 engine cannot `import()`: it is alone in its isolate",
                    "Make the function of modules, or pass what it needs as `args`",
                );
            } else if request.specifier.is_none() {
                findings.report(
                    request.span,
                    "`import()` is given a name that is computed, so that nobody knows what the function needs",
                    "Write the name as a string; to choose among several, import each in a branch of its own",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{bad, found_with, good};

    #[test]
    fn finds_imports_of_lone_functions_and_of_computed_names() {
        bad(
            "no-dynamic-import",
            "",
            &[
                ("async () => (await import('a')).b", "1:20"),
                ("module.exports = (name) => import(name)", "1:28"),
                ("export default (name) => import(`./${name}`)", "1:26"),
            ],
        );
    }

    #[test]
    fn modules_may_import_what_they_name() {
        good(
            "no-dynamic-import",
            "",
            &[
                "module.exports = () => import('./a')",
                "export default () => import(`a`)",
            ],
        );
        let node = r#"{"engine":"node","preset":"none","rules":{"no-dynamic-import":"error"}}"#;
        assert_eq!(found_with(node, "() => import('a')"), Vec::<String>::new());
    }
}
