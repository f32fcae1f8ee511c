/** Expressions: arguments at the edges of what built-ins take. */
import { BIGINTS, KINDS, NUMBERS, PATTERNS, SIZES, SMALL, STRINGS, SYMBOLS } from './edges.mjs'
import { wasmBytes } from './wasm.mjs'

/** How deep expressions go into each other. */
const DEPTH = 3

/** Draws expressions. What they refer to besides built-ins: `v`, earlier values, `item` and `context`. */
export class Values {
  /** @param made how many of `v` are there */
  constructor(random, builtIns) {
    this.random = random
    this.builtIns = builtIns
    this.depth = 0
    this.made = 1
  }

  /** Any value. */
  value() {
    const { random } = this
    if (this.depth >= DEPTH) return this.scalar()
    this.depth++
    const text = random.pick([
      () => this.scalar(),
      () => this.scalar(),
      () => this.earlier(),
      () => this.array(),
      () => this.object(),
      () => this.buffer(),
      () => this.typed(),
      () => this.typed(),
      () => random.pick(PATTERNS),
      () => this.regexp(),
      () => this.collection(),
      () => this.callable(),
      () => this.hostile(),
      () => this.hostile(),
      () => this.iterator(),
      () => this.promise(),
      () => this.error(),
      () => this.options(),
      () => this.builtIns.draw(random).path,
      () => `new Date(${this.number()})`,
      () => `new WeakRef(${random.pick(['{}', 'v', 'globalThis'])})`,
      () => wasmBytes(random),
    ])()
    this.depth--
    return text
  }

  scalar() {
    const { random } = this
    return random.pick([
      () => this.number(),
      () => this.number(),
      () => this.string(),
      () => this.string(),
      () => random.pick(BIGINTS),
      () => random.pick(['undefined', 'null', 'true', 'false']),
      () => `Symbol.${random.pick(SYMBOLS)}`,
      () => "Symbol('x')",
      () => this.earlier(),
    ])()
  }

  number() {
    return this.random.pick(this.random.chance(0.5) ? SMALL : NUMBERS)
  }

  /** A size that a limit of tens of MiB bears, for the most part. */
  size() {
    return this.random.chance(0.02) ? '1e8' : this.random.pick(SIZES)
  }

  string() {
    const { random } = this
    if (random.chance(0.8)) return random.pick(STRINGS)
    const unit = random.pick(["'x'", "'ab'", "'日'", "'('", "'[1,'", "'a,'"])
    return `${unit}.repeat(${random.chance(0.2) ? this.size() : random.pick(['10', '1000', '1e5'])})`
  }

  key() {
    const { random } = this
    return random.chance(0.7) ? random.pick(STRINGS) : `Symbol.${random.pick(SYMBOLS)}`
  }

  earlier() {
    return this.random.chance(0.1) ? 'item' : `v[${this.random.integer(0, this.made - 1)}]`
  }

  list(most) {
    return Array.from({ length: this.random.integer(0, most) }, () => this.value()).join(', ')
  }

  array() {
    const { random } = this
    return random.pick([
      () => `[${this.list(4)}]`,
      () => `[, ${this.value()}, , ${this.value()}]`,
      () => `new Array(${random.chance(0.3) ? this.number() : this.size()})`,
      () => `Array(${this.size()}).fill(${this.value()})`,
      () => `Array.from({ length: ${this.size()} }, (_, i) => i)`,
      () => `Object.assign([], { ${random.pick(['1e6', '4294967294', '100'])}: ${this.value()} })`,
      () => `Object.setPrototypeOf([${this.list(3)}], ${this.value()})`,
      () => `Object.freeze([${this.list(3)}])`,
      () => `[...${this.iterable()}]`,
    ])()
  }

  iterable() {
    return this.random.pick([
      () => this.string(),
      () => `[${this.list(3)}]`,
      () => this.iterator(),
      () => `new Map([[${this.value()}, ${this.value()}]])`,
      () => this.earlier(),
    ])()
  }

  object() {
    const { random } = this
    const member = () =>
      random.pick([
        () => `[${this.key()}]: ${this.value()}`,
        () => `${random.pick(['a', 'length', 'then', 'next', 'valueOf'])}: ${this.value()}`,
        () => `get [${this.key()}]() { ${this.mischief()}; return ${this.scalar()} }`,
        () => `set [${this.key()}](x) { ${this.mischief()} }`,
        () => `...${this.value()}`,
        () => `*[${this.key()}]() { yield ${this.value()} }`,
      ])()
    const members = Array.from({ length: random.integer(0, 4) }, member)
    if (random.chance(0.1)) members.push(`__proto__: ${this.value()}`)
    return `({ ${members.join(', ')} })`
  }

