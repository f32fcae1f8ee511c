use oxc_allocator::Allocator;
use oxc_ast::{AstKind, ast::Argument};
use oxc_regular_expression::{LiteralParser, Options};
use oxc_span::{GetSpan, Span};

use super::backtracking::{Budget, Told, judge};
use crate::{
    lint::{Code, Findings, constant},
    rules::{ERROR, Rule, RuleInfo, WARN},
};

/// The longest pattern in a string that is looked at.
const LONGEST_STRING: usize = 1000;

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "no-super-linear-regex",
    summary: "Finds regular expressions that take exponential or quadratic time on some texts.",
    mirrors: &[
        "regexp/no-super-linear-backtracking",
        "regexp/no-super-linear-move",
    ],
    options: Some("{ unanchored?: boolean }"),
    severities: [WARN, WARN, ERROR],
    make: |options| {
        let given = options.object(&["unanchored"])?;
        let unanchored = given.get("unanchored").flag()?.unwrap_or(false);
        Ok(Box::new(NoSuperLinearRegex { unanchored }))
    },
};

struct NoSuperLinearRegex {
    /// Whether what only a search makes slow is told of all patterns.
    unanchored: bool,
}

impl Rule for NoSuperLinearRegex {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let mut budget = Budget::new();
        for found in code.patterns {
            let flags = found.literal.regex.flags.to_string();
            if let Some(slow) = judge(&found.pattern, &flags, self.unanchored, &mut budget) {
                let told = Told::of(&slow, |span| code.at(span));
                findings.report(told.span, told.message, told.help);
            }
        }
        for node in code.semantic.nodes().iter() {
            let (callee, arguments) = match node.kind() {
                AstKind::NewExpression(it) => (&it.callee, &it.arguments),
                AstKind::CallExpression(it) => (&it.callee, &it.arguments),
                _ => continue,
            };
            if code.global(callee) == Some("RegExp") {
                self.judge_string(arguments, &mut budget, findings);
            }
        }
    }
}

