import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BadPayloadError,
  DataCloneError,
  Decoder,
  Encoder,
  interpreted,
  makeRoundTrip,
  nodePlatform,
  times,
} from './support.mjs'

/** `base` with a table of shared buffers, as on two threads of one process. */
function sharing(base) {
  const table = []
  return {
    ...base,
    table,
    shareBuffer: (buffer) => table.push(buffer) - 1,
    sharedBuffer: (id) => table[id],
  }
}

for (const [mode, base] of [
  ['compiled', nodePlatform],
  ['interpreted', interpreted],
]) {
  describe(`shared buffers, ${mode}`, () => {
    test('a buffer and views of it', () => {
      const buffer = new SharedArrayBuffer(24)
      const copy = makeRoundTrip(sharing(base))({
        buffer,
        words: new Int32Array(buffer, 4, 2),
        data: new DataView(buffer, 3, 5),
        none: new Uint8Array(buffer, 24),
      })
      assert.equal(copy.buffer, buffer)
      for (const view of [copy.words, copy.data, copy.none]) assert.equal(view.buffer, buffer)
      assert.deepEqual([copy.words.byteOffset, copy.words.length], [4, 2])
      assert.deepEqual([copy.data.byteOffset, copy.data.byteLength], [3, 5])
    })

    test('is handed over once per payload', () => {
      const platform = sharing(base)
      const words = new Int32Array(new SharedArrayBuffer(8))
      const copy = makeRoundTrip(platform)(times(100, (i) => ({ i, words: words.subarray(i % 2) })))
      assert.equal(platform.table.length, 1)
      for (const item of copy) assert.equal(item.words.buffer, words.buffer)
    })

    test('a Buffer over one, of any size', () => {
      const bytes = Buffer.from(new SharedArrayBuffer(100_000), 10, 90_000)
      const platform = sharing(base)
      // No buffer that is shared is offered as an attachment.
      const payload = new Encoder(platform).encode(bytes, 'value', () => assert.fail())
      const copy = new Decoder(platform).decode(payload.slice())
      assert.equal(copy.buffer, bytes.buffer)
      assert.deepEqual([copy.byteOffset, copy.byteLength], [10, 90_000])
    })

    test('an id that nobody has been given is a bad payload', () => {
      const bytes = new Encoder(sharing(base)).encode([new SharedArrayBuffer(8)]).slice()
      for (const platform of [base, sharing(base)]) {
        assert.throws(
          () => new Decoder(platform).decode(bytes),
          (error) =>
            error instanceof BadPayloadError &&
            error.code === 'ERR_ISOLANE_BAD_PAYLOAD' &&
            error.offset > 0 &&
            /no shared buffer 0/.test(error.message),
        )
      }
    })

    test('are refused where memory cannot be shared, and the message names the engine that can', () => {
      for (const value of [new SharedArrayBuffer(8), new Uint8Array(new SharedArrayBuffer(8))]) {
        assert.throws(
          () => new Encoder(base).encode({ value }, 'argument'),
          (error) =>
            error instanceof DataCloneError &&
            error.path.startsWith('argument.value') &&
            /a SharedArrayBuffer, which only the node engine can share/.test(error.message),
        )
      }
    })
  })
}
