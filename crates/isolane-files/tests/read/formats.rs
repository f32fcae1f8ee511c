//! What a file holds, by its name, its package and its text.

use std::path::Path;

use isolane_files::read;
use isolane_modules::Format;

use super::{files, folder, module, refused};

#[test]
fn formats_are_those_of_names_packages_and_texts() {
    let folder = folder(&[
        (
            "main.cjs",
            "require('./a.js'); require('./esm/b.js'); require('./c.mjs'); require('./cjs/d.js'); require('./e'); require('mixed'); require('untyped')",
        ),
        ("a.js", "export {}"),
        ("e.js", "(x) => x"),
        ("esm/package.json", "{ \"type\": \"module\" }"),
        ("esm/b.js", "1"),
        ("c.mjs", "1"),
        ("cjs/package.json", "{ \"type\": \"commonjs\" }"),
        ("cjs/d.js", "1"),
        (
            "node_modules/mixed/package.json",
            "{ \"type\": \"commonjs\", \"exports\": \"./esm/x.js\" }",
        ),
        (
            "node_modules/mixed/esm/package.json",
            "{ \"type\": \"module\" }",
        ),
        ("node_modules/mixed/esm/x.js", "1"),
        (
            "node_modules/untyped/package.json",
            "{ \"type\": \"module\", \"main\": \"./old/x.js\" }",
        ),
        ("node_modules/untyped/old/package.json", "{}"),
        ("node_modules/untyped/old/x.js", "exports.a = 1"),
    ]);
    let files = files(&folder, "main.cjs");
    for (name, format) in [
        ("main.cjs", Format::CommonJs),
        ("a.js", Format::Esm),
        ("esm/b.js", Format::Esm),
        ("c.mjs", Format::Esm),
        ("cjs/d.js", Format::CommonJs),
        ("e.js", Format::CommonJs),
        ("node_modules/mixed/esm/x.js", Format::Esm),
        ("node_modules/untyped/old/x.js", Format::CommonJs),
    ] {
        assert_eq!(module(&folder, &files, name).format, Some(format), "{name}");
    }
}

#[test]
fn what_is_no_module_is_refused() {
    let folder = folder(&[
        ("folder/index.js", ""),
        ("a.tsx", ""),
        ("a.d.ts", ""),
        ("a.node", ""),
        ("syntax.ts", "\nconst a: = 1"),
        ("decorated.ts", "\nexport class A { @b() c() {} }"),
        ("syntax.js", "\nconst a = ;"),
        ("json.json", "{"),
    ]);
    for (entry, text) in [
        ("none.js", "does not exist"),
        ("syntax.js/none.js", "does not exist"),
        ("folder", "is a folder"),
        ("a.tsx", "has JSX"),
        ("a.d.ts", "has only declarations"),
        ("a.node", "is native code"),
        ("syntax.ts", "(line 2, column 10 of "),
        (
            "decorated.ts",
            "Decorators are to be compiled to JavaScript first (line 2, column 18 of ",
        ),
        ("syntax.js", "(line 2, column 11 of "),
        ("json.json", "is no JSON"),
    ] {
        let error = refused(&folder, entry).to_string();
        assert!(error.contains(text), "{entry}: {error}");
    }
    #[cfg(unix)]
    {
        let error = read(Path::new("/dev/null"))
            .expect_err("no file")
            .to_string();
        assert!(
            error.contains("/dev/null is no file that holds text"),
            "{error}"
        );
    }
}
