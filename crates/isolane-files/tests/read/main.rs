//! Files that are read, and why others are not.

mod formats;

use std::fs;
use std::path::{Path, PathBuf};

use isolane_files::{FileError, Files, read};
use isolane_modules::{Cycles, Format, Module, Position, link};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders are made");
    fs::write(path, text).expect("a file is written");
}

fn at(folder: &TempDir, path: &str) -> PathBuf {
    fs::canonicalize(folder.path())
        .expect("it is there")
        .join(path)
}

fn files(folder: &TempDir, entry: &str) -> Files {
    read(&folder.path().join(entry)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(folder: &TempDir, entry: &str) -> FileError {
    read(&folder.path().join(entry)).expect_err("it is refused")
}

/// Names relative to the folder.
fn names(folder: &TempDir, files: &Files) -> Vec<String> {
    let root = at(folder, "");
    let ids = files.modules.iter().map(|module| Path::new(&module.id));
    ids.map(|id| id.strip_prefix(&root).unwrap_or(id).display().to_string())
        .collect()
}

fn module<'f>(folder: &TempDir, files: &'f Files, name: &str) -> &'f Module {
    let id = at(folder, name).display().to_string();
    files
        .modules
        .iter()
        .find(|module| module.id == id)
        .unwrap_or_else(|| panic!("{name} is there"))
}

#[test]
fn imports_are_followed_and_linked() {
    let folder = folder(&[
        (
            "match.ts",
            "import { rate } from './lib/rate.js'\nimport type { T } from './types'\nexport const match = (x: T): number => rate(x)",
        ),
        (
            "lib/rate.ts",
            "import data from '../data.json' with { type: 'json' }\nexport enum Kind { A = 1 }\nexport function rate(x: { n: number }) { return x.n * data.rate * Kind.A }",
        ),
        ("data.json", "\u{feff}{ \"rate\": 2 }"),
        ("package.json", "{ \"type\": \"module\" }"),
    ]);
    let files = files(&folder, "match.ts");
    assert_eq!(
        names(&folder, &files),
        ["match.ts", "lib/rate.ts", "data.json"]
    );
    assert_eq!(files.stamps.len(), 3);
    assert!(!files.stamps.iter().any(isolane_files::Stamp::is_stale));
    let graph = link(&files.entry, files.modules, Cycles::Allowed).expect("it links");
    let formats: Vec<_> = graph.modules.iter().map(|module| module.format).collect();
    assert_eq!(formats, [Format::Esm, Format::Esm, Format::Json]);
}

#[test]
fn places_in_typescript_are_the_authors() {
    let source = "interface A {\n  a: number\n}\n\ntype B = A\n\nexport function f(x: B): number {\n  const text = '😀'; if (!x.a) throw new Error(text)\n  return x.a\n}\n";
    let folder = folder(&[("f.ts", source)]);
    let files = files(&folder, "f.ts");
    let printed = &files.modules[0].source;
    let map = &files.maps[&files.entry];
    for needle in ["throw", "return"] {
        let place = |text: &str| Position::of(text, text.find(needle).expect("it is there"));
        assert_eq!(map.author(place(printed)), Some(place(source)), "{needle}");
        assert_ne!(place(printed), place(source), "{needle}");
    }
}

