import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { run } from '../../scripts/lib/run.mjs'
import { runnerScript, runnersFolder } from '../../scripts/fetched/runners.mjs'

const spec = readFileSync(new URL('runners/values.spec.cjs', import.meta.url), 'utf8')
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
  const asModule = spec.replace("require('isolane')", "await import('isolane')")
  writeFileSync(join(folder, 'values.spec.mjs'), asModule)
  return folder
}

const transforms = JSON.stringify({ transform: {}, testMatch: ['**/values.test.js'] })
const ways = {
  jest: ['jest', '--config', transforms, '--rootDir', '.'],
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
        await run([process.execPath, script, ...args], { cwd, env: { CI: 'true' } })
      } finally {
        rmSync(cwd, { recursive: true, force: true })
      }
    })
  }
})
