//! What is linked, and what is refused.

mod support;

use std::collections::HashMap;

use isolane_modules::{Cycles, LinkError, Module, Position, link};
use support::{ids, linked, module, refused, table};

#[test]
fn whoever_computes_names_reaches_all() {
    let graph = linked(&[
        ("m", "module.exports = (name) => require(name)"),
        ("z", "require('nowhere')"),
        ("b", ""),
    ]);
    assert_eq!(ids(&graph), ["m", "b", "z"]);
    assert_eq!(graph.modules[2].requests[0].target, None);
    let graph = linked(&[("m", "factory(require)"), ("b", "")]);
    assert_eq!(ids(&graph), ["m", "b"]);
}

#[test]
fn specifiers_mean_what_is_mapped_then_an_id_then_a_path() {
    let mut modules = table(&[
        (
            "lib/m.js",
            "require('x'); require('./a'); require('../b'); require('./c'); require('.')",
        ),
        ("x", ""),
        ("mapped", ""),
        ("lib/a.json", "1"),
        ("b/index.js", ""),
        ("lib/c", ""),
        ("lib/index.js", ""),
    ]);
    modules[0].imports = HashMap::from([("x".to_owned(), "mapped".to_owned())]);
    let graph = link("lib/m.js", modules, Cycles::Refused).expect("it links");
    assert_eq!(
        ids(&graph),
        [
            "lib/m.js",
            "mapped",
            "lib/a.json",
            "b/index.js",
            "lib/c",
            "lib/index.js"
        ]
    );
}

#[test]
fn names_of_the_prototype_are_names() {
    let graph = linked(&[
        (
            "__proto__",
            "require('constructor'); require('./toString'); require('a b/../ü')",
        ),
        ("constructor", ""),
        ("toString", ""),
        ("a b/../ü", ""),
    ]);
    assert_eq!(graph.modules.len(), 4);
}

#[test]
fn a_missing_module_is_told_with_the_way_to_it() {
    let error = refused(&[
        ("main", "require('./lib/a')"),
        ("lib/a", "\n  exports.b = require('./utli')"),
        ("lib/util", ""),
        ("lib/other", ""),
    ]);
    assert_eq!(
        error,
        LinkError::NotFound {
            specifier: "./utli".into(),
            module: "lib/a".into(),
            position: Position {
                line: 2,
                column: 15
            },
            via: vec!["main".into(), "lib/a".into()],
            nearest: vec!["lib/util".into()],
        }
    );
    assert_eq!(
        error.to_string(),
        "'lib/a' asks for './utli' (line 2, column 15), which is not among the modules, by way of \
         'main' → 'lib/a'; there is 'lib/util'"
    );
}

#[test]
fn a_missing_entry_is_told() {
    let error = link("mian", table(&[("main", "")]), Cycles::Refused).expect_err("none");
    assert_eq!(
        error.to_string(),
        "No module is named 'mian', which is the entry; there is 'main'"
    );
    link("a", Vec::new(), Cycles::Refused).expect_err("an empty table");
}

#[test]
fn a_cycle_of_requires_is_told_and_one_of_imports_is_legal() {
    let chain = |modules: &[(&str, &str)]| match refused(modules) {
        LinkError::Cycle { chain } => chain,
        error => panic!("{error}"),
    };
    assert_eq!(
        chain(&[("a", "require('b')"), ("b", "require('a')")]),
        ["a", "b", "a"]
    );
    assert_eq!(chain(&[("a", "require('a')")]), ["a", "a"]);
    assert_eq!(
        chain(&[
            ("main", "require('x'); require('a')"),
            ("x", ""),
            ("a", "require('b')"),
            ("b", "require('c')"),
            ("c", "require('b'); require('x')"),
        ]),
        ["b", "c", "b"]
    );
    assert_eq!(
        chain(&[("a.cjs", "require('b.mjs')"), ("b.mjs", "import 'a.cjs'")]),
        ["a.cjs", "b.mjs", "a.cjs"]
    );
    linked(&[("a", "import 'b'; import 'a'"), ("b", "import 'a'")]);
    linked(&[("a", "const f = () => import('b')"), ("b", "require('a')")]);
    let cycle = table(&[("a", "require('b')"), ("b", "require('a')")]);
    link("a", cycle, Cycles::Allowed).expect("as in Node");
}

