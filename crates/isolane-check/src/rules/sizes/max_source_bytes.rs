use oxc_span::Span;

use crate::{
    lint::{Code, Findings},
    rules::{ERROR, Rule, RuleInfo},
};

pub(crate) const RULE: RuleInfo = RuleInfo {
    name: "max-source-bytes",
    summary: "Finds texts that are too long.",
    mirrors: &["max-lines"],
    options: Some("number | { max?: number }"),
    severities: [ERROR, ERROR, ERROR],
    make: |options| Ok(Box::new(MaxSourceBytes(options.limit(1 << 20)?))),
};

struct MaxSourceBytes(usize);

impl Rule for MaxSourceBytes {
    fn whole<'a>(&self, code: &Code<'a>, findings: &mut Findings) {
        let bytes = code.text.len();
        if bytes > self.0 {
            findings.report(
                Span::new(0, 0),
                format!("The text has {bytes} bytes, more than the {} allowed", self.0),
                "Move data that is written in the code into `shared`, and parts into functions of their own",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{found, good};

    #[test]
    fn counts_bytes() {
        assert_eq!(
            found("max-source-bytes", "10", "() => 'é12'"),
            ["1:1 The text has 12 bytes, more than the 10 allowed"]
        );
        good("max-source-bytes", r#"{"max":12}"#, &["() => 'é12'"]);
        good(
            "max-source-bytes",
            "",
            &[&format!("() => '{}'", "x".repeat(1 << 19))],
        );
    }
}
