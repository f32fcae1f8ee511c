/* oxlint-disable no-thenable, typescript/no-extraneous-class -- arguments are meant to be strange */
/** Draws arguments and options for the host's calls: right, nearly right and hostile. */

/** What getters, traps and iterators of the arguments throw. It may come back as it is. */
export class Planted extends Error {}

const throwing = () => {
  throw new Planted('planted')
}

const NUMBERS = [0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, 1e308]
const TEXTS = ['', 'a', '1', 'v8', 'node', '\0', '\ud800', 'x'.repeat(70_000)]
const SCALARS = [...NUMBERS, ...TEXTS, undefined, null, true, false, 0n, 2n ** 64n, Symbol.iterator]
const THROWING_GETTER = { get: throwing, enumerable: true }
const HANDLERS = [
  {},
  { get: throwing },
  { ownKeys: throwing },
  { getOwnPropertyDescriptor: throwing },
]

export class Arguments {
  constructor(random) {
    this.random = random
  }

  value() {
    const { random } = this
    return random.pick([
      () => this.scalar(),
      () => this.scalar(),
      () => random.pick([[], {}, [1, [2]], { a: 1 }, new Map([[1, 2]]), new Date(NaN), /x/g]),
      () => random.pick([new Uint8Array(8), new Float64Array(3), new ArrayBuffer(8)]),
      () => random.pick([new SharedArrayBuffer(8), new DataView(new ArrayBuffer(8))]),
      () => random.pick([() => {}, class {}, Symbol('x'), new WeakMap(), Promise.resolve(1)]),
      () => random.pick([new Proxy({}, {}), globalThis, process]),
      () => this.hostile(),
      () => this.hostile(),
    ])()
  }

  scalar() {
    return this.random.pick(SCALARS)
  }

  hostile() {
    const { random } = this
    return random.pick([
      () => Object.defineProperty({}, 'a', THROWING_GETTER),
      () => Object.defineProperty({}, 'length', THROWING_GETTER),
      () => new Proxy({}, { get: throwing }),
      () => new Proxy([], { ownKeys: throwing }),
      () => new Proxy({}, { getPrototypeOf: throwing }),
      () => new Proxy(() => {}, { get: throwing, apply: throwing }),
      () => revoked(),
      () => ({ valueOf: throwing, toString: throwing, [Symbol.toPrimitive]: throwing }),
      () => ({ length: this.scalar(), 0: 1 }),
      () => ({ [Symbol.iterator]: this.scalar() }),
      () => ({ [Symbol.iterator]: throwing }),
      () => ({ [Symbol.iterator]: () => ({ next: throwing }) }),
      () => ({ [Symbol.iterator]: () => this.scalar() }),
      () => ({ [Symbol.asyncIterator]: throwing }),
      () => ({ then: throwing }),
      () => ({ toJSON: throwing }),
      () => Object.create({ timeout: 5, threads: 'x' }),
      () => Object.create(null),
      () => Object.setPrototypeOf(new Date(), null),
      () => Object.freeze({ timeout: 'x' }),
      () => detached(),
      () => nested(random.pick([10, 1e4])),
    ])()
  }

  /** Options: some of those of `known`, with one of its values or another one, and at times others. */
  options(known) {
    const { random } = this
    if (random.chance(0.05)) return this.value()
    const options = random.chance(0.1) ? Object.create({ timeout: 'inherited' }) : {}
    // Most are right, or the check of the first would be all that is ever met.
    const wrong = random.pick([0, 0, 0.3])
    for (const name of random.sample(Object.keys(known), random.integer(0, 4))) {
      const value = random.chance(wrong) ? this.value() : random.pick(known[name])
      define(options, name, value, random)
    }
    if (random.chance(0.03)) options[random.pick(['constructor', 'x', Symbol('x')])] = this.value()
    return random.chance(0.05) ? new Proxy(options, random.pick(HANDLERS)) : options
  }
}

function define(options, name, value, random) {
  const kind = random.integer(0, 40)
  if (kind === 0) Object.defineProperty(options, name, THROWING_GETTER)
  else if (kind === 1) Object.defineProperty(options, name, { get: () => value, enumerable: true })
  else options[name] = value
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable(() => {}, {})
  revoke()
  return proxy
}

function detached() {
  const bytes = new Uint8Array(8)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function nested(depth) {
  let value = 1
  for (let n = 0; n < depth; n++) value = [value]
  return value
}