  buffer() {
    const { random } = this
    const size = this.size()
    return random.pick([
      `new ArrayBuffer(${size})`,
      `new ArrayBuffer(${size}, { maxByteLength: ${this.size()} })`,
      `new ArrayBuffer(8, { maxByteLength: ${this.size()} })`,
      `new SharedArrayBuffer(${size})`,
      `new SharedArrayBuffer(8, { maxByteLength: ${this.size()} })`,
      `new ArrayBuffer(${this.number()})`,
      `new WebAssembly.Memory({ initial: 1, maximum: ${this.number()} }).buffer`,
    ])
  }

  typed() {
    const { random } = this
    const kind = random.pick(KINDS)
    return random.pick([
      () => `new ${kind}(${this.size()})`,
      () => `new ${kind}(${this.number()})`,
      () => `new ${kind}(${this.buffer()})`,
      () =>
        `new ${kind}(${this.buffer()}, ${random.pick(['0', '8', '1', '-1'])}, ${this.number()})`,
      () => `new ${kind}([${this.list(3)}])`,
      () => `new ${kind}(${this.value()})`,
      () => `new DataView(${this.buffer()}, ${random.pick(['0', '1', '8'])})`,
      () => `${kind}.from(${this.iterable()})`,
    ])()
  }

  regexp() {
    const { random } = this
    const flags = random.pick(['', 'g', 'y', 'gu', 'dgimsuy', 'v', 'uv', 'gg'])
    return `new RegExp(${random.pick([this.string(), random.pick(PATTERNS)])}, '${flags}')`
  }

  collection() {
    const { random } = this
    return random.pick([
      () => `new Map([[${this.value()}, ${this.value()}], [NaN, ${this.value()}]])`,
      () => `new Set([${this.list(4)}])`,
      () => `new WeakMap([[{}, ${this.value()}]])`,
      () => `new WeakSet([v])`,
      () => `new FinalizationRegistry(${this.callable()})`,
      () => `new (class extends ${random.pick(['Map', 'Set', 'Array', 'Promise', 'Error'])} {})()`,
    ])()
  }

  /** Something to be called. */
  callable() {
    const { random } = this
    const body = () => `${this.mischief()}; return ${this.value()}`
    return random.pick([
      () => `(() => { ${body()} })`,
      () => `(function (...rest) { ${body()} })`,
      () => `((a, b) => ${random.pick(['a - b', 'b', 'a', '[a, b]', 'a === b'])})`,
      () => `(function* () { ${this.mischief()}; yield ${this.value()}; yield* v })`,
      () => `(async () => { ${body()} })`,
      () => `(async function* () { yield ${this.value()} })`,
      () =>
        `(class { static [${this.key()}] = ${this.value()}; constructor() { ${this.mischief()} } })`,
      () => `${this.builtIns.draw(random).path}`,
      () => `(${this.callableName()}).bind(${this.value()}, ${this.value()})`,
      () => `new Proxy(function () {}, ${this.handler()})`,
      () => `Function(${random.pick(["'return this'", "'a', 'return a'", this.string()])})`,
    ])()
  }

  callableName() {
    return this.random.pick(['() => v', 'function () { return this }', 'Array', 'Math.max'])
  }

  /** Something whose inspection runs code. */
  hostile() {
    const { random } = this
    return random.pick([
      () => `new Proxy(${random.pick(['{}', '[]', 'v', '() => {}'])}, ${this.handler()})`,
      () => `({ valueOf() { ${this.mischief()}; return ${this.scalar()} } })`,
      () => `({ toString() { ${this.mischief()}; return ${this.string()} } })`,
      () => `({ [Symbol.toPrimitive]() { ${this.mischief()}; return ${this.scalar()} } })`,
      () => `({ get length() { ${this.mischief()}; return ${this.number()} } })`,
      () => `({ length: ${this.number()}, 0: ${this.value()} })`,
      () => `({ get constructor() { ${this.mischief()}; return ${this.species()} } })`,
      () => `Object.assign([], { constructor: ${this.species()} })`,
      () => `({ get then() { ${this.mischief()}; return ${this.callable()} } })`,
      () => `Object.create(new Proxy({}, ${this.handler()}))`,
    ])()
  }

