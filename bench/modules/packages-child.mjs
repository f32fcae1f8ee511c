/** `node packages-child.mjs <way> <package>`: what calls of a function with a package cost, as JSON on stdout. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'isolane'
import { bundled } from '../../__test__/packages/bundled.mjs'
import { uses } from '../../__test__/packages/uses.mjs'
import { packagesFolder } from '../../scripts/fetched/packages.mjs'
import { endWithParent } from '../lib/children.mjs'
import { median } from '../lib/statistics.mjs'

/** Calls after the first; those of the last half count. */
const LATER = 400

endWithParent()

const [way, name] = process.argv.slice(2)
const text = Object.entries(uses).find(([key]) => key.startsWith(`${name}@`))[1]
const filename = join(packagesFolder, `bench-${process.pid}.mjs`)

const firstOf = async (pool) => {
  const called = performance.now()
  await pool.run(fn, undefined, options)
  return performance.now() - called
}

const newPool = async () => {
  const pool = new Pool({ threads: 1, engine: way.includes('(node)') ? 'node' : 'v8' })
  await pool.run((x) => x, 1)
  return pool
}

let fn = { filename }
let options = {}
if (way.endsWith('a bundle')) {
  fn = { source: await bundled(text, packagesFolder), name: 'use' }
  options = { stateful: true }
} else writeFileSync(filename, text)
try {
  const pool = await newPool()
  const firstMs = await firstOf(pool)
  const times = []
  while (times.length < LATER) times.push(await firstOf(pool))
  const laterUs = median(times.slice(LATER / 2)) * 1e3
  await pool.close()
  const next = await newPool()
  const secondMs = await firstOf(next)
  await next.close()
  process.stdout.write(JSON.stringify({ firstMs, secondMs, laterUs }))
} finally {
  rmSync(filename, { force: true })
}
