//! What is proven to be read-only, and what is not.

use isolane_check::{MAX_TEXT_BYTES, ReadOnly, read_only};

/// Texts that only write to what they made.
const PROVEN: &[&str] = &[
    "(x) => x + 1",
    "function (x) { return x.a.b[0] }",
    "double(x) { return x * 2 }",
    "async (x) => await x",
    "(room, i, { shared }) => shared.tags.filter((tag) => tag.rules.every((r) => room[r.field] === r.value))",
    "(room, i, { shared }) => shared.tags.filter((tag) => tag.ids.includes(room.id)).map(({ id }, pos) => ({ id, pos }))",
    "(x) => { const out = []; for (let i = 0; i < x.length; i++) out[i] = x[i] * 2; return out }",
    "(x) => { const out = []; for (const y of x) out.push(y); return out.sort((a, b) => a - b) }",
    "(x) => { const seen = new Set(); for (const y of x) seen.add(y.id); return seen.size }",
    "(x) => { const by = new Map(); for (const y of x) by.set(y.id, y); return [...by.values()] }",
    "(x) => { let n = 0; n += x.n; n++; return n }",
    "(x) => { const o = { n: 0 }; o.n += x.n; delete o.n; return o }",
    "(x) => [...x].sort()",
    "(x) => x.slice().reverse()",
    "(x) => x.filter(Boolean).map(String)",
    "(x) => x.toSorted((a, b) => a - b)",
    "(x) => Object.assign({}, x, { a: 1 })",
    "(x) => Object.keys(x).reduce((sum, key) => sum + x[key], 0)",
    "(x) => Math.max(...x.map(Math.abs))",
    "(x) => JSON.parse(JSON.stringify(x))",
    "(x) => /a+/g.test(x.name)",
    "(x) => { const re = /a/g; return x.name.replace(re, (m) => m.toUpperCase()) }",
    "(x) => { const match = (y) => y.id === x.id; function any(list) { return list.some(match) } return any(x.list) }",
    "(x) => { const f = new Float64Array(8); f[0] = x; f.fill(1); return f }",
    "(x) => { const counts = {}; for (const y of x) counts[y.k] = (counts[y.k] ?? 0) + 1; return counts }",
    "(() => { const cache = new Map(); return (x) => { if (!cache.has(x)) cache.set(x, x * 2); return cache.get(x) } })()",
    "(x) => { const { a, ...rest } = x; const [b] = rest.c; return { a, b } }",
    "(x, _, { log }) => { log.info('x', x); return x }",
    "(x) => { try { return x.a.trim() } catch { return 1 } finally { } }",
    "(x, _, { log }) => { log('x', x); return x }",
    "(x) => { const f = __name((y) => y * 2, 'f'); return f(x) }",
    "(x) => { const o = { list: [], n: 0 }; o.list.push(x); o.n++; return o }",
    "(x) => { const o = { list: [] }; if (x) o.list = []; o.list.push(x); const { list } = o; return list }",
    "(x) => { const out = []; for (const y of x) out[out.length] = { y, all: [] }; return out }",
    "(x) => x.reduce((by, y) => { by[y.k] = (by[y.k] ?? 0) + 1; return by }, {})",
    "(x) => x.reduce((by, y) => by.set(y.k, y), new Map())",
    "(x) => x.reduce((out, y) => (y.ok ? [...out, y] : out), [])",
    "(x) => x.reduceRight(function (out, y) { if (y.ok) { out.push(y) } return out }, [])",
    "(x) => { const format = new Intl.NumberFormat('de'); return format.format(x) }",
    "(x) => { const helper = { twice(y) { return y * 2 } }; return helper.twice(x) }",
    "(x) => { if (x === undefined || Number.isNaN(x)) throw new TypeError(`bad ${x}`); return x instanceof Map }",
    "(x) => { 'use strict'; { function half(y) { return y / 2 } return half(x) } }",
    "(x) => { function half(y) { return y / 2 } return x.map(half).map(Math.sqrt) }",
    "(x) => Math.PI * Math.SQRT1_2 * Math.hypot(x.a, x.b)",
    "(x) => x.name.replace(/a/, 'b').replaceAll('c', (m) => m + m).split(',', 3)",
    "(x) => ({ id: x.id, size: x.size, keys: x.keys, raw: x.raw })",
    "(x) => ({ id: x.id, toJSON() { return 1 }, toString: () => 'a' })",
    "(x) => ({ ...x.tags[x.key], a: x.values[x.k] })",
];

