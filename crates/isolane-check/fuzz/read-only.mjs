/**
 * Looks for a function that is proven to be read-only, and writes.
 *
 *     cargo build -p isolane-check --example verdicts --profile quick
 *     node crates/isolane-check/fuzz/read-only.mjs <verdicts program> [cases] [seed]
 *
 * What is proven is run twice: on data whose state is compared before and after, and on the same
 * behind proxies that record each write.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { serialize } from 'node:v8'
import { createContext, runInContext, Script } from 'node:vm'

import { randomFunction, randomNumbers } from './random-functions.mjs'

const [program, cases = '10000', seed = `${Date.now() % 1e9}`] = process.argv.slice(2)
const random = randomNumbers(Number(seed))

// A realm of its own: what a function does to built-ins must be seen, and not hurt this program.
const makeRealm = () => {
  const console = { log() {} }
  const context = createContext({ console, structuredClone: undefined, callIt: undefined })
  runInContext(
    `globalThis.makeData = () => {
      const data = { a: { b: [1, { c: 2 }] }, b: 'text', name: 'aaa', deep: { deep: { list: [[1], [2]] } }, list: [{ a: 1 }, { a: 2, b: [3] }, 5, 'a'] }
      data.map = new Map([['a', { v: 1 }], [1, [1]]])
      data.set = new Set(['a', 1, 2])
      data.date = new Date(0)
      data.re = /a/g
      data.bytes = new Uint8Array([1, 2, 3])
      data.buffer = new ArrayBuffer(8)
      // What looks like arrays, and is none.
      data.odd = { length: 'slice', size: 'concat' }
      data.sized = { length: data.buffer }
      return data
    }`,
    context,
  )
  return context
}

const stateOf = (data) => {
  const frozen = []
  const seen = new Set()
  const visit = (value) => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    frozen.push(
      Object.isExtensible(value),
      Object.getPrototypeOf(value)?.constructor?.name,
      value.lastIndex ?? 0,
      Reflect.ownKeys(value).length,
    )
    for (const key of Reflect.ownKeys(value)) {
      const {
        writable,
        configurable,
        enumerable,
        value: inner,
      } = Reflect.getOwnPropertyDescriptor(value, key)
      frozen.push(writable, configurable, enumerable)
      visit(inner)
    }
    if (value.constructor?.name === 'Map') for (const inner of value.values()) visit(inner)
  }
  visit(data)
  return `${serialize(data).toString('base64')} ${JSON.stringify(frozen)}`
}

const writesOf = (data, record) => {
  const proxies = new Map()
  const wrap = (value) => {
    const name = typeof value === 'object' && value !== null ? value.constructor?.name : undefined
    // Built-ins with slots do not work behind a proxy.
    if (name !== 'Object' && name !== 'Array') return value
    if (!proxies.has(value)) {
      const trap =
        (kind) =>
        (...args) => (record(kind, args[1]), Reflect[kind](...args))
      proxies.set(
        value,
        new Proxy(value, {
          get: (target, key) => wrap(Reflect.get(target, key)),
          set: (target, key, v, receiver) => {
            if (receiver === proxies.get(target)) record('set', key)
            return Reflect.set(target, key, v, receiver === proxies.get(target) ? target : receiver)
          },
          deleteProperty: trap('deleteProperty'),
          defineProperty: trap('defineProperty'),
          setPrototypeOf: trap('setPrototypeOf'),
          preventExtensions: trap('preventExtensions'),
        }),
      )
    }
    return proxies.get(value)
  }
  return wrap(data)
}

const compile = (context, text) => {
  for (const form of [`(${text}\n)`, `({${text}\n}).run`]) {
    try {
      return runInContext(form, context)
    } catch {}
  }
  throw new Error(`no function: ${text}`)
}

const call = new Script('callIt()')
let proven = 0
let ran = 0
const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
const verdicts = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
let context = makeRealm()
const builtInsOf = (realm) =>
  runInContext(
    `Reflect.ownKeys(globalThis).length + ' ' + [Object, Array, Map, Set, Date, RegExp, Function, Uint8Array].map((c) => Reflect.ownKeys(c).length + ',' + Reflect.ownKeys(c.prototype).length).join() + ' ' + [Math, JSON, Reflect].map((c) => Reflect.ownKeys(c).map((k) => String(c[k]))).join()`,
    realm,
  )
const builtIns = builtInsOf(context)

for (let done = 0; done < Number(cases);) {
  const texts = Array.from({ length: 200 }, () => randomFunction(random))
  child.stdin.write(texts.map((text) => `${text}\0`).join(''))
  for (const text of texts) {
    done++
    const { value: verdict } = await verdicts.next()
    if (verdict !== 'proven') continue
    proven++
    const run = (data) => {
      try {
        const fn = compile(context, text)
        context.callIt = () => fn({ a: 1, list: [1, 2] }, 0, { shared: { data } })
        // Some never end.
        call.runInContext(context, { timeout: 500 })
        ran++
      } catch {}
    }
    const plain = context.makeData()
    const before = stateOf(plain)
    run(plain)
    assert.equal(stateOf(plain), before, `changed by (seed ${seed}):\n${text}`)
    // Recorded, not thrown: the function may catch.
    const writes = []
    run(writesOf(context.makeData(), (kind, key) => writes.push(`${kind} ${String(key)}`)))
    assert.deepEqual(writes, [], `by (seed ${seed}):\n${text}`)
    assert.equal(builtInsOf(context), builtIns, `built-ins changed by (seed ${seed}):\n${text}`)
  }
  if (done % 20_000 === 0) {
    context = makeRealm()
    console.log(`${done} texts, ${proven} proven, ${ran} ran to their end`)
  }
}
child.stdin.end()
console.log(`${cases} texts, ${proven} proven, ${ran} ran to their end (seed ${seed})`)
