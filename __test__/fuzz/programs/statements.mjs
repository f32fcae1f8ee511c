/** Statements: each says one thing about the language or a built-in, with arguments of the grammar. */
import { HOT, Resources } from './resources.mjs'
import { wasmBytes } from './wasm.mjs'

export class Statements extends Resources {
  /** A statement; what it gives becomes the next of `v`. */
  statement(builtIn) {
    const { random } = this
    const text = builtIn === undefined ? random.pick(this.#kinds)() : this.use(builtIn)
    const to = `v[${this.made++}]`
    const body = text.startsWith('!') ? text.slice(1) : `${to} = ${text}`
    // Some throw on, most do not.
    return random.chance(0.03) ? `${body};` : `try { ${body}; } catch (e) { ${to} = e; }`
  }

  #kinds = [
    ...Array.from({ length: 8 }, () => () => this.use(this.builtIns.draw(this.random))),
    () => this.method(),
    () => this.method(),
    () => this.value(),
    () => this.property(),
    () => this.replacement(),
    () => this.replacement(),
    () => this.loop(),
    () => this.hot(),
    () => this.code(),
    () => this.template(),
    () => this.classes(),
    () => this.destructuring(),
    () => this.stack(),
    () => this.atomics(),
    () => this.generator(),
    () => this.asynchronous(),
    () => this.wasm(),
    () => this.recursion(),
    () => this.json(),
    () => this.sorting(),
    () => this.text(),
    () => this.memory(),
    () => this.international(),
    () => this.chain(),
    () => this.logging(),
    () => this.weak(),
  ]

  /** A call of a built-in, or of its accessor. */
  use({ path, kind, key, owner }) {
    const { random } = this
    if (kind === 'accessor') {
      const descriptor = `Object.getOwnPropertyDescriptor(${path}, ${key})`
      return random.chance(0.7)
        ? `${descriptor}.get.call(${this.receiver(owner)})`
        : `${descriptor}.set.call(${this.receiver(owner)}, ${this.value()})`
    }
    return random.pick([
      () => `${path}(${this.list(4)})`,
      () => `new ${path.includes('(') ? `(${path})` : path}(${this.list(3)})`,
      () => `${path}.call(${this.receiver(owner)}, ${this.list(3)})`,
      () => `${path}.call(${this.receiver(owner)}, ${this.list(3)})`,
      () => `Reflect.apply(${path}, ${this.receiver(owner)}, [${this.list(4)}])`,
      () => `Reflect.construct(${path}, [${this.list(3)}], ${this.callable()})`,
    ])()
  }

  /** `this` of a method: what it expects, for the most part. */
  receiver(owner) {
    const { random } = this
    if (random.chance(0.25)) return this.value()
    const name = /^(?:(?:Intl|WebAssembly)\.)?\w+(?=\.prototype$)/.exec(owner)?.[0]
    switch (name) {
      case 'Array':
        return this.array()
      case 'String':
        return this.string()
      case 'Number':
        return this.number()
      case 'RegExp':
        return this.regexp()
      case 'Promise':
        return this.promise()
      case 'Function':
        return this.callable()
      case 'ArrayBuffer':
      case 'SharedArrayBuffer':
        return this.buffer()
      case undefined:
        return owner.includes('Int8Array') ? this.typed() : random.pick([owner, this.iterator()])
      case 'WebAssembly.Module':
      case 'WebAssembly.Instance':
        return `new WebAssembly.Module(${wasmBytes(random)})`
      default:
        return `new ${name}(${this.list(2)})`
    }
  }

  /** A method by its name, of whatever is there. */
  method() {
    const { key } = this.builtIns.draw(this.random)
    return `${this.earlier()}[${key}](${this.list(3)})`
  }

  property() {
    const { random } = this
    const target = this.earlier()
    return random.pick([
      () => `${target}[${this.key()}]`,
      () => `!${target}[${this.key()}] = ${this.value()}`,
      () => `delete ${target}[${this.key()}]`,
      () => `${this.value()} in ${target}`,
      () => `${this.value()} instanceof ${this.callable()}`,
      () => `Object.defineProperty(${target}, ${this.key()}, ${this.object()})`,
      () => `({ ...${target}, ...${this.value()} })`,
      () =>
        `(${this.value()}) ${random.pick(['+', '-', '*', '**', '%', '==', '<', '>>>', '??'])} (${this.value()})`,
      () => `typeof ${target}?.[${this.key()}]?.(${this.list(2)})`,
    ])()
  }

