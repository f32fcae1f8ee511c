/** A list of items of which some cannot be encoded: what comes before each is a payload like any other. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { sized } from '../support/size.mjs'
import { makeValues } from './random-values.mjs'
import { DataCloneError, Decoder, Encoder, interpreted, nodePlatform } from './support.mjs'

const boom = new Error('a getter of the host')
const throwing = () => ({
  get bad() {
    throw boom
  },
})

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const detached = () => {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

const deep = () => {
  let nest = {}
  for (let i = 0; i < 2000; i++) nest = { nest }
  return nest
}

const overflowing = () => ({
  get bad() {
    const deeper = () => 1 + deeper()
    return deeper()
  },
})

const bad = {
  'a getter that throws': throwing,
  'a getter that fills the stack': overflowing,
  'a function': () => () => 1,
  'a symbol': () => Symbol('s'),
  'a WeakMap': () => new WeakMap(),
  'a revoked proxy': revoked,
  'a detached buffer': detached,
  'a value nested too deep': deep,
}

/** Puts `what` somewhere into a value of `random`'s making. */
function hidden(random, what, values) {
  const inside = values.next({ named: false })
  return random.pick([
    () => what,
    () => [inside, what],
    () => ({ id: 1, inside, what }),
    () => ({ id: 2, list: [{ a: 1 }, { a: inside }, { a: what }] }),
    () => new Map([['key', [what]]]),
    () => Array.from({ length: 20 }, (_, n) => ({ n, name: `n${n}`, more: n === 17 ? what : n })),
  ])()
}

/** As a caller does it: payload by payload, each until an item is refused. */
function encodeAll(encoder, items) {
  const payloads = []
  const failures = []
  for (let start = 0; start < items.length;) {
    let end = items.length
    const bytes = encoder.encodeRange(items, start, end, 'items', undefined, (failure) => {
      assert.ok(failure.isOwn)
      failures.push(failure)
      end = failure.index
    })
    if (end > start) payloads.push([start, Uint8Array.from(bytes)])
    start = end === items.length ? end : end + 1
  }
  return { payloads, failures }
}

function decodeAll(decoder, payloads, length) {
  const decoded = Array.from({ length }, () => 'refused')
  for (const [start, bytes] of payloads) decoder.decodeInto(bytes, 0, bytes.length, decoded, start)
  return decoded
}

const codecs = [nodePlatform, interpreted].map((platform) => ({
  encoder: new Encoder(platform),
  decoder: new Decoder(platform),
}))

describe('items that cannot be encoded', () => {
  for (const [name, make] of Object.entries(bad)) {
    it(`${name}: wherever it stands, the others arrive`, () => {
      const random = makeRandom(name.length)
      const values = makeValues(random)
      for (let round = 0; round < sized(100, 8); round++) {
        const count = random.integer(1, random.pick([4, 14, 40]))
        const record = (n) => ({ id: n, name: `room ${n % 7}`, tags: [n, 'x'], at: { n: n / 2 } })
        const good = random.pick([
          () => values.next({ named: false }),
          record,
          (n) => n,
          (n) => n / 3,
          String,
        ])
        const expected = Array.from({ length: count }, (_, n) => good(n))
        const items = [...expected]
        const at = [...new Set(Array.from({ length: 3 }, () => random.integer(0, count)))]
          .filter((index) => index < count)
          .sort((a, b) => a - b)
        for (const index of at) {
          items[index] = hidden(random, make(), values)
          expected[index] = 'refused'
        }
        for (const { encoder, decoder } of codecs) {
          const { payloads, failures } = encodeAll(encoder, items)
          assert.deepEqual(
            failures.map(({ index }) => index),
            at,
          )
          assert.deepStrictEqual(decodeAll(decoder, payloads, count), structuredClone(expected))
        }
      }
    })
  }

  it('are told with their path, or with what they threw', () => {
    const items = [...Array.from({ length: 50 }, (_, n) => ({ n })), { n: 1, nested: [0, () => 1] }]
    for (const { encoder } of codecs) {
      const [refused] = encodeAll(encoder, items).failures
      assert.ok(refused.error instanceof DataCloneError)
      assert.equal(refused.error.path, 'items[50].nested[1]')
      const [thrown] = encodeAll(encoder, [1, throwing()]).failures
      assert.deepEqual([thrown.error, thrown.isThrown, thrown.index], [boom, true, 1])
    }
  })

  it('leave getters of the others run once', () => {
    const runs = []
    const items = Array.from({ length: 100 }, (_, n) => ({
      get n() {
        runs.push(n)
        if (n % 10 === 3) throw boom
        return n
      },
    }))
    for (const { encoder } of codecs) {
      runs.length = 0
      encodeAll(encoder, items)
      assert.deepEqual(
        runs,
        items.map((_, n) => n),
      )
    }
  })

  for (const length of [5, 40]) {
    it(`may be what the list itself does not give, in lists of ${length}`, () => {
      const makers = [(n) => n, (n) => n / 7, (n) => `s${n}`, (n) => ({ n }), (n) => [n, `${n}`]]
      for (const make of makers) {
        for (let at = 0; at < length; at++) {
          const items = Array.from({ length }, (_, n) => make(n))
          const expected = [...items]
          expected[at] = 'refused'
          Object.defineProperty(items, at, {
            get() {
              throw boom
            },
          })
          for (const { encoder, decoder } of codecs) {
            const { payloads, failures } = encodeAll(encoder, items)
            assert.deepEqual(failures.map(({ index }) => index), [at]) // prettier-ignore
            assert.deepStrictEqual(decodeAll(decoder, payloads, length), expected)
          }
        }
      }
    })
  }

  it('stand behind holes', () => {
    const items = Array.from({ length: 300 })
    items[1] = { a: 1 }
    items[150] = 'x'
    items[290] = () => 1
    for (const n of [0, 2, 3, 151, 299]) delete items[n]
    for (let n = 4; n < 150; n++) delete items[n]
    for (const { encoder, decoder } of codecs) {
      const { payloads, failures } = encodeAll(encoder, items)
      assert.deepEqual(failures.map(({ index }) => index), [290]) // prettier-ignore
      const decoded = []
      for (const [start, bytes] of payloads)
        decoder.decodeInto(bytes, 0, bytes.length, decoded, start)
      assert.deepStrictEqual(decoded.slice(0, 290), items.slice(0, 290))
    }
  })
})
