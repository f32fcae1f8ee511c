//! Texts that nobody writes: whatever comes, a check answers.

use isolane_check::{CheckOptions, MAX_SOURCE_BYTES, check, estree};

/// What nests with copies of a piece, and what closes it.
const SHAPES: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{a:", "}"),
    ("f(", ")"),
    ("!", ""),
    ("-", ""),
    ("new ", ""),
    ("a=>", ""),
    ("a?b:", ""),
    ("a**", ""),
    ("a+", ""),
    ("`${", "}`"),
    ("if(1)", ""),
    ("for(;;)", ""),
    ("x:", ""),
    ("if(1);else ", ""),
    ("a.b", ""),
    ("a,", ""),
    ("a=", ""),
    ("a||", ""),
    ("{", "}"),
    ("()=>{", "}"),
    ("function f(){", "}"),
    ("class A{a(){", "}}"),
    ("try{", "}finally{}"),
    ("while(1){break;", "}"),
    ("switch(1){case 1:", "}"),
    ("a?.b", ""),
    ("a()", ""),
    ("...", ""),
    ("/(", ")/"),
    ("(?:", ")*"),
    ("require(", ")"),
    ("this.shared.", ""),
    ("eval(", ")"),
    ("// isolane-disable-next-line no-eval\neval\n", ""),
    ("\0", ""),
    ("\u{feff}", ""),
    ("😀", ""),
    ("<A,", ">"),
    ("let a;", ""),
    ("await ", ""),
    ("yield ", ""),
    ("async()=>", ""),
    ("import('", "')"),
];

fn options(language: &str) -> CheckOptions {
    let json = format!(r#"{{"preset":"strict","language":"{language}","explain":true}}"#);
    CheckOptions::read(&json).expect("the options are right")
}

#[test]
fn every_shape_that_nests_is_answered() {
    const BYTES: usize = 1 << 20;
    for (open, close) in SHAPES {
        // As deep as is looked at, nearly; and as long as texts are.
        for count in [15_000, BYTES / (open.len() + close.len())] {
            let text = format!("{}1{}", open.repeat(count), close.repeat(count));
            for language in ["js", "ts"] {
                let report = check(&text, &options(language));
                assert!(report.diagnostics.len() <= 1000, "{open}");
            }
        }
    }
}

#[test]
fn trees_of_what_nests_are_answered() {
    for (open, close) in SHAPES {
        let text = format!("{}1{}", open.repeat(15_000), close.repeat(15_000));
        let _ = estree(&text, &options("js"));
    }
}

#[test]
fn a_regular_expression_that_nests_is_answered() {
    for (open, close) in [("(", ")"), ("(?=", ")"), ("[", "]"), ("(?:a{9}", "){9}")] {
        for flags in ["", "v"] {
            for count in [900, 200_000] {
                let text = format!(
                    "() => /{}{}/{flags}",
                    open.repeat(count),
                    close.repeat(count)
                );
                let report = check(&text, &options("js"));
                assert!(count < 1000 || report.errors > 0, "{open} {count}");
            }
        }
    }
}

/// What TypeScript's parser tries in two ways, within what it tries in two ways.
#[test]
fn guesses_within_guesses_are_answered() {
    for piece in [
        "(i =l< ",
        "l<(i=",
        "l<{[",
        "l<[i<(a=",
        "new A<(i=",
        "function f(a=l<(b=",
        "a<`${(i=",
    ] {
        for language in ["js", "ts", "tsx"] {
            for count in [20, 300] {
                let report = check(&piece.repeat(count), &options(language));
                assert!(report.errors > 0, "{piece} {language}");
            }
        }
    }
}

#[test]
fn longer_texts_than_are_parsed_are_told_so() {
    let text = " ".repeat(MAX_SOURCE_BYTES + 1);
    let report = check(&text, &options("js"));
    assert_eq!(report.diagnostics[0].rule, "syntax");
    assert!(report.diagnostics[0].message.contains("more than"));
}

/// A piece for each number, one behind the other.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn texts_with_very_many_of_something_are_answered() {
    let alternatives: Vec<_> = ('a'..='z').chain('A'..='Z').map(String::from).collect();
    let regex = format!("/(?:{})*$/;", alternatives.join("|"));
    let names: Vec<_> = (0..40_000).map(|it| format!("name{it}")).collect();
    let list = names.join(",");
    for text in [
        format!("var {list};{}", many(40_000, |it| format!("nama{it};"))),
        format!(
            "(a, b, {{ shared: {{ {list} }} }}) => {{ {} }}",
            many(40_000, |it| format!("name{it}.x=1;"))
        ),
        format!(
            "({list}) => {{ {} }}",
            many(40_000, |it| format!("name{it}.x=1;"))
        ),
        regex.repeat(10_000),
        format!("{}x", "self.".repeat(15_000)),
        many(40_000, |it| format!("require('@/name{it}');")),
        "exports.main=function(){this};".repeat(30_000),
        many(30_000, |it| {
            format!("// isolane-disable-next-line no-{it}\neval\n")
        }),
        format!(
            "for(;;){{{}{}{}",
            "{".repeat(5000),
            "break;".repeat(20_000),
            "}".repeat(5001)
        ),
        format!("x:{{{}}}", "break x;".repeat(100_000)),
        many(30_000, |it| format!("function f{it}(){{return f{it}()}}")),
        format!("() => {{ {} }}", "() => this;".repeat(50_000)),
        many(50_000, |it| format!("let a{it}=globalThis;a{it}.eval;")),
    ] {
        let json = r#"{"preset":"strict","name":"a","modules":{"name1":["@/name2"],"b":["@/a"]}}"#;
        let options = CheckOptions::read(json).expect("the options are right");
        let report = check(&text, &options);
        assert!(report.diagnostics.len() <= 1000);
        assert!(report.errors > 0, "{}", &text[..60]);
    }
}
