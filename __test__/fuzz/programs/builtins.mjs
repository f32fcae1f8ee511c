/** Every built-in that code in an isolate can reach, as expressions. */

/**
 * A function's source, to be run in an isolate: walks from the globals and from what only syntax
 * gives along properties, accessors and prototypes.
 *
 * @returns {BuiltIn[]} sorted by their expressions
 *
 * @typedef {object} BuiltIn
 * @property {string} path an expression that gives it; of an accessor, its owner
 * @property {'function' | 'accessor'} kind
 * @property {string} [key] of an accessor: its key as an expression
 * @property {string} owner the expression of the object that it was found on
 */
export const WALK = `() => {
  const roots = {
    'Object.getPrototypeOf(Int8Array)': Object.getPrototypeOf(Int8Array),
    'Object.getPrototypeOf([][Symbol.iterator]())': Object.getPrototypeOf([][Symbol.iterator]()),
    'Object.getPrototypeOf(new Map().entries())': Object.getPrototypeOf(new Map().entries()),
    'Object.getPrototypeOf(new Set().values())': Object.getPrototypeOf(new Set().values()),
    'Object.getPrototypeOf(""[Symbol.iterator]())': Object.getPrototypeOf(''[Symbol.iterator]()),
    'Object.getPrototypeOf("a".matchAll(/a/g))': Object.getPrototypeOf('a'.matchAll(/a/g)),
    'Object.getPrototypeOf(function* () {})': Object.getPrototypeOf(function* () {}),
    'Object.getPrototypeOf(async function () {})': Object.getPrototypeOf(async function () {}),
    'Object.getPrototypeOf(async function* () {})': Object.getPrototypeOf(async function* () {}),
  }
  const add = (path, make) => {
    try {
      roots[path] = eval(path)
    } catch {}
  }
  add('Object.getPrototypeOf([].values().map((x) => x))')
  add('Object.getPrototypeOf(Iterator.from({ next() {} }))')
  add('Object.getPrototypeOf(new Intl.Segmenter().segment("a"))')
  add('Object.getPrototypeOf(new Intl.Segmenter().segment("a")[Symbol.iterator]())')
  const found = []
  const seen = new Set([globalThis])
  const queue = [['globalThis', globalThis], ...Object.entries(roots)]
  const keyText = (key) =>
    typeof key === 'symbol' ? (/^Symbol\\.\\w+$/.test(key.description) ? key.description : undefined) : JSON.stringify(key)
  for (let at = 0; at < queue.length; at++) {
    const [path, object] = queue[at]
    for (const key of Reflect.ownKeys(object)) {
      const text = keyText(key)
      if (text === undefined) continue
      const place = path === 'globalThis' ? '' : path
      const named = typeof key === 'string' && /^[A-Za-z_$][\\w$]*$/.test(key)
      const inner = place === '' ? (named ? key : 'globalThis[' + text + ']') : named ? place + '.' + key : place + '[' + text + ']'
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key)
      if (descriptor.get !== undefined || descriptor.set !== undefined) {
        found.push({ path, kind: 'accessor', key: text, owner: path })
        continue
      }
      const { value } = descriptor
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue
      if (typeof value === 'function') found.push({ path: inner, kind: 'function', owner: path, key: text })
      if (seen.has(value)) continue
      seen.add(value)
      queue.push([inner, value])
    }
    const prototype = Object.getPrototypeOf(object)
    if (prototype !== null && !seen.has(prototype)) {
      seen.add(prototype)
      queue.push(['Object.getPrototypeOf(' + path + ')', prototype])
    }
  }
  return found.sort((one, other) => (one.path + one.key < other.path + other.key ? -1 : 1))
}`

/** Draws built-ins: as often by their owner as one by one, else those with many would be all. */
export class BuiltIns {
  #all
  #byOwner = new Map()
  #owners

  /** @param {BuiltIn[]} all */
  constructor(all) {
    this.#all = all
    for (const each of all) {
      const group = this.#byOwner.get(each.owner)
      if (group === undefined) this.#byOwner.set(each.owner, [each])
      else group.push(each)
    }
    this.#owners = [...this.#byOwner.keys()]
  }

  get size() {
    return this.#all.length
  }

  at(index) {
    return this.#all[index % this.#all.length]
  }

  draw(random) {
    if (random.chance(0.5)) return random.pick(this.#all)
    return random.pick(this.#byOwner.get(random.pick(this.#owners)))
  }
}
