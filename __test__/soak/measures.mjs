import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const MIB = 1 << 20
/** Of a run, before its memory counts: allocators and caches fill at first. */
const WARM_UP = 0.2
/** What memory may grow by over the rest of a run, whatever its length: a share of it, and MiB. */
const GROWTH = { share: 0.1, mib: 24 }
/** With fewer samples there is no slope to speak of. */
const ENOUGH = 8

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
  /** Pairs of seconds and MiB. */
  #samples = []

  async sample() {
    for (let i = 0; i < 2; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#samples.push([performance.now() / 1000, process.memoryUsage.rss() / MIB])
  }

  describe() {
    const sizes = this.#warm.map(([, size]) => size)
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map((size) => size.toFixed(0))
    return (
      `RSS between pools, after a warm-up: ${sizes.length} samples, ${least} to ${most} MiB; ` +
      `slope ${(this.#slope * 60).toFixed(2)} MiB a minute`
    )
  }

  /** Over the time that was measured, the slope may come to what allocators keep, and no more. */
  assertNoSlope() {
    const warm = this.#warm
    if (warm.length < ENOUGH) return
    const seconds = warm.at(-1)[0] - warm[0][0]
    const most = warm[0][1] * GROWTH.share + GROWTH.mib
    assert.ok(this.#slope * seconds <= most, this.describe())
  }

  get #warm() {
    return this.#samples.slice(Math.floor(this.#samples.length * WARM_UP))
  }

  /** MiB a second: the median of the slopes between all pairs (Theil and Sen), which no outlier moves. */
  get #slope() {
    const warm = this.#warm
    const slopes = []
    for (let i = 0; i < warm.length; i++) {
      for (let j = 0; j < i; j++) {
        slopes.push((warm[i][1] - warm[j][1]) / (warm[i][0] - warm[j][0]))
      }
    }
    slopes.sort((a, b) => a - b)
    return slopes[slopes.length >> 1] ?? 0
  }
}
