//! Any text, with one of a few options: a check answers, in little memory, and places are of the text.
#![no_main]

#[path = "../support/memory.rs"]
mod memory;

use std::sync::LazyLock;

use isolane_check::{CheckOptions, check, estree};
use libfuzzer_sys::fuzz_target;

/// Every preset, engine, language and form; every rule, with limits that short texts reach.
const OPTIONS: &[&str] = &[
    r#"{}"#,
    r#"{"preset":"recommended-node"}"#,
    r#"{"preset":"strict","explain":true,"color":true}"#,
    r#"{"preset":"strict","engine":"node","language":"ts","explain":true}"#,
    r#"{"preset":"strict","language":"tsx","form":"module","maxDiagnostics":3}"#,
    r#"{"preset":"none","rules":{"complexity":[true,2],"max-functions":[true,1],"max-nesting":[true,2],
        "max-source-bytes":[true,90]},"form":"function","explain":true}"#,
    r#"{"preset":"none","rules":{"no-restricted-globals":[true,"fetch",{"name":"a","message":"no"}],
        "no-restricted-modules":[true,"fs",{"name":"b","message":"no"},"c/*"],
        "no-restricted-properties":[true,{"object":"a","property":"b"},{"property":"c"}],
        "no-restricted-syntax":[true,"Identifier[name=a]","ForStatement","CallExpression > Identifier"]}}"#,
    r#"{"preset":"strict","form":"commonjs","name":"a","modules":{"b":["@/a"],"c":["./b"]},
        "globals":{"a":"readonly","b":"writable","eval":"off"},
        "rules":{"no-module-syntax":true,"no-super-linear-regex":[true,{"unanchored":true}]}}"#,
    r#"{"preset":"strict","name":"a","modules":["b","c"],"allowSuppressions":false,"form":"module"}"#,
    r#"{"preset":"strict","custom":["mine"],"findings":[{"rule":"mine","severity":"error","start":2,
        "end":9,"message":"found"}]}"#,
];

static ALL: LazyLock<Vec<CheckOptions>> = LazyLock::new(|| {
    let read = |json: &&str| match CheckOptions::read(json) {
        Ok(options) => options,
        Err(fault) => panic!("{}: {}", fault.path, fault.message),
    };
    OPTIONS.iter().map(read).collect()
});

// The first byte picks the options, the others are the text.
fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else {
        return;
    };
    let options = &ALL[usize::from(*choice) % ALL.len()];
    // As Node makes a string of bytes.
    let text = String::from_utf8_lossy(bytes);
    let report = memory::bounded(text.len(), || check(&text, options));
    let length = text.encode_utf16().count();
    for it in &report.diagnostics {
        let place = &it.place;
        assert!(place.start <= place.end && place.end <= length);
        assert!(place.line >= 1 && place.column >= 1 && place.end_line >= place.line);
        assert!(!it.message.is_empty() && !it.message.contains(['\n', '\r']));
        assert!(!it.message.contains("could not be checked"));
    }
    assert!(report.errors + report.warnings >= report.diagnostics.len());
    let tree = memory::bounded(text.len(), || estree(&text, options));
    drop(tree);
});
