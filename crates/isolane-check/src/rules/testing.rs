//! How rules are tried.

use crate::{check, options::CheckOptions};

/// What one rule finds, as `line:column message`, with options in JSON behind its severity.
pub(crate) fn found(rule: &str, options: &str, text: &str) -> Vec<String> {
    let separator = if options.is_empty() { "" } else { ", " };
    found_with(
        &format!(r#"{{"preset":"none","rules":{{"{rule}":["error"{separator}{options}]}}}}"#),
        text,
    )
}

/// What a check with all these options finds.
pub(crate) fn found_with(options: &str, text: &str) -> Vec<String> {
    let options = CheckOptions::read(options).expect("the options are right");
    let report = check(text, &options);
    let diagnostics = report.diagnostics.into_iter();
    diagnostics
        .map(|it| {
            assert!(it.help.is_some_and(|help| !help.is_empty()) || it.rule == "syntax");
            assert!(!it.message.ends_with('.') && !it.message.contains('\n'));
            format!("{}:{} {}", it.place.line, it.place.column, it.message)
        })
        .collect()
}

/// Asserts that a rule finds nothing in any of the texts.
pub(crate) fn good(rule: &str, options: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(found(rule, options, text), Vec::<String>::new(), "{text}");
    }
}

/// Asserts that a rule finds something in each of the texts, which it does in these places.
pub(crate) fn bad(rule: &str, options: &str, texts: &[(&str, &str)]) {
    for (text, expected) in texts {
        let found = found(rule, options, text);
        let places: Vec<_> = found.iter().filter_map(|it| it.split(' ').next()).collect();
        assert_eq!(places.join(" "), *expected, "{text}: {found:?}");
    }
}
