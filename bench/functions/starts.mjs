import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FunctionRegistry } from '@isolane/functions'
import { outputOf, startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'
import { inFolder, storeIn } from './places.mjs'
import { publicationsOf, textOf } from './texts.mjs'

const child = fileURLToPath(new URL('start-child.mjs', import.meta.url))

const VERSIONS = 2
/** Functions of a change, as somebody publishes that works on one part. */
const TOGETHER = 50

const METRICS = [
  { key: 'readyMs', label: 'ready ms' },
  { key: 'cpuMs', label: 'CPU until then ms' },
  { key: 'listMs', label: 'list ms' },
  { key: 'firstMs', label: 'first call ms' },
  { key: 'heapBytes', label: 'heap a function, bytes' },
]

/** What a process costs that starts with many functions, each sample in a process of its own. */
export async function starts({ rounds, functions, threads, note }) {
  note(`processes that start with ${functions} functions`)
  return inFolder(async (path) => {
    const places = new Map()
    for (const kind of ['folder', 'snapshot']) {
      const place = { kind, path: join(path, kind) }
      await fill(place, functions)
      places.set(kind, place)
    }
    const samples = await interleave(places, Math.ceil(rounds / 3), async (place) => {
      const args = [child, JSON.stringify(place), String(functions), String(threads)]
      return JSON.parse(await outputOf(startChild(args)))
    })
    const kilobytes = (textOf(0, VERSIONS).length / 1000).toFixed(1)
    const title = `a process that starts with ${functions} functions of ${kilobytes} kB in ${functions * VERSIONS} versions`
    return { id: 'functions-start', title, metrics: METRICS, samples }
  })
}

/** Publishes all functions in all versions. */
async function fill(place, functions) {
  const snapshot = place.kind === 'snapshot' ? { snapshot: place.path } : {}
  const registry = new FunctionRegistry(undefined, {
    store: storeIn(place),
    timeout: 60_000,
    ...snapshot,
  })
  await registry.ready
  for (let version = 1; version <= VERSIONS; version++) {
    const all = publicationsOf(functions, version)
    for (let i = 0; i < functions; i += TOGETHER)
      await registry.publishAll(all.slice(i, i + TOGETHER))
  }
  await registry.close()
}
