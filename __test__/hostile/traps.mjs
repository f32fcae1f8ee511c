/**
 * Traps in the place of everything that user code can replace: whatever isolane's own code asks of a
 * built-in afterwards is recorded, or hangs.
 */
import { readFileSync } from 'node:fs'

const bundles = ['prelude.js', 'codec.js', 'globals.js'].map((name) =>
  readFileSync(new URL(`../../crates/isolane-v8/src/${name}`, import.meta.url), 'utf8'),
)

/** Every name that the code in isolates has, so every property that it can ask for. */
export const NAMES = [...new Set(bundles.join('\n').match(/[A-Za-z_$][\w$]*/g))]

/**
 * Runs in an isolate. Turns each property of each built-in into an accessor that tells of its use, and
 * puts accessors on `Object.prototype` for every name that it has not got.
 */
export const setTraps = ([names, hangs]) => {
  const { apply, ownKeys, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect
  const record = { __proto__: null, count: 0 }
  let isSet = false
  const told = (what) => {
    if (!isSet) return
    if (hangs) for (;;);
    record[record.count++] = what
  }
  const bare = (descriptor) => ({ __proto__: null, ...descriptor })
  const own = (target, key, value) =>
    defineProperty(
      target,
      key,
      bare({ value, writable: true, enumerable: true, configurable: true }),
    )

  const found = []
  const seen = new Set()
  const add = (object, path) => {
    const isObject = (typeof object === 'object' && object !== null) || typeof object === 'function'
    if (isObject && !seen.has(object)) {
      seen.add(object)
      found.push({ object, path })
    }
  }
  add(globalThis, 'globalThis')
  // What no global leads to.
  const hidden = [
    [].values(),
    ''[Symbol.iterator](),
    new Map().values(),
    new Set().values(),
    /x/[Symbol.matchAll]('x'),
    [].values().map((x) => x),
    Iterator.from({ next() {} }),
    async () => {},
    (function* () {})(),
    (async function* () {})(),
    Uint8Array.prototype,
  ]
  for (const each of hidden) {
    let link = getPrototypeOf(each)
    for (; link !== null; link = getPrototypeOf(link)) add(link, 'hidden')
  }
  for (let i = 0; i < found.length; i++) {
    const { object, path } = found[i]
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key)
      const name = `${path}.${String(key)}`
      add(value, name)
      add(get, name)
      add(set, name)
    }
    add(getPrototypeOf(object), `${path}.__proto__`)
  }

  const all = []
  for (const { object, path } of found) {
    for (const key of ownKeys(object)) {
      const descriptor = getOwnPropertyDescriptor(object, key)
      if (descriptor.configurable)
        all.push({ object, key, descriptor, what: `${path}.${String(key)}` })
    }
  }
  const missing = names.filter((name) => !(name in Object.prototype))
  for (let i = 0; i < 40; i++) missing.push(String(i))
  for (const key of ownKeys(Symbol)) if (typeof Symbol[key] === 'symbol') missing.push(Symbol[key])
  const { prototype } = Object
  for (const key of missing) {
    all.push({
      object: prototype,
      key,
      descriptor: { value: undefined, enumerable: false },
      what: `missing ${String(key)}`,
    })
  }
  for (let i = 0; i < all.length; i++) {
    const { object, key, descriptor, what } = all[i]
    const { value, get, set, enumerable } = descriptor
    const isData = get === undefined && set === undefined
    const trapped = bare({
      get() {
        told(what)
        return isData ? value : get === undefined ? undefined : apply(get, this, [])
      },
      set(to) {
        told(`${what} =`)
        if (isData) own(this, key, to)
        else if (set !== undefined) apply(set, this, [to])
      },
      enumerable,
      configurable: true,
    })
    defineProperty(object, key, trapped)
  }
  defineProperty(globalThis, 'recorded', bare({ value: record }))
  isSet = true
  return found.length
}

/** Runs in an isolate: what has been told of since the last time. */
export const takeRecord = () => {
  let text = ''
  for (let i = 0; i < recorded.count; i++) text += `${recorded[i]}\n`
  recorded.count = 0
  return text
}
