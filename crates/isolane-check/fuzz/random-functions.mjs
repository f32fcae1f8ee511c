/**
 * Texts of functions that read, copy and change data in many ways, by a seed. Most of them are of
 * the kinds that the proof of `isolane-check` has to tell apart: aliases of what is given, copies,
 * built-ins that are found by computed names, properties that shadow built-ins.
 */

const reading = [
  'slice',
  'concat',
  'join',
  'includes',
  'at',
  'keys',
  'values',
  'entries',
  'flat',
  'toReversed',
  'get',
  'has',
  'toString',
  'valueOf',
  'trim',
  'split',
  'subarray',
  'with',
  'union',
  'difference',
  'match',
  'replace',
  'toJSON',
  'indexOf',
  'toSpliced',
]
const calling = [
  'map',
  'filter',
  'forEach',
  'some',
  'every',
  'find',
  'flatMap',
  'findLast',
  'reduce',
  'sort',
  'toSorted',
]
const mutating = [
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'copyWithin',
  'set',
  'add',
  'delete',
  'clear',
  'setTime',
  'exec',
  'test',
  'setDate',
]
const keys = [
  'list',
  'map',
  'set',
  'date',
  're',
  'bytes',
  'buffer',
  'a',
  'b',
  'deep',
  'name',
  'length',
  'size',
  'slice',
  'concat',
  'push',
]
const statics = [
  'Object.assign',
  'Object.freeze',
  'Object.keys',
  'Object.values',
  'Object.entries',
  'Object.seal',
  'Object.create',
  'Array.from',
  'Array.of',
  'JSON.stringify',
  'JSON.parse',
  'structuredClone',
  'Object.groupBy',
  'Math.max',
  'Reflect.set',
  'Object.defineProperty',
  'Object.setPrototypeOf',
  'Object.fromEntries',
  'Map.groupBy',
  'String.raw',
  'Boolean',
  'Number',
  'String',
  'Object',
]
const classes = [
  'Map',
  'Set',
  'Array',
  'Uint8Array',
  'Float64Array',
  'DataView',
  'Date',
  'RegExp',
  'Error',
  'Object',
  'WeakMap',
  'Proxy',
  'Function',
  'Intl.NumberFormat',
]

/** A generator of numbers below one (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Ways from a value to itself, to a copy of it, or to one of the two. */
const ways = [
  'V',
  '(V ?? [])',
  '([] ?? V)',
  '(V || {})',
  '(V && V)',
  '(i ? [] : V)',
  '(i ? V : V)',
  '(i, V)',
  '[...V]',
  '({ ...V })',
  '[V][0]',
  '[V].at(0)',
  '({ a: V }).a',
  '({ get a() { return V } }).a',
  'V.valueOf()',
  'V.slice()',
  'V.concat()',
  '[].concat(V)',
  'V.map((y) => y)',
  'V.filter(() => true)',
  'V.flat()',
  'V.find(() => true)',
  'V.subarray(0)',
  'V.toSorted()',
  'V.with(0, 1)',
  'V.entries()',
  'V.split("")',
  'V.union(V)',
  '[V].reduce((a, b) => a ?? b)',
  '[1].reduce((a) => a, V)',
  '[V].reduce((a, b) => b, [])',
  '[V].reduce((a, b) => (i ? a : b), [])',
  '[V].reduce((a, b) => { if (i) return b; return a }, {})',
  '[V].reduce((a, b) => a.add(b), new Set())',
  '[1].reduce((a, b) => a.set(1, V), new Map())',
  '[V].reduce(function (a, a) { return a }, [])',
  '({ a: V, b: [] }).b',
  '({ reduce: (f) => f(V) }).reduce((a) => a, [])',
  '[V].reduce((a) => a)',
  '[V].flatMap((y) => [y]).at(0)',
  'Object.assign(V, {})',
  'Object.assign({}, V)',
  'Object.assign([], V)',
  'Object.assign({ a: V }).a',
  'Object.values({ V })[0]',
  'Object.values(V)',
  'Object.freeze(V)',
  'Object.create(V)',
  'Object(V)',
  'new Object(V)',
  'new Map(V)',
  'new Set(V)',
  'new Array(V)',
  'new Date(V)',
  'RegExp(V)',
  'new RegExp(V)',
  'new Uint8Array(V)',
  'new Uint8Array(V.buffer)',
  'new DataView(V)',
  'new Error("", { cause: V }).cause',
  'Array.from(V)',
  'Array.of(V)[0]',
  'Array.from([V], (y) => y)[0]',
  'JSON.parse(JSON.stringify(V))',
  '(() => V)()',
  '((y) => y)(V)',
  '((y = V) => y)()',
  'new Map([[1, V]]).get(1)',
  '[...new Set([V])][0]',
  '(function* () { yield V })().next().value',
  '({ slice: () => V }).slice()',
  '({ map() { return V } }).map((y) => y)',
  '({ ["sli" + "ce"]: () => V }).slice()',
  '({ __proto__: V })',
  '({}).constructor(V)',
  '({})["constr" + "uctor"](V)',
  'class { static slice() { return V } }.slice()',
  'Math.valueOf()',
  '(() => { Math.valueOf().id = (y) => y; return Math.id(V) })()',
  'JSON.valueOf()',
  '"a".match(Object.assign(/a/, { exec: () => V }))',
  '(() => { const re = /a/; re.exec = () => V; return "a".match(re) })()',
  '(() => { const k = [1].keys(); Object.assign(k, shared.data.odd); const o = {}; o[k.length] = () => V; return o.slice() })()',
  '(() => { var d = []; { function d() { return V } } return { concat: d }.concat() })()',
  '(() => { var q = 010, d = []; { function d() { return V } } const o = { concat: d }; return o.concat() })()',
  '(() => { const d = []; function inner() { switch (1) { case 1: function d() { return V } } const o = { slice: d }; return o.slice() } return inner() })()',
]

