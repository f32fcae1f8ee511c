//! How deep a text may nest, found without parsing it.
//!
//! The parser recurses for open brackets, and for what is chained without any: `!!x`, `a => b => c`,
//! `a ? b : c ? d : e`, `if (a) if (b)`, `else if`, `f()()`. Each level takes at least one token.
//! So the tokens since the last end of a statement, or the last comma, summed up over all open
//! brackets, are a bound, and none that usual programs come near.
//!
//! To find tokens one must tell a regular expression from a division, which only a parser can. Where
//! both are possible both are read on, in step. As soon as two readers are at the same
//! they become one that counts the more of both, so that there are never more than a few.

use crate::reader::Reader;

/// The levels that a text may nest to be parsed: at a level per byte the longest text of which
/// nothing needs to be known.
pub const MAX_NESTING: usize = 64 * 1024;

/// Tokens that a parser may read again within guesses within one another; it takes a hundred bytes and more
/// for each.
const MAX_GUESSES: usize = 1 << 18;

/// More ways to read a text at one place than there are in any text that makes sense.
const MAX_READERS: usize = 32;

/// Whether a text may nest deeper than [`MAX_NESTING`]. It may be wrong only where it says so.
#[must_use]
pub fn nests_too_deep(text: &str) -> bool {
    text.len() > MAX_NESTING && Bounds::of(text).depth > MAX_NESTING
}

/// What is said of a text that [is read too often](Bounds::guesses_too_often).
pub const TOO_MANY_GUESSES: &str =
    "Comparisons and type arguments are nested too deep within one another";

/// What a text has at most of what makes parsers slow.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// No place of the text is deeper.
    pub depth: usize,
    /// No more tokens are read again by a parser of TypeScript.
    guesses: usize,
    /// The depths of all words, summed up: what looks from each for what is around it takes such time.
    pub weight: usize,
}

impl Bounds {
    /// Of nothing that could be read.
    const UNKNOWN: Self = Self {
        depth: usize::MAX,
        guesses: usize::MAX,
        weight: usize::MAX,
    };

    /// Those of a text. They may be too high only where it says so.
    #[must_use]
    pub fn of(text: &str) -> Self {
        bound(text.as_bytes())
    }

    /// Whether a parser of TypeScript may take too long for the text, and too much memory.
    ///
    /// Behind `a<` it reads types, and what fails as types it reads once more as a comparison. Types have
    /// expressions in them, such as `(b = c<…` and ``[`${…`` , so each such level within the last makes it
    /// two or three readings of the same text. It may be wrong only where it says so.
    #[must_use]
    pub fn guesses_too_often(&self) -> bool {
        self.guesses > MAX_GUESSES
    }
}

fn bound(text: &[u8]) -> Bounds {
    let mut readers = vec![Reader::new()];
    let mut others = Vec::new();
    let mut deepest = 0;
    for at in 0..text.len() {
        for reader in &mut readers {
            others.extend(reader.read(text, at));
            deepest = deepest.max(reader.depth());
        }
        if readers.len() > 1 || !others.is_empty() {
            readers.append(&mut others);
            meet(&mut readers);
            if readers.len() > MAX_READERS {
                return Bounds::UNKNOWN;
            }
        }
    }
    let most = |of: fn(&Reader) -> usize| readers.iter().map(of).max().unwrap_or_default();
    Bounds {
        depth: deepest,
        guesses: most(|it| it.guesses),
        weight: most(|it| it.weight),
    }
}

