/** What a worker writes about its chunk is checked before it is believed. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Decoder, Encoder, nodePlatform } from './support.mjs'

const require = createRequire(import.meta.url)
const {
  failureRecord,
  logRecords,
  outcomeParts,
} = require('../../npm/isolane/dist/jobs/answers.js')

const BAD = { code: 'ERR_ISOLANE_BAD_PAYLOAD' }
/** An outcome of a chunk of four items, in words and a payload of 8 bytes. */
const outcome = (...words) => {
  const bytes = new Uint8Array(8 + words.length * 4 + 12)
  new Uint32Array(bytes.buffer, 8, words.length).set(words)
  return { bytes, offset: 8, length: bytes.length - 8, count: 4 }
}

describe('an outcome', () => {
  it('says where blocks and failures are', () => {
    const { blocks, failures } = outcomeParts(outcome(1, 1, 0, 3, 8, 3, 0))
    assert.deepEqual(blocks, [{ start: 0, count: 3, offset: 8 + 32, length: 8, place: undefined }])
    assert.deepEqual(failures, [
      { start: 3, count: 1, offset: 8 + 40, length: 0, place: undefined },
    ])
  })

  const wrong = {
    'no bytes': { ...outcome(), length: 4 },
    'more blocks than it has bytes': outcome(2 ** 32 - 1, 0),
    'more failures than it has bytes': outcome(0, 2 ** 31),
    'a block behind the chunk': outcome(1, 0, 4, 1, 0),
    'a block of more items than the chunk': outcome(1, 0, 0, 5, 0),
    'a block with more bytes than there are': outcome(1, 0, 0, 4, 1000),
    'a failure behind the chunk': outcome(0, 1, 4, 0),
  }
  for (const [name, answer] of Object.entries(wrong)) {
    it(`is refused for ${name}`, () => assert.throws(() => outcomeParts(answer), BAD))
  }
})

describe('the record of a failure', () => {
  it('is what drivers write', () => {
    const record = { kind: 'clone', index: 3, error: 'a function', path: 'result[0]', first: 3 }
    assert.equal(failureRecord(record), record)
  })

  for (const value of [undefined, null, 7, 'throw', [], {}, { kind: 'throw' }, { index: 1 }]) {
    it(`is not ${JSON.stringify(value)}`, () => assert.throws(() => failureRecord(value), BAD))
  }
  const record = { kind: 'throw', index: 0 }
  for (const change of [{ kind: 'other' }, { index: '0' }, { path: 1 }, { line: {} }]) {
    it(`has no ${JSON.stringify(change)}`, () =>
      assert.throws(() => failureRecord({ ...record, ...change }), BAD))
  }
})

describe('log records', () => {
  const decoder = new Decoder(nodePlatform)
  const records = (bytes) => logRecords(decoder, { bytes, offset: 0, length: bytes.length })
  const encoded = (value) => Uint8Array.from(new Encoder(nodePlatform).encode(value))

  it('are those that are such', () => {
    const good = ['info', 'text', 5, -1, '']
    const bad = ['loud', 5, '5', 0.5, 1].map((part, i) => good.with(i, part))
    assert.deepEqual(records(encoded([...bad, good, 5, good.slice(0, 3)])), [good])
    assert.deepEqual(records(encoded('text')), [])
  })

  it('say that they cannot be read', () => {
    const [[level, text]] = records(new Uint8Array(3))
    assert.equal(level, 'warn')
    assert.match(text, /^\[unreadable: bad payload/)
  })
})