/** Ways to write to a value. */
const writes = [
  'V.a = 1',
  'V[0] = 1',
  'V.a++',
  'V.a ??= 1',
  'delete V.a',
  'delete V[0]',
  'delete V?.a',
  '[V.a] = [1]',
  '({ b: V.a } = { b: 1 })',
  '({ b: V.a = 1 } = {})',
  '[...V.a] = [1]',
  'for (V.a of [1]);',
  'for (V.a in [1]);',
  'V.push(1)',
  'V.pop()',
  'V.sort()',
  'V.reverse()',
  'V.fill(1)',
  'V.splice(0, 1)',
  'V.set("a", 1)',
  'V.set([1])',
  'V.add(5)',
  'V.delete("a")',
  'V.clear()',
  'V.setTime(1)',
  'V.exec("aa")',
  'V.test("aa")',
  '"aa".replace(V, "b")',
  '"aa".match(V)',
  '"aa".search(V)',
  'V["pu" + "sh"](1)',
  '[].push.call(V, 1)',
  'Object.assign(V, { a: 1 })',
  'Object.freeze(V)',
  'Object.defineProperty(V, "a", { value: 1 })',
  'Object.setPrototypeOf(V, null)',
  'Reflect.set(V, "a", 1)',
  'V.length = 0',
  'V.lastIndex = 1',
  'V.buffer.transfer()',
  '[1].forEach(V.push, V)',
  '[V].forEach((y) => { y.a = 1 })',
  '[V].forEach(Object.freeze)',
  'JSON.stringify(V, V.pop)',
  '(0, V.push)(1)',
  'for (const y of V) y.a = 1',
  'for (const y of V.values()) y.a = 1',
  'const { a: y } = V; y.b = 1',
  'const [y] = V; y.a = 1',
  'V.__proto__ = null',
  'const o = { a: [], b: V }; o.a.push(1)',
  'const o = { a: [] }; o.a = V; o.a.push(1)',
  'const o = { a: [] }; o[V] = V; o.a.push(1)',
  'const o = { a: [] }; o["a" + ""] = V; o.a.push(1)',
  'const o = { a: [] }; o[V.length] = V; o.slice.push(1)',
  'const o = { slice: [] }; o[V.length] = V; o.slice.push(1)',
  'const o = {}; o[V.length] = () => shared.data.list; o.slice().push(1)',
  'const o = { a: {} }; o.a.a = V; o.a.a.b = 1',
  'const o = { a: [] }; ({ a: o.a } = { a: V }); o.a.push(1)',
  'const o = { a: [] }; Object.assign(o, { a: V }); o.a.push(1)',
  'const o = {}; o.toString.a = 1',
  'const o = { a: [] }; const p = o; p.a ||= V; p.a &&= V; o.a.push(1)',
  'new Uint8Array(V.length)[0] = 1',
  'const u = new Uint8Array(V.length); u[0] = 9',
  '[1].reduce((a) => { a.a = 1; a[0] = 1; return a }, V)',
  '[V].reduce((a, b) => { a.a = 1; return b }, {})',
  '[V, V].reduce((a, b) => { a.a = 1; return i ? a : b }, {})',
  '[V, V].reduce((a, b) => { a.push?.(1); a[0] = 5; return b })',
  '[1].reduce((a) => { a.set("a", 9); return a }, V)',
  'const { log } = { log: V.push }; log(V)',
  'V.a.b.c = 1',
  ...[
    '+{ valueOf: got, v: V }',
    '`${{ toString: got, v: V }}`',
    '({ then: got, v: V })',
    'const o = { next: got, v: V, [Symbol.iterator]() { return o } }; [...o]',
    'const o = [1]; o.v = V; o.join = got; `${o}`',
    'const o = /a/; o.v = V; o.exec = got; "a".match(o)',
    '+{ [Symbol.toPrimitive]: got, v: V }',
    'JSON.stringify({ toJSON: got, v: V })',
    'const o = { v: V }; o["value" + "Of"] = got; +o',
  ].map(
    (use) =>
      `let got; JSON.stringify({ "this.v.a = 1; this.v[0] = 1; return { done: true }": { toJSON: [].at["const" + "ructor"] } }, (k, y) => { if (typeof y === "function") got = y; return y }); ${use}`,
  ),
  'Math.valueOf().abs = () => V',
  '"a".match(/a/).a = 1',
  '"globalThis.oops = 1".replace(/.*/, (function () { return this.eval })())',
  '(function () { "globalThis.oops = 1".replace(/.*/, this.eval) })()',
]