#[test]
fn a_chain_as_long_as_the_table_is_no_matter() {
    let n = 10_000;
    let mut modules: Vec<Module> = (0..n)
        .map(|at| module(&format!("m{at}"), &format!("require('m{}')", at + 1)))
        .collect();
    modules.push(module(&format!("m{n}"), ""));
    assert_eq!(
        link("m0", modules.clone(), Cycles::Refused)
            .expect("it links")
            .modules
            .len(),
        n + 1
    );
    modules[n].source = "require('m0')".into();
    let error = link("m0", modules, Cycles::Refused).expect_err("a cycle");
    assert!(error.to_string().len() < 500, "{error}");
}

#[test]
fn what_is_no_table_is_refused() {
    for (id, reason) in [
        (String::new(), "modules[1].id is empty"),
        ("a\0b".into(), "modules[1].id has a NUL, after 1 characters"),
        (
            "a".repeat(100_000),
            "modules[1].id has 100000 bytes, and at most 4096 are allowed",
        ),
        (
            "m".into(),
            "modules[0] and modules[1] have the same id, 'm'",
        ),
    ] {
        assert_eq!(refused(&[("m", ""), (&id, "")]).to_string(), reason);
    }
}

#[test]
fn what_is_not_reached_is_not_looked_at() {
    let graph = linked(&[
        ("a", "(x) => x"),
        ("b", "nonsense ("),
        ("c", "require('d')"),
    ]);
    assert_eq!(ids(&graph), ["a"]);
}

#[test]
fn hashes_are_of_all_that_is_reached_and_of_nothing_else() {
    let of = |modules: &[(&str, &str)]| linked(modules).hash;
    let base = [("a", "require('b')"), ("b", "1;"), ("c", "2;")];
    assert_eq!(of(&base), of(&[base[0], base[2], base[1]]));
    assert_eq!(of(&base), of(&[base[0], base[1], ("c", "3;")]));
    assert_ne!(of(&base), of(&[base[0], ("b", "3;"), base[2]]));
    let elsewhere = |target: &str| {
        let mut modules = table(&[("a", "require('b')"), ("c", "1;"), ("d", "1;")]);
        modules[0].imports = HashMap::from([("b".to_owned(), target.to_owned())]);
        link("a", modules, Cycles::Refused).expect("it links").hash
    };
    assert_ne!(elsewhere("c"), elsewhere("d"));
    let graph = linked(&[
        ("a", "require('b'); require('c')"),
        ("b", "1;"),
        ("c", "1;"),
    ]);
    assert_eq!(graph.modules[1].hash, graph.modules[2].hash);
    assert_ne!(graph.modules[0].hash, graph.modules[1].hash);
}

#[test]
fn computed_names_mean_what_written_ones_do() {
    let mut modules = table(&[
        ("lib/m", "module.exports = (name) => require(name)"),
        ("z", ""),
        ("lib/z.js", ""),
        ("mapped", ""),
    ]);
    modules[0].imports = HashMap::from([("x".to_owned(), "mapped".to_owned())]);
    let graph = link("lib/m", modules, Cycles::Refused).expect("it links");
    let resolver = graph.resolver.as_ref().expect("a module is open");
    let found = |from, name| Some(ids(&graph)[resolver.resolve(from, name)?]);
    assert_eq!(found(0, "x"), Some("mapped"));
    assert_eq!(found(0, "z"), Some("z"));
    assert_eq!(found(0, "./z"), Some("lib/z.js"));
    assert_eq!(found(1, "x"), None);
    assert_eq!(found(4, "z"), None);
}