#[test]
fn packages_are_found_as_node_finds_them() {
    let folder = folder(&[
        (
            "main.mjs",
            "import 'dual'; import 'dual/sub'; import 'plain'; import '#own'; import '@a/b'; import 'browsed'",
        ),
        (
            "package.json",
            "{ \"imports\": { \"#own\": \"./own.mjs\" } }",
        ),
        ("own.mjs", "import { createRequire } from 'makes-require'"),
        (
            "node_modules/makes-require/index.js",
            "exports.createRequire = () => require('dual')",
        ),
        (
            "node_modules/dual/package.json",
            "{ \"exports\": { \".\": { \"node\": \"./node.js\", \"import\": \"./es.mjs\", \"require\": \"./cjs.js\" }, \"./sub\": \"./sub.js\" } }",
        ),
        ("node_modules/dual/es.mjs", ""),
        ("node_modules/dual/cjs.js", ""),
        ("node_modules/dual/sub.js", ""),
        ("node_modules/plain/package.json", "{ \"main\": \"lib\" }"),
        ("node_modules/plain/lib/index.js", ""),
        ("node_modules/@a/b/package.json", "{ \"main\": \"b.js\" }"),
        ("node_modules/@a/b/b.js", ""),
        (
            "node_modules/browsed/package.json",
            "{ \"main\": \"a.js\", \"browser\": { \"./fs.js\": false, \"crypto\": false } }",
        ),
        (
            "node_modules/browsed/a.js",
            "require('./fs.js'); require('crypto')",
        ),
        ("node_modules/browsed/fs.js", "require('fs')"),
    ]);
    let files = files(&folder, "main.mjs");
    assert_eq!(
        names(&folder, &files),
        [
            "main.mjs",
            "node_modules/dual/es.mjs",
            "node_modules/dual/sub.js",
            "node_modules/plain/lib/index.js",
            "own.mjs",
            "node_modules/@a/b/b.js",
            "node_modules/browsed/a.js",
            "node_modules/makes-require/index.js",
            "node_modules/dual/cjs.js",
            "isolane:left-out",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_pnpm_lays_them() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[
        ("app/main.js", "require('a')"),
        ("store/a@1/node_modules/a/index.js", "require('b')"),
        ("store/b@1/node_modules/b/index.js", ""),
    ]);
    let root = folder.path();
    fs::create_dir_all(root.join("app/node_modules")).expect("it is made");
    symlink(
        "../../store/a@1/node_modules/a",
        root.join("app/node_modules/a"),
    )
    .expect("a link");
    symlink(
        "../../b@1/node_modules/b",
        root.join("store/a@1/node_modules/b"),
    )
    .expect("a link");
    let files = files(&folder, "app/main.js");
    assert_eq!(
        names(&folder, &files),
        [
            "app/main.js",
            "store/a@1/node_modules/a/index.js",
            "store/b@1/node_modules/b/index.js",
        ]
    );
    symlink("loop", root.join("loop")).expect("a link to itself");
    let FileError::Unreadable { reason, .. } = refused(&folder, "loop") else {
        panic!()
    };
    assert!(reason.starts_with("cannot be read: "), "{reason}");
}

#[test]
fn modules_of_node_are_refused_with_the_way_to_them() {
    let folder = folder(&[
        ("main.mjs", "import './a.ts'"),
        ("a.ts", "type A = 1\nimport { b } from 'b'; b()"),
        ("node_modules/b/index.js", "\n  exports.b = require('fs')"),
        (
            "lazy.js",
            "try { require('crypto') } catch {}\nmodule.exports = () => require('node:stream')",
        ),
        ("named.js", "require('events')"),
        ("node_modules/events/index.js", ""),
    ]);
    let error = refused(&folder, "main.mjs");
    let [main, a, b] = ["main.mjs", "a.ts", "node_modules/b/index.js"]
        .map(|it| at(&folder, it).display().to_string());
    assert_eq!(
        error.to_string(),
        format!(
            "{b} imports 'fs' (line 2, column 15), which is a part of Node, and isolates have none: pass engine: 'node' to the pool, by way of {main} → {a} → {b}"
        )
    );
    assert_eq!(
        names(&folder, &files(&folder, "lazy.js")),
        ["lazy.js", "node:crypto", "node:stream"]
    );
    assert_eq!(
        names(&folder, &files(&folder, "named.js")),
        ["named.js", "node_modules/events/index.js"]
    );
}

#[test]
fn what_is_missing_is_told_with_what_is_near() {
    let folder = folder(&[
        ("a.ts", "type A = 1\n\nimport { b } from './utli.ts'; b()"),
        ("util.ts", ""),
        ("b.js", "require('lodahs')"),
        ("c.js", "try { require('lodahs') } catch {}"),
        (
            "node_modules/lodash/package.json",
            "{ \"exports\": { \".\": \"./index.js\" } }",
        ),
        ("node_modules/lodash/index.js", ""),
        ("d.js", "require('lodash/fp')"),
        ("broken/package.json", "{ \"type\": "),
        ("broken/a.js", ""),
        ("f.mjs", "import './broken/a.js'"),
    ]);
    let FileError::Unresolved {
        position, nearest, ..
    } = refused(&folder, "a.ts")
    else {
        panic!()
    };
    assert_eq!(
        (position, nearest),
        (Position { line: 3, column: 1 }, vec!["./util.ts".into()])
    );
    let FileError::Unresolved { nearest, .. } = refused(&folder, "b.js") else {
        panic!()
    };
    assert_eq!(nearest, ["lodash"]);
    assert_eq!(names(&folder, &files(&folder, "c.js")), ["c.js"]);
    let FileError::Unresolved { reason, .. } = refused(&folder, "d.js") else {
        panic!()
    };
    assert!(reason.contains("\"./fp\" is not exported"), "{reason}");
    for entry in ["f.mjs", "broken/a.js"] {
        let error = refused(&folder, entry).to_string();
        assert!(error.contains("package.json is no JSON"), "{error}");
    }
}

#[test]
fn a_changed_file_is_stale() {
    let folder = folder(&[("a.js", "require('./b')"), ("b.js", "1")]);
    let files = files(&folder, "a.js");
    write(folder.path(), "b.js", "12");
    let stale: Vec<_> = files
        .stamps
        .iter()
        .map(isolane_files::Stamp::is_stale)
        .collect();
    assert_eq!(stale, [false, true]);
    fs::remove_file(folder.path().join("a.js")).expect("it is there");
    assert!(files.stamps[0].is_stale());
}

#[test]
fn files_without_utf8_or_with_a_line_for_the_shell_are_read() {
    let folder = folder(&[("a.cjs", "#!/usr/bin/env node\nexports.a = 1")]);
    fs::write(folder.path().join("b.cjs"), b"exports.b = '\xff'").expect("it is written");
    assert_eq!(
        files(&folder, "a.cjs").modules[0].source,
        "///usr/bin/env node\nexports.a = 1"
    );
    assert_eq!(
        files(&folder, "b.cjs").modules[0].source,
        "exports.b = '\u{fffd}'"
    );
}

#[test]
fn deep_typescript_is_printed_or_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("a=>", ""),
        ("f(", ")"),
        ("`${", "}`"),
        ("<A>", ""),
        ("{a:", "}"),
    ] {
        for n in [8000 / open.len(), 100_000] {
            let source = format!("export const a = {}x{}", open.repeat(n), close.repeat(n));
            let folder = folder(&[("a.ts", &source)]);
            match read(&folder.path().join("a.ts")) {
                Ok(_) => assert!(n < 100_000, "{open}"),
                Err(FileError::Failed) => panic!("{open}"),
                Err(_) => {}
            }
        }
    }
}

/// What reads `a<` as types first would read each within the last twice.
#[test]
fn typescript_that_a_parser_would_read_again_and_again_is_refused_by_name() {
    let source = format!("export const a = {}1", "(b = c< ".repeat(40));
    let folder = folder(&[("a.ts", &source)]);
    match read(&folder.path().join("a.ts")) {
        Err(FileError::Syntax {
            message, position, ..
        }) => {
            assert!(message.contains("type arguments are nested"), "{message}");
            assert_eq!(position, Position { line: 1, column: 1 });
        }
        other => panic!("{:?}", other.err()),
    }
}
