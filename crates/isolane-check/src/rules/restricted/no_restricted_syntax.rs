use oxc_semantic::AstNode;
use oxc_span::GetSpan;

use super::{entry::Forbidden, selector::Selector};
use crate::{
    lint::{Code, Findings},
    options::{OptionFault, Reader},
    rules::{OFF, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-restricted-syntax",
    summary: "Finds kinds of code that are forbidden.",
    mirrors: &["no-restricted-syntax"],
    options: Some("...(string | { selector: string, message?: string })"),
    severities: [OFF, OFF, OFF],
    make: |options| {
        let given = options.given.iter().map(read);
        Ok(Box::new(NoRestrictedSyntax(
            given.collect::<Result<_, _>>()?,
        )))
    },
};

struct NoRestrictedSyntax(Vec<(Selector, Forbidden)>);

fn read(given: &Reader<'_>) -> Result<(Selector, Forbidden), OptionFault> {
    let forbidden = Forbidden::read(given, "selector")?;
    match Selector::read(&forbidden.name) {
        Ok(selector) => Ok((selector, forbidden)),
        Err(message) => Err(given.unknown(message, Vec::new())),
    }
}

impl Rule for NoRestrictedSyntax {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        if self.0.is_empty() {
            return;
        }
        for node in code.semantic.nodes().iter() {
            self.judge(node, code, findings);
        }
    }
}

impl NoRestrictedSyntax {
    fn judge<'a>(&self, node: &AstNode<'a>, code: &Code<'a>, findings: &mut Findings) {
        for (selector, forbidden) in &self.0 {
            if selector.is_about(node, code) {
                findings.report(
                    node.kind().span(),
                    format!("`{}` is not allowed here", forbidden.name),
                    forbidden.help(),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        CheckOptions,
        rules::testing::{bad, good},
    };

    #[test]
    fn finds_what_selectors_say() {
        for (selector, text, expected) in [
            ("ForInStatement", "(a) => { for (const b in a) {} }", "1:10"),
            (
                "BinaryExpression[operator='in']",
                "(a) => 'b' in a && a < 1",
                "1:8",
            ),
            (
                "VariableDeclaration[kind=var]",
                "() => { var a; let b }",
                "1:9",
            ),
            (
                "CallExpression[callee.name='f'], ThrowStatement",
                "(f, g) => { f(g()); throw 1 }",
                "1:13 1:21",
            ),
            (
                "MemberExpression[property.name=x]",
                "(a) => a.x + a['x'] + a[x]",
                "1:8 1:14",
            ),
            ("Literal[value='a,b']", "() => ['a,b', 'a']", "1:8"),
            (
                "FunctionExpression[generator=true]",
                "() => [function* () {}, function () {}]",
                "1:8",
            ),
            (
                "ArrowFunctionExpression[async]",
                "() => async () => 1",
                "1:7",
            ),
            (
                "ReturnStatement > Identifier",
                "(a) => { return a }",
                "1:17",
            ),
            ("Identifier[name!=a]", "(a) => b", "1:8"),
            (
                "ReturnStatement > CallExpression",
                "(f) => { return (f(1)) }",
                "1:18",
            ),
            ("CallExpression > CallExpression", "(f) => f(f(1))", "1:10"),
            (
                "ObjectPattern, AssignmentPattern",
                "(x) => { let a, b; ({ a = 1 } = x); [b = 2] = x }",
                "1:21 1:23 1:38",
            ),
            ("ArrayPattern", "(a) => { [a] = a }", "1:10"),
            ("BlockStatement", "() => { () => 1; if (1) {} }", "1:7 1:25"),
            (
                "ArrowFunctionExpression > BlockStatement",
                "() => { () => 1 }",
                "1:7",
            ),
            (
                "BlockStatement > ExpressionStatement",
                "() => { 'use strict'; return () => f() }",
                "1:9",
            ),
            (
                "MethodDefinition[kind=get]",
                "() => class { get a() {} b() {} }",
                "1:15",
            ),
            ("Property[kind=get]", "() => ({ get a() {}, b: 1 })", "1:10"),
            ("Property[computed=true]", "(a) => ({ [a]: 1, a })", "1:11"),
            ("Literal[value=null]", "() => [null, 0]", "1:8"),
            ("ReturnStatement > *", "(a) => { return (a) }", "1:18"),
        ] {
            let options = serde_json::Value::from(selector).to_string();
            bad("no-restricted-syntax", &options, &[(text, expected)]);
        }
        good("no-restricted-syntax", "", &["() => 1"]);
    }

    #[test]
    fn selectors_that_are_not_understood_are_faults() {
        for (selector, part) in [
            ("ForStatment", "no kind of node `ForStatment`"),
            ("A B", "no kind of node `A`"),
            ("CallExpression Identifier", "only a rule in JavaScript"),
            ("CallExpression:first-child", "only a rule in JavaScript"),
            (
                "CallExpression[arguments.length=2]",
                "`arguments.length` is no attribute",
            ),
            ("Identifier[name=/^f/]", "regular expression"),
            ("CallExpression[kind=get]", "`kind` of `CallExpression` is"),
            ("TSAsExpression[name=a]", "`name` of `TSAsExpression` is"),
            ("CallExpression[name", "only a rule in JavaScript"),
            (
                "ForStatement > ForStatement > ForStatement",
                "more than one",
            ),
            ("", "empty"),
        ] {
            let selector = serde_json::Value::from(selector);
            let options = format!(r#"{{"rules":{{"no-restricted-syntax":["error",{selector}]}}}}"#);
            let fault = CheckOptions::read(&options).err().expect("it is wrong");
            assert!(fault.message.contains(part), "{fault:?}");
        }
    }
}
