import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { Decoder, Encoder } from '../../npm/isolane/dist/codec/index.js'
import { nodePlatform } from '../../npm/isolane/dist/codec/platform-node.js'

setFlagsFromString('--allow-natives-syntax')
// oxlint-disable-next-line no-new-func -- the syntax is not JavaScript's
const hasHoles = new Function('array', 'return %HasHoleyElements(array)')

/** Changed on purpose, and restored. */
const { prototype } = Array
const encoder = new Encoder(nodePlatform)
const decoder = new Decoder(nodePlatform)
const carried = (value) => decoder.decode(encoder.encode(value).slice())

/** One for each kind of column that arrays are read from. */
const ELEMENTS = {
  integers: (i) => i,
  doubles: (i) => i + 0.5,
  'integers and doubles': (i) => (i % 2 === 0 ? i : i + 0.5),
  strings: (i) => `s${i % 300}`,
  records: (i) => ({ tag: `t${i % 7}`, score: i }),
  'records that contain others': (i) => ({ tag: `t${i}`, at: { x: i, y: [i, i + 1] } }),
  'values of any type': (i) => [i, `s${i}`, null, { tag: `t${i}` }, true][i % 5],
}

describe('decoded arrays are as long as they were, and have no holes that they had not', () => {
  for (const [name, element] of Object.entries(ELEMENTS)) {
    for (const length of [5, 17, 1023, 1024, 1025, 3000]) {
      it(`${length} ${name}`, () => {
        const list = Array.from({ length }, (_, i) => element(i))
        const records = Array.from({ length: 9 }, (_, i) => ({ i, list }))
        for (const value of [list, { list }, records.map(({ i }) => ({ i, list: [...list] }))]) {
          const decoded = carried(value)
          assert.deepStrictEqual(decoded, value)
          const arrays = Array.isArray(value) && value[0]?.list ? decoded.map((r) => r.list) : []
          if (decoded.list) arrays.push(decoded.list)
          if (value === list) arrays.push(decoded)
          assert.ok(arrays.length > 0)
          for (const array of arrays) {
            assert.equal(array.length, length)
            assert.equal(hasHoles(array), false)
          }
        }
      })
    }
  }

  it('keeps holes where there were some', () => {
    const sparse = (i) => {
      const list = [i, 'a', 'b', 'c', 'd', 'e', 'f']
      delete list[3]
      return list
    }
    const records = Array.from({ length: 20 }, (_, i) => ({ i, list: sparse(i) }))
    assert.deepStrictEqual(carried(records), records)
    for (const { list } of carried(records)) assert.equal(3 in list, false)
  })

  it('is an ordinary array, which grows and shrinks', () => {
    const [{ list }] = carried(Array.from({ length: 9 }, () => ({ list: [1, 2, 3, 4, 5, 6] })))
    list.push(7)
    list.length = 2
    assert.deepStrictEqual(list, [1, 2])
    assert.equal(Object.getPrototypeOf(list), Array.prototype)
    assert.deepStrictEqual(carried([[1, 2, 3, 4, 5, 6]]), [[1, 2, 3, 4, 5, 6]])
  })
})

describe('arrays are decoded without code of the host’s', () => {
  const value = Array.from({ length: 9 }, (_, i) => ({
    texts: ['a', 'b', 'c', 'd', 'e', `f${i}`],
    numbers: [1, 2, 3, 4, 5, i],
  }))

  it('asks no constructor and calls no method', () => {
    const bytes = encoder.encode(value).slice()
    const calls = []
    const decoded = withReplaced(
      {
        toSpliced: () => calls.push('toSpliced'),
        constructor: {
          get [Symbol.species]() {
            return calls.push('species')
          },
        },
      },
      () => decoder.decode(bytes),
    )
    assert.deepEqual(calls, [])
    assert.deepStrictEqual(decoded, value)
  })

  it('meets no setter of an index', () => {
    const bytes = encoder.encode(value).slice()
    const calls = []
    const set = () => {
      calls.push(2)
    }
    Object.defineProperty(prototype, 2, { set, configurable: true })
    let decoded
    try {
      decoded = decoder.decode(bytes)
    } finally {
      delete Array.prototype[2]
    }
    assert.deepEqual(calls, [])
    assert.deepStrictEqual(decoded, value)
  })
})

/** What `run` gives while `Array.prototype` has other properties. */
function withReplaced(properties, run) {
  const names = Object.keys(properties)
  const before = names.map((name) => Object.getOwnPropertyDescriptor(Array.prototype, name))
  for (const name of names) Object.defineProperty(prototype, name, { value: properties[name] })
  try {
    return run()
  } finally {
    names.forEach((name, i) => Object.defineProperty(prototype, name, before[i]))
  }
}
