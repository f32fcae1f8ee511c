import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BlockSize } from '../../npm/isolane/dist/values/block-size.js'

/**
 * Sizes of the blocks that a text goes in, where so many bytes run for a millisecond. Blocks of several chunks
 * take `turns` times as long.
 */
function sizes(bytesPerMs, options = {}) {
  const { timeout = Infinity, blocks = 20, size = new BlockSize(timeout), turns = 1 } = options
  return Array.from({ length: blocks }, () => {
    const { bytes } = size
    const isChunk = size.isChunk(bytes)
    size.measured(bytes, (bytes / bytesPerMs) * (isChunk ? 1 : turns), isChunk)
    return bytes
  })
}

describe('the size of a block', () => {
  it('begins small, grows by steps, and ends at a MiB where a function is cheap', () => {
    const all = sizes(1e6)
    assert.deepEqual(all.slice(0, 3), [64, 1024, 16_384])
    assert.equal(all.at(-1), 1 << 20)
  })

  it('is what runs for 200 ms where a function is slow', () => {
    assert.equal(Math.round(sizes(10).at(-1)), 2000)
    assert.equal(Math.round(sizes(0.1).at(-1)), 20)
  })

  it('is what runs for a quarter of a timeout that is short', () => {
    assert.equal(Math.round(sizes(10, { timeout: 20 }).at(-1)), 50)
    assert.equal(Math.round(sizes(10, { timeout: 1e6 }).at(-1)), 2000)
  })

  it('is at least a chunk where other calls have turns between the chunks of a block', () => {
    const all = sizes(1000, { turns: 1000, blocks: 50 })
    assert.ok(Math.min(...all.slice(5)) >= 3999, `${all}`)
    assert.ok(Math.max(...all.slice(5)) <= 64_001, `${all}`)
  })

  it('is one chunk at first, and then where it takes 4 ms or less', () => {
    const size = new BlockSize(Infinity)
    assert.equal(size.isChunk(1 << 30), true)
    sizes(1000, { size })
    assert.deepEqual([size.isChunk(3990), size.isChunk(4010)], [true, false])
  })

  it('is never less than a byte, whatever one has cost', () => {
    assert.equal(sizes(1e-6).at(-1), 1)
  })

  it('follows when items become slower, or cheaper', () => {
    const size = new BlockSize(Infinity)
    assert.equal(sizes(1e6, { size }).at(-1), 1 << 20)
    assert.equal(Math.round(sizes(10, { size, blocks: 40 }).at(-1)), 2000)
    assert.equal(sizes(1e6, { size, blocks: 40 }).at(-1), 1 << 20)
  })

  it('does not shrink for a short block at the end of what has come, nor for one that took no time', () => {
    const size = new BlockSize(Infinity)
    sizes(1e6, { size })
    size.measured(3, 0.001, true)
    size.measured(3, 0, true)
    assert.equal(size.bytes, 1 << 20)
    const first = new BlockSize(Infinity)
    first.measured(3, 0, true)
    assert.equal(first.bytes, 64)
  })
})