impl NoSuperLinearRegex {
    /// Judges `new RegExp('…', '…')`.
    fn judge_string(
        &self,
        arguments: &[Argument<'_>],
        budget: &mut Budget,
        findings: &mut Findings,
    ) {
        let mut arguments = arguments.iter().filter_map(Argument::as_expression);
        let Some(pattern) = arguments.next() else {
            return;
        };
        let flags = arguments.next().map_or(Some(""), constant).unwrap_or("");
        let Some(text) = constant(pattern).filter(|it| it.len() <= LONGEST_STRING) else {
            return;
        };
        let allocator = Allocator::default();
        let parsed = LiteralParser::new(&allocator, text, Some(flags), Options::default()).parse();
        if let Ok(parsed) = parsed
            && let Some(slow) = judge(&parsed, flags, self.unanchored, budget)
        {
            let part = |span: Span| text.get(span.start as usize..span.end as usize);
            let told = Told::of(&slow, |span| part(span).unwrap_or(text));
            findings.report(pattern.span(), told.message, told.help);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        CheckOptions, check,
        rules::testing::{bad, found, good},
    };

    const RULE: &str = "no-super-linear-regex";

    /// What is found of a pattern.
    fn judged(options: &str, pattern: &str) -> Vec<String> {
        found(RULE, options, &format!("() => /{pattern}/"))
    }

    #[test]
    fn finds_repetitions_that_match_in_many_ways() {
        for pattern in [
            "(a+)+$",
            "^(a*)*b",
            "(a|a)*b",
            "(a|ab|b)*c",
            "^(\\w+\\s?)*$",
            "(?:a?)+?b(?:[a-z]|[c-x])+;",
            "(x+x+)+y",
            "([a-z]+[0-9]*)+!",
            "^(?=(a+)+$)",
            "(.*,)*x",
            "(a{1,3})*b",
            "(a+)+\\b",
            "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@)",
        ] {
            let found = judged("", pattern);
            assert!(
                found.len() == 1 && found[0].contains("doubles"),
                "{pattern} {found:?}"
            );
        }
        bad(
            RULE,
            "",
            &[
                ("() => /x(a+)+$/", "1:9"),
                ("() => new RegExp('(a+)+$')", "1:18"),
                ("() => RegExp(`(a|A)+$`, 'i')", "1:14"),
                ("() => /(a|A)+$/i", "1:8"),
            ],
        );
    }

    #[test]
    fn finds_repetitions_that_share_a_text() {
        for pattern in [
            "^a*a*$",
            "a*a*b",
            "^.*x.*y",
            "^\\s*\\w*\\s*$",
            "^\\d+\\.?\\d+$",
            "^(?:a|b)*[ab]*c",
            "^x(?:\\s+\\s*y)?z",
            "^<(?:ab)+b?(?:ab)*>",
            "\\ba*a*!",
            "^a*(?:a*|c)b",
            "^(?:ab)*c?(?:ab|c)*d",
            "^a*[^]*b$",
            "^(?:x|y)\\w*.*;",
            "(\\d+){2}x",
        ] {
            let found = judged("", pattern);
            assert!(
                found.len() == 1 && found[0].contains("division"),
                "{pattern} {found:?}"
            );
        }
        bad(
            RULE,
            "",
            &[
                ("() => /^x\\s*(\\s+)y/", "1:10"),
                ("() => RegExp('^.*.*x')", "1:14"),
            ],
        );
    }

    #[test]
    fn finds_searches_for_what_stands_at_the_end() {
        for pattern in [
            "\\s+$",
            "[\\s,]*$",
            "^\\s+|\\s+$",
            "(?:<br>|\\s)+$",
            "(a|A)+$",
        ] {
            let found = judged("", pattern);
            assert!(
                found.len() == 1 && found[0].contains("anew"),
                "{pattern} {found:?}"
            );
        }
        assert!(judged("", "(?<!\\s)\\s+$").is_empty());
        bad(RULE, "", &[("() => /\\s+$/m", "1:8")]);
        good(
            RULE,
            "",
            &[
                "() => /^[^a]*a*$/i",
                "() => /\\s+$/y",
                "() => /^\\s+$/m",
                "() => /[^]*$/",
            ],
        );
    }

    #[test]
    fn all_searches_are_found_where_that_is_asked_for() {
        for (pattern, is_found) in [
            ("<[^>]+>", true),
            ("\\d+x", true),
            ("a{2,}$", true),
            ("([0-9a-f]{2})+$", true),
            ("^<[^>]+>", false),
            ("<[^<>]+>", false),
            ("a+", false),
            ("x\\s*", false),
            ("\\d{1,9}x", false),
            ("\\b\\d+x", false),
        ] {
            assert!(judged("", pattern).is_empty(), "{pattern}");
            let found = judged(r#"{"unanchored":true}"#, pattern);
            assert_eq!(!found.is_empty(), is_found, "{pattern} {found:?}");
        }
    }

    #[test]
    fn repetitions_that_match_in_one_way_are_right() {
        for pattern in [
            "(a+)+",
            "^(a+b)+$",
            "^[\\w.]+@[\\w-]+(\\.[\\w-]+)+$",
            "(\\d{3})+(?!\\d)",
            "([0-9a-f]{2})+$",
            "^(?:\\d{1,3}\\.){3}\\d{1,3}$",
            "(a|b|c)*d",
            "(?:,\\w+)*;",
            "(?:[^\"\\\\]|\\\\.)*\"",
            "^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$",
            "a{2,}$",
            "(?:a{2})*$",
            "(?:)",
            "\\b(?:\\w+\\s?)+",
            "^(?:a+)+[^]*$",
            "^(?:a+)+[\\s\\S]*$",
            "(?:a+)+(?!b)",
            "(?:a+)+(?=[^]*)",
        ] {
            assert_eq!(judged("", pattern), [""; 0], "{pattern}");
        }
        good(
            RULE,
            "",
            &[
                "(RegExp) => RegExp('(a+)+$')",
                "(a) => new RegExp(a)",
                "() => new RegExp('(')",
            ],
        );
    }

    #[test]
    fn repetitions_that_share_no_text_or_cannot_fail_are_right() {
        for pattern in [
            "a*a*",
            "^\\s*\\w+\\s*$",
            "^\\d+(?:\\.\\d+)?$",
            "^[^=]+=.*$",
            "^\\s*[^\\n]*(?:\\n|$)",
            "^\\w+[^]*$",
            "^a*(?:a*b)?",
            "^(?=.{1,50}$)a*a*$",
            "^(?!a{9})a*a*b",
            "^a*\\ba*b",
            "^(?=(a*))\\1a*b",
            "^(a*)\\1$",
            "^a{0,9}a{0,9}b",
            "^\\s*(?:#.*)?$",
            "^(\\w+)\\s*=\\s*(\\w+)$",
            "^a?|\\s+$",
            "^a?|x\\s*\\s*y",
            "^\\w|a\\s*\\s*y",
            "^x?a*^a*b",
            "^https?:\\/\\/[^\\s\\/]+(?:\\/\\S*)?$",
        ] {
            assert_eq!(judged("", pattern), [""; 0], "{pattern}");
        }
    }

    #[test]
    fn the_help_shows_a_text_that_is_slow() {
        for (pattern, text) in [
            ("^(a+)+$", "'a'.repeat(40) + 'b'"),
            ("^\\s*\\s*x", "' '.repeat(50_000)"),
            ("^x'\\n(?:ab)*(?:ab)*$", "'x\\'\\na' + 'ba'.repeat(50_000)"),
            ("^\\s+|\\s+$", "'!' + ' '.repeat(50_000) + '!'"),
            ("\\s+$", "' '.repeat(50_000) + '!'"),
            (
                "^[\\u3040-\\u309f]*[\\u3040-\\u309f]*x",
                "'\\u{3040}'.repeat(50_000)",
            ),
        ] {
            let options = format!(r#"{{"preset":"none","rules":{{"{RULE}":"error"}}}}"#);
            let options = CheckOptions::read(&options).expect("the options are right");
            let report = check(&format!("() => /{pattern}/"), &options);
            let help = report.diagnostics[0].help.clone().unwrap_or_default();
            assert!(
                help.ends_with(&format!("; it is slow for `{text}`")),
                "{pattern}: {help}"
            );
        }
    }

    #[test]
    fn the_search_is_bounded() {
        let alternatives: Vec<_> = (0..240).map(|it| format!("[a-z]{it}")).collect();
        let large = format!("/(?:{})+$/", alternatives.join("|"));
        let many = |pattern: &str| format!("() => [{}]", vec![pattern; 2000].join(","));
        good(
            RULE,
            "",
            &[
                &format!("() => {large}"),
                "() => /a{1000000}(b+)+$/",
                "() => /(?:){1000000000}/",
            ],
        );
        for pattern in [
            "/(?:[a-z]|[a-y]b|[b-z]c|.d)+$/",
            "/^(?:[a-z]x|.)*(?:.y|[^]z)*$/",
        ] {
            assert!(!found(RULE, "", &many(pattern)).is_empty(), "{pattern}");
        }
    }
}