const sources = [
  'shared.data',
  ...[
    'list',
    'map',
    'set',
    'date',
    're',
    'bytes',
    'buffer',
    'odd',
    'sized',
    'a',
    'deep',
    'list[0]',
    'a.b',
    'deep.deep.list',
  ].map((key) => `shared.data.${key}`),
  'x',
  'x.list',
]

/** A value goes some ways, and is then written to. Half of these are proven, and must do no harm. */
function randomChain(random) {
  const pick = (list) => list[Math.floor(random() * list.length)]
  const length = 1 + Math.floor(random() * 3)
  let text = `const v0 = ${pick(sources)}; `
  for (let i = 0; i < length; i++) {
    const way = pick(ways).replaceAll('V', `v${i}`)
    text += pick([
      () => `const v${i + 1} = ${way}; `,
      () => `let v${i + 1} = ${way}; `,
      () => `let v${i + 1}; v${i + 1} = ${way}; `,
      () => `let v${i + 1} = []; v${i + 1} ${pick(['=', '||=', '??=', '&&=', '+='])} ${way}; `,
      () => `var v${i + 1} = {}; [v${i + 1}] = [${way}]; `,
      () => `const f${i} = () => ${way}; const v${i + 1} = f${i}(); `,
      () => `let v${i + 1} = ${way}; if (i) v${i + 1} = {}; `,
    ])()
  }
  return `(x, i, { shared }) => { ${text}${pick(writes).replaceAll('V', `v${length}`)} }`
}

/** The text of one function of `(x, i, { shared })`. */
export function randomFunction(random) {
  if (random() < 0.7) return randomChain(random)
  const maker = new Maker(random)
  const body = maker.statements(1 + maker.below(3), maker.below(4))
  const result = maker.expression(2)
  const text = maker.pick([
    () => `(x, i, { shared }) => { ${body} return ${result} }`,
    () => `function (x, i, { shared }) { ${body} return ${result} }`,
    () => `(x, i, context) => { const { shared } = context; ${body} return ${result} }`,
    () => `run(x, i, { shared }) { ${body} return ${result} }`,
  ])
  return text()
}

class Maker {
  #random
  #locals = ['x', 'shared']
  #functions = []
  #count = 0

