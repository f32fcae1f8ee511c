/** Bun and Deno load the same addon: what they are to do with it, and what they refuse. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { engines } from 'isolane'
import { hostNames, hostProgram } from '../../scripts/fetched/hosts.mjs'

const smoke = fileURLToPath(new URL('smoke.mjs', import.meta.url))
const flags = { bun: ['run'], deno: ['run', '--allow-all', '--no-prompt'] }

const onAnyEngine = {
  map: [2, 4, 6],
  share: [4, 5],
  typedArrays: [0.5, 1],
  values: 0,
  throws: 'ERR_ISOLANE_FUNCTION',
  timeout: 'ERR_ISOLANE_TIMEOUT',
  partial: 'partial',
  afterwards: 'works',
}
const onNode = { timers: 'object', waits: 'ERR_ISOLANE_TIMEOUT', exits: 'ERR_ISOLANE_WORKER_LOST' }
const memory = { memory: 'ERR_ISOLANE_MEMORY_LIMIT', afterMemory: 'works' }

const run = async (program, args) => {
  const { stdout } = await promisify(execFile)(program, args, { timeout: 150_000 })
  return JSON.parse(stdout)
}

describe('the addon does the same', () => {
  for (const name of ['node', ...hostNames]) {
    const { version, path } =
      name === 'node' ? { version: process.version, path: process.execPath } : hostProgram(name)
    const missing =
      path === undefined && `${name} ${version} is not here; \`npm run test:all\` fetches it`
    for (const engine of ['v8', 'node']) {
      const lacks = !engines().includes(engine) && `this build has no ${engine} engine`
      it(`under ${name}, engine ${engine}`, { skip: missing || lacks }, async () => {
        const seen = await run(path, [...(flags[name] ?? []), smoke, engine])
        const expected = { ...onAnyEngine, ...(engine === 'node' ? onNode : {}) }
        if (name !== 'bun' || engine !== 'node') {
          assert.deepEqual(seen, { ...expected, ...memory })
          return
        }
        const { memory: refusal, ...rest } = seen
        assert.deepEqual(rest, expected)
        assert.match(refusal, /^ERR_ISOLANE_INVALID_ARGUMENT: memoryLimitMb .* Bun .* engine: 'v8'/)
      })
    }
  }

  it('in the versions that the documentation names', () => {
    const text = readFileSync(new URL('../../docs/engines.md', import.meta.url), 'utf8')
    for (const name of hostNames) {
      const [major, minor] = hostProgram(name).version.split('.')
      assert.ok(text.includes(`${name[0].toUpperCase()}${name.slice(1)} ${major}.${minor}`), name)
    }
  })
})
