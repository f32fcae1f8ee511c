/** Random values and random changes of them, drawn from a seed. */

import { makeRandom } from '../../bench/workloads/random.mjs'

const KEYS = ['a', 'b', 'c', 'd', '', '0', '7', '__proto__', 'constructor', 'a/b', 'm~n', 'ä😀']

export class Random {
  constructor(seed, { isJson = false } = {}) {
    const { next, pick } = makeRandom(seed)
    this.next = next
    this.one = pick
    this.isJson = isJson
  }

  below(count) {
    return Math.floor(this.next() * count)
  }

  scalar() {
    const plain = [0, 1, -1, 1.5, '', 'x', 'yz', true, false, null]
    const others = [
      -0,
      NaN,
      undefined,
      1n,
      new Date(5),
      /x/g,
      Uint8Array.of(1, 2),
      new ArrayBuffer(3),
    ]
    return this.one(this.isJson ? plain : [...plain, ...others])
  }

  value(depth = 3) {
    const kind = depth === 0 ? 0 : this.below(this.isJson ? 6 : 8)
    if (kind < 2) return this.scalar()
    const size = this.below(5)
    if (kind < 4) return Array.from({ length: size }, () => this.value(depth - 1))
    if (kind < 6) return this.#record(size, depth)
    if (kind === 6) {
      return new Map(Array.from({ length: size }, () => [this.#entry(), this.value(depth - 1)]))
    }
    return new Set(Array.from({ length: size }, () => this.#entry()))
  }

  /** A copy with up to `count` changes, each anywhere. */
  changed(value, count = 3) {
    let copy = structuredClone(value)
    for (let i = this.below(count + 1); i > 0; i--) copy = this.#change(copy)
    return copy
  }

  #entry() {
    return this.one(['a', 'b', 'c', 1, 2, true, null])
  }

  #record(size, depth) {
    const record = {}
    for (let i = 0; i < size; i++) define(record, this.one(KEYS), this.value(depth - 1))
    return record
  }

  #change(value) {
    const goesOn = this.next() < 0.7
    if (Array.isArray(value)) {
      const at = this.below(value.length + 1)
      if (goesOn && at < value.length) value[at] = this.#change(value[at])
      else if (this.next() < 0.5) value.splice(at, 0, this.value(2))
      else value.splice(at, 1 + this.below(2))
      return value
    }
    if (value instanceof Map) {
      const key = this.#entry()
      if (goesOn && value.has(key)) return value.set(key, this.#change(value.get(key)))
      if (!value.delete(key)) value.set(key, this.value(2))
      return value
    }
    if (value instanceof Set) {
      const key = this.#entry()
      if (!value.delete(key)) value.add(key)
      return value
    }
    if (Object.prototype.toString.call(value) === '[object Object]') {
      const key = this.one([...KEYS, ...Object.keys(value)])
      if (goesOn && Object.hasOwn(value, key)) define(value, key, this.#change(value[key]))
      else if (Object.hasOwn(value, key)) delete value[key]
      else define(value, key, this.value(2))
      return value
    }
    return this.value(1)
  }
}

export function define(target, key, value) {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
