/** Engines that a build may lack: what is chosen, and what is said. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EngineUnavailableError, engines, Pool, versions } from 'isolane'
import { adviceWithoutArchive } from '../../scripts/lib/v8-archive.mjs'
import { withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const has = Object.fromEntries(['v8', 'node'].map((engine) => [engine, engines().includes(engine)]))
const withV8 = { skip: !has.v8 && 'this build has no v8 engine' }
/** Windows does not let a process's folder go. */
const withV8OnUnix = process.platform === 'win32' ? { skip: 'Windows keeps it' } : withV8
const withoutV8 = { skip: has.v8 && 'this build has the v8 engine' }

describe('engines()', () => {
  it('lists each engine of this build once, and no other', () => {
    const listed = engines()
    assert.deepEqual([...new Set(listed)], listed)
    for (const engine of listed) assert.ok(['v8', 'node'].includes(engine), engine)
  })

  it('and versions() agree', () => assert.equal(versions().v8 !== undefined, has.v8))
})

describe('an engine that this build has', () => {
  for (const engine of engines()) {
    it(`'${engine}' runs`, () => runs({ engine }))
  }

  it("is what 'auto' stands for", { skip: engines().length === 0 && 'it has none' }, async () => {
    await runs({ engine: 'auto' })
    await runs({})
  })

  it("'v8' runs with sandbox: true", withV8, async () => {
    await runs({ engine: 'v8', sandbox: true })
    await runs({ sandbox: true })
  })
})

describe('a working directory that is gone', () => {
  it('is no concern of isolates, and named where Workers need one', withV8OnUnix, async () => {
    const { code, stdout, stderr } = await runScript(`
      import { mkdtempSync, rmdirSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      import { join } from 'node:path'
      import { Pool } from 'isolane'
      const folder = mkdtempSync(join(tmpdir(), 'isolane-gone-'))
      process.chdir(folder)
      rmdirSync(folder)
      const pool = new Pool({ engine: 'v8', threads: 1 })
      const got = [await pool.run((x) => x, 1)]
      await pool.close()
      try {
        new Pool({ engine: 'node' })
      } catch (error) {
        got.push(error.code)
      }
      console.log(JSON.stringify(got))
    `)
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), [1, 'ERR_ISOLANE_INVALID_ARGUMENT'])
  })

  it('and folders that cannot be looked at are refused', () => {
    for (const resolveFrom of ['/dev/null/below', 'with\0nul', '/none']) {
      assert.throws(() => new Pool({ engine: 'node', resolveFrom }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      })
    }
  })
})

describe('an engine that this build lacks', () => {
  for (const engine of ['v8', 'node'].filter((name) => !has[name])) {
    it(`'${engine}' throws EngineUnavailableError, naming those it has`, () =>
      throws({ engine }, new RegExp(`no ${engine} engine`), ...engines()))
  }

  it("'v8' throws the advice that set-up gave", withoutV8, () => {
    const [, , toGetIt] = adviceWithoutArchive().replace(/\.$/, '').split('\n')
    throws({ engine: 'v8' }, toGetIt, 'RUSTY_V8_MIRROR')
  })

  it('is not replaced by another in a pool that must sandbox', withoutV8, () => {
    throws({ sandbox: true }, 'sandbox: true', 'RUSTY_V8_MIRROR')
    throws({ sandbox: true, engine: 'auto' }, 'sandbox: true')
    throws({ sandbox: true, engine: 'v8' }, 'sandbox: true')
  })

  it('is what a sandbox on engine node would be: refused in every build', () => {
    assert.throws(() => new Pool({ engine: 'node', sandbox: true }), {
      name: 'TypeError',
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message: /sandbox: true needs engine 'v8' or 'auto'; got 'node'/,
    })
  })
})

function runs(options) {
  return withPool({ threads: 1, engine: undefined, ...options }, async (pool) =>
    assert.equal(await pool.run((x) => x + 1, 1), 2),
  )
}

function throws(options, ...words) {
  assert.throws(
    () => new Pool(options),
    (error) => {
      assert.ok(error instanceof EngineUnavailableError, error)
      assert.equal(error.code, 'ERR_ISOLANE_ENGINE_UNAVAILABLE')
      for (const word of words) {
        assert.ok(word instanceof RegExp ? word.test(error.message) : error.message.includes(word))
      }
      return true
    },
  )
}