  constructor(random) {
    this.#random = random
  }

  below(n) {
    return Math.floor(this.#random() * n)
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  statements(count, depth) {
    let text = ''
    for (let i = 0; i < count; i++) text += this.statement(depth) + ' '
    return text
  }

  #fresh(depth) {
    return this.pick([
      () => '[]',
      () => '{}',
      () => `[${this.expression(depth - 1)}]`,
      () => `{ ${this.#property(depth - 1)} }`,
      () => `{ ${this.#property(depth - 1)}, ${this.#property(depth - 1)} }`,
      () => `[...${this.expression(depth - 1)}]`,
      () => `{ ...${this.expression(depth - 1)} }`,
      () => `new ${this.pick(classes)}(${this.below(3) ? '' : this.expression(depth - 1)})`,
      () =>
        `${this.expression(depth - 1)}.${this.pick(['slice', 'concat', 'map', 'filter', 'flat'])}(${this.below(2) ? '' : this.#callback(depth - 1)})`,
      () => `Object.assign({}, ${this.expression(depth - 1)})`,
      () => `Array.from(${this.expression(depth - 1)})`,
      () => '/a/g',
    ])()
  }

  #property(depth) {
    return this.pick([
      () => `${this.pick(keys)}: ${this.expression(depth)}`,
      () => `${this.pick(keys)}: ${this.#callback(depth)}`,
      () => `${this.pick(keys)}(y) { return ${this.expression(depth)} }`,
      () => `[${this.expression(depth)}]: ${this.expression(depth)}`,
      () => `get ${this.pick(keys)}() { return ${this.expression(depth)} }`,
      () => `...${this.expression(depth)}`,
    ])()
  }

