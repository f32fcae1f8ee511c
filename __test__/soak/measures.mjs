import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const MIB = 1 << 20

/** Threads of this process; 0 where the system does not say. */
export function threadCount() {
  try {
    return Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return 0
  }
}

/** Resident memory over a run, measured when no pool lives. */
export class Memory {
  #samples = []

  async sample() {
    for (let i = 0; i < 2; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#samples.push(process.memoryUsage.rss() / MIB)
  }

  describe() {
    const [early, late] = this.#halves()
    return `RSS between pools: ${early.toFixed(0)} MiB in the first half, ${late.toFixed(0)} in the last`
  }

  /** The halves' medians may differ by what allocators keep, and no more. */
  assertNoSlope() {
    const [early, late] = this.#halves()
    assert.ok(late <= early * 1.15 + 24, this.describe())
  }

  /** Medians of the two halves of what comes after the warm-up. */
  #halves() {
    const warm = this.#samples.slice(Math.ceil(this.#samples.length / 5))
    const middle = Math.max(1, warm.length >> 1)
    return [median(warm.slice(0, middle)), median(warm.slice(-middle))]
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
