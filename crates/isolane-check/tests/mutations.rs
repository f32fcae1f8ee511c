//! Real texts, with something done to them: whatever comes, a check answers, and places are of the
//! text. `ISOLANE_MUTATIONS` says how many are tried, `ISOLANE_SEED` which.

use std::{env, fs, path::Path};

use isolane_check::{CheckOptions, check, estree};

/// Numbers that are the same for the same seed: xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }

    fn border(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// Pieces at which texts break.
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "/*",
    "*/",
    "//",
    "\\",
    "\n",
    "\r",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "😀",
    "é",
    "=>",
    "async ",
    "await ",
    "yield ",
    "function ",
    "class ",
    "=",
    "...",
    "?.",
    "#x",
    "@d ",
    "<",
    ">",
    ": any",
    "import ",
    "export ",
    "let ",
    "new.target",
    "super",
    "this",
    "arguments",
    "eval",
    "with(a)",
    "label:",
    "break label;",
    "continue;",
    "return ",
    "shared",
    "require(",
    "`a${b}`",
    "/(a+)+$/",
    "\\u{61}",
    "0n",
    "1e",
    "#!",
    "<!--",
    "-->",
    "// isolane-disable-next-line no-eval\n",
    "'use strict';",
    "throw ",
    "try{",
    "}catch{",
    "enum E{",
];

fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../npm/isolane/src");
    let mut texts = vec![
        "(room, i, { shared }) => shared.rates[room.id] ?? { ...room, /* é */ n: `${i}😀` }"
            .to_owned(),
        "async method(a, { b = 1, ...c }) { for await (const d of a) yield* d }".to_owned(),
        "'use strict'\nmodule.exports = function* (a) { label: for (;;) { break label } }"
            .to_owned(),
    ];
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)
            .expect("the sources are there")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "ts") {
                texts.extend(fs::read_to_string(path));
            }
        }
    }
    texts.sort();
    texts
}

fn mutate(text: &mut String, others: &[String], numbers: &mut Numbers) {
    let at = numbers.border(text);
    match numbers.below(6) {
        0 => text.insert_str(at, PIECES[numbers.below(PIECES.len())]),
        1 => {
            let end = text.len().min(at + numbers.below(40));
            let end = (end..=text.len())
                .find(|it| text.is_char_boundary(*it))
                .unwrap_or(at);
            text.replace_range(at..end, "");
        }
        2 => text.truncate(at),
        3 => {
            let piece = PIECES[numbers.below(PIECES.len())].repeat(numbers.below(300));
            text.insert_str(at, &piece);
        }
        4 => {
            let other = &others[numbers.below(others.len())];
            let (one, two) = (numbers.border(other), numbers.border(other));
            let piece = &other[one.min(two)..one.max(two)];
            if piece.len() < 4000 {
                text.insert_str(at, piece);
            }
        }
        _ => {
            let end = numbers.border(text);
            let (start, end) = (at.min(end), at.max(end));
            if end - start < 2000 {
                let piece = text[start..end].to_owned();
                let to = numbers.border(text);
                text.insert_str(to, &piece);
            }
        }
    }
}

#[test]
fn texts_that_are_nearly_right_are_answered() {
    let number = |name: &str, default| {
        let given = env::var(name).ok().and_then(|it| it.parse().ok());
        given.unwrap_or(default)
    };
    let seed = number("ISOLANE_SEED", 0x9e37_79b9_7f4a_7c15);
    let mut numbers = Numbers(seed.max(1));
    let texts = corpus();
    let read = |json: &str| CheckOptions::read(json).expect("the options are right");
    let all = [
        read(
            r#"{"preset":"strict","explain":true,"language":"ts","name":"a","modules":{"b":["@/a"]}}"#,
        ),
        read(
            r#"{"preset":"strict","engine":"node","rules":{"complexity":true,"max-functions":true}}"#,
        ),
        read(
            r#"{"preset":"none","rules":{"no-restricted-syntax":["warn","Identifier[name=a]"]},"form":"function"}"#,
        ),
    ];
    for _ in 0..number("ISOLANE_MUTATIONS", 300) {
        let mut text = texts[numbers.below(texts.len())].clone();
        if text.len() > 3000 {
            let (one, two) = (numbers.border(&text), numbers.border(&text));
            text = text[one.min(two)..one.max(two)].to_owned();
        }
        for _ in 0..=numbers.below(8) {
            mutate(&mut text, &texts, &mut numbers);
        }
        let options = &all[numbers.below(all.len())];
        let report = check(&text, options);
        let length = text.encode_utf16().count();
        for it in &report.diagnostics {
            let place = &it.place;
            assert!(
                place.start <= place.end && place.end <= length,
                "{seed} {text}"
            );
            assert!(
                !it.message.contains("could not be checked"),
                "{seed} {text}"
            );
        }
        let _ = estree(&text, options);
    }
}