/// Texts that write, or may. Each stands for a way.
const UNPROVEN: &[&str] = &[
    // Plain writes.
    "(x) => { x.a = 1 }",
    "(x) => { x.a++ }",
    "(x) => { x.list[0].b ??= 1 }",
    "(x) => { delete x.a }",
    "(x) => { delete x?.a }",
    "(x, i, { shared }) => { shared.tags.push(x) }",
    "(x, i, { shared: { tags } }) => { tags.sort() }",
    "(x) => { [x.a] = [1] }",
    "(x) => { ({ b: x.a } = { b: 1 }) }",
    "(x) => { ({ b: x.a = 2 } = {}) }",
    "(x) => { [...x.a] = [1] }",
    "(x) => { for (x.a of [1]); }",
    "(x) => { for (x.a in { b: 1 }); }",
    // Aliases.
    "(x) => { const y = x; y.a = 1 }",
    "(x) => { let y = {}; y = x; y.a = 1 }",
    "(x) => { let y = []; y ||= x; y.push(1) }",
    "(x) => { let y = {}; [y] = [x]; y.a = 1 }",
    "(x) => { let y = {}; ({ y } = x); y.a = 1 }",
    "(x) => { for (const y of x) y.a = 1 }",
    "(x) => { let y = {}; for (y of x) y.a = 1 }",
    "(x) => { var y = {}; for (var y of x) y.a = 1 }",
    "(x) => { const o = { x }; o.x.a = 1 }",
    "(x) => { const o = [x]; o[0].a = 1 }",
    "(x) => { const y = x ?? {}; y.a = 1 }",
    "(x) => { const y = x.a ? {} : x; y.a = 1 }",
    "(x) => { x.list.forEach((y) => { y.a = 1 }) }",
    "(x) => { x.list.forEach((y, i, list) => { list[i] = 1 }) }",
    "(x) => { try { throw x } catch (y) { y.a = 1 } }",
    "(x) => { const f = (y = x) => { y.a = 1 }; f() }",
    "(x) => { const y = new Object(x); y.a = 1 }",
    "(x) => { const y = new Uint8Array(x.buffer); y[0] = 1 }",
    "(x) => { const y = x.bytes.subarray(1); y[0] = 1 }",
    "(x) => { const y = Object.assign(x, {}); y.a = 1 }",
    "(x) => { const y = x.list.find(() => true); y.a = 1 }",
    // Built-ins that write, by other ways.
    "(x) => Object.assign(x, { a: 1 })",
    "(x) => Object.freeze(x)",
    "(x) => Object.assign(...[x, { a: 1 }])",
    "(x) => Object.defineProperty(x, 'a', { value: 1 })",
    "(x) => Reflect.set(x, 'a', 1)",
    "(x) => Reflect.apply(Array.prototype.push, x, [1])",
    "(x) => Array.prototype.push.call(x, 1)",
    "(x) => [].push.apply(x, [1])",
    "(x) => x.list.push.bind(x.list)(1)",
    "(x) => { const { push } = []; push.call(x, 1) }",
    "(x) => x['push'](1)",
    "(x) => x['pu' + 'sh'](1)",
    "(x) => (0, x.push)(1)",
    "(x) => [1].forEach(x.out.push, x.out)",
    "(x) => [1].forEach(function (y) { this.a = y }, x)",
    "(x) => x.re.test('a')",
    "(x) => 'aa'.replace(x.re, 'b')",
    "(x) => 'aa'.match(x.re)",
    "(x) => x.date.setTime(0)",
    "(x) => structuredClone(x, { transfer: [x.buffer] })",
    "(x) => structuredClone(...[x, { transfer: [x.buffer] }])",
    "(x) => JSON.stringify(x, x.f)",
    "(x) => JSON.parse(...['{}', x.f])",
    "(x) => Array.from(x, x.f)",
    "(x) => Array.from(...[x, x.f])",
    "(x) => Atomics.store(x, 0, 1)",
    "(x) => crypto.getRandomValues(x)",
    "(x) => new Proxy(x, {})",
    "(x) => x.buffer.transfer()",
    // Code that cannot be seen.
    "(x) => eval('x.a = 1')",
    "(x) => new Function('x', 'x.a = 1')(x)",
    "(x) => Function('x', 'x.a = 1')(x)",
    "(x) => (() => {}).constructor('x', 'x.a = 1')(x)",
    "(x) => { const f = x['constructor']['constructor']; f('x')() }",
    "(x) => { const k = 'constr' + 'uctor'; const f = x[k][k]; f('x')() }",
    "(x) => { const k = 'constr' + 'uctor'; const o = {}; o['con' + 'cat'] = ({})[k]['ass' + 'ign']; o.concat(x, { a: 1 }) }",
    "(x) => { const k = 'constr' + 'uctor'; const o = { concat: ({})[k]['ass' + 'ign'] }; o.concat(x, { a: 1 }) }",
    "(x) => { const k = 'constr' + 'uctor'; const o = {}; [o.concat] = [({})[k]['ass' + 'ign']]; o.concat(x, { a: 1 }) }",
    "(x) => { const o = { get concat() { return x.f } }; o.concat(x, { a: 1 }) }",
    "(x) => { const o = { slice() { return x } }; const y = o.slice(); y.a = 1 }",
    "(x) => { const o = { ['sli' + 'ce']: () => x }; const y = o.slice(); y.a = 1 }",
    "(x) => x.set.difference({ size: 1, has: x.f, keys: x.g })",
    "(x) => x.f(x)",
    "(f, x) => f(x)",
    "(x) => x.f`a`",
    "(x) => new x.C(x)",
    "(x) => import('a')",
    "(x) => { with (x) { a = 1 } }",
    "(x) => { a = x }",
    "(x) => { Array = x }",
    "(x) => { globalThis.a = x }",
    "(x) => { Array.prototype.map = x }",
    "(x) => { const o = { __proto__: x }; o.a = 1 }",
    "function (x) { arguments[0].a = 1 }",
    "function (x) { this.a = 1 }",
    "(x) => require('fs')",
    "(x) => process.exit()",
    "class A { constructor(x) { x.a = 1 } }",
    "(x) => { class A extends x.B {} ; return new A(x) }",
    // Properties of what the text has made.
    "(x) => { const o = { list: x }; o.list.push(1) }",
    "(x) => { const o = { list: [] }; o.list = x; o.list.push(1) }",
    "(x) => { const o = { list: [] }; [o.list] = [x]; o.list.push(1) }",
    "(x) => { const o = { list: [] }; ({ a: o.list } = { a: x }); o.list.push(1) }",
    "(x) => { const o = { list: [] }; for (o.list of [x]) o.list.push(1) }",
    "(x) => { const o = { list: [] }; const p = o; p.list = x; o.list.push(1) }",
    "(x) => { const o = { list: [] }; const set = (p) => { p.list ??= x }; set(o); o.list.push(1) }",
    "(x) => { const o = { list: [] }; o['list'] = x; o.list.push(1) }",
    "(x) => { const o = { list: [] }; o['li' + 'st'] = x; o.list.push(1) }",
    "(x) => { const o = { list: [] }; o[x.k] = [x.list][0]; o.list.push(1) }",
    "(x) => { const o = { list: [] }; Object.assign(o, x); o.list.push(1) }",
    "(x) => { const o = { list: [], ...x }; o.list.push(1) }",
    "(x) => { const o = { get list() { return x } }; o.list.push(1) }",
    "(x) => { let o = { list: [] }; o = x; o.list.push(1) }",
    "(x) => { const o = {}; o.toString.a = 1 }",
    "(x) => { const o = { a: { b: x } }; o.a.b.push(1) }",
    "(x) => { const o = { __proto__: x, list: [] }; delete o.list; o.list.push(1) }",
    "(x) => { const o = {}; o[x.length] = () => x; const y = o.slice(); y.push(1) }",
    "(x) => { const y = new Uint8Array(x.length); y[0] = 1 }",
    // What `reduce` hands on.
    "(x) => x.reduce((out, y) => { out.push(y); return out }, x.out)",
    "(x) => x.reduce((out, y) => { out.push(y); return out })",
    "(x) => x.reduce((out, y) => { out.push(1); return y }, [])",
    "(x) => x.reduce((out, y) => { out.push(1); return y.ok ? out : y }, [])",
    "(x) => x.reduce((out, y) => { out = y; out.push(1); return out }, [])",
    "(x) => x.reduce((out, y) => { y.push(1); return out }, [])",
    "(x) => x.reduce(function self(out, y) { out.push(1); if (y) self(y, 0); return out }, [])",
    "(x) => { const o = { reduce(f) { return f(x, 1) } }; o.reduce((out) => { out.push(1); return out }, []) }",
    "(x) => x.reduce(function (out, out) { out.push(1); return out }, [])",
    "(x) => { const f = (out) => { out.push(1); return out }; f(x); x.reduce(f, []) }",
    // Other functions under the name of the context's.
    "(x, _, { log = x.f }) => log(x)",
    "(x) => { const o = { log: x.f }; const { log } = o; log(x) }",
    "(x) => { const { log: f } = x; let g = f; g = x.g; g(x) }",
    "(x) => { const f = __name(x.f, 'f'); f(x) }",
    // What only one of the modes, or of the readers of a text, takes for code.
    "(x) => { if (x) function setTimeout() {} setTimeout(x) }",
    "(x) => { a: function setTimeout() {} setTimeout(x) }",
    "(x) => { { function setTimeout() {} } setTimeout(x) }",
    "(x) => { let n = 1; const y = n <!--n\n ? [] : x; y.push(1) }",
    "(x) => { let n = 1\n--> x.f() \n }",
    // What looks like a function of `Math`, and is inherited.
    "(x) => { const m = Math.valueOf(); m.id = (y) => y; Math.id(x).a = 1 }",
    "(x) => { Math.valueOf().random = () => x }",
    "(x) => { const m = [0].map(Math.valueOf) }",
    "(x) => { Math.random().toString(x).push(1); Math.hasOwnProperty(x).a = 1 }",
    "(x) => { JSON.valueOf().parse = () => x }",
    "(x) => { Object.valueOf().keys = () => x }",
    "(x) => { Number.valueOf().isNaN = () => x }",
    "(x) => { const o = {}; o[Math.toString()] = x; o.concat(1) }",
    // Functions that built-ins call by their names.
    "(x) => { const re = /a/; re.exec = () => x.list; 'a'.match(re).push(1) }",
    "(x) => { const re = Object.assign(/a/, { exec() { return x } }); 'a'.match(re).push(1) }",
    "(x) => { const re = /a/; re['exec'] = () => x; return 'a'.match(re) }",
    "(x) => JSON.stringify({ a: { toJSON: [].at['const' + 'ructor'] } })",
    "(x) => JSON.stringify({ a: { toJSON: x.f } })",
    "(x) => { let got; JSON.stringify(x, (k, v) => { got = v; return v }); return +{ valueOf: got, x } }",
    "(x) => `${{ toString: x.f, x }}`",
    "async (x) => await { then: x.f, x }",
    "(x) => { const o = { next: x.f, x, [Symbol.iterator]() { return o } }; return [...o] }",
    "(x) => { const it = [1].values(); it.next = x.f; return [...it] }",
    "(x) => { const a = [1]; a.join = x.f; return `${a}` }",
    "(x) => { const d = new Date(); d.toISOString = x.f; return JSON.stringify(d) }",
    "(x) => +{ [Symbol.toPrimitive]: x.f, x }",
    "(x) => [].at['const' + 'ructor']",
    "(x) => { const k = 'constr' + 'uctor'; return ''.trim[k] }",
    "(x) => 'a = 1'.replace(/.*/, x.f)",
    "function (x) { return 'a = 1'.replace(/.*/, this.eval) }",
    "function (x) { const { eval: f } = this; return f }",
    // A name that is not the same variable for all readers.
    "function (x) { var q = 010; var d = []; { function d() { return x.list } } const o = { concat: d }; o.concat().push(1) }",
    "function (x) { var d = []; { function d() { return x.list } } const o = { concat: d }; o.concat().push(1) }",
    "function (x) { const g = []; function inner() { switch (1) { case 1: function g() { return x.list } } const o = { slice: g }; o.slice().push(1) } inner() }",
    "(x) => 010",
    "(x) => { delete x }",
    "(x) => { delete parseInt; return 1 }",
    "function (x) { with (x) return a }",
    "function (x) { arguments[0] = x.a; x.b = 1 }",
    "function (x) { const y = {}; (function (z) { arguments[0] = x; z.a = 1 })(y) }",
    "function (x) { var y = []; y.f = function (z, z) { z.a = 1 }; y.f([], x) }",
    "function f(x) { const all = f.arguments; all[0].a = 1 }",
    "function f(x) { const name = 'argu' + 'ments'; const all = f[name]; all[0].a = 1 }",
    "function (x) { const f = function () { return this }; f().a = 1 }",
    "function (x) { const o = { slice: '\\143' }; o['\\143oncat'] = x.f; o.concat(x) }",
    "function (x) { var let = 1; let\n[x.a] = [1] }",
    "function (x) { for (var y = x in {}); y.a = 1 }",
    "function (x) { switch (1) { case 1: function parseInt() { return x } } parseInt().a = 1 }",
    "(x) => { const it = [1].keys(); Object.assign(it, x); const o = {}; o[it.length] = () => x.list; o.slice().push(1) }",
    // No function.
    "(x) => {",
    "",
    "(x) => 1) + (2",
];

