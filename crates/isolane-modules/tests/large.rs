//! Texts that are deep or long.

use isolane_modules::{Cycles, LinkError, Module, link};

fn module(id: &str, source: &str) -> Module {
    Module {
        id: id.into(),
        source: source.into(),
        ..Module::default()
    }
}

#[test]
fn deep_texts_are_parsed_or_refused() {
    let n = 60_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("a=>", ""),
        ("f(", ")"),
        ("`${", "}`"),
    ] {
        let n = if open.len() > 1 { n / open.len() } else { n };
        let source = format!("module.exports = {}x{}", open.repeat(n), close.repeat(n));
        let result = link("a", vec![module("a", &source)], Cycles::Refused);
        assert!(!matches!(result, Err(LinkError::Failed)), "{open}");
        let source = format!(
            "module.exports = {}x{}",
            open.repeat(3 * n),
            close.repeat(3 * n)
        );
        let error = link("a", vec![module("a", &source)], Cycles::Refused).expect_err("too deep");
        assert_eq!(
            error.to_string(),
            "'a' nests too deep to be looked at",
            "{open}"
        );
    }
}

#[test]
fn large_texts_are_parsed() {
    let line = "exports.f = function (a, b) { return a / b > 1 ? [`${a}`, /[/'\"`]/g.test(b)] : { a }; };\n";
    let source = line.repeat(12_000);
    assert!(source.len() > 1_000_000);
    let graph = link("a", vec![module("a", &source)], Cycles::Refused).expect("it links");
    assert_eq!(graph.modules[0].exports, ["f"]);
}
