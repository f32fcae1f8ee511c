//! What is seen in a module's text.

mod support;

use isolane_modules::{Cycles, Format, Kind, LinkError, Module, link};
use support::{ids, linked, module, refused, table};

#[test]
fn formats_are_found_out() {
    for (id, source, format) in [
        ("a", "(x) => x + 1", Format::Function),
        ("a", "async (x) => { await x }", Format::Function),
        ("a", "function (x) { return x } // it", Format::Function),
        ("a", "function f(x) { return x }", Format::Function),
        ("a", "(((x) => x))", Format::Function),
        ("a", "(function () { leaked = 1 })()", Format::CommonJs),
        ("a", "Object.values({ f() {} })[0]", Format::CommonJs),
        ("a", "(x) => require('a')", Format::Function),
        ("a", "(x) => { module.exports = 1 }", Format::Function),
        ("a", "module.exports = (x) => x", Format::CommonJs),
        ("a", "'use strict'; (x) => x", Format::CommonJs),
        ("a", "(function (e) { e.a = 1 })(exports)", Format::CommonJs),
        ("a", "const a = 1", Format::CommonJs),
        ("a", "return 1", Format::CommonJs),
        ("a", "with (a) { b }", Format::CommonJs),
        ("a", "#!/usr/bin/env node\nexports.a = 1", Format::CommonJs),
        ("a", "", Format::CommonJs),
        ("a", "export default (x) => x", Format::Esm),
        ("a", "import 'b'", Format::Esm),
        ("a", "import.meta.url", Format::Esm),
        ("a", "await 1; const { b } = await c()", Format::Esm),
        ("a.mjs", "(x) => x", Format::Esm),
        ("a.cjs", "(x) => x", Format::CommonJs),
        ("a.json", "{ \"a\": [1, \"\\ud800\"] }", Format::Json),
    ] {
        let mut modules = table(&[(id, source)]);
        modules.push(module("b", ""));
        let graph = link(id, modules, Cycles::Allowed).expect(source);
        assert_eq!(graph.modules[0].format, format, "{source}");
    }
}

#[test]
fn a_given_format_is_kept() {
    let given = |format| {
        let module = Module {
            format: Some(format),
            ..module("a.mjs", "(x) => x")
        };
        let graph = link("a.mjs", vec![module], Cycles::Refused).expect("it links");
        assert_eq!(graph.modules[0].format, format);
    };
    given(Format::CommonJs);
    given(Format::Esm);
    given(Format::Function);
}

#[test]
fn requests_are_found_where_they_stand() {
    let source = "import d, { a as b, 'c d' as c } from 'one'\n/* 😀 */ import * as n from 'two';\n\
        export { x as y } from 'three'; export * from 'four'\n\
        export const f = async () => { (await import(`five`)).g; import('si' + 'x') }\n\
        const text = \"import 'none'\"; // import 'none'";
    let others = ["one", "two", "three", "four", "five"].map(|id| (id, "exports.x = 1"));
    let graph = linked(&[&[("a", source)][..], &others].concat());
    let requests = &graph.modules[0].requests;
    let found: Vec<_> = requests
        .iter()
        .map(|it| {
            (
                it.specifier.as_str(),
                it.kind,
                it.position.line,
                it.position.column,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("one", Kind::Import, 1, 1),
            ("two", Kind::Import, 2, 10),
            ("three", Kind::Export, 3, 1),
            ("four", Kind::Export, 3, 33),
            ("five", Kind::DynamicImport, 4, 39),
        ]
    );
    assert_eq!(requests[0].names.listed, ["default", "a", "c d"]);
    assert!(requests[1].names.all && requests[3].names.all);
    assert_eq!(requests[2].names.listed, ["x"]);
    assert_eq!(graph.modules[0].exports, ["f", "y"]);
    assert!(graph.modules[0].is_open);
}

#[test]
fn only_the_modules_own_require_counts() {
    let source = "const a = require('a'), t = typeof require, c = require.cache;\n\
        function f(require) { require('none') }\n\
        try { require('maybe') } catch {}\n\
        try { (() => require('b'))() } catch {}\n\
        x.require('none');\n\
        (function () { require(`c`) })";
    let graph = linked(&[("m", source), ("a", ""), ("b", ""), ("c", "")]);
    assert_eq!(ids(&graph), ["m", "a", "b", "c"]);
    let [a, maybe, ..] = graph.modules[0].requests.as_slice() else {
        panic!("two at least");
    };
    assert_eq!((a.target, a.is_optional), (Some(1), false));
    assert_eq!((maybe.target, maybe.is_optional), (None, true));
    assert!(!graph.modules[0].is_open);
}

#[test]
fn exports_of_common_js_are_seen() {
    let source = "exports.a = 1; module.exports.b = 2; exports['c'] = 3;\n\
        Object.defineProperty(exports, 'd', {}); other.exports.e = 5;\n\
        0 && (module.exports = { f, 'g': 7, [h]: 8, ...i })";
    assert_eq!(
        linked(&[("m", source)]).modules[0].exports,
        ["a", "b", "c", "d", "f", "g"]
    );
}

#[test]
fn syntax_errors_are_told_where_they_are() {
    for (id, source, line, column) in [
        ("a", "/* 😀 */ const = 1", 1, 16),
        ("a", "(x) => {\n  return +\n}", 3, 1),
        ("a", "import a from 'b'\r\nexport const c = ;", 2, 18),
        ("a", "const a = 1\nconst b = `${", 2, 14),
        ("a.json", "{\n\"😀\": nope }", 2, 8),
        ("a.json", "", 1, 1),
        ("a.cjs", "export default 1", 1, 1),
    ] {
        let LinkError::Syntax {
            module, position, ..
        } = refused(&[(id, source), ("b", "")])
        else {
            panic!("{source}");
        };
        assert_eq!(
            (module.as_str(), position.line, position.column),
            (id, line, column),
            "{source}"
        );
    }
}

#[test]
fn only_an_entry_may_be_a_function() {
    let graph = linked(&[
        ("a", "(x) => require('b')"),
        ("b", "(function () { this.tax = 5 }).call(this)"),
    ]);
    assert_eq!(graph.modules[1].format, Format::CommonJs);
    // The same text, which has been read as an entry before.
    let graph = linked(&[
        ("b", "require('a')"),
        ("a", "(x) => require('c')"),
        ("c", ""),
    ]);
    assert_eq!(graph.modules[1].format, Format::CommonJs);
    refused(&[("b", "require('a')"), ("a", "function (x) { return x }")]);
}

#[test]
fn what_is_resolved_need_not_be_there() {
    let source = "require.resolve('./a'); require.resolve('./m'); require.resolve('none')";
    let graph = linked(&[("m", source), ("a", "require('m')")]);
    let requests = graph.modules[0].requests.iter();
    let found: Vec<_> = requests.map(|it| (it.kind, it.target)).collect();
    let resolve = |target| (Kind::Resolve, target);
    assert_eq!(found, [Some(1), Some(0), None].map(resolve));
    assert!(graph.resolver.is_none());
    for source in ["require.resolve(name)", "f(require.resolve)"] {
        assert!(linked(&[("m", source)]).modules[0].is_open, "{source}");
    }
}

#[test]
fn json_may_begin_with_a_byte_order_mark() {
    let graph = linked(&[("m.json", "\u{feff}[1]")]);
    assert_eq!(graph.modules[0].source, "[1]");
    refused(&[("m.json", "\u{feff}\u{feff}[1]")]);
}