  species() {
    return `{ [Symbol.species]: ${this.callable()} }`
  }

  handler() {
    const { random } = this
    const traps = ['get', 'set', 'has', 'deleteProperty', 'ownKeys', 'getOwnPropertyDescriptor']
    traps.push('getPrototypeOf', 'apply', 'construct', 'defineProperty')
    const trap = () =>
      `${random.pick(traps)}(...rest) { ${this.mischief()}; return ${this.scalar()} }`
    return `{ ${Array.from({ length: random.integer(0, 2) }, trap).join(', ')} }`
  }

  iterator() {
    const { random } = this
    return random.pick([
      () =>
        `({ [Symbol.iterator]() { return this }, next() { ${this.mischief()}; return { done: ${random.pick(['true', 'false', 'Math.random() < 0.5'])}, value: ${this.scalar()} } } })`,
      () => `(function* () { try { yield* [${this.list(3)}] } finally { ${this.mischief()} } })()`,
      () => `[${this.list(3)}][Symbol.iterator]()`,
      () => `({ [Symbol.asyncIterator]: async function* () { yield ${this.scalar()} } })`,
      () => `({ [Symbol.iterator]: ${this.callable()} })`,
    ])()
  }

  promise() {
    const { random } = this
    return random.pick([
      () => `Promise.resolve(${this.value()})`,
      () => `Promise.reject(${this.value()})`,
      () => 'new Promise(() => {})',
      () => `({ then(resolve, reject) { ${this.mischief()}; resolve(${this.scalar()}) } })`,
      () => `Promise.${random.pick(['all', 'race', 'any', 'allSettled'])}([${this.list(3)}])`,
      () => `(async () => { await (${this.scalar()}); ${this.mischief()} })()`,
    ])()
  }

  error() {
    const { random } = this
    const kind = random.pick(['Error', 'TypeError', 'RangeError', 'SyntaxError', 'URIError'])
    return random.pick([
      () => `new ${kind}(${this.value()}, { cause: ${this.value()} })`,
      () => `Object.assign(new ${kind}(${this.string()}), { a: ${this.value()} })`,
      () =>
        `Object.defineProperty(new Error(), ${random.pick(["'message'", "'stack'", "'name'"])}, { get() { ${this.mischief()}; return ${this.scalar()} } })`,
      () => `new AggregateError([${this.list(3)}], ${this.string()})`,
      () => `Object.setPrototypeOf(new Error(${this.string()}), ${this.value()})`,
    ])()
  }

  /** What the constructors of Intl and others take. */
  options() {
    const { random } = this
    const entries = {
      style: ["'currency'", "'unit'", "'long'", "'percent'"],
      currency: ["'EUR'", "'xxx'"],
      granularity: ["'word'", "'sentence'"],
      numeric: ["'auto'", 'true'],
      type: ["'ordinal'", "'language'"],
      timeZone: ["'Europe/Berlin'", "'nowhere'"],
      calendar: ["'chinese'", "'hebrew'"],
      maximumFractionDigits: ['0', '20', '100'],
      dateStyle: ["'full'", "'short'"],
      locale: ["'ar-EG'", "'th'"],
      maxByteLength: ['0', '100', '2 ** 30'],
      initial: ['0', '1', '65536'],
      maximum: ['1', '65536'],
      element: ["'anyfunc'", "'externref'"],
      value: ["'i32'", "'i64'"],
    }
    const chosen = random.sample(Object.entries(entries), random.integer(1, 5))
    return `({ ${chosen.map(([name, from]) => `${name}: ${random.pick(from)}`).join(', ')} })`
  }

  /** A statement inside something that is called from elsewhere. */
  mischief() {
    const { random } = this
    return random.pick([
      () => '',
      () => '',
      () => `throw ${this.scalar()}`,
      () => `v[${random.integer(0, this.made - 1)}] = ${this.scalar()}`,
      () => `v.length = ${random.pick(['0', '1', '1e6'])}`,
      () => `${this.earlier()}?.resize?.(${this.size()})`,
      () => `${this.earlier()}?.buffer?.transfer?.()`,
      () => `${this.earlier()}?.grow?.(${random.pick(['0', '1', '100'])})`,
      () => `delete v[${random.integer(0, this.made - 1)}]`,
      () => `context.log?.(${this.earlier()})`,
      () => `Object.freeze(${this.earlier()})`,
      () => `for (let i = 0; i < 1000; i++) v[0] += i`,
    ])()
  }
}