  /** A built-in that is another from here on. */
  replacement() {
    const { random } = this
    const { owner, key } = this.builtIns.draw(random)
    return random.pick([
      () => `!${owner}[${key}] = ${this.callable()}`,
      () => `!${owner}[${key}] = ${this.scalar()}`,
      () => `delete ${owner}[${key}]`,
      () =>
        `Object.defineProperty(${owner}, ${key}, { get() { ${this.mischief()}; return ${this.scalar()} }, configurable: true })`,
      () =>
        `Object.defineProperty(${random.pick(['Object', 'Array', 'Function', 'Error', 'Promise'])}.prototype, ${this.key()}, { get() { ${this.mischief()}; return ${this.scalar()} }, set(x) { ${this.mischief()} }, configurable: true })`,
      () => `Object.setPrototypeOf(${owner}, ${this.value()})`,
      () => `Object.freeze(${owner})`,
      () =>
        `!${random.pick(['Object', 'Array', 'Uint8Array', 'Error'])}.prototype[${this.key()}] = ${this.value()}`,
      () => `!globalThis[${this.key()}] = ${this.value()}`,
    ])()
  }

  loop() {
    const { random } = this
    return random.pick([
      () =>
        `!outer: for (const x of ${this.iterable()}) { for (let i = 0; i < 3; i++) { if (i === 1) continue outer; ${this.mischief()} } }`,
      () => `!for (const k in ${this.value()}) { ${this.mischief()}; if (k === 'a') break }`,
      () => `!let n = 0; while (n++ < ${random.pick(['3', '100', '1e5'])}) { ${this.mischief()} }`,
      () => `!do { ${this.mischief()} } while (false)`,
      () => `!for (var [a, b = ${this.value()}] of ${this.iterable()}) { ${this.mischief()} }`,
      () =>
        `!switch (${this.value()}) { case ${this.value()}: ${this.mischief()}; default: ${this.mischief()} }`,
      () => (random.chance(0.1) ? '!for (;;) {}' : '!if (index === 1) for (;;) {}'),
    ])()
  }

  /** Something that is compiled, with another kind of value at the end. */
  hot() {
    const { random } = this
    const { key } = this.builtIns.draw(random)
    const body = random.pick([
      `x?.[${key}]`,
      `x + ${this.scalar()}`,
      `[x, ...[x]].length`,
      `x instanceof ${random.pick(['Object', 'Array', 'Map', 'f'])}`,
      `({ x, [${this.key()}]: x })`,
      `Math.max(x, ${this.number()}) | 0`,
      `(v[0] = x)`,
      `\`\${typeof x}\``,
      `[1, 2, 3].map((y) => y * x)`,
    ])
    return `(() => { const f = function (x) { return ${body} }; for (let i = 0; i < ${HOT}; i++) f(i); return f(${this.value()}) })()`
  }

  code() {
    const { random } = this
    const nested = () => JSON.stringify(this.statement())
    return random.pick([
      () => `eval(${nested()})`,
      () => `(0, eval)(${this.string()})`,
      () => `Function('v', 'item', 'context', ${nested()})(v, item, context)`,
      () => `new Function(${this.list(3)})`,
      () => `eval('('.repeat(${random.pick(['10', '1e4', '1e6'])}))`,
      () => `eval('[' + '1,'.repeat(${random.pick(['10', '1e5', '3e6'])}) + ']').length`,
      () => `Object.getPrototypeOf(async function () {}).constructor(${this.string()})`,
    ])()
  }

  template() {
    return this.random.pick([
      () => `(${this.callable()})\`a\${${this.value()}}\\unicode\``,
      () => `String.raw\`\\u{\${${this.value()}}\``,
      () => `\`\${${this.value()}}\``,
    ])()
  }

  classes() {
    const { random } = this
    const parent = random.pick([
      'Array',
      'Map',
      'Promise',
      'Uint8Array',
      'RegExp',
      'null',
      'Function',
      'Proxy',
    ])
    return `new (class C extends ${parent} { #a = ${this.scalar()}; static { ${this.mischief()} } [${this.key()}] = ${this.value()}; get [${this.key()}]() { ${this.mischief()}; return this.#a } static [Symbol.species] = ${this.callable()}; constructor() { super(${this.list(2)}); return ${random.pick(['this', this.value()])} } })()`
  }

