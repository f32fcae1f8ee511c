/** Values of every kind that the codec carries, at random. */

/** Containers in one value. */
const MOST = 300

/**
 * @param {ReturnType<typeof import('../../bench/workloads/random.mjs').makeRandom>} random
 * @returns {{ next(options?: { named?: boolean }): unknown }}
 */
export function makeValues(random) {
  /** Containers that the current value may still have. */
  let room = 0

  function randomValue(depth, shared = []) {
    // Shared values share nothing themselves: comparing walks them once for each reference.
    if (depth > 1 && shared.length > 0 && random.chance(0.05)) return random.pick(shared)
    if (depth === 0 || --room < 0 || random.chance(0.2)) return scalar()
    const value = random.pick([array, records, object, map, set, typed, sparse])(depth - 1, shared)
    if (depth === 1) shared.push(value)
    return value
  }

  function scalar() {
    return random.pick([
      () => random.integer(-(2 ** 31), 2 ** 31),
      () => random.integer(-3, 200),
      () => random.next() * 10 ** random.integer(-300, 300),
      () => random.pick([undefined, null, true, false, NaN, -0, 0, Infinity]),
      () => 'x'.repeat(random.integer(0, 40)) + random.integer(0, 50),
      () =>
        String.fromCharCode(
          ...Array.from({ length: random.integer(0, 12) }, () => random.integer(0, 65535)),
        ),
      () => BigInt(random.integer(0, 2 ** 31)) ** BigInt(random.integer(0, 9)),
      () => new Date(random.integer(0, 2e9)),
      () => /a+(b|c)/gi,
      () => Object(random.integer(0, 9)),
    ])()
  }

  const many = (most, make) => Array.from({ length: random.integer(0, most) }, make)
  const key = () =>
    random.pick(['a', 'b', 'id', 'name', '__proto__', 'constructor', '0', '17', 'ü', '日', ''])
  const array = (depth, shared) => many(30, () => randomValue(depth, shared))
  const map = (depth, shared) => new Map(many(6, () => [scalar(), randomValue(depth, shared)]))
  const set = (depth, shared) => new Set(many(6, () => randomValue(depth, shared)))

  function object(depth, shared) {
    const result = {}
    for (const name of many(6, key)) define(result, name, randomValue(depth, shared))
    return result
  }

  /** Records of a few shapes, enough of them that columns and compiled code come into play. */
  function records(depth, shared) {
    const makers = many(3, () => {
      const names = [...new Set(many(5, key))]
      const kinds = names.map(() =>
        random.pick([
          scalar,
          () => random.integer(0, 9),
          () => `s${random.integer(0, 9)}`,
          () => randomValue(Math.min(depth, 1), shared),
        ]),
      )
      return () => {
        const record = {}
        names.forEach((name, i) => define(record, name, kinds[i]()))
        return record
      }
    })
    return makers.length === 0 ? [] : many(200, () => random.pick(makers)())
  }

  function typed() {
    const memory = new ArrayBuffer(random.integer(0, 8) * 8)
    const views = [new Uint8Array(memory), new Float64Array(memory), new DataView(memory)]
    return random.chance(0.5) ? random.pick(views) : views
  }

  function sparse(depth, shared) {
    const result = []
    for (let i = 0; i < 4; i++)
      result[random.integer(0, 10 ** random.integer(0, 5))] = randomValue(depth, shared)
    return result
  }

  return {
    /** Named arrays are for the top only: deep inside columns they may be missed (docs/codec.md). */
    next({ named = true } = {}) {
      room = MOST
      const value = randomValue(random.integer(0, 5))
      if (named && Array.isArray(value) && random.chance(0.2)) value.extra = scalar()
      return value
    },
  }
}

function define(target, name, value) {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
