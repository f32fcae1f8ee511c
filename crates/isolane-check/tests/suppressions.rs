//! Comments that suppress findings.

use isolane_check::{CheckOptions, Report, check};

fn checked(options: &str, text: &str) -> Report {
    check(
        text,
        &CheckOptions::read(options).expect("the options are right"),
    )
}

fn told(report: &Report) -> Vec<String> {
    let diagnostics = report.diagnostics.iter();
    diagnostics
        .map(|it| format!("{} {}:{}", it.rule, it.place.line, it.place.column))
        .collect()
}

const TEXT: &str = "() => {
  // isolane-disable-next-line no-eval, no-with -- the text is ours
  eval('1')
  /* isolane-disable-next-line */
  debugger
  eval('2')
}";

#[test]
fn findings_of_the_next_line_go() {
    let report = checked("{}", TEXT);
    assert_eq!(told(&report), ["suppression 2:41", "no-eval 6:3"]);
    assert_eq!(
        (report.suppressed, report.errors, report.warnings),
        (2, 1, 1)
    );
}

#[test]
fn they_stay_where_that_is_forbidden() {
    let report = checked(r#"{"allowSuppressions":false}"#, TEXT);
    assert_eq!(
        told(&report),
        ["no-eval 3:3", "no-debugger 5:3", "no-eval 6:3"]
    );
    assert_eq!(report.suppressed, 0);
}

#[test]
fn comments_that_are_of_no_use_are_told() {
    let text = "() => {
  // isolane-disable-next-line no-evil -- a slip
  eval('1')
  // isolane-disable-next-line
  return 1
}";
    let report = checked("{}", text);
    assert_eq!(
        told(&report),
        ["suppression 2:32", "no-eval 3:3", "suppression 4:3"]
    );
    assert_eq!(
        report.diagnostics[0].help.as_deref(),
        Some("Did you mean `no-eval`?")
    );
}

#[test]
fn rules_that_are_off_are_not_missed() {
    let text = "// isolane-disable-next-line no-eval\n() => eval('1')";
    let report = checked(r#"{"rules":{"no-eval":"off"}}"#, text);
    assert_eq!(told(&report), Vec::<String>::new());
}

#[test]
fn errors_of_syntax_stay() {
    let report = checked("{}", "// isolane-disable-next-line\n() => {");
    assert_eq!(report.diagnostics[0].rule, "syntax");
}

#[test]
fn other_comments_suppress_nothing() {
    for comment in [
        "// isolane-disable-next-lines no-eval",
        "// isolane-disable no-eval",
        "'isolane-disable-next-line'",
    ] {
        let report = checked(
            r#"{"form":"commonjs","preset":"none","rules":{"no-eval":true}}"#,
            &format!("{comment}\neval('1')"),
        );
        assert_eq!(told(&report), ["no-eval 2:1"], "{comment}");
    }
}

#[test]
fn findings_of_other_rules_are_told_and_suppressed_as_any() {
    let text = "() => {
  // isolane-disable-next-line ours
  one()
  two()
  // isolane-disable-next-line ours
}";
    let options = r#"{"preset":"none","custom":["ours"],"findings":[
        {"rule":"ours","severity":"error","message":"No two","help":null,"start":54,"end":57},
        {"rule":"ours","severity":"warn","message":"No one","help":"Three","start":46,"end":49}
    ]}"#;
    let report = checked(options, text);
    assert_eq!(told(&report), ["ours 4:3", "suppression 5:32"]);
    assert_eq!(
        (report.suppressed, report.errors, report.warnings),
        (1, 1, 1)
    );
    let [ours, unused] = report.diagnostics.as_slice() else {
        panic!("{report:?}")
    };
    assert_eq!((&*ours.message, &ours.help), ("No two", &None));
    assert!(ours.place.frame.contains("> 4 |   two()"));
    assert!(unused.message.contains("`ours` finds nothing"));
}

#[test]
fn findings_of_other_rules_may_be_anywhere() {
    let options = r#"{"findings":[{"rule":"ours","message":"No","start":7,"end":99}]}"#;
    let report = checked(options, "1");
    assert!(told(&report).contains(&"ours 1:2".into()), "{report:?}");
}