  #declare(init) {
    const name = `v${this.#count++}`
    const text = `${this.pick(['const', 'let', 'var'])} ${name} = ${init};`
    this.#locals.push(name)
    return text
  }

  statement(depth) {
    const simple = [
      () => this.#declare(this.#fresh(depth)),
      () => this.#declare(this.#fresh(depth)),
      () => this.#declare(this.expression(depth)),
      () => this.#declareFunction(depth),
      () =>
        `${this.#target(depth)} ${this.pick(['=', '=', '=', '+=', '??=', '||='])} ${this.expression(depth)};`,
      () => `${this.#target(depth)}++;`,
      () => `delete ${this.#member(this.expression(1), 1)};`,
      () => `${this.#local()}.${this.pick(mutating)}(${this.expression(depth - 1)});`,
      () =>
        `${this.#local()}.${this.pick(mutating)}(${this.expression(depth - 1)}, ${this.expression(depth - 1)});`,
      () => `${this.expression(depth)};`,
      () => `[${this.#target(1)}] = ${this.expression(1)};`,
      () => `({ ${this.pick(keys)}: ${this.#target(1)} } = ${this.expression(1)});`,
      () => {
        const name = `v${this.#count++}`
        const text = `const { ${this.pick(keys)}: ${name} } = ${this.expression(1)} ?? {};`
        this.#locals.push(name)
        return text
      },
    ]
    if (depth <= 0) return this.pick(simple)()
    return this.pick([
      ...simple,
      () => `if (${this.expression(1)}) { ${this.statements(1 + this.below(2), depth - 1)} }`,
      () => this.#loop(depth),
      () =>
        `try { ${this.statements(1 + this.below(2), depth - 1)} } catch (e) { ${this.statements(1, depth - 1)} }`,
    ])()
  }

  #loop(depth) {
    const name = `v${this.#count++}`
    const outer = [...this.#locals]
    this.#locals.push(name)
    const body = this.statements(1 + this.below(2), depth - 1)
    this.#locals = outer
    return this.pick([
      () => `for (const ${name} of ${this.expression(1)}) { ${body} break }`,
      () => `for (let ${name} = 0; ${name} < 2; ${name}++) { ${body} }`,
      () => `for (const ${name} in ${this.expression(1)}) { ${body} break }`,
      () => `{ let ${name} = {}; for (${name} of ${this.expression(1)}) { ${body} break } }`,
    ])()
  }

  #declareFunction(depth) {
    const name = `f${this.#count++}`
    const parameter = `v${this.#count++}`
    const outer = [...this.#locals]
    this.#locals.push(parameter)
    const body = this.statements(this.below(2), depth - 1)
    const result = this.expression(depth - 1)
    this.#locals = outer
    this.#functions.push(name)
    return this.pick([
      () => `const ${name} = (${parameter}) => { ${body} return ${result} };`,
      () => `const ${name} = function (${parameter}) { ${body} return ${result} };`,
      () => `function ${name}(${parameter} = ${this.expression(0)}) { ${body} return ${result} }`,
    ])()
  }

  #local() {
    // Most often one of the latest, which most often are copies.
    const locals = this.#locals
    return this.below(3)
      ? locals[locals.length - 1 - this.below(Math.min(3, locals.length))]
      : this.pick(locals)
  }

  #target(depth) {
    return this.below(4) ? this.#member(this.#local(), depth) : this.#local()
  }

  #member(object, depth) {
    return this.pick([
      () => `${object}.${this.pick(keys)}`,
      () => `${object}[${this.below(3)}]`,
      () => `${object}[${this.#key(depth)}]`,
    ])()
  }

  #key(depth) {
    return this.pick([
      () => `'${this.pick([...keys, 'constructor', '__proto__', 'prototype'])}'`,
      () => `'constr' + 'uctor'`,
      () => `'ass' + 'ign'`,
      () => `'${this.pick(mutating)}' + ''`,
      () => `'__pro' + 'to__'`,
      () => `'${this.pick(reading)}' + ''`,
      () => (depth > 0 ? this.expression(depth - 1) : '0'),
    ])()
  }

  #callback(depth) {
    const name = `v${this.#count++}`
    const outer = [...this.#locals]
    this.#locals.push(name)
    const inner = depth > 0 ? this.expression(depth - 1) : name
    const body = depth > 1 && this.below(3) === 0 ? this.statements(1, depth - 1) : ''
    this.#locals = outer
    return this.pick([
      () => `(${name}) => ${inner}`,
      () => `(${name}) => { ${body} return ${inner} }`,
      () => `function (${name}) { ${body} return ${inner} }`,
      () => this.pick(['Boolean', 'String', 'Number', 'Math.abs', 'Object', 'Object.freeze']),
      () => (this.#functions.length ? this.pick(this.#functions) : `(${name}) => ${name}`),
      () => this.expression(1),
    ])()
  }

  expression(depth) {
    const simple = [
      () => this.#local(),
      () => this.#local(),
      () => `shared.data.${this.pick(keys)}`,
      () => `${this.below(5)}`,
      () => `'${this.pick(keys)}'`,
      () => this.#member(this.#local(), 0),
    ]
    if (depth <= 0) return this.pick(simple)()
    const inner = () => this.expression(depth - 1)
    return this.pick([
      ...simple,
      () => this.#fresh(depth - 1),
      () => this.#member(inner(), depth - 1),
      () => `${inner()}.${this.pick(reading)}(${this.below(2) ? '' : inner()})`,
      () => `${inner()}.${this.pick(reading)}(${inner()}, ${inner()})`,
      () => `${inner()}.${this.pick(calling)}(${this.#callback(depth - 1)})`,
      () => `${inner()}.${this.pick(calling)}(${this.#callback(depth - 1)}, ${inner()})`,
      () => `${this.#fresh(depth - 1)}.${this.pick(mutating)}(${inner()})`,
      () => `${this.pick(statics)}(${inner()})`,
      () => `${this.pick(statics)}(${inner()}, ${inner()})`,
      () => `${this.pick(statics)}(...[${inner()}, ${inner()}])`,
      () => (this.#functions.length ? `${this.pick(this.#functions)}(${inner()})` : inner()),
      () => `(${inner()} ?? ${inner()})`,
      () => `(${inner()} ? ${inner()} : ${inner()})`,
      () => `(${inner()} + ${inner()})`,
      () => `(${inner()}, ${inner()})`,
      () => `${inner()}?.${this.pick(keys)}`,
      () => `(${this.#local()} = ${inner()})`,
      () => `\`\${${inner()}}\``,
      () => `typeof ${inner()}`,
      () => this.#callback(depth - 1),
    ])()
  }
}