/// Makes one of those that go on alike.
fn meet(readers: &mut Vec<Reader>) {
    let mut at = 0;
    while at < readers.len() {
        let mut next = at + 1;
        while next < readers.len() {
            if readers[at].meets(&readers[next]) {
                let other = readers.swap_remove(next);
                readers[at].merge(other);
            } else {
                next += 1;
            }
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> usize {
        Bounds::of(text).depth
    }

    fn guesses_too_often(text: &str) -> bool {
        Bounds::of(text).guesses_too_often()
    }

    #[test]
    fn words_weigh_what_they_are_deep() {
        let weight = |text: &str| Bounds::of(text).weight;
        let flat = weight(&"if (a) { b; }".repeat(1000));
        assert!((2000..10_000).contains(&flat), "{flat}");
        let deep = weight(&format!(
            "{}{}{}",
            "{".repeat(500),
            "a;".repeat(1000),
            "}".repeat(500)
        ));
        assert!((500_000..2_000_000).contains(&deep), "{deep}");
        let chain = weight(&"x + ".repeat(1000));
        assert!(chain < 2_000_000, "{chain}");
    }

    /// What nests `n` levels with `n` copies of a piece.
    const NESTING: &[(&str, &str)] = &[
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("x={a:", "}"),
        ("f(", ")"),
        ("!", ""),
        ("-", ""),
        ("new ", ""),
        ("typeof ", ""),
        ("a=>", ""),
        ("async a=>", ""),
        ("a?b:", ""),
        ("a?", ":b"),
        ("a**", ""),
        ("a+", ""),
        ("`${", "}`"),
        ("if(1)", ""),
        ("if(1);else ", ""),
        ("if(1){}else ", ""),
        ("for(;;)", ""),
        ("while(1)", ""),
        ("do ", ""),
        ("x:", ""),
        ("a.", ""),
        ("a=", ""),
        ("{", "}"),
        ("()=>{", "}"),
        ("function f(){", "}"),
        ("class A{[", "]}"),
        ("try{}catch{", "}"),
        ("switch(1){case 1:", "}"),
        ("/`/.test(", ")"),
        ("if(1)/[`\"]/.test(", ")"),
        ("{}/'/.test(", ")"),
        ("a++/'/+(", ")"),
        ("<!-- `\n(", ")"),
        ("a\n--> '`\n(", ")"),
        ("\\u0061/b`/+(", ")"),
        ("return/`/.x(", ")"),
        ("return\u{a0}/`/.x(", ")"),
        ("// \u{2028}(", ")"),
        ("if(1)a,b;else ", ""),
        ("if(1)do x;while(1);else ", ""),
        ("if(1){}\u{a0}else ", ""),
        ("if\u{a0}(1)/`/.test(", ")"),
        ("A<B,A<", ">"),
        ("!function\nf(){", "}"),
        ("x\nof\n-", ""),
        ("if(1)x\nelse ", ""),
    ];

    #[test]
    fn no_shape_nests_deeper_than_the_bound() {
        let n = 500;
        for (open, close) in NESTING {
            let text = format!("{}x{}", open.repeat(n), close.repeat(n));
            assert!(of(&text) >= n, "{open}: {}", of(&text));
        }
    }

    #[test]
    fn chains_behind_an_operand_count_as_well() {
        for link in ["()", "[0]", ".a", "?.a", "``", "+1", "=1", "!", ",!a()()"] {
            let chain = format!("x{}", link.repeat(500));
            let least = if link.starts_with(',') { 4 } else { 500 };
            assert!(of(&chain) >= least, "{link}: {}", of(&chain));
        }
    }

    #[test]
    fn what_stands_one_after_the_other_does_not_add_up() {
        for piece in [
            "f(a, b);\n",
            "function f() { return 1 }\n",
            "class A { a() { return [1] } b() {} }\n",
            "const o = { a: 1, b: '((((', c: /[(]/g }; // ((((\n",
            "/* (((( */ g(`((((${a}((((`);\n",
            "if (a) { b } else if (c) { d } else { e }\nx = 1;\n",
            "x = a / b / (c); y = (a) / (b);\n",
            "const a = b.c(d)\nlet e = [f]\n// g\nh(i)\n",
            "for (;;) { b } for (const x of y) { z }\n",
        ] {
            let once = of(piece);
            let often = of(&piece.repeat(1000));
            assert!(often < once + 40, "{piece}: {once}, then {often}");
        }
    }

    #[test]
    fn long_lists_do_not_add_up() {
        let list = format!("[{}]", "{ a: -1, b: [2] },".repeat(10_000));
        assert!(of(&list) < 100, "{}", of(&list));
    }

    #[test]
    fn guesses_within_one_another_are_found() {
        for piece in [
            "(i=l< ",
            "l<(i=",
            "l<{[",
            "l<[i<(a=",
            "async<(i=",
            "f<(i=l(",
            "new A<(i=",
            "(a,b=l<",
            "function f(a=l<(b=",
            "a<`${(i=",
        ] {
            assert!(guesses_too_often(&piece.repeat(10)), "{piece}");
            assert!(
                guesses_too_often(&format!("{}{piece}", piece.repeat(3)).repeat(9)),
                "{piece}"
            );
            assert!(!guesses_too_often(&piece.repeat(3)), "{piece}");
        }
        let often = format!("{};", "l<(i=".repeat(6)).repeat(10_000);
        assert!(guesses_too_often(&often));
        for piece in ["a<", "a<b\\", "a<b<", "new a<"] {
            assert!(guesses_too_often(&piece.repeat(2000)), "{piece}");
            assert!(!guesses_too_often(&piece.repeat(100)), "{piece}");
        }
    }

    #[test]
    fn usual_types_and_comparisons_are_not_found() {
        for piece in [
            "for (let i = 0; i < n; i++) { if (a < b && (c < d || [e].length < f)) { g(h<I>(j)) } }\n",
            "type A<T> = { [K in keyof T]: Promise<Map<string, (a: Set<T[K]>) => void>> }\n",
            "const a = b<c>(d, (e: F<G>) => { return <T>(h: T) => ({ i: h < j ? k : l<M>() }) })\n",
            "const a = b < 1 ? 1 : b < 2 ? 2 : b < 3 ? 3 : b < 4 ? 4 : b < 5 ? 5 : b < 6 ? 6 : b < 7 ? 7 : 8\n;",
        ] {
            assert!(!guesses_too_often(&piece.repeat(5000)), "{piece}");
        }
    }

    #[test]
    fn short_texts_are_not_even_read() {
        assert!(!nests_too_deep(&"(".repeat(MAX_NESTING)));
        assert!(nests_too_deep(&"(".repeat(MAX_NESTING + 1)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in r"(\PC|[\\/'`\x22(){}\[\]<>!\-\n;,]|\$\{|else |in ){0,200}") {
            of(&text);
        }
    }
}
