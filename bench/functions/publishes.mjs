import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FunctionRegistry } from '@isolane/functions'
import { Pool } from 'isolane'
import { startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'
import { median } from '../lib/statistics.mjs'
import { inFolder, storeIn, withRedis } from './places.mjs'
import { nameOf, publicationsOf, textOf } from './texts.mjs'

const child = fileURLToPath(new URL('follower-child.mjs', import.meta.url))

const PUBLISHES = 10
/** Between publishes, so that each finds processes at rest. */
const PAUSE_MS = 50

const METRICS = [
  { key: 'hereMs', label: 'in force here, ms' },
  { key: 'thereMs', label: 'in another process, ms' },
]

/** From `publish` to when calls run the new version: in this process, and in another one on the same store. */
export async function publishes({ rounds, threads, functions, note, onUnavailable }) {
  note(`publishes of one of ${functions} functions`)
  const samples = await inFolder((path) =>
    withRedis(onUnavailable, async (server) => {
      const places = [{ kind: 'memory' }, { kind: 'folder', path: join(path, 'functions') }]
      if (server !== undefined) places.push({ kind: 'redis', port: server.port })
      const fleets = new Map()
      try {
        for (const place of places)
          fleets.set(place.kind, await Fleet.start(place, functions, threads))
        return await interleave(fleets, Math.ceil(rounds / 3), (fleet) => fleet.sample(), 1)
      } finally {
        for (const fleet of fleets.values()) await fleet.end()
      }
    }),
  )
  const title = `one publish where ${functions} functions are in force`
  return { id: 'functions-publish', title, metrics: METRICS, samples }
}

/** A registry here and, but in memory, one in another process. */
class Fleet {
  #version = 1
  #follower
  /** When revisions came into force there, and who waits for them. */
  #times = new Map()

  static async start(place, functions, threads) {
    const fleet = new Fleet()
    fleet.functions = functions
    fleet.pool = new Pool({ threads })
    fleet.registry = new FunctionRegistry(fleet.pool, { store: storeIn(place), timeout: 60_000 })
    await fleet.registry.publishAll(publicationsOf(functions, 1))
    if (place.kind !== 'memory') await fleet.#follow(place, threads)
    return fleet
  }

  async #follow(place, threads) {
    this.#follower = startChild([child, JSON.stringify(place), String(threads)], 'inherit')
    const lines = createInterface({ input: this.#follower.stdout })
    lines.on('line', (line) => {
      const { revision, at } = JSON.parse(line)
      this.#timeOf(revision).resolve(BigInt(at))
    })
    await this.#timeOf(1).promise
  }

  #timeOf(revision) {
    let time = this.#times.get(revision)
    if (time === undefined) {
      let resolve
      const promise = new Promise((settle) => (resolve = settle))
      this.#times.set(revision, (time = { promise, resolve }))
    }
    return time
  }

  async sample() {
    const here = []
    const there = []
    for (let i = 0; i < PUBLISHES; i++) {
      await pause(PAUSE_MS)
      const which = (this.#version * 7) % this.functions
      const text = textOf(which, ++this.#version)
      const began = process.hrtime.bigint()
      const { revision } = await this.registry.publish(nameOf(which), text)
      here.push(Number(process.hrtime.bigint() - began) / 1e6)
      if (this.#follower === undefined) continue
      // The clock is the machine's.
      there.push(Number((await this.#timeOf(revision).promise) - began) / 1e6)
    }
    const hereMs = median(here)
    return there.length === 0 ? { hereMs } : { hereMs, thereMs: median(there) }
  }

  async end() {
    if (this.#follower !== undefined) {
      const ended = once(this.#follower, 'close')
      this.#follower.stdin.end()
      await ended
    }
    await this.registry.close()
    await this.pool.close()
  }
}