#[test]
fn functions_that_write_to_their_own_only_are_proven() {
    for text in PROVEN {
        assert_eq!(read_only(text), ReadOnly::Proven, "{text}");
    }
}

#[test]
fn functions_that_may_write_to_others_are_not() {
    for text in UNPROVEN {
        assert_ne!(read_only(text), ReadOnly::Proven, "{text}");
    }
}

#[test]
fn a_finding_says_where_it_is() {
    let ReadOnly::Unproven(findings) =
        read_only("(room) => {\n  const é = '😀'; room.seen = true\n}")
    else {
        panic!("it writes")
    };
    let [finding] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert_eq!((finding.start.line, finding.start.column), (2, 19));
    assert_eq!(
        finding.message,
        "`room` may not be the function's own: this writes to it"
    );
}

#[test]
fn at_most_eight_are_told_in_the_order_of_the_text() {
    let text = format!("(x) => {{ {} }}", "x.a = 1; ".repeat(20));
    let ReadOnly::Unproven(findings) = read_only(&text) else {
        panic!("it writes")
    };
    assert_eq!(findings.len(), 8);
    assert!(findings.is_sorted_by_key(|it| it.bytes.0));
}

#[test]
fn the_deepest_texts_of_each_shape_are_answered() {
    let shapes = [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("f(", ")"),
        ("!", ""),
        ("-", ""),
        ("- ", ""),
        ("new ", ""),
        ("a=>", ""),
        ("a?b:", ""),
        ("a?", ":b"),
        ("a**", ""),
        ("a+", ""),
        ("a.b", ""),
        ("a,", ""),
        ("a||", ""),
        ("a??", ""),
        ("`${", "}`"),
        ("if(1)", ""),
        ("for(;;)", ""),
        ("if(1);else ", ""),
        ("function a(){", "}"),
        ("class a{b=", "}"),
        ("a=", ""),
        ("[a=", "]"),
        ("a[", "]"),
        ("a(b", ")"),
        ("{", "}"),
        ("await ", ""),
        ("yield ", ""),
        ("...", ""),
        ("a?.", ""),
        ("async a=>", ""),
        ("typeof ", ""),
        ("x:", ""),
        ("while(1)", ""),
        ("do ", "while(1)"),
        ("try{", "}finally{}"),
        ("switch(1){default:", "}"),
        ("(a,", ")"),
        ("/(?:", ")/"),
        ("a`${", "}`"),
    ];
    for (open, close) in shapes {
        for (before, after) in [("", ""), ("async function*(){", "}")] {
            let room = MAX_TEXT_BYTES - before.len() - after.len() - 1;
            let depth = room / (open.len() + close.len());
            let text = format!(
                "{before}{}a{}{after}",
                open.repeat(depth),
                close.repeat(depth)
            );
            let _ = read_only(&text);
            // Without an end, too.
            let _ = read_only(&format!("{before}{}", open.repeat(room / open.len())));
        }
    }
}

#[test]
fn a_text_that_is_too_long_says_so() {
    let ReadOnly::Unproven(findings) = read_only(&" ".repeat(MAX_TEXT_BYTES + 1)) else {
        panic!()
    };
    assert!(findings[0].message.contains("64 KiB"), "{findings:?}");
}
