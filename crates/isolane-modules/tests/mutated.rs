//! Texts that were damaged, put together and cut: each gives a graph or an error, and no panic.

use isolane_modules::{Cycles, LinkError, Module, link};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "import a, { b as c } from './b'\n",
    "export * from \"c\";",
    "export default class extends A { #x = 1; static { await } }",
    "const d = require(`d`);",
    "module.exports = { e: require('./e.json'), 'f': 1, ...g };",
    "try { require('none') } catch (e) { import('x') }",
    "(x) => x ?? { x }",
    "async function* f() { for await (const x of y) yield* x }",
    "`${`${a}`}`",
    "/[/'\"`({]/u.test(a) / b / c",
    "if (a) /`/.test(b); else <!-- c\n--> d\n",
    "{ \"json\": [1, 2, {}] }",
    "#!/usr/bin/env node\n",
    "label: for (;;) { continue label }",
    "// \u{2028} ' \u{feff}\r\n",
    "😀 = 'ü\\u{1F600}\\ud800'",
    "await 1; return 2; with (a) b",
];

fn damaged() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 1..6);
    let cut = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (pieces, cut, r"\PC{0,3}").prop_map(|(pieces, (from, to), put)| {
        let text: Vec<char> = pieces.concat().chars().collect();
        let (from, to) = (from.index(text.len()), to.index(text.len()));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 8));
        text[..from]
            .iter()
            .copied()
            .chain(put.chars())
            .chain(text[to..].iter().copied())
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_graph_or_an_error(texts in prop::collection::vec(damaged(), 1..4)) {
        let ids = ["a", "b", "c.json", "d.mjs"];
        let modules: Vec<Module> = texts
            .iter()
            .zip(ids)
            .map(|(source, id)| Module { id: id.into(), source: source.clone(), ..Module::default() })
            .collect();
        match link("a", modules.clone(), Cycles::Refused) {
            Ok(graph) => {
                prop_assert_eq!(&graph.modules[0].id, "a");
                let again = link("a", modules, Cycles::Refused).expect("as before");
                prop_assert_eq!((again.modules, again.hash), (graph.modules, graph.hash));
            }
            Err(LinkError::Failed) => prop_assert!(false, "the parser failed"),
            Err(LinkError::Syntax { position, module, .. }) => {
                let source = &modules.iter().find(|it| it.id == module).expect("it is there").source;
                let ends = |char: &char| matches!(char, '\n' | '\r' | '\u{2028}' | '\u{2029}');
                let lines = source.chars().filter(ends).count() + 1;
                prop_assert!(position.line as usize <= lines);
            }
            Err(_) => {}
        }
    }
}
