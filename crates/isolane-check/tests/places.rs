//! Places, as editors count them.

use isolane_check::{CheckOptions, Diagnostic, Report, check, estree};
use proptest::prelude::*;

fn checked(options: &str, text: &str) -> Report {
    check(
        text,
        &CheckOptions::read(options).expect("the options are right"),
    )
}

/// The names that are found where they stand in UTF-16.
fn names(text: &str) -> Vec<(u32, u32, String)> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let report = checked(r#"{"preset":"none","rules":{"no-undef":"error"}}"#, text);
    let name = |it: &Diagnostic| {
        let found = String::from_utf16_lossy(&units[it.place.start..it.place.end]);
        (it.place.line, it.place.column, found)
    };
    report.diagnostics.iter().map(name).collect()
}

#[test]
fn names_are_found_beside_anything() {
    for (text, line, column) in [
        ("() => here", 1, 7),
        ("() => '😀' + here", 1, 14),
        ("() =>\r\n  /* é */ here", 2, 11),
        ("() =>\r here", 2, 2),
        ("() =>\u{2028}here", 2, 1),
        ("\u{feff}() => here", 1, 8),
        ("#!/usr/bin/env node\nmodule.exports = () => here", 2, 24),
        (
            "\u{feff}#!/usr/bin/env node\nmodule.exports = () => here",
            2,
            24,
        ),
        ("() => '\u{fffd}' + here", 1, 13),
        ("() => 'a\0b' + here", 1, 15),
        ("function () { return here }", 1, 22),
        ("method() { return here }", 1, 19),
        ("async () => `😀${here}`", 1, 18),
        ("() => { a: for (;;) { here } }", 1, 23),
    ] {
        assert_eq!(names(text), [(line, column, "here".to_owned())], "{text:?}");
    }
}

#[test]
fn errors_of_syntax_have_places() {
    for (text, line, column) in [
        ("(a) => {", 1, 9),
        ("(a) =>\n  '😀' b", 2, 8),
        ("\u{feff}(a) => {\n", 2, 1),
        ("let a = 1; let a", 1, 16),
        ("() => /(/", 1, 8),
    ] {
        let report = checked("{}", text);
        let first = &report.diagnostics[0];
        assert_eq!(first.rule, "syntax");
        assert_eq!(
            (first.place.line, first.place.column),
            (line, column),
            "{text:?} {}",
            first.message
        );
    }
}

#[test]
fn trees_have_the_offsets_of_the_text() {
    for text in [
        "(a) => '😀' + here",
        "\u{feff}() => ['😀', here]",
        "m(a) { return '😀' + here }",
    ] {
        let options = CheckOptions::read("{}").expect("they are right");
        let tree = estree(text, &options).expect("it has one");
        let tree: serde_json::Value = serde_json::from_str(&tree).expect("it is JSON");
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut found = 0;
        visit(&tree, &mut |node| {
            if node["name"] == "here" {
                let at = |key: &str| node[key].as_u64().expect("an offset") as usize;
                assert_eq!(
                    String::from_utf16_lossy(&units[at("start")..at("end")]),
                    "here"
                );
                found += 1;
            }
        });
        assert_eq!(found, 1, "{text}");
    }
}

fn visit(value: &serde_json::Value, call: &mut impl FnMut(&serde_json::Value)) {
    call(value);
    match value {
        serde_json::Value::Array(list) => list.iter().for_each(|it| visit(it, call)),
        serde_json::Value::Object(object) => object.values().for_each(|it| visit(it, call)),
        _ => {}
    }
}

#[test]
fn comments_of_a_tree_are_those_of_the_text() {
    let text = "// 😀 one\n(a) => /* two */ a";
    let options = CheckOptions::read("{}").expect("they are right");
    let tree = estree(text, &options).expect("it has one");
    let tree: serde_json::Value = serde_json::from_str(&tree).expect("it is JSON");
    assert_eq!(tree["comments"][0]["value"], " 😀 one");
    assert_eq!(tree["comments"][1]["value"], " two ");
    assert_eq!(tree["comments"][1]["start"], 17);
}

proptest! {
    #[test]
    fn any_text_has_an_answer_with_places_in_it(text in r"(\PC|[\\/'`\x22(){}\[\]<>!\-\n\r;,.=\x00]|\$\{|=> |if |a |function |/\*|// isolane-disable-next-line ){0,80}") {
        let length = text.encode_utf16().count();
        for language in ["js", "ts"] {
            let options = format!(r#"{{"preset":"strict","language":"{language}","explain":true}}"#);
            for it in checked(&options, &text).diagnostics {
                prop_assert!(it.place.start <= it.place.end && it.place.end <= length);
                prop_assert!(it.place.line >= 1 && it.place.column >= 1);
            }
        }
    }
}