  destructuring() {
    return this.random.pick([
      () =>
        `(([a, , ...b], { length = ${this.value()}, [${this.key()}]: c, ...d } = {}) => [a, b, c, d])(${this.value()}, ${this.value()})`,
      () => `!({ a: v[0], ...v[1] } = ${this.value()})`,
      () => `!([v[0], v[1] = ${this.value()}, ...v[2]] = ${this.iterable()})`,
    ])()
  }

  stack() {
    const { random } = this
    return random.pick([
      () => `!Error.stackTraceLimit = ${random.pick(['0', '1e9', 'NaN', "'x'", '-1', '{}'])}`,
      () =>
        `!Error.prepareStackTrace = (error, sites) => { ${this.mischief()}; return ${random.pick(['sites', this.value()])} }`,
      () => `new Error(${this.value()}).stack`,
      () => `Error.captureStackTrace(${this.value()}, ${this.callable()})`,
      () =>
        `Object.defineProperty(Error, 'stackTraceLimit', { get() { ${this.mischief()}; return 5 } })`,
      () => `(() => { try { null.x } catch (e) { return e.stack.length } })()`,
    ])()
  }

  generator() {
    const { random } = this
    return random.pick([
      () =>
        `(() => { const g = (${this.callable()})(); g.next(); g.${random.pick(['return', 'throw', 'next'])}(${this.value()}); return [...g] })()`,
      () => `[...(function* () { yield* ${this.iterable()} })()]`,
      () =>
        `Iterator.from(${this.iterator()}).${random.pick(['map', 'filter', 'flatMap', 'take', 'drop', 'reduce'])}(${this.value()})`,
      () => `(function* g() { try { yield* g() } finally { ${this.mischief()} } })().next()`,
    ])()
  }

  asynchronous() {
    return this.random.pick([
      () => `(async () => { for await (const x of ${this.iterable()}) { ${this.mischief()} } })()`,
      () => `(async () => { await (${this.value()}); return ${this.value()} })()`,
      () =>
        `${this.promise()}.then(${this.callable()}, ${this.callable()}).finally(${this.callable()})`,
      () =>
        `(function again(n) { return Promise.resolve().then(() => n > 0 && again(n - 1)) })(${this.random.pick(['3', '1e5', 'Infinity'])})`,
      () => `Array.fromAsync(${this.iterable()}, ${this.callable()})`,
    ])()
  }

  json() {
    return this.random.pick([
      () => `JSON.stringify(${this.value()}, ${this.callable()}, ${this.value()})`,
      () => `JSON.parse(${this.string()}, ${this.callable()})`,
      () => `JSON.parse('['.repeat(${this.random.pick(['10', '1e5', '1e6'])}))`,
      () => `structuredClone?.(${this.value()})`,
    ])()
  }

  sorting() {
    const { random } = this
    const how = random.pick([
      'sort',
      'toSorted',
      'map',
      'flatMap',
      'reduce',
      'findLast',
      'concat',
      'splice',
      'copyWithin',
      'fill',
      'with',
      'toSpliced',
      'indexOf',
      'includes',
      'join',
      'set',
      'subarray',
      'slice',
    ])
    return `${random.pick([this.array(), this.typed(), this.earlier()])}.${how}(${this.list(3)})`
  }

  text() {
    const { random } = this
    const how = random.pick([
      'replace',
      'replaceAll',
      'match',
      'matchAll',
      'split',
      'search',
      'normalize',
      'padEnd',
      'localeCompare',
      'toLocaleUpperCase',
      'at',
      'substring',
      'isWellFormed',
      'repeat',
    ])
    return `${this.string()}.${how}(${this.value()}, ${this.value()})`
  }

  logging() {
    const { random } = this
    return random.pick([
      () =>
        `console.${random.pick(['log', 'error', 'warn', 'table', 'dir', 'trace', 'info'])}(${this.list(3)})`,
      () => `context.log(${this.list(2)})`,
      () => `console[${this.key()}] = ${this.value()}`,
    ])()
  }
}
