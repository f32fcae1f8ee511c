//! What options may be, and what is said of others.

use isolane_check::{CheckOptions, check, rules};

fn fault(options: &str) -> (String, String) {
    let fault = CheckOptions::read(options).err().expect("they are wrong");
    (fault.path, fault.message)
}

#[test]
fn wrong_options_are_named() {
    for (options, path, part) in [
        ("{", "", "no JSON"),
        ("[]", "", "must be an object"),
        (r#"{"engin":"v8"}"#, "engin", "did you mean `engine`?"),
        (r#"{"engine":"bun"}"#, "engine", "'v8', 'node', not \"bun\""),
        (r#"{"preset":"all"}"#, "preset", "'recommended'"),
        (
            r#"{"rules":{"no-evil":"error"}}"#,
            "rules.no-evil",
            "did you mean `no-eval`?",
        ),
        (
            r#"{"rules":{"no-eval":"fatal"}}"#,
            "rules.no-eval",
            "'off', 'warn', 'error'",
        ),
        (
            r#"{"rules":{"no-eval":["error",{"allow":1}]}}"#,
            "rules.no-eval[1].allow",
            "no option `allow`",
        ),
        (
            r#"{"rules":{"no-eval":["error",{"allowIndirect":1}]}}"#,
            "rules.no-eval[1].allowIndirect",
            "true or false",
        ),
        (
            r#"{"rules":{"no-with":["error",{}]}}"#,
            "rules.no-with[1]",
            "no such option",
        ),
        (
            r#"{"rules":{"complexity":["error",-1]}}"#,
            "rules.complexity[1]",
            "a whole number from 0",
        ),
        (
            r#"{"rules":{"complexity":["error",{"max":"1"}]}}"#,
            "rules.complexity[1].max",
            "a whole number",
        ),
        (r#"{"globals":{"a":"yes"}}"#, "globals.a", "'readonly'"),
        (r#"{"modules":[1]}"#, "modules[0]", "must be a string"),
        (
            r#"{"maxDiagnostics":1.5}"#,
            "maxDiagnostics",
            "a whole number",
        ),
        (r#"{"form":"esm"}"#, "form", "'module'"),
    ] {
        let (found, message) = fault(options);
        assert_eq!(found, path, "{options}");
        assert!(message.contains(part), "{options}: {message}");
    }
}

#[test]
fn severities_are_what_is_said_last() {
    let text = "() => eval('1')";
    let count = |options: &str| {
        let report = check(text, &CheckOptions::read(options).expect("they are right"));
        (report.errors, report.warnings)
    };
    assert_eq!(count("{}"), (1, 0));
    assert_eq!(count(r#"{"rules":{"no-eval":"warn"}}"#), (0, 1));
    assert_eq!(count(r#"{"rules":{"no-eval":false}}"#), (0, 0));
    assert_eq!(
        count(r#"{"preset":"none","rules":{"no-eval":true}}"#),
        (1, 0)
    );
    assert_eq!(count(r#"{"preset":"none"}"#), (0, 0));
    assert_eq!(count(r#"{"rules":{"no-eval":[]}}"#), (1, 0));
}

#[test]
fn more_than_is_asked_for_is_counted_and_errors_stay() {
    let text = format!("() => {{ debugger; {} }}", "eval('1');".repeat(10));
    let options = CheckOptions::read(r#"{"maxDiagnostics":4}"#).expect("they are right");
    let report = check(&text, &options);
    assert_eq!((report.omitted, report.errors, report.warnings), (7, 10, 1));
    assert!(report.diagnostics.iter().all(|it| it.rule == "no-eval"));
}

#[test]
fn the_proof_is_explained() {
    let options = CheckOptions::read(r#"{"explain":true}"#).expect("they are right");
    let explained = |text| check(text, &options).read_only.expect("it was asked for");
    assert!(explained("(a, i, { shared }) => shared.list.at(i)").proven);
    let found = explained("'use strict'\nmodule.exports = (room) => {\n  room.seen = true\n}");
    assert!(!found.proven);
    let first = &found.findings[0];
    assert_eq!((first.place.line, first.place.column), (3, 3));
    assert!(first.message.contains("may not be the function's own"));
    assert!(!explained("module.exports = make()").proven);
    assert!(!explained("class A {}").proven);
}

#[test]
fn presets_hold_what_they_say() {
    for rule in rules() {
        let json = serde_json::to_value(&rule).expect("it is JSON");
        for preset in ["recommended", "recommended-node", "strict"] {
            assert!(json["severities"][preset].is_string(), "{}", rule.name);
        }
    }
    assert_eq!(rules().len(), 34);
}

#[test]
fn more_findings_than_are_kept_are_counted() {
    let text = format!("() => {{ {} }}", "a;".repeat(50_000));
    let options = CheckOptions::read("{}").expect("they are right");
    let report = check(&text, &options);
    assert_eq!((report.errors, report.omitted), (50_000, 49_000));
    assert_eq!(report.diagnostics[0].place.start, 8);
}
