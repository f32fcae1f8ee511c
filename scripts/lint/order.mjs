import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { withOldCompiler } from '../fetched/aside.mjs'
import { packages } from '../lib/packages.mjs'
import { root } from '../lib/paths.mjs'
import { CommandError, run } from '../lib/run.mjs'
import { Refusal } from '../lib/steps.mjs'

const config = join(root, '.dependency-cruiser.mjs')

/** A file for each rule that must not be there; a rule that finds nothing may be one that looks nowhere. */
const climbs = {
  'codec is below': ['npm/isolane/src/codec/climb.ts', '../pool/pool.js'],
  'engines apart': ['npm/isolane/src/node-worker/climb.ts', '../isolate/main.js'],
  'isolane stands alone': ['npm/isolane/src/pool/climb.ts', '../../../above/src/index.js'],
  'no folder without a place': ['npm/isolane/src/elsewhere/climb.ts', '../index.js'],
  'functions: store is below': ['npm/functions/src/store/climb.ts', '../registry/options.js'],
  'functions: no folder without a place': ['npm/functions/src/elsewhere/climb.ts', '../index.js'],
  'places apart': ['npm/functions/src/redis/climb.ts', '../postgres/index.js'],
  'places are chosen': ['npm/functions/src/registry/climb.ts', '../redis/index.js'],
}

/** Whether files import only what lies below them (`.dependency-cruiser.mjs`). */
export async function checkOrder() {
  const cruise = await withOldCompiler('dependency-cruiser', 'bin', 'dependency-cruise.mjs')
  const command = [process.execPath, cruise, '--config', config]
  await run([...command, ...packages().map(({ path }) => join(path, 'src'))])
  await findsClimbs(command)
}

async function findsClimbs(command) {
  const folder = mkdtempSync(join(tmpdir(), 'isolane-order-'))
  try {
    const targets = Object.values(climbs).map(([file, to]) => join(dirname(file), to))
    for (const target of targets) write(folder, target.replace(/\.js$/, '.ts'), '')
    for (const [file, to] of Object.values(climbs)) write(folder, file, `import '${to}'\n`)
    const found = await run([...command, 'npm'], { cwd: folder }).catch((error) => {
      if (error instanceof CommandError) return error.output
      throw error
    })
    for (const rule of Object.keys(climbs)) {
      if (!found.includes(rule)) throw new Refusal(`The rule '${rule}' finds nothing:\n${found}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function write(folder, file, text) {
  mkdirSync(join(folder, dirname(file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
