/** Expressions about what an isolate has little of: memory, stack, threads, what lies outside its heap. */
import { Values } from './values.mjs'
import { wasmBytes, wasmModule } from './wasm.mjs'

/** Calls enough for the optimising compiler. */
export const HOT = '3e4'

export class Resources extends Values {
  atomics() {
    const { random } = this
    const shared = `new Int32Array(new SharedArrayBuffer(${random.pick(['8', '64', '1e6'])}))`
    return random.pick([
      () => `Atomics.wait(${shared}, 0, 0, ${random.pick(['0', '10', '1e9', 'Infinity'])})`,
      () => `Atomics.waitAsync(${shared}, 0, 0, ${random.pick(['0', '1', '1e9'])})`,
      () => `Atomics.notify(${shared}, 0, ${this.number()})`,
      () =>
        `Atomics.${random.pick(['add', 'exchange', 'or', 'compareExchange', 'store'])}(${this.typed()}, ${this.value()}, ${this.value()}, ${this.value()})`,
    ])()
  }

  wasm() {
    const { random } = this
    const module = `new WebAssembly.Module(${wasmBytes(random)})`
    const imports = `{ a: { b: ${this.callable()} } }`
    return random.pick([
      () => `new WebAssembly.Instance(${module}, ${imports}).exports.f?.()`,
      () =>
        `(() => { const { exports } = new WebAssembly.Instance(${module}, ${imports}); for (let i = 0; i < 1000; i++) exports.f(i); return exports.m?.buffer.byteLength })()`,
      () => `WebAssembly.instantiate(${wasmBytes(random)}, ${imports}).then(${this.callable()})`,
      () =>
        `new WebAssembly.Memory({ initial: ${this.number()}, maximum: ${this.number()} }).grow(${this.number()})`,
      () =>
        `new WebAssembly.Table({ initial: ${this.number()}, element: 'externref' }).grow(${this.number()}, v)`,
      () =>
        `WebAssembly.promising?.(new WebAssembly.Instance(${module}, { a: { b: new WebAssembly.Suspending(async () => ${this.scalar()}) } }).exports.f)()`,
      () => `WebAssembly.Module.customSections(${module}, ${this.string()})`,
      () =>
        `new WebAssembly.Exception(new WebAssembly.Tag({ parameters: ['i32'] }), [${this.value()}])`,
    ])()
  }

  recursion() {
    return this.random.pick([
      () => `(function f() { ${this.mischief()}; return f() })()`,
      () => `(function f(x) { return [f(x), \`\${x}\`] })(${this.value()})`,
      () =>
        `(() => { let x = ${this.value()}; for (let i = 0; i < ${this.random.pick(['100', '1e5'])}; i++) x = [x]; return ${this.random.pick(['x', 'JSON.stringify(x)', 'String(x)', 'x.flat(Infinity)'])} })()`,
      () =>
        `(() => { let f = ${this.callableName()}; for (let i = 0; i < ${this.random.pick(['10', '1e4'])}; i++) f = f.bind(v); return f() })()`,
      () => `(() => { const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return p.x })()`,
      () =>
        `(() => { let s = ''; for (let i = 0; i < 1e5; i++) s = s + i; return s.${this.random.pick(['length', 'normalize()', 'split("")', 'at(-1)'])} })()`,
    ])()
  }

  /** Long chains of what points to the next one, under code that is compiled. */
  chain() {
    const { random } = this
    const link = random.pick([
      'f.bind()',
      'new Proxy(f, {})',
      'Object.setPrototypeOf(function () {}, f)',
      'Object.assign(() => f, { f })',
    ])
    const use = random.pick([
      '({}) instanceof f',
      'f.name',
      'f.length',
      'typeof f',
      'f(i)',
      'new f()',
    ])
    const long = random.pick(['10', '1000', '2e4', '3e5'])
    return `(() => { let f = Object; for (let i = 0; i < ${long}; i++) f = ${link}; const g = (i) => ${use}; for (let i = 0; i < ${HOT}; i++) try { g(i) } catch {} return f.name?.length })()`
  }

  /** What takes memory until it is stopped. */
  memory() {
    const { random } = this
    const unit = random.pick([
      () => this.buffer(),
      () => this.array(),
      () => this.string(),
      () => this.typed(),
      () => this.collection(),
      () => this.international(),
      () => this.promise(),
      () => `eval('(x) => x + ' + i)`,
      () =>
        `WebAssembly.promising(new WebAssembly.Instance(new WebAssembly.Module(${wasmModule('importing')}), { a: { b: new WebAssembly.Suspending(() => new Promise(() => {})) } }).exports.f)()`,
      () => `new WebAssembly.Module(${wasmBytes(random)})`,
    ])
    const times = random.pick(['100', '1e4', 'Infinity'])
    return `(() => { const all = []; for (let i = 0; i < ${times}; i++) all.push(${unit()}); return all.length })()`
  }

  international() {
    const { random } = this
    return random.pick([
      () => `new Intl.NumberFormat(${this.string()}, ${this.options()})`,
      () => `new Intl.DateTimeFormat('de', ${this.options()}).formatToParts(${this.number()})`,
      () => `new Intl.Segmenter('th', ${this.options()}).segment(${this.string()})`,
      () => `[...new Intl.Segmenter('en', { granularity: 'word' }).segment(${this.string()})]`,
      () => `new Intl.Collator(${this.string()}).compare(${this.string()}, ${this.string()})`,
      () => `new Intl.ListFormat().format(${this.iterable()})`,
    ])()
  }

  weak() {
    return this.random.pick([
      () =>
        `new FinalizationRegistry(${this.callable()}).register(${this.value()}, ${this.value()}, ${this.value()})`,
      () => `new WeakRef(${this.value()}).deref()`,
      () => `new WeakMap().set(${this.value()}, ${this.value()}).get(${this.value()})`,
      () =>
        `(() => { const r = new FinalizationRegistry(${this.callable()}); for (let i = 0; i < 1e4; i++) r.register({}, i); return ${this.buffer()} })()`,
    ])()
  }
}
