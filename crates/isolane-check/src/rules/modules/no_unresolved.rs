use super::published;
use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

/// Names for which others are sought that may have been meant.
const MOST_SOUGHT: usize = 100;

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-unresolved",
    summary: "Finds requests of functions that are not published.",
    mirrors: &["import/no-unresolved"],
    options: Some("{ ignore?: string[] }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| {
        let given = options.object(&["ignore"])?;
        Ok(Box::new(NoUnresolved {
            ignore: given.get("ignore").texts()?.unwrap_or_default(),
        }))
    },
};

struct NoUnresolved {
    /// Specifiers, or how they begin where a star follows.
    ignore: Vec<String>,
}

impl Rule for NoUnresolved {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let Some(modules) = &code.options.published else {
            return;
        };
        let mut missing = 0;
        for request in &code.requests {
            let Some(specifier) = request.specifier else {
                continue;
            };
            if !crate::lint::is_of_function(specifier) || self.is_ignored(specifier) {
                continue;
            }
            let name = published::name(specifier, code.options.name.as_deref());
            if name
                .as_ref()
                .is_some_and(|name| modules.names.contains_key(name))
            {
                continue;
            }
            let sought = name.as_deref().unwrap_or(specifier);
            let names = modules.names.keys().map(String::as_str);
            missing += 1;
            let nearest = if missing <= MOST_SOUGHT {
                isolane_syntax::nearest(sought, names)
            } else {
                Vec::new()
            };
            findings.report(
                request.span,
                format!("No function `{sought}` is published"),
                match nearest.first() {
                    Some(nearest) => format!("Did you mean `@/{nearest}`?"),
                    None => "Publish it first, or both together".into(),
                },
            );
        }
    }
}

impl NoUnresolved {
    fn is_ignored(&self, specifier: &str) -> bool {
        self.ignore.iter().any(|it| match it.strip_suffix('*') {
            Some(start) => specifier.starts_with(start),
            None => it == specifier,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check, rules::testing::found_with};

    fn options(rule: &str, modules: &str) -> String {
        format!(
            r#"{{"preset":"none","rules":{{"no-unresolved":{rule}}},"name":"label/total","modules":{modules}}}"#
        )
    }

    #[test]
    fn finds_what_is_not_published() {
        let options = options(r#""error""#, r#"["price","label/tax"]"#);
        let text = "require('@/price'); require('./tax@2'); require('../pric')\nimport('@/gone'); require(`@/prices`)";
        assert_eq!(
            found_with(&options, text),
            [
                "1:49 No function `pric` is published",
                "2:1 No function `gone` is published",
                "2:27 No function `prices` is published"
            ]
        );
        let report = check(text, &CheckOptions::read(&options).expect("right"));
        assert_eq!(
            report.diagnostics[0].help.as_deref(),
            Some("Did you mean `@/price`?")
        );
        assert_eq!(
            report.requires,
            ["../pric", "./tax@2", "@/gone", "@/price", "@/prices"]
        );
    }

    #[test]
    fn names_of_several_lines_are_told_in_one() {
        let found = found_with(
            &options(r#""error""#, r#"["a"]"#),
            "require(`@/b\n\u{1b}[2J`)",
        );
        assert_eq!(found, ["1:9 No function `b␊␛[2J` is published"]);
    }

    #[test]
    fn packages_and_what_is_ignored_are_right() {
        let options = options(r#"["error",{"ignore":["@/late/*","./own"]}]"#, "[]");
        let text = "require('lodash'); require('@/late/a'); require('./own'); require(x)";
        assert_eq!(found_with(&options, text), Vec::<String>::new());
    }

    #[test]
    fn nothing_is_said_where_it_is_not_known_what_is_published() {
        let options = r#"{"preset":"none","rules":{"no-unresolved":"error"}}"#;
        assert_eq!(found_with(options, "require('@/a')"), Vec::<String>::new());
    }
}
