/** What the process was started with holds for its Workers as well, and keeps none from starting. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { settled } from '../../support/pools.mjs'
import { runScript } from '../../support/processes.mjs'

const folder = mkdtempSync(join(tmpdir(), 'isolane-flags-'))
const file = join(folder, 'empty')
writeFileSync(file, '')

/** `runScript` adds `--input-type=module --eval`. */
const starts = {
  'nothing else': {},
  '--import': { flags: ['--import', 'data:text/javascript,'] },
  '--import in NODE_OPTIONS': { env: { NODE_OPTIONS: '--import=data:text/javascript,' } },
  '--input-type in NODE_OPTIONS': {
    flags: ['--import', 'data:text/javascript,'],
    env: { NODE_OPTIONS: '--input-type=module' },
  },
  'a loader': { flags: ['--no-warnings', '--experimental-loader', 'data:text/javascript,'] },
  '--experimental-default-type': { flags: ['--experimental-default-type=module'] },
  '--require': { flags: ['--require', file] },
  '--conditions': { flags: ['--conditions=development', '-C', 'other'] },
  '--env-file': { flags: [`--env-file=${file}`] },
  '--cpu-prof': { flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] },
  'options of V8': {
    flags: ['--no-warnings', '--expose-gc', '--max-old-space-size=300', '--test-only'],
  },
  '--inspect': { flags: ['--inspect=127.0.0.1:0'] },
  '--unhandled-rejections': { flags: ['--unhandled-rejections=strict', '--trace-uncaught'] },
}

describe('a process started with', () => {
  after(() => rmSync(folder, { recursive: true }))

  for (const [what, options] of Object.entries(starts)) {
    const [name] = options.flags?.at(-1).split('=') ?? []
    const skip = what.startsWith('--experimental') && !process.allowedNodeEnvironmentFlags.has(name)
    it(`${what} has Workers that run functions`, { skip }, async () => {
      const { code, stdout, stderr } = await settled(
        runScript(
          `import { Pool } from 'isolane'
           const pool = new Pool({ engine: 'node', threads: 1, spareWorkers: 1 })
           const imports = async (x) => x + (await import('node:os')).EOL.length
           console.log(await pool.run((x) => x, 1), await pool.run(imports, 1) > 1)
           await pool.close()`,
          options,
        ),
      )
      assert.deepEqual([code, stdout.trim()], [0, '1 true'], stderr)
    })
  }
})
