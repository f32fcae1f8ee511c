import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { run } from '../../scripts/lib/run.mjs'
import { runnerScript, runnersFolder } from '../../scripts/fetched/runners.mjs'

const read = (name) => readFileSync(new URL(`runners/${name}`, import.meta.url), 'utf8')
const spec = read('values.spec.cjs')
const built = dirname(createRequire(import.meta.url).resolve('isolane/package.json'))

/** A folder beside the runners, with the package as it would be installed. */
function project() {
  const folder = mkdtempSync(join(runnersFolder, 'project-'))
  const installed = join(folder, 'node_modules', 'isolane')
  mkdirSync(installed, { recursive: true })
  for (const part of ['package.json', 'dist', 'esm']) {
    cpSync(join(built, part), join(installed, part), { recursive: true, dereference: true })
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  writeFileSync(join(folder, 'values.test.js'), spec)
  writeFileSync(join(folder, 'work.cjs'), read('work.cjs'))
  const asModule = spec.replaceAll(/\brequire\(/g, 'await import(')
  writeFileSync(join(folder, 'values.spec.mjs'), asModule)
  return folder
}

const transforms = JSON.stringify({ transform: {}, testMatch: ['**/values.test.js'] })
const jest = ['jest', '--config', transforms, '--rootDir', '.']
const ways = {
  jest,
  'jest, with coverage': [...jest, '--coverage', '--coverageReporters=text'],
  'vitest, vmThreads': ['vitest', 'run', '--globals', '--pool=vmThreads', 'values.spec.mjs'],
  'vitest, forks': ['vitest', 'run', '--globals', '--pool=forks', 'values.spec.mjs'],
}

describe('the package under test runners', () => {
  for (const [name, [runner, ...args]] of Object.entries(ways)) {
    const script = runnerScript(runner)
    const skip = script === undefined ? `${runner} has not been fetched (npm run test:all)` : false
    it(name, { skip }, async () => {
      const cwd = project()
      try {
        const output = await run([process.execPath, script, ...args], { cwd, env: { CI: 'true' } })
        // Else its functions have no counters, and the way tries nothing.
        if (args.includes('--coverage')) assert.match(output, /work\.cjs/)
      } finally {
        rmSync(cwd, { recursive: true, force: true })
      }
    })
  }
})
