use oxc_ast::{AstKind, ast::Expression, ast_kind::AstType};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};

use crate::{
    lint::{Code, Findings, bare, parts, taken},
    options::{OptionFault, Reader},
    rules::{OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-restricted-properties",
    summary: "Finds properties that are forbidden, of objects by their names.",
    mirrors: &["no-restricted-properties"],
    options: Some("...{ object?: string, property?: string, message?: string }"),
    severities: [OFF, OFF, OFF],
    make: |options| {
        let given = options.given.iter().map(Forbidden::read);
        Ok(Box::new(NoRestrictedProperties(
            given.collect::<Result<_, _>>()?,
        )))
    },
};

struct NoRestrictedProperties(Vec<Forbidden>);

struct Forbidden {
    object: Option<String>,
    property: Option<String>,
    message: Option<String>,
}

impl Forbidden {
    fn read(given: &Reader<'_>) -> Result<Self, OptionFault> {
        if !given.is_object() {
            return Err(given.fault("an object with `object`, `property`, or both"));
        }
        given.only(&["object", "property", "message"])?;
        let read = Self {
            object: given.get("object").text()?,
            property: given.get("property").text()?,
            message: given.get("message").text()?,
        };
        if read.object.is_none() && read.property.is_none() {
            return Err(given.fault("an object with `object`, `property`, or both"));
        }
        Ok(read)
    }

    fn is_about(&self, object: Option<&str>, property: &str) -> bool {
        self.object.as_deref().is_none_or(|it| object == Some(it))
            && self.property.as_deref().is_none_or(|it| it == property)
    }
}

impl Rule for NoRestrictedProperties {
    fn kinds(&self) -> &'static [AstType] {
        &[
            AstType::StaticMemberExpression,
            AstType::ComputedMemberExpression,
            AstType::VariableDeclarator,
        ]
    }

    fn node<'a>(&self, node: &AstNode<'a>, _code: &Code<'a>, findings: &mut Findings) {
        match node.kind() {
            AstKind::VariableDeclarator(it) => {
                let object = it.init.as_ref().and_then(name_of);
                for (name, span) in taken(&it.id) {
                    self.judge(object, &name, span, findings);
                }
            }
            kind => {
                if let Some((object, property)) = parts(kind) {
                    self.judge(name_of(object), property, kind.span(), findings);
                }
            }
        }
    }
}

impl NoRestrictedProperties {
    fn judge(&self, object: Option<&str>, property: &str, span: Span, findings: &mut Findings) {
        let Some(forbidden) = self.0.iter().find(|it| it.is_about(object, property)) else {
            return;
        };
        let path = match object {
            Some(object) => format!("{object}.{property}"),
            None => format!("….{property}"),
        };
        let help = forbidden.message.clone();
        findings.report(
            span,
            format!("`{path}` is not allowed here"),
            help.unwrap_or_else(|| "The rules of this place forbid it: do without".into()),
        );
    }
}

fn name_of<'a>(expression: &Expression<'a>) -> Option<&'a str> {
    match bare(expression) {
        Expression::Identifier(it) => Some(it.name.as_str()),
        Expression::ThisExpression(_) => Some("this"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        CheckOptions,
        rules::testing::{bad, good},
    };

    #[test]
    fn finds_properties() {
        let both = r#"{"object":"Math","property":"random","message":"Use a seed"},{"property":"__x"},{"object":"secret"}"#;
        bad(
            "no-restricted-properties",
            both,
            &[
                ("() => Math.random()", "1:7"),
                ("(a) => a.b.__x", "1:8"),
                ("() => { const { random: r, max } = Math }", "1:17"),
                ("(secret) => secret['a']", "1:13"),
            ],
        );
        good(
            "no-restricted-properties",
            both,
            &["() => Math.max()", "(a) => a.random()"],
        );
    }

    #[test]
    fn an_entry_must_say_something() {
        let options = r#"{"rules":{"no-restricted-properties":["error",{"message":"a"}]}}"#;
        let fault = CheckOptions::read(options).err().expect("it is wrong");
        assert_eq!(fault.path, "rules.no-restricted-properties[1]");
    }
}
